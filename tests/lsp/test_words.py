"""Every text that the server can show has a Korean one, which holds the same things."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import planfirst
from planfirst import settings
from planfirst.core.errors import StoreMissing, WorkerError
from planfirst.core.types import Prompt, Section
from planfirst.human_language import unread
from planfirst.lsp import hover
from planfirst.lsp.messages import TITLES
from planfirst.lsp.run_progress import DOING
from planfirst.lsp.verdicts import said_of
from planfirst.lsp.words import SENTENCES, Words, catalogue

SOURCES = Path(planfirst.__file__).parent
# What only the command line does: it shows its texts in the terminal, in English.
COMMAND_LINE = (
    *(
        "cli",
        "mcp_server",  # an agent reads them
        "models/fit",
        "models/quantise.py",
        "adapters/trial.py",
        "store/export.py",
        "store/verify.py",
        "workers/indexing.py",
    ),
    *(
        "adapters/arrival.py",
        "adapters/datasets.py",
        "adapters/hub.py",
        "adapters/index.py",
        "adapters/pip_download.py",
        "adapters/pip_said.py",
    ),
    *("adapters/wheel_member.py", "models/sources.py", "adapters/postgres/change.py", "adapters/postgres/check.py"),
    *("adapters/sandbox/packages.py", "corpora/__init__.py", "corpora/parquet.py", "corpora/recipes.py"),
    *("corpora/report.py", "corpora/rows.py", "corpora/tables.py"),
)
# What reads like a sentence and is none that a person sees.
NO_MESSAGE = (
    "# To be written.",
    "Write a Python function that counts the words of a text and returns the ten most frequent ones.",  # for a model
    "Write this code again, with one short comment above each part that says what the part does.",  # likewise
    "Setting '{0}.{1}' {2}; the default is used.",  # what stands in it is a sentence's end; see the test of settings
    "What is the capital of France?",  # likewise
    "{0}: {1} (sha256 {2}).",  # for `planfirst models verify`
)
KOREAN = Words("ko")
HANGUL = re.compile("[가-힣]")
HOLE = re.compile(r"\{\d\}")
BEGINNING = re.compile(r"(?<=[.!?}]) (?=[A-Z{])")  # of a sentence; the one before may stand in a hole
TEXTS, VALUES = catalogue("ko")["texts"], catalogue("ko")["values"]


def test_another_language_is_english() -> None:
    assert Words("de")("The comment is empty.") == "The comment is empty."
    assert Words(None).language == Words("").language == Words("korea").language == "en"
    assert {Words(locale).language for locale in ("ko", "ko-KR", "ko_KR.UTF-8", "KO")} == {"ko"}


@pytest.mark.parametrize("text", sorted(TEXTS | VALUES))
def test_a_translation_holds_the_same_things(text: str) -> None:
    translated = (TEXTS | VALUES)[text]
    assert sorted(HOLE.findall(translated)) == sorted(HOLE.findall(text))
    assert len(re.findall("`[^`]+`", translated)) == len(re.findall("`[^`]+`", text))
    assert HANGUL.search(translated)


def test_a_template_is_one_sentence() -> None:
    assert [text for text in TEXTS if SENTENCES.search(text)] == []


def test_every_sentence_of_the_server_has_a_korean_one() -> None:
    """A new one goes into lsp/words.ko.json, with the same holes; one that nobody sees into ``NO_MESSAGE``."""
    english = [(where, text) for where, text in sentences() if not in_korean(text)]
    assert english == []


def test_every_korean_text_is_of_use() -> None:
    """One whose English is gone is taken out of lsp/words.ko.json."""
    written = {text.strip() for path in SOURCES.rglob("*.py") for text in parts(path.read_text(encoding="utf-8"))}
    whole = "\n".join(written)
    unused = [text for text in TEXTS | VALUES if not all(part.strip("'. ") in whole for part in HOLE.split(text))]
    assert unused == []


def test_short_texts() -> None:
    titles = [*TITLES.values(), *DOING.values(), *hover.LINKS.values(), "Plan", "Plan in this comment", "No"]
    ages = [f"Planned by starter, {hover._age(seconds)}." for seconds in (0, 60, 3600, 86400)]
    progress = ["3 of 5 examples", "1000 files looked at", "Checking the code", "Attempt 1 fails: 3"]
    attempt = "Attempt 2 of at most 3, without the plan (12 s and 800 tokens left)"
    for text in [*titles, *ages, *progress, attempt, "close match, score 0.81", "score 0.10"]:
        assert HANGUL.search(KOREAN(text)), text
        assert not re.search("[a-z]{3}", KOREAN(text).replace("starter", "")), text
    assert KOREAN(attempt) == "최대 3번 중 2번째 시도, 계획 없이 (12초와 800토큰 남음)"


def test_settings_that_cannot_be_used() -> None:
    bad = {
        "nothing": 1,
        "planner": 3,
        "generator": {"nothing": 1, "allowedHosts": "x", "temperature": 99, "model": 7, "maxTokens": "many"},
        "workspace": {"index": "perhaps"},
    }
    problems = [problem for data in (bad, 5) for problem in settings.parse(data)[1]]
    assert len(problems) == 9
    for problem in problems:
        assert HANGUL.search(KOREAN(problem)), problem
        assert not re.search(r"\b(must|not|a|is|setting)\b", KOREAN(problem)), problem


def test_texts_that_are_put_together() -> None:
    missing = StoreMissing("There is no store of examples in /a. b/c.", "Build it with `planfirst index build`.")
    assert KOREAN(f"{missing} This time no example is used.").endswith(
        "`planfirst index build`로 만드세요. 이번에는 예제를 쓰지 않습니다."
    )
    ended = WorkerError("The model process ended unexpectedly (signal 9).", "Restart the language server.")
    assert KOREAN(str(ended)) == "모델 프로세스이(가) 예기치 않게 끝났습니다(signal 9). 언어 서버를 다시 시작하세요."
    trimmed = Prompt("", "", (Section("example", "x", 9, 30), Section("context", "x", 9, 12))).trimmed
    assert KOREAN(trimmed).startswith("예제의 마지막 30토큰을 뺐습니다. 더 보내려면 prompt.exampleTokens")
    assert "주변 코드의 마지막 12토큰을" in KOREAN(trimmed)
    assert "한국어인데" in KOREAN(unread("파일을 읽기", ""))
    assert "Ask" not in KOREAN(unread("파일을 읽기", ""))


def test_a_verdict() -> None:
    def said(status: str, ran: bool) -> str:
        counts = {"held": 2, "of": 2, "attempts": 3, "needs": "", "how": ""}
        return said_of(
            {"status": status, "check": "f(1)", "output": "f(1) gave 2, not 3", "ran": ran, "placed": True, **counts}
        )  # type: ignore[typeddict-item]

    assert KOREAN(said("passed", True)) == "코드가 3번 시도 끝에 검사를 통과했습니다(2개 중 2개)."
    assert KOREAN(said("failed", True)).startswith(
        "코드가 3번 시도 끝에 검사를 통과하지 못했습니다. 남겨 두기 전에 읽어 보세요."
    )
    for text in (said("read", False), said("not checked", False)):
        assert HANGUL.search(KOREAN(text))


def test_what_is_not_known_stays_as_it_is() -> None:
    for text in ("", "first line.\n  second. line", "Something else happened. Nobody knows.", "x" * 10_000):
        assert KOREAN(text) == text
    assert KOREAN("Something else happened. Try again.") == "Something else happened. 다시 시도하세요."
    assert KOREAN("There is no model named {1}{0}.") == "{1}{0}(이)라는 모델이 없습니다."


def test_a_folder_may_be_called_like_a_text() -> None:
    assert KOREAN("Planfirst: reading the code in Plan") == "Planfirst: Plan의 코드를 읽는 중"


def sentences() -> Iterator[tuple[str, str]]:
    """What reads like a sentence in the sources that the server uses, and the file it is in."""
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        if name.startswith(COMMAND_LINE):
            continue
        for text in parts(path.read_text(encoding="utf-8"), with_constants=name != "settings.py"):
            if text in NO_MESSAGE or "\n" in text or not re.match(r"[A-Z{].* .*[.?!]$", text) or not _says(text):
                continue
            yield from ((name, sentence) for sentence in BEGINNING.split(text) if _says(sentence))


def _says(text: str) -> bool:
    return bool(re.search("[A-Za-z]{2}", HOLE.sub("", text)))


def in_korean(sentence: str) -> bool:
    """Whether it is translated and all that stands in it is still there."""
    things = {hole: f"x{hole[1]}-x" for hole in HOLE.findall(sentence)}
    translated = KOREAN(HOLE.sub(lambda hole: things[hole.group()], sentence))
    return bool(HANGUL.search(translated)) and all(thing in translated for thing in things.values())


def parts(source: str, with_constants: bool = True) -> Iterator[str]:
    """Texts in a source that are no docstrings; what is filled in is a numbered hole."""
    tree = ast.parse(source)
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        if isinstance(node, ast.JoinedStr):
            passed.update(node.values)
            filled = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            holes = iter(range(len(filled)))
            yield "".join(f"{{{next(holes)}}}" if part is None else str(part) for part in filled)
        elif with_constants and isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node.value
