"""The same in other languages: no import, package or definition twice, the file's language, the function's name."""

from __future__ import annotations

import pytest

from planfirst.source.foreign import foreign
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import Placement
from planfirst.source.unsafe import leads_out
from planfirst.words import Message
from tests.source.sites import answered


def place(language: str, text: str, code: str) -> Placement:
    chosen = language_of(language)
    line = next(n for n, row in enumerate(text.split("\n")) if "go:" in row)
    site = locate(text, line, line, chosen)
    assert site is not None
    return place_code(text, site, code, chosen)


@pytest.mark.parametrize(
    ("language", "text", "code", "result"),
    [
        # ECMAScript
        (
            "typescript",
            "import fs from 'fs';\n\n// go: it\n",
            "import fs from 'fs';\nimport path from 'path';\n\nconst f = () => fs;",
            "import fs from 'fs';\nimport path from 'path';\n\n// go: it\nconst f = () => fs;\n",
        ),
        (
            "typescript",
            'import { a } from "x";\n// go: it\n',
            "import { a, b as c } from 'x';\nimport * as fs from 'node:fs';\nlet y = c(a);",
            "import { a } from \"x\";\nimport { b as c } from 'x';\nimport * as fs from 'node:fs';\n"
            "// go: it\nlet y = c(a);\n",
        ),
        (
            "javascript",
            "const fs = require('fs');\n// go: it\n",
            "const fs = require('fs');\nimport fs from 'node:fs';\nlet y = fs;",
            "const fs = require('fs');\n// go: it\nlet y = fs;\n",
        ),
        (
            "javascript",
            "'use strict';\n// go: it\n",
            "import 'x';\nlet y;",
            "'use strict';\nimport 'x';\n\n// go: it\nlet y;\n",
        ),
        # Java
        (
            "java",
            "package a;\n\nimport java.util.*;\n\nclass A {\n    // go: it\n}\n",
            "import java.util.List;\nimport java.io.File;\n\nList<File> f() { return null; }",
            "package a;\n\nimport java.util.*;\nimport java.io.File;\n\nclass A {\n    // go: it\n"
            "    List<File> f() { return null; }\n}\n",
        ),
        (
            "java",
            "package a;\n\nclass A {\n    // go: it\n}\n",
            "package b;\nimport java.util.List;\n\npublic class Main {\n    List<String> f() {\n        return null;\n"
            "    }\n\n    public static void main(String[] args) {\n        f();\n    }\n}",
            "package a;\n\nimport java.util.List;\n\nclass A {\n    // go: it\n    List<String> f() {\n"
            "        return null;\n    }\n}\n",
        ),
        # Go
        (
            "go",
            'package main\n\nimport (\n\t"fmt"\n)\n\n// go: it\n\nfunc main() {\n\tfmt.Println(1)\n}\n',
            'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc F() int {\n\treturn len(os.Args)\n}\n\n'
            "func main() {\n\tfmt.Println(F())\n}",
            'package main\n\nimport (\n\t"fmt"\n)\nimport "os"\n\n// go: it\nfunc F() int {\n\treturn len(os.Args)\n}\n'
            "\nfunc main() {\n\tfmt.Println(1)\n}\n",
        ),
        (
            "go",
            "package a\n\n// go: it\n",
            'import "os"\n\nvar X = os.Args',
            'package a\n\nimport "os"\n\n// go: it\nvar X = os.Args\n',
        ),
        # Rust
        (
            "rust",
            "use std::collections::HashMap;\n\n// go: it\n",
            "use std::collections::{HashMap, HashSet};\nuse std::fs;\n\nfn f() {}\n\nfn main() {\n    f();\n}\n\n"
            "#[cfg(test)]\nmod tests {\n}",
            "use std::collections::HashMap;\nuse std::collections::HashSet;\nuse std::fs;\n\n// go: it\nfn f() {}\n",
        ),
        # C and C++
        (
            "c",
            "#include <stdio.h>\n\n// go: it\n",
            '#include <stdio.h>\n#include "a.h"\n\nint f(void) { return 1; }\n\nint main(void) {\n    return f();\n}',
            '#include <stdio.h>\n#include "a.h"\n\n// go: it\nint f(void) { return 1; }\n',
        ),
        (
            "cpp",
            "#include <vector>\nusing namespace std;\n// go: it\n",
            "#include <vector>\n#include <map>\nusing namespace std;\n\nint f() { return 1; }",
            "#include <vector>\nusing namespace std;\n#include <map>\n// go: it\nint f() { return 1; }\n",
        ),
    ],
)
def test_nothing_stands_twice(language: str, text: str, code: str, result: str) -> None:
    placement = place(language, text, code)
    assert placement.refused is None
    assert placement.result == result


