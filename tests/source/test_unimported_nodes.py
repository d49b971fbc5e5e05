"""Standard imports that code in languages with braces lacks: what is certain is added, and nothing else."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.source.unimported_nodes import unimported_nodes
from tests.source.sites import answered


@pytest.mark.parametrize(
    ("language", "file", "code", "imports"),
    [
        ("go", 'package a\n\nimport "os"\n', 'func f(p string) error {\n\td, err := os.ReadFile(p)\n\treturn fmt.Errorf("%v %w", strings.Fields(string(d)), err)\n}', ['import "fmt"', 'import "strings"']),
        ("go", 'package a\n\nimport (\n\t"fmt"\n\t"path/filepath"\n)\n', "func f() {\n\tfmt.Println(filepath.Base(p))\n}", []),
        ("go", 'package a\n\nimport json "github.com/x/json"\n', "func f() {\n\tjson.Marshal(1)\n}", []),
        ("go", "package a\n", "func f(sort order) {\n\tsort.Up()\n\ttime := now()\n\ttime.Stop()\n}", []),
        ("go", "package a\n\nvar log = newLog()\n", "func f() {\n\tlog.Info(1)\n}", []),
        ("java", "package a;\nimport java.util.*;\nclass A {}\n", "List<BigDecimal> f() {\n    return Stream.of(x).collect(Collectors.toList());\n}", ["import java.math.BigDecimal;", "import java.util.stream.Collectors;", "import java.util.stream.Stream;"]),
        ("java", "class A {\n    Path own;\n}\n", "Path f() {\n    return own;\n}", []),  # one of its own package
        ("java", "import com.x.*;\nclass A {}\n", "Path f() {\n    return null;\n}", []),
        ("java", "class A {}\n", "class Queue {\n}", []),
        ("rust", "use std::collections::HashMap;\n", "fn f() {\n    let a: HashMap<u8, u8> = HashMap::new();\n    let b = HashSet::new();\n    let c = std::rc::Rc::new(1);\n}", ["use std::collections::HashSet;"]),
        ("rust", "use crate::prelude::*;\n", "fn f() {\n    Duration::new(1, 0);\n}", []),
        ("rust", "mod tests {\n    use super::*;\n}\n", "fn f() {\n    Duration::new(1, 0);\n}", ["use std::time::Duration;"]),
        ("c", "#include <stdio.h>\n", 'bool f(const char *s) {\n    printf("%s", s);\n    return strlen(s) > 2;\n}', ["#include <stdbool.h>", "#include <string.h>"]),
        ("c", '#include "all.h"\n', "int f(const char *s) {\n    return strlen(s);\n}", []),
        ("c", "#include <Python.h>\n", "int f(const char *s) {\n    return strlen(s);\n}", []),
        ("c", "int g(char *s) { return strlen(s); }\n", "int f(const char *s) {\n    return strlen(s);\n}", []),
        ("c", "", "int round(int x) {\n    return x;\n}\n\nint f(int x) {\n    return round(x);\n}", []),
        ("cpp", "#include <vector>\n", "std::string f(std::vector<int> xs) {\n    std::sort(xs.begin(), xs.end());\n    return std::to_string(xs[0]);\n}", ["#include <algorithm>", "#include <string>"]),
        ("cpp", "#include <cmath>\n#include <cstring>\n", "double f(double x) {\n    return std::sqrt(x) + std::strlen(s);\n}", []),
        ("typescript", "", "const a = readFileSync('b');", []),
    ],
)  # fmt: skip
def test_what_is_certain_is_added(language: str, file: str, code: str, imports: list[str]) -> None:
    assert unimported_nodes(file, code, language) == imports


def test_they_join_the_imports_of_the_file() -> None:
    text = 'package a\n\nimport (\n\t"os"\n)\n\nvar p = os.Args[1]\n\n// the words of a text¤\n'
    result = answered(text, "go", "func Words(s string) []string {\n\treturn strings.Fields(s)\n}").result
    assert result.count('"strings"') == 1
    assert result.index('"strings"') < result.index("var p")
    body = answered(
        "#include <stdio.h>\n\n// length¤\nint len(const char *s) {\n}\n",
        "c",
        "int len(const char *s) {\n    return (int)strlen(s);\n}",
    )
    assert body.result.startswith("#include <stdio.h>\n#include <string.h>\n\n// length\nint len")
