"""Owns the seat-time clock: one row a visit to a lesson.

Hours themselves stand in `records`; here is only how they were measured. Nothing here is a snippet or indexed by
Wagtail: a beat must stay one statement.
"""

import uuid
from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certification.records.models import Learner, TrainingRecord
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

from .. import rules

MOST_POSITION = 1000
ORIGIN_LIFE = timedelta(days=30)


class StudySession(models.Model):
    """One row is one visit to a lesson, measured by the server's clock alone; open until it is closed, once.

    Written by `services`: opened and closed in a transaction, moved on by the one statement of `record_beat`. All
    clock columns are milliseconds since 1970, so that the statement reads the same on both databases; none of them
    is indexed, so that a beat rewrites no index. `limit_ms` is what lesson, day and week still allowed when it opened;
    the rules by which its program counted then are kept in it too, and hold for it until it closes. `pauses` is written
    as `rules.pauses_of` reads it, `idle_mark` says why the pause since `idle_since_ms` lasts. `unchecked_ms` is what was
    credited since she last answered whether she is there, visits before this one included; `asked` counts the
    questions, `tries` the wrong answers to the present one. `posted` says that its minutes stand in the ledger under
    `session:<uuid>`; `posted_minutes` are those that found free time. A closed row never changes again but for that,
    and for its origin being forgotten.
    `origin_hash` is an HMAC of the address and browser that opened it, for comparing alone; it is forgotten after
    ORIGIN_LIFE. At most one open row a learner, by the database.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Reason(models.TextChoices):
        CLOSED = "closed", _("You left the lesson")
        COMPLETED = "completed", _("You finished the lesson")
        SUPERSEDED = "superseded", _("You went on in another window or lesson")
        LOGOUT = "logout", _("You signed out")
        STALE = "stale", _("The page fell silent")
        SUSPENDED = "suspended", _("Your place was paused")
        LOST = "lost", _("The lesson is no longer open to you")
        ABSENT = "absent", _("The question whether you are there was answered wrongly too often")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="study_sessions")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="study_sessions", db_index=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="study_sessions")
    content_revision = models.CharField(max_length=60, blank=True)
    opened_ms = models.BigIntegerField()
    last_seen_ms = models.BigIntegerField()
    credited_ms = models.BigIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    limit_ms = models.BigIntegerField()
    limit_reason = models.CharField(max_length=8)
    gap_ms = models.BigIntegerField()
    idle_since_ms = models.BigIntegerField(null=True)
    idle_mark = models.CharField(max_length=1, blank=True)
    pauses = models.TextField(blank=True)
    penalty = models.CharField(max_length=5, default=rules.PAUSE)
    idle_ms = models.BigIntegerField(default=300_000)
    signed_ms = models.BigIntegerField(default=0)
    held_ms = models.BigIntegerField(default=0)
    check_ms = models.BigIntegerField(default=0)
    answer_ms = models.BigIntegerField(default=120_000)
    unchecked_ms = models.BigIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(MOST_POSITION)])
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    close_reason = models.CharField(max_length=10, choices=Reason, blank=True)
    closed_at = models.DateTimeField(null=True)
    posted = models.BooleanField(default=False)
    posted_minutes = models.PositiveIntegerField(default=0)
    # Unknown is NULL, not "": a question without a parameter, which the partial index below answers.
    origin_hash = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(state="open"), name="one_open_session_per_learner"),
            models.CheckConstraint(
                name="session_credit_within_limit", condition=Q(credited_ms__gte=0, credited_ms__lte=F("limit_ms"))
            ),
            models.CheckConstraint(
                name="session_credit_within_the_clock",
                condition=Q(credited_ms__lte=F("last_seen_ms") - F("opened_ms")),
            ),
            models.CheckConstraint(
                name="session_open_or_closed_with_reason",
                condition=Q(state="open", closed_at__isnull=True, close_reason="", posted=False)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(close_reason="")),
            ),
        ]
        indexes = [
            # What a day used, and the list of visits of one enrollment.
            models.Index(fields=["enrollment", "opened_ms"], name="sessions_of_enrollment"),
            # Closed and not in the ledger yet: what the sweeper tries again.
            models.Index(fields=["closed_at"], name="sessions_to_post", condition=Q(state="closed", posted=False)),
            # Which visits can be compared by where they came from, and whose origin is old enough to be forgotten.
            models.Index(fields=["opened_ms"], name="sessions_with_origin", condition=Q(origin_hash__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} ({self.state})"

    def clock(self) -> rules.Clock:
        """The row as the rules see it."""
        return rules.Clock(
            last_seen=self.last_seen_ms,
            gap=self.gap_ms,
            limit=self.limit_ms,
            credited=self.credited_ms,
            sequence=self.sequence,
            idle_since=self.idle_since_ms,
            mark=self.idle_mark,
            pauses=self.pauses,
            opened=self.opened_ms,
            signed=self.signed_ms,
            held=self.held_ms,
            penalty=self.penalty,
            idle=self.idle_ms,
            check=self.check_ms,
            unchecked=self.unchecked_ms,
            asked=self.asked,
            tries=self.tries,
            is_open=self.state == self.State.OPEN,
        )

    def measured(self) -> tuple[rules.Span, ...]:
        """The spans that were credited."""
        return rules.measured_spans(self.opened_ms, self.clock())

    def account(self) -> tuple[rules.Stretch, ...]:
        """Each stretch from its opening to its end, counted or why not."""
        ended = int(self.closed_at.timestamp() * 1000) if self.closed_at else None
        return rules.account_of(self.opened_ms, self.clock(), limit_reason=self.limit_reason, ended=ended)


class SeatCarry(models.Model):
    """One row is the time below a minute that a learner's last visit to a lesson left over, with its spans.

    Written when a session closes; the next visit on the same local day takes it along.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="seat_carries")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    carry_ms = models.PositiveIntegerField(default=0)
    spans = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson"], name="one_carry_per_lesson"),
            models.CheckConstraint(name="carry_below_a_minute", condition=Q(carry_ms__lt=rules.MINUTE)),
        ]

    def __str__(self) -> str:
        return f"{self.carry_ms} ms"
