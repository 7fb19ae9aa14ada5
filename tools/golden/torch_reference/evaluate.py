"""Runs one case in one precision: outputs, loss, gradients, ten steps of Adam.

transformers pads a length that is no multiple of the chunk only in eval mode and has gradients only in training mode.
So the padding is done here, the same way, and `eval_logits` lets the caller compare with transformers' own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.models.reformer.modeling_reformer import _get_least_common_mult_chunk_len, _get_min_chunk_len

from shared.case_files import OPTIMIZER, Result

from .cases import Task
from .rotations import Rotations

Inputs = dict[str, torch.Tensor]


def evaluate(model: PreTrainedModel, task: Task, inputs: Inputs, rotations: Rotations) -> Result:
    """Leaves the model ten steps older."""
    model.train()
    model.reformer.embeddings.position_embeddings.eval()  # in training transformers wants exactly rows * columns tokens
    optimizer = torch.optim.Adam(
        model.parameters(),
        lr=OPTIMIZER["learningRate"],
        betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]),
        eps=OPTIMIZER["epsilon"],
    )
    losses: list[float] = []
    first: tuple[np.ndarray, dict[str, np.ndarray]] | None = None
    for _ in range(OPTIMIZER["steps"]):
        optimizer.zero_grad(set_to_none=True)
        logits = training_logits(model, inputs, rotations)
        loss = loss_of(task, logits, inputs)
        loss.backward()
        losses.append(loss.item())
        if first is None:
            gradients = {n: p.grad.numpy().copy() for n, p in model.named_parameters() if p.grad is not None}
            first = (logits.detach().numpy().copy(), gradients)
        optimizer.step()
    assert first is not None
    return Result(outputs={"logits": first[0]}, loss=losses[0], gradients=first[1], losses=losses)


@torch.no_grad()
def eval_logits(model: PreTrainedModel, inputs: Inputs, rotations: Rotations) -> torch.Tensor:
    """transformers' own forward pass, padding included."""
    model.eval()
    rotations.restart()
    with rotations.injected():
        return as_logits(model(**model_inputs(inputs)))


def training_logits(model: PreTrainedModel, inputs: Inputs, rotations: Rotations) -> torch.Tensor:
    length = inputs["input_ids"].shape[1]
    rotations.restart()
    with rotations.injected():
        logits = as_logits(model(**padded(model, model_inputs(inputs))))
    return logits[:, :length] if logits.ndim == 3 else logits


def model_inputs(inputs: Inputs) -> Inputs:
    return {name: inputs[name] for name in ("input_ids", "attention_mask") if name in inputs}


def padded(model: PreTrainedModel, inputs: Inputs) -> Inputs:
    """As `ReformerModel._pad_to_mult_of_chunk_length`, whose attention mask appears only when there is padding."""
    ids = inputs["input_ids"]
    multiple = int(_get_least_common_mult_chunk_len(model.config))
    missing = -ids.shape[1] % multiple
    if missing == 0 or ids.shape[1] <= _get_min_chunk_len(model.config):
        return inputs
    mask = inputs.get("attention_mask", torch.ones_like(ids))
    return {
        "input_ids": functional.pad(ids, (0, missing), value=model.config.pad_token_id),
        "attention_mask": functional.pad(mask, (0, missing), value=0),
    }


def as_logits(output: Any) -> torch.Tensor:
    """Question answering gives two vectors; they are stored as the last axis of one tensor, start first."""
    if "start_logits" in output:
        return torch.stack([output.start_logits, output.end_logits], dim=-1)
    return output.logits


def loss_of(task: Task, logits: torch.Tensor, inputs: Inputs) -> torch.Tensor:
    """transformers' losses; written out because its causal loss rounds the logits to float32 first."""
    if task == "classification":
        return functional.cross_entropy(logits, inputs["labels"])
    if task == "qa":
        start = functional.cross_entropy(logits[..., 0], inputs["start_positions"])
        return (start + functional.cross_entropy(logits[..., 1], inputs["end_positions"])) / 2
    labels = inputs["input_ids"]
    if task == "lm":
        logits, labels = logits[:, :-1], labels[:, 1:]
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
