"""Contact sheets for the card: the surest mistakes, and test images drawn by chance."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from edgemark_trainer.image_figures import HeadAnswers
from edgemark_trainer.image_pixels import open_image
from edgemark_trainer.image_rows import ImageRow

COLUMNS = 8
MISTAKES, SAMPLES = 24, 16
TILE, LINE = 96, 11
COLOURS = 96
LONGEST_NAME = 17
MOST_OF_A_KIND = 2
LARGEST_BYTES = 150_000
BLACK, GREEN, RED = "black", "#070", "#b00"

Caption = tuple[str, str]  # a line of text and its colour


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


def mistakes_sheet(rows: Sequence[ImageRow], head: HeadAnswers) -> Image.Image:
    """Draw the surest mistakes: the image, below it the right label and the answer."""
    places = surest_mistakes(head, MISTAKES)
    captions = [
        [
            (head.labels[head.actual[place]][:LONGEST_NAME], BLACK),
            (_with_score(head, place, head.labels[head.predicted[place]]), RED),
        ]
        for place in places
    ]
    return _sheet([rows[place] for place in places], captions)


def samples_sheet(rows: Sequence[ImageRow], heads: Sequence[HeadAnswers], seed: int) -> Image.Image:
    """Draw test images by chance, each with every head's answer: green right, red wrong."""
    drawn = np.random.default_rng(seed).permutation(len(rows))[:SAMPLES]
    captions = [[_answer(head, int(place)) for head in heads] for place in drawn]
    return _sheet([rows[place] for place in drawn], captions)


def save_sheet(sheet: Image.Image, path: Path) -> None:
    """Write a PNG of few colours, and of fewer until it is small enough."""
    colours = COLOURS
    while True:
        sheet.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES or colours <= 8:
            return
        colours //= 2


def _answer(head: HeadAnswers, place: int) -> Caption:
    """Give what the head answers as it serves, `other` included."""
    given, right = int(head.predicted[place]), int(head.actual[place])
    if head.probabilities[place].max() < head.threshold:
        return "other", RED
    return _with_score(head, place, head.labels[given]), GREEN if given == right else RED


def _with_score(head: HeadAnswers, place: int, label: str) -> str:
    return f"{label[: LONGEST_NAME - 5]} {round(100 * float(head.probabilities[place].max()))} %"


def _sheet(rows: Sequence[ImageRow], captions: Sequence[Sequence[Caption]]) -> Image.Image:
    """Lay images out in lines of COLUMNS, each with its captions below."""
    lines = max(1, -(-len(rows) // COLUMNS))
    height = TILE + 2 + LINE * max((len(found) for found in captions), default=1)
    sheet = Image.new("RGB", (COLUMNS * TILE, lines * height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(10)
    for number, (row, found) in enumerate(zip(rows, captions, strict=True)):
        left, top = number % COLUMNS * TILE, number // COLUMNS * height
        picture = open_image(row.path)
        picture.thumbnail((TILE - 2, TILE - 2))
        sheet.paste(picture, (left + (TILE - picture.width) // 2, top))
        for line, (text, colour) in enumerate(found):
            draw.text((left + 2, top + TILE - 1 + line * LINE), text, colour, font)
    return sheet
