"""Trains, with Trax, the Reformer LM of Trax's own decoding test to copy: `0 w 0` must be continued with `w`.

    python train_copy.py OUT [--minutes 60] [--start FOLDER]

The shape is the test's (3 layers, width 256, 4 heads, LSH attention in chunks of 16 with 2 hashes into 32 * 32 buckets,
positions 'fixed-base'); the data are those of `trax.data.sequence_copy_inputs`, with words of at most 15 symbols so that
one CPU core learns them in minutes. OUT receives Trax's own checkpoint, `model.pkl.gz` with `model.weights.npy.gz`, from
which another run may start (Trax' own resuming fails under jax 0.4.13). `export_copy.py` makes of it what the tests read.
"""

from __future__ import annotations

import argparse
import functools
import time
from pathlib import Path
from typing import Iterator

import numpy as np
import trax
from trax import layers as tl
from trax.supervised import lr_schedules, training

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


def train(out: Path, minutes: float, batch_size: int, rate: float, start: Path | None) -> training.Loop:
    model = build("train")
    if start:
        signature = trax.shapes.ShapeDtype((batch_size, LENGTH), dtype=np.int32)
        model.init_from_file(str(start / "model.pkl.gz"), weights_only=True, input_signature=signature)
    task = training.TrainTask(
        labeled_data=batches(batch_size, seed=2 if start else 1),
        loss_layer=tl.WeightedCategoryCrossEntropy(),
        optimizer=trax.optimizers.Adam(rate, weight_decay_rate=0.0),
        lr_schedule=lr_schedules.warmup_and_rsqrt_decay(500, rate),
        n_steps_per_checkpoint=100,
    )
    check = training.EvalTask(
        labeled_data=batches(64, seed=0), metrics=[tl.WeightedCategoryAccuracy(), tl.MaskedSequenceAccuracy()], n_eval_batches=2
    )
    loop = training.Loop(
        model, [task], eval_model=build("eval"), eval_tasks=[check], output_dir=str(out), random_seed=3
    )
    end = time.time() + 60 * minutes
    while time.time() < end:
        loop.run(100)
    return loop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--start", type=Path, help="folder of a checkpoint whose weights to start from")
    arguments = parser.parse_args()
    loop = train(arguments.out, arguments.minutes, arguments.batch, arguments.rate, arguments.start)
    print(f"{loop.step} steps, checkpoint in {arguments.out}")


if __name__ == "__main__":
    main()
