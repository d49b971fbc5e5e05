"""Fetches a model file from the Hugging Face Hub, or from a server that speaks its protocol.

huggingface_hub does the talking, so HF_ENDPOINT, HF_HUB_OFFLINE and HF_TOKEN mean what they mean everywhere. What this
module adds: a download that was interrupted goes on where it stopped even in another process, and a file gets its name
only after its checksum and its header were checked. It knows nothing of the manifest.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from filelock import FileLock, Timeout

from planfirst.adapters.checksums import is_sha256
from planfirst.adapters.downloaded_file import accept, check_space, is_here
from planfirst.core.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingface_hub import HfFileMetadata

Progress = Callable[[int, int], None]

_CONNECT_SECONDS = 5.0  # a hub that a firewall swallows must give way to the next source


class HubFile(Protocol):
    """Which file to fetch; ``size`` 0 and ``sha256`` empty mean that they are not known."""

    @property
    def name(self) -> str: ...
    @property
    def repository(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def pull(entry: HubFile, folder: Path, progress: Progress) -> Path:
    """Downloads ``entry`` into ``folder`` and records its checksum beside it.

    Args:
        progress: told the bytes there are so far and the file's size, every few megabytes.

    Returns:
        Where the file is. One that is already there is not fetched again.

    Raises:
        FetchError: it could not be fetched (a HubError), or is not the file that was expected.
        ModelRefused: what was fetched is not a GGUF file.
    """
    if not entry.repository:
        raise HubError("model-shipped", name=entry.name)
    target = folder / entry.file
    if is_here(target, entry.size):
        return target
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # huggingface_hub reads it when it is imported
    with _explained(entry):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{entry.file}.lock", timeout=0):
            part, offered = _download(entry, folder, progress)
            accept(part, target, entry.sha256 or offered, entry.name)
    return target


def _download(entry: HubFile, folder: Path, progress: Progress) -> tuple[Path, str]:
    """The downloaded file, not checked yet, and the checksum that the server gave for it, or an empty string."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = hf_hub_url(entry.repository, entry.file, revision=entry.revision)
    remote = get_hf_file_metadata(url, timeout=_CONNECT_SECONDS)
    size = _checked_size(entry, remote)
    etag = remote.etag or ""
    part = folder / f".{entry.file}.{etag[:16] if etag.isalnum() else 'unnamed'}.part"
    for other in folder.glob(f".{glob.escape(entry.file)}.*.part"):
        if other != part:  # the file on the hub has changed since
            other.unlink()
    have = part.stat().st_size if part.is_file() else 0
    if not etag.isalnum() or have > size:  # nothing says that the rest would belong to what is here
        part.unlink(missing_ok=True)
        have = 0
    check_space(folder, size - have, entry.file)
    with part.open("ab") as file:
        # huggingface_hub's own hf_hub_download forgets an interrupted file; its http_get can go on with one.
        http_get(
            url,
            file,
            resume_size=have,
            headers=build_hf_headers(),
            expected_size=size,
            displayed_filename=entry.file,
            tqdm_class=_reporter(progress, size),
        )
        file.flush()
        os.fsync(file.fileno())
    return part, etag if is_sha256(etag) else ""


def _checked_size(entry: HubFile, remote: HfFileMetadata) -> int:
    if not remote.size:
        raise HubError("hub-size-unknown", file=entry.file)
    if entry.size and remote.size != entry.size:
        raise HubError("hub-size-differs", file=entry.file, found=remote.size, wanted=entry.size)
    return remote.size


def _reporter(progress: Progress, size: int) -> Any:
    """A class that huggingface_hub takes for a progress bar."""

    class Reporter:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            self._done = initial
            progress(initial, size)

        def update(self, count: int) -> None:
            self._done += count
            progress(self._done, size)

        def __enter__(self) -> Reporter:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    return Reporter


@contextmanager
def _explained(entry: HubFile) -> Iterator[None]:
    """Turns what huggingface_hub raises into a HubError that says what to do."""
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    where = f"{entry.repository}/{entry.file}"
    try:
        yield
    except Timeout as error:
        raise HubError("download-elsewhere", file=entry.file) from error
    except OfflineModeIsEnabled as error:
        raise HubError("hub-offline", file=where) from error
    except GatedRepoError as error:
        raise HubError("hub-gated", repository=entry.repository) from error
    except (EntryNotFoundError, RevisionNotFoundError, RepositoryNotFoundError) as error:
        raise HubError("hub-unknown", file=where, revision=entry.revision) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise HubError(
            "hub-token-refused" if status in (401, 403) else "hub-refused", file=where, status=status
        ) from error
    except OSError as error:
        raise HubError("download-not-saved", file=where, reason=error.strerror or error) from error
    except Exception as error:
        if not _is_transport_error(error):
            raise
        raise HubError("hub-unreachable", file=where, reason=str(error).rstrip(".")) from error


def _is_transport_error(error: Exception) -> bool:
    """Whether an HTTP library raised it; which library huggingface_hub uses has changed from version to version."""
    return type(error).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "h11")
