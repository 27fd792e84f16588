"""Sentences of long documents, spans of sentences."""

from edgemark_trainer.soft_texts import sentences, spans

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


def test_spans_are_runs_of_words_shorter_than_their_text() -> None:
    texts = ["one two three , four five six . seven eight", "a b", "nine ten eleven"]
    drawn = spans(texts, 12, 1)
    assert len(drawn) == 12 and len(set(drawn)) == 12 and drawn == spans(texts, 12, 1)
    for span in drawn:
        assert len(span.split()) >= 2 and span not in texts
        assert any(f" {span} " in f" {text} " for text in texts)


def test_clauses_are_among_the_spans() -> None:
    text = " ".join([*(f"w{i}" for i in range(12)), ", not worth the money ,", "end of it"])
    assert "not worth the money" in spans([text], 60, 1)


def test_texts_too_short_give_no_span() -> None:
    assert spans(["good", "so bad"], 5, 1) == []
