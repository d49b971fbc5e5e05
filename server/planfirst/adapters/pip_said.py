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
_KEPT = "the parts that were checked are kept"
_AGAIN = f"then run the command again: {_KEPT}."


def explained(wheel: str, said: str) -> FetchError:
    """Why there is no wheel.

    Args:
        wheel: its name and version.
        said: the end of what pip wrote with ``-vv``.
    """
    versions = _VERSIONS.search(said)
    listed = versions is not None and versions[1] not in ("", "none")
    if _FULL.search(said):
        return FetchError(f"The disk is full: {wheel} could not be written.", f"Free some space, {_AGAIN}")
    if _PASSWORD.search(said):
        return FetchError(
            f"The package index does not give {wheel} to you without a name and a password.",
            f"Put them into pip's configuration, ~/.netrc or PIP_INDEX_URL, {_AGAIN}",
        )
    if found := _FORBIDDEN.search(said):
        return FetchError(
            f"The package index refuses to give {wheel} to you ({found[1]}).",
            "Ask whoever keeps the index whether you may have it.",
        )
    if _CHANGED.search(said):
        return FetchError(
            f"{wheel} came with another checksum than its index promised.",
            "Nothing of it is used; run the command again, and do not trust that index if it happens again.",
        )
    if _BROKEN.search(said):
        return FetchError(f"{wheel} did not arrive whole.", f"Run the command again: {_KEPT}.")
    if listed:
        return FetchError(f"The package index has no {wheel}, only other versions.", "Ask whoever keeps the index.")
    if found := _TROUBLE.search(said):
        return FetchError(f"The package index answered {found[1] or found[2]} for {wheel}.", f"Wait a little, {_AGAIN}")
    if _UNREACHED.search(said):
        return FetchError(
            f"The package index could not be reached for {wheel}.",
            f"Check the network and pip's configuration, {_AGAIN}",
        )
    if "No matching distribution" in said:
        return FetchError(f"The package index has no {wheel}.", "Check pip's configuration, for example PIP_INDEX_URL.")
    if _GONE.search(said):
        return FetchError(
            f"The package index lists {wheel}, but does not have its file.", "Ask whoever keeps the index."
        )
    return FetchError(f"pip could not download {wheel}: {_last(said)}.", f"Check pip's configuration, {_AGAIN}")


def _last(said: str) -> str:
    """The last error in pip's own words, what it died of, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it gave no reason"]
    last = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1])
    if last == "ERROR: Exception:" and (raised := _RAISED.findall(said)):
        last = raised[-1]
    return _ADDRESS.sub("the index", last.removeprefix("ERROR:").strip())[:300].rstrip(".")
