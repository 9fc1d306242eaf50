"""Cases, how questions are sorted and found, likely duplicates, and files of questions, in the CMS."""

import base64

# ruff: noqa: F811 - layers are imported, and asked for by name
import time
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import ensure_user, grant_role
from certification.quizzes import services as quizzes
from certification.quizzes.doubles import NEAR, near, overlap
from certification.quizzes.formats import READERS
from certification.quizzes.models import Question, QuestionPicture, Vignette
from certification.quizzes.rules import BadCategoryError, category_path, tag_name
from certification.quizzes.selectors import asks_of, categories_of, likely_doubles, writers_of_question
from courses.catalog.access import banks_of, may_put_in_use, reviews_of
from courses.catalog.models import Module
from courses.catalog.question_files import held_file, hold_file
from courses.catalog.services import change_questions, release_question, release_vignette, send_questions
from notices.models import Message

from .test_question_forms import png, sent
from .test_quizzes import attempt, bank, quiz  # noqa: F401 - layers

CHOICES = [{"text": "A", "correct": True}, {"text": "B"}]


def make(bank: Any, code: str, stem: str = "", **more: Any) -> Question:
    """A question of the bank, in use."""
    more.setdefault("choices", CHOICES)
    return quizzes.ensure_question(bank=bank, code=code, kind="single", stem=stem or f"Stem {code}?", **more)


# ---- cases ----


@pytest.fixture
def case(bank, whole) -> Vignette:
    """A case."""
    return quizzes.write_vignette(bank=bank, title="A runner", text="She runs.\n\nIt hurts.", by=whole.instructor)


def test_a_case_is_written_and_asked_about(bank, editor, reviewer):
    data = {"bank": bank.pk, "title": "A runner", "text": "She runs."}
    answer = editor.post(reverse("cms_add_vignette"), data)
    case = Vignette.objects.get()
    assert answer["Location"] == reverse("cms_vignette", args=[case.uuid])
    page = editor.get(reverse("cms_vignette", args=[case.uuid])).content.decode()
    assert "No question asks about it yet." in page and "She runs." in page
    begun = editor.get(reverse("cms_add_question"), {"case": case.uuid})
    data = sent(begun) | {"do": "next", "stem": "What first?", "c-0-text": "A", "c-0-correct": "on", "c-1-text": "B"}
    assert data["vignette"] == str(case.pk)
    following = editor.post(reverse("cms_add_question"), data)
    assert f"case={case.uuid}" in following["Location"]
    question = Question.objects.get()
    assert question.versions.get().vignette == case.versions.get()
    assert "She runs." in editor.post(reverse("cms_typed_preview"), data).content.decode()
    assert "She runs." in editor.get(reverse("cms_question_preview", args=[question.uuid])).content.decode()
    page = editor.get(reverse("cms_vignette", args=[case.uuid])).content.decode()
    assert "What first?" in page and "Put the case and its questions in use" not in page
    assert "Put the case and its questions in use" in reviewer.get(
        reverse("cms_vignette", args=[case.uuid])
    ).content.decode()  # fmt: skip
    assert "A runner" in editor.get(reverse("cms_vignettes")).content.decode()


