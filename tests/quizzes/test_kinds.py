"""A quiz with a question of every kind: taken by the page's form, by the API, and what its result tells, and when."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image

from certification.quizzes import selectors, services
from certification.quizzes.models import (
    Attempt,
    Question,
    QuestionBank,
    QuestionPicture,
    QuizAssignment,
    Response,
)
from certification.quizzes.types import KINDS
from certification.records.models import TrainingRecord
from tests.layers import layer
from tests.worlds import School

from .conftest import MULTIPLE, SINGLE, response_to
from .kinds import DRAWING, RIGHT, SECRETS, SHOULDER, WRONG, picture, specs

every = pytest.mark.parametrize("kind", RIGHT)


@layer
def all_kinds(school: School, bank: QuestionBank) -> list[Question]:
    """One question of each kind."""
    found = picture(school.school)
    listed = [SINGLE, MULTIPLE, *specs(found.digest).values()]
    return [services.ensure_question(bank=bank, **spec) for spec in listed]  # type: ignore[arg-type]


@layer
def all_assigned(school: School, record: TrainingRecord, all_kinds: list[Question]) -> QuizAssignment:
    """A quiz that asks them all, twice."""
    quiz = services.ensure_quiz(
        school=school.school, code="ALL", title="Every kind", questions=all_kinds, attempts_allowed=2
    )
    return services.assign_quiz(record=record, quiz=quiz, module="ALL", module_version=1)


@layer
def taking(all_assigned: QuizAssignment) -> Attempt:
    """Her first attempt at it."""
    return services.start_attempt(assignment=all_assigned).attempt


@pytest.fixture
def learner(school: School) -> Client:
    return school.client(school.learner_user)


def page(attempt: Attempt, name: str = "") -> str:
    return f"/quizzes/attempts/{attempt.uuid}/{name}"


def words(response: HttpResponse) -> str:
    return response.content.decode()


def posted(attempt: Attempt, kind: str, value: Any) -> dict[str, Any]:
    """The form's fields of one question: a list of values, or by part."""
    question = response_to(attempt, kind).question_version.question.uuid
    fields = {f"was-{question}": json.dumps(response_to(attempt, kind).answer)}
    if isinstance(value, dict):
        return fields | {f"a-{question}-{part}": one for part, one in value.items()}
    return fields | {f"a-{question}": value}


def put(client: Client, attempt: Attempt, kind: str, answer: Any, sequence: int = 1) -> HttpResponse:
    question = response_to(attempt, kind).question_version.question.uuid
    body = json.dumps({"answer": answer, "sequence": sequence})
    return client.put(f"/api/v1/attempts/{attempt.uuid}/answers/{question}", body, "application/json")


def part_of_page(shown: str, attempt: Attempt, kind: str) -> str:
    """The page's section of one question."""
    place = response_to(attempt, kind).position
    return shown.split(f'id="q{place}"')[1].split("</section>")[0]


