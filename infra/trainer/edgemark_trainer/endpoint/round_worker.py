"""One round, in a process of its own: from the request to the answer.

The process leaves two files in its folder: `status.json`, brought up to date while it works, and
`answer.json` at its end. Without an answer the server makes one of the status and the exit code.
"""

import errno
import hashlib
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from edgemark_trainer.endpoint.checkpoint import Checkpoint, read_checkpoint_file
from edgemark_trainer.endpoint.control import Control, RoundStoppedError
from edgemark_trainer.endpoint.plain_json import to_json
from edgemark_trainer.endpoint.progress import ProgressWriter
from edgemark_trainer.endpoint.request import Round, parse_round
from edgemark_trainer.endpoint.round_dataset import RoundDataset
from edgemark_trainer.endpoint.storage import Storage, StorageError
from edgemark_trainer.families.base import Device, PackReport, PackWords, Run, TrainingError
from edgemark_trainer.families.hyperparameters import filled
from edgemark_trainer.fitting.devices import find_device
from edgemark_trainer.fitting.job import Job, JobResult, Surroundings
from edgemark_trainer.manifest import figure_entry, file_entries

STATUS_FILE, ANSWER_FILE, REQUEST_FILE = "status.json", "answer.json", "request.json"
MOST_RECORDS = 2000  # of an answer's history
NICENESS = 5  # below the server, so that a ping is answered while all cores train
MANIFEST_FILE = "manifest.json"


class RoundWorker:
    """Runs a round; `received_at` (Unix seconds) is when its time began."""

    def __init__(self, found: Round, folder: Path, received_at: float) -> None:
        self.round, self.folder, self.received_at = found, folder, received_at
        self.document = found.document
        limits = self.document["limits"]
        self.limits: dict[str, float] = {"pollSeconds": 5, "checkpointSeconds": 30} | limits
        self.storage = Storage()
        self.device: Device = find_device()
        self.job: Job | None = None
        self.prepared_state: dict[str, Any] | None = None
        self.checkpoint: dict[str, Any] | None = None
        self._stored_at = time.time()
        ends_at = received_at + self.limits["roundSeconds"]
        self.control = Control(
            self.storage,
            self.document["cancel"],
            self.document["fence"],
            now=time.time,
            ends_at=ends_at,
            poll_seconds=self.limits["pollSeconds"],
        )
        self.progress = ProgressWriter(self.storage, self.document["progress"], time.time, ends_at)

    def run(self) -> dict[str, Any]:
        """Give the answer, whatever happens."""
        self.control.start()
        self._tell_status()
        try:
            body = self._trained()
        except RoundStoppedError as stop:
            body = self._stopped(stop)
        except TrainingError as error:
            if error.code == "storage" and self.job:
                with suppress(StorageError):  # what was trained is not lost with the upload
                    self._store_checkpoint()
            body = failed(error.code, error.detail)
        except Exception as error:
            traceback.print_exc()
            body = failed(*described(error))
        self.control.close()
        self.progress.close()
        return self.round.identity | body | self._always()

    def _trained(self) -> dict[str, Any]:
        self.control.check()
        plan, family = self.round.plan, self.round.family
        state = self._fetched_state()
        dataset = RoundDataset(self.document["dataset"], self.storage, self.folder / "data")
        name = family.candidate if plan.algorithm == "auto" else plan.algorithm
        settings = filled(family.algorithms[name].hyperparameters, plan.settings)
        prepared = family.prepare(
            dataset, settings, plan.seed, self.device, state and state["prepared"]
        )
        self.prepared_state = prepared.state()
        around = Surroundings(self.control.check, self._spent, self._record, self._rest)
        self.job = Job(plan, family, prepared, around, state and state["job"])
        result = self.job.run()
        self._rest()
        self.control.check()
        folder = self.folder / "pack"
        folder.mkdir()
        report = self.job.write_pack(result.run, folder, self._words(result.run))
        files = self._store_pack(folder)
        return finished(result, report, files, prepared.rows)

    def _fetched_state(self) -> dict[str, Any] | None:
        """Fetch the checkpoint that the round starts from."""
        wanted = self.document["checkpoint"]
        if wanted["get"] is None:
            return None
        path = self.folder / "checkpoint"
        self.storage.fetch(wanted["get"], path, "The checkpoint", wanted.get("sha256"))
        found = read_checkpoint_file(path, self.document["job"], self.document["fence"])
        path.unlink()
        return found.state

    def _stopped(self, stop: RoundStoppedError) -> dict[str, Any]:
        """Store a checkpoint, unless a newer round is under way already."""
        if stop.code != "superseded" and self.job:
            try:
                self._store_checkpoint()
            except StorageError as error:
                return failed(error.code, error.detail)
        body: dict[str, Any] = {"status": stop.status}
        return body | ({"reason": {"code": stop.code, "detail": stop.detail}} if stop.code else {})

    def _spent(self) -> float:
        return self._job_seconds() / self.limits["jobSeconds"]

    def _job_seconds(self) -> float:
        return self.limits["spentSeconds"] + time.time() - self.received_at

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Complete an epoch's record and pass it on."""
        assert self.job is not None
        spent, share = self._job_seconds(), self.job.share_done
        full = self.round.identity | record
        full |= {
            "secondsSpent": round(spent, 2),
            "secondsExpected": round(spent / share, 1) if self.job.epochs_done > 1 else None,
            "device": self.device.kind,
        }
        self.progress.add(full)
        return full

    def _rest(self) -> None:
        if time.time() - self._stored_at >= self.limits["checkpointSeconds"]:
            self._store_checkpoint()

    def _store_checkpoint(self) -> None:
        assert self.job is not None
        document, epoch = self.document, self.job.epochs_done
        content = Checkpoint(
            document["job"],
            document["round"],
            document["fence"],
            epoch,
            {"prepared": self.prepared_state, "job": self.job.state()},
        ).to_bytes()
        self.storage.store(document["checkpoint"]["put"], content, "The checkpoint")
        self.checkpoint = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "sizeBytes": len(content),
            "epoch": epoch,
        }
        self._stored_at = time.time()
        self._tell_status()

    def _store_pack(self, folder: Path) -> list[dict[str, Any]]:
        """Store the pack's files, the manifest last."""
        manifest = folder / MANIFEST_FILE
        files = file_entries(folder)
        files.append(
            {
                "path": MANIFEST_FILE,
                "sizeBytes": manifest.stat().st_size,
                "sha256": hashlib.sha256(manifest.read_bytes()).hexdigest(),
            }
        )
        places = self.document["packFiles"]
        for entry in files:
            path = entry["path"]
            if path not in places:
                raise StorageError(f"The request has no address for the pack's file {path}.")
            self.storage.store(places[path], folder / path, path)
        return files

    def _words(self, run: Run) -> PackWords:
        pack, dataset = self.document["pack"], self.document["dataset"]
        title = pack.get("title", pack["name"])
        return PackWords(
            pack["name"],
            pack["version"],
            title,
            pack.get("description", f"{title}, trained on the dataset {dataset['name']}."),
            pack.get("licence", "your own data's terms"),
            tuple(pack.get("languages", ())),
            self.document["job"],
            dataset["name"],
            dataset["version"],
            run.algorithm,
            run.settings,
            self.round.plan.seed,
        )

    def _always(self) -> dict[str, Any]:
        body: dict[str, Any] = {"checkpoint": self.checkpoint} if self.checkpoint else {}
        return body | {
            "secondsSpent": round(time.time() - self.received_at, 2),
            "device": self.device.document(),
        }

    def _tell_status(self) -> None:
        write_whole(self.folder / STATUS_FILE, self._always())


