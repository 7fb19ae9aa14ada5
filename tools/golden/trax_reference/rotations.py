"""The rotations that Trax draws: made the same in either precision and for every example, read out, and watched.

Trax draws them inside the layer from a key per example and head. Here the keys of all examples are those of the first,
so that one set `[heads, depth, hashes, rotation size]` serves the batch, as in transformers; and the normal numbers are
drawn in float32 whatever the precision, since jax would otherwise draw others.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
from trax import fastmath
from trax.layers.research import efficient_attention

from .cases import Case
from .model import DEPTH, HEADS, LSH_DEFAULTS


def share_keys(state: Any, batch: int, heads: int = HEADS) -> Any:
    """State for a batch in which every example has the hash keys of the first of the given state, `[heads, 2]`."""
    if is_lsh_state(state):
        buckets, keys = (np.tile(np.asarray(values)[:heads], (batch, 1)) for values in state)
        return (buckets, keys)
    if isinstance(state, (tuple, list)):
        return type(state)(share_keys(child, batch, heads) for child in state)
    return state


def is_lsh_state(state: Any) -> bool:
    """A pair of arrays, buckets and keys."""
    if not isinstance(state, tuple) or len(state) != 2 or any(isinstance(child, (tuple, list)) for child in state):
        return False
    return np.ndim(state[1]) == 2 and np.shape(state[1])[1] == 2


def rotations_of(state: Any, shape: tuple[int, int, int], heads: int = HEADS) -> list[np.ndarray]:
    """What the layers with this state are going to draw, in their order; shape: depth, hashes, rotation size."""
    if is_lsh_state(state):
        subkeys = [jax.random.split(jnp.asarray(key))[1] for key in np.asarray(state[1])[:heads]]
        return [np.stack([np.asarray(normal(key, shape)) for key in subkeys])]
    if isinstance(state, (tuple, list)):
        return [rotation for child in state for rotation in rotations_of(child, shape, heads)]
    return []


def rotation_shape(case: Case) -> tuple[int, int, int]:
    return (DEPTH, {**LSH_DEFAULTS, **case.lsh}["n_hashes"], sum(factors(case)) // 2)


def factors(case: Case) -> list[int]:
    """Trax' own rule where the case leaves the number of buckets open; `LSHSelfAttention.hash_vectors`."""
    given = {**LSH_DEFAULTS, **case.lsh}["n_buckets"]
    if given is not None:
        return given if isinstance(given, list) else [given]
    count = 2 * max(1, case.length // case.chunk)
    if count <= 128:
        return [count]
    first = 2 ** int(np.ceil(np.log2(np.sqrt(count))))
    return [first, 2 * (count // (2 * first))]


def normal(key: Any, shape: tuple[int, ...]) -> Any:
    return jax.random.normal(key, shape, dtype=jnp.float32)


@contextmanager
def watched(margins: list[float]) -> Iterator[None]:
    """Appends to `margins` how clear each call's least clear bucket was."""
    hash_vecs = efficient_attention.hash_vecs

    def hash_and_watch(vecs: Any, buckets: Any, hashes: int, key: Any) -> Any:
        sizes = buckets if isinstance(buckets, list) else [buckets]
        rotated = jnp.einsum("tf,fhb->htb", vecs, normal(key, (vecs.shape[-1], hashes, sum(sizes) // 2)))
        start, clear = 0, []
        for size in sizes:
            part = rotated[..., start : start + size // 2]
            start += size // 2
            best = jax.lax.top_k(jnp.concatenate([part, -part], axis=-1), 2)[0]
            clear.append(jnp.min(best[..., 0] - best[..., 1]))
        jax.debug.callback(lambda margin: margins.append(float(margin)), jnp.min(jnp.stack(clear)))
        return hash_vecs(vecs, buckets, hashes, key)

    with mock.patch.object(fastmath.random, "normal", normal), mock.patch.object(
        efficient_attention, "hash_vecs", hash_and_watch
    ):
        yield
