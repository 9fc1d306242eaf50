"""Owns the building blocks of lessons and pages: what an editor may put together, and what each must hold.

Text passes the cleaner when it is stored and when it is shown. Each block names its group, its icon, one sentence for
the editor, and an example that the picker shows.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import RichText
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtailmedia.blocks import AbstractMediaChooserBlock

from .cleaning import clean_stored_html

TEXT = _("Text")
TEACHING = _("Teaching")
PICTURES = _("Pictures and clips")
PROSE_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "superscript", "subscript", "blockquote"]
LINE_FEATURES = ["bold", "italic", "link"]


class CleanTextBlock(blocks.RichTextBlock):
    """Formatted text of which only listed tags and links are kept, whichever way it came in."""

    def to_python(self, value: Any) -> RichText:
        """Read the stored text."""
        return RichText(clean_stored_html(value or ""))

    def normalize(self, value: Any) -> RichText:
        """Clean what a program or an import hands in."""
        source = value.source if isinstance(value, RichText) else str(value or "")
        return RichText(clean_stored_html(source))

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> RichText:
        """Read what the editor's script sends; what it did not write is taken as text and cleaned."""
        try:
            found: RichText = super().value_from_datadict(data, files, prefix)
            return found
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.normalize(data.get(prefix))

    def value_from_form(self, value: Any) -> RichText:
        """Clean what the editor sends."""
        return RichText(clean_stored_html(value or ""))

    def get_prep_value(self, value: Any) -> str:
        """Store cleaned text, also where a program built the value by hand."""
        return clean_stored_html(value.source if isinstance(value, RichText) else str(value or ""))


class ProseBlock(CleanTextBlock):
    """Running text with headings, lists and links."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": PROSE_FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = TEXT
        template = "blocks/prose.html"
        description = _("Running text with headings, lists and links. Start each part with a heading.")
        preview_value = (
            "<h2>Where you are</h2><p>The <i>fascia thoracolumbalis</i> lies over the erector spinae like a tight cloth. "
            "Above, <i>latissimus dorsi</i> pulls on it from the arm.</p>"
        )


class ObjectivesBlock(blocks.ListBlock):
    """What the learner can do after the lesson."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(blocks.CharBlock(max_length=300, label=_("objective")), min_num=1, max_num=12, **kwargs)

    class Meta:
        icon = "list-ul"
        label = _("Objectives")
        group = TEACHING
        template = "blocks/objectives.html"
        description = _("What the learner can do afterwards. Begin each line with a verb.")
        preview_value = [
            "Name the two layers of the thoracolumbar fascia.",
            "Screen a client for red flags before touch.",
        ]


class FigureBlock(blocks.StructBlock):
    """A drawing of ours as a numbered plate with its legend."""

    figure = SnippetChooserBlock("catalog.Figure", label=_("figure"))
    note = blocks.CharBlock(required=False, max_length=400, label=_("note for this lesson"))

    class Meta:
        icon = "image"
        label = _("Figure")
        group = PICTURES
        template = "blocks/figure.html"
        description = _("A drawing from the library, numbered, with its legend under it.")

    def get_preview_value(self) -> Any:
        """Show the newest figure of the library, if there is one."""
        newest = self.child_blocks["figure"].target_model.objects.order_by("-pk").first()
        return self.normalize({"figure": newest, "note": ""})

    @cached_property
    def is_previewable(self) -> bool:
        """The example comes from the library."""
        return True


