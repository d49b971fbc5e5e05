"""An answer that repeats the file and adds what is new at the end of it, though the request stands further up."""

from __future__ import annotations

import pytest

from tests.source.sites import answered

# Per language: what stands above the request, what stands below it, the end of the file, and what is new.
MEMBERS = {
    "python": (
        "class A:\n    def one(self):\n        return 1\n\n",
        "    def three(self):\n        return 3\n",
        "",
        "    def two(self):\n        return 2\n",
        "    # two¤\n",
    ),
    "typescript": (
        "class A {\n  one(): number {\n    return 1;\n  }\n\n",
        "  three(): number {\n    return 3;\n  }\n",
        "}\n",
        "  two(): number {\n    return 2;\n  }\n",
        "  // two¤\n",
    ),
    "java": (
        "class A {\n    int one() {\n        return 1;\n    }\n\n",
        "    int three() {\n        return 3;\n    }\n",
        "}\n",
        "    int two() {\n        return 2;\n    }\n",
        "    // two¤\n",
    ),
    "cpp": (
        "class A {\n public:\n  int one() {\n    return 1;\n  }\n\n",
        "  int three() {\n    return 3;\n  }\n",
        "};\n",
        "  int two() {\n    return 2;\n  }\n",
        "  // two¤\n",
    ),
    "rust": (
        "struct A;\n\nimpl A {\n    fn one(&self) -> i32 {\n        1\n    }\n\n",
        "    fn three(&self) -> i32 {\n        3\n    }\n",
        "}\n",
        "    fn two(&self) -> i32 {\n        2\n    }\n",
        "    // two¤\n",
    ),
    "go": (
        "package a\n\nfunc one() int {\n\treturn 1\n}\n\n",
        "func three() int {\n\treturn 3\n}\n",
        "",
        "func two() int {\n\treturn 2\n}\n",
        "// two¤\n",
    ),
    "javascript": (
        "function one() {\n  return 1;\n}\n\n",
        "function three() {\n  return 3;\n}\n",
        "",
        "function two() {\n  return 2;\n}\n",
        "// two¤\n",
    ),
}


@pytest.mark.parametrize("language", MEMBERS)
@pytest.mark.parametrize("has_comment", [True, False])
def test_it_goes_where_the_request_stands(language: str, has_comment: bool) -> None:
    above, below, end, new, comment = MEMBERS[language]
    said = comment.replace("¤", "")
    answer = above + (said + "\n" if has_comment else "") + below + "\n" + new + end
    placement = answered(f"{above}{comment}\n{below}{end}", language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == f"{above}{said}{new}\n{below}{end}"


@pytest.mark.parametrize("language", MEMBERS)
def test_a_file_as_it_was_has_nothing_new(language: str) -> None:
    above, below, end, _, comment = MEMBERS[language]
    placement = answered(f"{above}{comment}\n{below}{end}", language, above + below + end)
    assert placement.refused is not None
    assert placement.refused.code == "answer-repeats"
