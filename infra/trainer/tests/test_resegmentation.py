"""Other cuts of Chinese texts."""

import numpy as np

from edgemark_trainer.resegmentation import resegmented


def test_blanks_come_only_between_chinese_characters_and_repeat_by_seed() -> None:
    texts = ["good film 很好吃，味道足" * 5]
    (cut,) = resegmented(texts, 0.5, np.random.default_rng(1))
    assert cut != texts[0] and "good film" in cut
    assert cut.replace(" ", "") == texts[0].replace(" ", "")
    assert [cut] == resegmented(texts, 0.5, np.random.default_rng(1))


def test_full_share_separates_every_character() -> None:
    assert resegmented(["很好吃"], 1.0, np.random.default_rng(0)) == ["很 好 吃"]
