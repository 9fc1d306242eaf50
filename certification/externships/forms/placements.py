"""What the school fills in about a placement: where, in which days, for how many hours, and how it ended."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certification.records.models import TrainingRecord
from certification.records.selectors import unit_of

from .. import rules
from ..models import Kind, LearningGoal, Placement, Site
from ..selectors import default_before_clients, milestones_to_ask, minutes_to_place, supervisors_there
from ..services import (
    Terms,
    add_goal,
    approve_placement,
    decline_placement,
    edit_placement,
    end_placement,
    open_placement,
    request_placement,
)
from .desk import DayField, DeskForm, HoursField, SomeHoursField

KINDS = [kind for kind in Kind if rules.KINDS[kind] is not None]


class PlacementDaysForm(DeskForm):
    """The days of a placement, the hours that are needed there (hours of the rules that judge the record), and its terms.

    Who may sign is asked where the site is known.
    """

    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))
    required_minutes = HoursField(
        label=gettext_lazy("Hours needed there"), help_text=gettext_lazy("Like 70, 37.5 or 37:30.")
    )
    supervisors = forms.MultipleChoiceField(
        label=gettext_lazy("Only these supervisors sign"),
        help_text=gettext_lazy("Nobody ticked: whoever works there on the day of a shift."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    before_clients = forms.MultipleChoiceField(
        label=gettext_lazy("Needed before the first client"),
        help_text=gettext_lazy(
            "Until they are there no session with a client can be written down. The hours that the "
            "rules ask for before are asked for anyway."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    although_clash = forms.BooleanField(label=gettext_lazy("Two placements on the same days are meant"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self.fields[f"kind_{kind}"] = SomeHoursField(label=kind.label)

    def ask(self, record: TrainingRecord, placement: Placement | None) -> None:
        """Offer what can be chosen for a record and, once there is one, a placement; count in the record's hours."""
        self.count_by(unit_of(record))
        self.people = {str(one.uuid): one for one in supervisors_there(placement)} if placement else {}
        if self.people:
            self.fields["supervisors"].choices = [  # type: ignore[attr-defined]
                (key, f"{one.name}, {one.profession}") for key, one in self.people.items()
            ]
        else:
            del self.fields["supervisors"]
        had = placement.before_clients if placement else []
        self.facts = {one["code"]: one for one in (*milestones_to_ask(record), *had)}
        if self.facts:
            self.fields["before_clients"].choices = [  # type: ignore[attr-defined]
                (code, one["title"]) for code, one in self.facts.items()
            ]
        else:
            del self.fields["before_clients"]

    def kind_fields(self) -> list[forms.BoundField]:
        """The hours by kind, for the template."""
        return [self[f"kind_{kind}"] for kind in KINDS]

    def count_by(self, unit: int) -> None:
        """Read and show hours of `unit` minutes, and say so where a clock's hour is another."""
        for field in self.fields.values():
            if isinstance(field, HoursField):
                field.unit = unit
        if unit != 60:
            self.fields["required_minutes"].help_text = _(
                "Like 70 or 37.5. An hour of the rules that judge this record has %(minutes)s minutes."
            ) % {"minutes": unit}

    def terms(self) -> Terms:
        """What was filled in beside days and hours."""
        data = self.cleaned_data
        return Terms(
            required_by_kind={str(kind): data[f"kind_{kind}"] for kind in KINDS if data.get(f"kind_{kind}")},
            supervisors=[self.people[key] for key in data.get("supervisors", [])],
            before_clients=[
                {"code": code, "title": self.facts[code]["title"]} for code in data.get("before_clients", [])
            ],
        )

    def days(self) -> dict[str, Any]:
        """Days, hours and terms, as the services take them."""
        names = ("starts_on", "ends_on", "required_minutes", "although_clash")
        return {name: self.cleaned_data[name] for name in names} | {"terms": self.terms()}


