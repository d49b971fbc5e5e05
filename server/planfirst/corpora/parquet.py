"""The rows of a Parquet file, through pyarrow (extra `parquet`): in batches, and only the columns that are used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from planfirst.core.errors import CorpusError
from planfirst.corpora.rows import Row

_BATCH = 1024
_MAX_GROUP = 2 << 30  # bytes that a row group says it unpacks to


def parquet_rows(path: Path, choose: Callable[[Sequence[str]], Sequence[str]]) -> Iterator[Row]:
    """The rows with their numbers, counted from 1.

    Args:
        choose: told the names of all columns, says which of them to read.

    Raises:
        CorpusError: pyarrow is not installed, or the file is cut short, foreign, or would unpack to too much.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise CorpusError("parquet-not-installed", file=path.name) from error
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            _check_sizes(path, file.metadata)
            columns = list(choose(file.schema_arrow.names))
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise CorpusError("parquet-broken", file=path.name, reason=_brief(error)) from error


def _check_sizes(path: Path, metadata: Any) -> None:
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).total_byte_size
        if size > _MAX_GROUP:
            raise CorpusError("parquet-too-large", file=path.name, size=size >> 20, most=_MAX_GROUP >> 20)


def _brief(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:120].rstrip(".") or type(error).__name__
