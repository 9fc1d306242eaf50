"""What the school fills in about a placement: where, in which days, for how many hours, and how it ended."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certification.records.models import TrainingRecord

from .. import rules
from ..models import Placement, Site
from ..selectors import unit_of
from ..services import edit_placement, end_placement, open_placement
from .desk import DayField, DeskForm, HoursField


class PlacementDaysForm(DeskForm):
    """The days of a placement and the hours that are needed there: hours of the rules that judge the record."""

    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))
    required_minutes = HoursField(
        label=gettext_lazy("Hours needed there"), help_text=gettext_lazy("Like 70, 37.5 or 37:30.")
    )

    def count_by(self, unit: int) -> None:
        """Read and show hours of `unit` minutes, and say so where a clock's hour is another."""
        field = self.fields["required_minutes"]
        field.unit = unit  # type: ignore[attr-defined]
        if unit != 60:
            field.help_text = _(
                "Like 70 or 37.5. An hour of the rules that judge this record has %(minutes)s minutes."
            ) % {"minutes": unit}


class NewPlacementForm(PlacementDaysForm):
    """Sends a learner to a site."""

    site = forms.ChoiceField(
        label=gettext_lazy("Site"), error_messages={"required": gettext_lazy("Choose where she will work.")}
    )
    field_order = ["key", "version", "site"]

    def __init__(
        self, *args: Any, record: TrainingRecord, sites: Sequence[Site], today: date, by: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.record, self.by = record, by
        self.count_by(unit_of(record))
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
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                required_minutes=data["required_minutes"],
                approved_by=self.by,
            )
        )


def _site_choice(site: Site, today: date) -> tuple[str, bool]:
    """What a choice says of a site, and whether it is over, so that it stands last."""
    ends = [window.last for window in (site.approval, site.agreement) if window.last is not None]
    last = min(ends, default=None)
    if last is None:
        return str(site), False
    words = {"site": str(site), "day": date_format(last, "j F Y")}
    if rules.standing(rules.Window(None, last), today) == "over":
        return _("%(site)s (over since %(day)s)") % words, True
    return _("%(site)s (until %(day)s)") % words, False


def _placement_values(placement: Placement) -> dict[str, Any]:
    return {name: getattr(placement, name) for name in ("starts_on", "ends_on", "required_minutes", "version")}


class EditPlacementForm(PlacementDaysForm):
    """Changes the days and hours of a placement."""

    def __init__(self, *args: Any, placement: Placement, by: User, **kwargs: Any) -> None:
        self.placement, self.by = placement, by
        super().__init__(*args, initial=_placement_values(placement), **kwargs)
        self.count_by(unit_of(placement.record))

    def save(self) -> Placement | None:
        """Change it; None when the service refuses."""
        data = self.cleaned_data
        return self.attempt(
            lambda: edit_placement(
                placement=self.placement,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                required_minutes=data["required_minutes"],
                by=self.by,
                seen_version=data["version"],
            ),
            lambda: _placement_values(Placement.objects.get(pk=self.placement.pk)),
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
        if signed >= placement.required_minutes:
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
