"""A module in JavaScript or TypeScript says once what it exports as a whole."""

from __future__ import annotations

import pytest

from tests.source.sites import answered

NEW = "function two() {\n  return 2;\n}\n"


@pytest.mark.parametrize(
    ("export", "again"),
    [
        ("module.exports = { one, two };", "module.exports = { two };"),
        ("module.exports = { one };", "module.exports = two;"),
        ("export default one;", "export default two;"),
    ],
)
def test_what_the_file_exports_stays(export: str, again: str) -> None:
    text = f"function one() {{\n  return 1;\n}}\n\n// two¤\n\n{export}\n"
    placement = answered(text, "javascript", f"{NEW}\n{again}\n")
    assert placement.refused is None
    assert placement.result == text.replace("// two¤\n", f"// two\n{NEW}")


@pytest.mark.parametrize("export", ["module.exports = { two };", "exports.two = two;"])
def test_a_file_that_exports_nothing_gets_it(export: str) -> None:
    text = "function one() {\n  return 1;\n}\n\n// two¤\n"
    assert answered(text, "javascript", f"{NEW}\n{export}\n").result.endswith(f"{NEW}\n{export}\n")
