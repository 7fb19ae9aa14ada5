"""Builds the ReformerLM of a case, without its ShiftRight: the caller's tokens are what the model sees.

Everything runs in mode 'eval', which has gradients all the same, and neither dropout nor random starts of positions.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import numpy as np
import trax
from trax import layers as tl

from .cases import Case

ACTIVATIONS = {"relu": tl.Relu, "gelu": tl.Gelu, "gelu_new": tl.FastGelu, "tanh": tl.Tanh}
POSITION_TYPES = {"learned": None, "axial": "axial", "sinusoidal": "sin-cos", "fixed-base": "fixed-base", "none": "no"}
HEADS, DEPTH, FEED_FORWARD, VOCABULARY = 2, 6, 16, 13
LSH_DEFAULTS: dict[str, Any] = {"n_buckets": 4, "n_hashes": 1, "n_chunks_before": 1}
LOCAL_DEFAULTS: dict[str, Any] = {"n_chunks_before": 1, "share_qk": False, "bias": False}


def attention_type(case: Case, kind: str) -> Any:
    if kind == "lsh":
        return functools.partial(tl.LSHSelfAttention, chunk_len=case.chunk, **{**LSH_DEFAULTS, **case.lsh})
    if kind == "full":
        return functools.partial(tl.SelfAttention, chunk_len=None)
    return functools.partial(tl.SelfAttention, chunk_len=case.chunk, **{**LOCAL_DEFAULTS, **case.local})


def build(case: Case) -> tl.Layer:
    model = trax.models.ReformerLM(
        VOCABULARY,
        d_model=case.width,
        d_ff=FEED_FORWARD,
        d_attention_key=DEPTH,
        d_attention_value=DEPTH,
        n_layers=len(case.layers),
        n_heads=HEADS,
        dropout=0.0,
        max_len=case.length,
        attention_type=[attention_type(case, kind) for kind in case.layers],
        pos_type=POSITION_TYPES[case.positions],
        pos_axial_shape=case.axial_shape,
        pos_d_axial_embs=case.axial_dims or None,
        ff_activation=ACTIVATIONS[case.activation],
        ff_chunk_size=case.feed_forward_chunk,
        mode="eval",
    )
    return tl.Serial(*model.sublayers[1:])


def fill(weights: Any, seed: int) -> Any:
    """
    Weights large enough for peaked attention, the same in either precision. Trax' shapes tell what a tensor is for:
    attention has heads first, everything else of two axes is a matrix applied from the right.
    """
    random = np.random.default_rng(seed)

    def one(path: tuple[Any, ...], value: Any) -> np.ndarray:
        noise = random.standard_normal(np.shape(value)).astype(np.float32)
        if "embedding" in path or "positions" in path:
            return (0.05 if len(path) > 3 and path[2:3] == (0,) else 0.6) * noise
        if noise.ndim == 1:
            centre = 1.0 if path[-1] == "scale" else 0.0
            return centre + 0.2 * noise
        return 1.4 * noise / np.sqrt(noise.shape[-2])

    return map_named(one, weights)


def map_named(function: Any, weights: Any) -> Any:
    """Applies `function(role, array)`; a norm's weights are the pairs of equal one-axis shapes."""

    def walk(node: Any, path: tuple[Any, ...]) -> Any:
        if not isinstance(node, (tuple, list)):
            return function(path, node)
        shapes = [np.shape(child) if not isinstance(child, (tuple, list)) else None for child in node]
        norm = len(node) == 2 and shapes[0] is not None and len(shapes[0]) == 1 and shapes[0] == shapes[1]
        roles = ("scale", "bias") if norm else range(len(node))
        return type(node)(walk(child, (*path, role)) for child, role in zip(node, roles))

    top = list(weights)
    roles = ["embedding", *range(1, len(top))]
    roles[2] = "positions"
    return type(weights)(walk(child, (role,)) for child, role in zip(top, roles))
