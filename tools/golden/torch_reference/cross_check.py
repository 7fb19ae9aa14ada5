"""Has transformers answer Trax' cases: `python -m torch_reference.cross_check FOLDER`.

Where a Trax case needs nothing that transformers lacks, both must agree: proof that names, layouts and rotations were
translated rightly, and that the two references compute the same function.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file
from transformers import PreTrainedModel, ReformerConfig, ReformerModelWithLMHead

from shared.case_files import OPTIMIZER, gradient_error

from .evaluate import evaluate
from .models import NO_CHUNKS, SummedAxialPositions
from .rotations import Rotations

ONLY_TRAX = ("local_attn_share_qk", "local_attn_bias")


class ConcatenatedAxialPositions(SummedAxialPositions):
    """Any number of axes, each with a width of its own."""

    def __init__(self, shape: list[int], widths: list[int]):
        super().__init__(shape, 0)
        self.weights = torch.nn.ParameterList(
            torch.nn.Parameter(torch.zeros(*weight.shape[:-1], width)) for weight, width in zip(self.weights, widths)
        )

    def forward(self, position_ids: torch.Tensor) -> torch.Tensor:
        table = torch.cat([weight.expand(*self.shape, -1) for weight in self.weights], dim=-1)
        return table.reshape(-1, table.shape[-1])[position_ids]


def main() -> None:
    transformers.logging.set_verbosity_error()
    checked = 0
    for folder in sorted(Path(sys.argv[1]).glob("trax-*")):
        config = json.loads((folder / "config.json").read_text())
        if config["position_embedding_type"] not in ("learned", "axial") or any(config.get(key) for key in ONLY_TRAX):
            continue
        model, case = load(config, folder), load_file(folder / "case.safetensors")
        rotations = Rotations(0)
        rotations.drawn = [case[f"rotations.{i}"] for i in range(sum(kind == "lsh" for kind in config["attn_layers"]))]
        result = evaluate(model, "lm", {"input_ids": case["input_ids"].long()}, rotations)
        wanted = {name[5:]: value.numpy() for name, value in case.items() if name.startswith("grad.")}
        found = {name: result.gradients.get(name) for name in wanted}
        outputs = float(abs(result.outputs["logits"] - case["logits"].numpy()).max())
        gradients, losses = gradient_error(wanted, found), float(abs(torch.tensor(result.losses) - case["losses"]).max())
        print(f"{folder.name}: outputs {outputs:.1e}, gradients {gradients:.1e}, losses of {OPTIMIZER['steps']} steps {losses:.1e}")
        assert outputs < 1e-5 and gradients < 1e-5 and losses < 1e-5, folder.name
        checked += 1
    print(f"{checked} cases of Trax answered alike by transformers")


def load(config: dict[str, Any], folder: Path) -> PreTrainedModel:
    kinds = config["attn_layers"]
    known = {key: value for key, value in config.items() if hasattr(ReformerConfig(), key) and key != "model_type"}
    known["attn_layers"] = ["local" if kind == "full" else kind for kind in kinds]
    if config.get("num_buckets_rule") == "trax":
        known["num_buckets"] = trax_buckets(config)
    if set(kinds) == {"full"}:
        known["local_attn_chunk_length"] = config["max_position_embeddings"]  # or it would pad beyond the table
    known["axial_pos_embds"] = False
    model = ReformerModelWithLMHead(ReformerConfig(**known))
    if config["axial_pos_embds"]:
        model.reformer.embeddings.position_embeddings = ConcatenatedAxialPositions(
            config["axial_pos_shape"], config["axial_pos_embds_dim"]
        )
    for kind, layer in zip(kinds, model.reformer.encoder.layers):
        if kind == "full":
            layer.attention.self_attention.chunk_length = NO_CHUNKS
    model.lm_head.decoder = torch.nn.Linear(2 * config["hidden_size"], config["vocab_size"])
    missing, unexpected = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    assert missing == ["lm_head.bias"] and not unexpected, (folder.name, missing, unexpected)
    return model.double()


def trax_buckets(config: dict[str, Any]) -> int | list[int]:
    """Trax' rule written a second time; the table of positions is as long as the sequence."""
    count = 2 * max(1, config["max_position_embeddings"] // config["lsh_attn_chunk_length"])
    if count <= 128:
        return count
    first = 2
    while first * first < count:
        first *= 2
    return [first, 2 * (count // (2 * first))]


if __name__ == "__main__":
    main()
