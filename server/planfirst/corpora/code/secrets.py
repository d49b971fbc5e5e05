"""Takes secrets out of code before it is stored: keys, tokens, passwords, private keys.

detect-secrets finds them; nothing is verified with any service, so nothing is sent anywhere. What no detector knows
for a secret stays in, so this is a safety net and not a promise.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final

REDACTED: Final = "REDACTED"
_PEM = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)", re.S
)
_LEFT_OUT = {"IPPublicDetector", "PrivateKeyDetector"}  # an address is no secret; keys are taken out whole, above
_AROUND = r"[\w+/=.~-]*"  # a detector may name only the beginning of a token
_MAX_LINE = 2_000


def redact(text: str, name: str) -> tuple[str, int]:
    """The text with ``REDACTED`` in the place of each secret, and how many there were.

    Args:
        name: the file's name, by which the detectors know the language.
    """
    text, count = _PEM.subn(REDACTED, text)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        lines[number], found = _redact_line(line, name)
        count += found
    return "\n".join(lines), count


@lru_cache(maxsize=20_000)
def _redact_line(line: str, name: str) -> tuple[str, int]:
    if len(line) > _MAX_LINE:
        return REDACTED, 1  # nobody reads such a line, and anything may be in it
    if len(line) < 8:
        return line, 0
    found = 0
    for value in sorted(_secrets(line, name), key=lambda value: -len(value)):
        line, count = re.subn(f"{_AROUND}{re.escape(value)}{_AROUND}", REDACTED, line)
        found += count
    return line, found


def _secrets(line: str, name: str) -> set[str]:
    values = set()
    for detector in _detectors():
        for secret in detector.analyze_line(filename=name, line=line, line_number=1):
            value = secret.secret_value
            if value and value != REDACTED and not _harmless(value, line, detector):
                values.add(value)
    return values


@cache
def _detectors() -> tuple[Any, ...]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    classes = get_mapping_from_secret_type_to_class().values()
    return tuple(kind() for kind in classes if kind.__name__ not in _LEFT_OUT)


def _harmless(value: str, line: str, detector: Any) -> bool:
    from detect_secrets.filters import heuristic

    if type(detector).__name__ == "KeywordDetector" and heuristic.is_indirect_reference(line):
        return True
    return bool(
        heuristic.is_sequential_string(value)
        or heuristic.is_potential_uuid(value)
        or heuristic.is_templated_secret(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_prefixed_with_dollar_sign(value)
    )
