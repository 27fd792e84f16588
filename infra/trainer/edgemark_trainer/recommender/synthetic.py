"""A graph of random factors, to measure what a large catalogue takes before anybody has one."""

from pathlib import Path

import numpy as np

from edgemark_trainer.recommender.graph import export_low_rank
from edgemark_trainer.recommender.low_rank import Factors


def write_synthetic(items: int, dimensions: int, path: Path, seed: int) -> None:
    """Write a low-rank graph whose factors are drawn from a normal distribution."""
    rng = np.random.default_rng(seed)
    shape = (items, dimensions)
    factors = Factors(rng.standard_normal(shape), rng.standard_normal(shape))
    export_low_rank(factors, path, seed)
