"""What a model writes becomes a tree of known elements in which nothing can run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planfirst import chat_web
from planfirst.chat_web.markdown import tree_of

FOLDER = Path(chat_web.__file__).parent
SCRIPT = (FOLDER / "elements.js").read_text(encoding="utf-8")
BUILT = set(re.findall(r"new Set\('([^']+)'", SCRIPT)[0].split()) | {"pre", "a"}


def elements(tree: Any) -> Iterator[tuple[str, dict[str, str]]]:
    for node in tree:
        if not isinstance(node, str):
            name, attributes, *inside = node
            yield name, attributes
            yield from elements(inside)


def text_of(tree: Any) -> str:
    return "".join(node if isinstance(node, str) else text_of(node[2:]) for node in tree)


def test_markdown_becomes_elements() -> None:
    tree = tree_of(
        "# A\n\n1. *b* **c** ~~d~~ `e`\n2. f\n\n> g  \n> h\n\n| i |\n|---|\n| j |\n\n---\n\n```python\nk < 1\n```\n"
    )
    names = {name for name, _ in elements(tree)}
    assert names == {"h3", "ol", "li", "p", "em", "strong", "s", "code", "blockquote", "br"} | {
        "table", "thead", "tbody", "tr", "th", "td", "hr", "pre"
    }  # fmt: skip
    assert ["pre", {"label": "python"}, "k < 1\n"] in tree
    assert tree_of("3. a\n4. b")[0][1] == {"start": "3"}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<iframe src='javascript:alert(1)'></iframe>",
        "```html\n<script>alert(1)</script>\n```",
        "```<script>\nx\n```",
        "`<b onclick=x>`",
        "| <svg/onload=alert(1)> |\n|---|\n| <a href=javascript:x>y</a> |",
    ],
)
def test_html_is_text(text: str) -> None:
    for name, attributes in elements(tree_of(text)):
        assert name in BUILT
        assert set(attributes) <= {"href", "label", "start"}
    assert "<" in text_of(tree_of(text)) or "label" in str(tree_of(text))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/api/conversations",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "ftp://a.example",
        "#x",
    ],
)
def test_a_link_to_elsewhere_than_the_web_is_text(address: str) -> None:
    for text in (f"[x]({address})", f"![x]({address})", f"[x]: <{address}>\n\n[x]", f"<{address}>"):
        assert all(name != "a" for name, _ in elements(tree_of(text))), text


def test_a_link_shows_its_address_and_an_image_is_one() -> None:
    shown = {"href": "https://evil.example/x"}
    assert tree_of("[bank](https://evil.example/x)") == (["p", {}, ["a", shown, "bank", " (https://evil.example/x)"]],)
    assert tree_of("<https://evil.example/x>") == (["p", {}, ["a", shown, "https://evil.example/x"]],)
    assert tree_of("![a](https://evil.example/x)") == (["p", {}, ["a", shown, "a", " (https://evil.example/x)"]],)


def test_characters_that_hide_something_are_shown() -> None:
    assert text_of(tree_of("a\u202eb\x1b[2Jc\x00\u200b")) == "a\\u202eb\\u001b[2Jc\\u0000\\u200b"


@given(st.text(alphabet=st.sampled_from("<>a[]()!`*_~|-#:/\\\n \"'&;=\u202e\x00\x1b1.")) | st.text())
def test_whatever_is_written_only_known_elements_come_of_it(text: str) -> None:
    for name, attributes in elements(tree_of(text)):
        assert name in BUILT
        assert attributes.get("href", "http://").lower().startswith(("http://", "https://"))


def test_no_script_of_the_page_reads_html() -> None:
    for path in FOLDER.glob("*.js"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", code
        )
    page = (FOLDER / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)|https?://", page)
