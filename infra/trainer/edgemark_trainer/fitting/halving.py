"""Successive halving: many trials in a few epochs, the best third in three times as many."""

KEPT = 3  # one of so many goes on, with so many times the epochs


def rungs(trials: int, epochs: int) -> list[int]:
    """Give each rung's epochs, the last having all (Jamieson and Talwalkar 2016).

    Every rung trains anew: learning-rate schedules depend on how many epochs there are.
    """
    steps = [epochs]
    left = trials
    while left >= KEPT and steps[0] >= KEPT:
        left //= KEPT
        steps.insert(0, steps[0] // KEPT)
    return steps
