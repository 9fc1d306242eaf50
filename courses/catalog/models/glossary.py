"""Owns the words of a school: what they mean, how they are said, what they look like."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from wagtail.models import CollectionMember
from wagtail.search import index

from ..marking import forms_of
from .assets import Figure


class GlossaryTerm(CollectionMember, index.Indexed, models.Model):
    """One row is one term in one language, with its meaning.

    Written by services and editors. It belongs to the collection of its school, as a figure does; lessons of that
    school mark its first occurrence. `other_forms` holds one form a line; regular English plurals need none.
    """

    term = models.CharField(_("term"), max_length=120)
    other_forms = models.TextField(
        _("other forms"), blank=True, help_text=_("One a line: irregular plurals, abbreviations, Latin names.")
    )
    meaning = models.TextField(_("meaning"), max_length=800, help_text=_("One to three sentences, without formatting."))
    say = models.CharField(
        _("how it is said"), max_length=120, blank=True, help_text=_("Respelled, the stress in capitals: FASH-ee-uh.")
    )
    figure = models.ForeignKey(
        Figure, null=True, blank=True, on_delete=models.SET_NULL, related_name="terms", verbose_name=_("figure")
    )
    language = models.CharField(_("language"), max_length=10, default="en")

    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("term"),
        index.AutocompleteField("term"),
        index.SearchField("other_forms"),
        index.SearchField("meaning"),
    ]

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("glossary")
        ordering = [Lower("term"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "collection",
                "language",
                Lower("term"),
                name="one_meaning_per_term",
                violation_error_message=_("The glossary has this term already; edit that one."),
            )
        ]

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        """Refuse a figure of another collection."""
        super().clean()
        if self.figure is not None and self.figure.collection_id != self.collection_id:
            raise ValidationError({"figure": _("This figure belongs to another library. Choose one of your own.")})

    @property
    def title(self) -> str:
        """The term, as other things of the library have a title."""
        return self.term

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way in which it is written."""
        return forms_of(self.term, self.other_forms.splitlines(), self.language)
