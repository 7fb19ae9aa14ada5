"""The list of cases that transformers answers: what varies, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Task = Literal["lm", "mlm", "classification", "qa"]
Mask = Literal["none", "right", "scattered"]

BASE: dict[str, Any] = {
    "hidden_size": 12,
    "num_attention_heads": 2,
    "attention_head_size": 6,
    "feed_forward_size": 16,
    "vocab_size": 13,
    "max_position_embeddings": 48,
    "axial_pos_embds": False,
    "axial_pos_shape": [6, 8],
    "axial_pos_embds_dim": [5, 7],
    "lsh_attn_chunk_length": 8,
    "local_attn_chunk_length": 8,
    "num_buckets": 4,
    "num_hashes": 1,
}


@dataclass(frozen=True)
class Case:
    name: str
    covers: list[str]
    layers: list[str]
    config: dict[str, Any] = field(default_factory=dict)
    task: Task = "lm"
    length: int = 32
    batch: int = 2
    mask: Mask = "none"


def axial(rows: int, columns: int, **others: Any) -> dict[str, Any]:
    return {"axial_pos_embds": True, "axial_pos_shape": [rows, columns], "max_position_embeddings": rows * columns, **others}


LSH, LOCAL, FULL = "lsh", "local", "full"

KINDS = [
    Case("local", ["local attention", "causal"], [LOCAL]),
    Case("lsh", ["LSH attention", "causal", "one round"], [LSH]),
    Case("lsh-deep", ["four LSH layers"], [LSH] * 4, {"num_hashes": 2}, batch=1),
    Case("mixed", ["local and LSH layers"], [LOCAL, LSH, LOCAL, LSH]),
    Case("mixed-chunks", ["chunk lengths differ between kinds"], [LOCAL, LSH], {"local_attn_chunk_length": 4}),
    Case("full", ["full attention"], [FULL, FULL], length=24),
    Case("full-mixed", ["full, LSH and local layers"], [FULL, LSH, LOCAL]),
    Case("full-bidirectional", ["full attention", "bidirectional", "padding mask"], [FULL], task="mlm", length=20, mask="right"),
]

ROUNDS = [
    Case("rounds-2", ["two rounds"], [LSH], {"num_hashes": 2}),
    Case("rounds-4", ["four rounds"], [LSH, LSH], {"num_hashes": 4}, batch=1),
    Case("rounds-8", ["eight rounds"], [LSH], {"num_hashes": 8, "lsh_attn_chunk_length": 4}, batch=1),
    Case("rounds-4-bidirectional", ["four rounds", "bidirectional"], [LSH], {"num_hashes": 4}, task="mlm"),
    Case("buckets-two-factors", ["two bucket factors"], [LSH], {"num_buckets": [4, 2], "num_hashes": 2, "lsh_attn_chunk_length": 4}),
    Case("buckets-three-factors", ["three bucket factors"], [LSH], {"num_buckets": [2, 4, 2], "lsh_attn_chunk_length": 4}),
    Case("buckets-one-factor-list", ["a list of one factor"], [LSH], {"num_buckets": [6]}),
    Case("buckets-auto", ["automatic bucket count"], [LSH], {"num_buckets": None}, length=48),
    Case("buckets-auto-factored", ["automatic bucket count, factored"], [LSH, LSH], {"num_buckets": None, "lsh_attn_chunk_length": 2, "max_position_embeddings": 64}, length=64, batch=1),
    Case("buckets-auto-padded", ["automatic bucket count", "length not a multiple"], [LSH], {"num_buckets": None, "lsh_attn_chunk_length": 4}, length=31),
    Case("buckets-many", ["more buckets than chunks"], [LSH], {"num_buckets": 32, "num_hashes": 2, "lsh_attn_chunk_length": 4}),
    Case("hash-seed", ["hash_seed: torch's own rotations, stored too"], [LSH, LSH], {"hash_seed": 42, "num_hashes": 2}),
    Case("hash-seed-only", ["hash_seed: torch's own rotations, to be derived"], [LSH], {"hash_seed": 7, "num_buckets": [4, 4], "num_hashes": 2}),
]

CHUNKS = [
    Case("chunks-before-0", ["no look-back"], [LSH, LOCAL], {"lsh_num_chunks_before": 0, "local_num_chunks_before": 0}),
    Case("chunks-before-2", ["two chunks before"], [LSH, LOCAL], {"lsh_num_chunks_before": 2, "local_num_chunks_before": 2}, length=40),
    Case("chunks-before-ring", ["the ring over rounds", "keys seen twice"], [LSH], {"lsh_num_chunks_before": 2, "num_hashes": 2}, length=16),
    Case("chunks-after", ["chunks after", "bidirectional"], [LSH, LOCAL], {"lsh_num_chunks_after": 1, "local_num_chunks_after": 1}, task="mlm", length=40),
    Case("chunks-after-only", ["chunks after, none before", "bidirectional"], [LOCAL, LSH], {"lsh_num_chunks_before": 0, "lsh_num_chunks_after": 1, "local_num_chunks_before": 0, "local_num_chunks_after": 2}, task="mlm"),
    Case("local-bidirectional", ["local attention", "bidirectional", "first chunk looks at the last"], [LOCAL], task="mlm"),
    Case("lsh-bidirectional", ["LSH attention", "bidirectional"], [LSH, LSH], {"num_hashes": 2}, task="mlm"),
]

LENGTHS = [
    Case("length-1", ["a single token"], [LSH, LOCAL], length=1, task="mlm"),
    Case("length-below", ["length below the chunk"], [LSH, LOCAL], length=5),
    Case("length-at", ["length equal to the chunk"], [LSH, LOCAL], length=8),
    Case("length-one-above", ["length one above the chunk"], [LSH, LOCAL], length=9),
    Case("length-odd-lsh", ["length not a multiple of the chunk"], [LSH], {"num_hashes": 2}, length=29),
    Case("length-odd-mixed", ["length not a multiple of either chunk"], [LOCAL, LSH], {"local_attn_chunk_length": 6}, length=25),
    Case("length-between", ["above the local chunk, below the LSH chunk"], [LSH, LOCAL], {"local_attn_chunk_length": 4}, length=6),
    Case("length-odd-axial", ["length not a multiple, axial table larger"], [LSH], axial(5, 8), length=27),
]

MASKS = [
    Case("mask-right", ["padding mask on the right", "causal"], [LSH, LOCAL], {"num_hashes": 2}, mask="right"),
    Case("mask-right-bidirectional", ["padding mask on the right", "bidirectional"], [LSH, LOCAL], {"num_hashes": 2}, task="mlm", mask="right"),
    Case("mask-scattered", ["padding mask with holes", "bidirectional"], [LSH, LOCAL], task="mlm", mask="scattered"),
    Case("mask-odd-length", ["padding mask", "length not a multiple"], [LSH, LOCAL], {"num_buckets": [2, 4]}, length=27, mask="right"),
    Case("mask-short", ["padding mask", "length below the chunk"], [LSH, LOCAL], length=7, mask="right", task="mlm"),
]

POSITIONS = [
    Case("axial", ["axial positions, two axes, concatenated"], [LSH, LOCAL], axial(4, 8), length=32),
    Case("axial-prefix", ["axial table longer than the sequence"], [LOCAL, LSH], axial(8, 6), length=24),
    Case("axial-sum", ["axial positions, two axes, summed"], [LSH], axial(4, 8, axial_pos_sum=True, axial_pos_embds_dim=[12, 12]), length=32),
    Case("axial-three-sum", ["axial positions, three axes, summed"], [LOCAL], axial(4, 8, axial_pos_sum=True, axial_pos_shape=[4, 2, 4], axial_pos_embds_dim=[12, 12, 12]), length=32),
]

ACTIVATIONS = [
    Case(f"activation-{name.replace('_', '-')}", [f"activation {name}"], [LOCAL if i % 2 else LSH], {"hidden_act": name}, length=16)
    for i, name in enumerate(["gelu", "gelu_new", "gelu_fast", "silu", "tanh", "leaky_relu", "sigmoid"])
]

CHUNKED = [
    Case("feed-forward-chunked", ["chunked feed-forward"], [LSH, LOCAL], {"chunk_size_feed_forward": 4}),
    Case("head-chunked", ["chunked head"], [LSH], {"chunk_size_lm_head": 8}),
    Case("all-chunked", ["chunked feed-forward and head"], [LOCAL, LSH], {"chunk_size_feed_forward": 8, "chunk_size_lm_head": 4, "num_hashes": 2}),
]

SHAPES = [
    Case("heads-narrow", ["heads * depth below the width"], [LSH, LOCAL], {"num_attention_heads": 2, "attention_head_size": 4}),
    Case("heads-wide", ["heads * depth above the width"], [LSH, LOCAL], {"num_attention_heads": 3, "attention_head_size": 6}),
    Case("one-head", ["one head"], [LSH], {"num_attention_heads": 1, "attention_head_size": 12}),
    Case("layer-norm-epsilon", ["a larger epsilon in layer norm"], [LSH, LOCAL], {"layer_norm_eps": 1e-3}),
    Case("tie-flag", ["tie_word_embeddings is set and changes nothing"], [LSH], {"tie_word_embeddings": True}),
    Case("long", ["length 128"], [LOCAL, LSH], axial(8, 16, num_buckets=[4, 4], num_hashes=2), length=128, batch=1),
]

HEADS = [
    Case("masked-lm", ["masked LM head"], [LOCAL, LSH], task="mlm"),
    Case("classification", ["classification head"], [LOCAL, LSH], {"num_labels": 3}, task="classification", batch=3),
    Case("classification-odd", ["classification head", "length not a multiple", "padding mask"], [LSH], {"num_labels": 4}, task="classification", length=21, mask="right"),
    Case("question-answering", ["question answering head"], [LSH, LOCAL], task="qa"),
]

CASES: list[Case] = [
    *KINDS, *ROUNDS, *CHUNKS, *LENGTHS, *MASKS, *POSITIONS, *ACTIVATIONS, *CHUNKED, *SHAPES, *HEADS,
]  # fmt: skip
