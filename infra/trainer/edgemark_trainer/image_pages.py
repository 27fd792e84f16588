"""Drawn pages of text: pictures that are no product at all, for `other`.

Words are letters at random, in sizes from small print to headlines, dark on light or light on
dark, slightly turned, as on screenshots, receipts and banners.
"""

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 128
LETTERS = np.array(list(string.ascii_lowercase + string.ascii_uppercase + string.digits))


def text_pages(count: int, seed: int) -> list[Image.Image]:
    """Draw pages of 128 x 128 pixels; the same seed draws the same."""
    rng = np.random.default_rng(seed)
    return [_page(rng) for _ in range(count)]


def _page(rng: np.random.Generator) -> Image.Image:
    paper = rng.integers(170, 256, 3)
    ink = np.clip(paper - rng.integers(90, 200), 0, 255)
    if rng.random() < 0.3:
        paper, ink = ink, paper
    background = tuple(int(value) for value in paper)
    page = Image.new("RGB", (SIDE, SIDE), background)
    draw, height = ImageDraw.Draw(page), int(rng.integers(7, 30))
    font, top = ImageFont.load_default(height), int(rng.integers(0, 20))
    left = int(rng.integers(2, 16))
    while top < SIDE - int(rng.integers(0, 40)):
        draw.text((left, top), _line(rng, 2 * SIDE // height), tuple(map(int, ink)), font)
        top += round(height * float(rng.uniform(1.1, 1.8)))
    angle = float(rng.normal(0, 4))
    return page.rotate(angle, Image.Resampling.BILINEAR, fillcolor=background)


def _line(rng: np.random.Generator, longest: int) -> str:
    words: list[str] = []
    length = int(rng.integers(longest // 3, longest + 1))
    while sum(map(len, words)) < length:
        words.append("".join(rng.choice(LETTERS[:26], int(rng.integers(2, 10)))))
        if rng.random() < 0.15:
            words[-1] = "".join(rng.choice(LETTERS, len(words[-1])))
    return " ".join(words)