class StepBlock(blocks.StructBlock):
    """One step of a technique with its dose."""

    title = blocks.CharBlock(max_length=120, label=_("what to do"))
    body = CleanTextBlock(features=LINE_FEATURES, label=_("how"))
    dose = blocks.CharBlock(
        required=False, max_length=120, label=_("dose"), help_text=_("How long, how often: 60 to 90 s.")
    )
    pressure = blocks.CharBlock(
        required=False, max_length=120, label=_("pressure"), help_text=_("Load, or pain at most: 0 to 3 of 10.")
    )

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(blocks.StructBlock):
    """A technique in numbered steps, and what goes wrong with it."""

    title = blocks.CharBlock(max_length=120, label=_("title"))
    intro = blocks.TextBlock(required=False, max_length=600, label=_("position and preparation"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("steps"))
    faults = blocks.ListBlock(blocks.CharBlock(max_length=300, label=_("fault")), default=[], label=_("common faults"))

    class Meta:
        icon = "list-ol"
        label = _("Technique in steps")
        group = TEACHING
        template = "blocks/steps.html"
        description = _("Numbered steps, each with dose and pressure; common faults at the end.")
        preview_value = {
            "title": "The technique",
            "intro": "Client prone, pillow under the belly. Dry hands, no oil.",
            "steps": [
                {
                    "title": "Sink to the first barrier",
                    "body": "<p>Let the hands settle until the tissue no longer gives.</p>",
                    "dose": "60 to 90 s",
                    "pressure": "2 to 3 kg a hand",
                },
            ],
            "faults": ["Sliding over the skin."],
        }


class CalloutBlock(blocks.StructBlock):
    """A passage that must not be missed."""

    kind = blocks.ChoiceBlock(
        choices=[
            ("contraindication", _("Contraindication: do not treat, ask first, adapt")),
            ("red_flag", _("Red flag: stop and refer")),
            ("note", _("Note")),
        ],
        default="note",
        label=_("kind"),
    )
    title = blocks.CharBlock(max_length=120, label=_("title"))
    body = CleanTextBlock(features=["bold", "italic", "link", "ul", "ol", "h3"], label=_("text"))

    class Meta:
        icon = "warning"
        label = _("Call-out")
        group = TEACHING
        template = "blocks/callout.html"
        description = _("Contraindications, red flags, or a note. Use few: what shouts everywhere is heard nowhere.")
        preview_value = {
            "kind": "red_flag",
            "title": "Stop and refer",
            "body": "<ul><li>Numbness in the saddle area: <b>emergency department, today</b></li></ul>",
        }


class MediaChooserBlock(AbstractMediaChooserBlock):
    """Chooses a video or audio file from the private library."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """The title; the surrounding block draws the player."""
        return str(value or "")


class MediaBlock(blocks.StructBlock):
    """A video or audio clip with captions and transcript."""

    media = MediaChooserBlock(label=_("clip"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("what it shows"))

    class Meta:
        icon = "media"
        label = _("Video or audio")
        group = PICTURES
        template = "blocks/media.html"
        description = _("A clip from the library. It needs captions; a transcript is shown under it.")

    def clean(self, value: Any) -> Any:
        """Refuse a clip without captions."""
        value = super().clean(value)
        media = value.get("media")
        if media is not None and not media.captions:
            message = _("“%(title)s” has no captions yet. Add a .vtt file to the clip first.") % {"title": media.title}
            raise blocks.StructBlockValidationError(block_errors={"media": ValidationError(message)})
        return value

    def get_preview_value(self) -> Any:
        """Show the newest clip of the library, if there is one."""
        newest = self.child_blocks["media"].target_model.objects.order_by("-pk").first()
        return self.normalize({"media": newest, "caption": ""})

    @cached_property
    def is_previewable(self) -> bool:
        """The example comes from the library."""
        return True


class ChoiceOfCheckBlock(blocks.StructBlock):
    """One possible answer."""

    text = blocks.CharBlock(max_length=400, label=_("answer"))
    correct = blocks.BooleanBlock(required=False, label=_("right"))
    feedback = blocks.CharBlock(required=False, max_length=400, label=_("what to say to it"))

    class Meta:
        icon = "radio-full"
        label = _("Answer")


class SelfCheckBlock(blocks.StructBlock):
    """A question for the learner herself; nothing of it is kept or graded."""

    question = blocks.TextBlock(max_length=600, label=_("question"))
    choices = blocks.ListBlock(ChoiceOfCheckBlock(), min_num=2, max_num=6, label=_("answers"))
    explanation = blocks.TextBlock(required=False, max_length=1000, label=_("explanation"))

    class Meta:
        icon = "help"
        label = _("Self-check")
        group = TEACHING
        template = "blocks/self_check.html"
        description = _("A question that is not graded: the learner answers and reads why.")
        preview_value = {
            "question": "The muscle pushes back under your hands. What does it tell you?",
            "choices": [
                {"text": "I am too deep", "correct": True, "feedback": "Yes: ease off to the fascia."},
                {"text": "I need more load", "correct": False, "feedback": "More load makes it guard more."},
            ],
            "explanation": "Guarding is the sign to ease off.",
        }

    def clean(self, value: Any) -> Any:
        """Refuse a question without a right answer."""
        value = super().clean(value)
        if not any(choice.get("correct") for choice in value["choices"]):
            raise blocks.StructBlockValidationError(
                block_errors={"choices": ValidationError(_("Mark at least one answer as right."))}
            )
        return value


class ReferencesBlock(blocks.ListBlock):
    """Where the facts come from, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(blocks.CharBlock(max_length=400, label=_("source")), min_num=1, **kwargs)

    class Meta:
        icon = "openquote"
        label = _("References")
        group = TEXT
        template = "blocks/references.html"
        description = _("Sources by name: authors, title, year.")
        preview_value = [
            "Willard FH and others. The thoracolumbar fascia: anatomy and function. Journal of Anatomy, 2012."
        ]


class QuestionBlock(blocks.StructBlock):
    """One question of a program's page, with its answer."""

    question = blocks.CharBlock(max_length=200, label=_("question"))
    answer = CleanTextBlock(features=["bold", "italic", "link", "ul"], label=_("answer"))

    class Meta:
        icon = "help"
        label = _("Question")
        description = _("A question that applicants ask, answered plainly.")
        template = "blocks/question.html"
        preview_value = {"question": "Is this a licence?", "answer": "<p>No. It does not replace a state licence.</p>"}


class LessonBody(blocks.StreamBlock):
    """What a lesson may consist of."""

    objectives = ObjectivesBlock()
    prose = ProseBlock()
    figure = FigureBlock()
    steps = StepsBlock()
    callout = CalloutBlock()
    media = MediaBlock()
    self_check = SelfCheckBlock()
    references = ReferencesBlock()


class PublicBody(blocks.StreamBlock):
    """What a public page may consist of: nothing that only learners may see."""

    prose = ProseBlock()
    figure = FigureBlock()
    callout = CalloutBlock()
    references = ReferencesBlock()
