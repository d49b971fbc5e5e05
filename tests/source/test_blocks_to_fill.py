"""A block that holds nothing but a placeholder: the code takes its place, and the placeholder goes."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import found, placed, site_in

BLOCKS = [
    ("python", "if x > 3:\n        # log it¤\n        @", "print(x)", ["pass", "...", "raise NotImplementedError"]),
    ("python", "if x > 3:  # log it¤\n        @", "print(x)", ["pass", "raise NotImplementedError('later')"]),
    ("python", "try:\n        g(x)\n    except ValueError:\n        # give nothing¤\n        @", "return None", ["pass"]),
    ("python", "match x:\n        case 3:\n            # log it¤\n            @\n        case _:\n            return 1", "print(x)", ["pass"]),
    ("python", "for y in x:\n        break\n    else:\n        # say so¤\n        @", "print('none')", ["..."]),
    ("python", "with open(x) as file:\n        # each row¤\n        @", "for row in file:\n    yield row", ["pass"]),
    ("typescript", "if (x > 3) {\n    // log it¤\n    @\n  }", "console.log(x);", ["throw new Error('not implemented');", "throw Error(`todo: x`);", ";"]),
    ("typescript", "try {\n    g(x);\n  } catch (e) { // log it¤\n    @\n  }", "console.error(e);", ["throw new Error('Not yet implemented')"]),
    ("java", "if (x > 3) {\n    // log it¤\n    @\n  }", "log(x);", ["throw new UnsupportedOperationException();", 'throw new RuntimeException("TODO");']),
    ("go", "if x > 3 {\n\t\t// log it¤\n\t\t@\n\t}", "note(x)", ['panic("not implemented")', 'panic("TODO")']),
    ("rust", "match x {\n    Some(n) => {\n      // twice¤\n      @\n    }\n    None => 0,\n  }", "n * 2", ["todo!()", 'unimplemented!("later")']),
    ("cpp", "if (x > 3) {\n    // log it¤\n    @\n  }", "log(x);", ['throw std::logic_error("not implemented");', ";"]),
]  # fmt: skip
FRAMES = {
    "python": "def f(x):\n    @\n",
    "typescript": "function f(x: number) {\n  @\n}\n",
    "java": "class A {\n int f(int x) {\n  @\n }\n}\n",
    "go": "package a\n\nfunc f(x int) {\n\t@\n}\n",
    "rust": "fn f(x: Option<u8>) -> u8 {\n  @\n}\n",
    "cpp": "void f(int x) {\n  @\n}\n",
}
EACH = [(language, block, code, one) for language, block, code, all_ in BLOCKS for one in all_]


@pytest.mark.parametrize(("language", "block", "code", "placeholder"), EACH)
def test_the_code_takes_its_place(language: str, block: str, code: str, placeholder: str) -> None:
    text = FRAMES[language].replace("@", block)
    placement = placed(text.replace("@", placeholder), language, code)
    indent = next(row for row in text.split("\n") if "@" in row).partition("@")[0]
    written = code.replace("\n", f"\n{indent}")
    assert placement.result == text.replace("¤", "").replace("@", written)
    assert placement.warning is None


def test_there_is_nothing_to_rewrite() -> None:
    assert found("def f(x):\n    if x:\n        # log it¤\n        pass\n").described is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "def f(x):\n    if x:\n        # not found¤\n        return None\n    return x\n"),
        ("python", "def f(x):\n    if x:\n        # log it¤\n        y = 1\n        pass\n"),
        ("python", "def f(x):\n    if x:\n        # log it¤\n        pass; y = 1\n"),
        ("python", "# log it¤\npass\n"),
        ("typescript", "function f(x) {\n  if (x) {\n    // it is missing¤\n    throw new Error('no such user');\n  }\n  g();\n}\n"),
        ("go", 'package a\n\nfunc f(x int) {\n\tif x > 3 {\n\t\t// too large¤\n\t\tpanic("x is too large")\n\t}\n\tg()\n}\n'),
    ],
)  # fmt: skip
def test_code_that_is_meant_stays(language: str, text: str) -> None:
    site = site_in(text, language)[1]
    assert site is not None
    assert site.body is None
    assert site.described is not None
