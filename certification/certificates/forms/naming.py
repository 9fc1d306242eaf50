"""What staff fill in about a name."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LatinNameForm(forms.Form):
    """The spelling of a legal name in the passport's Latin letters."""

    latin_name = forms.CharField(
        label=_("Name in Latin letters"),
        max_length=200,
        required=False,
        help_text=_("As the passport spells it. The certificate prints it below the legal name. Empty takes it away."),
    )
