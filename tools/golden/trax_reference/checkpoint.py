"""Saves the weights of one golden case the ways Trax saves: `python -m trax_reference.checkpoint GOLDEN OUT`.

OUT receives `model.pkl.gz` with `model.weights.npy.gz` and `model.opt_slots0.npy.gz` from a training loop (the layout of
March 2021, the last one), and `layer.pkl.gz` from `Layer.save_to_file` (weights inside). GOLDEN holds the same weights as
`trax-<case>/model.safetensors`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Iterator

import jax
import numpy as np
import trax
from safetensors.numpy import load_file
from trax import layers as tl
from trax.supervised import lr_schedules, training

from .cases import CASES, Case
from .model import build, fill
from .names import translated

NAME = "fixed-base-copy"


def main() -> None:
    golden, out = Path(sys.argv[1]), Path(sys.argv[2])
    case = next(case for case in CASES if case.name == NAME)
    seed = json.loads((golden / f"trax-{NAME}" / "config.json").read_text())["golden"]["seed"]
    model = tl.Serial(tl.ShiftRight(), *build(case).sublayers)
    loop = training.Loop(
        model,
        [
            training.TrainTask(
                labeled_data=batches(case),
                loss_layer=tl.WeightedCategoryCrossEntropy(),
                optimizer=trax.optimizers.Adam(1e-3),
                lr_schedule=lr_schedules.constant(1e-3),
            )
        ],
        output_dir=str(out),
        random_seed=0,
    )
    body = fill(model.weights[1:], seed)
    model.weights = (model.weights[0], *body)
    leaves = [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(body)]
    stored = load_file(golden / f"trax-{NAME}" / "model.safetensors")
    assert all(np.array_equal(stored[name], value) for name, value in translated(case, leaves).items())
    loop.save_checkpoint("model")
    model.save_to_file(str(out / "layer.pkl.gz"))
    keep = {"model.pkl.gz", "model.weights.npy.gz", "model.opt_slots0.npy.gz", "layer.pkl.gz"}
    for file in sorted(path for path in out.rglob("*") if path.is_file() and path.name not in keep):
        file.unlink()
    for folder in (path for path in out.iterdir() if path.is_dir()):
        folder.rmdir()


def batches(case: Case) -> Iterator[Any]:
    tokens = np.zeros((case.batch, case.length), np.int32)
    while True:
        yield tokens, tokens, np.ones_like(tokens, np.float32)


if __name__ == "__main__":
    main()
