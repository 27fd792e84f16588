"""An image peer behind FastAPI: decode, resize, ONNX Runtime on one thread, the best tags as JSON.

Run by uvicorn with one worker, uvloop and httptools. `PEER` is `pillow` (decodes whole), `pillow-draft` (lets libjpeg decode at a
reduced scale) or `opencv`; `PACK` is the pack's folder, `API_KEY` the key that is let in.
"""

import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response
from numpy.typing import NDArray
from PIL import Image, ImageOps

Pixels = NDArray[np.uint8]
RESAMPLING = {1: Image.Resampling.LANCZOS, 2: Image.Resampling.BILINEAR, 3: Image.Resampling.BICUBIC}
LEAST_DECODED = 96


class Tagger:
    """A pack with its preprocessing; `decode` gives [height, width, 3] pixels of the size that the pack wants."""

    def __init__(self, pack: Path, decode: str) -> None:
        manifest = json.loads((pack / "manifest.json").read_text("utf-8"))
        settings = json.loads((pack / manifest["image"]["preprocessor"]).read_text("utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(pack / manifest["model"]["file"]), options)
        self.heads = manifest["heads"]
        self.size = (settings["size"]["width"], settings["size"]["height"])
        self.resampling = RESAMPLING[settings["resample"]]
        self.mean = np.array(settings["image_mean"], np.float32)
        self.deviation = np.array(settings["image_std"], np.float32)
        self.decode = self.decoders()[decode]

    def decoders(self) -> dict[str, Callable[[bytes], Pixels]]:
        """Give the ways from a file to pixels."""
        return {
            "pillow": lambda content: self.by_pillow(content, draft=False),
            "pillow-draft": lambda content: self.by_pillow(content, draft=True),
            "opencv": self.by_opencv,
        }

    def by_pillow(self, content: bytes, draft: bool) -> Pixels:
        """Decode, turn as EXIF says, and resize by Pillow's antialiased filter."""
        picture = Image.open(io.BytesIO(content))
        if draft:
            least = max(*self.size, LEAST_DECODED)
            picture.draft("RGB", (least, least))
        turned = ImageOps.exif_transpose(picture).convert("RGB")
        return np.asarray(turned.resize(self.size, self.resampling))

    def by_opencv(self, content: bytes) -> Pixels:
        """Decode (OpenCV turns by EXIF itself) and resize by area, its antialiased way."""
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        return cv2.cvtColor(cv2.resize(decoded, self.size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)

    def tags(self, content: bytes, k: int) -> list[dict[str, str | float]]:
        """Give the k best labels of each head."""
        pixels = self.decode(content).astype(np.float32) / 255
        values = ((pixels - self.mean) / self.deviation).transpose(2, 0, 1)[None]
        names = [head["output"] for head in self.heads]
        outputs = self.session.run(names, {"pixel_values": np.ascontiguousarray(values)})
        found: list[dict[str, str | float]] = []
        for head, logits in zip(self.heads, outputs, strict=True):
            exponents = np.exp(logits[0] - logits[0].max())
            scores = exponents / exponents.sum()
            for place in np.argsort(-scores)[:k]:
                found.append(
                    {
                        "label": head["labels"][place],
                        "score": float(scores[place]),
                        "attribute": head["attribute"],
                    }
                )
        return found


def create_app(decode: str, pack: str, api_key: str) -> FastAPI:
    """Build the app; the model is loaded here, before the first request."""
    cv2.setNumThreads(1)
    app = FastAPI(openapi_url=None)
    tagger = Tagger(Path(pack), decode)
    known_hashes = {hashlib.sha256(api_key.encode()).hexdigest()}

    @app.post("/v1/tag")
    async def tag(request: Request, topK: int = 3) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(key.encode()).hexdigest() not in known_hashes:
            return Response(b'{"title":"unknown key"}', 401, media_type="application/problem+json")
        found = tagger.tags(await request.body(), topK)
        return Response(orjson.dumps({"tags": found}), media_type="application/json")

    return app


def app() -> FastAPI:
    """uvicorn's factory."""
    return create_app(os.environ["PEER"], os.environ["PACK"], os.environ["API_KEY"])
