"""Makes the pictures of the image load: mosaics of real photographs, as large as a web shop's and a telephone's.

The data sets have small pictures only; a grid of them has the detail of a large one. Quality 85, chroma halved, as cameras write.
"""

import argparse
import random
from pathlib import Path

from PIL import Image

SIDE = 128
WEB, PHONE = (640, 480), (4000, 3000)
COUNT = {"web": 32, "phone": 4, "phone-progressive": 2}


def main() -> None:
    """Write the kinds of pictures, each into a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    sources = sorted((options.data / "image/grocery-store-128px").rglob("*.jpg"))
    rng = random.Random(0)
    for kind, count in COUNT.items():
        folder = options.out / kind
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            path = folder / f"{number:02}.jpg"
            if not path.exists():
                picture = mosaic(sources, WEB if kind == "web" else PHONE, rng)
                picture.save(
                    path,
                    quality=85,
                    subsampling="4:2:0",
                    progressive=kind.endswith("progressive"),
                )


def mosaic(
    sources: list[Path], size: tuple[int, int], rng: random.Random
) -> Image.Image:
    """Fill a picture with photographs, each magnified to a quarter of the width of a web picture."""
    picture = Image.new("RGB", size)
    step = 160
    for top in range(0, size[1], step):
        for left in range(0, size[0], step):
            with Image.open(rng.choice(sources)) as photograph:
                tile = photograph.convert("RGB").resize(
                    (step, step), Image.Resampling.BICUBIC
                )
                picture.paste(tile, (left, top))
    return picture


if __name__ == "__main__":
    main()
