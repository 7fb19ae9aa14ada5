"""Trax' weights, in their flat order, under transformers' names and layouts.

What transformers has no name for gets one here: `lm_head.decoder.bias`, `position_embeddings.bases.{base}` and
`position_embeddings.start` (fixed-base), `self_attention.{query,key,value}.bias`. Gradients are translated likewise.
"""

from __future__ import annotations

from typing import Callable, Iterator

import numpy as np

from .cases import Case

Translate = Callable[[np.ndarray], np.ndarray]

BASES, DIGITS = 4, 8


def same(x: np.ndarray) -> np.ndarray:
    return x


def transposed(x: np.ndarray) -> np.ndarray:
    return x.T


def heads_to_rows(x: np.ndarray) -> np.ndarray:
    """`[heads, width, depth]` to `[heads * depth, width]`."""
    return x.transpose(0, 2, 1).reshape(-1, x.shape[1])


def heads_to_columns(x: np.ndarray) -> np.ndarray:
    """`[heads, depth, width]` to `[width, heads * depth]`."""
    return x.reshape(-1, x.shape[2]).T


def without_first_axis(x: np.ndarray) -> np.ndarray:
    return x[0]


def flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1)


def in_flat_order(case: Case) -> Iterator[tuple[str, Translate]]:
    """Name and translation of every leaf; the digits of a fixed base come one leaf each, and are stacked afterwards."""
    yield "reformer.embeddings.word_embeddings.weight", same
    yield from positions(case)
    for i, kind in enumerate(case.layers):
        layer = f"reformer.encoder.layers.{i}"
        yield from norm(f"{layer}.attention.layer_norm")
        yield from attention(case, kind, f"{layer}.attention")
        yield from norm(f"{layer}.feed_forward.layer_norm")
        yield from dense(f"{layer}.feed_forward.dense.dense")
        yield from dense(f"{layer}.feed_forward.output.dense")
    yield from norm("reformer.encoder.layer_norm")
    yield from dense("lm_head.decoder")


def positions(case: Case) -> Iterator[tuple[str, Translate]]:
    prefix = "reformer.embeddings.position_embeddings"
    if case.positions == "learned":
        yield f"{prefix}.embedding.weight", same
    if case.positions == "axial":
        for axis in range(len(case.axial_shape)):
            yield f"{prefix}.weights.{axis}", without_first_axis
    if case.positions == "fixed-base":
        for base in range(BASES):
            for digit in range(DIGITS):
                yield f"{prefix}.bases.{base}/{digit}", flat
        yield f"{prefix}.start", flat


def attention(case: Case, kind: str, prefix: str) -> Iterator[tuple[str, Translate]]:
    own = f"{prefix}.self_attention"
    shared = kind == "lsh" or (kind == "local" and case.local.get("share_qk", False))
    inputs = ["query_key", "value"] if shared else ["query", "key", "value"]
    for name in inputs:
        yield f"{own}.{name}.weight", heads_to_rows
    yield f"{prefix}.output.dense.weight", heads_to_columns
    if kind == "local" and case.local.get("bias", False):
        for name in inputs:
            yield f"{own}.{name}.bias", flat


def norm(prefix: str) -> Iterator[tuple[str, Translate]]:
    yield f"{prefix}.weight", same
    yield f"{prefix}.bias", same


def dense(prefix: str) -> Iterator[tuple[str, Translate]]:
    yield f"{prefix}.weight", transposed
    yield f"{prefix}.bias", same


def translated(case: Case, leaves: list[np.ndarray]) -> dict[str, np.ndarray]:
    entries = list(in_flat_order(case))
    assert len(entries) == len(leaves), f"{case.name}: {len(entries)} names for {len(leaves)} tensors"
    tensors: dict[str, np.ndarray] = {}
    digits: dict[str, list[np.ndarray]] = {}
    for (name, translate), leaf in zip(entries, leaves):
        if "/" in name:
            digits.setdefault(name.split("/")[0], []).append(translate(leaf))
        else:
            tensors[name] = translate(leaf)
    return tensors | {name: np.stack(rows) for name, rows in digits.items()}
