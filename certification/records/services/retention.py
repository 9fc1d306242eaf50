"""Erases names and words behind hours when their time is over, without breaking a proof."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User

from ..models import (
    AnomalyDecision,
    Claim,
    Correction,
    Erasure,
    Hold,
    HourEntryText,
    ImportBatch,
    ImportRun,
    Posting,
    TrainingRecord,
)
from ..models.corrections import private_storage
from ..rules import imports
from ..rules.imports import BadTableError, ImportRow
from ..rules.retention import UNPOSTED_MONTHS, months_after
from ..selectors import duty_of

PAPER_FOLDERS = ("record-papers", "imports")
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Words:
    """How many rows of each kind hold names or words behind a record."""

    lines: int = 0
    claims: int = 0
    corrections: int = 0
    decisions: int = 0
    """Of anomalies."""
    holds: int = 0
    imported_rows: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def words_behind(*, record: TrainingRecord, keys: Collection[str] = ()) -> Words:
    """How many rows of each kind hold names or words behind a record; `keys` are other names of its admission."""
    return Words(
        lines=HourEntryText.objects.filter(entry__record=record).count(),
        claims=_claims(record).count(),
        corrections=_corrections(record).count(),
        decisions=_decisions(record).count(),
        holds=_holds(record).count(),
        imported_rows=sum(len(gone) for _batch, _data, gone in _imported(record, keys)),
    )


@transaction.atomic
def erase_words(*, record: TrainingRecord, basis: str, by: User | None = None, keys: Collection[str] = ()) -> Words:
    """Erase the names and words behind a record's lines; how many rows of each kind had some. Atomic, idempotent.

    Its lines, claims, corrections with their papers, what was decided about its anomalies, its holds, and its rows in the files
    that it was imported from. Leaf hashes bind the lines' words by salted hashes, so every proof stands. Words that
    come later go by the next call.
    """
    Erasure.objects.get_or_create(record=record, defaults={"basis": basis, "by": by})
    now = timezone.now()
    lines, _models = HourEntryText.objects.filter(entry__record=record).delete()
    claims, corrections = _claims(record), _corrections(record)
    papers = [row.attachment.name for rows in (claims, corrections) for row in rows if row.attachment]
    bare = {"words": "", "attachment": "", "attachment_name": "", "attachment_type": "", "erased_at": now}
    erased = Words(
        lines=lines,
        claims=claims.update(**bare, answer_words=""),
        corrections=corrections.update(**bare, decision_words=""),
        decisions=_decisions(record).update(words="", erased_at=now),
        holds=_holds(record).update(words="", release_words="", erased_at=now),
        imported_rows=sum(_blank(batch, data, gone, now) for batch, data, gone in _imported(record, keys)),
    )
    _drop(papers)
    return erased


def due_records(*, today: date) -> Iterator[TrainingRecord]:
    """Every ended record behind which no name need be kept any longer."""
    records = TrainingRecord.objects.filter(sealed_at__isnull=False).select_related("school").order_by("pk")
    for record in records.iterator(500):
        ends_on = duty_of(record)
        if ends_on is not None and ends_on <= today:
            yield record


def open_imports_naming(user: User) -> int:
    """How many files that wait for a decision have a row of this person."""
    waiting = ImportBatch.objects.filter(outcome="").only("verdicts")
    return sum(any(one["email"] == user.email.lower() for one in batch.verdicts) for batch in waiting)


def imports_naming(user: User) -> list[ImportBatch]:
    """The files that were refused or withdrawn and name this person by address or legal name, in any cell."""
    texts = {text.casefold() for text in (user.email, user.legal_name) if text}
    return [batch for batch in _unposted() if _mentions(batch, texts)]


def erase_import(*, batch: ImportBatch) -> None:
    """Erase the file, its name and every row of an import that was not posted: nothing rests on it. Idempotent."""
    with transaction.atomic():
        _blank(batch, b"", {one["row"] for one in batch.verdicts}, timezone.now())


def due_imports(*, today: date) -> list[ImportBatch]:
    """The files that were refused or withdrawn so long ago that nobody need know why."""
    return [
        one for one in _unposted() if one.decided_at and months_after(one.decided_at.date(), UNPOSTED_MONTHS) <= today
    ]


def stray_papers() -> list[str]:
    """Files of papers and imports that no row names, a day old or older: what a stopped erasure or upload left."""
    kept = {
        name
        for model, column in (
            (Claim, "attachment"),
            (Correction, "attachment"),
            (ImportBatch, "file"),
            (ImportRun, "file"),
        )
        for name in model._default_manager.exclude(**{column: ""}).values_list(column, flat=True)
    }
    storage, before = private_storage(), timezone.now() - A_DAY
    found = []
    for folder in PAPER_FOLDERS:
        try:
            _folders, files = storage.listdir(folder)
        except FileNotFoundError:
            continue
        names = (f"{folder}/{file}" for file in sorted(files))
        found += [name for name in names if name not in kept and storage.get_modified_time(name) < before]
    return found


def drop_stray_papers() -> int:
    """Delete the files that no row names; how many."""
    found = stray_papers()
    for name in found:
        private_storage().delete(name)
    return len(found)


def _claims(record: TrainingRecord) -> QuerySet[Claim]:
    return Claim.objects.filter(record=record).filter(~Q(words="") | ~Q(answer_words="") | ~Q(attachment=""))


def _corrections(record: TrainingRecord) -> QuerySet[Correction]:
    return Correction.objects.filter(record=record).filter(~Q(words="") | ~Q(decision_words="") | ~Q(attachment=""))


def _holds(record: TrainingRecord) -> QuerySet[Hold]:
    return Hold.objects.filter(record=record).exclude(words="", release_words="")


def _decisions(record: TrainingRecord) -> QuerySet[AnomalyDecision]:
    about = AnomalyDecision.objects.filter(anomaly__records=record).exclude(words="").values("pk")
    return AnomalyDecision.objects.filter(pk__in=about)


def _imported(record: TrainingRecord, keys: Collection[str]) -> Iterator[tuple[ImportBatch, bytes, set[int]]]:
    """Each posted file with its bytes and the numbers of the record's rows that still stand in it."""
    known = {*keys, record.source_key, *_import_keys(record)}
    known = {key for key in known if key.startswith("import:")}
    if not known:
        return
    slug = record.school.slug
    for batch in ImportBatch.objects.filter(school=record.school_id, outcome="posted").exclude(file="").order_by("pk"):
        data = _bytes(batch)
        rows = imports.read_rows(data) if data else []
        gone = {
            row.row
            for row in rows
            if isinstance(row, ImportRow) and (row.key(slug) in known or row.record_key(slug) in known)
        }
        if gone:
            yield batch, data, gone


