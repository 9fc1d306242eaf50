"""Owns the forms in which instructors write questions, cases and quizzes; what a kind of question asks for besides is
`certification.quizzes.question_forms`. Rows are added, moved and taken out without script: each of those buttons sends the
form, and everything typed comes back.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from certification.quizzes.models import Question, QuestionBank, Vignette
from certification.quizzes.question_forms import FORMS
from certification.quizzes.rules import BadCategoryError, category_path, tag_name
from certification.quizzes.selectors import cases_of
from certification.quizzes.types import KINDS

from .models import Program

OFFERED = {kind: FORMS[kind] for kind in KINDS if kind in FORMS}
"""The kinds that can be asked and written, in the order of their registry."""


class QuestionForm(forms.Form):
    """A question but for what its kind asks for, and its picture."""

    bank = forms.ModelChoiceField(QuestionBank.objects.none(), label=_("Bank"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect, initial="single")
    stem = forms.CharField(
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "A case may come first; the last paragraph asks. An empty line parts paragraphs. *emphasis*, **strong**, "
            "CO~2~, 10^3^; lines that begin with - or 1. are a list."
        ),
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
    vignette = forms.ModelChoiceField(
        Vignette.objects.none(),
        label=_("Case"),
        required=False,
        empty_label=_("None of its own"),
        help_text=_("A case that several questions ask about; it stands before them."),
    )
    category = forms.CharField(
        label=_("Category"),
        required=False,
        help_text=_("Steps parted by /, the widest first: red flags/neck. For your lists and for random draws."),
        widget=forms.TextInput(attrs={"list": "known-categories"}),
    )
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Words parted by commas."))
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), required=False, help_text=_("For your lists and for draws; learners do not see it.")
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    made = forms.UUIDField(required=False, widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, label=_("It is another question all the same"))

    def __init__(self, *args: Any, banks: QuerySet[QuestionBank], question: Question | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        field: Any = self.fields["kind"]
        field.choices = [(name, KINDS[name].label) for name in kinds_for(question, self.initial.get("was", ""))]
        field = self.fields["difficulty"]
        field.choices = [("", _("Not said")), *Question.Difficulty.choices]
        field = self.fields["bank"]
        field.queryset = banks.order_by("title")
        if question is not None:
            field.queryset = banks.filter(pk=question.bank_id)
        if question is not None or len(field.queryset) == 1:
            field.widget = forms.HiddenInput()
            self.initial["bank"] = field.queryset[0]
        cases: Any = self.fields["vignette"]
        cases.queryset = titled_cases(field.queryset)
        cases.label_from_instance = case_label
        if not cases.queryset:
            cases.widget = forms.HiddenInput()

    def clean_category(self) -> str:
        """The path as it is kept."""
        try:
            return category_path(self.cleaned_data["category"])
        except BadCategoryError as error:
            raise forms.ValidationError(now("A category has five steps and 200 signs at most.")) from error

    def clean_tags(self) -> list[str]:
        """The tags."""
        return tags_in(self.cleaned_data["tags"])

    def clean(self) -> dict[str, Any]:
        """A case of the question's own bank."""
        cleaned: dict[str, Any] = super().clean() or {}
        case, bank = cleaned.get("vignette"), cleaned.get("bank")
        if case is not None and bank is not None and case.bank_id != bank.pk:
            self.add_error("vignette", _("This case stands in another bank."))
        return cleaned


def kinds_for(question: Question | None, kind: str) -> list[str]:
    """The kinds that a question may be: once learners were asked it, those with the same form alone."""
    if question is None or question.asked_number is None or kind not in OFFERED:
        return list(OFFERED)
    family = OFFERED[kind].family or kind
    return [name for name, form in OFFERED.items() if (form.family or name) == family]


def titled_cases(banks: QuerySet[QuestionBank]) -> QuerySet[Vignette]:
    """The cases of these banks with their newest title."""
    return cases_of(banks).order_by("bank__title", "title")


