"""An assertion in a comment is the example of the function that it stands with; alone it is commented-out code."""

from __future__ import annotations

import pytest

from tests.source.sites import found, site_in

STUB = "def double(x):\n    pass\n"
ECMA = "function double(x) {\n}\n"
RUST = "fn double(x: i32) -> i32 {\n    todo!()\n}\n"


@pytest.mark.parametrize(
    ("language", "marked", "words", "example"),
    [
        ("python", f"¤# assert double(2) == 4\n{STUB}", "Double, given x.", "assert double(2) == 4"),
        ("python", f"# assert double(2) == 4\n¤{STUB}", "Double, given x.", "assert double(2) == 4"),
        ("python", f"¤{STUB}# assert double(2) == 4\n", "Double, given x.", "assert double(2) == 4"),
        ("python", f"{STUB}¤# assert double(2) == 4\n", "Double, given x.", "assert double(2) == 4"),
        ("python", f"# Twice x.\n# assert double(2) == 4\n¤{STUB}", "Twice x.", "assert double(2) == 4"),
        (
            "python",
            'def double(x):\n    """Twice x."""\n¤    # assert double(2) == 4\n',
            "Twice x.",
            "assert double(2) == 4",
        ),
        (
            "python",
            "# Twice x.\n¤def double(x):\n    # >>> double(2)\n    # 4\n    pass\n",
            "Twice x.",
            ">>> double(2)\n4",
        ),
        (
            "javascript",
            f"¤// console.assert(double(2) === 4);\n{ECMA}",
            "Double, given x.",
            "console.assert(double(2) === 4);",
        ),
        (
            "typescript",
            f"{ECMA}¤// console.assert(double(2) === 4);\n",
            "Double, given x.",
            "console.assert(double(2) === 4);",
        ),
        ("rust", f"¤// assert_eq!(double(2), 4);\n{RUST}", "Double, given x.", "assert_eq!(double(2), 4);"),
    ],
)
def test_the_assertions_beside_an_empty_function_are_its_examples(
    language: str, marked: str, words: str, example: str
) -> None:
    site = found(marked, language)
    assert (site.kind, site.task.request) == ("stub", f"{words}\n{example}")


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("python", "import os\n\n¤# assert double(2) == 4\n\nos.getcwd()\n"),
        ("python", "def double(x):\n    return 2 * x\n¤# assert double(2) == 4\n# assert double(3) == 6\n"),
        ("python", f"¤# assert triple(2) == 6\n{STUB}"),  # of another function
        ("python", f"{STUB}\n\n¤# assert double(2) == 4\n"),
        ("javascript", "const a = 1;\n¤// console.assert(double(2) === 4);\n"),
        ("rust", "fn double(x: i32) -> i32 { x }\n\n¤// assert_eq!(double(2), 4);\n"),
    ],
)
def test_an_assertion_by_itself_is_commented_out_code(language: str, marked: str) -> None:
    assert site_in(marked, language)[1] is None


@pytest.mark.parametrize(
    ("language", "comment"),
    [
        ("python", "# Twice x.\n# assert double(2) == 4"),
        ("python", "# Twice x, as in\n# >>> double(2)\n# 4"),
        ("python", "# assert sorted"),
        ("javascript", "// assert that the list is sorted"),
        ("javascript", "// Twice x.\n// console.assert(double(2) === 4);"),
    ],
)
def test_a_request_with_an_example_stays_a_request(language: str, comment: str) -> None:
    assert found(f"¤{comment}\n", language).kind == "comment"
