"""Other times that a supervisor proposes for a shift, as the clock on the site's wall showed them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import rules


def _clock(label: Any, missing: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        error_messages={"required": missing},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--time"}),
    )


class ProposalForm(forms.Form):
    """Times for a shift that begins on `day` in `zone`; `proposal` is what was read of a valid one.

    Of a time that the clock showed twice it asks which one is meant, when that is typed.
    """

    starts = _clock(gettext_lazy("From"), gettext_lazy("Say when it began."))
    ends = _clock(gettext_lazy("To"), gettext_lazy("Say when it ended."))
    next_day = forms.BooleanField(label=gettext_lazy("It ended on the next day"), required=False)
    starts_turn = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=gettext_lazy("Which one began it?"))
    ends_turn = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=gettext_lazy("Which one ended it?"))
    break_minutes = forms.IntegerField(
        label=gettext_lazy("Breaks, in minutes"),
        min_value=0,
        max_value=600,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input--time"}),
    )

    def __init__(self, *args: Any, day: date, zone: str, **kwargs: Any) -> None:
        self.day, self.zone = day, zone
        self.proposal: rules.Proposal | None = None
        super().__init__(*args, **kwargs)
        self.asks_turn = [name for name in ("starts", "ends") if self._offers_turn(name)]

    def _offers_turn(self, name: str) -> bool:
        turn = self.fields[f"{name}_turn"]
        turn.choices = [("first", ""), ("second", "")]  # type: ignore[attr-defined]
        try:
            clock = self.fields[name].clean(self[name].value())
        except ValidationError:
            return False
        on = self._day_of(name, bool(self["next_day"].value()))
        if rules.instant_of(on, clock, self.zone).trouble != "twice":
            return False
        first = datetime.combine(on, clock, tzinfo=ZoneInfo(self.zone))
        words = {"time": date_format(first.replace(tzinfo=None), "g:i A")}
        turn.choices = [  # type: ignore[attr-defined]
            ("first", _("%(time)s the first time (%(zone)s)") % {**words, "zone": first.tzname()}),
            ("second", _("%(time)s the second time (%(zone)s)") % {**words, "zone": first.replace(fold=1).tzname()}),
        ]
        return True

    def _day_of(self, name: str, next_day: bool) -> date:
        return self.day + timedelta(days=1) if name == "ends" and next_day else self.day

    def clean(self) -> dict[str, Any]:
        """Read the times as instants in the site's zone."""
        data = super().clean() or {}
        instants = {
            name: self._instant(name, data[name], bool(data.get("next_day")))
            for name in ("starts", "ends")
            if data.get(name) is not None
        }
        starts_at, ends_at = instants.get("starts"), instants.get("ends")
        if starts_at and ends_at and not self.errors:
            self.proposal = rules.Proposal(starts_at, ends_at, data.get("break_minutes") or 0)
        return data

    def _instant(self, name: str, clock: time, next_day: bool) -> datetime | None:
        second = {"first": False, "second": True}.get(self.cleaned_data.get(f"{name}_turn") or "")
        found = rules.instant_of(self._day_of(name, next_day), clock, self.zone, second=second)
        if found.trouble == "skipped":
            self.add_error(name, _("That time did not exist: the clocks went forward over it that night."))
        elif found.trouble == "twice":
            self.add_error(name, _("The clocks went back and showed this time twice. Say below which you mean."))
        return found.at