def test_new_words_of_a_case_wait_with_its_questions_and_come_together(bank, quiz, case, editor, reviewer, whole):
    asked = [make(bank, code, vignette=case) for code in ("one", "two")]
    draft = make(bank, "three", vignette=case, state="draft")
    gone = make(bank, "four", vignette=case, state="retired")
    quiz = quizzes.ensure_quiz(school=bank.school, code="CASES", title="Cases", questions=asked)
    address = reverse("cms_vignette", args=[case.uuid])
    data = {"bank": bank.pk, "title": "A runner", "text": "He swims.", "based_on": 1}
    assert editor.post(address, data).status_code == 302
    assert {q.versions.latest("number").vignette.text for q in (*asked, draft, gone)} == {"He swims."}
    assert {version.vignette.text for version in asks_of(quiz).named.values()} == {"She runs.\n\nIt hurts."}
    # Who wrote them does not put them in use; somebody else does, all at once.
    editor.post(reverse("cms_vignette_state", args=[case.uuid]))
    assert {version.vignette.text for version in asks_of(quiz).named.values()} == {"She runs.\n\nIt hurts."}
    reviewer.post(reverse("cms_vignette_state", args=[case.uuid]))
    assert {version.vignette.text for version in asks_of(quiz).named.values()} == {"He swims."}
    states = dict(Question.objects.filter(bank=bank).values_list("code", "state"))
    assert (states["one"], states["three"], states["four"]) == ("active", "active", "retired")
    # The same words make nothing; a page that somebody overtook says so and keeps what was typed.
    assert editor.post(address, {**data, "based_on": 2}).status_code == 302
    assert case.versions.count() == 2 and asked[0].versions.count() == 2
    late = editor.post(address, {**data, "text": "LATE WORDS"})
    assert "Somebody has saved version 2 meanwhile." in late.content.decode() and "LATE WORDS" in late.content.decode()
    assert editor.post(address, {**data, "text": "LATE WORDS", "based_on": late.context["form"]["based_on"].value()})
    assert case.versions.latest("number").text == "LATE WORDS"


def test_a_case_of_a_file_is_asked_about_at_once(bank):
    quizzes.ensure_vignette(bank=bank, code="runner", title="A runner", text="She runs.")
    question = make(bank, "one", vignette="runner")
    for _again in range(2):
        quizzes.ensure_vignette(bank=bank, code="runner", title="A runner", text="He swims.")
        make(bank, "one", vignette="runner")
    question.refresh_from_db()
    assert question.versions.count() == 2 and question.asked_number == 2
    assert question.versions.get(number=2).vignette.text == "He swims."
    with pytest.raises(ValidationError, match="no case “swimmer”"):
        make(bank, "two", vignette="swimmer")


def test_a_case_of_another_bank_is_refused(bank, case, editor, whole):
    other = quizzes.create_bank(school=bank.school, title="Other")
    with pytest.raises(ValidationError, match="no case"):
        make(other, "one", vignette=case)
    with pytest.raises(ValidationError, match="another bank"):
        quizzes.write_vignette(bank=other, vignette=case, title="X", text="Y", by=whole.instructor)


# ---- sorting ----


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" red  flags / neck ", "red flags/neck"), ("/a//b/", "a/b"), ("a/b/c/d/e", "a/b/c/d/e"), (" / ", "")],
)
def test_a_category_is_a_path(typed, kept):
    assert category_path(typed) == kept == category_path(kept)


@pytest.mark.parametrize("typed", ["a/b/c/d/e/f", "x" * 201])
def test_a_category_has_five_steps_at_most(bank, typed):
    with pytest.raises(BadCategoryError):
        category_path(typed)
    with pytest.raises(ValidationError, match="five steps"):
        make(bank, "one", category=typed)


def test_tags_are_small_letters_and_made_on_the_fly(bank):
    question = make(bank, "one", tags=["  Red   FLAGS ", "neck", "Neck", ""])
    assert list(question.tags.values_list("name", flat=True)) == ["neck", "red flags"]
    assert tag_name("STRAẞE") == "strasse"
    make(bank, "one", tags=["neck"], category="a", difficulty="hard")
    question.refresh_from_db()
    assert list(question.tags.values_list("name", flat=True)) == ["neck"]
    assert (question.category, question.difficulty, question.versions.count()) == ("a", "hard", 1)
    with pytest.raises(ValidationError, match="40 signs"):
        make(bank, "one", tags=["x" * 41])


