"""Brings historic hours in: a dry run of a file, proposed by one person, posted whole once a second one lets it pass."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FormerName, Organisation, User
from accounts.selectors import has_role
from accounts.services import ensure_user
from certification.requirements.models import RuleSet
from certification.requirements.selectors import labelled, spec_for
from notices.services import enqueue_mail

from ..models import ImportBatch, Posting, TrainingRecord
from ..rules import HourPart, imports
from ..rules.imports import BadCell, BadTableError, ImportRow
from .ledger import HourRequest, ensure_learner, open_record, post_batch, record_course_result

IMPORTING_ROLES = ("registrar", "admin")
A_BATCH = 200
TROUBLES = {
    "too_large": gettext_lazy("The file is larger than 10 MB. Split it into several."),
    "too_many_rows": gettext_lazy("The file has more than 10,000 rows. Split it into several."),
    "empty": gettext_lazy("The file has no rows."),
    "no_table": gettext_lazy("This is neither a CSV file nor an XLSX workbook. Save it as one of these."),
    "not_utf8": gettext_lazy("The file is not UTF-8. Save it as “CSV UTF-8”, or as XLSX."),
    "unknown_column": gettext_lazy("The column “%(value)s” is not known. Leave it out or rename it."),
    "column_twice": gettext_lazy("The column “%(value)s” is there twice."),
    "column_missing": gettext_lazy("The column “%(value)s” is missing."),
}


def table_trouble(error: BadTableError) -> str:
    """What is wrong with a file as a whole, in a sentence."""
    return str(TROUBLES[error.code]) % {"value": error.value}


Tell = Callable[[str, int, int], None]
"""Called now and then with what is being done (`checking`, `opening`, `posting`), how many rows are, and of how many."""


def _silent(_phase: str, _done: int, _of: int) -> None:
    pass


class Places(Protocol):
    """A school's programs, as an upper room knows them."""

    def rule_set_of(self, program: str) -> RuleSet | None:
        """The rules of the program of this code; None where the school has none such."""

    def record_in(self, user: User, program: str) -> TrainingRecord | None:
        """The record of her place in the program, running before ended; None without one."""

    def enroll(self, user: User, program: str, *, enrolled_on: date, source_key: str) -> TrainingRecord:
        """Give her a place and return its record. Idempotent by source_key."""


