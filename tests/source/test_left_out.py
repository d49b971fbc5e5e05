"""Small things of an answer that do not belong into the file."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from tests.source.sites import answered

CASES = [
    ("python", "def two_sum(nums, target):\n    # indices¤\n    pass\n", "class Solution:\n    def twoSum(self, nums: List[int], target: int) -> List[int]:\n        seen = {}\n        for i, n in enumerate(nums):\n            if target - n in seen:\n                return [seen[target - n], i]\n            seen[n] = i", "def two_sum(nums, target):\n    # indices\n    seen = {}\n    for i, n in enumerate(nums):\n        if target - n in seen:\n            return [seen[target - n], i]\n        seen[n] = i\n"),
    ("c", "#include <stdio.h>\n#define N 10\n\nstatic int count = 0;\n\n/* the sum */¤\nint sum(const int *xs, int n) {\n    return 0; // TODO\n}\n\nint main(void) {\n    printf(\"%d\", N);\n    return 0;\n}\n", "#include <stdio.h>\n#define N 10\n\nstatic int count = 0;\n\n/* the sum */\nint sum(const int *xs, int n) {\n    int s = 0;\n    for (int i = 0; i < n; i++)\n        s += xs[i];\n    return s;\n}\n\nint main(void) {\n    printf(\"%d\", N);\n    return 0;\n}", "#include <stdio.h>\n#define N 10\n\nstatic int count = 0;\n\n/* the sum */\nint sum(const int *xs, int n) {\n    int s = 0;\n    for (int i = 0; i < n; i++)\n        s += xs[i];\n    return s;\n}\n\nint main(void) {\n    printf(\"%d\", N);\n    return 0;\n}\n"),
    ("java", "class A {\n    // the factorial of n¤\n    static long fact(int n) {\n        return 0; // TODO\n    }\n}\n", "public class Main {\n    public static long fact(int n) {\n        return n <= 1 ? 1 : n * fact(n - 1);\n    }\n\n    public static void main(String[] args) {\n        System.out.println(fact(5));\n    }\n}", "class A {\n    // the factorial of n\n    static long fact(int n) {\n        return n <= 1 ? 1 : n * fact(n - 1);\n    }\n}\n"),
    ("go", "//go:build linux\n\npackage a\n\n// the sum¤\n", "//go:build linux\n\npackage a\n\nfunc Sum(xs []int) int {\n\ts := 0\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn s\n}", "//go:build linux\n\npackage a\n\n// the sum\nfunc Sum(xs []int) int {\n\ts := 0\n\tfor _, x := range xs {\n\t\ts += x\n\t}\n\treturn s\n}\n"),
    ("go", "package a\n\ntype S struct{ xs []int }\n\n// push¤\n", "package main\n\nimport \"fmt\"\n\ntype S struct {\n\txs []int\n}\n\nfunc (s *S) Push(x int) {\n\ts.xs = append(s.xs, x)\n}\n\nfunc main() {\n\ts := S{}\n\ts.Push(1)\n\tfmt.Println(s)\n}", "package a\n\ntype S struct{ xs []int }\n\n// push\nfunc (s *S) Push(x int) {\n\ts.xs = append(s.xs, x)\n}\n"),
    ("typescript", "// double¤\nfunction double(x: number): number {\n  return 0; // TODO\n}\n", "export function double(x: number): number {\n  return 2 * x;\n}\n\nexport default double;", "// double\nfunction double(x: number): number {\n  return 2 * x;\n}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "whole"), CASES)
def test_it_is_left_out(language: str, text: str, answer: str, whole: str) -> None:
    placement = answered(text, language, answer)
    assert (placement.refused, placement.warning) == (None, None)
    assert placement.result == whole
