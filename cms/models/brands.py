"""Owns how each school looks and where it can be reached: logo, accent, short name, the foot of its pages."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from courses.catalog.models import SchoolImage

MOST_LINKS = 8


class Accent(models.TextChoices):
    """The accents to choose from; static/css/tokens.css has their colors, a test their contrast in both themes."""

    TEAL = "teal", _("Teal")
    PINE = "pine", _("Pine")
    SLATE = "slate", _("Slate blue")
    PLUM = "plum", _("Plum")


class SchoolBrand(models.Model):
    """One row is one school's look. Written by `services.save_brand`, by its administrators alone."""

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="brand")
    short_name = models.CharField(
        _("short name"), max_length=32, blank=True, help_text=_("Stands at the head of each page and after its title.")
    )
    accent = models.CharField(_("accent"), max_length=10, choices=Accent, default=Accent.TEAL)
    logo = models.ForeignKey(
        SchoolImage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("A picture of the school’s library; it stands on a light ground in both themes."),
    )
    footer_address = models.TextField(
        _("address"), max_length=300, blank=True, help_text=_("As it is written on an envelope.")
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    footer_links = models.TextField(
        _("links"),
        max_length=2000,
        blank=True,
        help_text=_("One a line: the words, a bar, the address. State board | https://sos.ga.gov/"),
    )

    class Meta:
        constraints = [models.CheckConstraint(name="accent_is_known", condition=models.Q(accent__in=Accent.values))]

    def __str__(self) -> str:
        return self.short_name or self.school.name

    def clean(self) -> None:
        """Refuse links that cannot be read, and a logo of another library."""
        super().clean()
        problems = {}
        try:
            links_in(self.footer_links)
        except ValueError as error:
            problems["footer_links"] = str(error)
        if self.logo is not None:
            office = getattr(self.school, "editorial_office", None)
            if office is None or self.logo.collection_id != office.collection_id:
                problems["logo"] = str(_("This picture belongs to another library. Choose one of your own."))
        if problems:
            raise ValidationError(problems)

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links of the foot: words and address."""
        try:
            return links_in(self.footer_links)
        except ValueError:
            return []


def links_in(text: str) -> list[tuple[str, str]]:
    """Words and addresses, one a line. Raises ValueError, in words, for a line that is no link of ours."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        words, _bar, address = (part.strip() for part in line.rpartition("|"))
        parts = urlsplit(address)
        inside = address.startswith("/") and not address.startswith("//")
        if not words or not (inside or (parts.scheme in {"http", "https"} and parts.netloc)):
            raise ValueError(_("“%(line)s” is no link. Write the words, a bar, then https://…") % {"line": line})
        found.append((words, address))
    if len(found) > MOST_LINKS:
        raise ValueError(_("These are more than %(most)d links.") % {"most": MOST_LINKS})
    return found
