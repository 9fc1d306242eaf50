"""What staff fill in about competencies, plans, evaluations and practical examinations."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User

from ..models import (
    CheckOff,
    Competency,
    CompetencyVersion,
    EvaluationForm,
    EvaluationLink,
    Placement,
    Practical,
    PracticalKind,
    Remediation,
    Supervisor,
    Technique,
)
from ..selectors.competencies import CompetencyLine, staff_who_rate
from ..services import (
    ask_evaluation,
    plan_practical,
    plan_remediation,
    save_competency,
    save_form,
    save_practical_kind,
)
from .desk import DayField, DeskForm


class CompetencyForm(DeskForm):
    """One competency: what a learner must show."""

    school = forms.ChoiceField(
        label=gettext_lazy("School"),
        error_messages={"required": gettext_lazy("Choose the school.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Short, in capital letters, like DRAPING. Requirements name it; it never changes."),
        error_messages={"required": gettext_lazy("Write a short code in capital letters, like DRAPING.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write what it is called.")},
    )
    criteria = forms.CharField(
        label=gettext_lazy("What is looked for"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A few lines; whoever rates reads them, and so does the learner."),
        error_messages={"required": gettext_lazy("Write in a few lines what is looked for.")},
    )
    technique = forms.ChoiceField(
        label=gettext_lazy("Technique"), required=False, choices=[("", gettext_lazy("None")), *Technique.choices]
    )
    region = forms.CharField(label=gettext_lazy("Body region"), max_length=60, required=False)
    safety = forms.BooleanField(
        label=gettext_lazy("Safety item: passed or failed"),
        required=False,
        help_text=gettext_lazy("All others are rated: 0 not seen, 1 with help, 2 independent, 3 teaches it; 2 passes."),
    )
    before_clients = forms.BooleanField(label=gettext_lazy("Must be passed before the first client"), required=False)
    opens_after = forms.IntegerField(
        label=gettext_lazy("Opens after so many signed client sessions"),
        min_value=0,
        max_value=500,
        initial=0,
        help_text=gettext_lazy("Of its technique, or of any where it has none. 0: open from the first."),
        error_messages={"required": gettext_lazy("Write a number; 0 where it is open from the first.")},
    )

    def __init__(
        self, *args: Any, schools: Sequence[Organisation], competency: Competency | None, by: User, **kwargs: Any
    ) -> None:
        self.competency, self.by = competency, by
        self.schools = {str(school.uuid): school for school in schools}
        if competency is not None:
            kwargs["initial"] = _competency_values(competency)
        super().__init__(*args, **kwargs)
        if competency is not None:
            del self.fields["school"], self.fields["code"]
        elif len(schools) == 1:
            del self.fields["school"]
        else:
            self.fields["school"].choices = [(key, one.name) for key, one in self.schools.items()]  # type: ignore[attr-defined]

    def save(self, *, put_in_use: bool) -> CompetencyVersion | None:
        """Save it; None when the service refuses."""
        data = self.cleaned_data
        school = (
            self.competency.school if self.competency else self.schools[data.get("school") or next(iter(self.schools))]
        )
        names = ("title", "criteria", "technique", "region", "safety", "before_clients", "opens_after")
        return self.attempt(
            lambda: save_competency(
                school=school,
                code=self.competency.code if self.competency else data["code"],
                competency=self.competency,
                uuid=None if self.competency else data["key"],
                by=self.by,
                put_in_use=put_in_use,
                **{name: data[name] for name in names},
            )
        )


def _competency_values(competency: Competency) -> dict[str, Any]:
    """What a form about it begins with: its draft, else what is in use, else its last words."""
    newest = competency.versions.order_by("-number").first()
    if newest is None:
        return {}
    names = ("title", "criteria", "technique", "region", "safety", "before_clients", "opens_after")
    return {name: getattr(newest, name) for name in names}


class EvaluationFormForm(DeskForm):
    """What an evaluation asks: a title, and items of which each gets a mark from 1 to 5."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write what it is called.")},
    )
    texts = forms.CharField(
        label=gettext_lazy("Items"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4500,
        help_text=gettext_lazy("One on each line. Each is marked from 1 to 5; words can be added to the whole."),
        error_messages={"required": gettext_lazy("Write one item at least.")},
    )

    def __init__(self, *args: Any, form: EvaluationForm, by: User, **kwargs: Any) -> None:
        self.form, self.by = form, by
        texts = "\n".join(item["text"] for item in form.items)
        super().__init__(*args, initial={"title": form.title, "texts": texts}, **kwargs)

    def save(self) -> EvaluationForm | None:
        """Save it as a new version; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: save_form(
                school=self.form.school,
                purpose=self.form.purpose,
                title=data["title"],
                texts=data["texts"].splitlines(),
                by=self.by,
            )
        )


class RemediationForm(DeskForm):
    """What is practiced after a failure, with whom and until when."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of practice"),
        min_value=1,
        max_value=6000,
        initial=60,
        error_messages={"required": gettext_lazy("Write how many minutes are practiced.")},
    )
    instructor = forms.ChoiceField(
        label=gettext_lazy("With"),
        error_messages={"required": gettext_lazy("Choose with whom it is practiced.")},
    )
    due_on = DayField(label=gettext_lazy("Due"))
    words = forms.CharField(
        label=gettext_lazy("What is practiced"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The learner reads it. Name no client."),
    )

    def __init__(self, *args: Any, failed: CheckOff, plan: Remediation | None, by: User, **kwargs: Any) -> None:
        self.failed, self.by = failed, by
        self.people = {str(user.uuid): user for user in staff_who_rate(failed.record.school_id)}
        if plan is not None:
            kwargs["initial"] = {
                "minutes": plan.minutes,
                "instructor": str(plan.instructor.uuid),
                "due_on": plan.due_on,
                "words": plan.words,
            }
        super().__init__(*args, **kwargs)
        self.fields["instructor"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            *((key, user.get_full_name()) for key, user in self.people.items()),
        ]

    def save(self) -> Remediation | None:
        """Plan it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: plan_remediation(
                failed=self.failed,
                minutes=data["minutes"],
                instructor=self.people[data["instructor"]],
                due_on=data["due_on"],
                words=data["words"],
                by=self.by,
            )
        )


class AskEvaluationForm(DeskForm):
    """Which supervisor is asked about a learner, and what."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=EvaluationLink.Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what she is asked for.")},
    )
    supervisor = forms.ChoiceField(
        label=gettext_lazy("Supervisor"),
        error_messages={"required": gettext_lazy("Choose who is asked.")},
    )
    versions = forms.MultipleChoiceField(
        label=gettext_lazy("Competencies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For check-offs: those that she has seen. Each can be rated, or left open."),
    )

    def __init__(
        self,
        *args: Any,
        placement: Placement,
        supervisors: Sequence[Supervisor],
        lines: Sequence[CompetencyLine],
        by: User,
        **kwargs: Any,
    ) -> None:
        self.placement, self.by = placement, by
        self.supervisors = {str(supervisor.uuid): supervisor for supervisor in supervisors}
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].choices = [  # type: ignore[attr-defined]
            *([("", _("Choose…"))] if len(supervisors) != 1 else []),
            *((key, one.name) for key, one in self.supervisors.items()),
        ]
        self.fields["versions"].choices = [(str(line.version.uuid), line.version.title) for line in lines]  # type: ignore[attr-defined]

    def save(self) -> EvaluationLink | None:
        """Ask her; None when the service refuses."""
        data = self.cleaned_data
        chosen = set(data["versions"])
        return self.attempt(
            lambda: ask_evaluation(
                placement=self.placement,
                supervisor=self.supervisors[data["supervisor"]],
                purpose=data["purpose"],
                versions=[UUID(one) for one in chosen],
                by=self.by,
            )
        )


