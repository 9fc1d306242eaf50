"""What staff fill in about the scan of a signed form, and about one that a colleague read."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from ..models import PaperScan, SignOff, SignOffLink
from ..presenters import ShownShift
from ..services import upload_scan
from .proposals import ProposalForm
from .refusals import put_beside

TICKED = [
    ("", gettext_lazy("Nothing is ticked")),
    (SignOff.Decision.SIGN.value, gettext_lazy("Signed")),
    (SignOff.Decision.RETURN.value, gettext_lazy("Returned")),
    (SignOff.Decision.PROPOSE.value, gettext_lazy("Other times proposed")),
    (SignOff.Decision.REFUSE.value, gettext_lazy("Refused")),
]


class ScanForm(forms.Form):
    """A scan and what stands on it: an answer and words for each shift of the form."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    attachment = forms.FileField(
        label=gettext_lazy("Scan of the signed form"),
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB. Nobody outside the school can open it."),
        error_messages={"required": gettext_lazy("Attach the scan.")},
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    typed_name = forms.CharField(
        label=gettext_lazy("Name as it stands on the form"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the name that stands on the form.")},
    )
    signed_on = forms.DateField(
        label=gettext_lazy("Day as it stands on the form"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Type the day that stands on the form.")},
    )

    def __init__(self, *args: Any, link: SignOffLink, shown: list[ShownShift], **kwargs: Any) -> None:
        self.link, self.shown = link, shown
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for shift in shown:
            self.fields[f"answer-{shift.uuid}"] = forms.ChoiceField(
                label=_("What is ticked"), choices=TICKED, required=False
            )
            self.fields[f"words-{shift.uuid}"] = forms.CharField(
                label=_("Words beside it"), required=False, max_length=1000
            )
        self.times = {shift.uuid: self._times_of(shift) for shift in shown}

    def _times_of(self, shift: ShownShift) -> ProposalForm:
        """The form of the other times of one shift: as typed where they are ticked, else with the learner's."""
        asked = self.is_bound and self.data.get(f"answer-{shift.uuid}") == SignOff.Decision.PROPOSE
        return ProposalForm(
            self.data if asked else None,
            prefix=str(shift.uuid),
            day=shift.day,
            zone=self.link.placement.site.zone,
            initial={
                "starts": shift.starts.time(),
                "ends": shift.ends.time(),
                "next_day": shift.next_day,
                "break_minutes": shift.break_minutes,
            },
        )

    @property
    def lines(self) -> list[tuple[ShownShift, forms.BoundField, forms.BoundField, ProposalForm]]:
        """Each shift with its two fields, and the form of its other times."""
        return [
            (shift, self[f"answer-{shift.uuid}"], self[f"words-{shift.uuid}"], self.times[shift.uuid])
            for shift in self.shown
        ]

    def clean(self) -> dict[str, Any]:
        """Other times are read where they are ticked."""
        data = super().clean() or {}
        for uuid, times in self.times.items():
            if data.get(f"answer-{uuid}") == SignOff.Decision.PROPOSE and not times.is_valid():
                self.add_error(f"answer-{uuid}", _("Write the times that stand beside it."))
        return data

    def clean_key(self) -> UUID:
        """The form's own key, so that a double click keeps one scan."""
        return self.cleaned_data.get("key") or uuid4()

    def save(self, by: User) -> PaperScan | None:
        """Keep it through the service; its refusals stand beside the fields, and None is returned."""
        data = self.cleaned_data
        try:
            return upload_scan(
                uuid=data["key"],
                form=self.link,
                answers={
                    shift.uuid: (data[f"answer-{shift.uuid}"], data[f"words-{shift.uuid}"]) for shift in self.shown
                },
                proposals={uuid: times.proposal for uuid, times in self.times.items() if times.proposal},
                typed_name=data["typed_name"],
                signed_on=data["signed_on"],
                attachment=data["attachment"],
                by=by,
            )
        except ValidationError as error:
            put_beside(self, error)
            return None


class ApproveForm(forms.Form):
    """What the second person says of a scan."""

    looked = forms.BooleanField(
        label=gettext_lazy("I opened the scan, and it shows what is stated here"), required=False
    )
    words = forms.CharField(
        label=gettext_lazy("What does not agree"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only if you do not approve it. The person who uploaded it reads it. Name no client."),
    )