def finished(
    result: JobResult, report: PackReport, files: list[dict[str, Any]], rows: dict[str, int]
) -> dict[str, Any]:
    """Give the members of a finished round's answer."""
    run = result.run
    body: dict[str, Any] = {
        "status": "finished",
        "endedBy": run.ended_by,
        "pack": {"files": files},
        "metrics": [figure_entry(figure) for figure in report.figures],
        "algorithm": run.algorithm,
        "hyperparameters": run.settings,
        "validation": {"name": run.history[-1]["validationMetric"]["name"], "value": run.value},
        "history": run.history[-MOST_RECORDS:],
        "epochs": run.epochs,
        "rows": rows | {"test": report.test_rows},
    }
    if result.notice:
        body["reason"] = {"code": "no-improvement", "detail": result.notice}
    parts = {
        "baseline": result.compared,
        "crossValidation": result.folds,
        "search": result.search,
    }
    return body | {name: part for name, part in parts.items() if part is not None}


def failed(code: str, detail: str) -> dict[str, Any]:
    """Give the members of a failed round's answer."""
    return {"status": "failed", "reason": {"code": code, "detail": detail}}


def described(error: Exception) -> tuple[str, str]:
    """Give the code and a safe sentence for an exception: its text is for the log alone."""
    text = str(error).lower()
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "storage", "The container's disk is full."
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in text:
        return "out-of-memory", "The model or its batch did not fit the memory."
    return "internal", "The round failed by a bug; the container's log has the trace."


def write_whole(path: Path, document: dict[str, Any]) -> None:
    """Write JSON so that a reader sees all of it or the old one."""
    draft = path.with_suffix(".part")
    draft.write_text(to_json(document), encoding="utf-8")
    draft.replace(path)


def offer_to_the_reaper() -> None:
    """Ask Linux to end this process first when memory is short: the server must live."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def run_worker(allow_http: bool) -> None:
    """Wait for a round on standard input, run it, and leave the answer in its folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = sys.stdin.read()
    if not told:
        return
    task = json.loads(told)
    folder = Path(task["folder"])
    os.nice(NICENESS)
    offer_to_the_reaper()
    found = parse_round((folder / REQUEST_FILE).read_bytes(), allow_http)
    write_whole(folder / ANSWER_FILE, RoundWorker(found, folder, task["receivedAt"]).run())
