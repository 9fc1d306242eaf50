"""Each kind of question is written, edited, refused with what was typed, and previewed without its key, in the CMS."""

# ruff: noqa: F811 - layers are imported, and asked for by name

import json
import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from certification.quizzes import services as quizzes
from certification.quizzes.models import Question, QuestionPicture
from certification.quizzes.question_forms import FORMS
from certification.quizzes.types import KINDS
from courses.catalog.models import Figure
from tests.quizzes.kinds import SECRETS, SHOULDER, specs
from tests.quizzes.kinds import picture as kept_picture

from .test_quizzes import attempt, bank, quiz, written  # noqa: F401 - layers

# What a form sends of each kind besides the words that all have, and what is kept of it, keys left out.
DIGEST = "DIGEST"
TYPED: dict[str, dict[str, str]] = {
    "multiple": {"c-0-text": "A", "c-0-correct": "on", "c-0-weight": "75 %", "c-1-text": "B", "c-1-correct": "on",
                 "c-1-weight": "1/4", "c-2-text": "C", "c-2-weight": "-1/2", "c-2-feedback": "FEED-C"},
    "true_false": {"k-right": "false", "k-feedback_true": "FEED-true"},
    "matching": {"p-0-text": "Biceps", "p-0-match": "bends", "p-1-text": "Triceps", "p-1-match": "stretches",
                 "p-2-text": "Brachialis", "p-2-match": "bends", "o-0-text": "turns"},
    "ordering": {"k-grading": "exact", "i-0-text": "Ask", "i-1-text": "Look", "i-2-text": "Touch"},
    "numeric": {"k-unit": "°", "n-0-value": "45,5", "n-0-tolerance": "2", "n-1-value": "30–40", "n-1-share": "50 %",
                "n-1-feedback": "FEED-near", "u-0-name": "rad", "u-0-factor": "57.3"},
    "short": {"k-case": "on", "s-0-text": "SECRETFORM*", "s-1-text": "SECRETNEAR", "s-1-share": "1/2"},
    "cloze": {"k-text": "It [[a]] by [[2]] at the [[c]].",
              "g-0-mark": "a", "g-0-kind": "select", "g-0-weight": "2", "g-0-answers": "bends | FEED-a\nturns",
              "g-1-mark": "2", "g-1-kind": "numeric", "g-1-answers": "150 ± 5\n140-160 | 1/2 | FEED-b", "g-1-unit": "°",
              "g-2-mark": "c", "g-2-kind": "short", "g-2-answers": "SECRETGAP\nSECRET\\|PIPE | 50 %", "g-2-case": "on"},
    "hotspot": {"pic-chosen": DIGEST, "k-several": "on",
                "m-0-place": "upper", "m-0-x": "25.5", "m-0-y": "10", "m-0-correct": "on", "m-0-feedback": "FEED-up",
                "m-1-place": "middle", "m-1-x": "50", "m-1-y": "50", "m-1-correct": "on",
                "m-2-place": "lower", "m-2-x": "75", "m-2-y": "90", "m-2-r": "5"},
    "labelling": {"pic-chosen": DIGEST,
                  "m-0-match": "Spine", "m-0-place": "upper", "m-0-x": "25", "m-0-y": "10",
                  "m-1-match": "Rib", "m-1-place": "lower", "m-1-x": "25", "m-1-y": "90", "o-0-text": "Skull"},
}  # fmt: skip
KEPT: dict[str, Any] = {
    "multiple": {"weights": {"A": "3/4", "B": "1/4", "C": "-1/2"}},
    "true_false": {},
    "matching": {"prompts": [["Biceps", "bends"], ["Triceps", "stretches"], ["Brachialis", "bends"]],
                 "options": ["bends", "stretches", "turns"]},
    "ordering": {"items": ["Ask", "Look", "Touch"], "grading": "exact"},
    "numeric": {"answers": [{"value": "45.5", "tolerance": "2", "share": "1"},
                            {"value": "35", "tolerance": "5", "share": "1/2", "feedback": "FEED-near"}],
                "unit": {"name": "°", "required": False, "others": [{"name": "rad", "factor": "57.3"}]}},
    "short": {"answers": [{"text": "SECRETFORM*", "share": "1"}, {"text": "SECRETNEAR", "share": "1/2"}],
              "case": True, "accents": False},
}  # fmt: skip


