"""Which addresses a round may use: HTTPS, and HTTP to this machine alone."""

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit


def is_allowed(address: str, allow_http: bool) -> bool:
    """Say whether an address may be fetched; metadata services speak HTTP and are shut out."""
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.password:
        return False
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and (allow_http or is_loopback(parts.hostname))


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def addresses(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give every address of a round's request with the place where it stands."""
    for split, parts in request["dataset"]["splits"].items():
        for i, part in enumerate(parts):
            yield f"dataset.splits.{split}[{i}].url", part["url"]
    for path, address in request["dataset"].get("pictures", {}).items():
        yield f"dataset.pictures.{path}", address
    checkpoint = request["checkpoint"]
    if checkpoint["get"] is not None:
        yield "checkpoint.get", checkpoint["get"]
    yield "checkpoint.put", checkpoint["put"]
    for i, address in enumerate(request["progress"]):
        yield f"progress[{i}]", address
    yield "cancel", request["cancel"]
    for path, address in request["packFiles"].items():
        yield f"packFiles.{path}", address
