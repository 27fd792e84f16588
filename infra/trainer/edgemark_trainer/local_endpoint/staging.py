"""The staging bucket: where inputs are read and outputs and failures are written, over any S3."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


class StagingError(Exception):
    """The bucket did not give or take an object."""


@dataclass(frozen=True, slots=True)
class Location:
    """`s3://bucket/key`."""

    bucket: str
    key: str

    def __str__(self) -> str:
        """Write it as SageMaker does."""
        return f"s3://{self.bucket}/{self.key}"


def parse_location(text: str) -> Location | None:
    """Read `s3://bucket/key`; None where it is something else."""
    parts = urlsplit(text)
    key = parts.path.removeprefix("/")
    if parts.scheme != "s3" or not parts.netloc or not key:
        return None
    return Location(parts.netloc, key)


class Staging:
    """Path-style S3 with the staging bucket's own credentials."""

    def __init__(self, endpoint: str, region: str, key_id: str, secret: str) -> None:
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                # Other servers than S3 do not know the checksums that boto3 sends by itself.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"max_attempts": 5, "mode": "standard"},
            ),
        )

    def read(self, location: Location) -> bytes:
        """Read an object; raises StagingError."""
        try:
            found = self._client.get_object(Bucket=location.bucket, Key=location.key)
            content: bytes = found["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise StagingError(f"{location} could not be read: {error}") from error
        return content

    def write(self, location: Location, content: bytes, kind: str) -> None:
        """Write an object; raises StagingError."""
        try:
            self._client.put_object(
                Bucket=location.bucket, Key=location.key, Body=content, ContentType=kind
            )
        except (BotoCoreError, ClientError) as error:
            raise StagingError(f"{location} could not be written: {error}") from error
