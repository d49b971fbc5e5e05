"""Real source files: one function is emptied, asked for and given back, and the file is as it was, byte for byte."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import random
import sysconfig
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from planfirst.source.languages import language_of
from tests.source.emptied import Emptied, emptied, files, given_back, language_for, read

CLIENT = Path(__file__).parents[2] / "client-vscode"
STDLIB = Path(sysconfig.get_paths()["stdlib"])
PACKAGES = Path(sysconfig.get_paths()["purelib"])
ROOTS: dict[str, tuple[list[Path], tuple[str, ...]]] = {
    "python": ([STDLIB, PACKAGES], (".py",)),
    "javascript": ([CLIENT / "node_modules", Path("/usr/lib/node_modules")], (".js", ".jsx", ".mjs", ".cjs")),
    "typescript": ([CLIENT / "node_modules", CLIENT / "src"], (".ts", ".tsx")),
    "cpp": ([Path("/usr/include"), PACKAGES], (".h", ".hpp", ".cc", ".cpp")),
    "c": ([Path("/usr/include"), Path("/usr/src")], (".c",)),
    "go": ([Path("/usr/share"), Path("/usr/lib/go"), Path("/usr/local/go"), Path.home() / "go"], (".go",)),
    "rust": ([Path.home() / ".cargo", Path.home() / ".rustup", Path("/usr/src")], (".rs",)),
}
A_FILE = 8  # functions of one file
# What is left out is told in docs/log.md: rows that stand further left than their function, and rows that a name alone
# does not ask for.
LEAST = 0.97
# Rows that mix tabs and spaces, or end in some, may come back tidied. Of the few files of the quick test one can have many.
TIDIED = ("white space or line ends", "indentation of a row that stands further left than the body")


def draw_from(language: str, count: int, most: int) -> list[Emptied]:
    """So many emptied functions of the files that are here, at most `A_FILE` of each, drawn with a fixed seed."""
    draw = random.Random(15)
    roots, suffixes = ROOTS[language]
    found = files([root for root in roots if root.is_dir()][: None if most > 20_000 else 1], suffixes)
    draw.shuffle(found)
    drawn: list[Emptied] = []
    for path in found:
        if len(drawn) >= count:
            break
        text = read(path, most)
        if text is not None:
            some = list(emptied(text, language_for(path), draw))
            drawn += draw.sample(some, min(A_FILE, len(some)))
    return drawn[:count]


def check(language: str, count: int, most: int = 150_000) -> Counter[str]:
    """How many came back as they were, and why the others did not, of files of at most so many characters."""
    kind = language_of(language)
    return Counter(given_back(one, kind) for one in draw_from(language, count, most))


@pytest.mark.parametrize(("language", "count"), [("python", 120), ("javascript", 60), ("typescript", 60), ("cpp", 60)])
def test_a_function_that_is_given_back_leaves_the_file_as_it_was(language: str, count: int) -> None:
    found = check(language, count, 15_000)
    if found.total() < count:
        pytest.skip(f"there are only {found.total()} functions in {language} here")
    assert found["same"] + sum(found[kind] for kind in TIDIED) >= LEAST * count, found
    assert found["same"] >= 0.9 * count, found


@pytest.mark.parametrize(("language", "count"), [("python", 60), ("javascript", 40), ("cpp", 40)])
def test_a_file_that_is_answered_whole_is_as_it_was(language: str, count: int) -> None:
    drawn = draw_from(language, count, 15_000)
    if len(drawn) < count:
        pytest.skip(f"there are only {len(drawn)} functions in {language} here")
    found = Counter(given_back(one, language_of(language), echo=True) for one in drawn)
    assert found["same"] + sum(found[kind] for kind in TIDIED) >= 0.9 * count, found  # blank rows at a body's ends go


OURS = {
    "java": (
        "package a;\n\nclass A {\n    /** Doc. */\n    @Override\n    int f(int x) {\n        if (x > 0) {\n\n            return 1;\n"
        '        }\n        return g("}");\n    }\n\n    void h() { g(1); } // why\n    A(int x)\n    {\n        this.x = x;\n    }\n}\n'
    ),
    "go": (
        "package a\n\n// F does.\nfunc (s *S) F(x int) (int, error) {\n\tfor {\n\t\t// why\n\t\tx += len(`a\n  b`)\n\t}\n\n\treturn x, nil\n}\n\n"
        "func g() int { return 1 }\n"
    ),
    "rust": (
        'impl A {\n    /// Doc.\n    #[inline]\n    pub fn f<T>(x: T) -> u8\n    where\n        T: B,\n    {\n        let s = "a\n b";\n\n'
        "        match x {\n            _ => 1,\n        }\n    }\n}\n\nfn g() -> u8 { 1 }\n"
    ),
    "c": "static int f(int a,\n             int b)\n{\n#ifdef X\n\treturn a;\n#endif\nout:\n\treturn b; /* } */\n}\n",
    "typescriptreact": (
        "export const Page = ({ a }: P) => {\n  const s = `x\n${a}\n`;\n  return (\n    <p>\n      {/* } */}\n      {a.map((x) => <b>{x}</b>)}\n"
        "    </p>\n  );\n};\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", OURS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_same_in_languages_whose_sources_are_not_everywhere(language: str, newline: str) -> None:
    kind = language_of(language)
    for seed in range(8):  # which placeholder is left is drawn
        all_ = list(emptied(OURS[language].replace("\n", newline), kind, random.Random(seed)))
        assert len(all_) >= 1 + (language in ("java", "go", "rust"))
        assert {given_back(one, kind) for one in all_} == {"same"}


@pytest.mark.large
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("language", ROOTS)
def test_thousands_of_functions(language: str) -> None:
    found = check(language, 5000)
    print(f"{language}: {found.total()} functions, {found.most_common()}")
    if not found:
        pytest.skip(f"there are no sources in {language} here")
    assert found["same"] >= LEAST * found.total(), found


@pytest.mark.large
@pytest.mark.timeout(7200)
def test_thousands_of_functions_in_java(tmp_path: Path) -> None:
    archives = Path("/usr/lib/jvm").glob("*/lib/src.zip")  # some are links to a file that is not installed
    archive = next((path for path in archives if path.is_file()), None)
    if archive is None:
        pytest.skip("there are no sources in Java here")
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.startswith(("java.base/java/", "java.desktop/javax/"))]
        opened.extractall(tmp_path, [name for name in names if name.endswith(".java")])
    ROOTS["java"] = ([tmp_path], (".java",))
    found = check("java", 5000)
    print(f"java: {found.total()} functions, {found.most_common()}")
    assert found["same"] >= LEAST * found.total(), found
