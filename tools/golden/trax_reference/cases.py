"""The list of cases that Trax answers: what transformers lacks, and the same things once more by the authors' code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["lsh", "local", "full"]
Positions = Literal["learned", "axial", "sinusoidal", "fixed-base", "none"]


@dataclass(frozen=True)
class Case:
    name: str
    covers: list[str]
    layers: list[Kind]
    positions: Positions = "learned"
    axial_shape: tuple[int, ...] = ()
    axial_dims: tuple[int, ...] = ()
    activation: str = "gelu_new"
    length: int = 32
    batch: int = 2
    width: int = 12
    chunk: int = 8
    lsh: dict[str, Any] = field(default_factory=dict)
    local: dict[str, Any] = field(default_factory=dict)
    feed_forward_chunk: int = 0


CASES: list[Case] = [
    Case("lsh", ["LSH attention", "head with bias"], ["lsh"]),
    Case("local", ["local attention", "head with bias"], ["local"]),
    Case("full", ["full attention"], ["full"], length=21),
    Case("mixed", ["local, LSH and full layers"], ["local", "lsh", "full"]),
    Case("rounds-2", ["two rounds"], ["lsh"], lsh={"n_hashes": 2}),
    Case("rounds-4", ["four rounds", "two layers"], ["lsh", "lsh"], lsh={"n_hashes": 4}, batch=1),
    Case("rounds-8", ["eight rounds"], ["lsh"], lsh={"n_hashes": 8}, chunk=4, batch=1),
    Case("buckets-factors", ["two bucket factors"], ["lsh"], lsh={"n_buckets": [4, 6], "n_hashes": 2}, chunk=4),
    Case("buckets-auto", ["automatic bucket count, Trax' rule"], ["lsh"], lsh={"n_buckets": None}, length=48),
    Case("buckets-auto-factored", ["automatic bucket count, Trax' rule, factored"], ["lsh"], lsh={"n_buckets": None}, chunk=2, length=132, batch=1),
    Case("chunks-before", ["two chunks before (LSH), none (local)"], ["lsh", "local"], lsh={"n_chunks_before": 2}, local={"n_chunks_before": 0}, length=40),
    Case("one-chunk", ["LSH attention that hashes although there is one chunk only", "chunks before = 0"], ["lsh"], lsh={"n_chunks_before": 0, "n_hashes": 2}, length=8),
    Case("local-shared", ["local attention with shared queries and keys"], ["local", "local"], local={"share_qk": True}),
    Case("local-bias", ["local attention with biased projections"], ["local"], local={"bias": True}),
    Case("axial-2", ["axial positions, two axes"], ["lsh", "local"], "axial", (4, 8), (5, 7)),
    Case("axial-3", ["axial positions, three axes"], ["lsh", "local"], "axial", (4, 4, 2), (5, 4, 3)),
    Case("axial-3-local", ["axial positions, three axes", "Relu"], ["local"], "axial", (3, 2, 8), (2, 4, 6), activation="relu", length=48),
    Case("sinusoidal", ["sinusoidal positions"], ["lsh", "local"], "sinusoidal"),
    Case("sinusoidal-long", ["sinusoidal positions", "length 96"], ["local"], "sinusoidal", length=96, batch=1),
    Case("fixed-base", ["fixed-base positions"], ["lsh"], "fixed-base", width=16),
    Case("fixed-base-copy", ["fixed-base positions", "the copy model's layers in small"], ["lsh"] * 3, "fixed-base", width=16, lsh={"n_hashes": 2, "n_buckets": [4, 4]}, batch=1),
    Case("no-positions", ["no positions"], ["lsh", "local"], "none"),
    Case("activation-relu", ["Relu"], ["lsh"], activation="relu"),
    Case("activation-gelu", ["Gelu, by the error function"], ["local"], activation="gelu"),
    Case("activation-tanh", ["Tanh"], ["local"], activation="tanh", length=16),
    Case("feed-forward-chunked", ["chunked feed-forward"], ["lsh", "local"], feed_forward_chunk=8),
]  # fmt: skip
