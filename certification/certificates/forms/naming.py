"""What staff fill in about names."""

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


class LegalNameForm(forms.Form):
    """A learner's new legal name, as the paper says it that the registrar has before her."""

    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        help_text=_(
            "Look at the paper first: license, passport, marriage certificate or order of a court. What was issued keeps "
            "the name that it was issued with; replace it afterwards. The learner gets a mail."
        ),
        error_messages={"required": _("Write the name as it stands on the license or passport.")},
    )
