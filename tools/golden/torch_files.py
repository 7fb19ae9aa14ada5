"""Writes the files of PyTorch that `packages/model/src/io/torch-file.test.ts` reads: `python torch_files.py OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file


def main() -> None:
    out = Path(sys.argv[1])
    table = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    state = {
        "whole": table,
        "transposed": table.t(),
        "tied": table[1:],
        "half": torch.tensor([1.5, -0.0, 65504.0, 2.0**-24], dtype=torch.float16),
        "brain": torch.tensor([1.5, -3.0]).to(torch.bfloat16),
        "long": torch.tensor([2**40, -1]),
        "scalar": torch.tensor(7.0),
    }
    torch.save(state, out / "archive.bin")
    torch.save(state, out / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": state, "step": 3}, out / "wrapped.pth")
    torch.save(torch.nn.Linear(2, 2), out / "module.pth")
    golden = Path(__file__).parents[2] / "packages/model/test/golden/transformers-mixed"
    torch.save(load_file(golden / "model.safetensors"), out / "pytorch_model.bin")


if __name__ == "__main__":
    main()
