"""Owns what makes a page a translation: whose words it carries, how far it has followed them, where it is asked for."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import HelpPanel, TitleFieldPanel
from wagtail.models import Page, Revision

from ..translating import changed, raw_stream, shape


class Translated(models.Model):
    """A page that may be the translation of another: words alone, in the blocks of the original, under its address.

    `follows` is the published revision of the original that these words say; None on every page that is nobody's
    translation, 0 where that revision is not known. It is drafted and published with the words.
    """

    presents: ClassVar[str]
    translated_streams: ClassVar[tuple[str, ...]] = ()
    """The StreamFields whose blocks are the same in every language."""

    follows = models.PositiveIntegerField(null=True, editable=False)
    saved_as_draft = False
    """A form is saving an unfinished draft: what only publishing needs is not asked for yet."""

    class Meta:
        abstract = True

    @property
    def is_translation(self) -> bool:
        """Whether these are another page's words in another language. No query."""
        page: Any = self
        return self.follows is not None and page.alias_of_id is None

    @cached_property
    def original(self) -> Any:
        """The page that these words translate, or None: for one that is nobody's translation, or outlived it."""
        page: Any = self
        if not self.is_translation:
            return None
        same = type(page).objects.filter(translation_key=page.translation_key, alias_of=None, follows=None)
        return same.exclude(pk=page.pk).order_by("pk").first()

    @property
    def is_behind(self) -> bool:
        """Whether the original was published anew since these words followed it."""
        return self.original is not None and self.original.live_revision_id != self.follows

    def followed_words(self) -> Any:
        """The original as these words follow it; as it is published now where that revision is gone."""
        original = self.original
        revision = Revision.objects.filter(pk=self.follows).first() if self.follows else None
        if revision is not None and str(revision.object_id) == str(original.pk):
            return revision.as_object()
        return original

    def changed_places(self) -> list[int]:
        """The places of the original's blocks that are new, or say something else than these words follow."""
        places: list[int] = []
        if self.is_behind:
            before = self.followed_words()
            for name in self.translated_streams:
                now = raw_stream(getattr(self.original, name))
                places += changed(raw_stream(getattr(before, name)), now)
        return places

    def clean(self) -> None:
        """Refuse a translation of something else, or with other blocks than the original has.

        What learners leave in a lesson is kept by the ids of blocks, so these are the same in every language.
        """
        super().clean()
        original = self.original
        if original is None:
            return
        if getattr(self, f"{self.presents}_id") != getattr(original, f"{self.presents}_id"):
            raise ValidationError(_("A translation presents what its original presents."))
        if self.saved_as_draft:
            return
        followed: Any = None
        for name in self.translated_streams:
            block = self._meta.get_field(name).stream_block  # type: ignore[union-attr]
            mine = shape(block, raw_stream(getattr(self, name)))
            if mine == shape(block, raw_stream(getattr(original, name))):
                continue
            followed = followed or self.followed_words()
            if mine != shape(block, raw_stream(getattr(followed, name))):
                raise ValidationError(
                    {
                        name: _(
                            "A translation has the blocks of its original, in the same order and with the same answers"
                            " marked as right. Bring in the original’s blocks, and write their words only."
                        )
                    }
                )

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        """A translation is read at its original's address, by those who ask for its language."""
        if self.is_translation and self.original is not None:
            return self.original.get_url_parts(request)
        return super().get_url_parts(request)  # type: ignore[misc]

    def in_language_asked_for(self) -> Page | None:
        """The published translation into the language that is active, where there is another one than this page.

        No query for the site's first language, in which originals stand.
        """
        page: Any = self
        if not self.is_translation and (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE:
            return None
        found = page.localized
        if found.pk == page.pk or found.alias_of_id is not None:
            return None
        translated: Page = found.specific
        return translated


class TitlePanel(TitleFieldPanel):
    """The title, from which the address is made; not in a translation, whose address is the original's."""

    class BoundPanel(TitleFieldPanel.BoundPanel):
        """The panel on one page."""

        def get_attrs(self) -> dict[str, Any]:
            """Wagtail's script looks for the fields that follow the title, and stumbles where there is none."""
            attrs: dict[str, Any] = super().get_attrs()
            if not attrs["data-w-sync-target-value"]:
                return {name: value for name, value in attrs.items() if name == "placeholder"}
            return attrs


class TranslationPanel(HelpPanel):
    """Says, above a translation's words, whose they are, and what of the original has changed since."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"template": "catalog/admin/translation.html", "heading": _("A translation"), **kwargs})

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel on one page."""

        def is_shown(self) -> bool:
            """On translations."""
            return bool(super().is_shown() and self.instance.is_translation and self.instance.original is not None)
