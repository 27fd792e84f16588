"""What the tokenizer is trained on: every source, long ones cut to a like share of characters."""

from collections.abc import Iterator, Sequence

import numpy as np

from edgemark_trainer.corpus import Source
from edgemark_trainer.readers import DATASETS

# A Chinese character carries about as much as three Latin letters.
CHARACTERS_PER_SOURCE = {"en": 6_000_000, "zh": 2_000_000}


def tokenizer_sample(sources: Sequence[Source], rng: np.random.Generator) -> Iterator[str]:
    """Give training texts in random order until the source's share is used."""
    for source in sources:
        left = CHARACTERS_PER_SOURCE[DATASETS[source.spec.set].languages[0]]
        for i in rng.permutation(len(source.train)):
            text = source.train[i].text
            yield text
            left -= len(text)
            if left <= 0:
                break
