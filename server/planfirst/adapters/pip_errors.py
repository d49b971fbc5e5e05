"""What went wrong when pip could not download a wheel, by what it said: what happened, and what to do next.

pip has no codes for it. Its words are looked at in the order in which they are certain; those that nothing here knows
are shown as they are, without the addresses in them, since an index's own may hold a password.
"""

from __future__ import annotations

import re

from planfirst.core.errors import FetchError

_FULL = re.compile(r"No space left|Errno 28|not enough space", re.IGNORECASE)
_PASSWORD = re.compile(r"\b40[17]\b (?:Client )?Error|Credentials not correct|Proxy Authentication", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\b(403|451)\b Client Error", re.IGNORECASE)
_CHANGED = re.compile(r"DO NOT MATCH THE HASHES|HashMismatch")
_BROKEN = re.compile(
    r"Wheel '.*' located at .* is invalid|IncompleteRead|BadZipFile|zlib\.error|Connection broken:|incomplete-d"
)
_GONE = re.compile(r"\b(?:404|410)\b Client Error", re.IGNORECASE)
_TROUBLE = re.compile(r"\b(5\d\d)\b Server Error|too many (5\d\d) error responses", re.IGNORECASE)
_VERSIONS = re.compile(r"\(from versions: ([^)]*)\)")
_UNREACHED = re.compile(
    r"connection broken by|Failed to establish|NewConnectionError|ConnectTimeout|Read timed out|Name or service"
    r"|getaddrinfo|SSLError|Temporary failure in name|Max retries",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:https?|file)://\S+")
_RAISED = re.compile(r"^[\w.]+(?:Error|Exception): \S.*$", re.MULTILINE)


def explained(wheel: str, said: str) -> FetchError:
    """Why there is no wheel.

    Args:
        wheel: its name and version.
        said: the end of what pip wrote with ``-vv``.
    """
    versions = _VERSIONS.search(said)
    listed = versions is not None and versions[1] not in ("", "none")
    if _FULL.search(said):
        return FetchError("index-disk-full", wheel=wheel)
    if _PASSWORD.search(said):
        return FetchError("index-password", wheel=wheel)
    if found := _FORBIDDEN.search(said):
        return FetchError("index-forbidden", wheel=wheel, status=found[1])
    if _CHANGED.search(said):
        return FetchError("index-checksum", wheel=wheel)
    if _BROKEN.search(said):
        return FetchError("index-broken-off", wheel=wheel)
    if listed:
        return FetchError("index-other-versions", wheel=wheel)
    if found := _TROUBLE.search(said):
        return FetchError("index-trouble", wheel=wheel, status=found[1] or found[2])
    if _UNREACHED.search(said):
        return FetchError("index-unreachable", wheel=wheel)
    if "No matching distribution" in said:
        return FetchError("index-without-wheel", wheel=wheel)
    if _GONE.search(said):
        return FetchError("index-without-file", wheel=wheel)
    return FetchError("index-failed", wheel=wheel, reason=_last(said))


def _last(said: str) -> str:
    """The last error in pip's own words, what it died of, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it gave no reason"]
    last = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1])
    if last == "ERROR: Exception:" and (raised := _RAISED.findall(said)):
        last = raised[-1]
    return _ADDRESS.sub("the index", last.removeprefix("ERROR:").strip())[:300].rstrip(".")