def case_label(case: Any) -> str:
    """A case in a list."""
    return str(case.title)


def tags_in(text: str) -> list[str]:
    """The tags of a line."""
    tags = [name for part in text.split(",") if (name := tag_name(part))]
    if any(len(name) > 40 for name in tags):
        raise forms.ValidationError(now("A tag has 40 signs at most."))
    return tags


class PictureForm(forms.Form):
    """The picture of a question: one that is there, or a file. `views` draws the choice."""

    chosen = forms.CharField(required=False, max_length=80)
    upload = forms.FileField(
        label=_("Or a file of your own"),
        required=False,
        help_text=_("SVG, PNG, JPEG or WebP. Large pictures are made smaller."),
        widget=forms.FileInput(attrs={"accept": ".svg,.png,.jpg,.jpeg,.webp"}),
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    description = forms.CharField(
        label=_("What is to be seen"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For who cannot see it, and without the answer. Empty for a figure: its own description."),
    )
    credit = forms.CharField(label=_("Credit"), required=False, max_length=200)


class VignetteForm(forms.Form):
    """A case."""

    bank = forms.ModelChoiceField(QuestionBank.objects.none(), label=_("Bank"), empty_label=None)
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("For your lists and above its questions."),
        error_messages={"required": _("Give it a title.")},
    )
    text = forms.CharField(
        label=_("Case"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("An empty line parts paragraphs. What it asks stands in its questions."),
        error_messages={"required": _("Write the case.")},
    )
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, banks: QuerySet[QuestionBank], fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["bank"]
        field.queryset = banks.order_by("title")
        if fixed or len(field.queryset) == 1:
            field.widget = forms.HiddenInput()
            self.initial["bank"] = field.queryset[0]


class BulkForm(forms.Form):
    """What is done to many questions at once."""

    category = forms.CharField(
        label=_("Move to the category"), required=False, widget=forms.TextInput(attrs={"list": "known-categories"})
    )
    no_category = forms.BooleanField(label=_("Take them out of their category"), required=False)
    difficulty = forms.ChoiceField(label=_("Difficulty"), required=False)
    add_tags = forms.CharField(label=_("Add tags"), required=False, help_text=_("Words parted by commas."))
    take_tags = forms.CharField(label=_("Take tags away"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("As it is")),
            ("send", _("Send them for use")),
            ("use", _("Put their newest words in use")),
            ("retire", _("Retire them")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["difficulty"]
        field.choices = [("", _("As it is")), *Question.Difficulty.choices]

    def clean_category(self) -> str:
        """The path as it is kept."""
        try:
            return category_path(self.cleaned_data["category"])
        except BadCategoryError as error:
            raise forms.ValidationError(now("A category has five steps and 200 signs at most.")) from error

    def clean_add_tags(self) -> list[str]:
        """The tags."""
        return tags_in(self.cleaned_data["add_tags"])

    def clean_take_tags(self) -> list[str]:
        """The tags."""
        return tags_in(self.cleaned_data["take_tags"])

    def clean(self) -> dict[str, Any]:
        """Something to do, and one thing with the category."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("category") and cleaned.get("no_category"):
            self.add_error("no_category", _("Move them or take them out, not both."))
        if not self.errors and not any(cleaned.values()):
            self.add_error(None, _("Say what is to be done."))
        return cleaned


class BankFileForm(forms.Form):
    """A file of questions and where it goes."""

    bank = forms.ModelChoiceField(QuestionBank.objects.none(), label=_("Bank"), empty_label=None)
    file = forms.FileField(
        label=_("File"),
        help_text=_("GIFT, Moodle XML or QTI (2.1, 2.2 or 3.0), 20 MB at most."),
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, banks: QuerySet[QuestionBank], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["bank"]
        field.queryset = banks.order_by("title")
        if len(field.queryset) == 1:
            field.widget = forms.HiddenInput()
            field.initial = field.queryset[0]


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
