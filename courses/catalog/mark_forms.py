"""What staff fill in after a quiz was handed in: a mark by its rubric, an answer to an appeal, a regrade."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from certification.quizzes.grading import How
from certification.quizzes.models import Appeal, Mark, MarkCorrection, QuestionVersion, Regrade
from certification.quizzes.selectors import ToMark
from certification.quizzes.services.appeals import MOST_SIGNS
from certification.quizzes.services.marking import MOST_REMARK
from certification.quizzes.services.regrading import MOST_REASON
from certification.quizzes.types.essay import Criterion


def _levels(criterion: Criterion) -> list[tuple[str, str]]:
    """The points of a criterion in words, the most first; none can always be given."""
    words = {level.points: level.text for level in criterion.levels}
    words.setdefault(0, _("nothing of it"))
    return [
        (str(points), ngettext("%(points)d point: %(text)s", "%(points)d points: %(text)s", points) % {
            "points": points, "text": text,
        })
        for points, text in sorted(words.items(), reverse=True)
    ]  # fmt: skip


class MarkForm(forms.Form):
    """The rubric of one answer: points and words for each criterion, and words about all of it."""

    remark = forms.CharField(
        label=gettext_lazy("About all of it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST_REMARK,
        required=False,
    )

    def __init__(self, *args: Any, answer: ToMark, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = answer.rubric
        for criterion in answer.rubric:
            points: forms.Field
            if criterion.levels:
                points = forms.TypedChoiceField(choices=_levels(criterion), widget=forms.RadioSelect, coerce=int)
            else:
                points = forms.IntegerField(min_value=0, max_value=criterion.points)
            points.label = _("Points, 0 to %d") % criterion.points
            points.error_messages["required"] = _("Give points, 0 to %d.") % criterion.points
            self.fields[f"p-{criterion.key}"] = points
            self.fields[f"r-{criterion.key}"] = forms.CharField(
                label=_("Words about it"),
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=MOST_REMARK,
                required=False,
            )

    def rows(self) -> Iterator[tuple[Criterion, Any, Any]]:
        """Each criterion with its two fields."""
        for criterion in self.rubric:
            yield criterion, self[f"p-{criterion.key}"], self[f"r-{criterion.key}"]

    def given(self, prefix: str) -> dict[str, Any]:
        """What was filled in, by criterion: `p` points, `r` remarks."""
        return {criterion.key: self.cleaned_data[f"{prefix}-{criterion.key}"] for criterion in self.rubric}

    def refuse(self, error: ValidationError) -> None:
        """Say a service's refusal beside the criteria that it names, else above the form."""
        for name, problems in getattr(error, "error_dict", {None: error}).items():
            self.add_error(f"p-{name}" if f"p-{name}" in self.fields else None, problems)


class CorrectionForm(MarkForm):
    """What is to stand in the place of a mark: the rubric anew, the decision's own id, what was seen, and why."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("The reason"),
        help_text=gettext_lazy("The learner reads it, in a mail and beside both marks."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST_REASON,
        error_messages={"required": gettext_lazy("Give the reason: the learner reads it.")},
    )

    @staticmethod
    def begun(stands: Mark | MarkCorrection) -> dict[str, Any]:
        """What the form holds at first: what stands now."""
        said: dict[str, Any] = {f"p-{key}": points for key, points in stands.points.items()}
        said |= {f"r-{key}": words for key, words in stands.remarks.items()}
        return {**said, "remark": stands.remark, "after": getattr(stands, "number", 0)}

    def refuse(self, error: ValidationError) -> None:
        """Say a refusal beside its criterion or the reason, else above the form."""
        for name, problems in getattr(error, "error_dict", {None: error}).items():
            field = name if name == "reason" else f"p-{name}"
            self.add_error(field if field in self.fields else None, problems)


class AnswerForm(forms.Form):
    """The school's answer to an appeal."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Is it granted?"),
        choices=Appeal.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether it is granted.")},
    )
    answer = forms.CharField(
        label=gettext_lazy("Your reasons"),
        help_text=gettext_lazy("The learner reads them, in a mail and on her result."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=MOST_SIGNS,
        error_messages={"required": gettext_lazy("Give the reasons: the learner reads them.")},
    )


class HowForm(forms.Form):
    """How a question's answers are graded again."""

    how = forms.ChoiceField(label=gettext_lazy("How"), choices=Regrade.How.choices, widget=forms.RadioSelect)
    version = forms.TypedChoiceField(label=gettext_lazy("By the key of"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, versions: Sequence[QuestionVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.number: version for version in versions}
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            (number, _("Version %(number)d of %(day)s") % {
                "number": number, "day": version.created_at.date().isoformat(),
            })
            for number, version in self.versions.items()
        ]  # fmt: skip
        if not versions:
            # Nothing of it can be graded by a program: then all points for everybody are all there is.
            self.fields["how"].choices = [(How.FULL.value, Regrade.How.FULL.label)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A key names its version; where all get the points there is none."""
        data = super().clean() or {}
        number = data.get("version")
        if data.get("how") == How.FULL:
            data["version"] = None
        elif data.get("how") and number is None:
            self.add_error("version", _("Choose the version whose key is right."))
        else:
            data["version"] = self.versions.get(number) if number is not None else None
        return data


class RegradeForm(forms.Form):
    """The decision: its own id, what was seen, and why."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    expected = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("The reason"),
        help_text=gettext_lazy("Every learner whose score changes reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST_REASON,
        error_messages={"required": gettext_lazy("Give the reason: learners read it.")},
    )
