"""What staff do that touches every room: erasing a person, and the long work of moving in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import Organisation, User
from accounts.services import close_account
from certification.certificates.models import Certificate
from certification.certificates.services import erase_certificate_words, words_behind_certificates
from certification.externships.services import (
    competency_words,
    drop_stray_files,
    erase_competency_words,
    erase_placement_words,
    erase_shift_words,
    placements_with_words,
    shifts_with_words,
    stray_files,
)
from certification.quizzes.services import erase_quiz_words, quiz_words_behind
from certification.records.models import Erasure, ImportBatch, ImportRun, Learner, TrainingRecord
from certification.records.selectors import duty_of
from certification.records.services import (
    ask_check,
    ask_post,
    drop_stray_papers,
    due_imports,
    due_records,
    erase_import,
    erase_words,
    imports_naming,
    open_imports_naming,
    run_import,
    stray_papers,
    unfinished_runs,
    words_behind,
)
from certification.verification.services import (
    addresses_behind,
    asked_and_invited,
    case_words_behind,
    consent_words_behind,
    erase_addresses,
    erase_case_words,
    erase_consent_words,
    erase_hand_over_words,
    forget_applicant,
    forget_invited,
    hand_over_words_behind,
    open_links,
    withdraw_links,
)
from courses.catalog.services import forget_profiles
from courses.enrollments.models import Enrollment, Invitation
from courses.enrollments.services import erase_exception_reasons, exception_reasons_behind
from courses.study.services import (
    count_announcements_naming,
    count_answers_naming,
    erase_notes,
    erase_questions,
    erase_reflections,
    forget_announcements_naming,
    forget_answers_naming,
    notes_behind,
    questions_behind,
    reflections_behind,
)
from notices.models import Message
from notices.services import count_mails_naming, forget_mails, forget_mails_naming

from .places import SchoolPlaces


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One kind of what is known about a person: how many, whether it goes now, and else why and until when it stays."""

    what: str
    count: int
    goes: bool
    why: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What erasing a person does today."""

    user: User
    lines: tuple[ErasureLine, ...]
    duty_until: date | None

    @property
    def keeps_name(self) -> bool:
        """Whether a duty still stands against erasing her name."""
        return self.duty_until is not None


def plan_erasure(user: User, *, today: date) -> ErasurePlan:
    """What erasing this person would do today. Refuses (ValidationError) while a record of hers is open."""
    records = list(TrainingRecord.objects.filter(learner__user=user).order_by("pk"))
    if any(record.sealed_at is None for record in records):
        raise ValidationError(_("She has an open record. End it first: what is open cannot be without a name."))
    ends = [end for end in (duty_of(record) for record in records) if end]
    duty_until = max((end for end in ends if end > today), default=None)
    duty = _("boards ask for names behind attendance so long")
    if open_imports_naming(user):
        raise ValidationError(_("A file with her rows waits to be decided. Have it decided first."))
    behind: dict[tuple[bool, str], int] = {}
    for record, end in zip(records, ends, strict=True):
        for what, count in _behind(record):
            behind[end <= today, what] = behind.get((end <= today, what), 0) + count
    lines = [
        ErasureLine(_("ways to log in, devices, address"), 1, True),
        ErasureLine(_("consents by which others see her certificates"), open_links(user=user), True),
        ErasureLine(_("mails to her"), Message.objects.filter(user=user).count(), True),
        ErasureLine(_("invitations"), Invitation.objects.filter(email__iexact=user.email).count(), True),
        ErasureLine(_("what she is in an organisation that checks"), asked_and_invited(user=user), True),
        ErasureLine(_("files that were not posted and name her"), len(imports_naming(user)), True),
        *(ErasureLine(what, count, True) for record in records for what, count in _for_herself(record)),
        *(
            ErasureLine(what, count, free, "" if free else duty, None if free else duty_until)
            for (free, what), count in sorted(behind.items(), reverse=True)
        ),
        ErasureLine(
            _("mails to others that name her"),
            count_mails_naming(texts=_names(user)),
            duty_until is None,
            duty if duty_until else "",
            duty_until,
        ),
        ErasureLine(
            _("announcements and published answers that name her"),
            count_announcements_naming(texts=_names(user)) + count_answers_naming(texts=_names(user)),
            duty_until is None,
            duty if duty_until else "",
            duty_until,
        ),
        ErasureLine(_("legal name and former names"), 1, duty_until is None, duty if duty_until else "", duty_until),
        ErasureLine(
            _("certificates, with the name printed on them"),
            Certificate.objects.filter(record__in=records).count(),
            False,
            _("they were issued to be checked; she can make them private"),
        ),
        ErasureLine(
            _("records and hours, under a pseudonym"), len(records), False, _("others' proofs stand on the same log")
        ),
    ]
    return ErasurePlan(user, tuple(line for line in lines if line.count), duty_until)


@transaction.atomic
def erase_person(*, user: User, today: date, by: User | None = None) -> ErasurePlan:
    """Erase what the plan says; what a duty holds back goes by `apply_retention` later. Atomic, idempotent."""
    plan = plan_erasure(user, today=today)
    for batch in imports_naming(user):
        erase_import(batch=batch)
    forget_mails(user=user)
    forget_mails_naming(texts=[user.email] if plan.keeps_name else _names(user))
    Invitation.objects.filter(email__iexact=user.email).update(email="erased@erased.invalid")
    if not plan.keeps_name:
        forget_announcements_naming(texts=_names(user))
        forget_answers_naming(texts=_names(user))
    forget_profiles(user=user)
    for record in TrainingRecord.objects.filter(learner__user=user):
        erase_reflections(record=record)
        erase_notes(record=record)
        erase_questions(record=record)  # they prove no hour, so no duty holds them
        erase_exception_reasons(record=record)
        end = duty_of(record)
        if end is not None and end <= today:
            _erase_behind(record, Erasure.Basis.ASKED, by)
    withdraw_links(user=user)  # nobody is there any more to say whether they should open
    forget_invited(user=user)
    close_account(user=user, keep_name=plan.keeps_name)
    forget_applicant(user=user)
    if not plan.keeps_name:
        Learner.objects.filter(user=user).update(user=None)
    return plan


def _names(user: User) -> list[str]:
    """By what a text names her; not by her first name alone, which is many people's."""
    spelled = [user.latin_name] if user.latin_name else []
    return [user.email, user.legal_name, *spelled, *user.former_names.values_list("legal_name", flat=True)]


