"""A recipe small enough to train in a second."""

import pytest

from edgemark_trainer.recipe import Recipe, parse_recipe

TINY = """
name = "tiny"
version = "1.0.0"
title = "Tiny"
description = "Good or bad."
licence = "none"
languages = ["en"]
labels = ["bad", "good"]
max_tokens = 16
[tokenizer]
vocabulary = 120
[model]
bag = 2
hashed = 500
embedding = 8
filters = 4
[training]
epochs = 3
batch_rows = 16
[[data]]
set = "tiny"
train = "all"
test_fraction = 0.2
validation_fraction = 0.2
[card]
use = "Tests."
limits = "All else."
"""


@pytest.fixture
def tiny_recipe() -> Recipe:
    """The recipe above."""
    return parse_recipe(TINY)
