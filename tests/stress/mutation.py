"""Changes files at random: bytes flipped, cut, repeated, stretched; values in JSON bent, left out and added."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

_NUMBERS = [0, 1, 0x7F, 0xFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]
_WORDS = [b"\0", b"\n", b'"', b"\xff\xfe", b"../../", b"NaN", b"-1", b"1e999", b"\xe2\x80\xae", b"{", b"[[", b"null"]
_RUNS = b" \n#-a0\0[(\\x`\t"
_LONGEST_RUN = 200_000
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63,
    10**400,
    0.5,
    float("inf"),
    float("nan"),
    "",
    "a",
    "../../outside",
    "\u202e",
    "\ud800",
    "9" * 500,
    [],
    {},
    [[]],
    {"a": None},
]


def mutated(rng: random.Random, data: bytes) -> bytes:
    """The same with one to four changes; never the same length of thing twice."""
    raw = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = _place(rng, raw)
        match rng.randrange(9):
            case 0 | 1:
                raw[at : at + 1] = rng.randbytes(1)
            case 2:
                raw[at : at + rng.randint(1, 16)] = rng.randbytes(rng.randint(0, 16))
            case 3:
                size = rng.choice([1, 2, 4, 8])
                number = rng.choice(_NUMBERS) % 256**size
                raw[at : at + size] = number.to_bytes(size, "little")
            case 4:
                del raw[at : at + rng.choice([1, 8, 100, len(raw)])]
            case 5:
                piece = raw[at : at + rng.choice([8, 64, 1000])]
                raw[at:at] = piece * rng.choice([1, 2, 50])
            case 6:
                raw[at:at] = rng.choice(_WORDS)
            case 7 if rng.random() < 0.3:
                raw[at:at] = bytes([rng.choice(_RUNS)]) * rng.choice([100, 10_000, _LONGEST_RUN])
            case _:
                other = _place(rng, raw)
                length = rng.choice([4, 32, 300])
                raw[at : at + length] = raw[other : other + length]
    return bytes(raw)


def mutate(rng: random.Random, path: Path) -> None:
    """Changes a file: its bytes, or where it is JSON now and then its values."""
    data = path.read_bytes()
    if rng.random() < 0.5 and (bent := bent_json(rng, data)) is not None:
        path.write_bytes(bent)
    else:
        path.write_bytes(mutated(rng, data))


def bent_json(rng: random.Random, data: bytes) -> bytes | None:
    """JSON with values put in the place of others, left out or added; None where it is none."""
    try:
        value = json.loads(data)
    except ValueError:
        return None
    for _ in range(rng.randint(1, 3)):
        value = bent(rng, value)
    return json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def bent(rng: random.Random, value: Any) -> Any:
    """The same with something in it put in the place of something else, left out, repeated or added."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        match rng.randrange(5):
            case 0:
                return {name: one for name, one in value.items() if name != key}
            case 1:
                return {**value, rng.choice(["a", "", "../x", "\u202e", "format"]): rng.choice(VALUES)}
            case _:
                return {**value, key: bent(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], *[bent(rng, value[at])] * rng.choice([0, 1, 1, 1, 2, 50]), *value[at + 1 :]]
    return rng.choice(VALUES)


def _place(rng: random.Random, raw: bytearray) -> int:
    """Beginnings and ends say more than what lies between them."""
    size = len(raw)
    return min(
        size, rng.choice([rng.randint(0, size), rng.randint(0, min(size, 400)), max(0, size - rng.randint(0, 200))])
    )
