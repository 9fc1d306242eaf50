"""Owns the blocks of words: running text, what must not be missed, sources, questions with answers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock, TypedTableBlockValidationError
from wagtail.rich_text import RichText
from wagtail.snippets.blocks import SnippetChooserBlock

from ..cleaning import clean_stored_html
from .samples import sample_term

TEXT = _("Text")
TEACHING = _("Teaching")
PICTURES = _("Pictures and clips")
ELSEWHERE = _("To take away")
PROSE_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "superscript", "subscript", "blockquote"]
LINE_FEATURES = ["bold", "italic", "link"]


def line_of_list(label: Any, max_length: int) -> blocks.TextBlock:
    """One sentence of a list of sentences; its field grows with it, so that all of it is seen.

    In a list the editor's form writes the label above but does not tie it to the field.
    """
    line = blocks.TextBlock(max_length=max_length, rows=1, label=label)
    line.field.widget.attrs["aria-label"] = label
    return line


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
        super().__init__(line_of_list(_("Objective"), 300), min_num=1, max_num=12, **kwargs)

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


class CalloutBlock(blocks.StructBlock):
    """A passage that must not be missed."""

    kind = blocks.ChoiceBlock(
        choices=[
            ("contraindication", _("Contraindication: do not treat, ask first, adapt")),
            ("red_flag", _("Red flag: stop and refer")),
            ("note", _("Note")),
        ],
        default="note",
        label=_("Kind"),
    )
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    body = CleanTextBlock(features=["bold", "italic", "link", "ul", "ol", "h3"], label=_("Text"))

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


class CaptionedTable(TypedTableBlock):
    """A table that says what it holds and has a name over each column."""

    def clean(self, table: Any) -> Any:
        """Refuse a table without rows, caption or a column's name; a draft may be unfinished."""
        table = super().clean(table)
        if self.is_deferred_validation:
            return table
        problems = []
        if not table.caption.strip():
            problems.append(_("Give the table a caption: it says what the table holds to those who cannot see it."))
        if not table.columns or not table.row_data:
            problems.append(_("Add at least one column and one row."))
        if any(not str(column["heading"] or "").strip() for column in table.columns):
            problems.append(_("Name each column."))
        if problems:
            raise TypedTableBlockValidationError(non_block_errors=[ValidationError(problem) for problem in problems])
        return table


class TableBlock(blocks.StructBlock):
    """Facts in rows and columns."""

    table = CaptionedTable(
        [
            ("text", CleanTextBlock(features=LINE_FEATURES, required=False, label=_("Words"))),
            ("number", blocks.CharBlock(required=False, max_length=40, label=_("Figure, at the right edge"))),
        ],
        label=_("Table"),
    )
    row_names = blocks.BooleanBlock(required=False, default=True, label=_("The first column names the rows"))

    class Meta:
        icon = "table"
        label = _("Table")
        group = TEXT
        template = "blocks/table.html"
        description = _("Facts in rows and columns, with a caption; on a phone it scrolls inside its frame.")
        preview_value = {
            "table": {
                "caption": "How long each layer is held",
                "columns": [{"type": "text", "heading": "Layer"}, {"type": "number", "heading": "Seconds"}],
                "rows": [
                    {"values": ["<p>Superficial fascia</p>", "60"]},
                    {"values": ["<p>Deep fascia</p>", "90 to 120"]},
                ],
            },
            "row_names": True,
        }


class TermBlock(blocks.StructBlock):
    """One term of the glossary, in its own lines."""

    term = SnippetChooserBlock("catalog.GlossaryTerm", label=_("Term"))

    class Meta:
        icon = "tag"
        label = _("Glossary term")
        group = TEXT
        template = "blocks/term.html"
        description = _(
            "A term with its meaning, where it first matters. In running text terms are marked by themselves."
        )

    def get_preview_value(self) -> Any:
        """Show a term of nobody's."""
        return self.normalize({"term": sample_term()})

    @cached_property
    def is_previewable(self) -> bool:
        """The example is made by hand."""
        return True


class ReferencesBlock(blocks.ListBlock):
    """Where the facts come from, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(line_of_list(_("Source"), 400), min_num=1, **kwargs)

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

    question = blocks.CharBlock(max_length=200, label=_("Question"))
    answer = CleanTextBlock(features=["bold", "italic", "link", "ul"], label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question")
        description = _("A question that applicants ask, answered plainly.")
        template = "blocks/question.html"
        preview_value = {"question": "Is this a licence?", "answer": "<p>No. It does not replace a state licence.</p>"}


# Migrations name these blocks by the face of the package, wherever in it they stand.
DECONSTRUCT_ALIASES = {
    each: f"courses.catalog.blocks.{each.__name__}"
    for each in (CleanTextBlock, ProseBlock, ObjectivesBlock, ReferencesBlock)
}
