"""Owns question banks, quizzes, their assignment to records, and attempts; what was handed in never changes."""

import secrets
import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from . import types
from .settings import QuizGate, QuizSettings, gates_from


class QuestionBank(models.Model):
    """One row is a school's collection of questions on one subject. Written by authors; `code` never changes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="question_banks")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="one_bank_per_code")]

    def __str__(self) -> str:
        return self.title


class Tag(models.Model):
    """One row is a word by which a bank's authors find and draw questions. Unique within the bank, in small letters."""

    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["bank", "name"], name="one_tag_per_name")]

    def __str__(self) -> str:
        return self.name


class Vignette(models.Model):
    """One row is a case that several questions of a bank ask about, through all its versions."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="vignettes")
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "code"], name="one_vignette_per_code")]

    def __str__(self) -> str:
        return self.code


class VignetteVersion(models.Model):
    """One row is a case's words as somebody wrote them at one time. Append-only, as a question's versions are."""

    vignette = models.ForeignKey(Vignette, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vignette", "number"], name="one_vignette_version_per_number")]

    def __str__(self) -> str:
        return f"{self.vignette_id} v{self.number}"


class Question(models.Model):
    """One row is one question of a bank through all its versions. Only active ones are asked.

    `asked_number` is the version that new attempts ask; later ones are drafts that wait until somebody puts them in
    use. `sent_number` is the version whose author asked for that: while it is the newest, the question is in review.
    `category` (a path such as "red flags/neck"), `difficulty` and `tags` are the author's words, for her lists
    and for draws; changing them makes no version.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Retired")

    class Difficulty(models.TextChoices):
        EASY = "easy", _("Easy")
        MEDIUM = "medium", _("Medium")
        HARD = "hard", _("Hard")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(max_length=80)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    category = models.CharField(_("category"), max_length=200, blank=True)
    difficulty = models.CharField(_("difficulty"), max_length=6, choices=Difficulty, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="questions")
    asked_number = models.PositiveIntegerField(null=True, blank=True)
    sent_number = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["bank", "code"], name="one_question_per_code"),
            models.CheckConstraint(name="question_state_known", condition=Q(state__in=["draft", "active", "retired"])),
            models.CheckConstraint(
                name="question_in_use_names_its_version", condition=~Q(state="active") | Q(asked_number__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class QuestionVersion(models.Model):
    """One row is a question's wording, choices and key as somebody wrote them at one time.

    Written by `services.write_question` and `ensure_question`; append-only: an edit is the next number, and an attempt
    keeps the version that it asked. `written_by` is empty where a file brought it. `vignette` is the case that it asks
    about, `picture` one that stands beside its words (a kind that asks about a picture names its own in `content`).
    `choices` is a list of
    `{key, text, correct, feedback}`, `content` what other kinds ask and grade by, in the shape that the kind parses;
    keys are opaque and stay with their text.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    vignette = models.ForeignKey(
        VignetteVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="question_versions"
    )
    stem = models.TextField()
    picture = models.ForeignKey(
        "QuestionPicture", null=True, blank=True, on_delete=models.PROTECT, related_name="question_versions"
    )
    choices = models.JSONField(default=list, blank=True)
    content = models.JSONField(default=dict, blank=True)
    explanation = models.TextField(blank=True)
    objective = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="one_question_version_per_number")]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"

    @property
    def type(self) -> types.QuestionType[Any]:
        """How questions of this kind are read and graded."""
        return types.KINDS[self.kind]

    def listed_choices(self) -> tuple[types.Choice, ...]:
        """The choices in the author's order, key included: for grading, never for a page."""
        return tuple(types.Choice(**choice) for choice in self.choices)

    @cached_property
    def parsed(self) -> Any:
        """What its kind asks and grades, key included: for grading, never for a page. A version never changes."""
        return self.type.parse(self.listed_choices(), self.content)


class QuestionPicture(models.Model):
    """One row is a picture that questions of a school ask about, found by the digest of its bytes.

    Written by `services.keep_picture`; append-only, so an attempt always shows what it asked about. `data` is an SVG
    that may stand inside a page as it is, or a PNG; `width` and `height` are its measures, in whole units or pixels.
    `description` says what is to be seen without naming what a question asks.
    """

    class Kind(models.TextChoices):
        SVG = "svg", "SVG"
        PNG = "png", "PNG"

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="question_pictures")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=3, choices=Kind)
    data = models.BinaryField()
    width = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    height = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    title = models.CharField(max_length=200)
    description = models.TextField()
    credit = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "digest"], name="one_picture_per_digest"),
            models.CheckConstraint(name="picture_kind_known", condition=Q(kind__in=["svg", "png"])),
            models.CheckConstraint(name="picture_has_a_size", condition=Q(width__gte=1, height__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title


class Quiz(models.Model):
    """One row is one quiz of a school as learners are asked it now. `code` is unique within the school.

    `pass_percent` is compared exactly. `settings` holds the rest of its rules, in the shape of `settings.QuizSettings`.
    Who may write in `bank` may write the quiz, and its new questions go there; a
    quiz without a bank is the registrars' alone. Changing it touches no attempt: each keeps the pass mark and the
    questions with which it began.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="quizzes")
    bank = models.ForeignKey(QuestionBank, null=True, blank=True, on_delete=models.PROTECT, related_name="quizzes")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    pass_percent = models.PositiveSmallIntegerField(default=75, validators=[MaxValueValidator(100)])
    attempts_allowed = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    intro = models.TextField(blank=True)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.UniqueConstraint(fields=["school", "code"], name="one_quiz_per_code"),
            models.CheckConstraint(name="pass_mark_is_a_percentage", condition=Q(pass_percent__lte=100)),
            models.CheckConstraint(name="quiz_allows_an_attempt", condition=Q(attempts_allowed__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def rules(self) -> QuizSettings:
        """Its settings as they are read; what is not said stands at its default."""
        return QuizSettings.read(self.settings)


class QuizSection(models.Model):
    """One row is a part of a quiz with words of its own. Questions stay within their section when they are shuffled."""

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="sections")
    order = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.quiz_id}/{self.title}"


class QuizItem(models.Model):
    """One row says that a quiz asks a question, or draws `count` of a bank; `points` are of each. Attempts copy it.

    A draw takes from `draw_bank` questions whose category is `category` or lies below it, of that difficulty and with
    that tag; what is empty asks for nothing.
    """

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="items")
    section = models.ForeignKey(QuizSection, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.PROTECT, related_name="items")
    draw_bank = models.ForeignKey(QuestionBank, null=True, blank=True, on_delete=models.PROTECT, related_name="draws")
    category = models.CharField(max_length=200, blank=True)
    difficulty = models.CharField(max_length=6, choices=Question.Difficulty, blank=True)
    tag = models.CharField(max_length=40, blank=True)
    count = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    order = models.PositiveIntegerField()
    points = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="one_item_per_question"),
            models.CheckConstraint(name="item_is_worth_points", condition=Q(points__gte=1)),
            models.CheckConstraint(
                name="item_asks_or_draws",
                condition=Q(question__isnull=False, draw_bank__isnull=True, count=1)
                | Q(question__isnull=True, draw_bank__isnull=False, count__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}/{self.order}"


class QuizDraft(models.Model):
    """One row is what an author has made of a quiz since: title, marks and questions that nobody is asked yet.

    Written by `services.draft_quiz`; gone when it is put in use or thrown away. `items` is a list in order of
    `{section, intro}`, `{question, points}` (by its uuid) and `{draw: {bank, category, difficulty, tag}, count, points}`
    (bank by its uuid). `sent_at` is when its author asked for it to be put in use.
    """

    quiz = models.OneToOneField(Quiz, on_delete=models.PROTECT, related_name="draft")
    title = models.CharField(max_length=200)
    pass_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    attempts_allowed = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    intro = models.TextField(blank=True)
    settings = models.JSONField(default=dict, blank=True)
    items = models.JSONField(default=list, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class QuizAssignment(models.Model):
    """One row gives one record the right to attempt one quiz: no attempt without it.

    Written by `services.assign_quiz` and `allow_otherwise`. Record, quiz and module never change; dates, attempts and
    extra time may be given to one person, and each such change is an `Allowance`. `extra_minutes` lengthen the quiz's
    time limit and the time after closing. `module` and `module_version` name the course by which its grade is posted.
    `title`, `planned_attempts` and `gates` are what her program says of it as an examination (`services.plan_quiz`);
    empty, the quiz's own hold. Its gates are met besides those of the quiz, not in their place.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="quiz_assignments")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="assignments")
    module = models.CharField(max_length=40)
    module_version = models.PositiveIntegerField()
    counts_as_grade = models.BooleanField(default=False)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    attempts_allowed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Empty: as many as the quiz allows.")
    )
    extra_minutes = models.PositiveSmallIntegerField(
        default=0, help_text=_("So many minutes after closing, an attempt begun in time still takes answers.")
    )
    title = models.CharField(max_length=200, blank=True)
    planned_attempts = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    gates = models.JSONField(default=list, blank=True)
    assigned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "quiz"], name="one_assignment_per_quiz"),
            models.CheckConstraint(
                name="assignment_plans_an_attempt",
                condition=Q(planned_attempts=None) | Q(planned_attempts__gte=1),
            ),
            models.CheckConstraint(
                name="assignment_closes_after_it_opens",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def course(self) -> str:
        """Module code and version, the name by which grades are posted: MFR@1."""
        return f"{self.module}@{self.module_version}"

    @property
    def opens(self) -> datetime | None:
        """When she may begin: her own date, else the quiz's."""
        return self.opens_at or self.quiz.rules.opens_at

    @property
    def closes(self) -> datetime | None:
        """Until when she may begin: her own date, else the quiz's."""
        return self.closes_at or self.quiz.rules.closes_at

    @property
    def allowed(self) -> int:
        """How many attempts this person has: her own number, else her program's, else the quiz's."""
        planned = self.quiz.attempts_allowed if self.planned_attempts is None else self.planned_attempts
        return planned if self.attempts_allowed is None else self.attempts_allowed

    @property
    def shown_title(self) -> str:
        """What it is called for her."""
        return self.title or self.quiz.title

    @property
    def all_gates(self) -> tuple[QuizGate, ...]:
        """What must have happened before she may begin: the quiz's own conditions, then her program's, each once."""
        return tuple(dict.fromkeys((*self.quiz.rules.gates, *gates_from(self.gates))))


class Allowance(models.Model):
    """One row says what somebody allowed one learner at one quiz beyond its rules, and why. Append-only.

    `before` and `after` hold the columns of the assignment that changed, instants in ISO 8601. The learner sees what
    holds for her and since when; `reason` is the school's (it may name a disability).
    """

    assignment = models.ForeignKey(QuizAssignment, on_delete=models.PROTECT, related_name="allowances")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=500)
    allowed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.pk}"


