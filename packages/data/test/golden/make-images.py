"""Writes the images of ../samples/formats from one emoji, and images.json: what Pillow reads in them.

pip install pillow==13.0.0 && python make-images.py
"""

import hashlib
import json
from pathlib import Path

from PIL import Image

here = Path(__file__).parent
samples = here / "../samples"
formats = samples / "formats"
formats.mkdir(exist_ok=True)


def on_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


smile = Image.open(samples / "emoji/1f600.png")
flat = on_white(smile)
gray = flat.convert("L")

smile.convert("LA").save(formats / "gray-alpha.png", optimize=True)
gray.save(formats / "gray.png", optimize=True)
gray.point(lambda value: 255 * (value > 128)).convert("1").save(formats / "one-bit.png", optimize=True)
gray.convert("I;16").point(lambda value: value * 257).save(formats / "sixteen-bit.png", optimize=True)
flat.quantize(16).save(formats / "palette.png", optimize=True)
smile.quantize(64).save(formats / "palette-alpha.png", optimize=True)
flat.save(formats / "baseline.jpg", quality=90, subsampling=0)
flat.save(formats / "progressive.jpg", quality=90, subsampling=0, progressive=True)
gray.save(formats / "gray.jpg", quality=90, subsampling=0)

golden = {
    "opaque": {
        str(path.relative_to(samples)): {"mode": "L", "sha256": digest(Image.open(path).convert("L"))}
        for path in [formats / "gray.png", formats / "one-bit.png"]
    }
    | {"formats/palette.png": {"mode": "RGB", "sha256": digest(Image.open(formats / "palette.png").convert("RGB"))}},
    "gray": digest(gray),
    "onWhite": list(flat.tobytes()[3 * 64 * 20 : 3 * 64 * 22]),
    "jpeg": {
        path.name: list(Image.open(path).convert("RGB").tobytes()[3 * 64 * 20 : 3 * 64 * 22])
        for path in sorted(formats.glob("*.jpg"))
    },
    "box": {
        str(size): list(flat.resize((size, size), Image.Resampling.BOX).tobytes()) for size in (16, 8)
    },
}
(here / "images.json").write_text(json.dumps(golden) + "\n")
