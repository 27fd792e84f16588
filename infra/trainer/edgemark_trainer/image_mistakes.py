"""A contact sheet of the surest mistakes, for the card."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from edgemark_trainer.image_figures import HeadAnswers
from edgemark_trainer.image_pixels import open_image
from edgemark_trainer.image_rows import ImageRow

COLUMNS, ROWS = 8, 3
TILE, CAPTION = 96, 24
COLOURS = 96
LONGEST_NAME = 17
MOST_OF_A_KIND = 2
LARGEST_BYTES = 150_000


def surest_mistakes(head: HeadAnswers, most: int) -> list[int]:
    """Give the places of wrongly answered rows, the surest first, few of the same confusion."""
    wrong = np.flatnonzero(head.predicted != head.actual)
    order = np.argsort(-head.probabilities.max(axis=1)[wrong], kind="stable")
    seen: Counter[tuple[int, int]] = Counter()
    places = []
    for place in map(int, wrong[order]):
        pair = int(head.actual[place]), int(head.predicted[place])
        seen[pair] += 1
        if seen[pair] <= MOST_OF_A_KIND:
            places.append(place)
    return places[:most]


def contact_sheet(rows: Sequence[ImageRow], head: HeadAnswers) -> Image.Image:
    """Draw the surest mistakes: the image, below it the right label and the answer."""
    places = surest_mistakes(head, COLUMNS * ROWS)
    lines = max(1, -(-len(places) // COLUMNS))
    sheet = Image.new("RGB", (COLUMNS * TILE, lines * (TILE + CAPTION)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(10)
    for number, place in enumerate(places):
        left, top = number % COLUMNS * TILE, number // COLUMNS * (TILE + CAPTION)
        picture = open_image(rows[place].path)
        picture.thumbnail((TILE - 2, TILE - 2))
        sheet.paste(picture, (left + (TILE - picture.width) // 2, top))
        right, given = head.labels[head.actual[place]], head.labels[head.predicted[place]]
        sure = round(100 * float(head.probabilities[place].max()))
        draw.text((left + 2, top + TILE - 1), right[:LONGEST_NAME], "black", font)
        draw.text(
            (left + 2, top + TILE + 10), f"{given[: LONGEST_NAME - 5]} {sure} %", "#b00", font
        )
    return sheet


def save_sheet(sheet: Image.Image, path: Path) -> None:
    """Write a PNG of few colours, and of fewer until it is small enough."""
    colours = COLOURS
    while True:
        sheet.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES or colours <= 8:
            return
        colours //= 2
