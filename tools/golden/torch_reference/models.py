"""Builds the transformers model of a case with weights that make every path matter.

transformers starts with weights of standard deviation 0.02, under which attention is nearly uniform and a wrong mask
hardly shows; here weights are large enough for peaked attention, and biases and norms are not at their neutral values.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import (
    PreTrainedModel,
    ReformerConfig,
    ReformerForMaskedLM,
    ReformerForQuestionAnswering,
    ReformerForSequenceClassification,
    ReformerModelWithLMHead,
)

from .cases import BASE, Case

ARCHITECTURES: dict[str, type[PreTrainedModel]] = {
    "lm": ReformerModelWithLMHead,
    "mlm": ReformerForMaskedLM,
    "classification": ReformerForSequenceClassification,
    "qa": ReformerForQuestionAnswering,
}

NO_CHUNKS = 10**9


class SummedAxialPositions(nn.Module):
    """Axial positions whose axes are added, of any number of axes: not in transformers, which only concatenates."""

    def __init__(self, shape: list[int], width: int):
        super().__init__()
        self.shape = shape
        sizes = [[size if i == axis else 1 for i in range(len(shape))] for axis, size in enumerate(shape)]
        self.weights = nn.ParameterList([nn.Parameter(torch.zeros(*size, width)) for size in sizes])

    def forward(self, position_ids: torch.Tensor) -> torch.Tensor:
        table = sum(weight.expand(*self.shape, -1) for weight in self.weights)
        return table.reshape(-1, table.shape[-1])[position_ids]


def hugging_face_config(case: Case) -> ReformerConfig:
    """Full attention is a local layer whose chunk is longer than any input; see `build`."""
    settings: dict[str, Any] = {
        **BASE,
        "is_decoder": case.task == "lm",
        "hidden_dropout_prob": 0.0,
        "local_attention_probs_dropout_prob": 0.0,
        "lsh_attention_probs_dropout_prob": 0.0,
        **case.config,
        "attn_layers": ["local" if kind == "full" else kind for kind in case.layers],
    }
    if settings.pop("axial_pos_sum", False):
        settings.update(axial_pos_embds=False)
    return ReformerConfig(**settings)


def stored_config(case: Case) -> dict[str, Any]:
    """What goes to config.json: transformers' keys, and for what it lacks `"full"` layers and `axial_pos_sum`."""
    config = hugging_face_config(case).to_dict()
    noise = ("return_dict", "output_hidden_states", "output_attentions", "_name_or_path", "is_encoder_decoder", "dtype")
    config = {key: value for key, value in config.items() if key not in noise and value != {}}
    if case.task != "classification":
        config = {key: value for key, value in config.items() if key not in ("id2label", "label2id", "problem_type")}
    config.update(
        architectures=[ARCHITECTURES[case.task].__name__],
        attn_layers=case.layers,
        axial_pos_embds=case.config.get("axial_pos_embds", False),
    )
    if case.config.get("axial_pos_sum"):
        config["axial_pos_sum"] = True
    return config


def build(case: Case, seed: int) -> PreTrainedModel:
    model = ARCHITECTURES[case.task](hugging_face_config(case))
    if case.config.get("axial_pos_sum"):
        model.reformer.embeddings.position_embeddings = SummedAxialPositions(
            case.config["axial_pos_shape"], model.config.hidden_size
        )
    for kind, layer in zip(case.layers, model.reformer.encoder.layers):
        if kind == "full":
            layer.attention.self_attention.chunk_length = NO_CHUNKS
    fill(model, torch.Generator().manual_seed(seed))
    return model


@torch.no_grad()
def fill(model: nn.Module, generator: torch.Generator) -> None:
    """The LM head's own bias, which transformers 5 never adds, is filled too: who adds it fails."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "layer_norm.weight" in name:
            parameter.copy_(1 + 0.2 * noise)
        elif name.endswith("bias"):
            parameter.copy_(0.2 * noise)
        elif "embeddings" in name:
            parameter.copy_(0.6 * noise)
        else:
            parameter.copy_(1.4 * noise / parameter.shape[-1] ** 0.5)
