"""Rows for the intent pack: CLINC150 and Banking77 in one label space, with out-of-scope texts."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgemark_trainer.readers.intents import BANKING77, CLINC150
from edgemark_trainer.rows import Row

OUT_OF_SCOPE = "out_of_scope"
VALIDATION_FRACTION = 0.1
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class IntentCorpus:
    """Parts by name: `clinc`, `banking` and `outside` (CLINC150's out-of-scope rows)."""

    train: dict[str, list[Row]]
    validation: dict[str, list[Row]]
    test: dict[str, list[Row]]

    def labels(self) -> list[str]:
        """Give all labels in alphabetical order, the out-of-scope label last."""
        names = self.labels_of("clinc") | self.labels_of("banking")
        return [*sorted(names), OUT_OF_SCOPE]

    def labels_of(self, part: str) -> set[str]:
        """Give one set's labels."""
        return {row.label for row in self.train[part]}

    def known(self) -> list[Row]:
        """Give all training rows, in-scope first."""
        return [row for part in ("clinc", "banking", "outside") for row in self.train[part]]


def label_name(label: str) -> str:
    """Write a label as an identifier: lower case, no question mark; `oos` in full.

    Banking77 and CLINC150 both have `exchange_rate` with one meaning: it becomes one label.
    """
    return OUT_OF_SCOPE if label == "oos" else label.lower().rstrip("?")


def named(rows: Sequence[Row]) -> list[Row]:
    """Tidy blanks and names."""
    return [
        replace(row, text=_BLANKS.sub(" ", row.text).strip(), label=label_name(row.label))
        for row in rows
    ]


def split_by_label(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Split off a tenth of each label's distinct texts; gives (rest, part)."""
    texts: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        texts[row.label].add(row.text)
    rng = random.Random(seed)
    rest: list[Row] = []
    part: list[Row] = []
    for label in sorted(texts):
        shuffled = sorted(texts[label])
        rng.shuffle(shuffled)
        count = round(len(shuffled) * VALIDATION_FRACTION)
        part += [Row(text, label) for text in shuffled[:count]]
        rest += [Row(text, label) for text in shuffled[count:]]
    return rest, part


def read_intents(root: Path) -> IntentCorpus:
    """Read both sets; texts of a test part are taken out of training and validation."""
    clinc, banking = CLINC150.read(root), BANKING77.read(root)
    banking_train, banking_validation = split_by_label(named(banking["train"]), seed=0)
    test = {
        "clinc": named(clinc["test"]),
        "banking": named(banking["test"]),
        "outside": named(clinc["oos_test"]),
    }
    tested = {row.text.lower() for rows in test.values() for row in rows}

    def untested(rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if row.text.lower() not in tested]

    return IntentCorpus(
        train={
            "clinc": untested(named(clinc["train"])),
            "banking": untested(banking_train),
            "outside": untested(named(clinc["oos_train"])),
        },
        validation={
            "clinc": untested(named(clinc["validation"])),
            "banking": untested(banking_validation),
            "outside": untested(named(clinc["oos_validation"])),
        },
        test=test,
    )