class NewPlacementForm(PlacementDaysForm):
    """Sends a learner to a site."""

    site = forms.ChoiceField(
        label=gettext_lazy("Site"), error_messages={"required": gettext_lazy("Choose where she will work.")}
    )
    field_order = ["key", "version", "site"]

    def __init__(
        self, *args: Any, record: TrainingRecord, sites: Sequence[Site], today: date, by: User, **kwargs: Any
    ) -> None:
        first = {"before_clients": [one["code"] for one in default_before_clients(record.school)]}
        kwargs["initial"] = {**first, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.record, self.by = record, by
        self.ask(record, None)
        self.sites = {str(site.uuid): site for site in sites}
        choices = sorted(
            ((key, *_site_choice(site, today)) for key, site in self.sites.items()), key=lambda row: row[2]
        )
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            *([("", _("Choose…"))] if len(choices) != 1 else []),
            *((key, words) for key, words, _over in choices),
        ]

    def save(self) -> Placement | None:
        """Place her; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: open_placement(
                record=self.record,
                site=self.sites[data["site"]],
                approved_by=self.by,
                **self.days(),
            )
        )


def _site_choice(site: Site, today: date) -> tuple[str, bool]:
    """What a choice says of a site, and whether it is over, so that it stands last."""
    ends = [window.last for window in (site.approval, site.agreement, site.insurance) if window.last is not None]
    last = min(ends, default=None)
    if last is None:
        return str(site), False
    words = {"site": str(site), "day": date_format(last, "j F Y")}
    if rules.standing(rules.Window(None, last), today) == "over":
        return _("%(site)s (over since %(day)s)") % words, True
    return _("%(site)s (until %(day)s)") % words, False


def _placement_values(placement: Placement) -> dict[str, Any]:
    values = {name: getattr(placement, name) for name in ("starts_on", "ends_on", "required_minutes", "version")}
    values |= {f"kind_{kind}": placement.required_by_kind.get(kind) for kind in KINDS}
    values["supervisors"] = [str(one.uuid) for one in placement.supervisors.order_by("name", "pk")]
    values["before_clients"] = [one["code"] for one in placement.before_clients]
    return values


class EditPlacementForm(PlacementDaysForm):
    """Changes the days, hours and terms of a placement."""

    def __init__(self, *args: Any, placement: Placement, by: User, **kwargs: Any) -> None:
        self.placement, self.by = placement, by
        kwargs["initial"] = {**_placement_values(placement), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.ask(placement.record, placement)

    def save(self) -> Placement | None:
        """Change it; None when the service refuses."""
        return self.attempt(
            lambda: edit_placement(
                placement=self.placement, by=self.by, seen_version=self.cleaned_data["version"], **self.days()
            ),
            self.now,
        )

    def now(self) -> dict[str, Any]:
        """What stands there now."""
        return _placement_values(Placement.objects.get(pk=self.placement.pk))


class ApprovePlacementForm(EditPlacementForm):
    """Approves a request, with the days, hours and terms that are right."""

    def __init__(self, *args: Any, placement: Placement, by: User, **kwargs: Any) -> None:
        first = {
            "before_clients": [one["code"] for one in default_before_clients(placement.record.school)],
            "required_minutes": minutes_to_place(placement.record) or None,
        }
        super().__init__(*args, placement=placement, by=by, initial=first, **kwargs)

    def save(self) -> Placement | None:
        """Approve it; None when the service refuses."""
        return self.attempt(
            lambda: approve_placement(
                placement=self.placement, by=self.by, seen_version=self.cleaned_data["version"], **self.days()
            ),
            self.now,
        )


class DeclinePlacementForm(DeskForm):
    """Why a request is declined."""

    words = forms.CharField(
        label=gettext_lazy("Why, and what she can do"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The learner reads this. Name no client."),
        error_messages={"required": gettext_lazy("Say in a few words why, and what she can do: she reads this.")},
    )

    def __init__(self, *args: Any, placement: Placement, by: User, **kwargs: Any) -> None:
        self.placement, self.by = placement, by
        super().__init__(*args, **kwargs)

    def save(self) -> Placement | None:
        """Decline it; None when the service refuses."""
        return self.attempt(
            lambda: decline_placement(placement=self.placement, words=self.cleaned_data["words"], by=self.by)
        )


class AskPlacementForm(DeskForm):
    """What a learner asks for: a site of her school's list, days, and why."""

    record = forms.ChoiceField(
        label=gettext_lazy("For which program"), error_messages={"required": gettext_lazy("Choose the program.")}
    )
    site = forms.ChoiceField(
        label=gettext_lazy("Site"), error_messages={"required": gettext_lazy("Choose where you want to work.")}
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))
    words = forms.CharField(
        label=gettext_lazy("Why there"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "What you want to learn there, and on which days of the week you can come. Name no client."
        ),
        error_messages={"required": gettext_lazy("Say in a sentence why you want to learn there.")},
    )

    def __init__(
        self,
        *args: Any,
        records: Sequence[TrainingRecord],
        sites: Mapping[int, Sequence[Site]],
        by: User,
        **kwargs: Any,
    ) -> None:
        """`sites` are those on offer, by school."""
        super().__init__(*args, **kwargs)
        self.by = by
        self.records = {str(record.uuid): record for record in records}
        self.sites = {str(site.uuid): site for school in sites for site in sites[school]}
        if len(self.records) > 1:
            self.fields["record"].choices = [  # type: ignore[attr-defined]
                (key, f"{record.program_title}, {record.school}") for key, record in self.records.items()
            ]
        else:
            del self.fields["record"]
        several = len(sites) > 1
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            *((key, f"{site}, {site.school}" if several else str(site)) for key, site in self.sites.items()),
        ]

    def save(self) -> Placement | None:
        """Ask for it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: request_placement(
                record=self.records[data.get("record") or next(iter(self.records))],
                site=self.sites[data["site"]],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                words=data["words"],
                by=self.by,
                uuid=data["key"],
            )
        )


class GoalForm(DeskForm):
    """One thing that she wants to learn there."""

    words = forms.CharField(
        label=gettext_lazy("A goal, in one sentence"),
        max_length=300,
        help_text=gettext_lazy("Name no client."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say it in one sentence, 300 characters at most.")},
    )

    def __init__(self, *args: Any, placement: Placement, by: User, **kwargs: Any) -> None:
        self.placement, self.by = placement, by
        super().__init__(*args, **kwargs)

    def save(self) -> LearningGoal | None:
        """Write it down; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: add_goal(placement=self.placement, words=data["words"], by=self.by, uuid=data["key"])
        )


class EndPlacementForm(DeskForm):
    """How a placement ends, and on which day."""

    state = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        choices=[
            (Placement.State.COMPLETE.value, gettext_lazy("Complete: all was done there")),
            (Placement.State.TERMINATED.value, gettext_lazy("Terminated: it ends before that")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how it ends.")},
    )
    ended_on = DayField(label=gettext_lazy("Last day"))
    although_short = forms.BooleanField(
        label=gettext_lazy("Complete, although fewer hours are signed than needed"), required=False
    )

    def __init__(self, *args: Any, placement: Placement, signed: int, today: date, by: User, **kwargs: Any) -> None:
        self.placement, self.by = placement, by
        super().__init__(*args, initial={"ended_on": min(today, placement.ends_on)}, **kwargs)
        if signed >= placement.required_minutes and not placement.required_by_kind:
            del self.fields["although_short"]

    def save(self) -> Placement | None:
        """End it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: end_placement(
                placement=self.placement,
                state=data["state"],
                ended_on=data["ended_on"],
                although_short=data.get("although_short", False),
                by=self.by,
            )
        )
