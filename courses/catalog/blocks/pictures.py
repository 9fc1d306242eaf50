"""Owns the blocks of pictures and clips, all of them chosen from the school's library."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock

from .samples import sample_clip, sample_figure, sample_photo
from .text import PICTURES


def silent(media: Any) -> ValidationError | None:
    """Why a lesson cannot take this clip yet; None where it can."""
    if media is None or media.captions:
        return None
    return ValidationError(
        _("“%(title)s” has no captions yet. Add a .vtt file to the clip first.") % {"title": media.title}
    )


class FigureBlock(blocks.StructBlock):
    """A drawing of ours as a numbered plate with its legend."""

    figure = SnippetChooserBlock("catalog.Figure", label=_("Figure"))
    note = blocks.CharBlock(required=False, max_length=400, label=_("Note for this lesson"))

    class Meta:
        icon = "image"
        label = _("Figure")
        group = PICTURES
        template = "blocks/figure.html"
        description = _("A drawing from the library, numbered, with its legend under it; it can be enlarged.")

    def get_preview_value(self) -> Any:
        """Show a drawing of nobody's."""
        return self.normalize({"figure": sample_figure(), "note": ""})

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


SEEN = _("What there is to see and what matters in it, for those who cannot see it. A name or a mood is not enough.")


class PhotoBlock(blocks.StructBlock):
    """A photograph from the school's library as a numbered plate, for those alone who may read the lesson."""

    image = ImageChooserBlock(label=_("Photograph"))
    caption = blocks.CharBlock(required=False, max_length=200, label=_("Caption"))
    credit = blocks.CharBlock(
        required=False, max_length=200, label=_("Credit"), help_text=_("Empty: the one that stands in the library.")
    )
    description = blocks.TextBlock(max_length=300, rows=2, label=_("What it shows"), help_text=SEEN)
    long_description = blocks.TextBlock(
        required=False,
        max_length=2000,
        rows=3,
        label=_("Described at length"),
        help_text=_("Where two sentences do not say it all. It stands under the picture, for everybody to open."),
    )

    class Meta:
        icon = "image"
        label = _("Photograph")
        group = PICTURES
        template = "blocks/photo.html"
        description = _(
            "A photograph from the library, numbered; it can be enlarged. Only those who may read the lesson get it."
        )

    def get_preview_value(self) -> Any:
        """Show a picture of nobody's."""
        return self.normalize(
            {
                "image": sample_photo(),
                "caption": "Both hands on the low back, before the load",
                "credit": "",
                "description": "Two hands lie flat and crossed on a back, the fingers pointing away from each other.",
                "long_description": "",
            }
        )

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


class PointBlock(blocks.StructBlock):
    """One place on a figure, in percent of its width and height from the upper left corner."""

    name = blocks.CharBlock(max_length=120, label=_("Name"))
    says = blocks.TextBlock(max_length=600, label=_("Explanation"))
    x = blocks.IntegerBlock(min_value=0, max_value=100, label=_("From the left, in percent"))
    y = blocks.IntegerBlock(min_value=0, max_value=100, label=_("From above, in percent"))

    class Meta:
        icon = "crosshairs"
        label = _("Point")


class HotspotsBlock(blocks.StructBlock):
    """A drawing of ours with points on it; every point stands in a list below too, in the same order."""

    figure = SnippetChooserBlock("catalog.Figure", label=_("Figure"))
    intro = blocks.CharBlock(required=False, max_length=300, label=_("What to look at"))
    points = blocks.ListBlock(PointBlock(), min_num=1, max_num=12, label=_("Points"))

    class Meta:
        icon = "crosshairs"
        label = _("Labelled figure")
        group = PICTURES
        template = "blocks/hotspots.html"
        # static/js/hotspots.js puts the points on the picture; without it the numbers do.
        form_attrs: ClassVar = {
            "data-controller": "hotspots",
            "data-hotspots-picture-value": reverse_lazy("catalog_figure_picture", args=[0]),
            "data-hotspots-help-value": _(
                "Click the picture to set a point. To move one, click its number and then its new place, or use the arrow keys."
            ),
            "data-hotspots-label-value": _("Point {n}: {name}, {x} % from the left, {y} % from above"),
            "data-hotspots-bare-value": _("no name yet"),
        }
        description = _("A drawing with points to touch; each has a name and an explanation, listed under it as well.")

    def get_preview_value(self) -> Any:
        """Show a drawing of nobody's."""
        return self.normalize(
            {
                "figure": sample_figure(numbered=False),
                "intro": "Follow the load from the hand down.",
                "points": [
                    {"name": "Skin and fat", "says": "Slides freely over what lies under it.", "x": 22, "y": 18},
                    {"name": "Deep fascia", "says": "The first firm stop. Wait here.", "x": 50, "y": 48},
                    {"name": "Muscle", "says": "Pushes back: then you are too deep.", "x": 80, "y": 78},
                ],
            }
        )

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


class MediaChooserBlock(AbstractMediaChooserBlock):
    """Chooses a video or audio file from the private library."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """The title; the surrounding block draws the player."""
        return str(value or "")


class MediaBlock(blocks.StructBlock):
    """A video or audio clip with captions, transcript, poster and chapters."""

    media = MediaChooserBlock(label=_("Clip"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("What it shows"))

    class Meta:
        icon = "media"
        label = _("Video or audio")
        group = PICTURES
        template = "blocks/media.html"
        description = _("A clip from the library. It needs captions; transcript and chapters are shown under it.")

    def clean(self, value: Any) -> Any:
        """Refuse a clip without captions; a draft may wait for them."""
        value = super().clean(value)
        problem = None if self.is_deferred_validation else silent(value.get("media"))
        if problem is not None:
            raise blocks.StructBlockValidationError(block_errors={"media": problem})
        return value

    def get_preview_value(self) -> Any:
        """Show a clip of nobody's."""
        return self.normalize({"media": sample_clip(), "caption": ""})

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


# Migrations name this block by the face of the package, wherever in it it stands.
DECONSTRUCT_ALIASES = {MediaChooserBlock: "courses.catalog.blocks.MediaChooserBlock"}
