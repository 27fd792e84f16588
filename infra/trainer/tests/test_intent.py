"""The intent family: export equals model, rejection, augmentation, distillation."""

from pathlib import Path

import numpy as np
import pytest
import torch

from edgemark_trainer.augmentation import Augmenter, near_words, words
from edgemark_trainer.distillation import distil, distillation_loss, soft_rows
from edgemark_trainer.graph_runner import run_graph
from edgemark_trainer.intent_classifier import IntentClassifier, IntentShape, character_ngrams
from edgemark_trainer.intent_corpus import label_name, split_by_label
from edgemark_trainer.intent_export import export_intents
from edgemark_trainer.out_of_scope import (
    margin,
    rejection_loss,
    rejection_recall,
    shift_for_loss,
)
from edgemark_trainer.rows import Row
from edgemark_trainer.wordpiece import SPECIAL, pieces, train_wordpiece

PIECES = [*SPECIAL, *(f"word{i}" for i in range(40)), "##s"]
TEXTS = [[2, 5, 9, 3], [2, 3], [2, 7, 7, 44, 30, 12, 3], [2, 6, 3]]


@pytest.fixture
def model() -> IntentClassifier:
    """An untrained model with biases that are not zero."""
    torch.manual_seed(3)
    shape = IntentShape(len(PIECES), 5, pairs=1_031, bag=8, embedding=6, filters=4, characters=50)
    result = IntentClassifier(shape, PIECES).eval()
    with torch.no_grad():
        result.conv.bias.uniform_(-0.5, 0.5)
    return result


def expected(model: IntentClassifier) -> np.ndarray:
    with torch.no_grad():
        return np.stack([model(torch.tensor([row]))[0].numpy() for row in TEXTS])


def test_the_float_graph_gives_the_models_logits(model: IntentClassifier, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    export_intents(model, path, precision="fp32", temperature=2.0, out_of_scope=0.5)
    want = expected(model)
    want[:, -1] += 0.5
    np.testing.assert_allclose(run_graph(path, TEXTS), want / 2, atol=1e-5)


def test_the_int8_graph_is_near_and_ignores_padding(
    model: IntentClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    export_intents(model, path, precision="int8", temperature=1.0, out_of_scope=0.0)
    together = run_graph(path, [*TEXTS, []])
    alone = np.concatenate([run_graph(path, [row]) for row in [*TEXTS, []]])
    np.testing.assert_allclose(together[:-1], expected(model), atol=0.1)
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert np.isfinite(together).all()


def test_character_ngrams_tell_a_words_start_from_its_inside() -> None:
    assert character_ngrams("[CLS]", 100) == []
    assert character_ngrams("card", 10**6) != character_ngrams("##card", 10**6)


def test_pair_buckets_must_outnumber_the_vocabulary() -> None:
    with pytest.raises(ValueError, match="more pair buckets"):
        IntentClassifier(IntentShape(len(PIECES), 5, pairs=31), PIECES)


def test_the_shift_spends_the_allowed_loss_and_no_more() -> None:
    logits = np.array([[3, 0, 0], [2, 0, 0], [1, 0, 0], [0, 5, 0], [0, 1, 2]], dtype=np.float32)
    actual = np.array([0, 0, 0, 1, 0])
    logits[:, 2] += shift_for_loss(logits, actual, 0.2)
    assert rejection_loss(logits, actual) == pytest.approx(0.2)
    assert margin(logits)[2] > 0 > margin(logits)[1]
    assert rejection_recall(logits[[2, 4]]) == 1.0


def test_augmentation_repeats_with_its_seed_and_stays_in_the_vocabulary() -> None:
    rows = {"bank": [Row("where is my card now", "card"), Row("my card is late", "card")]}
    drawn = [Augmenter(rows, {}, seed=4).draw(20) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) > 5
    assert words("Don't, 3!") == ["don't", ",", "3", "!"]


def test_near_words_leaves_out_the_word_itself() -> None:
    vectors = np.array([[1, 0, 0.1], [1, 0.1, 0], [-1, 0, 0], [-1, -0.1, 0]], dtype=np.float32)
    near = near_words({"cash"}, {"cash": 0, "money": 1, "blue": 2, "red": 3}, vectors)
    assert near == {"cash": ["money"]}


def test_distillation_learns_what_the_teacher_says() -> None:
    torch.manual_seed(0)
    targets = np.eye(5, dtype=np.float16)[[0, 1, 2, 3]].repeat(16, axis=0)
    rows = soft_rows([row for row in TEXTS for _ in range(16)], targets, np.full(64, -1))
    shape = IntentShape(len(PIECES), 5, pairs=1_031, bag=8, embedding=6, filters=4, characters=50)
    student = IntentClassifier(shape, PIECES)
    distil(student, rows, epochs=60, batch=16)
    assert expected(student).argmax(1).tolist() == [0, 1, 2, 3]


def test_an_unknown_label_leaves_only_the_soft_loss() -> None:
    logits, targets = torch.tensor([[0.0, 2.0]]), torch.tensor([[0.25, 0.75]])
    soft = -(targets * logits.log_softmax(1)).sum()
    assert distillation_loss(logits, targets, torch.tensor([-1])) == pytest.approx(float(soft))


def test_labels_become_identifiers_and_splits_repeat() -> None:
    assert label_name("reverted_card_payment?") == "reverted_card_payment"
    assert label_name("oos") == "out_of_scope"
    rows = [Row(f"text {i}", "a") for i in range(30)]
    rest, part = split_by_label(rows, 0)
    assert (len(rest), len(part)) == (27, 3)
    assert split_by_label(rows[::-1], 0) == (rest, part)


def test_wordpiece_marks_both_ends_and_reads_special_pieces_as_text() -> None:
    tokenizer = train_wordpiece(["card arrival [SEP] late"] * 3, vocabulary=80)
    ids = tokenizer.encode("card [SEP]").ids
    assert ids[0] == SPECIAL.index("[CLS]")
    assert ids.count(SPECIAL.index("[SEP]")) == 1
    assert pieces(tokenizer)[:4] == SPECIAL