def _admissions(record: TrainingRecord) -> list[str]:
    """The keys under which the record's place was given: a row of an import may have asked for it."""
    return list(Enrollment.objects.filter(record=record).values_list("source_key", flat=True))


def _behind(record: TrainingRecord, *, open_too: bool = True) -> list[tuple[str, int]]:
    """What holds names and words behind a record, and how many of each; nothing twice, nothing empty."""
    words = words_behind(record=record, keys=_admissions(record))
    found = [
        (_("names and words behind her hours"), words.lines),
        (_("claims: words and papers"), words.claims),
        (_("corrections: words and papers"), words.corrections),
        (_("words about anomalies"), words.decisions),
        (_("holds: words"), words.holds),
        (_("revocations of certificates and declined letters: words"), words_behind_certificates(record=record)),
        (_("rows of imported files"), words.imported_rows),
        (_("shifts: words, signers’ names and devices"), shifts_with_words(record=record)),
        (_("placements: why she asked, why it was declined, goals"), placements_with_words(record=record)),
        (
            _("check-offs, evaluations and examinations: words, signers’ names and devices"),
            competency_words(record=record),
        ),
        (_("to which addresses certificates were sent"), addresses_behind(record=record)),
        (
            _("consents to see certificates: whom she named, what for, her signature"),
            consent_words_behind(record=record, open_too=open_too),
        ),
        (
            _("transcripts sent by the school: where to, by what number"),
            hand_over_words_behind(record=record, open_too=open_too),
        ),
        (_("cases of boards: whom they name"), case_words_behind(record=record)),
        (_("quizzes: essays, remarks, appeals and why more was allowed"), quiz_words_behind(record=record)),
    ]
    return [(what, count) for what, count in found if count]


