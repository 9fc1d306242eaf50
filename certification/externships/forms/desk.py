"""What the forms of the school's desk share: days, hours, and telling who saves second what stands there meanwhile."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.templatetags.palmar import hm_text

from .. import rules
from ..services import CHANGED_MEANWHILE
from .refusals import put_beside

Row = TypeVar("Row")


class DayField(forms.DateField):
    """A local day, from a calendar or typed like 2026-06-12."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": gettext_lazy("Choose the day."),
                "invalid": gettext_lazy("Write the day as year, month, day: 2026-06-12."),
            },
            # Arithmetic on the calendar's first and last days fails.
            validators=[
                MinValueValidator(date(1970, 1, 1), gettext_lazy("Look at the year.")),
                MaxValueValidator(date(2100, 1, 1), gettext_lazy("Look at the year.")),
            ],
            **kwargs,
        )


class HoursField(forms.CharField):
    """Hours as people type them; its value is whole minutes above zero. A form sets `unit`, the minutes of an hour."""

    unit = 60

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "input--time", "autocomplete": "off"}),
            error_messages={"required": gettext_lazy("Say how many hours.")},
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        """Read hours as minutes."""
        minutes = rules.minutes_typed(super().clean(value), self.unit)
        if not minutes:
            raise ValidationError(_("Write the hours like 70, 37.5 or 37:30."))
        return minutes

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as hours to type over; what was typed stays as it was."""
        return rules.hours_to_type(value, self.unit) if isinstance(value, int) else value


class SomeHoursField(HoursField):
    """Hours that nobody need say: None where the field is empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """Read hours as minutes; None for nothing."""
        return super().clean(value) if str(value or "").strip() else None


class DeskForm(forms.Form):
    """A form that makes one row however often it is sent (`key`), or changes one that was seen as it is (`version`).

    When somebody else saved meanwhile, what was typed stays, `on_file` lists what stands there now, and sending once
    more saves over it knowingly.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.on_file: list[tuple[str, str]] = []
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_key(self) -> Any:
        """A form without a key makes a row all the same."""
        return self.cleaned_data.get("key") or uuid4()

    def attempt(self, write: Callable[[], Row], now: Callable[[], Mapping[str, Any]] | None = None) -> Row | None:
        """Write through a service; its refusals stand beside the fields, and None is returned.

        `now` reads the values (with `version`) that stand there, for whoever saves second.
        """
        try:
            return write()
        except ValidationError as error:
            if now is not None and getattr(error, "code", None) == CHANGED_MEANWHILE:
                self._tell(now())
            put_beside(self, error)
            return None

    def _tell(self, values: Mapping[str, Any]) -> None:
        self.on_file = [
            (str(self.fields[name].label), _shown(values[name], self.fields[name]))
            for name in self.fields
            if name in values and name != "version" and values[name] != self.cleaned_data.get(name)
        ]
        self.seen({"version": values.get("version", "")})

    def seen(self, values: Mapping[str, Any]) -> None:
        """Note in the form's hidden fields what its reader is shown now."""
        self.data = {**{name: self.data.get(name) for name in self.data}, **values}


def _shown(value: Any, field: forms.Field) -> str:
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if value in (None, "", []):
        return _("nothing")
    if isinstance(field, HoursField):
        return hm_text(value, field.unit)
    if isinstance(field, forms.ChoiceField):
        said = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr,misc]
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(said.get(str(one), str(one)) for one in chosen)
    return str(value)
