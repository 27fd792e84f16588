"""Pairs of sentences in two languages."""

from pathlib import Path

import pytest

from edgemark_trainer.translations import PAIRS, draw_pairs, read_pairs

LINES = (
    "\ufeffHi.\t嗨。\tby a\nHello  there.\t你好。\tby b\nHey.\t你好。\tby c\nRun!\t快跑！\tby d\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / PAIRS).parent.mkdir(parents=True)
    (tmp_path / PAIRS).write_text(LINES, encoding="utf-8")
    return tmp_path


def test_pairs_are_read_without_their_credits(root: Path) -> None:
    assert read_pairs(root)[:2] == [("Hi.", "嗨。"), ("Hello there.", "你好。")]


def test_a_chinese_sentence_is_drawn_once_with_a_translation(root: Path) -> None:
    english, chinese = draw_pairs(root, 10, 1)
    assert sorted(chinese) == ["你好。", "嗨。", "快跑！"]
    assert set(zip(english, chinese, strict=True)) <= set(read_pairs(root))
    assert draw_pairs(root, 2, 1) == draw_pairs(root, 2, 1) and len(draw_pairs(root, 2, 1)[0]) == 2
