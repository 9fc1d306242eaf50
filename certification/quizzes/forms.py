"""The forms beside the answers themselves: staff give one learner a quiz and allow her something at one, learners question
a grade. Moments are read in the zone in force.
"""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Quiz, QuizAssignment
from .services.allowances import MOST_ATTEMPTS, MOST_EXTRA, MOST_WORDS
from .services.appeals import LEAST_SIGNS, MOST_SIGNS


class GiveForm(forms.Form):
    """Which quiz."""

    quiz = forms.ModelChoiceField(
        Quiz.objects.none(),
        label=_("Quiz"),
        to_field_name="uuid",
        empty_label=None,
        error_messages={"required": _("Choose a quiz."), "invalid_choice": _("Choose one of these quizzes.")},
    )

    def __init__(self, *args: Any, quizzes: QuerySet[Quiz], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiz"].queryset = quizzes  # type: ignore[attr-defined]


class LocalMoment(forms.DateTimeField):
    """A day and a minute as the clock of the zone in force shows it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AllowanceForm(forms.Form):
    """What holds for her now, to change, and why."""

    opens_at = LocalMoment(label=_("Opens for her"), required=False, help_text=_("Empty: as for all."))
    closes_at = LocalMoment(label=_("Closes for her"), required=False, help_text=_("Empty: as for all."))
    extra_minutes = forms.IntegerField(
        label=_("Extra minutes"),
        min_value=0,
        max_value=MOST_EXTRA,
        help_text=_("They lengthen the time limit, and the time after closing to finish."),
        error_messages={"required": _("Write minutes, 0 for none.")},
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts for her"),
        required=False,
        min_value=1,
        max_value=MOST_ATTEMPTS,
        help_text=_("In all, those before counted. Empty: as for all."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the school alone; the learner does not read it."),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, *args: Any, assignment: QuizAssignment, **kwargs: Any) -> None:
        names = ("opens_at", "closes_at", "extra_minutes", "attempts_allowed")
        self.before = {name: getattr(assignment, name) for name in names}
        kwargs["initial"] = self.before
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A moment that was not touched stays as it is, to the second."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("opens_at", "closes_at"):
            before = self.before[name]
            if before and cleaned.get(name) == before.replace(second=0, microsecond=0):
                cleaned[name] = before
        return cleaned


class AppealForm(forms.Form):
    """Why an answer was graded wrongly."""

    words = forms.CharField(
        label=_("What is wrong, and why"),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": MOST_SIGNS}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = _("%(least)d to %(most)d signs. Whoever marks this quiz reads it.") % {
            "least": LEAST_SIGNS,
            "most": MOST_SIGNS,
        }
