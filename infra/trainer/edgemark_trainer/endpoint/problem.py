"""Problem documents (RFC 9457): what the container answers when it is not 200."""

import json
from collections.abc import Sequence
from http import HTTPStatus

from edgemark_trainer.families.hyperparameters import FieldError

CONTENT_TYPE = "application/problem+json"


class RequestError(Exception):
    """A request that is answered by a problem document."""

    def __init__(self, status: int, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, list(errors)

    def body(self) -> bytes:
        """Give the document."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [error.document() for error in self.errors]
        return json.dumps(document, ensure_ascii=False).encode()
