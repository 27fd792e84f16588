"""A recommender behind FastAPI: a history of ids in, the best unseen items out, an API-key check in memory.

Run by uvicorn with one worker, uvloop and httptools. `PEER` is `ease` (item-item weights, a sum of rows), `als` (implicit's way
of folding a new user in, in NumPy: least squares against the item factors, then all items by their product), `implicit` (the
library's own `recommend`, which does that) or `lightfm`, which knows no way to fold a new user in: it recommends to the user of
the training set that the body names. `MODEL` is the folder that `peers.recommenders` wrote, `API_KEY` the key that is let in.
"""

import hashlib
import os
import pickle
from pathlib import Path
from typing import Protocol

import numpy as np
import orjson
from fastapi import FastAPI, Request, Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from peers.recommenders_settings import ALS_ALPHA, ALS_PENALTY

Scores = NDArray[np.float32]
#: The best items and their scores.
Best = tuple[NDArray[np.integer], Scores]


class RecommendRequest(BaseModel):
    """The body of a call."""

    history: list[str] = []
    user: int | None = None
    k: int = Field(default=10, ge=1, le=100)


class Recommender(Protocol):
    """A model that is loaded."""

    ids: list[str]

    def best(self, seen: list[int], user: int | None, k: int) -> Best:
        """Give the k best of the unseen items, best first."""


class EaseRecommender:
    """The sum of the seen items' rows."""

    def __init__(self, folder: Path) -> None:
        model = np.load(folder / "ease.npz")
        self.weights = model["weights"]
        self.ids = [str(name) for name in model["ids"]]

    def best(self, seen: list[int], _user: int | None, k: int) -> Best:
        """Give the k best of the unseen items, best first."""
        return best_unseen(self.weights[seen].sum(axis=0), seen, k)


class AlsRecommender:
    """Least squares against the item factors, in NumPy."""

    def __init__(self, folder: Path) -> None:
        model = np.load(folder / "als.npz")
        self.items = model["items"]
        self.ids = [str(name) for name in model["ids"]]
        penalty = ALS_PENALTY * np.eye(self.items.shape[1], dtype=np.float32)
        self.gram = self.items.T @ self.items + penalty

    def best(self, seen: list[int], _user: int | None, k: int) -> Best:
        """Give the k best of the unseen items, best first."""
        rows = self.items[seen]
        user = np.linalg.solve(
            self.gram + ALS_ALPHA * rows.T @ rows, (1 + ALS_ALPHA) * rows.sum(axis=0)
        )
        return best_unseen(self.items @ user.astype(np.float32), seen, k)


class ImplicitRecommender:
    """The library's own fold-in and ranking, on one thread."""

    def __init__(self, folder: Path) -> None:
        # Here, so that the other peers start as if they stood alone.
        from implicit.cpu.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix

        self.to_matrix = csr_matrix
        self.model = AlternatingLeastSquares.load(str(folder / "implicit.npz"))
        self.model.num_threads = 1
        self.ids = item_ids(folder)

    def best(self, seen: list[int], _user: int | None, k: int) -> Best:
        """Give the k best of the unseen items, best first."""
        ones = np.ones(len(seen), dtype=np.float32)
        row = self.to_matrix((ones, seen, [0, len(seen)]), shape=(1, len(self.ids)))
        return self.model.recommend(0, row, N=k, recalculate_user=True)


class LightFmRecommender:
    """The library's scores of all items for a user that it was trained on."""

    def __init__(self, folder: Path) -> None:
        self.model, self.seen = pickle.loads((folder / "lightfm.pickle").read_bytes())
        self.ids = item_ids(folder)
        self.all = np.arange(len(self.ids), dtype=np.int32)

    def best(self, _seen: list[int], user: int | None, k: int) -> Best:
        """Give the k best of the unseen items, best first."""
        if user is None:
            raise ValueError("only users of the training set are known")
        scores = self.model.predict(user, self.all, num_threads=1)
        return best_unseen(scores, self.seen[user], k)


RECOMMENDERS: dict[str, type[Recommender]] = {
    "ease": EaseRecommender,
    "als": AlsRecommender,
    "implicit": ImplicitRecommender,
    "lightfm": LightFmRecommender,
}


def best_unseen(scores: Scores, seen: list[int], k: int) -> Best:
    """Take the seen items out and sort the k best of the rest."""
    scores[seen] = -np.inf
    best = np.argpartition(scores, -k)[-k:]
    best = best[np.argsort(-scores[best])]
    return best, scores[best]


def item_ids(folder: Path) -> list[str]:
    """Give the items' ids, in the order of every model's rows."""
    return [str(name) for name in np.load(folder / "ease.npz")["ids"]]


def create_app(peer: str, folder: str, api_key: str) -> FastAPI:
    """Build the app; the model is loaded here, before the first request."""
    app = FastAPI(openapi_url=None)
    recommender = RECOMMENDERS[peer](Path(folder))
    ids = recommender.ids
    index_of = {name: index for index, name in enumerate(ids)}
    known_hashes = {hashlib.sha256(api_key.encode()).hexdigest()}

    @app.post("/v1/recommend")
    async def recommend(body: RecommendRequest, request: Request) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(key.encode()).hexdigest() not in known_hashes:
            return Response(
                b'{"title":"unknown key"}', 401, media_type="application/problem+json"
            )
        seen = list({index_of[name] for name in body.history if name in index_of})
        best, scores = recommender.best(seen, body.user, body.k)
        items = [
            {"itemId": ids[i], "score": float(score)}
            for i, score in zip(best, scores, strict=True)
        ]
        return Response(orjson.dumps({"items": items}), media_type="application/json")

    return app


def app() -> FastAPI:
    """uvicorn's factory."""
    return create_app(os.environ["PEER"], os.environ["MODEL"], os.environ["API_KEY"])
