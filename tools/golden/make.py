"""Makes every golden case: `python tools/golden/make.py`.

The two references cannot live in one environment, so each gets a virtual environment of its own (made when missing,
outside the repository) and this script, which needs nothing but Python 3.11, runs their dumps one after the other.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_OUT = HERE.parents[1] / "packages" / "model" / "test" / "golden"
DEFAULT_ENVIRONMENTS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "reformer-ts" / "golden"
REFERENCES = {"transformers": "torch_reference.run", "trax": "trax_reference.run"}
BUDGET_BYTES = 5_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="cases to make, without the reference's prefix; default: all")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder that receives one folder per case")
    parser.add_argument("--environments", type=Path, default=DEFAULT_ENVIRONMENTS, help="where virtual environments live")
    parser.add_argument("--reference", choices=REFERENCES, help="only this one")
    arguments = parser.parse_args()
    for reference, module in REFERENCES.items():
        if arguments.reference in (None, reference):
            python = environment(arguments.environments / reference, HERE / f"requirements-{reference}.txt")
            subprocess.run([python, "-m", module, arguments.out.resolve(), *arguments.names], cwd=HERE, check=True)
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{len(list(arguments.out.iterdir()))} cases, {size / 1e6:.2f} MB in {arguments.out}")
    if size > BUDGET_BYTES:
        sys.exit(f"The cases may take {BUDGET_BYTES / 1e6} MB in total.")


def environment(folder: Path, requirements: Path) -> Path:
    """The environment's Python. A stamp holds the requirements it was made from; others make it anew."""
    python, stamp = folder / "bin" / "python", folder / "requirements.txt"
    wanted = requirements.read_text()
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"Installing {requirements.name} into {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", requirements], check=True)
        stamp.write_text(wanted)
    return python


if __name__ == "__main__":
    main()
