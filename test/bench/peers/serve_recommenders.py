"""A recommender behind FastAPI: a history of ids in, the best unseen items out, an API-key check in memory.

Run by uvicorn with one worker, uvloop and httptools. `PEER` is `ease` (item-item weights, a sum of rows) or `als` (implicit's way
of folding a new user in: least squares against the item factors, then all items by their product); `MODEL` is the folder that
`peers.recommenders` wrote, `API_KEY` the key that is let in.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from fastapi import FastAPI, Request, Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from peers.recommenders_settings import ALS_ALPHA, ALS_PENALTY

Scores = NDArray[np.float32]


class RecommendRequest(BaseModel):
    """The body of a call."""

    history: list[str]
    k: int = Field(default=10, ge=1, le=100)


def ease_scorer(folder: Path) -> tuple[Callable[[list[int]], Scores], list[str]]:
    """Give the function from seen items to the scores of all, and the items' ids."""
    model = np.load(folder / "ease.npz")
    weights = model["weights"]
    return lambda seen: weights[seen].sum(axis=0), [str(name) for name in model["ids"]]


def als_scorer(folder: Path) -> tuple[Callable[[list[int]], Scores], list[str]]:
    """Give the same for ALS."""
    model = np.load(folder / "als.npz")
    items = model["items"]
    gram = items.T @ items + ALS_PENALTY * np.eye(items.shape[1], dtype=np.float32)

    def score(seen: list[int]) -> Scores:
        rows = items[seen]
        user = np.linalg.solve(
            gram + ALS_ALPHA * rows.T @ rows, (1 + ALS_ALPHA) * rows.sum(axis=0)
        )
        return items @ user.astype(np.float32)

    return score, [str(name) for name in model["ids"]]


def create_app(peer: str, folder: str, api_key: str) -> FastAPI:
    """Build the app; the model is loaded here, before the first request."""
    app = FastAPI(openapi_url=None)
    scorer = ease_scorer if peer == "ease" else als_scorer
    score, ids = scorer(Path(folder))
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
        scores = score(seen)
        scores[seen] = -np.inf
        best = np.argpartition(scores, -body.k)[-body.k :]
        best = best[np.argsort(-scores[best])]
        items = [{"itemId": ids[i], "score": float(scores[i])} for i in best]
        return Response(orjson.dumps({"items": items}), media_type="application/json")

    return app


def app() -> FastAPI:
    """uvicorn's factory."""
    return create_app(
        os.environ["PEER"], os.environ["MODEL"], os.environ["API_KEY"]
    )
