"""Tokens per second of transformers' cached `generate`, in the shape of google/reformer-crime-and-punishment.

Prints one JSON object. What it takes to read the prompt does not count.
"""

import json
import sys
import time

import torch
from transformers import ReformerConfig, ReformerModelWithLMHead

length, tokens = (int(word) for word in sys.argv[1:3])
torch.manual_seed(0)
config = ReformerConfig(
    vocab_size=320,
    hidden_size=256,
    feed_forward_size=512,
    num_attention_heads=2,
    attention_head_size=64,
    attn_layers=["local", "lsh"] * 3,
    lsh_attn_chunk_length=64,
    local_attn_chunk_length=64,
    num_hashes=1,
    num_buckets=[64, 128],
    max_position_embeddings=524_288,
    axial_pos_shape=[512, 1024],
    axial_pos_embds_dim=[64, 192],
    is_decoder=True,
    pad_token_id=0,
    eos_token_id=None,
)
model = ReformerModelWithLMHead(config).eval()
prompt = torch.tensor([[((i * 2_654_435_761 % 2**32) >> 8) % 320 for i in range(length)]])


class Clock:
    """Notes when generate hands on the prompt and every token."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def put(self, _value: torch.Tensor) -> None:
        self.times.append(time.perf_counter())

    def end(self) -> None:
        pass


def write(count: int) -> list[float]:
    clock = Clock()
    with torch.no_grad():
        model.generate(prompt, max_new_tokens=count, do_sample=False, use_cache=True, streamer=clock)
    return clock.times


# The prompt, then the first token, which waited for the prompt to be read.
begin, first, *rest = write(tokens)
rate = len(rest) / (rest[-1] - first)
print(json.dumps({"length": length, "tokensPerSecond": rate, "secondsReading": first - begin}))
