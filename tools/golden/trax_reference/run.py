"""Writes every case that Trax answers: `python -m trax_reference.run OUT [NAME…]`."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import numpy as np
import trax

from shared.case_files import GoldenCase, reference_error, write_case

from .cases import CASES, Case
from .evaluate import evaluate
from .model import DEPTH, FEED_FORWARD, HEADS, LOCAL_DEFAULTS, LSH_DEFAULTS, VOCABULARY, build, fill
from .names import BASES, DIGITS, translated
from .rotations import rotation_shape, rotations_of, share_keys

#: A case is kept if every hash decision of the ten steps is clearer than this; otherwise the next seed is tried.
CLEAR_MARGIN = 3e-4
SEEDS = 12
FIXED_BASES = [11, 13, 14, 15]


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:]
    for case in CASES:
        if names and case.name not in names:
            continue
        golden = answer(case)
        write_case(golden, out)
        error = {key: f"{value:.1e}" for key, value in reference_error(golden.exact, golden.rounded).items()}
        print(f"{golden.name}: seed {golden.about['seed']}, float32 against float64: {error}", flush=True)


def answer(case: Case) -> GoldenCase:
    attempts: list[tuple[float, GoldenCase]] = []
    for seed in range(SEEDS):
        attempts.append(attempt(case, seed))
        if attempts[-1][0] > CLEAR_MARGIN:
            break
    margin, golden = max(attempts, key=lambda pair: pair[0])
    assert margin > 5e-5, f"{case.name}: no seed gives clear buckets"
    return golden


def attempt(case: Case, seed: int) -> tuple[float, GoldenCase]:
    model = build(case)
    model.rng = jax.random.PRNGKey(seed)
    model.init(trax.shapes.ShapeDtype((case.batch, case.length), dtype=np.int32), rng=jax.random.PRNGKey(seed))
    weights, state = fill(model.weights, seed), share_keys(model.state, case.batch)
    tokens = np.random.default_rng(1000 + seed).integers(1, VOCABULARY, (case.batch, case.length)).astype(np.int32)
    margins: list[float] = []
    rounded = evaluate(case, model, weights, state, tokens, margins, double=False)
    exact = evaluate(case, model, weights, state, tokens, margins, double=True)
    jax.effects_barrier()
    margin = min(margins, default=float("inf"))
    golden = GoldenCase(
        name=f"trax-{case.name}",
        config=config_of(case),
        about={
            "reference": "trax",
            "versions": {"trax": "1.4.1", "jax": jax.__version__, "python": platform.python_version()},
            "task": "lm",
            "covers": case.covers,
            "seed": seed,
            "bucketMargin": margin if margins else None,
        },
        parameters=translated(case, [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(weights)]),
        inputs={"input_ids": tokens},
        rotations=rotations_of(state, rotation_shape(case)),
        exact=exact,
        rounded=rounded,
    )
    return margin, golden


def config_of(case: Case) -> dict[str, Any]:
    """transformers' keys; the last ones are for what transformers has no key."""
    lsh, local = {**LSH_DEFAULTS, **case.lsh}, {**LOCAL_DEFAULTS, **case.local}
    config: dict[str, Any] = {
        "model_type": "reformer",
        "architectures": ["ReformerModelWithLMHead"],
        "attn_layers": case.layers,
        "vocab_size": VOCABULARY,
        "hidden_size": case.width,
        "num_attention_heads": HEADS,
        "attention_head_size": DEPTH,
        "feed_forward_size": FEED_FORWARD,
        "chunk_size_feed_forward": case.feed_forward_chunk,
        "chunk_size_lm_head": 0,
        "hidden_act": case.activation,
        "is_decoder": True,
        "layer_norm_eps": 1e-6,
        "lsh_attn_chunk_length": case.chunk,
        "lsh_num_chunks_before": lsh["n_chunks_before"],
        "lsh_num_chunks_after": 0,
        "local_attn_chunk_length": case.chunk,
        "local_num_chunks_before": local["n_chunks_before"],
        "local_num_chunks_after": 0,
        "num_hashes": lsh["n_hashes"],
        "num_buckets": lsh["n_buckets"],
        "max_position_embeddings": case.length,
        "axial_pos_embds": case.positions == "axial",
        "axial_pos_shape": list(case.axial_shape),
        "axial_pos_embds_dim": list(case.axial_dims),
        "hidden_dropout_prob": 0.0,
        "lsh_attention_probs_dropout_prob": 0.0,
        "local_attention_probs_dropout_prob": 0.0,
        "tie_word_embeddings": False,
        "pad_token_id": 0,
        "position_embedding_type": case.positions,
    }
    if case.positions == "fixed-base":
        config["fixed_bases"] = FIXED_BASES[:BASES]
        config["fixed_base_digits"] = DIGITS
    if lsh["n_buckets"] is None:
        config["num_buckets_rule"] = "trax"
    if "local" in case.layers:
        config["local_attn_share_qk"], config["local_attn_bias"] = local["share_qk"], local["bias"]
    return config


if __name__ == "__main__":
    main()