def _import_keys(record: TrainingRecord) -> set[str]:
    return set(
        Posting.objects.filter(record=record, source_key__startswith="import:").values_list("source_key", flat=True)
    )


def _unposted() -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(outcome__in=["refused", "withdrawn"]).exclude(file="").order_by("pk")


def _mentions(batch: ImportBatch, texts: set[str]) -> bool:
    try:
        return imports.mentions(_bytes(batch), texts)
    except BadTableError:  # it was one when it was brought: somebody exchanged it, so it may hold anything
        return True


def _bytes(batch: ImportBatch) -> bytes:
    try:
        with batch.file.open("rb") as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        return b""


def _blank(batch: ImportBatch, data: bytes, gone: set[int], now: datetime) -> int:
    """Empty these rows in the file and in what was said of them; the file goes once no row is left. How many rows."""
    left = imports.blanked(data, gone) if data else b""
    old = batch.file.name or ""
    if batch.erased_at:
        # The database knows an erasure by its instant: a second one in the same breath comes after the first.
        now = max(now, batch.erased_at + timedelta(microseconds=1))
    if left:
        batch.file.save("hours.csv", ContentFile(left), save=False)
    verdicts = [_nobody(one) if one["row"] in gone else one for one in batch.verdicts]
    ImportBatch.objects.filter(pk=batch.pk).update(
        file=(batch.file.name or "") if left else "",
        file_name=f"{batch.file_sha256[:12]}.csv",
        verdicts=verdicts,
        decision_words="",
        erased_at=now,
    )
    _drop([old])
    return len(gone)


def _nobody(verdict: dict[str, Any]) -> dict[str, Any]:
    return {**verdict, "email": "", "legal_name": "", "value": "", "erased": True}


def _drop(names: Collection[str | None]) -> None:
    """Delete files once it is sure that no row names them; what a crash leaves is found by `drop_stray_papers`."""
    for name in names:
        if name:
            transaction.on_commit(lambda name=name: private_storage().delete(name))  # type: ignore[misc]