def sent(page: Any) -> dict[str, Any]:
    """What a browser would send of the form on a page."""
    form = BeautifulSoup(page.content, "html.parser").find("form", id="question")
    assert form is not None
    for template in form.find_all("template"):
        template.decompose()
    data: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type")
        if not name or kind in ("file", "submit") or name == "csrfmiddlewaretoken":
            continue
        if kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                data[name] = field.get("value", "on")
        elif field.name == "textarea":
            # Browsers drop the line end that HTML puts first.
            data[name] = field.get_text().removeprefix("\n")
        elif field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            data[name] = chosen["value"] if chosen else ""
        else:
            data[name] = field.get("value", "")
    return data


def filled(editor: Any, kind: str, digest: str, **change: Any) -> dict[str, Any]:
    """A new question's form of this kind, filled in."""
    page = editor.get(reverse("cms_add_question"), {"kind": kind})
    typed = {name: digest if value == DIGEST else value for name, value in TYPED[kind].items()}
    data = sent(page) | {"do": "save", "stem": "Asked?", "explanation": "EXPLAINED", "category": "a / b"} | typed
    for name in typed:
        group, _dash, rest = name.partition("-")
        place = rest.partition("-")[0]
        if place.isdigit():
            data[f"{group}-TOTAL_FORMS"] = str(max(int(data[f"{group}-TOTAL_FORMS"]), int(place) + 1))
    return {name: value for name, value in {**data, **change}.items() if value is not None}


def named(version: Any) -> Any:
    """A version's content with texts in the place of keys."""
    content = version.content
    texts = {c["key"]: c["text"] for c in version.choices}
    for name in ("options", "labels"):
        texts |= {one["key"]: one["text"] for one in content.get(name, [])}
    if "weights" in content:
        return {"weights": {texts[key]: share for key, share in content["weights"].items()}}
    if "prompts" in content:
        return {"prompts": [[one["text"], texts[one["match"]]] for one in content["prompts"]],
                "options": [one["text"] for one in content["options"]]}  # fmt: skip
    if "items" in content:
        return {**content, "items": [one["text"] for one in content["items"]]}
    return content


@pytest.fixture
def digest(bank) -> str:
    """A picture of the school."""
    return kept_picture(bank.school).digest


def test_every_kind_that_is_asked_has_a_form():
    assert set(KINDS) <= set(FORMS)
    assert all(FORMS[kind].kind == kind for kind in FORMS)


@pytest.mark.parametrize("kind", TYPED)
def test_each_kind_is_written_and_saved_again_says_the_same(bank, editor, digest, kind):
    answer = editor.post(reverse("cms_add_question"), filled(editor, kind, digest))
    assert answer.status_code == 302, BeautifulSoup(answer.content, "html.parser").select(".error-message")
    question = Question.objects.get(bank=bank)
    version = question.versions.get()
    assert (version.kind, question.state, question.category) == (kind, "draft", "a/b")
    assert version.parsed
    if kind in KEPT:
        assert named(version) == KEPT[kind]
    # Its page holds all of it: saved as it is, it makes no version.
    page = editor.get(reverse("cms_question", args=[question.uuid]))
    assert editor.post(reverse("cms_question", args=[question.uuid]), sent(page) | {"do": "save"}).status_code == 302
    assert question.versions.count() == 1


