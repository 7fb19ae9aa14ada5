"""Trains, with Trax, the Reformer LM of Trax's own decoding test to copy: `0 w 0` must be continued with `w`.

    python train_copy.py OUT [--minutes 20]

The shape is the test's (3 layers, width 256, 4 heads, LSH attention in chunks of 16 with 2 hashes into 32 * 32 buckets,
positions 'fixed-base'); the data are those of `trax.data.sequence_copy_inputs`, with words of at most 15 symbols so that
one CPU core learns them in minutes. OUT receives Trax's own checkpoint, `model.pkl.gz` with `model.weights.npy.gz`, and
`copies.json`: 100 fixed words and what Trax's greedy decoding makes of each, with and without the cache of its predict
mode.
"""

from __future__ import annotations

import argparse
import functools
import json
import time
from pathlib import Path
from typing import Iterator

import jax
import numpy as np
import trax
from trax import layers as tl
from trax.supervised import decoding, lr_schedules, training

VOCABULARY = 13
LONGEST_WORD = 15
LENGTH = 32
SHAPE = {
    "vocab_size": VOCABULARY,
    "d_model": 256,
    "d_ff": 512,
    "d_attention_key": 64,
    "d_attention_value": 64,
    "n_layers": 3,
    "n_heads": 4,
    "max_len": 64,
    "pos_type": "fixed-base",
    "dropout": 0.0,
}
ATTENTION = functools.partial(
    tl.LSHSelfAttention,
    chunk_len=16,
    n_hashes=2,
    n_buckets=[32, 32],
    predict_drop_len=LENGTH,
    predict_mem_len=LENGTH,
    max_length_for_buckets=1024,
)


def build(mode: str) -> tl.Layer:
    return trax.models.ReformerLM(**SHAPE, attention_type=ATTENTION, mode=mode)


def batches(batch_size: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Tokens, the same as targets, and loss weights: only the second `w` counts."""
    random = np.random.default_rng(seed)
    while True:
        tokens = np.zeros((batch_size, LENGTH), np.int32)
        weights = np.zeros((batch_size, LENGTH), np.float32)
        for row, size in enumerate(random.integers(1, LONGEST_WORD + 1, batch_size)):
            word = random.integers(1, VOCABULARY - 1, size)
            tokens[row, 1 : size + 1] = word
            tokens[row, size + 2 : 2 * size + 2] = word
            weights[row, size + 2 : 2 * size + 2] = 1
        yield tokens, tokens, weights


def words() -> list[list[int]]:
    """The 100 fixed words: 25 each of four lengths."""
    random = np.random.default_rng(2020)
    return [random.integers(1, VOCABULARY - 1, size).tolist() for size in (4, 7, 10, 14) for _ in range(25)]


def train(out: Path, minutes: float, batch_size: int, rate: float) -> training.Loop:
    task = training.TrainTask(
        labeled_data=batches(batch_size, seed=1),
        loss_layer=tl.WeightedCategoryCrossEntropy(),
        optimizer=trax.optimizers.Adam(rate, weight_decay_rate=0.0),
        lr_schedule=lr_schedules.warmup_and_rsqrt_decay(500, rate),
        n_steps_per_checkpoint=100,
    )
    check = training.EvalTask(
        labeled_data=batches(64, seed=2), metrics=[tl.WeightedCategoryAccuracy(), tl.MaskedSequenceAccuracy()], n_eval_batches=2
    )
    loop = training.Loop(
        build("train"), [task], eval_model=build("eval"), eval_tasks=[check], output_dir=str(out), random_seed=3
    )
    start = time.time()
    while time.time() - start < 60 * minutes:
        loop.run(100)
    return loop


def decode_with_cache(weights: object, group: np.ndarray) -> np.ndarray:
    """Trax's predict mode, as in its decoding test."""
    model = build("predict")
    model.init(trax.shapes.ShapeDtype((len(group), 1), dtype=np.int32))
    model.weights = weights
    zero = np.zeros((len(group), 1), np.int32)
    prompt = np.concatenate([zero, group, zero], axis=1)
    return decoding.autoregressive_sample(
        model, inputs=prompt, eos_id=-1, max_length=group.shape[1], temperature=0.0, accelerate=False
    )


def decode_by_full_passes(weights: object, group: np.ndarray) -> np.ndarray:
    """Eval mode: every symbol comes from a pass over the whole padded window."""
    model = build("eval")
    model.init(trax.shapes.ShapeDtype((len(group), LENGTH), dtype=np.int32))
    forward = jax.jit(model.pure_fn)
    size = group.shape[1]
    tokens = np.zeros((len(group), LENGTH), np.int32)
    tokens[:, 1 : size + 1] = group
    for position in range(size + 2, 2 * size + 2):
        logits, _ = forward(tokens, weights, model.state, jax.random.PRNGKey(0))
        tokens[:, position] = np.argmax(logits[:, position], axis=-1)
    return tokens[:, size + 2 : 2 * size + 2]


def copies(weights: object) -> dict[str, object]:
    fixed = words()
    found: dict[str, list[list[int]]] = {"predict": [], "eval": []}
    for size in sorted({len(word) for word in fixed}):
        group = np.array([word for word in fixed if len(word) == size], np.int32)
        found["predict"] += np.asarray(decode_with_cache(weights, group)).tolist()
        found["eval"] += decode_by_full_passes(weights, group).tolist()
    right = {mode: sum(a == b for a, b in zip(fixed, answers)) for mode, answers in found.items()}
    return {"words": fixed, "decoded": found, "right": right, "of": len(fixed)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3)
    arguments = parser.parse_args()
    loop = train(arguments.out, arguments.minutes, arguments.batch, arguments.rate)
    result = {"steps": loop.step, **copies(loop.eval_model.weights)}
    (arguments.out / "copies.json").write_text(json.dumps(result) + "\n")
    print({key: result[key] for key in ("steps", "right", "of")})


if __name__ == "__main__":
    main()
