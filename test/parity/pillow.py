"""What Pillow makes of images: the oracle of test/parity. Reads one JSON request a line, writes raw RGB one after the other.

A request is {"path" or "bytes" (base64) or "pattern": [width, height], "draft": [width, height] or null,
"size": [width, height] or null, "filter": Pillow's number}.
"""

import base64
import io
import json
import sys

from PIL import Image, ImageOps


def pattern(width: int, height: int) -> Image.Image:
    """Pixels of no meaning that another language can make as well: byte i is (i * i * 31 + i * 7) mod 251."""
    return Image.frombytes("RGB", (width, height), bytes((i * i * 31 + i * 7) % 251 for i in range(3 * width * height)))


def open_image(request: dict) -> Image.Image:
    if "pattern" in request:
        return pattern(*request["pattern"])
    if "bytes" in request:
        return Image.open(io.BytesIO(base64.b64decode(request["bytes"])))
    return Image.open(request["path"])


def upright_rgb(image: Image.Image, draft: list[int] | None) -> Image.Image:
    """Decoded (a JPEG at the scale that `draft` chooses), upright, transparent pixels over white."""
    if draft:
        image.draft(None, tuple(draft))
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        # Pillow clips 16-bit grey instead of scaling it.
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return image.convert("RGB")


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        image = upright_rgb(open_image(request), request.get("draft"))
        if request.get("size"):
            image = image.resize(tuple(request["size"]), request["filter"])
        sys.stdout.buffer.write(image.tobytes())


main()
