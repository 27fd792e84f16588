"""The tokenizer's own rules."""

from tokenizers import Tokenizer

from edgemark_trainer.tokenizer import PAD_ID, encode, train_tokenizer

TEXTS = ["the film is good", "很好吃，味道足", "The Film Was Bad!"] * 20


def small() -> Tokenizer:
    return train_tokenizer(TEXTS, vocabulary=80)


def test_case_width_and_control_characters_do_not_matter() -> None:
    ids = encode(small(), ["the film", "ＴＨＥ\u0000Film", "\ufeffthe\u0085film\ufffd"])
    assert ids[0] == ids[1] == ids[2]


def test_lone_surrogate_is_read_as_an_undecodable_byte() -> None:
    ids = encode(small(), ["good\ud800film", "good film"])
    assert ids[0] == ids[1]


def test_padding_token_cannot_be_typed_by_a_user() -> None:
    assert PAD_ID not in encode(small(), ["[PAD] [UNK]"])[0]


def test_only_the_first_tokens_are_kept() -> None:
    whole = encode(small(), [TEXTS[0]])[0]
    assert encode(small(), [TEXTS[0]], 2)[0] == whole[:2]
    assert encode(small(), [""]) == [[]]


def test_chinese_characters_can_be_kept_single() -> None:
    tokenizer = train_tokenizer(TEXTS, vocabulary=80, single_han=True)
    assert len(encode(tokenizer, ["很好吃"])[0]) == 3
