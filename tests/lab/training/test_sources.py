from __future__ import annotations

import json
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

from planfirst_lab.training import sources


class _Distribution(metadata.Distribution):
    def __init__(self, text: str) -> None:
        self.text = text

    def read_text(self, filename: str) -> str | None:
        return self.text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise FileNotFoundError(str(path))


def about(**fields: str) -> _Distribution:
    message = Message()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return _Distribution(message.as_string())


@pytest.mark.parametrize(
    ("fields", "permissive"),
    [
        ({"License_Expression": "MIT"}, True),
        ({"License_Expression": "Apache-2.0 OR BSD-2-Clause"}, True),
        ({"Classifier": "License :: OSI Approved :: ISC License (ISCL)"}, True),
        ({"License": "BSD", "Classifier": "License :: OSI Approved :: BSD License"}, True),
        ({"License_Expression": "MPL-2.0 AND MIT"}, False),
        ({"License": "LGPLv3+"}, False),
        ({"License": "MIT", "Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"}, False),
        ({"License": "Proprietary"}, False),
        ({"License": "Permission is hereby granted " * 20}, False),
        ({"Name": "nothing"}, False),
    ],
)
def test_only_clear_permissive_licences_count(fields: dict[str, str], permissive: bool) -> None:
    assert bool(sources.licence_of(about(**fields))) is permissive


def test_installed_packages_have_folders_and_licences() -> None:
    found = {name: (licence, folder) for name, licence, folder in sources.packages()}
    assert "jinja2" in found
    assert all(licence and folder.is_dir() for licence, folder in found.values())
    assert not found.keys() & {"planfirst", "certifi", "tqdm"}  # ours, and two under the MPL


def test_data_sets_are_read_where_they_are(tmp_path: Path) -> None:
    assert sources.data_sets(tmp_path) == ([], [])
    (tmp_path / "staqc_annotated").mkdir()
    rows = [
        {"doc": "How to sort a list", "code": "sorted(items)", "label": 1},
        {"doc": "How to sort a list", "code": "items", "label": 0},
        {"doc": "Old Python in here", "code": "print 1", "label": 1},
    ]
    (tmp_path / "staqc_annotated" / "train_x.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "codenn_python").mkdir()
    line = "1\t2\tHow do I add two numbers\ta = 1\\nb = a + 2\t0\n"
    (tmp_path / "codenn_python" / "x.txt").write_text(line, encoding="utf-8")
    pairs, report = sources.data_sets(tmp_path)
    assert [pair.code for pair in pairs] == ["a = 1\nb = a + 2", "sorted(items)"]
    assert [entry["licence"] for entry in report] == ["CC-BY-SA-3.0", "CC-BY-4.0"]
