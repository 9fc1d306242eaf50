"""What a learner fills in about a shift: times as the clock on the site's wall showed them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import rules
from ..models import Complaint, Kind, Placement, Region, Screen, Shift, Technique
from ..selectors import codes_used, supervisors_at
from ..services import save_shift
from .measures import SIDES, WHAT, WHERE, MeasureRow, MeasuresField, rows_of_measures
from .refusals import put_beside

KIND_CHOICES = [
    (Kind.CLIENT_SESSION.value, gettext_lazy("Client session: hands on, one client")),
    (Kind.INTAKE_NOTES.value, gettext_lazy("Intake and notes")),
    (Kind.OBSERVATION.value, gettext_lazy("Observation: you watched somebody work")),
    (Kind.INSTRUCTION.value, gettext_lazy("Instruction: somebody taught you")),
    (Kind.IDLE.value, gettext_lazy("Idle time: you waited. It is written down and never counts")),
]
# The services name a field by what it is; here it may be asked in another place.
ASKED_AS = {"starts_at": "starts", "ends_at": "ends"}


class ShiftForm(forms.Form):
    """One shift of one placement; saving goes through `services.save_shift`."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        error_messages={"required": gettext_lazy("Choose the day.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        # Arithmetic on the calendar's first and last days fails.
        validators=[
            MinValueValidator(date(2000, 1, 1), gettext_lazy("Look at the year.")),
            MaxValueValidator(date(2100, 1, 1), gettext_lazy("Look at the year.")),
        ],
    )
    starts = forms.TimeField(
        label=gettext_lazy("From"),
        error_messages={"required": gettext_lazy("Say when you began.")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--time"}),
    )
    ends = forms.TimeField(
        label=gettext_lazy("To"),
        error_messages={"required": gettext_lazy("Say when you ended.")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--time"}),
    )
    next_day = forms.BooleanField(label=gettext_lazy("It ended on the next day"), required=False)
    starts_turn = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("Which one did you begin at?")
    )
    ends_turn = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("Which one did you end at?")
    )
    break_minutes = forms.IntegerField(
        label=gettext_lazy("Breaks, in minutes"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=gettext_lazy("All breaks together. They are taken off."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input--time"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What you did"),
        choices=KIND_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you did.")},
    )
    techniques = forms.MultipleChoiceField(
        label=gettext_lazy("With which techniques"),
        choices=Technique.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    client_code = forms.ChoiceField(
        label=gettext_lazy("Client, if it was a session"),
        required=False,
        help_text=gettext_lazy(
            "We make a random code for each client. Keep no list of names, and never make a code from initials or a "
            "date of birth."
        ),
    )
    screen = forms.ChoiceField(
        label=gettext_lazy("Contraindications, if it was a session"),
        choices=Screen.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("What asking and looking for them came to, before you began."),
    )
    complaint = forms.ChoiceField(
        label=gettext_lazy("What brought the client"),
        choices=[("", gettext_lazy("Not said")), *Complaint.choices],
        required=False,
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Where on the body"),
        choices=Region.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    measures = MeasuresField(label=gettext_lazy("Measured before and after"), required=False)
    supervisor = forms.ChoiceField(
        label=gettext_lazy("Who supervised you"),
        help_text=gettext_lazy("The person who was on site. Nobody else can sign."),
        error_messages={"required": gettext_lazy("Choose who was on site.")},
    )
    statement = forms.CharField(
        label=gettext_lazy("What you did and learned"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Your supervisor and your school read it. No name, initials, date of birth or number of a client: the "
            "clinic’s notes stay at the clinic."
        ),
    )

    reflection = forms.CharField(
        label=gettext_lazy("Your reflection"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "What went well, what you would do differently. You and your school read it, your supervisor does not. No "
            "name, initials, date of birth or number of a client."
        ),
    )
    amend_reason = forms.CharField(
        label=gettext_lazy("Why it is amended"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Your supervisor reads it beside the old and the new."),
        error_messages={"required": gettext_lazy("Say why it is amended: your supervisor reads it.")},
    )

    def __init__(
        self,
        *args: Any,
        placement: Placement,
        shift: Shift | None = None,
        amends: Shift | None = None,
        more: bool = False,
        **kwargs: Any,
    ) -> None:
        """`shift` is the one that is changed, `amends` the signed one whose place a new one is to take; `more`: with more
        empty rows of measures.
        """
        self.more = more
        self.placement = placement
        self.shift = shift
        self.amends = shift.amends if shift is not None else amends
        self.zone = placement.site.zone
        kwargs["initial"] = {**self._initial(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.supervisors = {str(person.uuid): person for person in supervisors_at(placement)}
        if shift is not None:
            self.supervisors.setdefault(str(shift.supervisor.uuid), shift.supervisor)
        choices = [(key, str(person)) for key, person in self.supervisors.items()]
        if len(choices) != 1:
            choices.insert(0, ("", _("Choose…")))
        self.fields["supervisor"].choices = choices  # type: ignore[attr-defined]
        codes = codes_used(placement)
        self.fields["client_code"].choices = [  # type: ignore[attr-defined]
            ("", _("A new client: make a code")),
            *((code, _("%(code)s, seen before") % {"code": code}) for code in codes),
        ]
        if self.amends is None:
            del self.fields["amend_reason"]
        self.asks_turn: set[str] = set()
        self._offer_turns()

    @property
    def measure_rows(self) -> list[MeasureRow]:
        """The rows of measures to draw: what was typed, and empty ones."""
        bound = self["measures"]
        return rows_of_measures((bound.data if self.is_bound else bound.initial) or [], more=self.more)

    @property
    def measure_choices(self) -> dict[str, list[Any]]:
        """What a row of measures can say."""
        return {"what": WHAT, "where": WHERE, "side": SIDES}

    @property
    def says_of_session(self) -> bool:
        """Whether anything in the folded parts about a session says something or is refused, so that it stands open."""
        names = ("regions", "complaint", "measures")
        return (
            self.more
            or any(self._raw(name) for name in names)
            or any(self[name].errors for name in names if self.is_bound)
        )

    def _initial(self) -> dict[str, Any]:
        shift = self.shift or self.amends
        if shift is None:
            return {"key": uuid4()}
        fresh: dict[str, Any] = {"key": uuid4(), "version": None} if self.shift is None else {"version": shift.version}
        if shift.needs_end:
            # Nobody knows when it ended: she says it.
            fresh |= {"ends": None, "next_day": False}
        return {**self._initial_of(shift), **fresh}

    def _initial_of(self, shift: Shift) -> dict[str, Any]:
        zone = ZoneInfo(self.zone)
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        return {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "starts_turn": "second" if starts.fold else "first",
            "ends_turn": "second" if ends.fold else "first",
            "next_day": ends.date() > starts.date(),
            "break_minutes": shift.break_minutes,
            "kind": shift.kind,
            "techniques": shift.techniques,
            "client_code": shift.client_code,
            "supervisor": str(shift.supervisor.uuid),
            "statement": shift.statement,
            "regions": shift.regions,
            "complaint": shift.complaint,
            "screen": shift.screen,
            "measures": shift.measures,
            "reflection": shift.reflection,
            "amend_reason": shift.amend_reason,
        }

    def _offer_turns(self) -> None:
        """Ask which of two equal times is meant, in the night in which the clocks go back; else ask nothing."""
        day, starts, ends = (self._raw(name) for name in ("day", "starts", "ends"))
        for name, clock, later in (("starts", starts, False), ("ends", ends, bool(self._raw("next_day")))):
            turn = self.fields[f"{name}_turn"]
            turn.choices = [("first", ""), ("second", "")]  # type: ignore[attr-defined]
            if not isinstance(day, date) or not isinstance(clock, time):
                continue
            on = day + timedelta(days=1) if later else day
            if rules.instant_of(on, clock, self.zone).trouble == "twice":
                self.asks_turn.add(name)
                first = datetime.combine(on, clock, tzinfo=ZoneInfo(self.zone))
                words = {"time": date_format(first.replace(tzinfo=None), "g:i A")}
                turn.choices = [  # type: ignore[attr-defined]
                    ("first", _("%(time)s the first time (%(zone)s)") % {**words, "zone": first.tzname()}),
                    (
                        "second",
                        _("%(time)s the second time (%(zone)s)") % {**words, "zone": first.replace(fold=1).tzname()},
                    ),
                ]

    def _raw(self, name: str) -> Any:
        """A value before validation, as a date, time or truth; None where it makes no sense."""
        bound = self[name]
        value = bound.data if self.is_bound else bound.initial
        try:
            return self.fields[name].clean(value)
        except ValidationError:
            return None

    def clean_key(self) -> UUID:
        """The form's own key, so that a double click makes one row."""
        return self.cleaned_data.get("key") or uuid4()

    def clean_break_minutes(self) -> int:
        """No answer means no break."""
        return self.cleaned_data.get("break_minutes") or 0

    def clean(self) -> dict[str, Any]:
        """Read the times as instants in the site's zone; a session is asked for its screen."""
        data = super().clean() or {}
        if data.get("kind") == Kind.CLIENT_SESSION and not data.get("screen") and "screen" not in self.errors:
            self.add_error("screen", _("Say what asking for contraindications came to."))
        day, starts, ends = data.get("day"), data.get("starts"), data.get("ends")
        if day is None or starts is None or ends is None:
            return data
        last = day + timedelta(days=1) if data.get("next_day") else day
        data["starts_at"] = self._to_the_second("starts_at", self._instant("starts", day, starts))
        data["ends_at"] = self._to_the_second("ends_at", self._instant("ends", last, ends))
        return data

    def _to_the_second(self, name: str, typed: datetime | None) -> datetime | None:
        """The shift's own instant where the form shows its minute: a clock measures seconds, a form has none."""
        own = getattr(self.shift, name) if self.shift is not None else None
        if own is None or typed is None or self.shift is None or (self.shift.needs_end and name == "ends_at"):
            return typed
        return own if own.replace(second=0, microsecond=0) == typed else typed

    def _instant(self, name: str, day: date, clock: time) -> datetime | None:
        turn = self.cleaned_data.get(f"{name}_turn")
        found = rules.instant_of(day, clock, self.zone, second={"first": False, "second": True}.get(turn or ""))
        if found.trouble == "skipped":
            self.add_error(name, _("That time did not exist: the clocks went forward over it that night."))
        elif found.trouble == "twice":
            self.add_error(
                name, _("The clocks went back that night and showed this time twice. Say below which you mean.")
            )
        return found.at

    def save(self) -> Shift | None:
        """Save through the service; its refusals stand beside the fields, and None is returned."""
        data = self.cleaned_data
        try:
            return save_shift(
                placement=self.placement,
                shift=self.shift,
                supervisor=self.supervisors[data["supervisor"]],
                kind=data["kind"],
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                break_minutes=data["break_minutes"],
                techniques=data["techniques"],
                client_code=data["client_code"],
                statement=data["statement"],
                regions=data["regions"],
                complaint=data["complaint"],
                screen=data["screen"],
                measures=data["measures"],
                reflection=data["reflection"],
                amends=self.amends if self.shift is None else None,
                amend_reason=data.get("amend_reason", ""),
                uuid=data["key"] if self.shift is None else None,
                seen_version=data["version"] if self.shift is not None else None,
            )
        except ValidationError as error:
            put_beside(self, error, asked_as=ASKED_AS)
            return None
