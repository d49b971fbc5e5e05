"""Builds small GGUF files byte by byte, right ones and wrong ones."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STRING, ARRAY, U32 = 8, 9, 4
Q4_0, F32 = 2, 0

Key = tuple[str, int, Any]
Tensor = tuple[str, Sequence[int], int, int]  # name, shape, type, offset

KEYS: list[Key] = [
    ("general.architecture", STRING, "llama"),
    ("general.name", STRING, "Small"),
    ("general.file_type", U32, 2),
    ("llama.context_length", U32, 512),
    ("tokenizer.chat_template", STRING, "{{ messages }}"),
    ("tokenizer.ggml.tokens", ARRAY, (STRING, ["<s>", "a", "ß" * 3000])),
    ("tokenizer.ggml.scores", ARRAY, (6, [0.0, 1.0, 2.0])),
    ("llama.rope.freq_base", 6, 0.5),
    ("tokenizer.ggml.add_bos_token", 7, True),
]
TENSORS: list[Tensor] = [("a.weight", (32, 2), Q4_0, 0), ("b.weight", (8,), F32, 64)]


def small_gguf(
    keys: Sequence[Key] = KEYS, tensors: Sequence[Tensor] = TENSORS, data: int = 96, version: int = 3, order: str = "<"
) -> bytes:
    """A GGUF file with ``data`` bytes of tensor data; two tensors of 36 and 32 bytes by default."""
    head = b"GGUF" + struct.pack(f"{order}IQQ", version, len(tensors), len(keys))
    head += b"".join(_text(key) + struct.pack("<I", kind) + _value(kind, value) for key, kind, value in keys)
    for name, shape, kind, offset in tensors:
        head += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    return head + bytes(-len(head) % 32) + bytes(data)


def large_gguf(values: int) -> bytes:
    """A GGUF file whose only tensor has so many 4-byte values."""
    return small_gguf(tensors=[("a.weight", (values,), F32, 0)], data=values * 4)


def write_gguf(path: Path, **options: Any) -> Path:
    """Writes a small GGUF file; the options are those of `small_gguf`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small_gguf(**options))
    return path


def renamed(name: str) -> list[Key]:
    """The usual keys with another general.name."""
    return [(key, kind, name if key == "general.name" else value) for key, kind, value in KEYS]


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(kind: int, value: Any) -> bytes:
    if kind == STRING:
        return _text(value)
    if kind == ARRAY:
        inner, values = value
        return struct.pack("<IQ", inner, len(values)) + b"".join(_value(inner, one) for one in values)
    return struct.pack({U32: "<I", 6: "<f", 7: "<?", 10: "<Q"}[kind], value)
