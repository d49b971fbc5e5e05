from __future__ import annotations

import pytest

from planfirst.source.languages import Language, language_of

_ASKED = """
python javascript typescript javascriptreact typescriptreact java c cpp csharp go rust ruby php shellscript lua sql
haskell html css r julia kotlin swift scala perl yaml toml dockerfile makefile
"""


@pytest.mark.parametrize("name", _ASKED.split())
def test_every_language_asked_for_has_comments(name: str) -> None:
    language = language_of(name)
    assert language.id == name
    assert language.line or language.block
    assert language.indent.isspace()


@pytest.mark.parametrize(
    ("language_id", "path", "found"),
    [
        ("Python", "", "python"),
        ("bash", "", "shellscript"),
        ("", "a/b/c.rs", "rust"),
        ("plaintext", "file:///x/Makefile", "makefile"),
        ("", "C:\\work\\Dockerfile", "dockerfile"),
        ("go", "x.py", "go"),
    ],
)
def test_the_editor_goes_before_the_file_name(language_id: str, path: str, found: str) -> None:
    assert language_of(language_id, path).id == found


def test_an_unknown_language_writes_comments_with_a_hash() -> None:
    assert language_of("brainstorm", "x.zzz") == Language("brainstorm", "#", None, "    ")
    assert language_of("").id == "plaintext"
