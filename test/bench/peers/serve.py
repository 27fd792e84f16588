"""A peer behind FastAPI: one route, an API-key check in memory, JSON in and out.

Run by uvicorn with one worker, uvloop and httptools. `PEER` names the peer (`echo` answers without a model), `MODEL` the
folder of its model, `API_KEY` the key that is let in.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field

from peers.registry import Classifier, classifier_type

Answer = list[dict[str, str | float]]


class ClassifyRequest(BaseModel):
    """The body of a call."""

    inputs: str | list[str]
    topK: int = Field(default=3, ge=1)


def create_app(peer: str, model_folder: str, api_key: str) -> FastAPI:
    """Build the app; the model is loaded here, before the first request."""
    app = FastAPI(openapi_url=None)
    answer = load_answer(peer, model_folder)
    known_hashes = {hashlib.sha256(api_key.encode()).hexdigest()}

    @app.get("/health/ready")
    async def ready() -> Response:
        return Response(b"{}", media_type="application/json")

    @app.post("/v1/classify")
    async def classify(body: ClassifyRequest, request: Request) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(key.encode()).hexdigest() not in known_hashes:
            return Response(
                b'{"title":"unknown key"}', 401, media_type="application/problem+json"
            )
        texts = [body.inputs] if isinstance(body.inputs, str) else body.inputs
        results = [{"labels": labels} for labels in answer(texts, body.topK)]
        return Response(
            orjson.dumps({"results": results}), media_type="application/json"
        )

    return app


def load_answer(peer: str, folder: str) -> Callable[[list[str], int], list[Answer]]:
    """Give the function from texts to their best labels."""
    if peer == "echo":
        return lambda texts, k: [[{"label": "none", "score": 1.0}] for _ in texts]
    classifier = classifier_type(peer).load(Path(folder))
    top = getattr(classifier, "top", None)
    if top is not None:
        return lambda texts, k: [
            [{"label": name, "score": score} for name, score in top(text, k)]
            for text in texts
        ]
    return lambda texts, k: best_labels(classifier, texts, k)


def best_labels(classifier: Classifier, texts: list[str], k: int) -> list[Answer]:
    """Give the k best labels of each text, best first."""
    scores = classifier.scores(texts)
    k = min(k, scores.shape[1])
    best = np.argpartition(scores, -k, axis=1)[:, -k:]
    answers = []
    for row, columns in zip(scores, best, strict=True):
        ordered = columns[np.argsort(-row[columns])]
        answers.append(
            [{"label": classifier.labels[c], "score": float(row[c])} for c in ordered]
        )
    return answers


def app() -> FastAPI:
    """uvicorn's factory."""
    return create_app(
        os.environ["PEER"], os.environ.get("MODEL", ""), os.environ["API_KEY"]
    )
