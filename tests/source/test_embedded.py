"""Files with scripts and styles in their markup: each part has its own comments, and code in it its own language."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.core.types import Plan
from planfirst.source.comments import scan
from planfirst.source.edits import apply
from planfirst.source.embedded import embedded
from planfirst.source.languages import language_of
from planfirst.source.placement import place_plan
from planfirst.source.typed import with_request
from tests.source.sites import answered, found, site_in

VUE = '<script setup lang="ts">\nconst items = ref([]);\n// a\n</script>\n\n<template>\n  <!-- b -->\n  <p>see https://x.y/z // no comment</p>\n</template>\n\n<style scoped lang="scss">\n// c\np { color: red; /* d */ }\n</style>\n'


def test_each_part_has_its_own_comments() -> None:
    comments = scan(VUE, language_of("vue"))
    assert [(one.first, one.marker, one.rows) for one in comments] == [
        (2, "//", ("a",)),
        (6, "<!--", ("b",)),
        (11, "//", ("c",)),
        (12, "/*", ("d",)),
    ]
    assert [(one.first, one.last, one.language.id) for one in embedded(VUE, language_of("vue"))] == [
        (1, 2, "typescript"),
        (11, 12, "scss"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("html", "<script>\n  // hello¤\n</script>\n", "javascript"),
        ("html", "<script>\n  // hello¤\n", "javascript"),  # not closed yet
        ("html", "<style>\n  /* dark¤ */\n</style>\n", "css"),
        ("html", "<body>\n  <!-- a list¤ -->\n</body>\n", "html"),
        ("svelte", '<script lang="ts" context="module">\n  // hello¤\n</script>\n', "typescript"),
        ("astro", "---\n// posts¤\n---\n<p></p>\n", "typescript"),
        ("astro", "---\nconst a = 1;\n---\n<!-- posts¤ -->\n", "astro"),
        ("vue", "<script></script>\n<template>\n  <!-- posts¤ -->\n</template>\n", "vue"),
    ],
)
def test_code_is_asked_for_in_the_language_of_its_part(language: str, text: str, written: str) -> None:
    assert found(text, language).task.language == written


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("<script>\n  // hello¤\n</script>\n", ["  // Plan:", "  // 1. one"]),
        ("<body>\n  <!-- hello¤ -->\n</body>\n", ["  <!-- Plan: -->", "  <!-- 1. one -->"]),
        ("<style>\n  /* hello¤ */\n</style>\n", ["  /* Plan: */", "  /* 1. one */"]),
    ],
)
def test_a_plan_is_written_as_comments_of_its_part(text: str, rows: list[str]) -> None:
    plain, site = site_in(text, "html")
    assert site is not None
    placement = place_plan(plain, site, Plan(("one",)), language_of("html"))
    assert apply(plain, placement.edits) == plain.replace(
        f"{plain.splitlines()[1]}\n", "\n".join([plain.splitlines()[1], *rows, ""])
    )
    again = site_in(placement.result.replace("hello", "hello¤"), "html")[1]
    assert again is not None
    assert again.task.plan is not None
    assert again.task.plan.steps == ("one",)


def test_code_goes_into_the_script() -> None:
    text = VUE.replace("// a", "// a¤")
    result = answered(text, "vue", "```typescript\nconst total = computed(() => 1);\n```").result
    assert result == VUE.replace("// a\n", "// a\nconst total = computed(() => 1);\n")


@pytest.mark.parametrize(("line", "row"), [(1, "// go"), (6, "  <!-- go -->")])
def test_a_request_typed_elsewhere_is_a_comment_of_its_part(line: int, row: str) -> None:
    assert row in with_request(VUE, line, "go", language_of("vue"))[0].split("\n")


def test_what_the_script_has_stays_once_and_imports_go_into_it() -> None:
    text = VUE.replace("// a", "// a¤")
    plain = text.replace("¤", "")
    answer = 'import { computed } from "vue";\nconst total = computed(() => 1);'
    once = answered(text, "vue", f"{answer}\nconst total = computed(() => 1);").result
    assert once.count("import { computed }") == 1
    head, _, _ = once.partition("import { computed }")
    assert head == plain[: len(head)]
    assert "<script" in head
    page = '<p id="q"></p>\n<script>\nconst q = find("q");\n// hide it¤\n</script>\n'
    placement = answered(page, "html", 'const q = find("q");\nq.hidden = true;')
    assert placement.result == page.replace("¤", "").replace("it\n", "it\nq.hidden = true;\n")
    assert apply(page.replace("¤", ""), placement.edits) == placement.result
