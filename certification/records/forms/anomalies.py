"""What a registrar fills in about an anomaly."""

from django import forms
from django.utils.translation import gettext_lazy

from ..models import AnomalyDecision
from .corrections import OnceForm, words_field


class AnomalyForm(OnceForm):
    """What she found, in one word and in a few sentences."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        choices=[
            (AnomalyDecision.Verdict.EXPLAINED, gettext_lazy("Explained: there is an honest reason")),
            (AnomalyDecision.Verdict.CORRECTED, gettext_lazy("Corrected: the lines were put right")),
            (AnomalyDecision.Verdict.FRAUD, gettext_lazy("Fraud: somebody meant to deceive")),
            (AnomalyDecision.Verdict.WATCH, gettext_lazy("Keep watching: not clear yet, it stays open")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you found.")},
    )
    words = words_field(
        gettext_lazy("Your words"),
        gettext_lazy("What you looked at and whom you asked. They are kept, and the next registrar reads them."),
    )
