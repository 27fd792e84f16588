"""Events into SQLite behind FastAPI: what a Python team would write first.

One table, unique by event id, with an index by which a customer's newest events of a type are found; one transaction a request,
in WAL mode. Run by uvicorn with one worker, uvloop and httptools. `SYNCHRONOUS` is SQLite's setting: `NORMAL` writes the log
without waiting for the disk, so that a power failure may take the last transactions; `FULL` waits after each. `DATABASE` is the
file, `API_KEY` the key that is let in.
"""

import hashlib
import os
import sqlite3
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  event_id TEXT PRIMARY KEY, type TEXT NOT NULL, user_id TEXT, item_id TEXT NOT NULL, value REAL, at TEXT NOT NULL,
  received_at TEXT NOT NULL, session_id TEXT, properties TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS newest ON events (user_id, type, at);
"""
INSERT = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Event(BaseModel):
    """One event as a sender tells it."""

    eventId: str = Field(min_length=1, max_length=128)
    type: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    userId: Annotated[str, Field(min_length=1, max_length=1024)] | None
    itemId: str = Field(min_length=1, max_length=256)
    value: float | None = None
    at: AwareDatetime | None = None
    sessionId: str | None = Field(default=None, max_length=256)
    properties: dict[str, Any] | None = None


class EventsRequest(BaseModel):
    """The body of a call."""

    events: list[Event] = Field(min_length=1, max_length=500)


def open_database(path: str, synchronous: str) -> sqlite3.Connection:
    """Open or make the file; transactions are begun by hand."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.executescript(SCHEMA)
    return database


def to_row(event: Event, now: datetime) -> tuple[Any, ...]:
    """Give the columns of an event; times are kept in UTC, so that they sort as text."""
    at = now if event.at is None else event.at.astimezone(UTC)
    properties = None if event.properties is None else orjson.dumps(event.properties)
    return (
        event.eventId,
        event.type,
        event.userId,
        event.itemId,
        event.value,
        at.isoformat(timespec="milliseconds"),
        now.isoformat(timespec="milliseconds"),
        event.sessionId,
        properties,
    )


def create_app(database: sqlite3.Connection, api_key: str) -> FastAPI:
    """Build the app."""
    app = FastAPI(openapi_url=None)
    known_hashes = {hashlib.sha256(api_key.encode()).hexdigest()}

    # On the event loop: SQLite has one writer at a time, so that threads would only wait for each other.
    @app.post("/v1/events")
    async def collect(body: EventsRequest, request: Request) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hashlib.sha256(key.encode()).hexdigest() not in known_hashes:
            return Response(
                b'{"title":"unknown key"}', 401, media_type="application/problem+json"
            )
        now = datetime.now(UTC)
        rows = [to_row(event, now) for event in body.events]
        database.execute("BEGIN IMMEDIATE")
        try:
            taken = database.executemany(INSERT, rows).rowcount
            database.execute("COMMIT")
        except BaseException:
            database.execute("ROLLBACK")
            raise
        answer = {"accepted": taken, "duplicates": len(rows) - taken}
        return Response(orjson.dumps(answer), 202, media_type="application/json")

    return app


def app() -> FastAPI:
    """uvicorn's factory."""
    database = open_database(os.environ["DATABASE"], os.environ["SYNCHRONOUS"])
    return create_app(database, os.environ["API_KEY"])
