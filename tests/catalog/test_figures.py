"""A drawing comes into the library as a file, from the library's form or from the window in which a lesson's figure is chosen."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.catalog.models import EditorialOffice, Figure

from .conftest import SVG

CREATE = "/cms/snippets/choose/catalog/figure/create/"


def drawn(text: str | bytes = SVG) -> SimpleUploadedFile:
    """The file of a drawing."""
    return SimpleUploadedFile("plate.svg", text.encode() if isinstance(text, str) else text, "image/svg+xml")


def handed_in(**change: object) -> dict[str, object]:
    """What the window's form sends."""
    sent = {"title": "A skin roll", "description": "Two hands.", "legend": "", "credit": "", "file": drawn(), **change}
    return {f"new-figure-{name}": value for name, value in sent.items() if value is not None}


def test_an_instructor_puts_a_drawing_into_her_lesson_without_leaving_it(editor, whole):
    evil = SVG.replace("<text", "<script>alert(1)</script><text onload='x'")
    answer = json.loads(editor.post(CREATE, handed_in(file=drawn(evil))).content)
    made = Figure.objects.get(title="A skin roll")
    assert (answer["step"], answer["result"]["id"]) == ("chosen", str(made.pk))
    assert made.collection == EditorialOffice.objects.get(school=whole.school).collection
    assert "<path" in made.drawing and "script" not in made.drawing and "onload" not in made.drawing
    # Codes come from titles, and never twice.
    editor.post(CREATE, handed_in())
    assert set(Figure.objects.filter(title="A skin roll").values_list("code", flat=True)) == {
        "a-skin-roll",
        "a-skin-roll-2",
    }
    assert "New drawing" in json.loads(editor.get("/cms/snippets/choose/catalog/figure/").content)["html"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"file": None}, "Choose the SVG file of the drawing."),
        ({"file": drawn(b"\x89PNG\xff")}, "This is no SVG."),
        ({"file": drawn("<p>no</p>")}, "must begin with"),
        ({"file": drawn("<svg>" + " " * 400_000)}, "The file is too large"),
        ({"description": ""}, "This field is required."),
    ],
)
def test_what_is_no_drawing_is_refused_with_what_was_typed(editor, whole, change, says):
    answer = json.loads(editor.post(CREATE, handed_in(**change)).content)
    assert answer["step"] == "reshow_creation_form"
    assert says in answer["htmlFragment"] and "A skin roll" in answer["htmlFragment"]
    assert not Figure.objects.filter(title="A skin roll").exists()


def test_the_librarys_form_takes_a_file_or_a_pasted_drawing(editor, whole):
    office = EditorialOffice.objects.get(school=whole.school)
    sent = {"title": "A plate", "description": "x", "collection": office.collection_id}
    assert editor.post("/cms/snippets/catalog/figure/add/", {**sent, "file": drawn()}).status_code == 302
    figure = Figure.objects.get(code="a-plate")
    # An edit keeps the drawing and the code; a new file takes the drawing's place.
    address = f"/cms/snippets/catalog/figure/edit/{figure.pk}/"
    assert (
        editor.post(address, {**sent, "title": "Another", "code": "a-plate", "drawing": figure.drawing}).status_code
        == 302
    )
    other = SVG.replace("M0 0L100 60", "M5 5L6 6")
    assert (
        editor.post(address, {**sent, "code": "a-plate", "drawing": figure.drawing, "file": drawn(other)}).status_code
        == 302
    )
    figure.refresh_from_db()
    assert (figure.code, "M5 5L6 6" in figure.drawing) == ("a-plate", True)
