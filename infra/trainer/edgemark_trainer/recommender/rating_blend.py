"""Several rating models stacked by ridge regression on held-out ratings of the training part."""

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
from sklearn.linear_model import Ridge

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints
from edgemark_trainer.recommender.protocols import random_share
from edgemark_trainer.recommender.rater import Rater
from edgemark_trainer.recommender.rating_biases import RatingBiases

MakeRater = Callable[[], Rater]


class RatingBlend:
    """Members are fitted on all but a share to learn the weights, then on everything.

    Beside the members' predictions the regression sees biases and log counts of user and item.
    """

    def __init__(
        self,
        members: Sequence[MakeRater],
        *,
        share: float = 0.1,
        penalty: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.members = members
        self.share = share
        self.seed = seed
        self.fitted_: list[Rater] = []
        self.biases_ = RatingBiases()
        self.counts_: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
        self.ridge_ = Ridge(alpha=penalty)

    def fit(self, train: Interactions) -> Self:
        """Predict the share by members fitted on the rest, regress, fit the members again."""
        inner = random_share(train, self.seed, self.share)
        self._fit_members(inner.train)
        held = inner.test
        self.ridge_.fit(self._columns(held.users, held.items), held.values)
        self._fit_members(train)
        return self

    def _fit_members(self, train: Interactions) -> None:
        self.fitted_ = [make().fit(train) for make in self.members]
        self.biases_.fit(train)
        users, items = train.shape
        self.counts_ = (
            np.log1p(np.bincount(train.users, minlength=users)),
            np.log1p(np.bincount(train.items, minlength=items)),
        )

    def _columns(self, users: Ints, items: Ints) -> Floats:
        """Give the regression's inputs [pairs, columns]."""
        members = np.stack([member.predict(users, items) for member in self.fitted_], axis=1)
        by_user, by_item = self.counts_[0][users], self.counts_[1][items]
        more = [self.biases_.user_[users], self.biases_.item_[items], by_user, by_item]
        return np.column_stack([members, *more])

    def predict(self, users: Ints, items: Ints) -> Floats:
        """Give the regression's answer."""
        return np.asarray(self.ridge_.predict(self._columns(users, items)))
