"""Runs one case in one precision: logits, loss, gradients, ten steps of Adam with the same rotations at each."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import enable_x64
from trax import layers as tl

from shared.case_files import OPTIMIZER, Result

from .cases import Case
from .names import translated
from .rotations import watched


def evaluate(case: Case, model: tl.Layer, weights: Any, state: Any, tokens: np.ndarray, margins: list[float], double: bool) -> Result:
    with enable_x64(double), watched(margins):
        precision = jnp.float64 if double else jnp.float32
        leaves, structure = jax.tree_util.tree_flatten(weights)
        leaves = [jnp.asarray(leaf, precision) for leaf in leaves]
        key = jax.random.PRNGKey(0)

        def objective(values: list[Any]) -> tuple[Any, Any]:
            logits, _ = model.pure_fn(jnp.asarray(tokens), jax.tree_util.tree_unflatten(structure, values), state, key)
            return next_token_loss(logits, tokens), logits

        step = jax.jit(jax.value_and_grad(objective, has_aux=True))
        first, second = [jnp.zeros_like(leaf) for leaf in leaves], [jnp.zeros_like(leaf) for leaf in leaves]
        losses: list[float] = []
        answer: tuple[np.ndarray, list[np.ndarray]] | None = None
        for count in range(1, OPTIMIZER["steps"] + 1):
            (loss, logits), gradients = step(leaves)
            losses.append(float(loss))
            if answer is None:
                answer = np.asarray(logits), [np.asarray(gradient) for gradient in gradients]
            leaves, first, second = adam(leaves, gradients, first, second, count)
        assert answer is not None and logits.dtype == precision
    return Result({"logits": answer[0]}, losses[0], translated(case, answer[1]), losses)


def next_token_loss(logits: Any, tokens: np.ndarray) -> Any:
    """Mean cross-entropy of token t + 1 after the tokens up to t."""
    log_probabilities = jax.nn.log_softmax(logits[:, :-1], axis=-1)
    return -jnp.mean(jnp.take_along_axis(log_probabilities, jnp.asarray(tokens)[:, 1:, None], axis=-1))


def adam(leaves: list[Any], gradients: list[Any], first: list[Any], second: list[Any], step: int) -> tuple[list[Any], ...]:
    """torch.optim.Adam, not Trax' own, whose epsilon and weight decay differ: one optimizer for all cases."""
    beta1, beta2 = OPTIMIZER["beta1"], OPTIMIZER["beta2"]
    first = [beta1 * m + (1 - beta1) * g for m, g in zip(first, gradients)]
    second = [beta2 * v + (1 - beta2) * g * g for v, g in zip(second, gradients)]
    rate, epsilon = OPTIMIZER["learningRate"], OPTIMIZER["epsilon"]
    updated = [
        leaf - rate * (m / (1 - beta1**step)) / (jnp.sqrt(v / (1 - beta2**step)) + epsilon)
        for leaf, m, v in zip(leaves, first, second)
    ]
    return updated, first, second
