"""What registrars fill in about the log: who outside the house keeps its checkpoints."""

from django import forms
from django.utils.translation import gettext_lazy


class WitnessForm(forms.Form):
    """Somebody outside the house who is to keep this school's checkpoints."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("A board, an auditor, a partner school.")
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        error_messages={"invalid": gettext_lazy("Enter an e-mail address, like records@example.org.")},
    )