def test_the_list_is_filtered_by_category_and_below_tag_and_case(bank, case, editor):
    make(bank, "one", "Alpha?", category="red flags/neck", tags=["neck"])
    make(bank, "two", "Beta?", category="red flags", vignette=case)
    make(bank, "three", "Gamma?", category="red flagstaff")

    def listed(**query: Any) -> set[str]:
        page = editor.get(reverse("cms_questions"), query).content.decode()
        return {stem for stem in ("Alpha?", "Beta?", "Gamma?") if f'">{stem}' in page.replace("\n", "").replace("  ", "")
                or f"{stem}</a>" in page.replace("\n", "").replace(" ", "")}  # fmt: skip

    assert listed() == {"Alpha?", "Beta?", "Gamma?"}
    assert listed(category="red flags") == {"Alpha?", "Beta?"}
    assert listed(category="red flags/neck") == {"Alpha?"}
    assert listed(tag="neck") == {"Alpha?"}
    assert listed(case=case.pk) == {"Beta?"}
    told = [(one.path, one.depth, one.questions) for one in categories_of(banks_of(case.versions.get().written_by))]
    assert told == [("red flags", 0, 2), ("red flags/neck", 1, 1), ("red flagstaff", 0, 1)]
    page = editor.get(reverse("cms_questions")).content.decode()
    assert "– neck (1)" in page and "red flags (2)" in page


def test_many_are_changed_at_once_after_they_are_seen_once_more(bank, editor, reviewer, whole):
    rows = [make(bank, code, state="draft", tags=["old"], category="x") for code in ("one", "two")]
    left = make(bank, "three", tags=["old"])
    address = reverse("cms_change_many")
    chosen = [str(row.uuid) for row in rows]
    page = editor.get(address, {"q": chosen}).content.decode()
    assert "Stem one?" in page and "Stem three?" not in page
    # On a phone the table scrolls: a keyboard needs something in it to stand on.
    assert reverse("cms_question", args=[rows[0].uuid]) in page
    assert "Say what is to be done." in editor.post(address, {"q": chosen}).content.decode()
    answer = editor.post(
        address, {"q": chosen, "category": "a / b", "difficulty": "hard", "add_tags": "New, neck", "take_tags": "OLD"}
    )
    assert answer.status_code == 302
    for row in (*rows, left):
        row.refresh_from_db()
    assert {(row.category, row.difficulty) for row in rows} == {("a/b", "hard")}
    assert [list(row.tags.values_list("name", flat=True)) for row in (*rows, left)] == [
        ["neck", "new"], ["neck", "new"], ["old"],
    ]  # fmt: skip
    # All or none: of what learners are asked, she takes nothing away.
    refused = editor.post(address, {"q": [*chosen, str(left.uuid)], "state": "retire", "no_category": "on"})
    assert "puts questions in use" in refused.content.decode()
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].category) == ("draft", "a/b")
    assert reviewer.post(address, {"q": [str(left.uuid)], "state": "retire"}).status_code == 302
    left.refresh_from_db()
    assert left.state == "retired"
    assert editor.get(address)["Location"] == reverse("cms_questions")


def test_all_that_a_list_finds_is_changed_at_once(bank, editor, whole, monkeypatch):
    """Eighty drafts of a file stand on two pages; nobody ticks eighty boxes."""
    rows = [make(bank, f"b{number:02}", state="draft", category="brought/in") for number in range(55)]
    left = make(bank, "left", state="draft", category="brought elsewhere")
    foreign = make(quizzes.create_bank(school=bank.school, title="Of another program"), "f", category="brought/in")
    listed = editor.get(reverse("cms_questions"), {"category": "brought", "q": "Stem b"})
    offer = BeautifulSoup(listed.content, "html.parser").find("input", {"name": "found"}).find_parent("form")
    assert "Change all 55 that are found" in offer.get_text()
    sent = {one["name"]: one["value"] for one in offer.find_all("input")}
    seen = editor.get(offer["action"], sent).context["rows"]
    assert {one["row"].pk for one in seen} == {row.pk for row in rows}
    chosen = {"q": [str(one["row"].uuid) for one in seen], "add_tags": "brought"}
    assert editor.post(f"{offer['action']}?{urlencode(sent)}", chosen).status_code == 302
    assert {row.pk for row in Question.objects.filter(tags__name="brought")} == {row.pk for row in rows}
    assert not {left.pk, foreign.pk} & {one["row"].pk for one in editor.get(offer["action"], sent).context["rows"]}
    # More than one change takes is said, not left out in silence.
    monkeypatch.setattr("courses.catalog.views.sorting.MOST_AT_ONCE", 50)
    some = editor.get(offer["action"], sent)
    assert len(some.context["rows"]) == 50 and "55 questions are found" in some.content.decode()
    assert editor.get(offer["action"], {"found": "1", "q": "no such words"}).status_code == 302


