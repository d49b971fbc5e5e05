"""Fetches the tables of a data set from the Hugging Face Hub into the hub client's own cache.

Only tables are fetched, never code or pickles. Where a data set has none of its own, as those that come with a script,
the hub's own conversion to Parquet is taken. It knows nothing of what is in the tables.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from planfirst.core.errors import BadRequest, HubError

if TYPE_CHECKING:
    from huggingface_hub import RepoFile

REVISIONS: Final = ("main", "refs/convert/parquet")
_FORMATS = (".parquet", ".jsonl", ".ndjson", ".csv", ".tsv", ".json")  # of the same rows in several, the first is taken
_NO_TABLES = {"dataset_info.json", "dataset_infos.json", "config.json", "package.json"}
_REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_SUBSET = re.compile(r"[\w.-]{0,96}")
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """Tables on this machine: ``files`` are below ``folder``."""

    folder: Path
    files: tuple[Path, ...]


def split_name(text: str) -> tuple[str, str]:
    """Repository and subset of ``owner/name`` or ``owner/name/subset``.

    Raises:
        BadRequest: it is neither.
    """
    owner, _, rest = text.partition("/")
    name, _, subset = rest.partition("/")
    repository = f"{owner}/{name}"
    if not _REPOSITORY.fullmatch(repository) or not _SUBSET.fullmatch(subset) or ".." in text:
        raise BadRequest("dataset-name", given=text)
    return repository, subset


def fetch(repository: str, subset: str, say: Callable[[str], None]) -> Fetched:
    """Downloads what is not in the cache yet. To be called only when the user asked for this data set.

    Args:
        subset: name of a part of the data set; empty for all of it.
        say: told what is downloaded before it is.

    Raises:
        HubError: it is not there, may not be read, or could not be fetched.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # huggingface_hub reads it when it is imported
    from huggingface_hub import HfApi, RepoFile, constants, hf_hub_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if constants.HF_HUB_OFFLINE:
        return local(repository, subset)
    disable_progress_bars()
    with _explained(repository):
        for revision in REVISIONS:
            there = _listed(HfApi(), repository, revision)
            by_path = {item.path: item for item in there if isinstance(item, RepoFile)}
            chosen = _tables(by_path, subset)
            if chosen:
                break
        else:
            raise _no_tables(repository, subset)
        size = sum(by_path[path].size for path in chosen)
        _check_space(repository, size, Path(constants.HF_HUB_CACHE))
        say(f"Fetching {len(chosen)} files, {size / 1e6:.1f} MB, of {repository} from {constants.ENDPOINT}.")
        files = [Path(hf_hub_download(repository, path, repo_type="dataset", revision=revision)) for path in chosen]
    return Fetched(_root(files[0], chosen[0]), tuple(files))


def local(repository: str, subset: str) -> Fetched:
    """What was fetched before; nothing uses the network.

    Raises:
        HubError: it was never fetched, or is no longer there.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    for revision in REVISIONS:
        try:
            folder = Path(snapshot_download(repository, repo_type="dataset", revision=revision, local_files_only=True))
        except LocalEntryNotFoundError:
            continue
        chosen = _tables((p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()), subset)
        if chosen:
            return Fetched(folder, tuple(folder / path for path in chosen))
    raise HubError("dataset-missing", name=f"{repository}{f'/{subset}' if subset else ''}", repository=repository)


def _listed(api: object, repository: str, revision: str) -> list[RepoFile]:
    from huggingface_hub.errors import RevisionNotFoundError

    try:
        return list(api.list_repo_tree(repository, recursive=True, revision=revision, repo_type="dataset"))  # type: ignore[attr-defined]
    except RevisionNotFoundError:
        return []  # not every data set is converted


def _tables(paths: Iterable[str], subset: str) -> list[str]:
    """The tables among the files of a data set: those of the subset, in one format."""
    found = [path for path in sorted(paths) if _belongs(PurePosixPath(path), subset)]
    for suffix in _FORMATS:
        of_format = [path for path in found if path.lower().endswith(suffix)]
        if of_format:
            return of_format
    return []


def _belongs(path: PurePosixPath, subset: str) -> bool:
    if path.name in _NO_TABLES or any(part.startswith(".") for part in path.parts):
        return False
    stem = path.name.split(".")[0]
    return not subset or subset in path.parts[:-1] or stem == subset or stem.startswith((f"{subset}-", f"{subset}_"))


def _root(file: Path, path: str) -> Path:
    return file.parents[len(PurePosixPath(path).parts) - 1]


def _check_space(repository: str, size: int, cache: Path) -> None:
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < size + _SPARE_BYTES:
        raise HubError(
            "disk-full", file=repository, needed=size >> 20, free=free >> 20, folder=there, variable="HF_HOME"
        )


def _no_tables(repository: str, subset: str) -> HubError:
    return HubError("dataset-empty", name=f"{repository}/{subset}" if subset else repository)


@contextmanager
def _explained(repository: str) -> Iterator[None]:
    """Turns what huggingface_hub raises into a HubError that says what to do."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        yield
    except HubError:
        raise
    except OfflineModeIsEnabled as error:
        raise HubError("dataset-offline", repository=repository) from error
    except GatedRepoError as error:
        raise HubError("dataset-gated", repository=repository) from error
    except RepositoryNotFoundError as error:
        raise HubError("dataset-unknown", repository=repository) from error
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "nothing"
        raise HubError("dataset-refused", repository=repository, status=status) from error
    except Exception as error:  # the hub client raises errors of several libraries; all mean that it was not fetched
        brief = str(error).strip().split("\n", 1)[0][:160].rstrip(".") or type(error).__name__
        raise HubError("dataset-unreachable", repository=repository, reason=brief) from error
