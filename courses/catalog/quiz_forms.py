"""Owns the forms in which instructors write questions and quizzes. Rows are added, moved and taken out without script:
each of those buttons sends the form, and everything typed comes back.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from certification.quizzes.models import Question, QuestionBank, QuestionVersion
from certification.quizzes.types import LISTED

from .models import Program

FEWEST_ROWS = 4
MORE_ROWS = 2
MOST_ROWS = 20


class QuestionForm(forms.Form):
    """A question but for its choices."""

    bank = forms.ModelChoiceField(QuestionBank.objects.none(), label=_("Bank"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect, initial="single")
    stem = forms.CharField(
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A case may come first; the last paragraph asks. An empty line parts paragraphs."),
        error_messages={"required": _("Write the question.")},
    )
    explanation = forms.CharField(
        label=_("Why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown once the learner has passed, or has no attempt left."),
    )
    objective = forms.CharField(
        label=_("Learning objective"),
        required=False,
        max_length=300,
        help_text=_("What it asks whether the learner can do, a verb first."),
    )
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), required=False, help_text=_("For your own lists; learners do not see it.")
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, label=_("It is another question all the same"))

    def __init__(self, *args: Any, banks: QuerySet[QuestionBank], question: Question | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["kind"].choices = [(name, kind.label) for name, kind in LISTED.items()]  # type: ignore[attr-defined]
        self.fields["difficulty"].choices = [("", _("Not said")), *Question.Difficulty.choices]  # type: ignore[attr-defined]
        field: Any = self.fields["bank"]
        field.queryset = banks.order_by("title")
        if question is not None:
            field.queryset = banks.filter(pk=question.bank_id)
            field.initial = question.bank
        if question is not None or len(field.queryset) == 1:
            field.widget = forms.HiddenInput()
            field.initial = field.queryset[0]


class ChoiceForm(forms.Form):
    """One choice; a row in which nothing is written is none."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    correct = forms.BooleanField(required=False, label=_("Right"))
    text = forms.CharField(required=False, label=_("Choice"), widget=forms.Textarea(attrs={"rows": 1}))
    feedback = forms.CharField(required=False, label=_("Feedback"), widget=forms.Textarea(attrs={"rows": 1}))

    def clean(self) -> dict[str, Any]:
        """Refuse a mark or a note without a choice."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("text") and (cleaned.get("correct") or cleaned.get("feedback")):
            self.add_error("text", _("Write the choice, or empty the row."))
        return cleaned


ChoiceRows = formset_factory(ChoiceForm, extra=0, max_num=MOST_ROWS)


def choice_rows(version: QuestionVersion | None) -> list[dict[str, Any]]:
    """The choices of a version as rows of the form, with spare ones after them."""
    rows = [dict(choice) for choice in version.choices] if version is not None else []
    return spared(rows)


def spared(rows: Sequence[Mapping[str, Any]], more: int = 1) -> list[dict[str, Any]]:
    """These rows with at least `more` empty ones after them."""
    listed = [dict(row) for row in rows]
    while len(listed) < MOST_ROWS and (len(listed) < FEWEST_ROWS or any(_written(r) for r in listed[-more:])):
        listed.append({})
    return listed


def _written(row: Mapping[str, Any]) -> bool:
    return bool(row.get("text") or row.get("feedback") or row.get("correct"))


def typed_rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of choices that a form sent, as they were typed."""
    try:
        total = min(max(int(data.get("c-TOTAL_FORMS", 0)), 0), MOST_ROWS)
    except ValueError:
        total = 0
    return [
        {
            **{name: data.get(f"c-{place}-{name}", "") for name in ("key", "text", "feedback")},
            "correct": bool(data.get(f"c-{place}-correct")),
        }
        for place in range(total)
    ]


def written_choices(rows: BaseFormSet) -> list[dict[str, Any]]:
    """The choices of a valid set of rows."""
    return [dict(row) for row in rows.cleaned_data if row.get("text")]


def moved(rows: Sequence[Any], action: str) -> list[Any] | None:
    """The rows after one button: `up-2`, `down-2`, `out-2` count from 0. None where it is no such button."""
    found = re.fullmatch(r"(up|down|out)-(\d{1,3})", action)
    if found is None:
        return None
    listed, what, place = list(rows), found[1], int(found[2])
    if place >= len(listed):
        return listed
    row = listed.pop(place)
    if what != "out":
        listed.insert(max(place - 1, 0) if what == "up" else place + 1, row)
    return listed


class NewQuizForm(forms.Form):
    """A new quiz: its title, and where its questions go unless a module says that."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Give it a title.")})
    bank = forms.ModelChoiceField(
        QuestionBank.objects.none(),
        label=_("Bank"),
        empty_label=None,
        help_text=_("Its new questions go there, and who writes in it writes the quiz."),
    )

    def __init__(self, *args: Any, banks: QuerySet[QuestionBank] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if banks is None:
            del self.fields["bank"]
        else:
            self.fields["bank"].queryset = banks  # type: ignore[attr-defined]


class BankForm(forms.Form):
    """A bank, and the programs whose teams write in it."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Give it a title.")})
    programs = forms.ModelMultipleChoiceField(
        Program.objects.none(),
        label=_("Programs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their teams write in this bank and see its keys."),
    )

    def __init__(self, *args: Any, programs: QuerySet[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programs"]
        field.queryset = programs.order_by("title", "-version")
        field.label_from_instance = lambda program: f"{program.title} ({program.code}, v{program.version})"


def uuid_in(value: str | None) -> UUID | None:
    """A uuid that an address or a form names; None where it is none."""
    try:
        return UUID(value or "")
    except ValueError:
        return None