def test_questions_that_quizzes_draw_are_reviewed_and_put_in_use_at_once(bank, editor, reviewer, whole):
    """They stand in no quiz that could be sent: without this nobody would be told that they wait."""
    address, listed = reverse("cms_change_many"), reverse("cms_questions")
    rows = [make(bank, code, state="draft") for code in ("one", "two")]
    left = make(bank, "three", state="draft")
    chosen = [str(row.uuid) for row in rows]
    assert "Questions that wait for you" not in reviewer.get("/cms/").content.decode()
    for _again in range(2):
        assert editor.post(address, {"q": chosen, "state": "send"}).status_code == 302
    mails = Message.objects.filter(key__startswith="questions-wait:")
    assert {mail.user for mail in mails} == {whole.registrar, whole.second_registrar} and len(mails) == 2
    first = reviewer.get("/cms/").content.decode()
    assert "2 questions wait to be put in use" in first
    assert "Questions that wait for you" not in editor.get("/cms/").content.decode()
    page = reviewer.get(listed, {"state": "review"}).content.decode()
    assert "Stem one?" in page and "Stem two?" in page and "Stem three?" not in page and "In review" in page
    # Other words are another matter: what nobody has sent is no more in review.
    quizzes.ensure_question(bank=bank, code="two", kind="single", stem="Stem two, better?", state="draft",
                            choices=[{"text": "a", "correct": True}, {"text": "b"}])  # fmt: skip
    page = reviewer.get(listed, {"state": "review"}).content.decode()
    assert "Stem one?" in page and "Stem two" not in page
    answer = editor.post(address, {"q": chosen, "state": "use"})
    assert "puts questions in use" in answer.content.decode()
    reviewer.post(address, {"q": chosen, "state": "use"})
    assert [type(row).objects.get(pk=row.pk).state for row in (*rows, left)] == ["active", "active", "draft"]
    assert "Questions that wait for you" not in reviewer.get("/cms/").content.decode()
    assert send_questions(questions=rows, by=whole.instructor) == []
    alone = reverse("cms_question_state", args=[left.uuid])
    editor.post(alone, {"do": "send"})
    assert "It is in review" in editor.get(reverse("cms_question", args=[left.uuid])).content.decode()
    with pytest.raises(ValidationError, match="not one of yours"):
        send_questions(questions=[left], by=whole.foreign_registrar)


def test_what_is_in_review_is_what_she_may_put_in_use(bank, whole):
    lead = ensure_user(email="lea@example.org", legal_name="Lea Lead")
    grant_role(user=lead, organisation=whole.school, role="instructor")
    Module.objects.filter(code="MFR").update(lead=lead)
    words = {"bank": bank, "kind": "single", "choices": [{"text": "A", "correct": True}, {"text": "B"}]}
    others = quizzes.write_question(stem="Others?", by=whole.instructor, **words)
    own = quizzes.write_question(stem="Her own?", by=lead, **words)
    case = quizzes.write_vignette(bank=bank, title="Case", text="Hers.", by=lead)
    about = quizzes.write_question(stem="About hers?", by=whole.instructor, vignette=case, **words)
    send_questions(questions=[others, own, about], by=whole.instructor)
    for user in (lead, whole.registrar, whole.instructor, whole.foreign_registrar):
        may = {q for q in (others, own, about) if may_put_in_use(user, bank, writers_of_question(q))}
        assert set(reviews_of(user)) == may, user
    assert set(reviews_of(lead)) == {others}


