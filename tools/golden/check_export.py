"""Opens a folder that we saved with transformers and prints the loss it finds there.

    python check_export.py FOLDER TOKENS

TOKENS is a text file of token ids between spaces or line breaks: one sequence. Prints one JSON line. `hash_seed` of the
folder's config makes the rotations reproducible; without it they are drawn from torch's seed 0.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from transformers import ReformerModelWithLMHead


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tokens", type=Path)
    arguments = parser.parse_args()
    tokens = [int(word) for word in arguments.tokens.read_text().split()]

    model, report = ReformerModelWithLMHead.from_pretrained(arguments.folder, output_loading_info=True)
    model.eval()
    torch.manual_seed(0)
    input_ids = torch.tensor([tokens])
    with torch.no_grad():
        loss = model(input_ids, labels=input_ids).loss.item()
    print(
        json.dumps(
            {
                "loss": loss,
                "tokens": len(tokens),
                "parameters": model.num_parameters(),
                "missing": sorted(report["missing_keys"]),
                "unexpected": sorted(report["unexpected_keys"]),
            }
        )
    )


if __name__ == "__main__":
    main()
