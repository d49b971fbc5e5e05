from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.core.errors import BadSetting, EndpointDown
from planfirst.embedders.hashed import HashedEmbedder
from planfirst_lab.training.rag import index
from planfirst_lab.training.rag.questions import Question, questions_of
from planfirst_lab.training.rag.snapshot import Snapshot, is_test, take
from planfirst_lab.training.rag.symbols import symbols_of
from planfirst_lab.training.rag.teacher import OfflineTeacher, WritingTeacher
from planfirst_lab.training.rag.vectors import Remembering
from tests.lab.training.rag.small_repository import write


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return take(str(write(tmp_path / "site")), tmp_path / "repos")


def of_kind(questions: list[Question], kind: str) -> list[Question]:
    return [question for question in questions if question.kind == kind]


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    folder = write(tmp_path / "site")
    first = take(str(folder), tmp_path / "repos")
    (folder / "names.py").write_text("x = 1\n", encoding="utf-8")
    again = take(str(folder), tmp_path / "repos")
    assert again == first
    assert "make_slug" in (again.folder / "names.py").read_text(encoding="utf-8")
    assert first.files(tests=False) == ["names.py", "pages.py"]
    assert first.files(tests=True) == ["tests/test_names.py"]


def test_an_installed_package_is_a_repository(tmp_path: Path) -> None:
    taken = take("iniconfig", tmp_path)
    assert taken.licence == "MIT"
    assert any(file.endswith("__init__.py") for file in taken.files(tests=False))
    with pytest.raises(BadSetting, match="neither a folder nor an installed package"):
        take("no-such-package-here", tmp_path)


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSetting, match="no Python files"):
        take(str(tmp_path / "empty"), tmp_path / "repos")
    assert not (tmp_path / "repos" / "empty").exists()


@pytest.mark.parametrize(
    ("path", "wanted"), [("tests/a.py", True), ("a/test_b.py", True), ("a/b_test.py", True), ("latest.py", False)]
)
def test_what_a_test_is(path: str, wanted: bool) -> None:
    assert is_test(path) == wanted


def test_symbols(snapshot: Snapshot) -> None:
    symbols = symbols_of(snapshot)
    assert sorted(symbols.functions) == ["count_pages", "make_slug", "page_path", "split_name"]
    assert symbols.functions["split_name"].call == "split_name(text, marker=marker)"
    assert {"make_slug", "Site", "link", "_hidden", "len", "append"} <= symbols.names
    assert "make_slugs" not in symbols.names


def test_questions_of_every_kind(snapshot: Snapshot) -> None:
    questions = questions_of(snapshot)
    assert len({question.id for question in questions}) == len(questions)
    assert {q.answer for q in of_kind(questions, "docstring")} == {
        "make_slug(title)",
        "split_name(text, marker=marker)",
        "page_path(title, root)",
        "count_pages(pages)",
    }
    answers = {q.answer for q in of_kind(questions, "given")}
    assert len(answers) == 4
    for question in of_kind(questions, "given"):
        assert question.answer == f"{question.function.name}({question.given})"
    assert "marker=" in next(answer for answer in answers if answer.startswith("split_name("))
    sites = {q.answer: q for q in of_kind(questions, "call site")}
    assert sites["make_slug(title)"].signature == "def page_path(title, root):"
    assert sites["make_slug(title)"].apart == "pages.py:page_path"
    assert sites["make_slug(title)"].function.file == "names.py"
    assert sites["make_slug(title, '_')"].apart == "pages.py:link"
    (test,) = of_kind(questions, "test")
    assert (test.answer, test.given) == ("make_slug('Hello, World!')", "'Hello, World!'")
    (readme,) = of_kind(questions, "readme")
    assert readme.answer == "page_path('My title', 'site')"
    assert readme.text == "To get the address of a page from its title"


async def test_the_offline_teacher_repeats_itself(snapshot: Snapshot) -> None:
    (test,) = of_kind(questions_of(snapshot), "test")
    teacher = OfflineTeacher(3)
    words = [await teacher.words(test, visit) for visit in range(8)]
    assert words == [await OfflineTeacher(3).words(test, visit) for visit in range(8)]
    assert len(set(words)) > 2
    assert not any("Hello" in text for text in words)


async def test_what_a_teacher_says_is_used_if_it_is_one_line(snapshot: Snapshot) -> None:
    question = of_kind(questions_of(snapshot), "docstring")[0]
    down = EndpointDown("plain", what="It is silent.", next="Try again.")
    writer = ScriptedWriter(
        "# slugs from headings\n",
        "Sure!\nHere it is",
        "",
        f"call {question.function.name}",
        down,
        "again",
        down,
        down,
        down,
    )
    teacher, rules = WritingTeacher(writer, 3), OfflineTeacher(3)
    assert await teacher.words(question, 0) == "slugs from headings"
    for visit in (1, 2, 3, 4):
        assert await teacher.words(question, visit) == await rules.words(question, visit)
    assert teacher.refused.total() == 4
    assert await teacher.words(question, 5) == "again"
    for visit in (6, 7):
        assert await teacher.words(question, visit) == await rules.words(question, visit)
    with pytest.raises(EndpointDown):
        await teacher.words(question, 8)


def test_the_search_hides_what_it_must(snapshot: Snapshot, tmp_path: Path) -> None:
    embedder = Remembering(HashedEmbedder())
    index.build(tmp_path / "store", [snapshot], embedder, lambda done, total: None)
    questions = questions_of(snapshot)
    site = next(q for q in of_kind(questions, "call site") if q.apart == "pages.py:page_path")
    request = "turn a title into a slug for an address"
    embedder.learn([request])

    def found(search: index.Search, **more: bool) -> list[tuple[str, str]]:
        return [index.place_of(hit.pair) for hit in search.hits(site, request, 9, **more)]

    everything = found(index.Search(tmp_path / "store", embedder, -1.0))
    assert everything[0] == ("names.py", "make_slug")
    assert ("pages.py", "count_pages") in everything
    assert ("pages.py", "page_path") not in everything  # it holds the answer
    assert not any(file.startswith("tests/") for file, _ in everything)
    assert ("names.py", "make_slug") not in found(index.Search(tmp_path / "store", embedder, -1.0), without_own=True)
    hidden = index.Search(tmp_path / "store", embedder, -1.0, {snapshot.name: frozenset({"names.py"})})
    assert {file for file, _ in found(hidden)} == {"pages.py"}
    assert found(index.Search(tmp_path / "store", embedder, 1.1)) == []