def test_others_questions_are_not_changed(bank, editor, whole):
    foreign = make(quizzes.create_bank(school=whole.other_school, title="Foreign"), "one")
    sealed = make(quizzes.create_bank(school=bank.school, title="Of another program"), "one")
    for row in (foreign, sealed):
        answer = editor.post(reverse("cms_change_many"), {"q": [str(row.uuid)], "category": "stolen"})
        row.refresh_from_db()
        assert answer["Location"] == reverse("cms_questions") and row.category == ""
        with pytest.raises(ValidationError, match="not one of yours"):
            change_questions(questions=[row], by=whole.instructor, category="stolen")


# ---- duplicates ----


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=7)


@given(st.dictionaries(st.integers(0, 30), WORDS, max_size=12))
def test_near_texts_are_those_that_comparing_each_with_each_finds(texts):
    sets = {name: frozenset(words) for name, words in texts.items()}
    slow = {
        (min(one, other), max(one, other))
        for one in sets
        for other in sets
        if one != other and sets[one] | sets[other] and overlap(sets[one], sets[other]) >= NEAR
    }
    assert {(min(pair.one, pair.other), max(pair.one, pair.other)) for pair in near(texts)} == slow


def test_likely_doubles_are_listed_once_with_how_near_they_are(bank, editor, django_assert_num_queries):
    make(bank, "one", "Which layer of the deep fascia glides first under slow pressure?")
    make(bank, "two", "Which layer of the DEEP fascia glides first, under slow pressure")
    make(bank, "three", "Which layer of the deep fascia glides last under slow pressure?")
    make(bank, "four", "What is a red flag?")
    make(bank, "five", "Which layer of the deep fascia glides first under slow pressure?", state="retired")
    with django_assert_num_queries(1):
        found = likely_doubles(type(bank).objects.filter(pk=bank.pk))
    shares = {frozenset((p.one.question.code, p.other.question.code)): p.share for p in found}
    assert shares[frozenset(("one", "two"))] == 1
    assert set(shares) == {frozenset(x) for x in (("one", "two"), ("one", "three"), ("two", "three"))}
    assert min(shares.values()) >= Fraction(4, 5)
    page = editor.get(reverse("cms_doubles")).content.decode()
    assert "100 % of the words" in page and "red flag" not in page


def test_two_thousand_questions_are_compared_in_a_moment():
    texts = {
        number: f"which of these {number % 97} signs at station {number} sends a client {number % 13} to a doctor".split()
        for number in range(2_000)
    }
    begun = time.perf_counter()
    found = near(texts)
    assert time.perf_counter() - begun < 5
    assert len(found) == 1_000 and all(pair.share >= NEAR for pair in found)


# ---- files ----

GIFT = "::one::What glides first?{=Skin ~Bone}\n\n::two::A statement.{T}\n\n::three::Broken {=\n"


def upload(editor: Client, bank: Any, data: bytes = GIFT.encode(), name: str = "q.txt") -> Any:
    return editor.post(reverse("cms_import"), {"bank": bank.pk, "file": SimpleUploadedFile(name, data)})


def test_a_file_is_shown_first_and_comes_in_on_her_word_once(bank, editor, whole):
    page = upload(editor, bank)["Location"]
    told = editor.get(page).content.decode()
    assert "What would come in" in told and "Left out" in told and "<td>5</td>" in told
    assert editor.get(page).context["read"].brought.new and not Question.objects.exists()
    assert editor.post(page).status_code == 302
    assert set(Question.objects.values_list("state", flat=True)) == {"draft"} and Question.objects.count() == 2
    # The file is forgotten; a second press leads to what came in, and the file sent again adds nothing.
    assert editor.get(page).status_code == 404
    twice = editor.post(page, follow=True)
    assert twice.redirect_chain and "What was brought in stands here." in twice.content.decode()
    again = upload(editor, bank)["Location"]
    assert "Nothing of it is new." in editor.get(again).content.decode()
    editor.post(again)
    assert Question.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"// a comment alone\n", "The file holds no question."),
        (b"::x::Broken {=\n", "None of its questions can come in."),
        (b"PK\x05\x06" + bytes(18), "It cannot be read as QTI:"),
    ],
)
def test_a_file_of_which_nothing_comes_says_why(bank, editor, data, sentence):
    told = editor.get(upload(editor, bank, data)["Location"]).content.decode()
    assert sentence in told and "Bring them in" not in told


