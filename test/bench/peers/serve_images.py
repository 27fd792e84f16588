"""An image peer behind FastAPI: decode, resize, ONNX Runtime on one thread, the best tags as JSON.

Run by uvicorn with one worker, uvloop and httptools. `PEER` is `pillow` (decodes whole), `pillow-draft` (lets libjpeg decode at a
reduced scale) or `opencv`; `PACK` is the pack's folder, `API_KEY` the key that is let in.
"""

import hashlib
import io
import json
import os
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response
from numpy.typing import NDArray
from PIL import Image, ImageOps

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]
RESAMPLING = {
    1: Image.Resampling.LANCZOS,
    2: Image.Resampling.BILINEAR,
    3: Image.Resampling.BICUBIC,
}
LEAST_DECODED = 96


class Tagger:
    """A pack with its preprocessing, in steps: `decode` a file, `resize`, `values`, `run`."""

    def __init__(self, pack: Path, peer: str) -> None:
        manifest = json.loads((pack / "manifest.json").read_text("utf-8"))
        settings = json.loads(
            (pack / manifest["image"]["preprocessor"]).read_text("utf-8")
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(pack / manifest["model"]["file"]), options
        )
        self.heads = manifest["heads"]
        self.names = [head["output"] for head in self.heads]
        self.size = (settings["size"]["width"], settings["size"]["height"])
        self.resampling = RESAMPLING[settings["resample"]]
        self.mean = np.array(settings["image_mean"], np.float32)
        self.deviation = np.array(settings["image_std"], np.float32)
        self.by_opencv = peer == "opencv"
        self.draft = peer == "pillow-draft"

    def decode(self, content: bytes) -> Image.Image | Pixels:
        """Decode, upright by EXIF (OpenCV turns by itself)."""
        if self.by_opencv:
            return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        picture = Image.open(io.BytesIO(content))
        if self.draft:
            least = max(*self.size, LEAST_DECODED)
            picture.draft("RGB", (least, least))
        return ImageOps.exif_transpose(picture).convert("RGB")

    def resize(self, picture: Image.Image | Pixels) -> Pixels:
        """Resize to what the pack wants, antialiased: Pillow by the pack's filter, OpenCV by area."""
        if isinstance(picture, Image.Image):
            return np.asarray(picture.resize(self.size, self.resampling))
        return cv2.cvtColor(
            cv2.resize(picture, self.size, interpolation=cv2.INTER_AREA),
            cv2.COLOR_BGR2RGB,
        )

    def values(self, pixels: Pixels) -> Values:
        """Scale pixels to what the network sees: [1, 3, height, width]."""
        scaled = (pixels.astype(np.float32) / 255 - self.mean) / self.deviation
        return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])

    def run(self, values: Values) -> list[Values]:
        """Run the network."""
        return self.session.run(self.names, {"pixel_values": values})

    def tags(self, content: bytes, k: int) -> list[dict[str, str | float]]:
        """Give the k best labels of each head."""
        outputs = self.run(self.values(self.resize(self.decode(content))))
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


def create_app(peer: str, pack: str, api_key: str) -> FastAPI:
    """Build the app; the model is loaded here, before the first request."""
    cv2.setNumThreads(1)
    app = FastAPI(openapi_url=None)
    tagger = Tagger(Path(pack), peer)
    known_hashes = {hashlib.sha256(api_key.encode()).hexdigest()}

    @app.post("/v1/tag")
    async def tag(request: Request, topK: int = 3) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(key.encode()).hexdigest() not in known_hashes:
            return Response(
                b'{"title":"unknown key"}', 401, media_type="application/problem+json"
            )
        found = tagger.tags(await request.body(), topK)
        return Response(orjson.dumps({"tags": found}), media_type="application/json")

    return app


def app() -> FastAPI:
    """uvicorn's factory."""
    return create_app(os.environ["PEER"], os.environ["PACK"], os.environ["API_KEY"])
