"""What staff send when they prepare and sign many certificates at once."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class ChoiceForm(forms.Form):
    """What was chosen: a group, a school whose ready records are meant, or records by their ids. Exactly as in a link."""

    group = forms.UUIDField(required=False, widget=forms.HiddenInput)
    ready = forms.SlugField(required=False, widget=forms.HiddenInput)
    record = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_record(self) -> list[uuid.UUID]:
        """The ids of the ticked records; what is no id is passed over, as a record that is not there would be."""
        found = []
        for text in self.data.getlist("record") if isinstance(self.data, QueryDict) else []:
            try:
                found.append(uuid.UUID(text))
            except ValueError:
                continue
        return found

    @property
    def chosen(self) -> dict[str, Any]:
        """The choice as `selectors.choice_of` takes it; nothing where the request held none."""
        given = self.cleaned_data if self.is_valid() else {}
        return {
            "group": given.get("group"),
            "records": given.get("record") or [],
            "ready": given.get("ready") or "",
        }


class SignBatchForm(forms.Form):
    """The second hand under a whole list; `expected` is how many prepared rows the page showed."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    read = forms.BooleanField(
        error_messages={"required": _("Read the list and tick this first: your name goes under every row of it.")}
    )

    def __init__(self, *args: Any, statement: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].label = statement
