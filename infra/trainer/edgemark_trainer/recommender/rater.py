"""What every rating model offers: it is fitted to ratings and predicts pairs."""

from typing import Protocol, Self

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints


class Rater(Protocol):
    """A rating model; predictions may leave the scale, `clipped` brings them back."""

    def fit(self, train: Interactions) -> Self:
        """Learn from ratings (the interactions' values)."""
        ...

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Predict what each user would give to the item beside them."""
        ...


def clipped(ratings: Floats, scale: tuple[float, float] = (1.0, 5.0)) -> Floats:
    """Bring predictions back to the scale."""
    result: Floats = ratings.clip(*scale)
    return result
