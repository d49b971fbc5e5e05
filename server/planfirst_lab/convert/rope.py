"""Rotary positions: by what llama.cpp divides the speed of each pair, as Hugging Face's ``rope_type`` says it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import ModelRefused
from planfirst_lab.convert.folder import Shape


def factors(shape: Shape) -> NDArray[np.float32] | None:
    """One factor a pair, shape (head / 2,); None where all are 1.

    ``llama3`` is what Llama 3.1 and later have. ``longrope`` is taken only where its short and long factors are the
    same and nothing else is scaled.

    Raises:
        ModelRefused: the rotary positions are of another kind.
    """
    rope, kind = shape.rope, shape.rope["rope_type"]
    try:
        if kind == "default":
            return None
        if kind == "linear":
            return np.full(shape.head // 2, float(rope["factor"]), np.float32)
        if kind == "llama3":
            return _llama3(shape)
        if kind == "longrope" and rope["short_factor"] == rope["long_factor"] and rope.get("attention_factor") == 1.0:
            found = np.array(rope["long_factor"], np.float32)
            if found.shape == (shape.head // 2,):
                return found
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(
            "plain",
            what=f"The rotary positions of the model are not described ({type(error).__name__}: {error}).",
            next="Fetch the model's folder again.",
        ) from error
    raise ModelRefused(
        "plain",
        what=f"The model has rotary positions of the kind {str(kind)[:40]!r}, which cannot be converted.",
        next="Use a model with plain, linear or llama3 positions.",
    )


def _llama3(shape: Shape) -> NDArray[np.float32]:
    """Slow pairs are slowed by ``factor``, fast ones not, those between by a share (Llama 3.1)."""
    rope = shape.rope
    factor, trained = float(rope["factor"]), float(rope["original_max_position_embeddings"])
    low, high = float(rope["low_freq_factor"]), float(rope["high_freq_factor"])
    found = []
    for pair in range(shape.head // 2):
        wave = 2 * math.pi * shape.rope_theta ** (2 * pair / shape.head)
        if wave < trained / high:
            found.append(1.0)
        elif wave > trained / low:
            found.append(factor)
        else:
            share = (trained / wave - low) / (high - low)
            found.append(1 / ((1 - share) / factor + share))
    return np.array(found, np.float32)
