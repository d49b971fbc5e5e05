"""Tables of questions and answers: their formats, their columns, and what is left out of them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair
from planfirst.corpora import rows as rows_module
from planfirst.corpora.columns import Options, columns_of
from planfirst.corpora.report import Report
from planfirst.corpora.tables import MAX_CODE, SUFFIXES, pairs_in

ROWS = [{"question": f"how to do {n}", "code": f"do({n})"} for n in range(3)]


def read(place: Path, **options: str) -> tuple[list[Pair], Report]:
    report = Report()
    return list(pairs_in(place, "mine", Options(**options), report)), report


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write(folder: Path, suffix: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"table{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    elif suffix == ".parquet":
        import pyarrow as pa
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(rows), path)
    elif suffix in (".csv", ".tsv"):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter="\t" if suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    else:
        jsonl(path, rows)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_pairs(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"question_id": 11, "title": "read a file", "snippet": 'open("x").read()', "license": "MIT"},
        {"question_id": 12, "title": "파일 🎈, 읽기", "snippet": 'a = "1,2"\nb\t= \'"\'\n', "license": "0BSD"},
    ]
    pairs, report = read(write(tmp_path, suffix, rows))
    assert [(p.question, p.code, p.source, p.licence) for p in pairs] == [
        ("read a file", 'open("x").read()', "mine", "MIT"),
        ("파일 🎈, 읽기", 'a = "1,2"\nb\t= \'"\'', "mine", "0BSD"),
    ]
    assert [p.id for p in pairs] == ["11", "12"]
    assert pairs[0].place.startswith(f"table{suffix}:")
    assert report.lines() == ["2 examples read, 0 left out."]


@pytest.mark.parametrize(
    ("names", "question", "code"),
    [
        (["question_id", "question", "snippet"], "question", "snippet"),  # StaQC sca_python
        (["id", "question_id", "question", "snippet"], "question", "snippet"),
        (["intent", "rewritten_intent", "snippet", "question_id"], "rewritten_intent", "snippet"),  # CoNaLa
        (["func_documentation_string", "func_code_string"], "func_documentation_string", "func_code_string"),
        (["instruction", "input", "output"], "instruction", "output"),
        (["Title", "Answer Code"], "Title", "Answer Code"),
        (["task_id", "prompt", "canonical_solution", "test"], "prompt", "canonical_solution"),
        (["query", "code"], "query", "code"),
    ],
)
def test_columns_are_found_by_name(names: list[str], question: str, code: str) -> None:
    found = columns_of(names, Options())
    assert found is not None
    assert (found.question, found.code) == (question, code)


@pytest.mark.parametrize("names", [[], ["question"], ["code"], ["a", "b"], ["question_id", "snippet"]])
def test_columns_that_are_not_there(names: list[str]) -> None:
    assert columns_of(names, Options()) is None


def test_the_user_names_the_columns(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "t.jsonl", [{"question": "no", "code": "no", "Frage": "ja", "Antwort": "1"}])
    pairs, _ = read(path, question_column="Frage", code_column="Antwort", licence="CC0-1.0")
    assert [(p.question, p.code, p.licence) for p in pairs] == [("ja", "1", "CC0-1.0")]
    pairs, _ = read(path, code_column="Antwort")
    assert [(p.question, p.code, p.licence) for p in pairs] == [("no", "1", "unknown")]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_without_the_needed_columns(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, suffix, [{"a": "1", "b\x1b[2J": "2"}] * 3)
    with pytest.raises(CorpusError) as caught:
        read(path)
    assert "has no column question and code" in caught.value.what
    assert "columns are: a." in caught.value.what
    assert "--question-column" in caught.value.next_step
    with pytest.raises(CorpusError, match="has no column Frage"):
        read(write(tmp_path, suffix, ROWS), question_column="Frage")


def test_bad_rows_are_counted_shown_and_left_out(tmp_path: Path) -> None:
    good = json.dumps(ROWS[0]).encode()
    lines = [
        good,
        b"{not json",
        b'{"question": "\xff\xfe", "code": "x"}',
        b"[1, 2]",
        b'{"question": "", "code": "x"}',
        b'{"question": "q", "code": " \\n "}',
        b'{"question": "q"}',
        b'{"question": "q", "code": 3}',
        b'{"question": "q", "code": "\\ud800"}',
        json.dumps({"question": "q", "code": "x" * (MAX_CODE + 1)}).encode(),
        b"[" * 100_000,
        b"",
        good.replace(b"0", b"1"),
    ]
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    pairs, report = read(path)
    assert [p.question for p in pairs] == ["how to do 0", "how to do 1"]
    assert report.left_out == {
        "row is not JSON": 2,
        "row is not UTF-8": 1,
        "row is not a JSON object": 1,
        "question is empty": 1,
        "code is empty": 1,
        "code is missing": 1,
        "code is not a text": 1,
        "code is not UTF-8": 1,
        "code is too long": 1,
    }
    lines_shown = report.lines()
    assert lines_shown[0].startswith("2 examples read, 10 left out: row is not JSON 2, ")
    assert lines_shown[1].startswith("  t.jsonl:2: row is not JSON (")
    assert lines_shown[2] == "  t.jsonl:3: row is not UTF-8 (byte 15)"
    assert len(lines_shown) == 7
    assert lines_shown[-1] == "  and 5 more"


def test_a_row_that_is_too_long_is_passed_over_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_ROW", 1 << 20)
    path = tmp_path / "t.jsonl"
    long = json.dumps({"question": "q", "code": "x" * (5 << 20)})
    path.write_text(f"{json.dumps(ROWS[0])}\n{long}\n{json.dumps(ROWS[1])}\n{long}", encoding="utf-8")
    pairs, report = read(path)
    assert [p.question for p in pairs] == ["how to do 0", "how to do 1"]
    assert report.left_out == {"row is too long": 2}


def test_rows_of_a_megabyte_are_read_and_their_code_left_out(tmp_path: Path) -> None:
    pairs, report = read(jsonl(tmp_path / "t.jsonl", [{"question": "q", "code": "x" * (1 << 20)}, *ROWS]))
    assert len(pairs) == 3
    assert report.left_out == {"code is too long": 1}


def test_bad_rows_of_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'question;code\nq1;"a\nb"\nq2\nq3;x;y\n\nq4;\xe9\nq5;fine\n"open;x\nlost;y\n')
    pairs, report = read(path)
    assert [(p.question, p.code) for p in pairs] == [("q1", "a\nb"), ("q5", "fine")]
    assert report.left_out == {"row has another number of fields": 3, "code is not UTF-8": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_a_spreadsheet_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Question,Code\n파일,읽기()\n", encoding=encoding)
    assert [(p.question, p.code) for p in read(path)[0]] == [("파일", "읽기()")]


def test_snippets_that_a_data_set_wraps(tmp_path: Path) -> None:
    rows = [
        {"question": "q", "snippet": {"text": ["a = 1", "b = 2"], "is_sda": [True, True]}},
        {"question": "q", "snippet": ["c = 3"]},
        {"question": "q", "snippet": []},
        {"question": "q", "snippet": {"other": 1}},
    ]
    pairs, report = read(jsonl(tmp_path / "t.jsonl", rows))
    assert [p.code for p in pairs] == ["a = 1\n\nb = 2", "c = 3"]
    assert report.left_out == {"code is not a text": 1, "code is missing": 1}


def test_ids_are_unique_and_duplicate_questions_stay(tmp_path: Path) -> None:
    rows = [{"id": "a", "question": "q", "code": str(n)} for n in range(3)]
    pairs, _ = read(jsonl(tmp_path / "t.jsonl", rows))
    assert [p.id for p in pairs] == ["a", "t.jsonl:2", "t.jsonl:3"]
    assert [p.question for p in pairs] == ["q", "q", "q"]


def test_a_folder_of_tables(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    jsonl(tmp_path / ".hidden" / "x.jsonl", ROWS)
    jsonl(tmp_path / "b" / "two.jsonl", ROWS[2:])
    jsonl(tmp_path / "a.jsonl", ROWS[:2])
    jsonl(tmp_path / "meta.json", [{"version": 1}])
    (tmp_path / "evil.pkl").write_bytes(b"\x80\x04.")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    pairs, report = read(tmp_path)
    assert [p.place for p in pairs] == ["a.jsonl:1", "a.jsonl:2", "b/two.jsonl:1"]
    assert report.left_out["table has no such columns"] == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.jsonl", "There is no file or folder"),
        ("x.pkl", "a pickle, which can run code"),
        ("x.exe", "not a table"),
        (".", "There is no table"),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, said: str) -> None:
    for file in ("x.pkl", "x.exe"):
        (tmp_path / file).write_bytes(b"\x80\x04.")
    with pytest.raises(CorpusError, match=said):
        read(tmp_path / name)


@pytest.mark.parametrize("cut", [4, 100, 1000])
def test_a_parquet_file_that_was_cut_short(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path, ".parquet", ROWS * 50)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(CorpusError, match="cut short, damaged or not a Parquet file"):
        read(path)


def test_a_parquet_file_with_damage_inside(tmp_path: Path) -> None:
    path = write(tmp_path, ".parquet", [{"question": f"question {n}", "code": f"code {n}" * 9} for n in range(3000)])
    data = bytearray(path.read_bytes())
    data[20:220] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(CorpusError, match="cut short, damaged or not a Parquet file"):
        read(path)


def test_without_pyarrow_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, ".parquet", ROWS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CorpusError) as caught:
        read(path)
    assert "pip install 'planfirst[parquet]'" in caught.value.next_step


def test_reading_json_lines_needs_no_pyarrow() -> None:
    code = "import sys, planfirst.corpora.tables; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), suffix=st.sampled_from([s for s in SUFFIXES if s != ".parquet"]))
def test_any_bytes_give_pairs_or_a_refusal(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(b"question,code\n" + data if suffix == ".csv" else data)
    try:
        pairs, _ = read(path)
    except CorpusError:
        return
    for pair in pairs:
        assert "\n" not in pair.question
        assert pair.code
