"""What the recommenders need that are compared: a split of MovieLens 100K, EASE, ALS, Edgemark's pack of the same EASE.

Writes into `--out`: `ease.npz` and `als.npz` (weights and the items' ids), `implicit.npz` and `lightfm.pickle` (as these
libraries keep their models), `pack/` (Edgemark's graph by the trainer's own export, with manifest and items), `histories.json`
(test users' histories and held-out items) and `large/`, a pack of 100,000 items by 128 dimensions with random factors, for its
size and speed alone.
"""

import argparse
import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from edgemark_trainer.recommender.graph import (
    INPUTS,
    ONNX_NAMES,
    OUTPUTS,
    export_low_rank,
)
from edgemark_trainer.recommender.low_rank import Factors, reduced
from implicit.cpu.als import AlternatingLeastSquares
from lightfm import LightFM
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_array, csr_matrix

from peers.recommenders_settings import ALS_ALPHA, ALS_PENALTY, DIMENSIONS

Floats = NDArray[np.float32]

SEED = 42
TEST_SHARE = 0.2
EASE_PENALTY = 500.0
ALS_ITERATIONS = 8
LIGHTFM_EPOCHS = 30
LARGE_ITEMS, LARGE_DIMENSIONS = 100_000, 128
GRAPH = "onnx/model_quantized.onnx"
#: The last one is written last.
MADE = ("ease.npz", "als.npz", "implicit.npz", "lightfm.pickle", "histories.json")


def read_ratings(root: Path) -> tuple[csr_array, csr_array, list[str], list[str]]:
    """Give training and test matrices (1 for every rating), item ids and titles; 20 % at random are held out."""
    folder = root / "recommend" / "movielens-100k"
    rows = np.loadtxt(find(folder, "u.data"), dtype=np.int64)
    lines = find(folder, "u.item").read_text("latin-1").splitlines()
    titles = {line.split("|")[0]: line.split("|")[1] for line in lines}
    ids = [str(item) for item in np.unique(rows[:, 1])]
    users = np.unique(rows[:, 0], return_inverse=True)[1]
    items = np.unique(rows[:, 1], return_inverse=True)[1]
    is_test = np.random.default_rng(SEED).random(len(rows)) < TEST_SHARE
    shape = (int(users.max()) + 1, len(ids))
    train, test = (
        csr_array((np.ones(int(mask.sum())), (users[mask], items[mask])), shape=shape)
        for mask in (~is_test, is_test)
    )
    return train, test, ids, [titles[item] for item in ids]


def find(folder: Path, name: str) -> Path:
    """Give the only file of this name below the folder."""
    return next(folder.rglob(name))


class Ease:
    """EASE (Steck 2019): item-item weights in closed form."""

    def __init__(self, matrix: csr_array) -> None:
        gram = (matrix.T @ matrix).toarray() + EASE_PENALTY * np.eye(matrix.shape[1])
        inverse = np.linalg.inv(gram)
        self.weights = -inverse / np.diag(inverse)
        np.fill_diagonal(self.weights, 0)

    def score(self, history: csr_array) -> NDArray[np.float64]:
        """Score every item for every history."""
        return np.asarray(history @ self.weights)

    def times(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply the weights with columns."""
        return self.weights @ columns


def als_items(matrix: csr_array) -> NDArray[np.float64]:
    """Item factors of implicit ALS (Hu, Koren and Volinsky 2008): confidence 1 + alpha for what was seen."""
    rng = np.random.default_rng(SEED)
    factors = [rng.normal(0, 0.1, (side, DIMENSIONS)) for side in matrix.shape]
    sides = (matrix.tocsr(), matrix.T.tocsr())
    for _ in range(ALS_ITERATIONS):
        for side in (0, 1):
            factors[side] = solve_side(sides[side], factors[1 - side])
    return factors[1]


def solve_side(matrix: csr_array, other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve each row's least squares against the other side's factors."""
    gram = other.T @ other + ALS_PENALTY * np.eye(other.shape[1])
    solved = np.zeros((matrix.shape[0], other.shape[1]))
    for row in range(matrix.shape[0]):
        seen = other[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]]
        left = gram + ALS_ALPHA * seen.T @ seen
        solved[row] = np.linalg.solve(left, (1 + ALS_ALPHA) * seen.sum(axis=0))
    return solved


def write_implicit(path: Path, matrix: csr_array) -> None:
    """Train the ALS of the library implicit to the same loss, and save it; its confidence of what was seen is alpha alone."""
    model = AlternatingLeastSquares(
        factors=DIMENSIONS,
        regularization=ALS_PENALTY,
        alpha=1 + ALS_ALPHA,
        iterations=ALS_ITERATIONS,
        num_threads=1,
        random_state=SEED,
    )
    model.fit(csr_matrix(matrix), show_progress=False)
    model.save(str(path))


