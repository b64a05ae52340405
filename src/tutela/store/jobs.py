"""Long work in the background: started here, watched and stopped from anywhere, never lost without a word.

Two threads a job: the *worker* does the work and only notes in memory how far it is; the *keeper* writes that down twice a
second, on a connection of its own.  So the row of a job never waits for the lock that the work itself holds (on SQLite it
lies in the ``access`` file), and never vanishes with a transaction that is rolled back.

A job that nobody keeps any more (the program was ended meanwhile) is found by its last sign of life and marked as failed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from tutela.errors import TutelaError, declare, problem
from tutela.store.models import Job

declare(
    {
        "job-unknown": ("There is no work number {value}.", "Look in the list of imports: what was written is there."),
        "job-stopped": ("This was stopped.", "Nothing was written. Start it again when you wish."),
        "job-interrupted": (
            "The program was ended while this was going on.",
            "What was not finished was not written. Look in the list of imports; start it again if it is not there.",
        ),
        "job-failed": (
            "This could not be done because of a fault of Tutela ({reason}).",
            "Nothing was written. Try again; if it stays so, please report it with the lines the server has written.",
        ),
    }
)

Progress = Callable[[str, int, int | None], None]
Work = Callable[[Progress], dict[str, Any]]

EVERY = 0.5  # seconds between two notes of the keeper
SILENT = 30.0  # seconds without a sign of life after which a job counts as interrupted
HERE = False  # do the work in the caller's own thread before start() returns: for tests within one transaction
ENDED = ("done", "failed", "cancelled")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    """What the two threads share."""

    done: int = 0
    total: int | None = None
    doing: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    kept: threading.Event = field(default_factory=threading.Event)
    state: str = "running"
    result: dict[str, Any] = field(default_factory=dict)


_running: dict[int, _Running] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands.  ``result`` what the work gave; ``problem`` why it failed (``code message todo`` …).

    ``percent`` 0–100 where the whole is known; ``seconds`` since it was begun.
    """

    id: int
    kind: str
    actor: str
    state: str
    doing: str
    done: int
    total: int | None
    seconds: float
    arguments: dict[str, Any]
    result: dict[str, Any]
    problem: dict[str, Any] | None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def percent(self) -> int | None:
        return min(100, round(100 * self.done / self.total)) if self.total else None


def start(kind: str, actor: str, work: Work, arguments: dict[str, Any] | None = None, stopped: str = "job-stopped") -> int:
    """Begin ``work(progress)`` in the background; gives the job's number at once.

    ``work`` gives plain data (kept with the job) or raises a coded error.  When somebody asks it to stop, the next call of
    ``progress(doing, done, total)`` raises the code ``stopped``, which the work lets pass so that nothing is written.
    """
    job = Job.objects.create(kind=kind, actor=actor, state="running", started=_now(), arguments={**(arguments or {}), "beat": time.time()})
    shared = _running[job.pk] = _Running()
    if HERE:
        _do(shared, work, stopped)
        _end(job.pk, shared)
        return job.pk
    threading.Thread(target=_keep, args=(job.pk, dict(job.arguments), shared), name=f"job-{job.pk}-keeper", daemon=True).start()
    threading.Thread(target=_work, args=(shared, work, stopped), name=f"job-{job.pk}", daemon=True).start()
    return job.pk


def _work(shared: _Running, work: Work, stopped: str) -> None:
    try:
        _do(shared, work, stopped)
    finally:
        connections.close_all()
        shared.over.set()


def _do(shared: _Running, work: Work, stopped: str) -> None:
    """The work itself, and what came of it; nothing it raises gets further than this."""

    def progress(doing: str, done: int, total: int | None) -> None:
        shared.doing, shared.done, shared.total = doing, done, total
        if shared.stop.is_set():
            raise TutelaError(problem(stopped))

    try:
        shared.result = {"result": work(progress)}
        shared.state = "done"
    except TutelaError as error:
        shared.state = "cancelled" if shared.stop.is_set() and error.code == stopped else "failed"
        shared.result = {"problem": error.problem.as_dict()}
    except Exception as error:  # whatever it is, the person who waits must be told
        _log.exception("a job failed")
        shared.state = "failed"
        shared.result = {"problem": problem("job-failed", reason=type(error).__name__).as_dict()}


def _keep(number: int, arguments: dict[str, Any], shared: _Running) -> None:
    """Write down how far the work is; at the end, what came of it."""
    try:
        while not shared.over.wait(EVERY):
            try:
                Job.objects.filter(pk=number).update(
                    doing=shared.doing[:200], done=shared.done, total=shared.total, arguments={**arguments, "beat": time.time()}
                )
                if Job.objects.filter(pk=number, cancel=True).exists():
                    shared.stop.set()
            except Exception:  # a full disk, a database that is away: the work itself goes on
                _log.warning("how far job %s is could not be written down", number, exc_info=True)
        _end(number, shared)
    except Exception:
        _log.exception("what came of job %s could not be written down", number)
    finally:
        connections.close_all()
        shared.kept.set()
        _running.pop(number, None)


def _end(number: int, shared: _Running) -> None:
    Job.objects.filter(pk=number).update(
        state=shared.state, doing="", done=shared.done, total=shared.total, ended=_now(), result=shared.result
    )
    _running.pop(number, None)


def standing(number: int, actor: str | None = None) -> Standing:
    """How a job stands now; with ``actor``, only for who began it.  Raises ``job-unknown``."""
    job = Job.objects.filter(pk=number).first()
    if job is None or (actor is not None and job.actor != actor):
        raise TutelaError(problem("job-unknown", value=number))
    _bury(job)
    held = job.result or {}
    end = job.ended or _now()
    return Standing(
        job.pk,
        job.kind,
        job.actor,
        job.state,
        job.doing,
        job.done,
        job.total,
        (end - (job.started or job.made)).total_seconds(),
        job.arguments,
        held.get("result") or {},
        held.get("problem"),
    )


def latest(actor: str, kind: str, next: str) -> Standing | None:
    """The last job of this person of this kind that leads to this page."""
    for job in Job.objects.filter(actor=actor, kind=kind).order_by("-id")[:50]:
        if job.arguments.get("next") == next:
            return standing(job.pk)
    return None


def _bury(job: Job) -> None:
    """Mark a job that nobody keeps any more."""
    if job.state in ENDED or job.pk in _running:
        return
    if time.time() - float(job.arguments.get("beat", 0)) < SILENT:
        return
    result = {"problem": problem("job-interrupted").as_dict()}
    if Job.objects.filter(pk=job.pk, state=job.state).update(state="failed", ended=_now(), result=result):
        job.state, job.result = "failed", result


def wait(number: int, seconds: float) -> None:
    """Wait for the end of a job of this process, at most so long: short work then needs no page of its own."""
    shared = _running.get(number)
    if shared is not None:
        shared.kept.wait(seconds)


def stop(number: int, actor: str) -> None:
    """Ask a job to stop.  It ends at its next step, having written nothing; one that has ended stays as it is."""
    if not standing(number, actor).ended:
        Job.objects.filter(pk=number).update(cancel=True)
        shared = _running.get(number)
        if shared is not None:
            shared.stop.set()


def _now() -> datetime:
    return datetime.now(UTC)