def test_what_the_gaps_spots_and_points_keep(bank, editor, digest):
    for kind in ("cloze", "hotspot", "labelling", "true_false"):
        editor.post(reverse("cms_add_question"), filled(editor, kind, digest, stem=f"Asked of {kind}?"))
    kept = {q.versions.get().kind: q.versions.get() for q in Question.objects.filter(bank=bank)}
    one, two, three = kept["cloze"].content["gaps"]
    assert kept["cloze"].content["text"] == f"It [[{one['key']}]] by [[{two['key']}]] at the [[{three['key']}]]."
    assert [(c["text"], c["correct"], c["feedback"]) for c in one["choices"]] == [
        ("bends", True, "FEED-a"), ("turns", False, ""),
    ]  # fmt: skip
    assert (one["weight"], two["weight"], two["unit"]) == (2, 1, {"name": "°"})
    assert two["answers"] == [
        {"value": "150", "tolerance": "5", "share": "1"},
        {"value": "150", "tolerance": "10", "share": "1/2", "feedback": "FEED-b"},
    ]
    assert [(a["text"], a["share"]) for a in three["answers"]] == [("SECRETGAP", "1"), ("SECRET|PIPE", "1/2")]
    assert (three["case"], three["accents"]) == (True, False)
    spots = kept["hotspot"].content["spots"]
    assert [(s["x"], s["y"], s["r"], s["correct"]) for s in spots] == [
        (255, 100, 35, True), (500, 500, 35, True), (750, 900, 50, False),
    ]  # fmt: skip
    assert kept["hotspot"].content["several"] is True and kept["hotspot"].content["picture"] == digest
    labels = {one["key"]: one["text"] for one in kept["labelling"].content["labels"]}
    assert [labels[point["label"]] for point in kept["labelling"].content["points"]] == ["Spine", "Rib"]
    assert sorted(labels.values()) == ["Rib", "Skull", "Spine"]
    assert [(c["key"], c["correct"], c["feedback"]) for c in kept["true_false"].choices] == [
        ("true", False, "FEED-true"), ("false", True, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(specs("")))
def test_what_a_file_brought_is_edited_without_losing_anything(bank, editor, digest, kind):
    question = quizzes.ensure_question(bank=bank, **specs(digest)[kind])
    address = reverse("cms_question", args=[question.uuid])
    before = question.versions.get()
    assert editor.post(address, sent(editor.get(address)) | {"do": "save"}).status_code == 302
    newest = question.versions.latest("number")
    # A file may leave defaults out; what is asked and graded is the same, by the same keys.
    assert newest.parsed == before.parsed
    changed = sent(editor.get(address)) | {"do": "save", "stem": "Asked otherwise?"}
    assert editor.post(address, changed).status_code == 302
    last = question.versions.latest("number")
    assert last.stem == "Asked otherwise?" and last.parsed == before.parsed
    assert question.asked_number is None or question.asked_number == 1


def test_parts_keep_their_keys_when_their_words_change(bank, editor, digest):
    question = quizzes.ensure_question(bank=bank, **specs(digest)["matching"])
    address = reverse("cms_question", args=[question.uuid])
    data = sent(editor.get(address)) | {"do": "save", "p-0-match": "bends the elbow", "p-0-text": "The biceps"}
    assert editor.post(address, data).status_code == 302
    content = question.versions.latest("number").content
    assert content["prompts"][0] == {"key": "p1", "text": "The biceps", "match": "o1"}
    assert {"key": "o1", "text": "bends the elbow"} in content["options"]
    # A key that the version before did not have is not taken from a form.
    forged = sent(editor.get(address)) | {"do": "save", "p-0-key": "right", "p-0-match_key": "wrong", "stem": "New?"}
    assert editor.post(address, forged).status_code == 302
    assert "right" not in json.dumps(question.versions.latest("number").content)


REFUSED = [
    ("multiple", {"c-1-weight": ""}, "rows-c", "Give each right choice its share"),
    ("multiple", {"c-0-weight": "much"}, "rows-c", "Write a share of the points such as 1/3, 0.5 or -25 %."),
    ("multiple", {"c-0-weight": "1/2"}, "rows-c", "add up to 1"),
    ("multiple", {"c-2-text": ""}, "rows-c", "Write the choice, or empty the row."),
    ("true_false", {"k-right": None}, "k-right", "Say whether the statement is true."),
    ("matching", {"p-1-match": ""}, "rows-p", "Write what belongs to it."),
    ("matching", {"p-1-text": "", "p-1-match": "", "p-2-text": "", "p-2-match": ""}, "rows-p", "list at least 2"),
    ("ordering", {"i-1-text": "Ask"}, "rows-i", "two have the same text"),
    ("numeric", {"n-0-value": "many"}, "rows-n", "Write a number such as 45.5, or a range such as 43–47."),
    ("numeric", {"n-0-tolerance": "-1"}, "rows-n", "A tolerance is 0 or more."),
    ("numeric", {"n-0-share": "1/2"}, "rows-n", "One answer at least earns all the points"),
    ("numeric", {"k-unit": "", "k-unit_required": "on"}, "k-unit", "Name the unit that she is to write."),
    ("numeric", {"u-0-name": "°"}, "rows-u", "stands twice"),
    ("numeric", {"k-unit": "5cm"}, "k-unit", "cannot stand after a number as its unit"),
    ("short", {"s-0-share": "1/2"}, "rows-s", "One answer at least earns all the points"),
    ("short", {"s-0-text": "x" * 201}, "rows-s", "at most 200 characters"),
    ("cloze", {"k-text": "No gap."}, "k-text", "The text has no gap yet"),
    ("cloze", {"k-text": "[[a]] [[a]]"}, "k-text", "Each gap stands in the text once"),
    ("cloze", {"k-text": "[[a]] [[2]] [[c]] [[new]]"}, "rows-g", "Write what the gap “new” takes."),
    ("cloze", {"g-0-answers": "one"}, "rows-g", "A list has two choices at least"),
    ("cloze", {"g-1-answers": "many"}, "rows-g", "“many” is no number"),
    ("cloze", {"g-2-answers": "near | 1/2"}, "rows-g", "One answer at least earns all the points"),
    ("cloze", {"k-text": "[[a]] [[2]]"}, "rows-g", "The text has no gap “c”."),
    ("hotspot", {"pic-chosen": ""}, "picture", "Choose the picture that it asks about."),
    ("hotspot", {"m-0-x": "101"}, "rows-m", "Write a number from 0 to 100"),
    ("hotspot", {"m-0-y": ""}, "rows-m", "Click the picture, or write how far from above it is."),
    ("hotspot", {"m-0-place": ""}, "rows-m", "Say where it is, without naming what is there."),
    ("hotspot", {"m-1-x": "26", "m-1-y": "10"}, "rows-m", "overlap"),
    ("labelling", {"m-1-match": ""}, "rows-m", "Write its label."),
    ("labelling", {"m-1-y": "10"}, "rows-m", "Two points stand at one place."),
]


@pytest.mark.parametrize(("kind", "change", "place", "sentence"), REFUSED)
def test_what_cannot_be_asked_is_said_where_it_is_and_everything_typed_stays(
    bank, editor, digest, kind, change, place, sentence
):  # fmt: skip
    data = filled(editor, kind, digest, **change)
    answer = editor.post(reverse("cms_add_question"), data)
    assert answer.status_code == 200
    soup = BeautifulSoup(answer.content, "html.parser")
    fieldset = soup.find(id=place) if place.startswith(("rows-", "picture")) else None
    where = fieldset or next(
        one for one in soup.select(".w-field__wrapper, .w-field") if one.select_one(f"[name='{place}']")
    )
    assert sentence in where.get_text()
    assert sentence not in "".join(one.get_text() for one in soup.select(".help-critical"))
    assert not Question.objects.exists()
    now = sent(answer)
    kept = {name: value for name, value in data.items() if name not in ("do",) and not name.endswith("_FORMS")}
    assert {name: value for name, value in now.items() if name in kept and value.strip() != kept[name].strip()} == {}
    assert [name for name, value in kept.items() if value and name not in now] == []


@pytest.mark.parametrize("kind", TYPED)
def test_a_preview_of_what_is_typed_holds_nothing_of_the_key(bank, editor, digest, kind):
    page = editor.post(reverse("cms_typed_preview"), filled(editor, kind, digest)).content.decode()
    assert "Asked?" in page and "What the learner answers with stands here" not in page
    assert re.search(r'<(input|select)[^>]*name="a-', page)
    secrets = [word for word in (*SECRETS, "3/4", "57.3", "checked", "35") if word in page.partition("<main")[2]]
    assert not [word for word in secrets if word != "35"]
    order = editor.post(reverse("cms_typed_preview"), filled(editor, kind, digest)).content.decode()
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    assert uuid.sub("", page.partition("<main")[2]) == uuid.sub("", order.partition("<main")[2])


@pytest.mark.parametrize("kind", TYPED)
def test_a_preview_of_the_key_alone_changes_nothing(bank, editor, digest, kind):
    other: dict[str, dict[str, str | None]] = {
        "multiple": {"c-0-correct": None, "c-2-correct": "on", "c-0-weight": "", "c-2-feedback": ""},
        "true_false": {"k-right": "true"},
        "matching": {"p-0-match": "stretches", "p-1-match": "bends"},
        "ordering": {"i-0-text": "Touch", "i-2-text": "Ask"},
        "numeric": {"n-0-value": "99", "n-0-tolerance": "", "u-0-factor": "2"},
        "short": {"s-0-text": "ELSE"},
        "cloze": {"g-0-answers": "turns\nbends", "g-1-answers": "3", "g-2-answers": "ELSE"},
        "hotspot": {"m-0-correct": None, "m-2-correct": "on", "m-0-feedback": ""},
        "labelling": {"m-0-match": "Rib", "m-1-match": "Spine"},
    }
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    pages = [
        uuid.sub("", editor.post(reverse("cms_typed_preview"), filled(editor, kind, digest, **change))
                 .content.decode().partition("<main")[2])
        for change in ({}, other[kind])
    ]  # fmt: skip
    assert pages[0] == pages[1]


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_that_was_hardly_begun_is_previewed_and_kept(bank, editor, kind):
    page = editor.get(reverse("cms_add_question"), {"kind": kind})
    data = sent(page) | {"stem": "Begun?"}
    assert "Begun?" in editor.post(reverse("cms_typed_preview"), data).content.decode()
    answer = editor.post(reverse("cms_add_question"), data | {"do": "save"})
    assert answer.status_code == 200 and "Begun?" in answer.content.decode()
    for group in FORMS[kind].groups:
        for do in ("more", "up", "down", "out"):
            again = editor.post(reverse("cms_add_question"), data | {"do": f"{do}:{group.name}:0"})
            assert again.status_code == 200
    assert not Question.objects.exists()


def test_the_kind_is_changed_without_script_and_what_fits_stays(bank, editor):
    data = sent(editor.get(reverse("cms_add_question"))) | {"stem": "Kept?", "c-0-text": "ONE", "do": "kind"}
    as_multiple = editor.post(reverse("cms_add_question"), data | {"kind": "multiple"})
    assert "ONE" in as_multiple.content.decode() and sent(as_multiple)["kind"] == "multiple"
    as_number = sent(editor.post(reverse("cms_add_question"), data | {"kind": "numeric"}))
    assert as_number["stem"] == "Kept?" and "n-0-value" in as_number and "c-0-text" not in as_number
    # What the other kind did not ask for begins as it does on a page of its own.
    as_essay = sent(editor.post(reverse("cms_add_question"), data | {"kind": "essay"}))
    assert (as_essay["k-least_words"], as_essay["k-most_words"]) == ("50", "300")


def test_a_question_that_was_asked_keeps_its_form(quiz, editor):
    question = quiz.items.get().question
    page = editor.get(reverse("cms_question", args=[question.uuid])).content.decode()
    assert 'value="multiple"' in page and 'value="numeric"' not in page
    data = sent(editor.get(reverse("cms_question", args=[question.uuid]))) | {"kind": "numeric", "do": "save"}
    assert editor.post(reverse("cms_question", args=[question.uuid]), data).status_code == 200
    assert question.versions.count() == 1


# ---- pictures ----


def png(size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    """A small photograph."""
    data = BytesIO()
    Image.new("RGB", size, "red").save(data, "JPEG")
    return SimpleUploadedFile("shoulder.jpg", data.getvalue(), "image/jpeg")


def test_a_figure_of_the_library_becomes_the_picture_when_the_question_is_kept(bank, editor, whole):
    figure = Figure.objects.get(code="hold")
    data = filled(editor, "hotspot", f"figure-{figure.pk}")
    shown = editor.post(reverse("cms_add_question"), data | {"do": "show"})
    assert reverse("catalog_figure_picture", args=[figure.pk]) in shown.content.decode()
    assert 'data-stage="m"' in shown.content.decode() and not QuestionPicture.objects.exists()
    assert figure.title in editor.post(reverse("cms_typed_preview"), data).content.decode()
    assert not QuestionPicture.objects.exists()
    assert editor.post(reverse("cms_add_question"), data).status_code == 302
    kept = QuestionPicture.objects.get()
    assert (kept.title, kept.description, kept.school) == (figure.title, figure.description, bank.school)
    assert Question.objects.get().versions.get().content["picture"] == kept.digest
    # It is offered once: as the picture that it became.
    page = editor.get(reverse("cms_add_question"), {"kind": "hotspot"}).content.decode()
    assert kept.digest in page and f"figure-{figure.pk}" not in page
    drawn = editor.get(reverse("cms_question_picture", args=[kept.digest]))
    assert drawn["Content-Type"] == "image/svg+xml" and b"f-line" in drawn.content
    assert "sandbox" in drawn["Content-Security-Policy"]


def test_a_photograph_is_drawn_anew_and_stands_beside_the_words(bank, editor):
    data = filled(editor, "short", "") | {
        "pic-upload": png(), "pic-description": "A red field.", "pic-title": "", "do": "show",
    }  # fmt: skip
    shown = editor.post(reverse("cms_add_question"), data)
    kept = QuestionPicture.objects.get()
    assert (kept.kind, kept.title, kept.width, kept.height) == ("png", "A picture", 40, 20)
    assert sent(shown)["pic-chosen"] == kept.digest
    assert editor.post(reverse("cms_add_question"), sent(shown) | {"do": "save"}).status_code == 302
    question = Question.objects.get()
    assert question.versions.get().picture == kept
    preview = editor.get(reverse("cms_question_preview", args=[question.uuid])).content.decode()
    assert "data:image/png" in preview and "A red field." in preview
    assert editor.get(reverse("cms_question_picture", args=[kept.digest]))["Content-Type"] == "image/png"
    # Taken away, the next version has none.
    address = reverse("cms_question", args=[question.uuid])
    assert editor.post(address, sent(editor.get(address)) | {"do": "save", "pic-chosen": ""}).status_code == 302
    assert question.versions.latest("number").picture is None


@pytest.mark.parametrize(
    ("file", "told", "sentence"),
    [
        (SimpleUploadedFile("x.png", b"no picture"), "Seen.", "This is no picture that can be read."),
        (SimpleUploadedFile("x.svg", b"<svg><script/></svg>"), "Seen.", "viewBox"),
        (None, "", "Say what is to be seen"),
    ],
)
def test_a_file_that_cannot_be_a_picture_is_refused_beside_its_field(bank, editor, file, told, sentence):
    data = filled(editor, "short", "") | {"pic-upload": file or png(), "pic-description": told}
    answer = editor.post(reverse("cms_add_question"), data)
    assert sentence in BeautifulSoup(answer.content, "html.parser").find(id="picture").get_text()  # type: ignore[union-attr]
    assert sent(answer)["s-0-text"] == "SECRETFORM*"
    assert not Question.objects.exists() and not QuestionPicture.objects.exists()


def test_a_drawing_comes_in_cleaned(bank, editor):
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60" onload="alert(1)"><script>alert(2)</script>'
        b'<path id="a" d="M0 0L100 60" onclick="alert(3)"/><image href="http://elsewhere.example/x.png"/></svg>'
    )
    data = filled(editor, "short", "") | {
        "pic-upload": SimpleUploadedFile("x.svg", drawing), "pic-description": "A line.",
    }  # fmt: skip
    assert editor.post(reverse("cms_add_question"), data).status_code == 302
    kept = bytes(QuestionPicture.objects.get().data).decode()
    assert "M0 0L100 60" in kept
    assert not [word for word in ("alert", "script", "onload", "elsewhere") if word in kept]


def test_a_picture_of_another_school_is_not_there(bank, editor, whole):
    foreign = quizzes.keep_picture(school=whole.other_school, **SHOULDER)
    assert editor.get(reverse("cms_question_picture", args=[foreign.digest])).status_code == 404
    assert foreign.digest not in editor.get(reverse("cms_add_question")).content.decode()
    answer = editor.post(reverse("cms_add_question"), filled(editor, "hotspot", foreign.digest))
    assert "This picture is not there any more." in answer.content.decode()


def test_a_drawing_tells_no_names_of_its_parts_to_learners(bank, editor):
    """Drawing programs name layers by what they show; a learner reads the source of her page."""
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60"><defs><linearGradient id="Blood"><stop'
        b' offset="0" stop-color="#fade00"/></linearGradient></defs><g id="Deltoid" class="Deltoid f-line">'
        b'<path fill="url(#Blood)" d="M0 0L100 60"/></g></svg>'
    )
    data = filled(editor, "short", "") | {
        "pic-upload": SimpleUploadedFile("deltoid.svg", drawing), "pic-description": "A line.",
    }  # fmt: skip
    assert editor.post(reverse("cms_add_question"), data).status_code == 302
    picture = QuestionPicture.objects.get()
    assert b"-Deltoid" in bytes(picture.data), "it is kept as it came"
    assert "deltoid" not in picture.title.lower(), "learners read the title, and nobody chose the file's name for them"
    for content in (asked_page(editor), typed_page(editor, picture.digest)):
        assert "deltoid" not in content.lower() and "blood" not in content.lower()
        assert 'class="f-line"' in content and "#fade00" in content
        (gradient,) = re.findall(r'<linearGradient id="([^"]+)"', content)
        assert f'fill="url(#{gradient})"' in content


