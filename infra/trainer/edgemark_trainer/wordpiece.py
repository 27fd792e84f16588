"""WordPiece tokenizer of the intent pack: pieces that tell a word's start from its inside."""

import json
from collections.abc import Iterable

from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

from edgemark_trainer.tokenizer import PAD, UNKNOWN, normalizer

BEGIN, END = "[CLS]", "[SEP]"
SPECIAL = [PAD, UNKNOWN, BEGIN, END]


def train_wordpiece(texts: Iterable[str], *, vocabulary: int, alphabet: int = 100) -> Tokenizer:
    """Train on texts; every encoding stands between the begin and the end piece.

    The special pieces are no added tokens: a user who writes "[SEP]" gets that text's own pieces.
    """
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=64))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=SPECIAL,
        limit_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A {END}",
        special_tokens=[(piece, SPECIAL.index(piece)) for piece in (BEGIN, END)],
    )
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = []
    document["decoder"] = None
    return Tokenizer.from_str(json.dumps(document))


def pieces(tokenizer: Tokenizer) -> list[str]:
    """Give the pieces in order of their ids."""
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    return sorted(vocabulary, key=lambda piece: vocabulary[piece])
