"""Owns what the picker's examples show: a drawing and a clip of nobody's, so that no school sees another's library."""

from typing import Any

from django.apps import apps

DRAWING = (
    '<svg class="fig" viewBox="0 0 520 250">'
    '<path class="f-skin" d="M0 40C90 26 170 30 260 44S430 60 520 42V84C430 102 350 86 260 78S90 66 0 82Z"/>'
    '<path class="f-tint" d="M0 116C90 102 170 106 260 116S430 132 520 118V136C430 150 350 134 260 134S90 120 0 134Z"/>'
    '<path class="f-fib2" d="M14 119L36 133M54 114L78 129M96 110L120 126M138 109L162 126M182 110L206 129M226 113L250 133'
    'M270 118L294 136M316 122L340 138M362 126L386 141M408 127L432 142M454 125L478 140"/>'
    '<path class="f-fib" d="M10 156C150 142 330 172 510 158M10 172C150 158 330 188 510 174M10 188C150 174 330 204 510 190'
    'M10 204C150 190 330 220 510 206M10 220C150 206 330 236 510 222"/>'
    '<path class="f-line2" d="M0 82C90 66 170 70 260 78S430 102 520 84M0 116C90 102 170 106 260 116S430 132 520 118'
    'M0 134C90 120 170 134 260 134S430 150 520 136"/>'
    '<path class="f-line" d="M0 40C90 26 170 30 260 44S430 60 520 42"/>'
    '<path class="f-lead" d="M84 14L104 54M260 14L260 126M436 14L416 186"/>'
    '<text class="f-num" x="78" y="12">1</text><text class="f-num" x="260" y="10">2</text>'
    '<text class="f-num" x="442" y="12">3</text></svg>'
)


def sample_figure() -> Any:
    """A section through skin, fascia and muscle; stored nowhere."""
    return apps.get_model("catalog", "Figure")(
        code="sample",
        title="Three layers in section",
        description="A section from above down: skin with its fat, a tinted sheet of fascia, muscle running lengthwise.",
        caption="Depth is read by what answers: skin slides, fascia stops, muscle pushes back.",
        legend="Skin and fat\nDeep fascia\nMuscle",
        credit="Drawn for Palmar",
        drawing=DRAWING,
    )


def sample_clip() -> Any:
    """A clip with a transcript and no file; stored nowhere."""
    return apps.get_model("catalog", "LessonMedia")(
        title="Sinking to the first barrier", type="video", transcript="Lean in slowly, until the tissue stops giving."
    )