def _for_herself(record: TrainingRecord) -> list[tuple[str, int]]:
    """What proves no hour, so that no duty holds it: it goes as soon as she asks."""
    found = [
        (_("what she wrote for herself in lessons"), reflections_behind(record)),
        (_("her notes and bookmarks in lessons"), notes_behind(record)),
        (_("questions about lessons and their answers"), questions_behind(record=record)),
        (_("why exceptions were made for her"), exception_reasons_behind(record=record)),
    ]
    return [(what, count) for what, count in found if count]


@transaction.atomic
def _erase_behind(record: TrainingRecord, basis: Erasure.Basis, by: User | None = None) -> None:
    erase_words(record=record, basis=basis, by=by, keys=_admissions(record))
    erase_certificate_words(record=record)
    erase_shift_words(record=record)
    erase_placement_words(record=record)
    erase_competency_words(record=record)
    erase_quiz_words(record=record)
    erase_addresses(record=record)
    # What a graduate of long ago lets others see today is not taken from under her.
    open_too = basis != Erasure.Basis.RETENTION
    erase_hand_over_words(record=record, open_too=open_too)
    erase_consent_words(record=record, open_too=open_too)
    erase_case_words(record=record)
    erase_reflections(record=record)
    erase_notes(record=record)
    erase_questions(record=record)
    erase_exception_reasons(record=record)


def erase_what_is_due(*, today: date, confirm: bool) -> Iterator[str]:
    """Each thing whose time is over by `today`, in words; it goes with `confirm`, record by record. Idempotent."""
    for record in due_records(today=today):
        found = [*_behind(record, open_too=False), *_for_herself(record)]
        if found:
            if confirm:
                _erase_behind(record, Erasure.Basis.RETENTION)
            told = ", ".join(f"{count} {what}" for what, count in found)
            yield _("record %(uuid)s: %(what)s") % {"uuid": record.uuid, "what": told}
    for batch in due_imports(today=today):
        if confirm:
            erase_import(batch=batch)
        yield _("import %(uuid)s, which was not posted: its file and rows") % {"uuid": batch.uuid}
    for user in closed_and_free(today=today):
        if confirm:
            erase_person(user=user, today=today)
        yield _("the names of %(uuid)s, who asked for it") % {"uuid": user.uuid}
    for name in (*stray_papers(), *stray_files()):
        yield _("the file %(name)s, which no row names") % {"name": name}
    if confirm:
        drop_stray_papers()
        drop_stray_files()


def closed_and_free(*, today: date) -> list[User]:
    """People who were erased as far as a duty allowed, and against whom none stands any more."""
    closed = User.objects.filter(is_active=False, email__endswith="@erased.invalid").exclude(legal_name="")
    return [user for user in closed.order_by("pk") if not plan_erasure(user, today=today).keeps_name]


# ---------------------------------------------------------------- moving in


def bring_file(*, school: Organisation, data: bytes, name: str, by: User) -> ImportRun:
    """Take a file of historic hours in and have its rows checked; the run says how it goes. Refuses who may not import.

    Where background work is done at once (TASKS_BACKEND), it has ended when this returns.
    """
    return _enqueue(ask_check(school=school, data=data, name=name, by=by))


def let_pass(*, batch: ImportBatch, by: User, words: str = "") -> ImportRun:
    """Have a file posted; the run says how it goes. Idempotent while it goes on. Refuses what `ask_post` refuses."""
    return _enqueue(ask_post(batch=batch, by=by, words=words))


def resume_imports(*, now: datetime) -> int:
    """Begin anew what somebody began and was killed at, or what nobody ever took; how many."""
    runs = list(unfinished_runs(now=now))
    for run in runs:
        work_on_import.call(run.pk)
    return len(runs)


@task()
def work_on_import(run_id: int) -> None:
    """Check or post the rows of one file."""
    run = ImportRun.objects.select_related("school").get(pk=run_id)
    run_import(run=run, places=SchoolPlaces(run.school))


def _enqueue(run: ImportRun) -> ImportRun:
    work_on_import.enqueue(run.pk)
    run.refresh_from_db()
    return run
