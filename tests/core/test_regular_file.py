"""What stands in the place of a file: it is read if it is one, and of the size that was agreed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from planfirst.core.regular_file import read_regular


def test_a_file_is_read_up_to_its_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\r\n\x00")
    (tmp_path / "link").symlink_to(path)
    assert read_regular(path, 3) == read_regular(tmp_path / "link", 9) == b"\r\n\x00"
    with pytest.raises(OSError, match="too large") as caught:
        read_regular(path, 2)
    assert caught.value.errno == errno.EFBIG


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for_and_a_device_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "zero", tmp_path):
        with pytest.raises(OSError, match="not a regular file"):
            read_regular(path, 100)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none", 100)
    with pytest.raises(ValueError, match="null"):
        read_regular(Path("a\0b"), 100)
