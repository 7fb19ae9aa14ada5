"""Cases of Trax' encoder-decoder `Reformer`: `python -m trax_reference.encoder_decoder OUT [NAME…]`.

transformers has no such model, hence no names for it: `config.json` and the weights are in this project's own names and
layouts (dense weights `[in, out]`, heads side by side). Gradients likewise.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
import trax
from jax.experimental import enable_x64
from trax import layers as tl

from shared.case_files import OPTIMIZER, GoldenCase, Result, reference_error, write_case

from .evaluate import adam
from .names import heads_to_columns, heads_to_rows, same

BATCH, SOURCE_LENGTH, LENGTH, MAX_LENGTH = 2, 11, 7, 16
VOCABULARY, WIDTH, FEED_FORWARD, HEADS = 11, 12, 16, 2
ACTIVATIONS = {"relu": tl.Relu, "gelu_new": tl.FastGelu}


@dataclass(frozen=True)
class Case:
    name: str
    covers: list[str]
    encoder_layers: int = 2
    decoder_layers: int = 2
    activation: str = "relu"
    #: Source tokens that count, per example; the rest is padding.
    real: tuple[int, int] = (SOURCE_LENGTH, SOURCE_LENGTH)
    source_vocabulary: int | None = None


CASES = [
    Case("plain", ["encoder-decoder, one vocabulary"]),
    Case("padded", ["padding in the source", "more decoder layers than encoder layers"], 1, 3, real=(SOURCE_LENGTH, 4)),
    Case("two-vocabularies", ["a vocabulary of each side's own", "FastGelu"], 2, 1, "gelu_new", source_vocabulary=9),
]  # fmt: skip


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:]
    for seed, case in enumerate(CASES):
        if names and case.name not in names:
            continue
        golden = answer(case, seed)
        write_case(golden, out)
        error = {key: f"{value:.1e}" for key, value in reference_error(golden.exact, golden.rounded).items()}
        print(f"{golden.name}: float32 against float64: {error}", flush=True)


def answer(case: Case, seed: int) -> GoldenCase:
    model = build(case)
    source, target = draw(case, seed)
    model.init(trax.shapes.signature((source, target)), rng=jax.random.PRNGKey(seed))
    # Taken before anything is traced: a shared layer remembers what it last ran with.
    weights, state = fill(case, model.weights, seed), model.state
    return GoldenCase(
        name=case.name,
        config=config_of(case),
        about={
            "reference": "trax",
            "versions": {"trax": "1.4.1", "jax": jax.__version__, "python": platform.python_version()},
            "covers": case.covers,
            "seed": seed,
        },
        parameters=translated(case, [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(weights)]),
        inputs={"source": source, "target": target},
        rotations=[],
        exact=evaluate(case, model, weights, state, source, target, double=True),
        rounded=evaluate(case, model, weights, state, source, target, double=False),
    )


def build(case: Case) -> tl.Layer:
    both = case.source_vocabulary is not None
    return trax.models.Reformer(
        case.source_vocabulary or VOCABULARY,
        output_vocab_size=VOCABULARY if both else None,
        d_model=WIDTH,
        d_ff=FEED_FORWARD,
        n_encoder_layers=case.encoder_layers,
        n_decoder_layers=case.decoder_layers,
        n_heads=HEADS,
        dropout=0.0,
        max_len=MAX_LENGTH,
        ff_activation=ACTIVATIONS[case.activation],
        mode="eval",
    )


def draw(case: Case, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Source `[batch, source length]`, zeros where padded, and target `[batch, length]`."""
    random = np.random.default_rng(1000 + seed)
    source = random.integers(1, case.source_vocabulary or VOCABULARY, (BATCH, SOURCE_LENGTH))
    for row, count in enumerate(case.real):
        source[row, count:] = 0
    return source.astype(np.int32), random.integers(1, VOCABULARY, (BATCH, LENGTH)).astype(np.int32)


def fill(case: Case, weights: Any, seed: int) -> Any:
    """Weights large enough for peaked attention, the same in either precision."""
    random = np.random.default_rng(seed)
    leaves, structure = jax.tree_util.tree_flatten(weights)
    filled = []
    for (name, _), leaf in zip(in_flat_order(case), leaves, strict=True):
        noise = random.standard_normal(np.shape(leaf)).astype(np.float32)
        if "embedding" in name:
            filled.append(0.6 * noise)
        elif noise.ndim == 1:
            filled.append((1.0 if name.endswith("scale") else 0.0) + 0.2 * noise)
        else:
            filled.append(1.4 * noise / np.sqrt(noise.shape[-2]))
    return jax.tree_util.tree_unflatten(structure, filled)


