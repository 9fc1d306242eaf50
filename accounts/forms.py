"""What signing up asks beside the address: the name that a certificate will print."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import User
from .passwords import NotYourName


class SignupNames(forms.Form):
    """Mixed into allauth's signup form."""

    legal_name = forms.CharField(
        label=_("Full legal name"),
        max_length=200,
        error_messages={"required": _("Type your name as it stands on your license.")},
        help_text=_("As it stands on your massage license. It is printed on your certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["legal_name", "email", "password1"]

    def clean_legal_name(self) -> str:
        """Fold runs of space; refuse control characters, which break signatures and documents."""
        name = " ".join(self.cleaned_data["legal_name"].split())
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in name):
            raise forms.ValidationError(_("The name holds a sign that cannot be printed. Please type it anew."))
        return name

    def clean(self) -> dict[str, Any] | None:
        """Hold the password against the name too: allauth holds it against the address only."""
        cleaned = super().clean()
        name, password = self.cleaned_data.get("legal_name"), self.cleaned_data.get("password1")
        if name and password:
            try:
                NotYourName().validate(password, User(legal_name=name))
            except forms.ValidationError as refused:
                self.add_error("password1", refused)
        return cleaned

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the user exists."""
        user.legal_name = self.cleaned_data["legal_name"]
        user.save(update_fields=["legal_name"])
