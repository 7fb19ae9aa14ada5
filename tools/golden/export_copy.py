"""Makes of a checkpoint of `train_copy.py` the folder that the tests read.

    python export_copy.py CHECKPOINT OUT

OUT receives `config.json` and `model.safetensors` (float16, transformers' names) and `copies.json`: 100 fixed words and
what Trax's greedy decoding makes of `0 word 0`, from exactly those rounded weights. Two decodings: "predict" is Trax's
own, with the cache and rotations of its own, as in its decoding test; "eval" takes every symbol from a pass over the
whole window of 32 tokens, zeros after the last known one, with the rotations of `rotations.safetensors`, so that it can
be repeated symbol by symbol. Trax' ShiftRight puts one more 0 in front: symbol t comes from `0, x_0 … x_(t-1)`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import trax
from safetensors.numpy import save_file
from trax import layers as tl
from trax.supervised import decoding

from train_copy import ATTENTION, LENGTH, SHAPE, VOCABULARY, build
from trax_reference.cases import Case
from trax_reference.names import BASES, DIGITS, translated
from trax_reference.rotations import rotations_of, share_keys

COPY = Case("copy", [], ["lsh"] * SHAPE["n_layers"], "fixed-base")


def words() -> list[list[int]]:
    """The 100 fixed words: 25 each of four lengths."""
    random = np.random.default_rng(2020)
    return [random.integers(1, VOCABULARY - 1, size).tolist() for size in (4, 7, 10, 14) for _ in range(25)]


def decode_with_cache(weights: object, group: np.ndarray) -> np.ndarray:
    """Trax's predict mode, as in its decoding test."""
    model = build("predict")
    model.init(trax.shapes.ShapeDtype((len(group), 1), dtype=np.int32))
    model.weights = weights
    zero = np.zeros((len(group), 1), np.int32)
    prompt = np.concatenate([zero, group, zero], axis=1)
    return decoding.autoregressive_sample(
        model,
        inputs=prompt,
        batch_size=len(group),
        eos_id=-1,
        max_length=group.shape[1],
        temperature=0.0,
    )


def eval_model(batch: int) -> tuple[tl.Layer, Any]:
    """The model and a state in which all examples, of batches of any size, have the same hash keys."""
    model = build("eval")
    model.init(trax.shapes.ShapeDtype((1, LENGTH), dtype=np.int32), rng=jax.random.PRNGKey(0))
    return model, share_keys(model.state, batch, SHAPE["n_heads"])


def decode_by_full_passes(weights: object, group: np.ndarray) -> np.ndarray:
    """Eval mode: every symbol comes from a pass over the whole padded window."""
    model, state = eval_model(len(group))
    forward = jax.jit(model.pure_fn)
    size = group.shape[1]
    tokens = np.zeros((len(group), LENGTH), np.int32)
    tokens[:, 1 : size + 1] = group
    for position in range(size + 2, 2 * size + 2):
        logits, _ = forward(tokens, weights, state, jax.random.PRNGKey(0))
        tokens[:, position] = np.argmax(logits[:, position], axis=-1)
    return tokens[:, size + 2 : 2 * size + 2]


def copies(weights: object) -> dict[str, object]:
    fixed = words()
    found: dict[str, list[list[int]]] = {"predict": [], "eval": []}
    for size in sorted({len(word) for word in fixed}):
        group = np.array([word for word in fixed if len(word) == size], np.int32)
        found["predict"] += np.asarray(decode_with_cache(weights, group)).tolist()
        found["eval"] += decode_by_full_passes(weights, group).tolist()
    right = {mode: sum(a == b for a, b in zip(fixed, answers)) for mode, answers in found.items()}
    return {"words": fixed, "decoded": found, "right": right, "of": len(fixed)}


def rounded_to_half(weights: Any) -> Any:
    return jax.tree_util.tree_map(lambda leaf: jnp.asarray(np.asarray(leaf).astype(np.float16).astype(np.float32)), weights)


def config() -> dict[str, Any]:
    """As the golden cases of Trax; `shift_right`: this model saw a 0 before the first token."""
    return {
        "model_type": "reformer",
        "architectures": ["ReformerModelWithLMHead"],
        "attn_layers": COPY.layers,
        "vocab_size": VOCABULARY,
        "hidden_size": SHAPE["d_model"],
        "num_attention_heads": SHAPE["n_heads"],
        "attention_head_size": SHAPE["d_attention_key"],
        "feed_forward_size": SHAPE["d_ff"],
        "hidden_act": "gelu_new",
        "is_decoder": True,
        "layer_norm_eps": 1e-6,
        "lsh_attn_chunk_length": ATTENTION.keywords["chunk_len"],
        "lsh_num_chunks_before": 1,
        "lsh_num_chunks_after": 0,
        "num_hashes": ATTENTION.keywords["n_hashes"],
        "num_buckets": ATTENTION.keywords["n_buckets"],
        "max_position_embeddings": SHAPE["max_len"],
        "axial_pos_embds": False,
        "position_embedding_type": COPY.positions,
        "fixed_bases": [11, 13, 14, 15][:BASES],
        "fixed_base_digits": DIGITS,
        "hidden_dropout_prob": 0.0,
        "lsh_attention_probs_dropout_prob": 0.0,
        "tie_word_embeddings": False,
        "pad_token_id": 0,
        "shift_right": True,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    model = build("eval")
    signature = trax.shapes.ShapeDtype((1, LENGTH), dtype=np.int32)
    model.init_from_file(str(arguments.checkpoint / "model.pkl.gz"), weights_only=True, input_signature=signature)
    weights = rounded_to_half(model.weights)

    arguments.out.mkdir(parents=True, exist_ok=True)
    leaves = [np.asarray(leaf) for leaf in jax.tree_util.tree_leaves(weights)]
    tensors = {name: np.ascontiguousarray(value, np.float16) for name, value in translated(COPY, leaves).items()}
    save_file(tensors, arguments.out / "model.safetensors", metadata={"format": "pt"})
    # The first layer that hashes is rotations.0, as in a golden case.
    factors = ATTENTION.keywords["n_buckets"]
    shape = (SHAPE["d_attention_key"], ATTENTION.keywords["n_hashes"], sum(factors) // 2)
    rotations = rotations_of(eval_model(1)[1], shape, SHAPE["n_heads"])
    save_file({f"rotations.{i}": rotation for i, rotation in enumerate(rotations)}, arguments.out / "rotations.safetensors")
    (arguments.out / "config.json").write_text(json.dumps(config(), indent=1) + "\n")
    result = copies(weights)
    (arguments.out / "copies.json").write_text(json.dumps(result) + "\n")
    print(f"right of {result['of']}: {result['right']}")


if __name__ == "__main__":
    main()