def new_seed() -> str:
    """A random seed for the order of one attempt."""
    return secrets.token_hex(16)


class Attempt(models.Model):
    """One row is one try of one learner at one assigned quiz.

    Written by `services`. Open until it is handed in, once; where somebody must mark an answer, it waits in `marking`
    for that. Then the database refuses every change of it and of its responses but for a score that a written
    `ScoreChange` says. `seed` fixes the order of questions and choices; `pass_percent` and `settings` are what she
    was told. `due_at` is when her time is over. The score is the share of all points as an exact fraction in lowest terms.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MARKING = "marking", _("Handed in, waits for its mark")
        SUBMITTED = "submitted", _("Handed in")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(QuizAssignment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    seed = models.CharField(max_length=32, default=new_seed)
    pass_percent = models.PositiveSmallIntegerField()
    settings = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    honour_given_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True)
    score_numerator = models.PositiveBigIntegerField(null=True)
    score_denominator = models.PositiveBigIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="one_attempt_per_number"),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state="open"), name="one_open_attempt_per_assignment"
            ),
            models.CheckConstraint(
                name="attempt_is_open_or_scored",
                condition=Q(
                    state="open",
                    submitted_at__isnull=True,
                    score_numerator__isnull=True,
                    score_denominator__isnull=True,
                    passed__isnull=True,
                )
                | Q(
                    state="marking",
                    submitted_at__isnull=False,
                    score_numerator__isnull=True,
                    score_denominator__isnull=True,
                    passed__isnull=True,
                )
                | Q(
                    state="submitted",
                    submitted_at__isnull=False,
                    score_numerator__isnull=False,
                    score_denominator__isnull=False,
                    score_denominator__gte=1,
                    score_numerator__lte=F("score_denominator"),
                    passed__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it still takes answers."""
        return self.state == self.State.OPEN

    @property
    def is_marked(self) -> bool:
        """Whether it is handed in and every answer has its points."""
        return self.state == self.State.SUBMITTED

    @cached_property
    def rules(self) -> QuizSettings:
        """The quiz's settings as they were when it began."""
        return QuizSettings.read(self.settings)


