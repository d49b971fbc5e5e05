"""Weights to begin with that copy: layer 0 looks at the tokens before, layer 1 looks up what followed them earlier.

Training finds such induction heads (Olsson et al. 2022, "In-context Learning and Induction Heads") by itself, but only
after millions of tokens; a small model on a small machine has no more than that. So they are built in, and everything
stays free to be trained away from them.

Directions of the residual stream: 0 is the same for all tokens; the next ones, up to `_CODES`, hold the token; behind
them lie one code each for the tokens that stand one, two and three places before.

Why: docs/decisions/0027-the-starter-copies.md
"""

from __future__ import annotations

import torch
from torch import Tensor

from planfirst_lab.training.model import Layer, Llama

_BEFORE = 3  # tokens before the current one that are looked at
_SPREAD, _CONSTANT = 0.25, 1.0  # of the embedding
_FINAL_NORM = 0.25
_NEAR = 6.0  # by how much a score one place beside the wanted one is lower
_MATCH = (
    10.0,
    7.0,
    5.0,
)  # scores of a match: the current token with one before, the one before it, the one before that
_COPIED = 3.0  # how much stronger the copied token is written than the current one stands there


@torch.no_grad()
def build(model: Llama, seed: int) -> None:
    """Writes the circuit into the first two layers and the embedding of a model that was filled at random.

    Raises:
        ValueError: the model is too small: it needs two layers, four heads, and a head's width for each of the codes.
    """
    shape = model.shape
    head = shape.head
    tokens = shape.width - _BEFORE * head
    if shape.layers < 2 or shape.heads < _BEFORE + 1 or not head < tokens <= 2 * head:
        raise ValueError("the circuit needs 2 layers, 4 heads and a width of 3 heads and more than one, at most two")
    source = torch.Generator().manual_seed(seed)
    own = slice(1, tokens)  # the directions of the token itself
    behind = [slice(tokens + n * head, tokens + (n + 1) * head) for n in range(_BEFORE)]

    embedding = model.embedding.weight
    embedding.mul_(0.1)
    embedding[:, own] = torch.randn(embedding[:, own].shape, generator=source) * _SPREAD
    embedding[:, 0] = _CONSTANT
    model.norm.weight.fill_(_FINAL_NORM)
    energy = (tokens - 1) * _SPREAD**2 + _CONSTANT**2
    unit = (energy / shape.width) ** 0.5  # what the first norm divides by

    first, second = model.layers[0], model.layers[1]
    assert isinstance(first, Layer)
    assert isinstance(second, Layer)
    code = _orthogonal(tokens - 1, source)[:head]  # (head, token directions)
    turns = shape.rope_theta ** (-torch.arange(head // 2) / (head // 2))[: shape.turning_pairs]
    strength = (_NEAR * head**0.5 / float((1 - turns.cos()).sum())) ** 0.5 * unit / _CONSTANT
    for n, place in enumerate(behind):
        rows = slice(n * head, (n + 1) * head)
        for part in (first.q, first.k):
            part.weight[rows] *= 0.1
        angles = -(n + 1) * turns
        start, half = n * head, n * head + head // 2
        first.q.weight[start : start + len(turns), 0] = strength * angles.cos()
        first.q.weight[half : half + len(turns), 0] = strength * angles.sin()
        first.k.weight[start : start + len(turns), 0] = strength
        first.v.weight[rows] = 0
        first.v.weight[rows, own] = code
        first.o.weight[:, rows] *= 0.1
        first.o.weight[place, rows] = torch.eye(head) * unit

    unit = ((energy + _BEFORE * head * _SPREAD**2) / shape.width) ** 0.5
    still = [*range(shape.turning_pairs, head // 2), *range(head // 2 + shape.turning_pairs, head)]
    basis = _orthogonal(tokens - 1, source)
    halves = (basis[:head], basis[head:])
    pairs = shape.heads // 2
    for n in range(2 * pairs):
        _look_up(second, n, halves[n % 2], still, code, own, behind, unit, source)
        rows = slice(n * head, n * head + len(halves[n % 2]))
        second.o.weight[own, rows] = halves[n % 2].T * (_COPIED * unit / pairs)


def _look_up(
    layer: Layer,
    n: int,
    kept: Tensor,
    still: list[int],
    code: Tensor,
    own: slice,
    behind: list[slice],
    unit: float,
    source: torch.Generator,
) -> None:
    """Head ``n``: finds places that follow the tokens which stand here, and reads a part of what stands there."""
    head = code.shape[0]
    first = n * head
    q, k, v, o = (part.weight for part in (layer.q, layer.k, layer.v, layer.o))
    rows = slice(first, first + head)
    for part in (q, k):
        part[rows] *= 0.1
    v[rows] = 0
    o[:, rows] = 0
    v[first : first + len(kept), own] = kept
    share = [len(still) // 2, len(still) * 3 // 10]
    share.append(len(still) - sum(share))
    begin = 0
    for which, (count, score) in enumerate(zip(share, _MATCH, strict=True)):
        places = [first + n for n in still[begin : begin + count]]
        begin += count
        mixed = _orthogonal(head, source)[:count]
        size = (score * head**0.5 / (count * (_SPREAD / unit) ** 2)) ** 0.5
        here = mixed @ code * size
        if which == 0:
            q[places, own] = here
        else:
            q[places, behind[which - 1]] = mixed * size
        k[places, behind[which]] = mixed * size


def _orthogonal(size: int, source: torch.Generator) -> Tensor:
    """A random orthogonal matrix, shape (size, size)."""
    matrix: Tensor = torch.linalg.qr(torch.randn(size, size, generator=source))[0]
    return matrix