FILE = "import fs from 'fs';\n\n// go: double it\n\nexport function main(): void {\n  console.log(1);\n}\n"
DOUBLE = "function double(x: number): number {\n  return 2 * x;\n}"


@pytest.mark.parametrize(
    "code",
    [
        DOUBLE,
        FILE.replace("it\n", f"it\n{DOUBLE}\n"),
        f"// go: double it\n{DOUBLE}\n\n// Use\nconsole.log(double(2));\nconst y = double(3);\nif (y) {{\n  f(y);\n}}",
        f"{DOUBLE}\n\nexport function main(): void {{\n  console.log(double(1));\n}}",
    ],
)
def test_what_is_echoed_or_only_tries_is_left_out(code: str) -> None:
    assert place("typescript", FILE, code).result == FILE.replace("it\n", f"it\n{DOUBLE}\n")


def test_it_is_said() -> None:
    code = f"{DOUBLE}\n\nexport function main(): void {{}}\nconsole.log(double(2));"
    assert place("typescript", FILE, code).notices == (
        Message("answer-rewrote", names="main"),
        Message("answer-trial-left-out", row="console.log(double(2));"),
    )
    again = place("typescript", FILE, "export function main(): void {\n  console.log(1);\n}")
    assert again.refused == Message("answer-repeats")


@pytest.mark.parametrize(
    ("language", "stub", "code", "result"),
    [
        (
            "typescript",
            "// go: double it\nfunction twice(x: number): number {\n}\n",
            "function double(value: number): number {\n  return value > 9 ? double(value / 2) : 2 * value;\n}",
            "// go: double it\nfunction twice(x: number): number {\n  return x > 9 ? twice(x / 2) : 2 * x;\n}\n",
        ),
        (
            "java",
            "class A {\n    // go: double it\n    int twice(int x) {\n    }\n}\n",
            "class B {\n    public int dbl(int value) {\n        return 2 * value;\n    }\n}",
            "class A {\n    // go: double it\n    int twice(int x) {\n        return 2 * x;\n    }\n}\n",
        ),
        (
            "go",
            "package a\n\n// go: double it\nfunc Twice(x int) int {\n}\n",
            "func Double(n int) int {\n\treturn 2 * n\n}",
            "package a\n\n// go: double it\nfunc Twice(x int) int {\n\treturn 2 * x\n}\n",
        ),
        (
            "rust",
            "// go: double it\nfn twice(x: i32) -> i32 {\n}\n",
            "fn double(n: i32) -> i32 {\n    2 * n\n}",
            "// go: double it\nfn twice(x: i32) -> i32 {\n    2 * x\n}\n",
        ),
    ],
)
def test_another_name_is_fitted(language: str, stub: str, code: str, result: str) -> None:
    placement = place(language, stub, code)
    assert placement.refused is None
    assert placement.result == result


def test_another_number_of_parameters_is_no_edit() -> None:
    stub = "// go: double it\nfunction twice(x: number): number {\n}\n"
    placement = place("typescript", stub, "function f(a: number, b: number): number {\n  return a * b;\n}")
    assert placement.result == stub
    assert placement.refused == Message("answer-other-signature", written="f(a, b)", wanted="twice(x)")


PYTHON = "def double(x):\n    return 2 * x"
OTHERS = {
    "typescript": DOUBLE,
    "javascript": "const double = (x) => 2 * x;\nexport default double;",
    "java": "import java.util.List;\n\npublic class A {\n    int f(int x) {\n        return 2 * x;\n    }\n}",
    "go": "package a\n\nfunc Double(x int) int {\n\treturn 2 * x\n}",
    "rust": "use std::fmt;\n\nfn double(x: i32) -> i32 {\n    let mut y = x;\n    y * 2\n}",
    "cpp": "#include <vector>\n\ntemplate <typename T> T twice(const T& x) { return 2 * x; }",
}