class Response(models.Model):
    """One row is one question of one attempt, asked at `position`, and the answer to it so far.

    Made empty when the attempt begins, so that an answer is one UPDATE. `choice_order` lists the keys of what its kind
    shuffles as they are shown. `answer` is in the stored form of its type; `sequence` is the client's number of the newest change
    (0: none). `flagged` is the learner's own mark to look again. The points awarded are written when the attempt is
    handed in, in the same transaction, or with a person's `Mark`, and change only as an `AwardChange` says.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="responses")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="responses")
    position = models.PositiveSmallIntegerField()
    choice_order = models.JSONField(default=list)
    points = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=200, blank=True)
    section_intro = models.TextField(blank=True)
    flagged = models.BooleanField(default=False)
    answer = models.JSONField(default=list)
    sequence = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    awarded_numerator = models.PositiveBigIntegerField(null=True)
    awarded_denominator = models.PositiveBigIntegerField(null=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_version"], name="one_response_per_question"),
            models.UniqueConstraint(fields=["attempt", "position"], name="one_response_per_position"),
            models.CheckConstraint(
                name="awarded_points_are_exact",
                condition=Q(awarded_numerator__isnull=True, awarded_denominator__isnull=True)
                | Q(
                    awarded_numerator__isnull=False,
                    awarded_denominator__isnull=False,
                    awarded_denominator__gte=1,
                    awarded_numerator__lte=F("points") * F("awarded_denominator"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"


class Mark(models.Model):
    """One row is what somebody gave an answer that no program can grade, by the rubric. Append-only, one a response.

    `points` maps the rubric's criteria to whole points, `remarks` to words; `remark` is about all of it.
    """

    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="mark")
    points = models.JSONField()
    remarks = models.JSONField(default=dict, blank=True)
    remark = models.TextField(blank=True)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.response_id}"


class MarkCorrection(models.Model):
    """One row says what stands in place of a mark, or of the correction before it, and why. Append-only.

    Written by `services.correct_mark`; the newest one stands, all before it stay to be seen. Its learner reads points,
    words and reason, not who decided.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    points = models.JSONField()
    remarks = models.JSONField(default=dict, blank=True)
    remark = models.TextField(blank=True)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["mark", "number"], name="one_correction_per_number"),
            models.CheckConstraint(
                name="correction_has_a_reason", condition=~Q(reason="") | Q(erased_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Regrade(models.Model):
    """One row is one decision to grade a question's answers again. Append-only.

    `how`: `key` by the version `by_version`; `either` by the better of old and new, so nobody loses; `full` gives
    everybody all points. Only attempts that were asked a version of `question` in `quiz` change.
    """

    class How(models.TextChoices):
        KEY = "key", _("By the corrected key")
        EITHER = "either", _("By the better of both keys")
        FULL = "full", _("All points for everybody")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="regrades")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="regrades")
    by_version = models.ForeignKey(
        QuestionVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="regrades"
    )
    how = models.CharField(max_length=6, choices=How)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="regrade_way_known", condition=Q(how__in=["key", "either", "full"])),
            models.CheckConstraint(
                name="regrade_by_key_names_it",
                condition=Q(how="full", by_version__isnull=True)
                | Q(how__in=["key", "either"], by_version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


ONE_CAUSE = Q(regrade__isnull=False, correction__isnull=True) | Q(regrade__isnull=True, correction__isnull=False)


class AwardChange(models.Model):
    """One row says how a regrade, or the correction of a mark, changed the points of one answer; both are exact.

    Append-only.
    """

    regrade = models.ForeignKey(Regrade, null=True, blank=True, on_delete=models.PROTECT, related_name="award_changes")
    correction = models.ForeignKey(
        MarkCorrection, null=True, blank=True, on_delete=models.PROTECT, related_name="award_changes"
    )
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="changes")
    old_numerator = models.PositiveBigIntegerField()
    old_denominator = models.PositiveBigIntegerField()
    new_numerator = models.PositiveBigIntegerField()
    new_denominator = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["regrade", "response"], name="one_award_change_per_regrade"),
            models.UniqueConstraint(fields=["correction"], name="one_award_change_per_correction"),
            models.CheckConstraint(name="award_changes_for_one_cause", condition=ONE_CAUSE),
        ]

    def __str__(self) -> str:
        return f"{self.regrade_id or self.correction_id}/{self.response_id}"


