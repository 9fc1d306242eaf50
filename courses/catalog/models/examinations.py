"""Owns which quizzes a program examines by outside of its modules, such as a final."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certification.quizzes.models import Quiz
from certification.quizzes.settings import QuizGate, gates_from

from .identity import Program


class Examination(models.Model):
    """One row says that a program examines by a quiz, under this title and after these conditions.

    Written by `services.examinations`. Who enrolls gets it with the quizzes of the modules; who is there already gets
    it, and what is changed of it, by the due jobs. Taken out, it stays with those who have it. `gates` are stored as
    `settings.QuizGate` is and are met besides those of the quiz. `is_required`: passing it is among what a record that
    is opened from then on must hold.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="examinations")
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="examinations", verbose_name=_("quiz"))
    title = models.CharField(_("title"), max_length=200)
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    gates = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(_("needed for the certificate"), default=True)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "quiz"], name="one_examination_per_quiz"),
            models.CheckConstraint(name="examination_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="examination_allows_an_attempt",
                condition=Q(attempts_allowed=None) | Q(attempts_allowed__gte=1, attempts_allowed__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """Names it on records: passing it is the Milestone `quiz:<code>`."""
        return self.quiz.code

    @property
    def own_gates(self) -> tuple[QuizGate, ...]:
        """What the program asks for before it."""
        return gates_from(self.gates)

    @property
    def all_gates(self) -> tuple[QuizGate, ...]:
        """All that must come before it: what the quiz asks for, then the program, each once."""
        return tuple(dict.fromkeys((*self.quiz.rules.gates, *self.own_gates)))

    @property
    def attempts(self) -> int:
        """How many attempts a learner has, unless she has a number of her own."""
        return self.attempts_allowed or self.quiz.attempts_allowed
