"""Puts chosen rotations into transformers' LSH layers and watches how clear-cut their buckets are.

`LSHSelfAttention._hash_vectors` draws with `torch.randn` once per layer and forward pass, in the order of the layers,
and decides with `torch.argmax`. Both names are replaced while the context is open. A case whose decision is almost a
tie would test rounding, not attention; `margin` lets the caller refuse it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator
from unittest import mock

import torch


class Rotations:
    """The rotations of one model, one tensor `[heads, depth, hashes, rotation size]` per LSH layer that hashes."""

    def __init__(self, seed: int, hash_seed: int | None = None):
        self.drawn: list[torch.Tensor] = []
        self.margin = float("inf")
        self._generator = torch.Generator().manual_seed(seed)
        self._hash_seed = hash_seed
        self._calls = 0

    def restart(self) -> None:
        """To be called before every forward pass: the first layer's rotations come next."""
        self._calls = 0

    @contextmanager
    def injected(self) -> Iterator[None]:
        argmax, randn = torch.argmax, torch.randn

        def give(shape: tuple[int, ...], *, dtype: torch.dtype, **_: Any) -> torch.Tensor:
            if self._calls == len(self.drawn):
                if self._hash_seed is not None:
                    self._generator.manual_seed(self._hash_seed)
                self.drawn.append(randn(shape, generator=self._generator))
            rotation = self.drawn[self._calls]
            self._calls += 1
            assert rotation.shape == torch.Size(shape)
            return rotation.to(dtype)

        def watch(values: torch.Tensor, dim: int) -> torch.Tensor:
            first, second = torch.topk(values, 2, dim=dim).values.unbind(dim)
            self.margin = min(self.margin, float((first - second).min()))
            return argmax(values, dim=dim)

        with mock.patch.object(torch, "randn", give), mock.patch.object(torch, "argmax", watch):
            yield
