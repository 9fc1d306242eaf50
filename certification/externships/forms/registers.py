"""What the school fills in about its sites, its supervisors, and who works where."""

from collections.abc import Container, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from certification.records.forms import PaperField
from notices.texting import texting_is_on

from ..models import RegisterPaper, Site, SiteAssignment, SiteKind, Supervisor
from ..services import (
    Edited,
    SiteDetails,
    add_paper,
    assign_supervisor,
    edit_site,
    edit_supervisor,
    end_assignment,
    erase_paper,
    register_site,
    register_supervisor,
    withdraw_paper,
)
from .desk import DayField, DeskForm

ZONES = [
    ("America/New_York", gettext_lazy("Eastern (New York)")),
    ("America/Chicago", gettext_lazy("Central (Chicago)")),
    ("America/Denver", gettext_lazy("Mountain (Denver)")),
    ("America/Phoenix", gettext_lazy("Arizona (Phoenix)")),
    ("America/Los_Angeles", gettext_lazy("Pacific (Los Angeles)")),
    ("America/Anchorage", gettext_lazy("Alaska (Anchorage)")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii (Honolulu)")),
    ("America/Puerto_Rico", gettext_lazy("Puerto Rico (San Juan)")),
]


class RegisterForm(DeskForm):
    """A form about a row of a school's register; who works for several schools is asked for which it is made."""

    school = forms.ChoiceField(
        label=gettext_lazy("For which school"), error_messages={"required": gettext_lazy("Choose the school.")}
    )

    def __init__(self, *args: Any, by: User, schools: Sequence[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.schools = {str(school.uuid): school for school in schools}
        if len(self.schools) > 1:
            self.fields["school"].choices = [(key, school.name) for key, school in self.schools.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["school"]

    def chosen_school(self) -> Organisation:
        """The school of a new row."""
        return self.schools[self.cleaned_data.get("school") or next(iter(self.schools))]


DETAILS = tuple(field.name for field in dataclass_fields(SiteDetails))


def _site_values(site: Site) -> dict[str, Any]:
    return {
        "name": site.organisation.name,
        "address": site.organisation.address,
        "approved_on": site.approved_on,
        "approval_ends_on": site.approval_ends_on,
        "agreement_starts_on": site.agreement_starts_on,
        "agreement_ends_on": site.agreement_ends_on,
        **{name: getattr(site, name) for name in DETAILS},
        "version": site.version,
    }


class SiteForm(RegisterForm):
    """A site: where it is, and the dates of the school's approval and of the agreement."""

    name = forms.CharField(
        label=gettext_lazy("Name of the site"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the name as the learner will look for it.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Street, town, state and ZIP code."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Of the clock on its wall. Shifts are written in it, so it stays as it is."),
        error_messages={"required": gettext_lazy("Choose the time zone of the site.")},
    )
    approved_on = DayField(label=gettext_lazy("Approved from"))
    approval_ends_on = DayField(label=gettext_lazy("Approved until"), required=False)
    agreement_starts_on = DayField(label=gettext_lazy("Agreement from"), required=False)
    agreement_ends_on = DayField(label=gettext_lazy("Agreement until"), required=False)

    kind = forms.ChoiceField(label=gettext_lazy("Kind of place"), choices=SiteKind.choices, required=False)
    capacity = forms.IntegerField(
        label=gettext_lazy("Learners at a time"),
        required=False,
        min_value=1,
        max_value=500,
        help_text=gettext_lazy("Never more are placed there on one day. Empty: nobody counts."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input--time"}),
    )
    insurance_starts_on = DayField(label=gettext_lazy("Insured from"), required=False)
    insurance_ends_on = DayField(label=gettext_lazy("Insured until"), required=False)
    policy_number = forms.CharField(
        label=gettext_lazy("Policy number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=gettext_lazy("Whom to call there"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Name, phone number, e-mail address. Only your staff reads it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90, max_digits=8, decimal_places=6
    )
    longitude = forms.DecimalField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180, max_digits=9, decimal_places=6
    )

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        self.site = site
        super().__init__(*args, initial=_site_values(site) if site else None, **kwargs)
        if site is not None:
            del self.fields["zone"]
            return
        zones: list[tuple[str, Any]] = list(ZONES)
        for school in self.schools.values():
            if school.zone not in dict(zones):
                zones.append((school.zone, school.zone))
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["zone"].initial = next(iter(self.schools.values())).zone

    def clean_kind(self) -> str:
        """What it is; as it was, else a clinic, where nothing is chosen."""
        return self.cleaned_data.get("kind") or (self.site.kind if self.site else SiteKind.CLINIC)

    def save(self) -> Site | None:
        """Register or change the site; None when the service refuses."""
        own = ("key", "version", "school", *DETAILS)
        data = {name: self.cleaned_data[name] for name in self.cleaned_data if name not in own}
        data["details"] = SiteDetails(**{name: self.cleaned_data[name] for name in DETAILS})
        if self.site is None:
            return self.attempt(
                lambda: register_site(school=self.chosen_school(), uuid=self.cleaned_data["key"], by=self.by, **data)
            )
        site = self.site
        return self.attempt(
            lambda: edit_site(site=site, by=self.by, seen_version=self.cleaned_data["version"], **data),
            lambda: _site_values(Site.objects.select_related("organisation").get(pk=site.pk)),
        )


class StateField(forms.CharField):
    """A state by its two letters, small or capital."""

    def to_python(self, value: Any) -> str:
        """Capital letters."""
        return str(super().to_python(value) or "").upper()


def _supervisor_values(supervisor: Supervisor) -> dict[str, Any]:
    names = (
        "name",
        "email",
        "phone",
        "asks_code",
        "profession",
        "licence_state",
        "licence_number",
        "valid_from",
        "valid_to",
        "version",
    )
    return {name: getattr(supervisor, name) for name in names}


class SupervisorForm(RegisterForm):
    """A supervisor and the license that stands behind her signature."""

    name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=200,
        help_text=gettext_lazy("As on the license: she types it when she signs."),
        error_messages={"required": gettext_lazy("Write the name as it stands on the license.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("Her own. The links by which she signs go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the address to which the links go.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Her own, for a code where the school asks for a second proof that it is she."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    asks_code = forms.BooleanField(
        label=gettext_lazy("Ask for a code by text when she signs"),
        required=False,
        help_text=gettext_lazy(
            "She gets six digits on that number and types them to sign. To return, refuse or propose she needs none."
        ),
    )
    profession = forms.CharField(
        label=gettext_lazy("Profession"),
        max_length=80,
        help_text=gettext_lazy("As the license names it, for example: Massage therapist."),
        error_messages={"required": gettext_lazy("Write the profession that the license names.")},
    )
    licence_state = StateField(
        label=gettext_lazy("State"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", gettext_lazy("Write the state in two letters: GA."))],
        widget=forms.TextInput(attrs={"class": "input--time", "autocapitalize": "characters", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the state in two letters: GA.")},
    )
    licence_number = forms.CharField(
        label=gettext_lazy("License number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the number of the license.")},
    )
    valid_from = DayField(label=gettext_lazy("Valid from"), required=False)
    valid_to = DayField(label=gettext_lazy("Valid until"), required=False)

    def __init__(self, *args: Any, supervisor: Supervisor | None = None, **kwargs: Any) -> None:
        self.supervisor = supervisor
        super().__init__(*args, initial=_supervisor_values(supervisor) if supervisor else None, **kwargs)
        if supervisor is None:
            # Nobody has her on the telephone yet; the switch stands on her own page.
            del self.fields["asks_code"]
        elif not texting_is_on() and not supervisor.asks_code:
            switch = self.fields["asks_code"]
            switch.disabled = True
            switch.help_text = _("This server sends no text messages: whoever runs it has not set SMS_URL.")

    def save(self) -> Edited | None:
        """Register or change the supervisor; None when the service refuses."""
        data = {name: self.cleaned_data[name] for name in self.cleaned_data if name not in ("key", "version", "school")}
        if self.supervisor is None:
            return self.attempt(
                lambda: Edited(
                    register_supervisor(school=self.chosen_school(), uuid=self.cleaned_data["key"], by=self.by, **data)
                )
            )
        supervisor = self.supervisor
        return self.attempt(
            lambda: edit_supervisor(
                supervisor=supervisor, by=self.by, seen_version=self.cleaned_data["version"], **data
            ),
            lambda: _supervisor_values(Supervisor.objects.get(pk=supervisor.pk)),
        )


class AssignForm(DeskForm):
    """Who works at a site, from which day on."""

    supervisor = forms.ChoiceField(
        label=gettext_lazy("Supervisor"), error_messages={"required": gettext_lazy("Choose who works there.")}
    )
    from_on = DayField(label=gettext_lazy("From"))

    def __init__(
        self, *args: Any, site: Site, supervisors: Sequence[Supervisor], there: Container[int], by: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.site, self.by = site, by
        self.supervisors = {str(person.uuid): person for person in supervisors}
        choices = [
            (key, f"{person.name}, {person.profession}")
            for key, person in self.supervisors.items()
            # Who is there needs no offer; a second click names her all the same.
            if self.is_bound or person.pk not in there
        ]
        self.fields["supervisor"].choices = [("", _("Choose…")), *choices]  # type: ignore[attr-defined]

    def save(self) -> SiteAssignment | None:
        """Assign; None when the service refuses."""
        return self.attempt(
            lambda: assign_supervisor(
                supervisor=self.supervisors[self.cleaned_data["supervisor"]],
                site=self.site,
                from_on=self.cleaned_data["from_on"],
                by=self.by,
            )
        )


class EndAssignmentForm(DeskForm):
    """The last day on which a supervisor works at a site."""

    seen_until_on = forms.DateField(required=False, widget=forms.HiddenInput)
    until_on = DayField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, assignment: SiteAssignment, by: User, **kwargs: Any) -> None:
        self.assignment, self.by = assignment, by
        initial = {"until_on": assignment.until_on, "seen_until_on": assignment.until_on}
        super().__init__(*args, initial=initial, **kwargs)

    def save(self) -> SiteAssignment | None:
        """End it; None when the service refuses."""
        return self.attempt(
            lambda: end_assignment(
                assignment=self.assignment,
                until_on=self.cleaned_data["until_on"],
                by=self.by,
                seen_until_on=self.cleaned_data["seen_until_on"],
            ),
            self._now,
        )

    def _now(self) -> dict[str, Any]:
        until_on = SiteAssignment.objects.get(pk=self.assignment.pk).until_on
        self.seen({"seen_until_on": until_on or ""})
        return {"until_on": until_on}


class PaperForm(DeskForm):
    """A paper of a site or of a supervisor, with the days it speaks of."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), error_messages={"required": gettext_lazy("Choose what it is.")}
    )
    attachment = PaperField()
    starts_on = DayField(label=gettext_lazy("From"), required=False)
    ends_on = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, owner: Site | Supervisor, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.by = owner, by
        kinds = RegisterPaper.OF_SITE if isinstance(owner, Site) else RegisterPaper.OF_SUPERVISOR
        self.fields["kind"].choices = [("", _("Choose…")), *((kind.value, kind.label) for kind in kinds)]  # type: ignore[attr-defined]
        self.fields["attachment"].label = _("File")
        self.fields["attachment"].help_text = _("PDF or picture, at most 10 MB. Only your staff can open it.")
        self.fields["attachment"].required = True
        self.fields["attachment"].error_messages["required"] = _("Choose the file.")

    def save(self) -> RegisterPaper | None:
        """Keep it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: add_paper(
                owner=self.owner,
                kind=data["kind"],
                attachment=data["attachment"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                by=self.by,
                uuid=data["key"],
            )
        )


class WithdrawPaperForm(DeskForm):
    """Why a paper does not count."""

    why = forms.CharField(
        label=gettext_lazy("Why it does not count"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say in a few words why it does not count.")},
    )

    def __init__(self, *args: Any, paper: RegisterPaper, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper, self.by = paper, by

    def save(self) -> RegisterPaper | None:
        """Withdraw it; None when the service refuses."""
        return self.attempt(lambda: withdraw_paper(paper=self.paper, why=self.cleaned_data["why"], by=self.by))


class ErasePaperForm(WithdrawPaperForm):
    """Why the file of a paper is erased."""

    why = forms.CharField(
        label=gettext_lazy("Why it is erased"),
        max_length=300,
        help_text=gettext_lazy("It stays on the page with your name and the day."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say in a few words why it is erased.")},
    )

    def save(self) -> RegisterPaper | None:
        """Erase it; None when the service refuses."""
        return self.attempt(lambda: erase_paper(paper=self.paper, why=self.cleaned_data["why"], by=self.by))
