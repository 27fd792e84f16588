"""Makes test/parity/evaluation-vectors/causal.json: the curves and scores of uplift that causalml has, of randomised campaigns.

Scores are distinct, as causalml leaves equal ones to the order of rows.

Run with causalml, pandas and NumPy installed: python test/parity/make_causal_vectors.py
"""

import datetime
import json
import math
import pathlib
import warnings
from importlib import metadata

import numpy as np
import pandas as pd
from causalml.metrics import auuc_score, get_cumgain, get_qini, qini_score

warnings.filterwarnings("ignore")
CASES = 200
OUT = pathlib.Path(__file__).parent / "evaluation-vectors" / "causal.json"


def finite(value: float) -> float | None:
    return float(f"{value:.13g}") if math.isfinite(value) else None


def case(number: int) -> dict:
    rng = np.random.default_rng([2032, number])
    size = int(rng.choice([4, 8, 20, 40]))
    treatment = (rng.uniform(size=size) < rng.choice([0.3, 0.5, 0.8])).astype(int)
    treatment[:2] = [0, 1]
    score = rng.permutation(size) / size
    outcome = (rng.uniform(size=size) < 0.2 + 0.4 * treatment * score).astype(int)
    frame = pd.DataFrame({"y": outcome, "w": treatment, "model": score})
    return {
        "treatment": treatment.tolist(),
        "score": score.tolist(),
        "outcome": outcome.tolist(),
        "qiniCurve": [finite(value) for value in get_qini(frame)["model"]],
        "gainCurve": [finite(value) for value in get_cumgain(frame)["model"]],
        "qini": finite(qini_score(frame, normalize=False)["model"]),
        "auuc": finite(auuc_score(frame, normalize=False)["model"]),
    }


def main() -> None:
    versions = {name: metadata.version(name) for name in ("causalml", "pandas", "numpy")}
    provenance = {
        "command": "python test/parity/make_causal_vectors.py",
        "date": datetime.date.today().isoformat(),
        "versions": versions,
    }
    cases = [case(number) for number in range(CASES)]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"provenance":{json.dumps(provenance)},"cases":[\n{lines}\n]}}\n')


main()