class PracticalKindForm(DeskForm):
    """A kind of practical examination."""

    school = forms.ChoiceField(
        label=gettext_lazy("School"),
        error_messages={"required": gettext_lazy("Choose the school.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Like FINAL; it never changes."),
        error_messages={"required": gettext_lazy("Write a short code in capital letters, like FINAL.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=150,
        error_messages={"required": gettext_lazy("Write what it is called.")},
    )
    pass_percent = forms.IntegerField(
        label=gettext_lazy("Passed from, in percent"),
        min_value=1,
        max_value=100,
        initial=75,
        error_messages={"required": gettext_lazy("Write from how many percent it is passed.")},
    )
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Competencies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all that are in use on the day it is planned."),
    )
    course = forms.CharField(
        label=gettext_lazy("Grade of the module"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Code and version, like MFR@1, where the percent is a module’s grade."),
    )
    fact = forms.CharField(
        label=gettext_lazy("Requirement of a rule pack"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Where the hour rules ask for it: the word they use, like practical_examination."),
    )
    retired = forms.BooleanField(label=gettext_lazy("Not held any more"), required=False)

    def __init__(
        self,
        *args: Any,
        schools: Sequence[Organisation],
        codes: Sequence[tuple[str, str]],
        kind: PracticalKind | None,
        by: User,
        **kwargs: Any,
    ) -> None:
        self.kind, self.by = kind, by
        self.schools = {str(school.uuid): school for school in schools}
        if kind is not None:
            kwargs["initial"] = _kind_values(kind)
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = codes  # type: ignore[attr-defined]
        if kind is not None:
            del self.fields["code"]
        else:
            del self.fields["retired"]
        if kind is not None or len(schools) == 1:
            del self.fields["school"]
        else:
            self.fields["school"].choices = [(key, one.name) for key, one in self.schools.items()]  # type: ignore[attr-defined]

    def save(self) -> PracticalKind | None:
        """Save it; None when the service refuses."""
        data, kind = self.cleaned_data, self.kind
        school = kind.school if kind else self.schools[data.get("school") or next(iter(self.schools))]
        return self.attempt(
            lambda: save_practical_kind(
                school=school,
                code=kind.code if kind else data["code"],
                title=data["title"],
                pass_percent=data["pass_percent"],
                codes=data["codes"],
                course=data["course"],
                fact=data["fact"],
                retired=data.get("retired", False),
                kind=kind,
                seen_version=data["version"],
                uuid=None if kind else data["key"],
                by=self.by,
            ),
            (lambda: _kind_values(PracticalKind.objects.get(pk=kind.pk))) if kind else None,
        )


def _kind_values(kind: PracticalKind) -> dict[str, Any]:
    names = ("title", "pass_percent", "codes", "course", "fact", "version")
    return {**{name: getattr(kind, name) for name in names}, "retired": kind.retired_at is not None}


class PlanPracticalForm(DeskForm):
    """When and where an examination is held, and by whom."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Examination"),
        error_messages={"required": gettext_lazy("Choose which examination it is.")},
    )
    on_day = DayField(label=gettext_lazy("Day"))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write where it is held.")},
    )
    first = forms.ChoiceField(
        label=gettext_lazy("First examiner"),
        error_messages={"required": gettext_lazy("Choose the first examiner.")},
    )
    second = forms.ChoiceField(
        label=gettext_lazy("Second examiner"),
        error_messages={"required": gettext_lazy("Choose the second examiner.")},
    )

    def __init__(
        self,
        *args: Any,
        record: Any,
        kinds: Sequence[PracticalKind],
        examiners: Sequence[User],
        by: User,
        today: date,
        **kwargs: Any,
    ) -> None:
        self.record, self.by = record, by
        self.kinds = {str(kind.uuid): kind for kind in kinds}
        self.people = {str(user.uuid): user for user in examiners}
        super().__init__(*args, initial={"on_day": today}, **kwargs)
        self.fields["kind"].choices = [(key, kind.title) for key, kind in self.kinds.items()]  # type: ignore[attr-defined]
        for name in ("first", "second"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", _("Choose…")),
                *((key, user.get_full_name()) for key, user in self.people.items()),
            ]

    def save(self) -> Practical | None:
        """Plan it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: plan_practical(
                kind=self.kinds[data["kind"]],
                record=self.record,
                on_day=data["on_day"],
                place=data["place"],
                examiners=(self.people[data["first"]], self.people[data["second"]]),
                uuid=data["key"],
                by=self.by,
            )
        )