def asked_page(editor: Any) -> str:
    """The question that was kept, as a learner sees it."""
    return editor.get(reverse("cms_question_preview", args=[Question.objects.get().uuid])).content.decode()


def typed_page(editor: Any, digest: str) -> str:
    """A spot on this picture, as a learner would see it."""
    return editor.post(reverse("cms_typed_preview"), filled(editor, "hotspot", digest)).content.decode()


@pytest.mark.parametrize("field", ["bank", "vignette", "pic-chosen"])
def test_a_digit_that_is_no_number_names_nothing(bank, editor, field):
    data = filled(editor, "short", "") | {field: "figure-²" if field == "pic-chosen" else "²"}
    assert editor.post(reverse("cms_typed_preview"), data).status_code == 200
    assert editor.post(reverse("cms_add_question"), {**data, "do": "out-s-²"}).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in TYPED])
def test_each_version_can_be_read_with_what_it_took_as_right(bank, editor, digest, kind):
    right = {"multiple": "A (right)", "true_false": "False (right)", "matching": "Biceps: bends", "ordering": "Look: 2",
             "numeric": "45.5 ± 2 °", "short": "SECRETFORM…", "cloze": "Gap 1: bends", "hotspot": "A: upper (right)",
             "labelling": "A: upper: Spine"}  # fmt: skip
    editor.post(reverse("cms_add_question"), filled(editor, kind, digest))
    page = reverse("cms_question", args=[Question.objects.get().uuid])
    editor.post(page, {**sent(editor.get(page)), "stem": "Asked otherwise?", "explanation": "", "do": "save"})
    versions = BeautifulSoup(editor.get(page).content, "html.parser").find(attrs={"aria-labelledby": "h-versions"})
    newer, older = versions.find_all("details")  # type: ignore[union-attr]
    lines = [" ".join(line.get_text().split()) for line in older.find_all("li")]
    assert [line for line in lines if line.startswith(right[kind])], lines
    assert "EXPLAINED" in older.get_text() and "EXPLAINED" not in newer.get_text()


def test_save_pressed_twice_makes_one_question(bank, editor, whole):
    data = filled(editor, "short", "")
    assert data["made"]
    first, second = (editor.post(reverse("cms_add_question"), data) for _press in range(2))
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    kept = Question.objects.get()
    assert kept.versions.count() == 1
    # Both at once: neither finds the other's before it writes.
    words = {"bank": bank, "kind": "short", "stem": "At once?", "by": whole.instructor, "made": uuid4(),
             "content": {"answers": [{"text": "a", "share": "1"}]}}  # fmt: skip
    assert quizzes.write_question(**words) == quizzes.write_question(**words)
    # Back in the form, other words are another question, and corrected ones the next version.
    assert editor.post(reverse("cms_add_question"), {**data, "stem": "Something else?"}).status_code == 302
    assert Question.objects.count() == 3
    editor.post(reverse("cms_add_question"), {**data, "s-0-text": "CORRECTED"})
    assert Question.objects.count() == 3 and kept.versions.count() == 2
