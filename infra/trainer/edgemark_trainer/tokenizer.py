"""Trains and reads tokenizer.json: byte-pair encoding that Python and JavaScript encode alike.

Choices that keep `tokenizers` (Rust) and `@huggingface/tokenizers` (JavaScript) identical are
explained in README.md, section "One tokenizer, two libraries".
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

PAD, UNKNOWN = "[PAD]", "[UNK]"
PAD_ID = 0

# Control characters, U+FEFF and U+0085 (blank in one library only), U+FFFD (an undecodable byte).
_BLANKS = "[" + "".join(map(chr, [*range(0x20), *range(0x7F, 0xA1), 0xFEFF, 0xFFFD])) + "]"

# Chinese characters, written out because the two regular-expression dialects differ in classes.
_HAN = "[㐀-䶿一-鿿]"


def normalizer() -> normalizers.Normalizer:
    """NFKC, blanks for what is not text, lower case without the context rule for final sigma."""
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.Replace("Σ", "σ"),
            normalizers.Lowercase(),
        ]
    )


def pre_tokenizer(single_han: bool) -> pre_tokenizers.PreTokenizer:
    """Split at blanks and punctuation, and where `single_han` around each Chinese character."""
    bert = pre_tokenizers.BertPreTokenizer()
    if not single_han:
        return bert
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(_HAN), "isolated"), bert])


def train_tokenizer(
    texts: Iterable[str],
    *,
    vocabulary: int,
    longest_token: int = 10,
    alphabet: int = 5000,
    single_han: bool = False,
) -> Tokenizer:
    """Train byte-pair encoding on texts; ids 0 and 1 are padding and unknown characters.

    The two are no added tokens: a user who writes "[PAD]" gets that text's own pieces.
    """
    tokenizer = Tokenizer(BPE(unk_token=UNKNOWN, fuse_unk=False))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizer(single_han)
    trainer = BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, UNKNOWN],
        max_token_length=longest_token,
        limit_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    document: dict[str, Any] = json.loads(tokenizer.to_str())
    document["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(document))


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write tokenizer.json without indentation: half the size."""
    document = json.loads(tokenizer.to_str())
    path.write_text(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


def encode(tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int = 0) -> list[list[int]]:
    """Give each text's ids, the first `max_tokens` of them (0: all).

    A lone surrogate cannot travel in UTF-8: serving sees U+FFFD in its place, and so does this.
    """
    sound = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    encodings = tokenizer.encode_batch_fast(sound)
    return [encoding.ids[:max_tokens] if max_tokens else encoding.ids for encoding in encodings]


def encode_lines(path: Path) -> None:
    """Read JSON strings, one a line, from standard input; write their id lists as JSON lines."""
    tokenizer = Tokenizer.from_file(str(path))
    for line in sys.stdin:
        print(json.dumps(encode(tokenizer, [json.loads(line)])[0], separators=(",", ":")))
