"""Owns the catalog's forms beside those of pages."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page

from accounts.models import Organisation, User
from certification.certificates.models import CourseType, Regulator
from certification.requirements.models import RuleSet
from certification.requirements.selectors import newest_of_all

from .models import LessonChange, Module, Program
from .models.offers import category_choices, teachers_of
from .services.programs import SETTINGS


class ChangeForm(forms.Form):
    """What publishing a draft means for those who studied the lesson."""

    kind = forms.ChoiceField(
        label=_("What does it mean for them?"),
        choices=LessonChange.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the change means.")},
    )
    note = forms.CharField(
        label=_("What has changed, in one sentence"),
        required=False,
        max_length=300,
        help_text=_("Learners who studied the lesson read it. Not needed for a cosmetic change."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RuleSetField(forms.ModelChoiceField):
    """Names version and status too: which rules judge decides what a learner's hours are worth."""

    def label_from_instance(self, rule_set: RuleSet) -> str:
        """Title, label and status."""
        return f"{rule_set.title} ({rule_set.label}, {rule_set.get_status_display()})"


class NewProgramForm(forms.Form):
    """A new program: school, code, title, rules."""

    school = forms.ModelChoiceField(queryset=Organisation.objects.none(), label=_("School"), empty_label=None)
    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]*$",
        max_length=40,
        label=_("Code"),
        help_text=_("Short and lasting, such as MMP-300; it stands on records and never changes."),
        error_messages={"invalid": _("Write it in capital letters, figures and hyphens.")},
    )
    title = forms.CharField(max_length=200, label=_("Title"))
    rule_set = RuleSetField(
        queryset=RuleSet.objects.none(),
        label=_("Rules"),
        empty_label=_("Choose the rules"),
        help_text=_("What its learners’ hours are judged by. A newer version comes by activation at the desk."),
    )

    def __init__(self, *args: Any, schools: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = Organisation.objects.filter(pk__in=[school.pk for school in schools])  # type: ignore[attr-defined]
        newest = [rule_set.pk for rule_set in newest_of_all()]
        self.fields["rule_set"].queryset = RuleSet.objects.filter(pk__in=newest).order_by("title")  # type: ignore[attr-defined]


class ProgramForm(forms.ModelForm):
    """A program's settings; the numbers of seat time are those that its learners read."""

    class Meta:
        model = Program
        fields = SETTINGS
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "externship_summary": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["externship_category"] = forms.ChoiceField(
            choices=[("", _("No shifts")), *category_choices(self.instance)],
            required=False,
            label=_("Category of the shifts"),
        )

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Its fields by subject: title, a sentence of help, fields."""
        return [
            (str(title), str(words), [self[name] for name in SETTINGS if name in names])
            for title, words, names in (
                (_("Program"), "", ("title", "summary", "is_open")),
                (
                    _("Shifts"),
                    _("What of the program is done at the table, signed by supervisors."),
                    ("externship_category", "externship_minutes", "externship_summary"),
                ),
                (
                    _("How time counts"),
                    _("Learners read these numbers on a page of their own. A change holds for visits opened from now on."),
                    (
                        "beat_seconds", "gap_seconds", "idle_seconds", "idle_penalty", "counts_hidden_media",
                        "presence_minutes", "answer_seconds", "presence_tries",
                    ),
                ),
                (
                    _("How much, in which order, and what it gives"),
                    _("Caps bind all of a learner’s lessons together."),
                    ("day_cap_minutes", "week_cap_minutes", "in_order", "credit"),
                ),
                (
                    _("Its certificate"),
                    _("Graduates are told 90, 30 and 7 days before it expires."),
                    ("certificate_term",),
                ),
            )
        ]  # fmt: skip


class ApprovalForm(forms.Form):
    """An approval of the program, or of one module, as it stands now."""

    module = forms.ModelChoiceField(
        queryset=Module.objects.none(), required=False, label=_("What is approved"), empty_label=_("The whole program")
    )
    body = forms.CharField(max_length=120, label=_("Approving body"))
    number = forms.CharField(
        max_length=60, label=_("Approval number"), help_text=_("Program or course number, as the body gave it.")
    )
    regulator = forms.ChoiceField(
        choices=[("", _("None: no continuing education")), *Regulator.choices],
        required=False,
        label=_("Regulator of continuing education"),
        help_text=_("With one, learners get continuing education certificates that show every field it asks for."),
    )
    course_type = forms.ChoiceField(
        choices=[("", "---------"), *CourseType.choices],
        required=False,
        label=_("Type of the course"),
        help_text=_("Only for continuing education. A recorded webinar is home study."),
    )
    instructor = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        label=_("Instructor"),
        help_text=_("Only for continuing education: who is approved to teach it, and signs."),
    )
    approved_on = forms.DateField(
        label=_("Approved on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write a day like 2026-03-09.")},
    )
    ends_on = forms.DateField(
        label=_("Ends on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write a day like 2026-03-09.")},
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taught = program.modules.exclude(state=Module.State.RETIRED)
        self.fields["module"].queryset = taught  # type: ignore[attr-defined]
        self.fields["module"].label_from_instance = lambda module: f"{module.title} ({module.minutes} min)"  # type: ignore[attr-defined]
        self.fields["instructor"].queryset = teachers_of(program).order_by("legal_name")  # type: ignore[attr-defined]


class TranslateForm(forms.Form):
    """Into which language."""

    locale = forms.ModelChoiceField(
        Locale.objects.none(),
        label=_("Language"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose a language.")},
    )

    def __init__(self, page: Page, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["locale"]
        field.queryset = untranslated(page)
        # Where there is one language left, nobody has to choose it.
        field.initial = field.queryset.first() if field.queryset.count() == 1 else None


def untranslated(page: Page) -> QuerySet[Locale]:
    """The languages of the site in which this page is not there yet."""
    there = page.get_translations(inclusive=True).values("locale_id")
    languages: QuerySet[Locale] = Locale.objects.exclude(pk__in=there).order_by("language_code")
    return languages