@pytest.mark.parametrize("language", [*OTHERS, "c", "kotlin", "swift", "ruby", "typescriptreact"])
def test_python_goes_into_no_other_file(language: str) -> None:
    assert foreign(PYTHON, language) == "Python"
    assert foreign("from a import b\n\nclass C(b):\n    pass", language) == "Python"


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_do_not_go_into_python(language: str) -> None:
    assert foreign(OTHERS[language], "python") in ("TypeScript", "JavaScript", "Java", "Go", "Rust", "C++")
    assert foreign(OTHERS[language], language) == ""


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def f(:"),
        ("python", "print 'hello'"),
        ("python", "x = 1"),
        ("python", "Open the file and read it"),
        ("typescript", "x = 1"),
        ("typescript", "area(): number {\n  return 1;\n}"),
        ("typescript", "function f( {"),
        ("typescriptreact", "const a = <p>hi</p>;"),
        ("javascript", "return x;"),
        ("java", "int f(int x) {\n    return 2 * x;\n}"),
        ("java", "return x;"),
        ("go", "x := 1\nreturn x"),
        ("rust", "let x = 1;\nx"),
        ("rust", "fn area(&self) -> f64 {\n    self.x\n}"),
        ("c", "int x = 1;"),
        ("cpp", "std::vector<int> v;\nreturn v;"),
        ("ruby", "def f(x)\n  x\nend"),
        ("yaml", "a: 1"),
        ("plaintext", PYTHON),
        ("markdown", PYTHON),
    ],
)
def test_only_what_is_certain_is_refused(language: str, code: str) -> None:
    assert foreign(code, language) == ""


@pytest.mark.parametrize(
    "code",
    [
        "import x from '../../../../../etc/passwd';",
        "const x = require('../../../../secret');",
        "import y from '/etc/passwd';",
        '#include "../../../../../etc/passwd"',
        'import "../../../../x"',
        "export * from '../../../../x';",
        "import {\n  a,\n} from '../../../../x';",
        'const x = await import("file:///etc/passwd");',
    ],
)
def test_an_import_from_outside_of_the_project_is_refused(code: str) -> None:
    refused = leads_out(code)
    assert refused is not None
    assert refused.code == "answer-imports-outside"


@pytest.mark.parametrize(
    "code",
    [
        "import x from './x';",
        "import x from '../../x';",
        "import x from '@scope/x';",
        "#include <sys/types.h>",
        "const s = '../../../../../x';",
        "fetch('/api');",
        "open('/etc/hosts')",
        "from ..a import b",
        'import "net/http"',
    ],
)
def test_other_imports_are_none_of_that(code: str) -> None:
    assert leads_out(code) is None
    assert leads_out("import x from '../x';", 0) is not None
    assert leads_out("import x from '../x';", 1) is None


def test_long_code_in_the_files_language_is_no_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not cut before it is read: where it is cut, it has an open brace."""
    monkeypatch.setattr("planfirst.source.foreign._says_something", lambda code, language: True)
    body = "".join(f"  total += {n};\n" for n in range(4000))
    code = f"function total() {{\n{body}}}\n"
    assert len(code) > 50_000
    assert foreign(code, "javascript") == ""
    assert foreign(code[:45_000], "javascript") != ""


def test_a_module_declares_a_name_once() -> None:
    text = "const people = [{ age: 3 }];\n\n// their mean age¤\n\nshow();\n"
    code = "// Sample data\nconst people = [{ age: 1 }];\n\nconst mean = sum(people) / people.length;"
    placement = answered(text, "javascript", code)
    assert placement.result == text.replace("¤\n", "\nconst mean = sum(people) / people.length;\n")
    assert placement.notices == (Message("answer-rewrote", names="people"),)
    inner = "const n = 1;\nfunction f() {\n  // two¤\n}\n"
    assert "  const n = 2;\n" in answered(inner, "javascript", "const n = 2;\nreturn n;").result


def test_a_comment_of_what_would_have_come_next_is_left_out() -> None:
    text = "/**\n * As m:ss.\n */\nfunction clock(s) {\n  return s;\n}\n\n// two digits¤\nexport default clock;\n"
    code = "function pad(n) {\n  return n;\n}\n\n/**\n * As m:ss.\n */"
    result = text.replace("¤\n", "\nfunction pad(n) {\n  return n;\n}\n\n")
    assert answered(text, "javascript", code).result == result


@pytest.mark.parametrize(("language", "head"), [("c", "static "), ("c", ""), ("cpp", "template <typename T>\n")])
def test_a_function_takes_the_place_of_its_declaration(language: str, head: str) -> None:
    text = f"int other(int n);\n// twice¤\n{head}int twice(int n);\n\nint last(void);\n"
    code = f"{head}int twice(int n) {{\n    return 2 * n;\n}}"
    assert answered(text, language, code).result == text.replace("¤", "").replace(f"{head}int twice(int n);", code)
