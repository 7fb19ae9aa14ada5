"""transformers' half of side-by-side.ts: the weights, batches and learning rates of FOLDER, and Adam.

    python side_by_side.py FOLDER

Writes FOLDER/result.json: nats per byte of every training step, nats of the whole part held out at every evaluation.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy
import torch
import transformers

folder = Path(sys.argv[1])
plan = json.loads((folder / "plan.json").read_text())
shape = (-1, 2, plan["batch"], plan["length"])


def batches(name: str) -> torch.Tensor:
    """[batches, inputs and targets, batch, length]"""
    return torch.from_numpy(numpy.fromfile(folder / name, dtype="<i4").reshape(shape)).long()


def nats(logits: torch.Tensor, targets: torch.Tensor, reduction: str) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction=reduction
    )


model = transformers.ReformerModelWithLMHead.from_pretrained(folder / "model")
optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-8)
train, held_out = batches("train.bin"), batches("held-out.bin")
training: list[float] = []
evaluated: list[float] = []
for step, (rate, (inputs, targets)) in enumerate(zip(plan["rates"], train), start=1):
    model.train()
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss = nats(model(inputs).logits, targets, "mean")
    loss.backward()
    optimizer.step()
    training.append(loss.item())
    if step % plan["every"] > 0:
        continue
    model.eval()
    with torch.no_grad():
        evaluated.append(sum(nats(model(x).logits, y, "sum").item() for x, y in held_out))
    print(f"transformers, step {step}: {training[-1]:.4f} nats", flush=True)

versions = f"transformers {transformers.__version__}, torch {torch.__version__}"
result = {"training": training, "heldOut": evaluated, "versions": versions}
(folder / "result.json").write_text(json.dumps(result))
