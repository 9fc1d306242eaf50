"""Owns what a school teaches: Program, Module and Lesson as plain models. Pages only present them.

Enrollments, hours and orders point at these rows, so editors may copy, translate, move and delete pages freely.
"""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.quizzes.models import Quiz
from certification.records.models import Delivery, validate_term
from certification.requirements.models import RuleSet

from ..rules import Gate, Release, Requirement, gates_from


class Program(models.Model):
    """One row is one program of a school, judged by one rule set; a changed curriculum is a new version.

    The seat-time settings bind its learners and are shown to them; seconds unless said. A visit keeps those with which
    it was opened, and a lesson the kind of credit with which it was begun.
    """

    class Penalty(models.TextChoices):
        PAUSE = "pause", _("The clock stands still; what came before counts")
        LOSE_IDLE = "idle", _("The idle time itself is taken back too")
        LOSE_UNIT = "unit", _("All that this visit had counted is taken back")

    class Credit(models.TextChoices):
        MEASURED = "measured", _("The minutes that the clock counted")
        AWARDED = "awarded", _("The lesson’s approved minutes, once it is finished")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programs")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="programs")
    is_open = models.BooleanField(_("takes new learners"), default=True)
    externship_category = models.CharField(
        max_length=60, blank=True, help_text=_("Category of the shifts; empty: this program has none.")
    )
    externship_minutes = models.PositiveIntegerField(default=0, help_text=_("Planned minutes of shifts."))
    externship_summary = models.TextField(blank=True)
    beat_seconds = models.PositiveSmallIntegerField(
        _("beat"),
        default=30,
        validators=[
            MinValueValidator(5, _("An open lesson reports every 5 seconds at the most: give 5 or more.")),
            MaxValueValidator(300, _("An open lesson reports every 5 minutes at the least: give 300 or less.")),
        ],
        help_text=_("How often an open lesson reports, in seconds: 5 to 300."),
    )
    gap_seconds = models.PositiveSmallIntegerField(
        _("gap"),
        default=150,
        validators=[
            MaxValueValidator(900, _("A page silent for 15 minutes is closed: give 900 seconds or less for the gap."))
        ],
        help_text=_(
            "A silence longer than this counts nothing: the most that a lost network can cost. At least two beats, at "
            "most the idle limit."
        ),
    )
    idle_seconds = models.PositiveSmallIntegerField(
        _("idle limit"),
        default=300,
        validators=[
            MinValueValidator(30, _("Nobody reads without a pause: give 30 seconds or more, 300 if you are not sure.")),
            MaxValueValidator(3600, _("After an hour without a sign nobody is there: give 3600 seconds or less.")),
        ],
        help_text=_("Without a touch, a key or playing media for so many seconds, time stops: 30 to 3600."),
    )
    idle_penalty = models.CharField(
        _("when somebody is idle"),
        max_length=5,
        choices=Penalty,
        default=Penalty.PAUSE,
        help_text=_("What an idle page costs. Some boards ask that idle time, or all of the visit, is lost."),
    )
    counts_hidden_media = models.BooleanField(
        _("a clip counts while the page is hidden"),
        default=False,
        help_text=_("For audio that is listened to. Otherwise the clock stands still while the page is not in front."),
    )
    presence_minutes = models.PositiveSmallIntegerField(
        _("ask whether she is there, every"),
        default=0,
        validators=[MaxValueValidator(240)],
        help_text=_("After so many counted minutes the page asks a small question; 0: never. Florida asks every hour."),
    )
    answer_seconds = models.PositiveSmallIntegerField(
        _("time to answer"),
        default=120,
        validators=[MinValueValidator(30), MaxValueValidator(900)],
        help_text=_("Seconds in which an answer counts the waiting too. Give enough for who uses a screen reader."),
    )
    presence_tries = models.PositiveSmallIntegerField(
        _("wrong answers"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("After so many wrong answers the visit is closed."),
    )
    day_cap_minutes = models.PositiveSmallIntegerField(
        _("day cap"),
        default=480,
        help_text=_("Seat minutes that a day can hold, in the record’s time zone; 0: no cap."),
    )
    week_cap_minutes = models.PositiveSmallIntegerField(
        _("week cap"),
        default=0,
        help_text=_("Seat minutes that a week from Monday on can hold; 0: no cap."),
    )
    in_order = models.BooleanField(
        _("lessons in order"),
        default=False,
        help_text=_("Each lesson opens when all before it are finished."),
    )
    credit = models.CharField(
        _("what a lesson gives"),
        max_length=8,
        choices=Credit,
        default=Credit.MEASURED,
        help_text=_("For lessons begun from now on. Approved minutes need a least time or a quiz in every lesson."),
    )

    certificate_term = models.CharField(
        _("its certificate holds"),
        max_length=20,
        blank=True,
        validators=[validate_term],
        help_text=_(
            "Empty: for good. Else so long, as “24 months”, or until a cycle of continuing education ends: “08-31 odd” is "
            "August 31 of odd years (Florida), “10-31 even” October 31 of even ones (Georgia), “12-31” the end of each "
            "year. It binds who enrolls from now on."
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "code", "version"], name="one_program_per_version"),
            models.CheckConstraint(
                name="gap_is_at_least_two_beats",
                condition=Q(gap_seconds__gte=F("beat_seconds") * 2),
                violation_error_message=_(
                    "The gap must be at least two beats, or an honest report could come too late."
                ),
            ),
            models.CheckConstraint(
                name="beat_of_5_seconds_to_5_minutes", condition=Q(beat_seconds__gte=5, beat_seconds__lte=300)
            ),
            models.CheckConstraint(
                name="idle_limit_of_half_a_minute_to_an_hour", condition=Q(idle_seconds__gte=30, idle_seconds__lte=3600)
            ),
            models.CheckConstraint(name="gap_is_at_most_a_quarter_of_an_hour", condition=Q(gap_seconds__lte=900)),
            models.CheckConstraint(
                name="gap_is_at_most_the_idle_limit",
                condition=Q(gap_seconds__lte=F("idle_seconds")),
                violation_error_message=_(
                    "The gap must not be longer than the idle limit, or a silent page counts for longer than an idle "
                    "one. Shorten the gap, or lengthen the idle limit."
                ),
            ),
            models.CheckConstraint(
                name="answer_time_of_half_a_minute",
                condition=Q(answer_seconds__gte=30),
                violation_error_message=_("Give at least 30 seconds to answer."),
            ),
            models.CheckConstraint(
                name="presence_is_asked_not_too_often",
                condition=Q(presence_minutes=0) | Q(presence_minutes__gte=5),
                violation_error_message=_("Ask every 5 minutes at the most, or never (0)."),
            ),
            models.CheckConstraint(
                name="program_penalty_known", condition=Q(idle_penalty__in=["pause", "idle", "unit"])
            ),
            models.CheckConstraint(name="program_credit_known", condition=Q(credit__in=["measured", "awarded"])),
            models.CheckConstraint(
                name="externship_minutes_have_a_category",
                condition=Q(externship_minutes=0) | ~Q(externship_category=""),
                violation_error_message=_("Choose a category of the program’s rules for the shifts."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """One row is one module of a program: a subject with planned minutes in one category of the rule set.

    Where a page presents it, publishing that page writes these columns; `gates` are what its lessons wait for, stored
    as `rules.Gate` writes them. A retired module stays for those who studied it and is on no outline.
    """

    class State(models.TextChoices):
        COMPLETE = "complete", _("Complete")
        IN_PREPARATION = "in_preparation", _("In preparation")
        RETIRED = "retired", _("Retired")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="modules")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    objectives = models.JSONField(default=list, blank=True)
    category = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField(help_text=_("Planned minutes: lessons, classes and labs together."))
    state = models.CharField(max_length=16, choices=State, default=State.IN_PREPARATION)
    quiz = models.ForeignKey(Quiz, null=True, blank=True, on_delete=models.PROTECT, related_name="modules")
    lead = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("lead"),
        help_text=_("Reviews each draft of this module before the registrar does."),
    )
    gates = models.JSONField(default=list, blank=True)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "code", "version"], name="one_module_per_version")]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """Its title in the reader's language, where a selector found one."""
        return self.__dict__.get("local_title") or self.title

    @property
    def shown_summary(self) -> str:
        """Its summary in the reader's language, where a selector found one."""
        return self.__dict__.get("local_summary") or self.summary

    @property
    def course(self) -> str:
        """Code and version, the name by which hours and grades of this module are posted: MFR@1."""
        return f"{self.code}@{self.version}"


