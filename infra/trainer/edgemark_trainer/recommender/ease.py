"""EASE (Steck 2019) and its relatives: ridge regression of items on each other, in closed form.

With X [users, items], L a diagonal penalty and P = (X'X + L)^-1, EASE's weight of item i for j is
-P_ij / P_jj, its diagonal zero. One family has these members:

- `user_power` weighs a user's row by count^-power, so that heavy users do not decide alone.
- `dropout` p adds p / (1 - p) * count_j to L_j: EDLAE (Steck 2020), the expected loss when p of the
  input is dropped.
- `column_power` 1 divides by P_jj (EASE); 0 divides all by their mean. As the weights that users
  give each other in EASE of the transpose differ from X P by a factor a user, 0 ranks unseen items
  exactly as user-side EASE does, but as an item-item matrix that folds new users in.
"""

from typing import Self

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_array, diags_array

from edgemark_trainer.readers.interactions import Floats


def user_weighted(matrix: csr_array, power: float) -> csr_array:
    """Multiply rows so that their weight in X'X is (row sum)^-power, over its mean."""
    sums = np.asarray(matrix.sum(axis=1)).reshape(-1)
    some = sums > 0
    weights = np.where(some, np.where(some, sums, 1.0) ** -power, 0.0)
    return csr_array(diags_array(np.sqrt(weights / weights[some].mean())) @ matrix)


class EASE:
    """The family above; solved in the smaller of item and user space.

    After `fit`, the weights are `right_` (item space) or `left_.T @ right_` less `diagonal_`.
    """

    def __init__(
        self,
        penalty: float = 500.0,
        *,
        user_power: float = 0.0,
        dropout: float = 0.0,
        column_power: float = 1.0,
    ) -> None:
        self.penalty = penalty
        self.user_power = user_power
        self.dropout = dropout
        self.column_power = column_power
        self.left_: Floats | None = None
        self.right_: Floats = np.zeros((0, 0))
        self.diagonal_: Floats = np.zeros(0)

    def fit(self, matrix: csr_array) -> Self:
        """Solve for the weights."""
        weighted = user_weighted(matrix, self.user_power) if self.user_power else matrix
        squares = np.asarray(weighted.multiply(weighted).sum(axis=0)).reshape(-1)
        penalties = self.penalty + self.dropout / (1 - self.dropout) * squares
        if matrix.shape[0] < matrix.shape[1]:
            self._fit_in_user_space(weighted, penalties)
        else:
            self._fit_in_item_space(weighted, penalties)
        return self

    def _fit_in_item_space(self, matrix: csr_array, penalties: Floats) -> None:
        gram = (matrix.T @ matrix).toarray()
        gram[np.diag_indices_from(gram)] += penalties
        inverse = inverted(gram)
        inverse /= -self._scales(inverse.diagonal())
        np.fill_diagonal(inverse, 0)
        self.left_, self.right_ = None, inverse

    def _fit_in_user_space(self, matrix: csr_array, penalties: Floats) -> None:
        """Use Woodbury's identity: 1/L - P = (X/L)' (I + X/L X')^-1 (X/L)."""
        scaled = csr_array(matrix @ diags_array(1 / penalties))
        gram = (scaled @ matrix.T).toarray()
        gram[np.diag_indices_from(gram)] += 1
        self.left_ = scaled.toarray()
        right: Floats = inverted(gram) @ self.left_
        inner = np.einsum("ui,ui->i", self.left_, right)
        self.right_ = right / self._scales(1 / penalties - inner)
        self.diagonal_ = np.einsum("ui,ui->i", self.left_, self.right_)

    def _scales(self, diagonal: Floats) -> Floats:
        """Give what columns are divided by: of one size, whatever the power."""
        scales: Floats = diagonal**self.column_power * diagonal.mean() ** (1 - self.column_power)
        return scales

    def score(self, history: csr_array) -> Floats:
        """Sum the weights of the history's items."""
        if self.left_ is None:
            return np.asarray(history @ self.right_)
        scores: Floats = np.asarray(history @ self.left_.T) @ self.right_
        own = (history @ diags_array(self.diagonal_)).tocoo()
        scores[own.row, own.col] -= own.data
        return scores

    def times(self, columns: Floats) -> Floats:
        """Multiply the weights [items, items] with columns [items, any]."""
        if self.left_ is None:
            return self.right_ @ columns
        result: Floats = self.left_.T @ (self.right_ @ columns)
        return result - self.diagonal_[:, None] * columns

    def item_item(self) -> Floats:
        """Give the weights [items, items], an item having none for itself."""
        if self.left_ is None:
            return self.right_
        result: Floats = self.left_.T @ self.right_
        np.fill_diagonal(result, 0)
        return result


def inverted(gram: Floats) -> Floats:
    """Give the inverse of a positive definite matrix, which is overwritten."""
    factor, status = dpotrf(gram, lower=True, overwrite_a=True)
    inverse, failed = dpotri(factor, lower=True, overwrite_c=True)
    if status or failed:
        raise ValueError("the matrix is not positive definite: raise the penalty")
    result: Floats = np.tril(inverse)
    result += np.tril(inverse, -1).T
    return result