@dataclass
class _DryRun:
    """Looks at the rows of one file against what is there. Users, keys and records are fetched together."""

    school: Organisation
    places: Places
    own: Sequence[str]
    tell: Tell = _silent

    def verdicts(self, rows: Sequence[ImportRow | BadCell]) -> list[dict[str, Any]]:
        """One verdict a row, in their order: `post`, `there` or `refused`, with the reason's code."""
        readable = [row for row in rows if isinstance(row, ImportRow)]
        users = {
            user.email.lower(): user for user in _some(User.objects.all(), "email__in", (r.email for r in readable))
        }
        former: dict[int, set[str]] = {}
        for name in _some(FormerName.objects.all(), "user__in", (user.pk for user in users.values())):
            former.setdefault(name.user_id, set()).add(_folded(name.legal_name))
        slug = self.school.slug
        postings = Posting.objects.filter(record__school=self.school)
        known = {one.source_key for one in _some(postings, "source_key__in", (r.key(slug) for r in readable))}
        opened = {
            one.source_key
            for one in _some(TrainingRecord.objects.all(), "source_key__in", (r.record_key(slug) for r in readable))
        }
        names: dict[str, str] = {}
        days: dict[tuple[str, str], date] = {}
        told: list[dict[str, Any]] = []
        for row in rows:
            if len(told) % A_BATCH == 0:
                self.tell("checking", len(told), len(rows))
            if isinstance(row, BadCell):
                told.append(_verdict(row, "refused", row.code, column=row.column, value=row.value))
                continue
            key, user = row.key(slug), users.get(row.email)
            trouble = self._trouble(row, user, former, names)
            if days.setdefault((row.email, row.program), row.enrolled_on) != row.enrolled_on:
                trouble = trouble or ("enrolled_on", "two_days")
            names.setdefault(row.email, _folded(row.legal_name))
            if key in known:
                told.append(_verdict(row, "there", "there"))
            elif trouble:
                column, code = trouble
                told.append(_verdict(row, "refused", code, column=column, value=str(getattr(row, column))))
            elif row.minutes is None and (row.record_key(slug) in opened or self._record_in(user, row.program)):
                told.append(_verdict(row, "there", "there"))
            else:
                told.append(_verdict(row, "post", "post", new=user is None))
            known.add(key)
            if row.minutes is None:
                opened.add(row.record_key(slug))
        return told

    def _trouble(
        self, row: ImportRow, user: User | None, former: dict[int, set[str]], names: dict[str, str]
    ) -> tuple[str, str] | None:
        """The column and the code of why a row cannot be posted."""
        name = _folded(row.legal_name)
        if row.email in self.own:
            return "email", "own"
        if names.get(row.email, name) != name:
            return "legal_name", "two_names"
        if user is not None and user.legal_name and name not in {_folded(user.legal_name), *former.get(user.pk, ())}:
            return "legal_name", "other_name"
        rule_set = self._rule_set(row.program)
        if rule_set is None:
            return "program", "program"
        today = timezone.localdate(timezone=ZoneInfo(self.school.zone))
        if row.enrolled_on > today:
            return "enrolled_on", "future"
        if row.minutes is not None:
            if row.date is not None and row.date > today:
                return "date", "future"
            if not spec_for(rule_set).allows(row.category):
                return "category", "category"
        record = self._record_in(user, row.program)
        if record is not None and record.sealed_at is not None:
            return "email", "sealed"
        return None

    def _rule_set(self, program: str) -> RuleSet | None:
        if program not in self._rule_sets:
            self._rule_sets[program] = labelled(program) if "@" in program else self.places.rule_set_of(program)
        return self._rule_sets[program]

    def _record_in(self, user: User | None, program: str) -> TrainingRecord | None:
        if user is None or "@" in program:
            return None
        if (user.pk, program) not in self._records:
            self._records[user.pk, program] = self.places.record_in(user, program)
        return self._records[user.pk, program]

    @cached_property
    def _rule_sets(self) -> dict[str, RuleSet | None]:
        return {}

    @cached_property
    def _records(self) -> dict[tuple[int, str], TrainingRecord | None]:
        return {}


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _some(rows: Any, lookup: str, values: Iterable[Any]) -> Iterator[Any]:
    """The rows whose column is one of many values, asked for by the 500."""
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), 500):
        yield from rows.filter(**{lookup: wanted[start : start + 500]})


def _verdict(
    row: ImportRow | BadCell, verdict: str, code: str, *, column: str = "", value: str = "", new: bool = False
) -> dict[str, Any]:
    told = {"row": row.row, "verdict": verdict, "code": code, "column": column, "value": value, "new_learner": new}
    if isinstance(row, BadCell):
        return {**told, "email": "", "legal_name": "", "program": "", "date": None, "minutes": None, "category": ""}
    return {
        **told,
        "email": row.email,
        "legal_name": row.legal_name,
        "program": row.program,
        "date": row.date.isoformat() if row.date else None,
        "minutes": row.minutes,
        "category": row.category,
    }


def dry_run(
    *, school: Organisation, data: bytes, places: Places, by: User, tell: Tell = _silent
) -> list[dict[str, Any]]:
    """What each row of a file would do; writes nothing. Refuses (ValidationError, `file`) what is no such table."""
    may_import(by, school)
    return _DryRun(school, places, [by.email.lower()], tell).verdicts(_rows(data))


