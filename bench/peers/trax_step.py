"""A training step of Trax' ReformerLM, compiled whole by jax; the compilation is not timed."""

import functools
import os
from importlib.metadata import version

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import numpy as np
import trax
from trax import layers as tl

import measure as m

length = m.asked_length()
# One head after another, its default: both at once is slower here, and needs more memory.
local = functools.partial(tl.SelfAttention, chunk_len=m.CHUNK, n_chunks_before=1)
lsh = functools.partial(tl.LSHSelfAttention, chunk_len=m.CHUNK, n_chunks_before=1, n_hashes=1, n_buckets=None)
model = trax.models.ReformerLM(
    m.VOCABULARY,
    d_model=m.WIDTH,
    d_ff=m.FEED_FORWARD,
    d_attention_key=m.DEPTH,
    d_attention_value=m.DEPTH,
    n_layers=m.LAYERS,
    n_heads=m.HEADS,
    dropout=0.0,
    max_len=length,
    attention_type=[local, lsh],
    # Any other word than the ones it knows: without it, axial shapes are ignored.
    pos_type="axial",
    pos_axial_shape=m.axial_shape(length),
    pos_d_axial_embs=m.AXIAL_WIDTHS,
    ff_activation=tl.Relu,
    mode="train",
)
inputs, targets = (array.astype(np.int32) for array in m.sequence(length))
# It shifts its inputs by one by itself, and is given what it is to foretell.
batch = (targets, targets, np.ones(targets.shape, np.float32))
learner = tl.Serial(model, tl.WeightedCategoryCrossEntropy())
learner.init(trax.shapes.signature(batch))
optimizer = trax.optimizers.Adam(m.LEARNING_RATE, clip_grad_norm=None)
optimizer.tree_init(learner.weights)


def update(weights, state, slots, number, rng):
    def loss_of(weights):
        return learner.pure_fn(batch, weights, state, rng)

    (loss, state), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights)
    weights, slots, _ = optimizer.tree_update(number, gradients, weights, slots, optimizer.opt_params, False)
    return loss, weights, state, slots


current = (learner.weights, learner.state, optimizer.slots)
compiled = jax.jit(update).lower(*current, 0, jax.random.PRNGKey(0)).compile()
taken = 0


def step() -> float:
    global current, taken
    loss, *current = compiled(*current, taken, jax.random.PRNGKey(taken))
    jax.block_until_ready(current)
    taken += 1
    return float(loss)


m.report(step, f"trax {version('trax')}, jax {jax.__version__}")
