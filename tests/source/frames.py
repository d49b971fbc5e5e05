"""Functions to be written, in every language that has a grammar."""

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
