"""Sentences of long documents."""

from edgemark_trainer.soft_sentences import sentences

SLOW = "This film was long and slow."
DOCUMENT = f"{SLOW} It had a fine cast though! Why? {SLOW}"


def test_sentences_are_cut_once_each_and_short_ones_left_out() -> None:
    assert sentences([DOCUMENT], 10, 1) == [
        "This film was long and slow.",
        "It had a fine cast though!",
    ]


def test_limit_draws_the_same_sentences_by_seed() -> None:
    many = [f"This is sentence number {i} of them." for i in range(50)]
    drawn = sentences(many, 5, 3)
    assert len(drawn) == 5 and drawn == sentences(many, 5, 3)