def write_lightfm(path: Path, matrix: csr_array) -> None:
    """Train LightFM (Kula 2015) without features, by WARP; each known user's seen items are kept beside it."""
    model = LightFM(no_components=DIMENSIONS, loss="warp", random_state=SEED)
    # Made anew with 32-bit indices: the library takes no others.
    rows, columns = (indices.astype(np.int32) for indices in matrix.nonzero())
    pairs = coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), matrix.shape)
    model.fit(pairs, epochs=LIGHTFM_EPOCHS, num_threads=1)
    seen = np.split(matrix.indices, matrix.indptr[1:-1])
    path.write_bytes(pickle.dumps((model, seen)))


def write_pack(
    folder: Path, name: str, factors: Factors, items: dict[str, Any]
) -> None:
    """Write a pack of low rank as the functions read it."""
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    export_low_rank(factors, folder / GRAPH, SEED)
    (folder / "items.json").write_text(json.dumps(items), "utf-8")
    model_bytes = (folder / GRAPH).stat().st_size
    tensors = [
        [
            {"name": tensor, "type": ONNX_NAMES[kind], "shape": shape}
            for tensor, kind, shape in specs
        ]
        for specs in (INPUTS, OUTPUTS)
    ]
    manifest = {
        "schemaVersion": 1,
        "name": name,
        "version": "1.0.0",
        "task": "recommendation",
        "files": [entry(folder, path) for path in (GRAPH, "items.json")],
        "model": {
            "file": GRAPH,
            "precision": "int8",
            "inputs": tensors[0],
            "outputs": tensors[1],
            "heapBytes": 2**24 + 2 * model_bytes,
        },
        "recommender": {
            "items": "items.json",
            "itemCount": len(items["ids"]),
            "dimensions": factors.inputs.shape[1],
            "eventWeights": {"view": 1},
            "historyHalfLifeDays": None,
            "maxHistory": 1000,
            "popularityHalfLifeDays": 30,
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def entry(folder: Path, path: str) -> dict[str, Any]:
    """Describe a file as a manifest does."""
    content = (folder / path).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"path": path, "sizeBytes": len(content), "sha256": digest}


def items_document(
    ids: list[str], counts: NDArray[np.float64], titles: list[str] | None = None
) -> dict[str, Any]:
    """Give items.json."""
    popularity = [round(float(value), 6) for value in counts / counts.max()]
    named = {} if titles is None else {"titles": titles}
    return {"schemaVersion": 1, "ids": ids, **named, "popularity": popularity}


def histories(
    train: csr_array, test: csr_array, ids: list[str]
) -> list[dict[str, Any]]:
    """Give each test user's row, history, and what was held out."""
    rows = []
    for user in range(train.shape[0]):
        known, wanted = (
            [
                ids[i]
                for i in matrix.indices[matrix.indptr[user] : matrix.indptr[user + 1]]
            ]
            for matrix in (train, test)
        )
        if known and wanted:
            rows.append({"user": user, "history": known, "wanted": wanted})
    return rows


def main() -> None:
    """Write what is not there yet."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    out: Path = args.out
    if all((out / name).exists() for name in MADE):
        return
    train, test, ids, titles = read_ratings(args.data)
    ease = Ease(train)
    counts = np.asarray(train.sum(axis=0)).reshape(-1)
    out.mkdir(parents=True, exist_ok=True)
    names = np.array(ids)
    np.savez(out / "ease.npz", weights=ease.weights.astype(np.float32), ids=names)
    np.savez(out / "als.npz", items=als_items(train).astype(np.float32), ids=names)
    write_implicit(out / "implicit.npz", train)
    write_lightfm(out / "lightfm.pickle", train)
    factors = reduced(ease, train, DIMENSIONS, SEED)
    write_pack(out / "pack", "films", factors, items_document(ids, counts, titles))
    rng = np.random.default_rng(SEED)
    shape = (LARGE_ITEMS, LARGE_DIMENSIONS)
    large = Factors(rng.standard_normal(shape), rng.standard_normal(shape))
    large_ids = [f"item-{index}" for index in range(LARGE_ITEMS)]
    write_pack(
        out / "large",
        "large",
        large,
        items_document(large_ids, rng.random(LARGE_ITEMS)),
    )
    (out / "histories.json").write_text(
        json.dumps({"users": histories(train, test, ids)}), "utf-8"
    )


if __name__ == "__main__":
    main()
