"""Functions to be written: in every language that has a grammar, and in others with placeholders of their own."""

from __future__ import annotations

# language: a function to be written, and the same written; § is the place of its placeholder, @ that of a comment above
FRAMES = {
    "python": ("@def total(xs):\n    §\n", "\n    return sum(xs)", "    return sum(xs)\n", "#"),
    "javascript": ("@function total(xs) {\n  §\n}\n", "\n  return sum(xs);\n}", "  return sum(xs);\n", "//"),
    "typescript": (
        "class A {\n  @total(xs: number[]): number {\n    §\n  }\n}\n",
        "\n  return sum(xs);\n}",
        "    return sum(xs);\n",
        "//",
    ),
    "typescriptreact": (
        "@export const total = (xs) => {\n  §\n};\n",
        "\n  return <p>{xs}</p>;\n}",
        "  return <p>{xs}</p>;\n",
        "//",
    ),
    "java": (
        "class A {\n    @int total(int[] xs) {\n        §\n    }\n}\n",
        "\n    return sum(xs);\n}",
        "        return sum(xs);\n",
        "//",
    ),
    "go": ("package a\n\n@func total(xs []int) int {\n\t§\n}\n", "\n\treturn sum(xs)\n}", "\treturn sum(xs)\n", "//"),
    "rust": (
        "impl A {\n    @pub fn total(xs: &[u8]) -> u8 {\n        §\n    }\n}\n",
        "\n    sum(xs)\n}",
        "        sum(xs)\n",
        "//",
    ),
    "c": (
        "@static int total(const int *xs,\n                 int n)\n{\n    §\n}\n",
        "\n    return sum(xs, n);\n}",
        "    return sum(xs, n);\n",
        "//",
    ),
    "cpp": (
        "namespace a {\n@template <class T>\nT A<T>::total(T xs) const {\n  §\n}\n}\n",
        "\n  return sum(xs);\n}",
        "  return sum(xs);\n",
        "//",
    ),
}
PLACEHOLDERS = {
    "python": [
        *("pass", "...", "raise NotImplementedError", "raise NotImplementedError('later')", "return None", "return"),
        *("return NotImplemented", "yield", "assert False, 'to do'", "raise NotImplementedError(\n        'x'\n    )"),
    ],
    "javascript": [
        'throw new Error("later");',
        "return null;",
        "return undefined;",
        "return;",
        "throw new TypeError();",
    ],
    "typescript": ['throw new Error("later")', "return null as any;", "return undefined!;", "return null!;"],
    "typescriptreact": ["return null;", 'throw new Error("later");'],
    "java": ["return null;", 'throw new UnsupportedOperationException("later");', "throw new RuntimeException();"],
    "go": ['panic("later")', "return nil", 'return nil, errors.New("not implemented")', 'return 0, fmt.Errorf("TODO")'],
    "rust": ["todo!()", "unimplemented!();", 'todo!("later")', 'panic!("not yet")'],
    "c": ["return NULL;", "abort();", "assert(0);", "return;"],
    "cpp": ["return nullptr;", 'throw std::logic_error("later");', "std::abort();", "return {};"],
}
# the same for languages without a grammar: the marker of a comment, the function, its body
PLAIN_FRAMES = {
    "csharp": ("//", "int Twice(int x)\n{\n    §\n}\n", "return 2 * x;"),
    "dart": ("//", "int twice(int x) {\n  §\n}\n", "return 2 * x;"),
    "elixir": ("#", "def twice(x) do\n  §\nend\n", "2 * x"),
    "groovy": ("//", "int twice(int x) {\n    §\n}\n", "return 2 * x"),
    "julia": ("#", "function twice(x)\n    §\nend\n", "2x"),
    "kotlin": ("//", "fun twice(x: Int): Int {\n    §\n}\n", "return 2 * x"),
    "lua": ("--", "M.twice = function(x)\n  §\nend\n", "return 2 * x"),
    "perl": ("#", "sub twice {\n    §\n}\n", "return 2 * shift;"),
    "php": ("//", "function twice($x) {\n    §\n}\n", "return 2 * $x;"),
    "powershell": ("#", "function Get-Twice($x) {\n    §\n}\n", "2 * $x"),
    "r": ("#", "twice <- function(x, f = c(1)) {\n  §\n}\n", "2 * x"),
    "ruby": ("#", "def twice(x)\n  §\nend\n", "2 * x"),
    "scala": ("//", "def twice(x: Int): Int = {\n  §\n}\n", "2 * x"),
    "shellscript": ("#", "twice() {\n  §\n}\n", "echo $((2 * $1))"),
    "swift": ("//", "func twice(_ x: Int) -> Int {\n    §\n}\n", "return 2 * x"),
}
PLAIN_PLACEHOLDERS = {
    "csharp": [
        "throw new NotImplementedException();",
        "throw new System.NotImplementedException();",
        "return default;",
    ],
    "dart": ["throw UnimplementedError();", "throw UnimplementedError('later');", "return null;"],
    "elixir": ['raise "not implemented"', 'raise("TODO")', "nil"],
    "groovy": ["throw new UnsupportedOperationException()"],
    "julia": ['error("not implemented")', "nothing", "return nothing"],
    "kotlin": [
        "TODO()",
        'TODO("later")',
        "throw NotImplementedError()",
        'throw UnsupportedOperationException("later")',
    ],
    "lua": ['error("not implemented")', "error 'later'", "return nil"],
    "perl": ["...", "...;", 'die "not implemented";', 'die("TODO");', "croak 'not implemented';", "return;"],
    "php": ["throw new \\Exception('later');", "throw new LogicException('not implemented');", "return null;"],
    "powershell": ["throw [System.NotImplementedException]::new()", 'throw "not implemented"', "return $null"],
    "r": ['stop("not implemented")', "NULL", "return(NULL)"],
    "ruby": [
        "raise NotImplementedError",
        'raise NotImplementedError, "later"',
        'raise "to do"',
        "fail NotImplementedError",
    ],
    "scala": ["???", "throw new NotImplementedError"],
    "shellscript": [":", "return"],
    "swift": ["fatalError()", 'fatalError("later")', 'preconditionFailure("later")', "return nil"],
}
PLAIN = [(language, placeholder) for language, all_ in PLAIN_PLACEHOLDERS.items() for placeholder in ["", *all_]]
EACH = [(language, placeholder) for language, all_ in PLACEHOLDERS.items() for placeholder in ["", *all_]]


def frame(language: str, comment: str = "", placeholder: str = "", above: str = "") -> str:
    """A function to be written, with a comment in its body and one above it."""
    text, marker = FRAMES[language][0], FRAMES[language][3]
    row = next(row for row in text.split("\n") if "@" in row)
    indent = row[: row.index("@")]
    inside = next(row for row in text.split("\n") if "§" in row).replace("§", "")
    body = f"{inside}{marker} {comment}\n" if comment else ""
    body += f"{inside}{placeholder}\n" if placeholder else ""
    text = text.replace(f"{inside}§\n", body)
    return text.replace("@", f"{marker} {above}\n{indent}" if above else "")