def propose_import(
    *, school: Organisation, data: bytes, name: str, places: Places, by: User, tell: Tell = _silent
) -> ImportBatch:
    """Keep a file with its dry run, for a second person to look at; changes no hour.

    Atomic. The same file again while it waits gives back the batch that waits. Refuses (ValidationError) who is no
    registrar or administrator of the school, and what is no such table or has no row.
    """
    verdicts = dry_run(school=school, data=data, places=places, by=by, tell=tell)
    if not verdicts:
        raise ValidationError({"file": table_trouble(BadTableError("empty"))})
    sha256 = hashlib.sha256(data).hexdigest()
    waiting = ImportBatch.objects.filter(school=school, file_sha256=sha256, outcome="")
    there = waiting.first()
    if there:
        return there
    batch = ImportBatch(
        school=school,
        file=ContentFile(data, name="hours.xlsx" if data.startswith(b"PK") else "hours.csv"),
        file_name=get_valid_filename(name or "hours")[-200:],
        file_sha256=sha256,
        verdicts=verdicts,
        tally=imports.tally(verdicts),
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        if batch.file:
            batch.file.storage.delete(batch.file.name or "")
        again = waiting.first()
        if again is None:
            raise
        return again
    return batch


def approve_import(
    *, batch: ImportBatch, places: Places, by: User, words: str = "", tell: Tell = _silent
) -> ImportBatch:
    """Post everything of a file: learners, records, places, hours and grades, with the evidence `imported`.

    All or nothing, in one transaction; idempotent by the batch, and by each row's own content: what is there already is
    not posted again. The file is read and judged anew. Refuses (ValidationError) who does not import for the school,
    the person who brought it, anybody whose own hours are in it, a file with a row that is refused now, and a file
    that is not the one that was shown.
    """
    with transaction.atomic():
        batch = _locked(batch)
        _must_decide(by, batch)
        if batch.outcome == ImportBatch.Outcome.POSTED:
            return batch
        _must_be_undecided(batch)
        with batch.file.open("rb") as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != batch.file_sha256:
            raise ValidationError(_("The file is not the one that was brought. Bring it again."), code="file")
        rows = _rows(data)
        own = [by.email.lower(), batch.proposed_by.email.lower()]
        verdicts = _DryRun(batch.school, places, own, tell).verdicts(rows)
        refused = [one for one in verdicts if one["verdict"] == "refused"]
        if refused:
            raise ValidationError(
                _("Row %(row)d is refused as things stand now. Nothing was posted.") % {"row": refused[0]["row"]},
                code="refused",
            )
        _post(
            batch, [row for row, one in zip(rows, verdicts, strict=True) if one["verdict"] == "post"], places, by, tell
        )
        return _decide(batch, ImportBatch.Outcome.POSTED, by, words)


def refuse_import(*, batch: ImportBatch, by: User, words: str) -> ImportBatch:
    """Say no to a file, with the reason; nothing is posted, who brought it gets a mail. Atomic; idempotent."""
    with transaction.atomic():
        batch = _locked(batch)
        _must_decide(by, batch)
        if batch.outcome == ImportBatch.Outcome.REFUSED:
            return batch
        _must_be_undecided(batch)
        if not words.strip():
            raise ValidationError({"words": _("Write why it is refused: whoever brought it reads this.")})
        person = batch.proposed_by
        # Words and names stay on the page, behind the log-in.
        enqueue_mail(
            key=f"import:{batch.uuid}:refused",
            to=person.email,
            template="records_import_refused",
            context={"batch": batch, "name": person.get_short_name()},
            user=person,
        )
        return _decide(batch, ImportBatch.Outcome.REFUSED, by, words)


def withdraw_import(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Take one's own file back before it is decided. Atomic; idempotent."""
    with transaction.atomic():
        batch = _locked(batch)
        if batch.proposed_by_id != by.pk:
            raise ValidationError(_("Only who brought a file withdraws it."), code="no_right")
        if batch.outcome == ImportBatch.Outcome.WITHDRAWN:
            return batch
        _must_be_undecided(batch)
        return _decide(batch, ImportBatch.Outcome.WITHDRAWN, by, "")


def _rows(data: bytes) -> list[ImportRow | BadCell]:
    try:
        return imports.read_rows(data)
    except BadTableError as error:
        raise ValidationError({"file": table_trouble(error)}) from error


def _post(batch: ImportBatch, rows: Sequence[Any], places: Places, by: User, tell: Tell) -> None:
    school = batch.school
    records: dict[tuple[str, str], TrainingRecord] = {}
    requests: list[HourRequest] = []
    for number, row in enumerate(rows):
        if number % A_BATCH == 0:
            tell("opening", number, len(rows))
        here = (row.email, row.program)
        if here not in records:
            records[here] = _record(school, row, places)
        record = records[here]
        if row.minutes is not None:
            requests.append(HourRequest(record, row.key(school.slug), [_part(row)]))
        if row.grade_hundredths is not None:
            record_course_result(
                record=record,
                course=row.course,
                source_key=row.key(school.slug),
                grade_hundredths=row.grade_hundredths,
                # Where the paper's name stands, not the name: it is free text, and this row never changes.
                evidence=f"import {batch.uuid}, row {row.row}",
            )
    for start in range(0, len(requests), A_BATCH):
        tell("posting", start, len(requests))
        post_batch(requests=requests[start : start + A_BATCH], recorded_by=by)


def _record(school: Organisation, row: ImportRow, places: Places) -> TrainingRecord:
    user = ensure_user(email=row.email, legal_name=row.legal_name)
    key = row.record_key(school.slug)
    if "@" not in row.program:
        there = places.record_in(user, row.program)
        return there or places.enroll(user, row.program, enrolled_on=row.enrolled_on, source_key=key)
    rule_set = labelled(row.program)
    assert rule_set is not None  # the dry run found it
    return open_record(
        learner=ensure_learner(user=user),
        school=school,
        rule_set=rule_set,
        program_code=rule_set.identifier[:40],
        program_title=rule_set.title[:200],
        enrolled_on=row.enrolled_on,
        source_key=key,
    )


def _part(row: ImportRow) -> HourPart:
    assert row.minutes is not None
    return HourPart(
        category=row.category,
        minutes=row.minutes,
        source=row.source,
        delivery=row.delivery,
        evidence="imported",
        title=row.title or row.course or _("Imported hours"),
        date=row.date,
        course=row.course,
        sending_school=row.sending_school,
        note=row.document,
    )


def may_import(user: User, school: Organisation) -> None:
    """Refuse (ValidationError) who does not import for the school."""
    if not user.is_active or not has_role(user, school, *IMPORTING_ROLES):
        raise ValidationError(_("Only registrars and administrators of the school bring hours in."), code="no_right")


def may_decide(user: User, batch: ImportBatch, *, undecided: bool) -> None:
    """Refuse (ValidationError) who may not let a file pass or refuse it and, where `undecided`, what was decided."""
    _must_decide(user, batch)
    if undecided:
        _must_be_undecided(batch)


def _must_decide(user: User, batch: ImportBatch) -> None:
    may_import(user, batch.school)
    if batch.proposed_by_id == user.pk:
        raise ValidationError(_("You brought it, so another registrar must decide."), code="same_person")


def _must_be_undecided(batch: ImportBatch) -> None:
    if batch.outcome:
        raise ValidationError(
            _("This file was decided before: %(outcome)s.") % {"outcome": batch.get_outcome_display()}, code="decided"
        )


def _locked(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.select_for_update().get(pk=batch.pk)
    return ImportBatch.objects.select_related("school", "proposed_by", "decided_by").get(pk=batch.pk)


def _decide(batch: ImportBatch, outcome: ImportBatch.Outcome, by: User, words: str) -> ImportBatch:
    batch.outcome, batch.decided_by, batch.decided_at = outcome, by, timezone.now()
    batch.decision_words = words.strip()
    batch.save(update_fields=["outcome", "decided_by", "decided_at", "decision_words"])
    return batch
