"""One golden case on disk: `config.json`, `model.safetensors`, `case.safetensors`.

Both references write through this file, so a reader of cases never has to ask which of them made one.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

import numpy as np
from safetensors.numpy import save_file

Arrays = Mapping[str, np.ndarray]

#: Plain Adam without weight decay, epsilon outside the square root, bias-corrected: torch.optim.Adam.
OPTIMIZER = {"name": "adam", "learningRate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "steps": 10}


@dataclass(frozen=True)
class Result:
    """What one evaluation of the reference gives, in whatever precision it ran."""

    outputs: dict[str, np.ndarray]
    loss: float
    gradients: dict[str, np.ndarray]
    losses: list[float]


@dataclass(frozen=True)
class GoldenCase:
    name: str
    config: dict[str, Any]
    about: dict[str, Any]
    parameters: Arrays
    inputs: Arrays
    rotations: list[np.ndarray]
    exact: Result
    rounded: Result = field(repr=False)


def write_case(case: GoldenCase, folder: Path) -> None:
    """Replaces `folder / case.name`. Floats are stored as float32, integers as int32."""
    target = folder / case.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    about = {
        **case.about,
        "optimizer": OPTIMIZER,
        "referenceError": reference_error(case.exact, case.rounded),
    }
    config = {**case.config, "golden": about}
    (target / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file(compact(case.parameters), target / "model.safetensors", metadata={"format": "pt"})
    tensors: dict[str, np.ndarray] = {**case.inputs, **case.exact.outputs}
    tensors |= {f"rotations.{i}": rotation for i, rotation in enumerate(case.rotations)}
    tensors |= {f"grad.{name}": gradient for name, gradient in case.exact.gradients.items()}
    tensors["loss"] = np.array(case.exact.loss)
    tensors["losses"] = np.array(case.exact.losses)
    save_file(compact(tensors), target / "case.safetensors")


def compact(tensors: Arrays) -> dict[str, np.ndarray]:
    return {
        name: np.ascontiguousarray(value, dtype=np.int32 if value.dtype.kind in "iub" else np.float32)
        for name, value in tensors.items()
    }


def reference_error(exact: Result, rounded: Result) -> dict[str, float]:
    """How far the reference's own float32 run lies from its float64 run."""
    return {
        "outputs": max(largest_difference(exact.outputs[k], rounded.outputs[k]) for k in exact.outputs),
        "loss": abs(exact.loss - rounded.loss),
        "gradientsRelative": gradient_error(exact.gradients, rounded.gradients),
        "losses": largest_difference(np.array(exact.losses), np.array(rounded.losses)),
    }


def gradient_error(exact: Arrays, other: Arrays) -> float:
    """
    The largest error of any parameter's gradient, relative to that gradient's largest entry; a gradient a thousand
    times smaller than the largest of the model (one that is zero by symmetry, say) is measured against the latter.
    """
    floor = 1e-3 * max(float(np.abs(gradient).max()) for gradient in exact.values())
    return max(
        largest_difference(gradient, other[name]) / max(float(np.abs(gradient).max()), floor)
        for name, gradient in exact.items()
    )


def largest_difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64)).max())
