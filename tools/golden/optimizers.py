"""What other implementations make of the same gradients: `python optimizers.py adamw OUT` (torch), `adafactor OUT` (Trax).

Each case is a JSON file: two weights, a matrix and a vector, ten gradients of each, the learning rate of every step, and the
weights after it, computed by the reference in float32.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

STEPS = 10
SHAPES = {"layers.0.attention.value": (6, 4), "layers.0.attention.norm.scale": (5,)}


def main() -> None:
    which, out = sys.argv[1], Path(sys.argv[2])
    random = np.random.default_rng(7)
    # Far from one another in size, so that a wrong root, mean or epsilon shows.
    start = {name: random.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    sizes = 10.0 ** random.uniform(-3, 1, STEPS)
    gradients = [
        {name: (size * random.normal(size=shape)).astype(np.float32) for name, shape in SHAPES.items()}
        for size in sizes
    ]
    rates = [0.01 * (1 + i % 3) for i in range(STEPS)]
    answer, options = {"adamw": adamw, "adafactor": adafactor}[which](start, gradients, rates)
    case = {
        "reference": answer["reference"],
        "options": options,
        "shapes": SHAPES,
        "start": flat(start),
        "rates": rates,
        "gradients": [flat(step) for step in gradients],
        "weights": [flat(step) for step in answer["weights"]],
    }
    out.write_text(json.dumps(case) + "\n")


def adamw(start, gradients, rates):
    import torch

    weights = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in start.items()}
    options = {"betas": (0.9, 0.98), "eps": 1e-9}
    decayed, spared = list(weights.values())
    optimizer = torch.optim.AdamW(
        [{"params": [decayed], "weight_decay": 0.1}, {"params": [spared], "weight_decay": 0.0}], **options
    )
    after = []
    for step, rate in zip(gradients, rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, gradient in step.items():
            weights[name].grad = torch.tensor(gradient)
        optimizer.step()
        after.append({name: weight.detach().numpy().copy() for name, weight in weights.items()})
    ours = {"beta1": 0.9, "beta2": 0.98, "epsilon": 1e-9, "weightDecay": 0.1}
    return {"reference": f"torch {torch.__version__} AdamW", "weights": after}, ours


def adafactor(start, gradients, rates):
    import trax
    from importlib.metadata import version

    optimizer = trax.optimizers.Adafactor()
    weights = dict(start)
    slots = {name: optimizer.init(weight) for name, weight in weights.items()}
    parameters = dict(optimizer._init_opt_params)
    after = []
    for i, (step, rate) in enumerate(zip(gradients, rates)):
        parameters["learning_rate"] = rate
        for name, gradient in step.items():
            weights[name], slots[name] = optimizer.update(i, gradient, weights[name], slots[name], parameters)
        after.append({name: np.asarray(weight) for name, weight in weights.items()})
    return {"reference": f"trax {version('trax')} Adafactor, its defaults", "weights": after}, {}


def flat(arrays) -> dict[str, list[float]]:
    return {name: [float(value) for value in np.asarray(array).ravel()] for name, array in arrays.items()}


if __name__ == "__main__":
    main()
