"""Owns what a school says in public about the people who teach."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import CollectionMember
from wagtail.search import index

from accounts.models import User

from .assets import SchoolImage


class InstructorProfile(CollectionMember, index.Indexed, models.Model):
    """One row is how one person who teaches is shown on the public pages of one school.

    Written by registrars. It belongs to the collection of its school, as a figure does. Nothing of it is public before
    `is_public`, and that asks for the day on which the person agreed. Personal data: goes with the person's erasure.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="instructor_profiles", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("As she wants to be named in public."))
    credentials = models.CharField(
        _("credentials"), max_length=160, blank=True, help_text=_("One line: LMT, CLT, 14 years in practice.")
    )
    bio = models.TextField(_("in two to four sentences"), max_length=700, blank=True)
    photo = models.ForeignKey(
        SchoolImage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    agreed_on = models.DateField(
        _("agreed on"),
        null=True,
        blank=True,
        help_text=_("The day on which she agreed to be shown. Nobody is shown without."),
    )
    is_public = models.BooleanField(
        _("shown on the program’s page"),
        default=False,
        help_text=_("With her licenses that were checked and are in force; never with an e-mail address."),
    )

    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("credentials"),
    ]

    class Meta:
        verbose_name = _("instructor’s profile")
        verbose_name_plural = _("instructors’ profiles")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "user"],
                name="one_profile_per_school",
                violation_error_message=_("This person has a profile here already; edit that one."),
            ),
            models.CheckConstraint(
                name="nobody_is_public_without_agreeing",
                condition=models.Q(is_public=False) | models.Q(agreed_on__isnull=False),
                violation_error_message=_("Write down on which day she agreed to be shown; nobody is shown without."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a photo of another library."""
        super().clean()
        if self.photo is not None and self.photo.collection_id != self.collection_id:
            raise ValidationError({"photo": _("This picture belongs to another library. Choose one of your own.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; a photo that is shown no longer ends where it was shown."""
        held = type(self).objects.select_related("photo").filter(pk=self.pk).first() if self.pk else None
        with transaction.atomic():
            super().save(*args, **kwargs)
            if held is not None and not (self.is_public and self.photo_id == held.photo_id):
                held.withdraw_photo()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Take the person away, and her photo from where it was shown."""
        with transaction.atomic():
            self.withdraw_photo()
            return super().delete(*args, **kwargs)

    def withdraw_photo(self) -> None:
        """End the addresses of the photo where the public could know them."""
        if self.is_public and self.photo is not None:
            self.photo.end_addresses()

    @property
    def title(self) -> str:
        """The name, as other things of the library have a title."""
        return self.name
