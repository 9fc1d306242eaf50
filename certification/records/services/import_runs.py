"""Runs the long work on a file in the background: checking its rows, and posting them once a second person said so."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from accounts.models import Organisation, User

from ..models import ImportBatch, ImportRun
from .imports import Places, approve_import, may_decide, may_import, propose_import

log = logging.getLogger("palmar.records")
LEASE = timedelta(minutes=2)  # how long a run is believed to live that says nothing of itself
WORDS_KEPT = 3_600
MOST_ATTEMPTS = 3


def ask_check(*, school: Organisation, data: bytes, name: str, by: User) -> ImportRun:
    """Keep a file and ask for a look at its rows; whoever calls it enqueues `run_import`. Refuses who may not import."""
    may_import(by, school)
    return ImportRun.objects.create(
        school=school,
        step=ImportRun.Step.CHECK,
        by=by,
        file=ContentFile(data, name="upload"),
        file_name=get_valid_filename(name or "hours")[-200:],
    )


def ask_post(*, batch: ImportBatch, by: User, words: str = "") -> ImportRun:
    """Let a file pass: ask for the posting of its rows. Idempotent: one that goes on, or is done, is given back.

    Refuses (ValidationError) what `approve_import` refuses of the person, and what was decided.
    """
    batch = ImportBatch.objects.select_related("school").get(pk=batch.pk)
    runs = ImportRun.objects.filter(batch=batch, step=ImportRun.Step.POST).exclude(state=ImportRun.State.FAILED)
    may_decide(by, batch, undecided=not runs.exists())
    try:
        with transaction.atomic():
            return ImportRun.objects.create(
                school=batch.school, batch=batch, step=ImportRun.Step.POST, by=by, words=words.strip()
            )
    except IntegrityError:
        there = runs.first()
        if there is None:
            raise
        return there


def run_import(*, run: ImportRun, places: Places, now: datetime | None = None) -> ImportRun:
    """Do what was asked, unless it is done or somebody else is at it. Safe to run twice at once, and again after a kill.

    What is posted and the word that it is done are one transaction: whoever is killed half-way leaves nothing, and the
    next attempt begins anew. A refusal, or a fault of ours, ends it as failed with a sentence.
    """
    now = now or timezone.now()
    claimed = (
        _idle(now)
        .filter(pk=run.pk)
        .update(state=ImportRun.State.RUNNING, claimed_until=now + LEASE, attempts=F("attempts") + 1)
    )
    run = ImportRun.objects.select_related("school", "batch__school", "by").get(pk=run.pk)
    if not claimed:
        return run
    try:
        if run.attempts > MOST_ATTEMPTS:
            raise ValidationError(_("It was stopped three times. Nothing was posted. Split the file, or ask us."))
        with transaction.atomic():
            _do(run, places)
    except ValidationError as refused:
        _end(run, ImportRun.State.FAILED, " ".join(refused.messages))
    except Exception:  # whatever went wrong, somebody waits at a page for a word of it
        log.exception("import run %s failed", run.uuid)
        _end(run, ImportRun.State.FAILED, _("Something went wrong on our side. Nothing was posted. Please try again."))
    return run


def unfinished_runs(*, now: datetime) -> QuerySet[ImportRun]:
    """Runs that nobody is at: never begun, or begun by somebody who went silent."""
    lost = Q(state=ImportRun.State.WAITING, asked_at__lt=now - LEASE) | Q(state=ImportRun.State.RUNNING)
    silent = [run.pk for run in _idle(now).filter(lost) if not _is_heard(run)]
    return ImportRun.objects.filter(pk__in=silent).order_by("pk")


def progress_of(run: ImportRun) -> tuple[str, int, int]:
    """What is being done (`checking`, `opening`, `posting`; empty: not known), how many rows are, and of how many."""
    told: tuple[str, int, int] | None = caches["progress"].get(_key(run))
    return told or ("", 0, 0)


def _do(run: ImportRun, places: Places) -> None:
    def tell(phase: str, done: int, of: int) -> None:
        caches["progress"].set(_key(run), (phase, done, of), WORDS_KEPT)
        caches["progress"].set(f"{_key(run)}-alive", 1, int(LEASE.total_seconds()))

    if run.step == ImportRun.Step.CHECK:
        with run.file.open("rb") as file:
            data = file.read()
        run.batch = propose_import(
            school=run.school, data=data, name=run.file_name, places=places, by=run.by, tell=tell
        )
    else:
        assert run.batch is not None  # the database holds it
        approve_import(batch=run.batch, places=places, by=run.by, words=run.words, tell=tell)
    _end(run, ImportRun.State.DONE)


def _end(run: ImportRun, state: ImportRun.State, sentence: str = "") -> None:
    """Write how it ended; the batch has the file now, or nobody needs it."""
    old: Any = run.file.name
    run.state, run.sentence, run.ended_at = state, sentence, timezone.now()
    run.file, run.file_name, run.words, run.claimed_until = "", "", "", None
    if state == ImportRun.State.FAILED and run.step == ImportRun.Step.CHECK:
        run.batch = None
    run.save(update_fields=["state", "sentence", "ended_at", "file", "file_name", "words", "claimed_until", "batch"])
    if old:
        transaction.on_commit(lambda: run.file.storage.delete(old))


def _idle(now: datetime) -> QuerySet[ImportRun]:
    """Runs that somebody may take: not ended, and held by nobody whose time is not over."""
    return ImportRun.objects.filter(
        Q(state=ImportRun.State.WAITING) | Q(state=ImportRun.State.RUNNING, claimed_until__lt=now)
    )


def _is_heard(run: ImportRun) -> bool:
    return bool(caches["progress"].get(f"{_key(run)}-alive"))


def _key(run: ImportRun) -> str:
    return f"import-{run.uuid}"