class ScoreChange(models.Model):
    """One row says how a regrade, or the correction of a mark, changed the score of one attempt. Append-only.

    The old score stays to be seen.
    """

    regrade = models.ForeignKey(Regrade, null=True, blank=True, on_delete=models.PROTECT, related_name="score_changes")
    correction = models.ForeignKey(
        MarkCorrection, null=True, blank=True, on_delete=models.PROTECT, related_name="score_changes"
    )
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="changes")
    old_numerator = models.PositiveBigIntegerField()
    old_denominator = models.PositiveBigIntegerField()
    old_passed = models.BooleanField()
    new_numerator = models.PositiveBigIntegerField()
    new_denominator = models.PositiveBigIntegerField()
    new_passed = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="one_score_change_per_regrade"),
            models.UniqueConstraint(fields=["correction"], name="one_score_change_per_correction"),
            models.CheckConstraint(name="score_changes_for_one_cause", condition=ONE_CAUSE),
        ]

    def __str__(self) -> str:
        return f"{self.regrade_id or self.correction_id}/{self.attempt_id}"


class Appeal(models.Model):
    """One row is a learner's question about the grading of one of her answers, and the school's answer to it.

    Written by `services.raise_appeal` and `answer_appeal`; one a response. The words never change; it is answered once.
    """

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Granted")
        DECLINED = "declined", _("Not granted")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="appeal")
    words = models.TextField()
    raised_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="appeal_open_or_answered",
                condition=Q(outcome="", answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (
                    Q(outcome__in=["upheld", "declined"], answered_by__isnull=False, answered_at__isnull=False)
                    & (~Q(answer="") | Q(erased_at__isnull=False))
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)