class Controls(HTMLParser):
    """What a browser without script would post of a piece of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name, value = str(has.get("name")), has.get("value") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.posted or "selected" in has):
            self.posted[self.select] = value
        elif tag == "input" and (has.get("type") not in ("radio", "checkbox") or "checked" in has):
            self.posted[name] = value


def controls(shown: str) -> dict[str, str]:
    parser = Controls()
    parser.feed(shown)
    return parser.posted


def test_every_kind_that_needs_no_marker_is_taken_here() -> None:
    """An essay is taken and marked in test_marking.py."""
    assert set(RIGHT) | {"single", "multiple", "essay"} == set(KINDS)


# ---- taking ----


@every
def test_a_kind_is_taken_by_the_pages_form(learner: Client, taking: Attempt, kind: str) -> None:
    form, _sent, kept = RIGHT[kind]
    shown = part_of_page(words(learner.get(page(taking))), taking, kind)
    question = response_to(taking, kind).question_version.question.uuid
    # The page offers just the fields that are posted here.
    assert set(re.findall(r'name="((?:a|was)-[^"]+)"', shown)) == set(posted(taking, kind, form))
    for value in form.values() if isinstance(form, dict) else form:
        assert f'value="{value}"' in shown or kind in ("numeric", "short", "cloze")
    saved = learner.post(page(taking), {"action": "save", **posted(taking, kind, form)}, follow=True)
    assert "1 of 10 answered" in words(saved)
    assert response_to(taking, kind).answer == kept
    # What is kept stands in the page again, and posting it changes nothing.
    before = response_to(taking, kind).sequence
    again = controls(part_of_page(words(saved), taking, kind))
    assert {name: value for name, value in again.items() if name.startswith("a-")}
    assert json.loads(again[f"was-{question}"]) == kept
    # A page that held nothing when it was made would bring it as a change; it is read as the same.
    learner.post(page(taking), {"action": "save", **again, f"was-{question}": "[]"})
    assert (response_to(taking, kind).answer, response_to(taking, kind).sequence) == (kept, before)


def emptied(kind: str) -> Any:
    """What the form posts of a question in which nothing is filled in."""
    form, _sent, kept = RIGHT[kind]
    if isinstance(form, dict):
        return dict.fromkeys(form, "")
    return [] if form == kept else [""]


@every
def test_a_kind_is_emptied_by_the_pages_form(learner: Client, taking: Attempt, kind: str) -> None:
    form, _sent, kept = RIGHT[kind]
    learner.post(page(taking), {"action": "save", **posted(taking, kind, form)})
    assert response_to(taking, kind).answer == kept
    learner.post(page(taking), {"action": "save", **posted(taking, kind, emptied(kind))})
    assert response_to(taking, kind).answer == []


@every
def test_a_kind_is_taken_by_the_api(learner: Client, all_assigned: QuizAssignment, taking: Attempt, kind: str) -> None:
    _form, sent, kept = RIGHT[kind]
    saved = put(learner, taking, kind, sent)
    assert saved.status_code == 200, saved.content
    assert saved.json()["state"] == "saved"
    assert saved.json()["answer"] == (["455 mm"] if kind == "numeric" else kept)
    # What the API gives back it takes again.
    assert put(learner, taking, kind, saved.json()["answer"], 2).json()["answer"] == saved.json()["answer"]
    services.submit_attempt(attempt=taking)
    response = Response.objects.get(attempt=taking, question_version__kind=kind)
    assert (response.awarded_numerator, response.awarded_denominator) == (1, 1)


def test_the_api_shows_choices_or_parts(learner: Client, all_assigned: QuizAssignment, taking: Attempt) -> None:
    body = learner.post(f"/api/v1/quizzes/{all_assigned.uuid}/attempts").json()
    asked = {question["kind"]: question for question in body["questions"]}
    for kind in ("single", "multiple", "true_false"):
        assert asked[kind]["parts"] is None
        assert asked[kind]["choices"]
    assert asked["true_false"]["choices"] == [{"key": "true", "text": "True"}, {"key": "false", "text": "False"}]
    for kind in set(asked) - {"single", "multiple", "true_false"}:
        assert asked[kind]["choices"] == []
        assert asked[kind]["parts"], kind
    assert {one["key"] for one in asked["matching"]["parts"]["options"]} == {"o1", "o2", "o3"}
    assert {mark["letter"] for mark in asked["hotspot"]["parts"]["marks"]} == {"A", "B", "C"}
    assert asked["hotspot"]["picture"]["svg"] == DRAWING
    assert asked["hotspot"]["picture"]["description"] == SHOULDER["description"]
    assert asked["matching"]["picture"] is None


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("numeric", ["1,234.5"], "without separators"),
        ("numeric", ["about & forty"], "Write a number in digits"),
        ("ordering", {"i1": "1", "i2": "1", "i3": "2"}, "place of its own"),
        ("cloze", {"g1": "s1", "g2": "much", "g3": ""}, "Gap 2: Write a number"),
        ("short", ["x" * 201], "200 signs"),
    ],
)
def test_what_cannot_be_read_stays_in_its_field_beside_a_sentence(
    learner: Client, taking: Attempt, kind: str, value: Any, says: str
) -> None:
    fields = {**posted(taking, kind, value), **posted(taking, "true_false", ["true"])}
    for action in ("save", "submit"):
        told = learner.post(page(taking), {"action": action, **fields})
        assert told.status_code == 200
        shown = part_of_page(words(told), taking, kind)
        assert re.search(rf'role="alert" data-error>.*{says}', shown)
        for one in value.values() if isinstance(value, dict) else value:
            assert f'value="{one.replace("&", "&amp;")}"' in shown
        if kind == "ordering":
            assert re.findall(r'value="(\d)" selected', shown).count("1") == 2
        assert response_to(taking, kind).answer == []
        # What can be read beside it is kept, and stands on without a sentence.
        assert response_to(taking, "true_false").answer == ["true"]
        assert "data-error hidden" in part_of_page(words(told), taking, "true_false")
    assert Attempt.objects.get(pk=taking.pk).is_open
    refused = put(learner, taking, kind, value if isinstance(value, dict) else value[0])
    assert refused.status_code == 422
    assert re.search(says, refused.json()["title"])


@every
def test_what_no_page_sends_is_refused(learner: Client, taking: Attempt, kind: str) -> None:
    for nonsense in ({"zz": "1"}, 7, [None], ["zz", "zz=1", "\0"]):
        assert put(learner, taking, kind, nonsense).status_code == 422, nonsense
    assert response_to(taking, kind).sequence == 0


def test_a_tab_left_open_takes_nothing_of_any_kind_back(learner: Client, taking: Attempt) -> None:
    old_tab = {key: value for kind in RIGHT for key, value in posted(taking, kind, emptied(kind)).items()}
    for kind, (_form, sent, _kept) in RIGHT.items():
        put(learner, taking, kind, sent)
    told = learner.post(page(taking), {"action": "save", **old_tab}, follow=True)
    assert "8 of 10 answered" in words(told)
    assert "does not fit" not in words(told)
    assert not [kind for kind in RIGHT if not response_to(taking, kind).answer]


@pytest.mark.parametrize("was", ["k1,k2", "{}", "null", "[" * 100_000])
def test_what_a_page_says_that_it_held_may_be_nonsense(learner: Client, taking: Attempt, was: str) -> None:
    question = response_to(taking, "true_false").question_version.question.uuid
    told = learner.post(page(taking), {"action": "save", f"was-{question}": was, f"a-{question}": "true"})
    assert told.status_code == 302
    assert response_to(taking, "true_false").answer == ["true"]


def test_an_order_is_fixed_when_the_attempt_begins(all_assigned: QuizAssignment, taking: Attempt) -> None:
    for response in Response.objects.filter(attempt=taking).select_related("question_version"):
        version = response.question_version
        assert sorted(response.choice_order) == sorted(version.type.names(version.parsed))
    assert response_to(taking, "true_false").choice_order == []
    assert len(response_to(taking, "matching").choice_order) == 5
    assert [q.shown for q in selectors.asked_questions(taking)] == [q.shown for q in selectors.asked_questions(taking)]


# ---- what may be seen, and when ----


def test_nothing_of_a_key_leaves_before_handing_in(
    learner: Client, all_assigned: QuizAssignment, taking: Attempt
) -> None:
    for kind, answer in WRONG.items():
        assert put(learner, taking, kind, answer).status_code == 200
    sent = [
        learner.get(page(taking)),
        learner.get(page(taking, "submit/")),
        learner.get(page(taking, "result/"), follow=True),
        learner.get(f"/quizzes/{all_assigned.uuid}/"),
        learner.post(f"/api/v1/quizzes/{all_assigned.uuid}/attempts"),
        *(put(learner, taking, kind, answer, 2) for kind, answer in WRONG.items()),
    ]
    for told in sent:
        assert not [word for word in SECRETS if word in words(told)], told.request["PATH_INFO"]


def test_a_failed_attempt_tells_feedback_on_hers_and_no_key(
    learner: Client, all_assigned: QuizAssignment, taking: Attempt
) -> None:
    for kind, answer in WRONG.items():
        put(learner, taking, kind, answer)
    services.submit_attempt(attempt=taking)
    shown = words(learner.get(page(taking, "result/")))
    assert set(re.findall(r"FEED-\w+", shown)) == {"FEED-m2", "FEED-s2"}
    assert not [word for word in ("EXPLAINED", "SECRET", "choice--right", "choice--wrong", "Right: ") if word in shown]
    assert "150.25" not in shown and "45.5" not in shown
    for hers in ("<b>stretches</b>", "<b>50</b>", "<b>else</b>", "<b>turns</b>", "<b>Label 2</b>", "PLACE-m2"):
        assert hers in shown
    assert shown.count("Not right") == len(WRONG)


def test_with_the_key_a_result_tells_what_is_right(
    learner: Client, all_assigned: QuizAssignment, taking: Attempt
) -> None:
    services.submit_attempt(attempt=taking)
    last = services.start_attempt(assignment=all_assigned).attempt
    for kind, answer in WRONG.items():
        put(learner, last, kind, answer)
    services.submit_attempt(attempt=last)
    shown = words(learner.get(page(last, "result/")))
    for right in (
        "Right: bends", "Right: stretches", "Right: 45.5 ± 0.25 cm", "Right: SECRETFORM…", "Right: 150.25 °",
        "Right: SECRETGAP", "Right: Label 1", "Right: Label 2", "FEED-true", "FEED-m1", "EXPLAINED-cloze",
    ):  # fmt: skip
        assert right in shown, right
    assert "FEED-number" not in shown  # it belongs to a number that she did not write
    assert shown.count(DRAWING) == 2


def test_a_passed_attempt_tells_its_feedback(learner: Client, all_assigned: QuizAssignment, taking: Attempt) -> None:
    for kind, (_form, sent, _kept) in RIGHT.items():
        put(learner, taking, kind, sent)
    attempt = services.submit_attempt(attempt=taking)
    assert (attempt.score_numerator, attempt.score_denominator, attempt.passed) == (4, 5, True)
    shown = words(learner.get(page(taking, "result/")))
    assert {"FEED-number", "FEED-word", "FEED-s1", "FEED-m1", "FEED-true"} <= set(re.findall(r"FEED-\w+", shown))
    assert "choice--right" in shown


# ---- pictures ----


def test_a_picture_stands_in_the_page_with_its_marks(learner: Client, taking: Attempt) -> None:
    shown = part_of_page(words(learner.get(page(taking))), taking, "hotspot")
    assert DRAWING in shown
    assert 'viewBox="0 0 800 400"' in shown
    assert f'aria-label="{SHOULDER["title"]}. {SHOULDER["description"]}"' in shown
    marks = dict(re.findall(r'data-mark="(\w)"><circle cx="(\d+)"', shown))
    places = dict(re.findall(r'<span class="let">(\w)</span><span>PLACE-(\w+)</span>', shown))
    # Each letter stands in the list at the place where it is drawn, in her order.
    assert {places[letter]: across for letter, across in marks.items()} == {"m1": "160", "m2": "400", "m3": "640"}
    assert [places[letter] for letter in "ABC"] == response_to(taking, "hotspot").choice_order


def test_pages_with_pictures_take_one_query_more(
    learner: Client, all_assigned: QuizAssignment, taking: Attempt, django_assert_max_num_queries: Any
) -> None:
    learner.get("/learn/")
    with django_assert_max_num_queries(3 + 3):
        learner.get(page(taking))
    services.submit_attempt(attempt=taking)
    with django_assert_max_num_queries(3 + 9):
        learner.get(page(taking, "result/"))


def test_a_picture_is_kept_once(school: School) -> None:
    first = picture(school.school)
    again = services.keep_picture(school=school.school, **{**SHOULDER, "title": "Another"})
    assert again == first
    assert (first.width, first.height, again.title) == (800, 400, SHOULDER["title"])
    other = services.keep_picture(school=school.other_school, **SHOULDER)
    assert other.digest == first.digest
    assert QuestionPicture.objects.count() == 2


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<foreignObject/>",
        '<path onclick="x"/>',
        '<path ONLOAD="x"/>',
        '<path style="fill:red"/>',
        '<image href="https://x.example/a.png"/>',
        '<pattern href="https://x.example/a.svg"/>',
        '<pattern href="javascript:1"/>',
        '<path fill="url(https://x.example/#a)"/>',
        '<path fill="URL( //x.example)"/>',
        "<use/>",
        "<a/>",
        "<style>*{}</style>",
        "<svg/>",
        "<!-- x -->",
        "<?x y?>",
        "<text><![CDATA[<script>1</script>]]></text>",
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>',
        '<path xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#a"/>',
        '<path d="&quot;&gt;&lt;script&gt;"/>',
        "<path>",
    ],
)
def test_a_drawing_that_was_not_cleaned_is_refused(school: School, inside: str) -> None:
    drawing = f'<svg viewBox="0 0 10 10">{inside}<path d="M0 0"/></svg>'
    with pytest.raises(ValidationError, match="cannot stand in a page"):
        services.keep_picture(school=school.school, **{**SHOULDER, "data": drawing.encode()})
    assert not QuestionPicture.objects.exists()


def test_a_drawing_may_speak_of_its_own_parts(school: School) -> None:
    drawing = (
        '<svg class="fig" viewBox="0 0 10.4 20"><defs><linearGradient id="g"/><linearGradient id="h" href="#g"/></defs>'
        '<path fill="url(#g)" d="M0 0"/><text>a &amp; b &lt;script&gt;</text></svg>'
    )
    kept = services.keep_picture(school=school.school, **{**SHOULDER, "data": drawing.encode()})
    assert (kept.width, kept.height) == (10, 20)


def test_a_png_is_measured_and_shown(school: School, bank: QuestionBank) -> None:
    made = BytesIO()
    Image.new("RGB", (20, 10)).save(made, "PNG")
    kept = services.keep_picture(school=school.school, **{**SHOULDER, "kind": "png", "data": made.getvalue()})
    assert (kept.kind, kept.width, kept.height) == ("png", 20, 10)
    question = services.ensure_question(bank=bank, **specs(kept.digest)["labelling"])
    asked = selectors.asked_as_version(selectors.newest_version(question))
    shown = render_to_string("quizzes/types/figure.html", {"picture": asked.picture})
    assert f'<image href="data:image/png;base64,{b64encode(made.getvalue()).decode()}"' in shown


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "gif"}, "kind"),
        ({"kind": "png"}, "data"),
        ({"data": b"\xff"}, "data"),
        ({"data": b'<svg viewBox="0 0 10">x</svg>'}, "data"),
        ({"data": b'<svg viewBox="0 0 0 10"/>'}, "data"),
        ({"data": b'<svg viewBox="0 0 1.2.3 10"/>'}, "data"),
        ({"data": b"<g/>"}, "data"),
        ({"data": b'<svg viewBox="0 0 9 9">' + b" " * 400_000 + b"</svg>"}, "data"),
        ({"title": " "}, "title"),
        ({"description": " "}, "description"),
    ],
)
def test_what_is_no_picture_is_refused(school: School, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.keep_picture(school=school.school, **{**SHOULDER, **change})
    assert field in refused.value.message_dict
    assert not QuestionPicture.objects.exists()


# ---- writing ----


def test_a_question_asks_about_a_picture_of_its_school(school: School, bank: QuestionBank) -> None:
    elsewhere = picture(school.other_school)
    with pytest.raises(ValidationError, match="has no picture"):
        services.ensure_question(bank=bank, **specs(elsewhere.digest)["hotspot"])
    picture(school.school)
    services.ensure_question(bank=bank, **specs(elsewhere.digest)["hotspot"])
    overlapping = specs(elsewhere.digest)["hotspot"]
    overlapping["content"]["spots"][1]["x"] = 210
    with pytest.raises(ValidationError, match="overlap") as refused:
        services.ensure_question(bank=bank, **overlapping)
    assert "content" in refused.value.message_dict


def test_the_same_content_makes_nothing_new_and_another_the_next_version(bank: QuestionBank) -> None:
    spec = specs("")["numeric"]
    question = services.ensure_question(bank=bank, **spec)
    services.ensure_question(bank=bank, **spec)
    assert question.versions.count() == 1
    spec["content"]["answers"][0]["tolerance"] = "1"
    services.ensure_question(bank=bank, **spec)
    assert question.versions.count() == 2


def test_weights_follow_the_keys_of_their_choices(school: School, bank: QuestionBank) -> None:
    choices = [{"key": "x", "text": "X", "correct": True}, {"key": "y", "text": "Y"}, {"key": "z", "text": "Z"}]
    question = services.ensure_question(
        bank=bank, code="w", kind="single", stem="?", choices=choices, content={"weights": {"y": "1/2"}}
    )
    version = question.versions.get()
    keys = {choice.text: choice.key for choice in version.listed_choices()}
    assert version.content == {"weights": {keys["Y"]: "1/2"}}
    # An author who changes words alone keeps them; the form has no weights.
    kept = [{**choice, "text": choice["text"] + "!"} for choice in version.choices]
    services.write_question(bank=bank, question=question, kind="single", stem="?", choices=kept, by=school.instructor)
    assert question.versions.get(number=2).content == version.content
    with pytest.raises(ValidationError, match="would be lost"):
        services.write_question(
            bank=bank, question=question, kind="multiple", stem="?", choices=kept, by=school.instructor
        )


def test_previews_show_every_kind_and_no_key(
    all_kinds: list[Question], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    versions = [
        selectors.newest_version(Question.objects.select_related("bank").get(pk=question.pk)) for question in all_kinds
    ]
    for version in versions:
        with django_assert_max_num_queries(3):
            asked = selectors.asked_as_version(version)
        assert asked.kind == version.kind
        assert (asked.picture is None) == (version.kind not in ("hotspot", "labelling"))
        assert "FEED-" not in repr(asked)