def test_a_file_is_there_for_who_sent_it_alone_and_the_last_alone(bank, editor, reviewer, whole):
    page = upload(editor, bank)["Location"]
    assert reviewer.get(page).status_code == 404
    assert reviewer.post(page).status_code == 302 and not Question.objects.exists()
    upload(editor, bank, b"::other::Other?{F}")
    assert editor.get(page).status_code == 404
    names = storages["private"].listdir(f"question-files/{whole.instructor.pk}")[1]
    assert len(names) == 1


@pytest.mark.parametrize(("data", "sentence"), [(b"", "empty"), (b"x" * (20 * 1024 * 1024 + 1), "larger than")])
def test_an_empty_or_huge_file_is_refused_beside_its_field(bank, editor, data, sentence):
    answer = upload(editor, bank, data)
    assert answer.status_code == 200 and sentence in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(bank, editor):
    page = upload(editor, bank, b"<quiz><question></quiz>")["Location"]
    told = editor.get(page).content.decode()
    assert "cannot be read as Moodle XML" in told
    assert editor.post(page).status_code == 200 and not Question.objects.exists()


def test_a_bank_of_others_takes_no_file_and_gives_none(bank, editor, whole):
    sealed = quizzes.create_bank(school=bank.school, title="Of another program")
    assert upload(editor, sealed).status_code == 200
    digest = hold_file(whole.instructor, SimpleUploadedFile("q.txt", GIFT.encode()))
    assert editor.post(reverse("cms_import_run", args=[sealed.uuid, digest])).status_code == 404
    assert editor.get(reverse("cms_export_bank", args=[sealed.uuid, "gift"])).status_code == 404
    assert held_file(whole.instructor, "../../secret") is None


def test_a_bank_goes_out_with_its_sorting_and_comes_back_the_same(bank, case, editor):
    make(bank, "one", category="red flags/neck", tags=["neck"], vignette=case)
    make(bank, "two", state="retired")
    for name, ending in (("gift", "MFR.txt"), ("moodle-xml", "MFR.xml")):
        answer = editor.get(reverse("cms_export_bank", args=[bank.uuid, name]))
        assert ending in answer["Content-Disposition"] and answer["X-Content-Type-Options"] == "nosniff"
        assert b"She runs." in answer.content and b"Stem two?" not in answer.content
        told = editor.get(upload(editor, bank, answer.content, ending)["Location"])
        assert (told.context["read"].brought.same, told.context["read"].left_out) == (("one",), [])
        other = quizzes.create_bank(school=bank.school, title=f"Other {name}")
        quizzes.bring_questions(bank=other, questions=told.context["read"].file.questions)
        brought = Question.objects.get(bank=other)
        assert (brought.category, [tag.name for tag in brought.tags.all()]) == ("red flags/neck", ["neck"])
    assert editor.get(reverse("cms_export_bank", args=[bank.uuid, "pdf"])).status_code == 404
    assert "1 question" in editor.get(reverse("cms_export_notes", args=[bank.uuid])).content.decode()


