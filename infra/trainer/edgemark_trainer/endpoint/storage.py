"""Objects at presigned addresses: fetched and stored with retries, their sha256 checked."""

import hashlib
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Retry, Timeout

from edgemark_trainer.families.base import TrainingError

RETRIES = Retry(
    total=4,
    backoff_factor=0.5,
    backoff_max=8,
    status_forcelist=(408, 425, 429, 500, 502, 503, 504),
    allowed_methods=("GET", "PUT"),
    redirect=0,
    raise_on_redirect=False,
    raise_on_status=False,
    respect_retry_after_header=False,
)
TIMEOUT = Timeout(connect=10, read=60)
CHUNK_BYTES = 2**20
ATTEMPTS = 3  # at a body that breaks off; each asks with the retries above


class StorageError(TrainingError):
    """An object could not be fetched or stored. Addresses carry signatures: they are not told."""

    def __init__(self, detail: str) -> None:
        super().__init__("storage", detail)


class Storage:
    """Plain HTTP(S) without credentials; redirects are not followed."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(retries=RETRIES, timeout=TIMEOUT, maxsize=4)

    def fetch(self, address: str, path: Path, what: str, sha256: str | None = None) -> str:
        """Write an object to a file, checked against its digest; gives the digest."""
        found = self._streamed(address, path, what)
        if sha256 is not None and found != sha256:
            raise StorageError(f"{what} has another sha256 than was said.")
        return found

    def _streamed(self, address: str, path: Path, what: str) -> str:
        """Write an object to a file; one that breaks off is begun again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(address, path, what)
            except HTTPError as error:
                if attempt == ATTEMPTS:
                    name = type(error).__name__
                    raise StorageError(f"{what} could not be read: {name}.") from error
        raise AssertionError("unreachable")

    def _once(self, address: str, path: Path, what: str) -> str:
        digest = hashlib.sha256()
        response = self._pool.request("GET", address, preload_content=False)
        try:
            if response.status != 200:
                raise StorageError(f"{what} could not be read: status {response.status}.")
            with path.open("wb") as file:
                for chunk in response.stream(CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
        finally:
            response.release_conn()
        return digest.hexdigest()

    def store(self, address: str, content: bytes | Path, what: str) -> None:
        """Store an object."""
        body = content.read_bytes() if isinstance(content, Path) else content
        try:
            response = self._pool.request("PUT", address, body=body)
        except HTTPError as error:
            raise StorageError(f"{what} could not be stored: {type(error).__name__}.") from error
        if response.status not in (200, 201, 204):
            raise StorageError(f"{what} could not be stored: status {response.status}.")

    def glance(self, address: str) -> tuple[int, bytes] | None:
        """Fetch a small object once, without retries; None where there was no answer."""
        try:
            response = self._pool.request("GET", address, retries=False)
        except HTTPError:
            return None
        return response.status, response.data
