"""Owns what the picker's examples show: pictures and a clip of nobody's, so that no school sees another's library."""

from typing import Any

from django.apps import apps

LAYERS = (
    '<path class="f-skin" d="M0 40C90 26 170 30 260 44S430 60 520 42V84C430 102 350 86 260 78S90 66 0 82Z"/>'
    '<path class="f-tint" d="M0 116C90 102 170 106 260 116S430 132 520 118V136C430 150 350 134 260 134S90 120 0 134Z"/>'
    '<path class="f-fib2" d="M20 117L34 127M62 111L76 121M104 109L118 119M146 109L160 120M188 111L202 123M230 116L244 130'
    'M272 120L286 132M314 123L328 136M356 126L370 138M398 127L412 139M440 126L454 137M482 123L496 134"/>'
    '<path class="f-fib" d="M10 156C150 142 330 172 510 158M16 172C150 158 330 188 504 174M8 188C150 174 330 204 512 190'
    'M18 204C150 190 330 220 502 206M10 220C150 206 330 236 510 222"/>'
    '<path class="f-line2" d="M0 82C90 66 170 70 260 78S430 102 520 84M0 116C90 102 170 106 260 116S430 132 520 118'
    'M0 134C90 120 170 134 260 134S430 150 520 136"/>'
    '<path class="f-line" d="M0 40C90 26 170 30 260 44S430 60 520 42"/>'
)
NUMBERS = (
    '<path class="f-lead" d="M84 14L104 54M260 14L260 126M436 14L416 186"/>'
    '<circle class="f-dot" cx="104" cy="54" r="2.6"/><circle class="f-dot" cx="260" cy="126" r="2.6"/>'
    '<circle class="f-dot" cx="416" cy="186" r="2.6"/>'
    '<text class="f-num" x="78" y="12">1</text><text class="f-num" x="260" y="10">2</text>'
    '<text class="f-num" x="442" y="12">3</text>'
)


def sample_figure(*, numbered: bool = True) -> Any:
    """A section through skin, fascia and muscle; stored nowhere."""
    box, numbers = ("0 -14 520 254", NUMBERS) if numbered else ("0 20 520 220", "")
    return apps.get_model("catalog", "Figure")(
        code="sample",
        title="Three layers in section",
        description="A section from above down: skin with its fat, a tinted sheet of fascia, muscle running lengthwise.",
        caption="Depth is read by what answers: skin slides, fascia stops, muscle pushes back.",
        legend="Skin and fat\nDeep fascia\nMuscle" if numbered else "",
        credit="Drawn for Palmar",
        drawing=f'<svg class="fig" viewBox="{box}">{LAYERS}{numbers}</svg>',
    )


def sample_photo() -> Any:
    """A picture without a file, in whose place the example's own is shown; stored nowhere."""
    return apps.get_model("catalog", "SchoolImage")(
        title="Hands on a back", credit="Drawn for Palmar", width=1600, height=1000
    )


def sample_clip() -> Any:
    """A clip with a transcript and no file; stored nowhere."""
    return apps.get_model("catalog", "LessonMedia")(
        title="Sinking to the first barrier", type="video", transcript="Lean in slowly, until the tissue stops giving."
    )


def sample_document() -> Any:
    """A sheet to print; stored nowhere."""
    return apps.get_model("catalog", "SchoolDocument")(
        title="Intake sheet: red flags", file="documents/red-flags.pdf", file_size=84_000
    )


def sample_term() -> Any:
    """A term with its meaning; stored nowhere."""
    return apps.get_model("catalog", "GlossaryTerm")(
        term="Fascia", say="FASH-ee-uh", meaning="Connective tissue in sheets, around and between muscles and organs."
    )
