"""A training step of transformers' ReformerModelWithLMHead."""

import torch
import transformers
from transformers import ReformerConfig, ReformerModelWithLMHead

import measure as m

length = m.asked_length()
torch.manual_seed(0)
config = ReformerConfig(
    vocab_size=m.VOCABULARY,
    hidden_size=m.WIDTH,
    feed_forward_size=m.FEED_FORWARD,
    num_attention_heads=m.HEADS,
    attention_head_size=m.DEPTH,
    attn_layers=["local", "lsh"] * (m.LAYERS // 2),
    lsh_attn_chunk_length=m.CHUNK,
    local_attn_chunk_length=m.CHUNK,
    num_hashes=1,
    # None: as many as its own rule makes of the length.
    num_buckets=None,
    # In training it wants a table of exactly the length.
    max_position_embeddings=length,
    axial_pos_shape=list(m.axial_shape(length)),
    axial_pos_embds_dim=list(m.AXIAL_WIDTHS),
    # Its own defaults are 0.05 of hidden states; drawing these numbers would cost it time that others do not spend.
    hidden_dropout_prob=0.0,
    lsh_attention_probs_dropout_prob=0.0,
    local_attention_probs_dropout_prob=0.0,
    is_decoder=True,
)
model = ReformerModelWithLMHead(config).train()
optimizer = torch.optim.Adam(model.parameters(), lr=m.LEARNING_RATE, fused=True)
# It shifts the labels itself.
inputs = torch.from_numpy(m.sequence(length)[0])


def step() -> float:
    loss = model(input_ids=inputs, labels=inputs, use_cache=False, return_dict=True).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


m.report(step, f"transformers {transformers.__version__}, torch {torch.__version__}")
