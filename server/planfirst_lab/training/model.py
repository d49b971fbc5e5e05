"""A small Llama in PyTorch, in the layout of the Hugging Face checkpoints. It knows nothing of tokenizers or files."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from planfirst_lab.training.config import Shape

EPSILON = 1e-5
STILL = 1e9  # by which the speed of a rotary pair is divided so that it stands still


class _Norm(nn.Module):
    """Root-mean-square normalisation, computed in 32 bits."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return fn.rms_norm(x.float(), self.weight.shape, self.weight, EPSILON)


class _Matrix(nn.Linear):
    """A matrix without bias that can be seen through its 4-bit form, the gradient passing by the rounding."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__(inside, outside, bias=False)
        self.rounded = False

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight
        if self.rounded:
            weight = weight + (q4_0(weight.detach()) - weight.detach())
        return fn.linear(x, weight)


class Layer(nn.Module):
    """Attention and feed-forward part, each with its norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, wide = shape.width, shape.feed_forward
        self.heads, self.head = shape.heads, shape.head
        self.attention_norm = _Norm(width)
        self.q = _Matrix(width, width)
        self.k = _Matrix(width, width)
        self.v = _Matrix(width, width)
        self.o = _Matrix(width, width)
        self.ffn_norm = _Norm(width)
        self.gate = _Matrix(width, wide)
        self.up = _Matrix(width, wide)
        self.down = _Matrix(wide, width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        h = self.attention_norm(x)
        q, k, v = (self._split(part(h)) for part in (self.q, self.k, self.v))
        q, k = _turn(q, cos, sin).to(v.dtype), _turn(k, cos, sin).to(v.dtype)
        mixed = fn.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).flatten(2))
        h = self.ffn_norm(x)
        out: Tensor = x + self.down(fn.silu(self.gate(h)) * self.up(h))
        return out

    def _split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.heads, self.head).transpose(1, 2)


class Llama(nn.Module):
    """Predicts the next token; the embedding is also the output matrix."""

    def __init__(self, shape: Shape, seed: int) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = _Norm(shape.width)
        self._fill(seed)

    def hidden(self, tokens: Tensor) -> Tensor:
        """Normalised last states: (batch, length) token ids to (batch, length, width)."""
        cos, sin = self._angles(tokens.shape[1], tokens.device)
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin)
        out: Tensor = self.norm(x)
        return out

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits: (batch, length) token ids to (batch, length, vocabulary)."""
        return fn.linear(self.hidden(tokens), self.embedding.weight)

    def loss(self, tokens: Tensor, where: Tensor, targets: Tensor) -> Tensor:
        """Mean cross entropy at some positions.

        Args:
            tokens: (batch, length) token ids; rows are padded on the right, which causal attention never sees.
            where: (n,) positions in the flattened batch that predict a token of an answer.
            targets: (n,) the tokens that follow there.
        """
        states = self.hidden(tokens).flatten(0, 1).index_select(0, where)
        return fn.cross_entropy(fn.linear(states, self.embedding.weight).float(), targets)

    @torch.no_grad()
    def greedy(self, tokens: list[int], count: int, stop: int) -> list[int]:
        """At most ``count`` likeliest next tokens, up to and without ``stop``. Slow: nothing is cached."""
        device = self.embedding.weight.device
        seen = list(tokens)
        for _ in range(count):
            states = self.hidden(torch.tensor([seen], device=device))[:, -1]
            best = int(fn.linear(states, self.embedding.weight).argmax())
            if best == stop:
                break
            seen.append(best)
        return seen[len(tokens) :]

    def round_weights(self, rounded: bool) -> None:
        """Whether the layers' matrices are used as Q4_0 will store them, so that training makes up for it."""
        for part in self.modules():
            if isinstance(part, _Matrix):
                part.rounded = rounded

    def _angles(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        half = self.shape.head // 2
        turns = self.shape.rope_theta ** (-torch.arange(half, device=device, dtype=torch.float32) / half)
        turns[self.shape.turning_pairs :] /= STILL
        angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * turns
        return angles.cos(), angles.sin()

    def _fill(self, seed: int) -> None:
        source = torch.Generator().manual_seed(seed)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                spread = 0.02 if name.startswith("embedding") else 1 / math.sqrt(weight.shape[1]) / 2
                if name.endswith(("o.weight", "down.weight")):
                    spread /= math.sqrt(2 * self.shape.layers)
                nn.init.normal_(weight, 0.0, spread, generator=source)


def _turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions with the halves of a head as pairs, as Hugging Face does it."""
    one, two = x.float().chunk(2, dim=-1)
    return torch.cat((one * cos - two * sin, two * cos + one * sin), dim=-1)


def q4_0(weight: Tensor) -> Tensor:
    """The values that llama.cpp's Q4_0 keeps of a matrix (rows, columns; columns a multiple of 32).

    Each 32 numbers of a row share a 16-bit scale, chosen so that the one that is largest in size becomes -8.
    """
    blocks = weight.reshape(weight.shape[0], -1, 32)
    largest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))
    scale = largest / -8
    levels = torch.where(scale == 0, 0.0, blocks / scale).add(8.5).floor().clamp(0, 15) - 8
    out: Tensor = (levels * scale.half().float()).flatten(1)
    return out
