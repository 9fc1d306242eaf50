"""Erases names and words behind a record's shifts; what was decided and posted stands."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from certification.records.models import TrainingRecord
from certification.records.models.corrections import private_storage

from ..models import (
    CheckOff,
    Clock,
    EvaluationAnswer,
    EvaluationLink,
    LearningGoal,
    PaperScan,
    PlacementStep,
    PracticalSheet,
    RegisterPaper,
    Remediation,
    Shift,
    ShiftOrigin,
    SignOff,
    SignOffRow,
    SiteEvaluation,
)

_PLACED = (
    Q(started_metres__isnull=False)
    | Q(started_accuracy__isnull=False)
    | Q(ended_metres__isnull=False)
    | Q(ended_accuracy__isnull=False)
)
_WORDS = ~Q(statement="") | ~Q(reflection="") | ~Q(amend_reason="")


def shifts_with_words(*, record: TrainingRecord) -> int:
    """How many shifts of a record have words, a signature's name, a row that names the learner or a clock that says how
    far from the site she was. One query.
    """
    placed = Exists(Clock.objects.filter(_PLACED, pk=OuterRef("clock")))
    signed = Exists(SignOff.objects.filter(shift=OuterRef("pk")).exclude(typed_name=""))
    shown = Exists(SignOffRow.objects.filter(shift=OuterRef("pk")).exclude(shown=""))
    return Shift.objects.filter(_WORDS | signed | shown | placed, placement__record=record).count()


@transaction.atomic
def erase_shift_words(*, record: TrainingRecord) -> int:
    """Erase what learner and supervisors wrote about a record's shifts, signers' names, licenses and devices.

    Scans of signed forms go with them, and how far from the site she clocked in and out. Only below the record's
    Erasure (the database refuses otherwise). Digests, decisions and minutes stand. How many shifts; atomic, idempotent.
    """
    found, now = shifts_with_words(record=record), timezone.now()
    SignOff.objects.filter(shift__placement__record=record).exclude(typed_name="").update(
        words="", typed_name="", licence="", ip=None, agent="", erased_at=now
    )
    SignOffRow.objects.filter(shift__placement__record=record).exclude(shown="").update(shown="", erased_at=now)
    scans = _scans(record)
    files = [scan.attachment.name for scan in scans if scan.attachment]
    scans.update(
        typed_name="",
        answers={},
        attachment="",
        attachment_name="",
        attachment_type="",
        decided_words="",
        erased_at=now,
    )
    for name in files:
        transaction.on_commit(lambda name=name: private_storage().delete(name))  # type: ignore[misc]
    Clock.objects.filter(_PLACED, placement__record=record).update(
        started_metres=None,
        started_accuracy=None,
        started_away=False,
        ended_metres=None,
        ended_accuracy=None,
        ended_away=False,
        erased_at=now,
    )
    ShiftOrigin.objects.filter(shift__placement__record=record).delete()
    Shift.objects.filter(_WORDS, placement__record=record).update(
        statement="", reflection="", amend_reason="", erased_at=now
    )
    return found


def placements_with_words(*, record: TrainingRecord) -> int:
    """How many requests, answers and goals of a record's placements have words. Two queries."""
    steps = PlacementStep.objects.filter(placement__record=record).exclude(words="")
    return steps.count() + LearningGoal.objects.filter(placement__record=record).exclude(words="").count()


@transaction.atomic
def erase_placement_words(*, record: TrainingRecord) -> int:
    """Erase why she asked for a placement, why it was declined, and what she wanted to learn there.

    Only below the record's Erasure (the database refuses otherwise). Who did what when stands. How many rows; atomic,
    idempotent.
    """
    found, now = placements_with_words(record=record), timezone.now()
    PlacementStep.objects.filter(placement__record=record).exclude(words="").update(words="", erased_at=now)
    LearningGoal.objects.filter(placement__record=record).exclude(words="").update(words="", erased_at=now)
    return found


def stray_files() -> list[str]:
    """Files of scans and of the registers' papers that no row names, a day old or older: left by a stopped erasure or
    upload. Two queries.
    """
    storage, before = private_storage(), timezone.now() - timedelta(days=1)
    found: list[str] = []
    for folder, model in (("signed-forms", PaperScan), ("register-papers", RegisterPaper)):
        kept = set(model._default_manager.exclude(attachment="").values_list("attachment", flat=True))
        try:
            _folders, files = storage.listdir(folder)
        except FileNotFoundError:
            continue
        names = (f"{folder}/{file}" for file in sorted(files))
        found += [name for name in names if name not in kept and storage.get_modified_time(name) < before]
    return found


def drop_stray_files() -> int:
    """Delete these files; how many."""
    found = stray_files()
    for name in found:
        private_storage().delete(name)
    return len(found)


def _scans(record: TrainingRecord) -> QuerySet[PaperScan]:
    return PaperScan.objects.filter(link__placement__record=record).exclude(typed_name="")


def _competency_words(record: TrainingRecord) -> list[tuple[QuerySet[Any], dict[str, Any]]]:
    """What holds names and words about a record's competencies and evaluations, and with what each is emptied."""
    words = ~Q(words="")
    return [
        (
            EvaluationAnswer.objects.filter(link__placement__record=record).exclude(typed_name=""),
            {"words": "", "typed_name": "", "licence": "", "ip": None, "agent": ""},
        ),
        (EvaluationLink.objects.filter(placement__record=record).exclude(shown=""), {"shown": ""}),
        (CheckOff.objects.filter(words, record=record), {"words": ""}),
        (Remediation.objects.filter(words, failed__record=record), {"words": ""}),
        (SiteEvaluation.objects.filter(words, placement__record=record), {"words": ""}),
        (PracticalSheet.objects.filter(words, practical__record=record), {"words": ""}),
    ]


def competency_words(*, record: TrainingRecord) -> int:
    """How many rows about a record's competencies, evaluations and practical examinations hold names or words.

    Six queries.
    """
    return sum(rows.count() for rows, _empty in _competency_words(record))


@transaction.atomic
def erase_competency_words(*, record: TrainingRecord) -> int:
    """Erase what was written about a record's competencies and evaluations, with signers' names and devices.

    Only below the record's Erasure (the database refuses otherwise). Outcomes, marks, digests and milestones stand; a
    link that was open opens nothing any more. How many rows; atomic, idempotent.
    """
    now = timezone.now()
    return sum(rows.update(**empty, erased_at=now) for rows, empty in _competency_words(record))
