"""A training step of reformer-pytorch's ReformerLM. Its kinds of attention alternate by head instead of by layer."""

from importlib.metadata import version

import torch
from reformer_pytorch import ReformerLM
from torch.nn.functional import cross_entropy

import measure as m

length = m.asked_length()
torch.manual_seed(0)
model = ReformerLM(
    num_tokens=m.VOCABULARY,
    dim=m.WIDTH,
    depth=m.LAYERS,
    max_seq_len=length,
    heads=m.HEADS,
    dim_head=m.DEPTH,
    bucket_size=m.CHUNK,
    n_hashes=1,
    ff_mult=m.FEED_FORWARD // m.WIDTH,
    # Its default is 100 pieces, one after another: at these widths one piece is faster.
    ff_chunks=1,
    attn_chunks=1,
    causal=True,
    axial_position_emb=True,
    axial_position_shape=m.axial_shape(length),
    n_local_attn_heads=m.HEADS // 2,
).train()
optimizer = torch.optim.Adam(model.parameters(), lr=m.LEARNING_RATE, fused=True)
inputs, targets = (torch.from_numpy(array) for array in m.sequence(length))


def step() -> float:
    loss = cross_entropy(model(inputs)[0], targets[0])
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


m.report(step, f"reformer-pytorch {version('reformer-pytorch')}, torch {torch.__version__}")
