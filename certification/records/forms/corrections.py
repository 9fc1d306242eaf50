"""What staff fill in to propose and decide a correction, and what a learner fills in to make a claim."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certification.requirements.rules import ELECTIVE
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Claim, Correction, Delivery, HourEntry, Source, TrainingRecord
from ..rules import HourPart, Span
from ..selectors import part_of
from ..services import make_claim, propose_correction
from .versions import INDENT, walk

Row = TypeVar("Row")
Day = date  # inside ClaimForm the field `date` hides the type
BACK, REPLACE = "back", "replace"
MOST_MINUTES = 1440


class DayField(forms.DateField):
    """A local day, from a calendar or typed like 2026-06-12."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": gettext_lazy("Choose the day."),
                "invalid": gettext_lazy("Write the day as year, month, day: 2026-06-12."),
            },
            validators=[
                MinValueValidator(date(1970, 1, 1), gettext_lazy("Look at the year.")),
                MaxValueValidator(date(2100, 1, 1), gettext_lazy("Look at the year.")),
            ],
            **kwargs,
        )


class ClockField(forms.TimeField):
    """A time of day in the record's zone, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--time"}),
            error_messages={"invalid": gettext_lazy("Write the time like 14:30.")},
            required=False,
            **kwargs,
        )


class MinutesField(forms.IntegerField):
    """Whole minutes of one day, above zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=1,
            max_value=MOST_MINUTES,
            widget=forms.NumberInput(attrs={"class": "input--time", "inputmode": "numeric"}),
            error_messages={
                "required": gettext_lazy("Write the minutes."),
                "invalid": gettext_lazy("Write whole minutes: 90 for an hour and a half."),
                "min_value": gettext_lazy("Write at least one minute."),
                "max_value": gettext_lazy("One line holds at most the 1440 minutes of a day."),
            },
            **kwargs,
        )


class PaperField(forms.FileField):
    """A paper that proves what is said; its bytes are checked by the service."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Attach a paper"),
            required=False,
            max_length=200,
            help_text=gettext_lazy("A sign-in sheet, a photo, a letter: PDF or picture, at most 10 MB."),
            widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.heic"}),
            error_messages={"empty": gettext_lazy("The file is empty.")},
            **kwargs,
        )


def words_field(label: Any, hint: Any = "", *, required: bool = True, rows: int = 4) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": gettext_lazy("Write a sentence or two.")},
    )


class OnceForm(forms.Form):
    """A form that makes one row however often it is sent; refusals of the service stand beside the fields."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_key(self) -> Any:
        """A form without a key makes a row all the same."""
        return self.cleaned_data.get("key") or uuid4()

    def attempt(self, write: Callable[[], Row]) -> Row | None:
        """Write through a service; None when it refuses."""
        try:
            return write()
        except ValidationError as error:
            fields = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
            for name, sentences in fields.items():
                for sentence in sentences:
                    self.add_error(name if name in self.fields else None, sentence)
            return None


