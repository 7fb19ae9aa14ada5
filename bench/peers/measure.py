"""What all peers share: the tokens that they learn, how long they are timed, and what they print."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Callable

import numpy as np

#: Timed steps take so many seconds together, and are at least and at most so many: the rule of `reformer bench`.
STEADY_SECONDS, LEAST, MOST = 6.0, 2, 15
#: Beyond this many seconds a first step's preparations do not matter, and it is the figure.
LONG_STEP = 20.0
VOCABULARY, WIDTH, FEED_FORWARD, HEADS, DEPTH, CHUNK, LAYERS = 320, 256, 512, 2, 64, 64, 6
AXIAL_WIDTHS = (64, 192)
LEARNING_RATE = 1e-3


def asked_length() -> int:
    return int(sys.argv[1])


def axial_shape(length: int) -> tuple[int, int]:
    """As square as possible."""
    rows = next(rows for rows in range(int(length**0.5), 0, -1) if length % rows == 0)
    return rows, length // rows


def sequence(length: int) -> tuple[np.ndarray, np.ndarray]:
    """`[1, length]` tokens without a rule, and each one's successor."""
    places = np.arange(length, dtype=np.uint64)
    inputs = ((places * 2_654_435_761 % 2**32) >> 8) % 256
    inputs = inputs.astype(np.int64)[None]
    return inputs, np.roll(inputs, -1, axis=1)


def report(step: Callable[[], float], about: str) -> None:
    """Takes steps, each of which ends with its loss as a number, and prints one JSON object."""
    losses: list[float] = []

    def timed() -> float:
        start = time.perf_counter()
        losses.append(step())
        return time.perf_counter() - start

    seconds = [timed()]
    if seconds[0] <= LONG_STEP:
        seconds = []
        while len(seconds) < MOST and (len(seconds) < LEAST or sum(seconds) < STEADY_SECONDS):
            seconds.append(timed())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak, "losses": [losses[0], losses[-1]], "about": about}))