class LessonPlan(models.Model):
    """What an instructor plans for a lesson besides its words: minutes, delivery, when it opens, what finishes it.

    Shared by the lesson, where it counts, and by its page, where it is drafted and reviewed.
    """

    minutes = models.PositiveIntegerField(
        _("minutes"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Most seat minutes that this lesson can give."),
    )
    min_seat_minutes = models.PositiveIntegerField(
        _("least minutes"), default=0, help_text=_("Seat minutes before it can be finished; 0: none.")
    )
    delivery = models.CharField(_("delivery"), max_length=14, choices=Delivery, default=Delivery.ASYNCHRONOUS)
    instructor = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("instructor"),
        help_text=_("Who answers for it and is asked about it."),
    )
    needs_self_checks = models.BooleanField(
        _("every self-check answered"), default=False, help_text=_("Right or wrong: answering is enough.")
    )
    needs_quiz_percent = models.PositiveSmallIntegerField(
        _("least percent in the module's quiz"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Empty: the quiz is not asked for."),
    )
    needs_mark = models.BooleanField(
        _("an instructor's mark"), default=False, help_text=_("An instructor says for each learner that it is done.")
    )
    release_on = models.DateField(
        _("opens on"), null=True, blank=True, help_text=_("The same day for everybody; empty: no day.")
    )
    release_after_days = models.PositiveSmallIntegerField(
        _("opens days after the start"),
        null=True,
        blank=True,
        help_text=_("Counted from the day on which the learner or her group began; empty: none."),
    )

    class Meta:
        abstract = True

    def requirement(self) -> Requirement:
        """What finishing it takes."""
        return Requirement(self.min_seat_minutes, self.needs_self_checks, self.needs_quiz_percent, self.needs_mark)


PLAN_FIELDS = tuple(field.name for field in LessonPlan._meta.local_fields)


IN_ORDER = ("module__sort_order", "module_id", "sort_order", "pk")
"""How a program's lessons follow one another."""


class Lesson(LessonPlan):
    """One row is one lesson: planned seat minutes, the least that finishing takes, how it is delivered, when it opens.

    Where a page presents it, publishing that page writes the plan here; `gates` are stored as `rules.Gate` writes
    them. `studied_at` is when somebody first opened it: from then on each publication says what it means for those who
    studied. Who finished it before `redo_since` is asked to go through it again. Never deleted: retired.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="lessons")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=60)
    gates = models.JSONField(default=list, blank=True)
    sort_order = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    studied_at = models.DateTimeField(null=True, blank=True, editable=False)
    redo_since = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["module", "code"], name="one_lesson_per_code"),
            models.CheckConstraint(name="lesson_least_within_most", condition=Q(min_seat_minutes__lte=F("minutes"))),
            models.CheckConstraint(
                name="lesson_quiz_percent_within_a_hundred",
                condition=Q(needs_quiz_percent=None) | Q(needs_quiz_percent__gte=1, needs_quiz_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """Its title in the reader's language, where a selector found one."""
        return self.__dict__.get("local_title") or self.title

    def all_gates(self) -> tuple[Gate, ...]:
        """Its own gates and those of its module."""
        return gates_from([*self.module.gates, *self.gates])

    def release(self) -> Release:
        """When it opens. Reads its module and program."""
        is_in_line = self.module.program.in_order
        return Release(self.release_on, self.release_after_days, self.all_gates(), self.code if is_in_line else "")