def test_a_picture_goes_out_by_screen_and_a_drawing_comes_in_clean(bank, editor):
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script>x</script><path d='M0 0L9 9'/></svg>"
    text = (
        '<quiz><question type="truefalse"><name><text>one</text></name><questiontext format="html"><text>'
        '&lt;p&gt;Is it?&lt;/p&gt;&lt;img src="@@PLUGINFILE@@/a.svg" alt="A line"&gt;</text>'
        f'<file name="a.svg" encoding="base64">{base64.b64encode(drawing).decode()}</file></questiontext>'
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
        "</question></quiz>"
    )
    run = upload(editor, bank, text.encode(), "q.xml")["Location"]
    assert editor.get(run).context["read"].left_out == []
    assert editor.post(run).status_code == 302
    picture = QuestionPicture.objects.get()
    assert (picture.description, b"script" in bytes(picture.data)) == ("A line", False)
    left = editor.get(reverse("cms_export_bank", args=[bank.uuid, "moodle-xml"])).content
    assert b"@@PLUGINFILE@@/" in left
    told = editor.get(upload(editor, bank, left, "q.xml")["Location"]).context["read"]
    assert (told.brought.new, told.brought.changed, told.left_out) == ((), (), [])
    notes = editor.get(reverse("cms_export_notes", args=[bank.uuid])).content.decode()
    assert "It shows a picture" in notes and notes.count("0 of 1 go out. This format cannot hold one:") == 1, "GIFT"


def test_a_question_brought_again_keeps_its_sorting_case_and_picture(bank, case, editor, whole):
    quizzes.bring_questions(bank=bank, questions=read("::one::First?{T}"))
    question = Question.objects.get()
    quizzes.sort_questions(questions=[question], category="mine", add_tags=["hers"])
    version = question.versions.get()
    image = quizzes.keep_picture(school=bank.school, kind="png", data=quizzes.as_png(png().read()), title="P",
                                 description="Red.")  # fmt: skip
    quizzes.write_question(
        bank=bank, question=question, kind="true_false", stem=version.stem, choices=version.choices, vignette=case,
        picture=image, category="mine", tags=["hers"], by=whole.instructor,
    )  # fmt: skip
    brought = quizzes.bring_questions(bank=bank, questions=read("::one::Second?{T}"))
    assert brought.changed == (question.code,)
    newest = question.versions.latest("number")
    question.refresh_from_db()
    assert (newest.stem, newest.vignette.vignette, newest.picture) == ("Second?", case, image)
    assert (question.category, [tag.name for tag in question.tags.all()]) == ("mine", ["hers"])
    assert QuestionPicture.objects.count() == 1


def read(text: str) -> Any:
    """The questions of a GIFT file."""
    return READERS["gift"](text.encode()).questions


def test_the_pages_ask_the_same_queries_however_much_there_is(bank, editor, django_assert_max_num_queries):
    for number in range(12):
        case = quizzes.ensure_vignette(bank=bank, code=f"c{number}", title=f"Case {number}", text="X")
        make(bank, f"q{number}", vignette=case, tags=[f"t{number}"], category=f"c/{number}")
    for name, most in (("cms_questions", 26), ("cms_vignettes", 14), ("cms_doubles", 14), ("cms_import", 14)):
        editor.get(reverse(name))
        with django_assert_max_num_queries(most):
            editor.get(reverse(name))


def test_who_writes_in_no_bank_has_no_files(bank, editor, whole):
    client = Client()
    client.force_login(whole.foreign_registrar)
    assert client.get(reverse("cms_import")).status_code == 404
    assert client.get(reverse("cms_export_bank", args=[bank.uuid, "gift"])).status_code == 404


def test_a_lead_who_wrote_the_case_does_not_put_a_question_about_it_in_use(bank, whole):
    lead = ensure_user(email="lea@example.org", legal_name="Lea Lead")
    grant_role(user=lead, organisation=whole.school, role="instructor")
    Module.objects.filter(code="MFR").update(lead=lead)
    case = quizzes.write_vignette(bank=bank, title="A runner", text="She runs.", by=lead)
    about, other = (
        quizzes.write_question(bank=bank, kind="single", stem=stem, choices=CHOICES, vignette=of, by=whole.instructor)
        for stem, of in (("What first?", case), ("What else?", None))
    )
    release_question(question=other, by=lead)
    with pytest.raises(ValidationError, match="puts questions in use"):
        release_question(question=about, by=lead)
    with pytest.raises(ValidationError, match="puts questions in use"):
        release_vignette(vignette=case, by=lead)
