"""Which store a setting names."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.folder_store import FolderStore
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.adapters.stores import is_address, store_at
from planfirst.folders import data_folder, store_folder


@pytest.mark.parametrize("url", ["postgresql://u:secret-5@h:5432/d", "postgres://u:secret-5@h/d?password=secret-5"])
def test_an_address_names_a_database(url: str) -> None:
    assert is_address(url)
    store = store_at(url, store_folder(url), "hnsw")
    assert isinstance(store, DatabaseStore)
    assert store.shown in ("postgresql://u@h:5432/d", "postgresql://u@h/d")
    assert "secret-5" not in repr(store) + str(store.address) + store.shown


@pytest.mark.parametrize("configured", ["", "~/store", "/data/postgresql"])
def test_anything_else_names_a_folder(configured: str) -> None:
    assert not is_address(configured)
    assert store_at(configured, store_folder(configured)) == FolderStore(store_folder(configured), "auto")


def test_what_belongs_to_a_database_is_kept_under_a_name_that_does_not_tell_it() -> None:
    one, other = store_folder("postgresql://u:secret-5@h/d"), store_folder("postgresql://u:secret-5@h/e")
    assert one != other
    assert one.is_relative_to(data_folder())
    assert "secret-5" not in str(one)
    assert store_folder("/data/store") == Path("/data/store")
