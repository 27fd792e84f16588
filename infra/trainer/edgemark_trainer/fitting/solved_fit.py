"""Training that is one piece of work: a closed form, or a solver of a library."""

from collections.abc import Callable

import numpy as np
import torch

from edgemark_trainer.families.base import Epoch, Floats, Ints, State, TrainingError

Solve = Callable[[], State]
Score = Callable[[State, Ints | None], Floats]


class SolvedFit:
    """A `Fit` of one step: `solve` gives the model, `score` scores rows by it."""

    def __init__(self, solve: Solve, score: Score) -> None:
        self._solve, self._score = solve, score
        self.model: State = {}
        self.is_done, self.ended_by, self.epochs = False, "epochs", 0
        self._validation: Floats = np.zeros(0)

    def advance(self) -> Epoch:
        """Solve."""
        self.model = self._solve()
        self._validation = self._score(self.model, None)
        value = float(self._validation.mean())
        self.is_done, self.epochs = True, 1
        return Epoch(1, 1, 0.0, None, value, 0.0)

    def finish(self) -> None:
        """End before anything was done."""
        raise TrainingError("no-time", "The time ended before the model was solved for.")

    def scores(self, rows: Ints | None = None) -> Floats:
        """Score the validation rows, or training rows."""
        return self._validation if rows is None else self._score(self.model, rows)

    def state(self) -> State:
        """Give the model, where there is one."""
        return {
            "done": self.is_done,
            "model": self.model,
            "scores": torch.from_numpy(np.asarray(self._validation, np.float64)),
        }

    def restore(self, state: State) -> None:
        """Take a state's model."""
        self.is_done, self.model = state["done"], state["model"]
        self.epochs, self._validation = int(self.is_done), state["scores"].numpy()
