"""English sentences with Chinese translations: what an English teacher says of one holds for both.

From Tatoeba (CC BY 2.0 FR, tatoeba.org) as the bilingual pairs of manythings.org have it.
"""

from pathlib import Path

import numpy as np

PAIRS = "translation/tatoeba-cmn-eng/cmn.txt"
TITLE, LICENCE, ORIGIN = "Tatoeba English-Chinese pairs", "CC BY 2.0 FR", "tatoeba.org"


def read_pairs(root: Path) -> list[tuple[str, str]]:
    """Read all pairs (English, Chinese) in the file's order, blanks tidied."""
    lines = (root / PAIRS).read_text(encoding="utf-8-sig").splitlines()
    columns = [line.split("\t") for line in lines if line.strip()]
    return [(" ".join(c[0].split()), " ".join(c[1].split())) for c in columns]


def draw_pairs(root: Path, limit: int, seed: int) -> tuple[list[str], list[str]]:
    """Draw at most `limit` pairs with different Chinese sentences; gives both sides in order."""
    by_chinese = {chinese: english for english, chinese in read_pairs(root)}
    chinese = sorted(by_chinese)
    count = min(limit, len(chinese))
    chosen = np.random.default_rng(seed).choice(len(chinese), count, replace=False)
    drawn = [chinese[i] for i in sorted(chosen)]
    return [by_chinese[text] for text in drawn], drawn