class CorrectionForm(OnceForm):
    """What is wrong with a line and what stands in its place; without a line, which hours are missing."""

    what = forms.ChoiceField(
        label=gettext_lazy("What happens with the line"),
        choices=[
            (REPLACE, gettext_lazy("Take it back and put another one in its place")),
            (BACK, gettext_lazy("Take it back only")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    day = DayField(label=gettext_lazy("Day"), required=False)
    starts = ClockField(label=gettext_lazy("From"))
    ends = ClockField(label=gettext_lazy("To"))
    minutes = MinutesField(
        label=gettext_lazy("Minutes"), help_text=gettext_lazy("Taught minutes, breaks left out."), required=False
    )
    source = forms.ChoiceField(label=gettext_lazy("Where from"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
    delivery = forms.ChoiceField(label=gettext_lazy("How it was taught"), choices=Delivery.choices, required=False)
    title = forms.CharField(label=gettext_lazy("What it was"), max_length=250, required=False)
    course = forms.CharField(
        label=gettext_lazy("Course"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Module code and version, like MFR@1."),
    )
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("It also counts as"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose…")), *Correction.Reason.choices],
        error_messages={"required": gettext_lazy("Choose one of the reasons.")},
    )
    words = words_field(
        gettext_lazy("What happened"), gettext_lazy("The second person reads it, and auditors after her.")
    )
    attachment = PaperField()

    def __init__(
        self,
        *args: Any,
        record: TrainingRecord,
        entry: HourEntry | None,
        by: User,
        claim: Claim | None = None,
        **kwargs: Any,
    ) -> None:
        self.record, self.entry, self.by, self.claim = record, entry, by, claim
        self.zone = ZoneInfo(record.zone)
        self.original = part_of(entry) if entry else None
        super().__init__(*args, initial=self._values(), **kwargs)
        spec = spec_for(record.rule_set)
        categories = [(node.code, f"{INDENT * depth}{node.title}") for depth, node in walk(spec.categories)]
        if ELECTIVE not in spec.by_code:
            categories.append((ELECTIVE, _("Elective hours")))
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        tags = list(dict.fromkeys([*(overlay.tag for overlay in spec.overlays), *(self._values().get("tags") or ())]))
        if tags:
            self.fields["tags"].choices = [(tag, tag.replace("_", " ")) for tag in tags]  # type: ignore[attr-defined]
        else:
            del self.fields["tags"]
        if entry is None:
            del self.fields["what"]
            sources = [choice for choice in Source.choices if choice[0] != Source.TRANSFER]
            self.fields["source"].choices = sources  # type: ignore[attr-defined]
        else:
            del self.fields["source"]
            if not entry.spans:
                del self.fields["starts"], self.fields["ends"]

    def _values(self) -> dict[str, Any]:
        if self.entry is None:
            claimed = {"day": self.claim.date, "minutes": self.claim.minutes} if self.claim else {}
            return {"reason": Correction.Reason.MISSING, "source": Source.CLASS, **claimed}
        entry = self.entry
        times = {}
        if entry.starts_at and entry.ends_at:
            times = {"starts": self._clock(entry.starts_at), "ends": self._clock(entry.ends_at)}
        return {
            "what": REPLACE,
            "day": entry.date,
            "minutes": entry.minutes,
            "category": entry.category,
            "delivery": entry.delivery,
            "title": entry.title,
            "course": entry.course,
            "tags": entry.tags.split(";") if entry.tags else [],
            **times,
        }

    def _clock(self, moment: datetime) -> time:
        return moment.astimezone(self.zone).time().replace(second=0, microsecond=0, fold=0)

    def clean(self) -> dict[str, Any]:
        """What is asked for where something is posted."""
        data = super().clean() or self.cleaned_data
        self.parts: list[HourPart] = []
        if data.get("what") == BACK:
            return data
        for name, sentence in (
            ("day", _("Choose the day.")),
            ("minutes", _("Write the minutes.")),
            ("category", _("Choose the subject.")),
            ("delivery", _("Choose how it was taught.")),
            ("title", _("Write what it was.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if not self.errors:
            spans = self._spans(data)
            if not self.errors:
                self.parts = [self._part(data, spans)]
        return data

    def _spans(self, data: dict[str, Any]) -> tuple[Span, ...]:
        """The time that is asked for; the line's own where its day and times stay as they are."""
        day, starts, ends = data["day"], data.get("starts"), data.get("ends")
        if starts is None and ends is None:
            if self.original and self.original.spans:
                self.add_error("starts", _("This line holds time: write from when to when."))
            elif self.original is None and data.get("source") != Source.ADJUSTMENT:
                self.add_error("starts", _("Write from when to when, or choose “Adjustment” where nobody knows."))
            return ()
        if starts is None or ends is None:
            self.add_error("starts" if starts is None else "ends", _("Write both times."))
            return ()
        first = self.initial
        if self.original and (day, starts, ends) == (first.get("day"), first.get("starts"), first.get("ends")):
            spans = self.original.spans
        else:
            last_day = day if ends > starts else day + timedelta(days=1)
            spans = ((self._moment(day, starts, "starts"), self._moment(last_day, ends, "ends")),)
        there = rules.length(spans) // rules.MINUTE
        if data["minutes"] > there and not self.errors:
            self.add_error("minutes", _("There are only %(n)d minutes between these times.") % {"n": there})
        return spans

    def _moment(self, day: date, clock: time, field: str) -> datetime:
        moment = datetime.combine(day, clock, tzinfo=self.zone)
        utc = moment.astimezone(ZoneInfo("UTC"))
        if utc.astimezone(self.zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
            self.add_error(field, _("That time did not exist: clocks went forward."))
        return utc

    def _part(self, data: dict[str, Any], spans: tuple[Span, ...]) -> HourPart:
        missing = HourPart(
            category=data["category"],
            minutes=data["minutes"],
            source=data.get("source") or Source.ADJUSTMENT,
            delivery=data["delivery"],
            evidence="corrected",
            title=data["title"],
        )
        return rules.changed(
            self.original or missing,
            minutes=data["minutes"],
            category=data["category"],
            delivery=data["delivery"],
            title=data["title"],
            course=data["course"].strip(),
            tags=data.get("tags", ()),
            spans=spans,
            day=data["day"],
        )

    def save(self) -> Correction | None:
        """Propose it; None when the service refuses."""
        return self.attempt(
            lambda: propose_correction(
                uuid=self.cleaned_data["key"],
                record=self.record,
                entry=self.entry,
                parts=self.parts,
                reason=self.cleaned_data["reason"],
                words=self.cleaned_data["words"],
                by=self.by,
                attachment=self.cleaned_data["attachment"],
                claim=self.claim,
            )
        )


class DecisionForm(OnceForm):
    """The answer of the second person, or of whoever answers a claim."""

    words = words_field(
        gettext_lazy("Your words"), gettext_lazy("Needed where you refuse. The other side reads them."), required=False
    )


class ClaimForm(OnceForm):
    """What a learner says is wrong, or missing."""

    entry = forms.UUIDField(widget=forms.HiddenInput, required=False)
    date = DayField(label=gettext_lazy("Day"))
    minutes = MinutesField(label=gettext_lazy("Minutes that are right"), required=False)
    words = words_field(
        gettext_lazy("What is wrong"),
        gettext_lazy("As you would tell it: what you did, who was there, what the line should say."),
    )
    attachment = PaperField()

    def __init__(
        self, *args: Any, record: TrainingRecord, line: HourEntry | None, by: User, today: Day, **kwargs: Any
    ) -> None:
        self.record, self.line, self.by = record, line, by
        first: dict[str, Any] = {"date": today}
        if line is not None:
            first = {"entry": line.uuid, "date": line.date}
        super().__init__(*args, initial=first, **kwargs)
        if line is None:
            self.fields["minutes"].required = True
            self.fields["minutes"].label = _("Minutes that are missing")
            self.fields["words"].label = _("What is missing")
            self.fields["words"].help_text = _("As you would tell it: what you did, who was there, from when to when.")
        else:
            self.fields["minutes"].help_text = _("If you know them. Leave it empty where something else is wrong.")

    def save(self) -> Claim | None:
        """Make the claim; None when the service refuses."""
        return self.attempt(
            lambda: make_claim(
                uuid=self.cleaned_data["key"],
                record=self.record,
                entry=self.line,
                day=self.cleaned_data["date"],
                minutes=self.cleaned_data["minutes"],
                words=self.cleaned_data["words"],
                by=self.by,
                attachment=self.cleaned_data["attachment"],
            )
        )
