"""The conversion of a BERT to GGUF, and what becomes of its file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from planfirst.adapters.gguf_header import read_header
from planfirst.embedders.bert_gguf import converted
from planfirst.embedders.bert_shape import BertShape, DoesNotFitError, bert_shape
from tests.random_llama import write_random_llama
from tests.small_bert import write_small_bert

FINGERPRINT = "0123456789abcdef"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_bert(tmp_path_factory.mktemp("bert") / "small")


def convert(model: Path, folder: Path, fingerprint: str = FINGERPRINT) -> Path:
    return converted(model, bert_shape(model), fingerprint, folder, lambda path, shape: None)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_written_once(small: Path, tmp_path: Path) -> None:
    first = convert(small, tmp_path)
    about = first.stat()
    assert convert(small, tmp_path) == first
    assert (first.stat().st_mtime_ns, first.stat().st_ino) == (about.st_mtime_ns, about.st_ino)
    assert names(tmp_path) == [first.name]
    header = read_header(first)
    assert header.architecture == "bert"
    assert header.file_type_name == "F16"
    assert header.layer_types == {0, 1}  # F32 and F16


def test_another_model_has_its_own_file(small: Path, tmp_path: Path) -> None:
    assert convert(small, tmp_path) != convert(small, tmp_path, "f" * 16)
    assert len(names(tmp_path)) == 2


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def turn_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)


def make_foreign(path: Path) -> None:
    write_random_llama(path)


@pytest.mark.parametrize("damage", [cut, empty, turn_a_bit, make_foreign])
def test_a_damaged_file_is_made_anew(small: Path, tmp_path: Path, damage: object) -> None:
    path = convert(small, tmp_path)
    good = path.read_bytes()
    assert callable(damage)
    damage(path)
    assert path.read_bytes() != good
    assert convert(small, tmp_path) == path
    assert path.read_bytes() == good
    assert names(tmp_path) == [path.name]


def test_a_foreign_file_under_a_name_that_fits_its_bytes(small: Path, tmp_path: Path) -> None:
    from planfirst.adapters.checksums import sha256_of

    foreign = write_random_llama(tmp_path / "foreign.gguf")
    foreign.rename(tmp_path / f"{FINGERPRINT}-{sha256_of(foreign)[:16]}.gguf")
    path = convert(small, tmp_path)
    assert read_header(path).architecture == "bert"
    assert names(tmp_path) == [path.name]


def test_what_a_killed_conversion_left_goes_after_an_hour(small: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "a.1.partial", tmp_path / "b.2.partial"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (time.time() - 4000, time.time() - 4000))
    path = convert(small, tmp_path)
    assert names(tmp_path) == [path.name, new.name]


@pytest.mark.parametrize("value", [1e6, float("nan")])
def test_numbers_that_16_bits_cannot_hold(small: Path, tmp_path: Path, value: float) -> None:
    model = shutil.copytree(small, tmp_path / "model")
    weights = load_file(model / "model.safetensors")
    weights["encoder.layer.1.output.dense.weight"][3, 3] = value
    save_file(weights, model / "model.safetensors")
    with pytest.raises(DoesNotFitError, match="16 bits"):
        convert(model, tmp_path / "out")
    assert names(tmp_path / "out") == []


def test_weights_of_another_shape(small: Path, tmp_path: Path) -> None:
    model = shutil.copytree(small, tmp_path / "model")
    weights = load_file(model / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] = np.zeros((5, 64), dtype=np.float32)
    save_file(weights, model / "model.safetensors")
    with pytest.raises(DoesNotFitError, match=r"token_embd\.weight"):
        convert(model, tmp_path / "out")


@pytest.mark.parametrize("keep", [0, 100, 50_000])
def test_truncated_weights(small: Path, tmp_path: Path, keep: int) -> None:
    model = shutil.copytree(small, tmp_path / "model")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(DoesNotFitError, match="cannot be read"):
        convert(model, tmp_path / "out")
    assert names(tmp_path / "out") == []


def test_what_does_not_pass_the_check_has_no_name(small: Path, tmp_path: Path) -> None:
    seen = []

    def refuse(path: Path, shape: BertShape) -> None:
        seen.append((read_header(path).architecture, shape.width))
        raise DoesNotFitError("it is of no use")

    with pytest.raises(DoesNotFitError, match="no use"):
        converted(small, bert_shape(small), FINGERPRINT, tmp_path / "out", refuse)
    assert seen == [("bert", 64)]
    assert names(tmp_path / "out") == []


def test_a_folder_that_cannot_be_written(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        convert(small, tmp_path / "file")


@pytest.mark.real
def test_processes_that_convert_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from planfirst.embedders.bert_shape import bert_shape\n"
        "from planfirst.embedders.bert_gguf import converted\n"
        "from planfirst.embedders.find import find_model\n"
        "import gguf\n"
        "found = find_model(''); print('ready', flush=True); input()\n"
        "check = lambda path, shape: None\n"
        "print(converted(found.folder, bert_shape(found.folder), found.fingerprint, Path(sys.argv[1]), check).name)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate()[0].strip() for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert names(tmp_path / "out") == [said[0]]
    assert said[0] == said[1]