def in_flat_order(case: Case) -> Iterator[tuple[str, Any]]:
    """Name and translation of every leaf, in Trax' order."""
    shared = case.source_vocabulary is None
    yield "embedding.tokens" if shared else "encoder.embedding.tokens", same
    yield "encoder.embedding.positions", same
    for i in range(case.encoder_layers):
        yield from attention(f"encoder.layers.{i}.attention")
        yield from feed_forward(f"encoder.layers.{i}.feedForward")
    yield from norm("encoder")
    if not shared:
        yield "decoder.embedding.tokens", same
    yield "decoder.embedding.positions", same
    for i in range(case.decoder_layers):
        yield from attention(f"decoder.layers.{i}.attention")
        yield from attention(f"decoder.layers.{i}.crossAttention")
        yield from feed_forward(f"decoder.layers.{i}.feedForward")
    yield from norm("decoder")
    yield "head.weight", same
    yield "head.bias", same


def attention(prefix: str) -> Iterator[tuple[str, Any]]:
    yield from norm(prefix)
    for name in ("query", "key", "value"):
        yield f"{prefix}.{name}", lambda x: heads_to_rows(x).T
    yield f"{prefix}.output", lambda x: heads_to_columns(x).T


def feed_forward(prefix: str) -> Iterator[tuple[str, Any]]:
    yield from norm(prefix)
    for name in ("expand", "contract"):
        yield f"{prefix}.{name}.weight", same
        yield f"{prefix}.{name}.bias", same


def norm(prefix: str) -> Iterator[tuple[str, Any]]:
    yield f"{prefix}.norm.scale", same
    yield f"{prefix}.norm.bias", same


def translated(case: Case, leaves: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {name: translate(leaf) for (name, translate), leaf in zip(in_flat_order(case), leaves, strict=True)}


def evaluate(case: Case, model: tl.Layer, weights: Any, state: Any, source: np.ndarray, target: np.ndarray, double: bool) -> Result:
    with enable_x64(double):
        precision = jnp.float64 if double else jnp.float32
        leaves, structure = jax.tree_util.tree_flatten(weights)
        leaves = [jnp.asarray(leaf, precision) for leaf in leaves]
        key = jax.random.PRNGKey(0)

        def objective(values: list[Any]) -> tuple[Any, Any]:
            inputs = (jnp.asarray(source), jnp.asarray(target))
            restored = jax.tree_util.tree_unflatten(structure, values)
            (logits, _), _ = model.pure_fn(inputs, restored, state, key, use_cache=True)
            log_probabilities = jax.nn.log_softmax(logits, axis=-1)
            return -jnp.mean(jnp.take_along_axis(log_probabilities, inputs[1][:, :, None], axis=-1)), logits

        step = jax.value_and_grad(objective, has_aux=True)
        first, second = [jnp.zeros_like(leaf) for leaf in leaves], [jnp.zeros_like(leaf) for leaf in leaves]
        losses: list[float] = []
        answered: tuple[np.ndarray, list[np.ndarray]] | None = None
        for count in range(1, OPTIMIZER["steps"] + 1):
            (loss, logits), gradients = step(leaves)
            losses.append(float(loss))
            if answered is None:
                answered = np.asarray(logits), [np.asarray(gradient) for gradient in gradients]
            leaves, first, second = adam(leaves, gradients, first, second, count)
        assert answered is not None and logits.dtype == precision
    return Result({"logits": answered[0]}, losses[0], translated(case, answered[1]), losses)


def config_of(case: Case) -> dict[str, Any]:
    return {
        "vocabSize": VOCABULARY,
        "sourceVocabSize": case.source_vocabulary,
        "dModel": WIDTH,
        "dFF": FEED_FORWARD,
        "numHeads": HEADS,
        "dHead": WIDTH // HEADS,
        "encoderLayers": ["full"] * case.encoder_layers,
        "decoderLayers": ["full"] * case.decoder_layers,
        "maxLength": MAX_LENGTH,
        "positions": "learned",
        "activation": case.activation,
        "layerNormEpsilon": 1e-6,
    }


if __name__ == "__main__":
    main()
