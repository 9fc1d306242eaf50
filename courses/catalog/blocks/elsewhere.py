"""Owns the blocks that lead out of the page: a file of the school's, and an address elsewhere."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from ..cleaning import allowed_host
from .samples import sample_document
from .text import ELSEWHERE


class DownloadBlock(blocks.StructBlock):
    """A file of the school's, handed out to those who may read the lesson."""

    document = DocumentChooserBlock(label=_("File"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("What it is for"))

    class Meta:
        icon = "download"
        label = _("Download")
        group = ELSEWHERE
        template = "blocks/download.html"
        description = _("A file to keep, with its name, kind and size. Only those who may read the lesson get it.")

    def get_preview_value(self) -> Any:
        """Show a file of nobody's."""
        return self.normalize({"document": sample_document(), "note": "Print it and take it to the clinic."})

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


class EmbedBlock(blocks.StructBlock):
    """An address elsewhere as a card. Nothing of it is loaded before she follows the link."""

    url = blocks.URLBlock(max_length=500, label=_("Address"))
    title = blocks.CharBlock(max_length=160, label=_("Title"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("What she finds there"))

    class Meta:
        icon = "link-external"
        label = _("Film or page elsewhere")
        group = ELSEWHERE
        template = "blocks/embed.html"
        description = _(
            "A film or page of a listed site, as a card with its name. It opens there, never in the lesson."
        )
        preview_value = {
            "url": "https://www.youtube.com/watch?v=sample",
            "title": "Fascia under the microscope",
            "note": "Twelve minutes; watch how the fibers move in the first three.",
        }

    def clean(self, value: Any) -> Any:
        """Refuse an address of a site that is not on the list; in a draft it leads nowhere."""
        value = super().clean(value)
        if (
            not self.is_deferred_validation
            and value.get("url")
            and not allowed_host(value["url"], settings.EMBED_HOSTS)
        ):
            message = _("Lessons may lead to these sites only: %(hosts)s. The address must begin with https.") % {
                "hosts": ", ".join(settings.EMBED_HOSTS)
            }
            raise blocks.StructBlockValidationError(block_errors={"url": ValidationError(message)})
        return value
