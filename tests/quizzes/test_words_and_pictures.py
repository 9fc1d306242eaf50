"""The words of questions with their marks on every page, and pictures that come with files."""

import base64
from io import BytesIO
from typing import Any

import pytest
from django.template.loader import render_to_string
from PIL import Image

from certification.quizzes import services
from certification.quizzes.formats import READERS, WRITERS
from certification.quizzes.models import Question, QuestionPicture
from certification.quizzes.selectors import asked_as_version, lookalikes, newest_version
from certification.quizzes.services import as_png
from certification.quizzes.wording import plain
from certification.quizzes.wording import shown as shown_words
from courses.catalog.question_pictures import cleaned_drawing

ATTACK = (
    "**<script>alert(1)</script>** *<img src=x onerror=alert(2)>*\n\n- <svg/onload=alert(3)>\n- *b*\n\nAsk <b>*it*</b>?"
)


SAFE_DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60"><path d="M0 0L9 9"/></svg>'


def drawn(kind: str = "JPEG", size: tuple[int, int] = (40, 20)) -> bytes:
    """A small picture."""
    data = BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return data.getvalue()


def shown(question: Question) -> str:
    """The question as a preview and an attempt draw it."""
    asked = asked_as_version(newest_version(question))
    return render_to_string("quizzes/question.html", {"question": asked, "total": 1})


def test_marks_are_drawn_and_nothing_typed_runs(bank):
    question = services.ensure_question(bank=bank, code="x", kind="short", stem=ATTACK,
                                        content={"answers": [{"text": "a", "share": "1"}]})  # fmt: skip
    page = shown(question)
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong>" in page
    assert "<em>b</em>" in page and "<li>" in page and "Ask &lt;b&gt;<em>it</em>&lt;/b&gt;?" in page
    assert not [word for word in ("<script", "<img", "<svg/onload", "<b>") if word in page]
    case = services.ensure_vignette(bank=bank, code="c", title="C", text="She takes **two** <i>pills</i>.")
    question = services.ensure_question(bank=bank, code="y", kind="short", stem="Why *now*?", vignette=case,
                                        content={"answers": [{"text": "a", "share": "1"}]})  # fmt: skip
    page = shown(question)
    assert "<strong>two</strong> &lt;i&gt;pills&lt;/i&gt;" in page and "Why <em>now</em>?" in page


def test_marks_do_not_hide_a_double(bank):
    services.ensure_question(bank=bank, code="x", kind="short", stem="How much CO~2~ is *in* it?",
                             content={"answers": [{"text": "a", "share": "1"}]})  # fmt: skip
    assert len(lookalikes("How much CO2 is in it?", type(bank).objects.all())) == 1


MOODLE = """<quiz><question type="category"><category><text>$course$/top/Red flags/Neck</text></category></question>
<question type="truefalse"><name><text>one</text></name><questiontext format="html"><text><![CDATA[<p>A <b>sudden</b>
headache is <em>never</em> a red flag*.</p><p>CO<sub>2</sub> x<sup>n</sup></p>{images}]]></text>{files}</questiontext>
<generalfeedback format="html"><text><![CDATA[It <i>is</i>.]]></text></generalfeedback>
<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer>
<tags><tag><text>Neck</text></tag></tags></question></quiz>"""


def moodle(data: bytes | None = None, images: str | None = None) -> Any:
    """A question of Moodle, with a picture in its text where there is one."""
    files = ""
    if data is not None:
        files = f'<file name="a b.jpg" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'
    if images is None:
        images = '<p><img src="@@PLUGINFILE@@/a%20b.jpg" alt="A red &amp; flat field"></p>' if data else ""
    return READERS["moodle-xml"](MOODLE.replace("{images}", images).replace("{files}", files).encode())


def test_what_a_file_emphasises_stays_so_and_comes_back_the_same(bank):
    for _again in range(2):
        read = moodle()
        services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures)
    version = Question.objects.get(bank=bank).versions.get()
    assert version.stem == "A **sudden** headache is *never* a red flag*.\n\nCO₂ xⁿ"
    assert version.explanation == "It *is*."
    assert (version.question.category, version.question.tags.get().name) == ("Red flags/Neck", "neck")
    for name, write in WRITERS.items():
        written = write(services.questions_for_a_file(bank))
        if name == "gift":
            assert b"A sudden headache is never a red flag*." in written.data
        again = READERS[name](written.data)
        brought = services.bring_questions(bank=bank, questions=again.questions)
        assert (len(brought.same), brought.changed, brought.new) == (1, (), ())
    assert version.question.versions.count() == 1


QTI = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="one" title="One" adaptive="false"
 timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse>
<value>a</value></correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single"
 baseType="float"/><itemBody><p>A <strong>sudden</strong> headache, <span>rated <em>ten</em></span>*, after:</p><ul><li>a
 fall</li><li>CO<sub>2</sub></li></ul><choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
<prompt>What do you <b>not</b> do?</prompt><simpleChoice identifier="a">Treat</simpleChoice><simpleChoice
 identifier="b">Refer</simpleChoice></choiceInteraction></itemBody><responseProcessing
 template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>"""


def test_what_qti_emphasises_stays_so_and_comes_back_the_same(bank):
    read = READERS["qti"](QTI.encode())
    assert not read.unsupported
    for _again in range(2):
        services.bring_questions(bank=bank, questions=read.questions)
    version = Question.objects.get(bank=bank).versions.get()
    assert version.stem == (
        "A **sudden** headache, rated *ten*\\*, after:\n\n- a fall\n- CO₂\n\nWhat do you **not** do?"
    )
    assert "<strong>not</strong>" in shown_words(version.stem) and "rated <em>ten</em>*" in shown_words(version.stem)
    written = WRITERS["moodle-xml"](services.questions_for_a_file(bank))
    again = services.bring_questions(bank=bank, questions=READERS["moodle-xml"](written.data).questions)
    assert (len(again.same), again.changed, again.new) == (1, (), ())


def test_a_picture_in_the_text_of_a_moodle_question_comes_in_drawn_anew(bank):
    data = drawn()
    for _again in range(2):
        read = moodle(data)
        brought = services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures)
    assert (len(brought.same), brought.refused) == (1, ())
    version = Question.objects.get(bank=bank).versions.get()
    kept = QuestionPicture.objects.get()
    assert version.picture == kept and (kept.kind, kept.width, kept.height) == ("png", 40, 20)
    assert kept.title == "A picture", "learners read it, and the file's own name for a question may tell the answer"
    assert kept.description == "A red & flat field" and bytes(kept.data) == as_png(data)
    assert "img" not in version.stem
    # Another picture is another version; without one the question keeps its own.
    read = moodle(drawn(size=(30, 30)))
    assert services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures).changed
    assert services.bring_questions(bank=bank, questions=moodle().questions).changed == ()
    # What a file would not hold is said: GIFT has no pictures.
    written = WRITERS["gift"](services.questions_for_a_file(bank))
    assert [one.reason for one in written.unsupported] == ["It shows a picture, which this file would not hold."]


def exported(bank: Any) -> bytes:
    """The bank as Moodle XML, whole."""
    questions = services.questions_for_a_file(bank)
    written = WRITERS["moodle-xml"](questions, services.pictures_for_a_file(bank, questions))
    assert (written.unsupported, written.notes) == ([], [])
    return written.data


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_leaves_with_its_question_and_comes_back_the_same(bank, school, kind):
    """Into the bank that it left: nothing. Into another school's: the same picture and the same words, once."""
    data = drawn() if kind == "png" else SAFE_DRAWING
    read = moodle(data)
    services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures)
    left = exported(bank)
    back = READERS["moodle-xml"](left)
    assert (back.unsupported, back.notes, len(back.pictures)) == ([], [], 1)
    brought = services.bring_questions(bank=bank, questions=back.questions, pictures=back.pictures)
    assert (len(brought.same), brought.changed, brought.new) == (1, (), ())
    assert QuestionPicture.objects.count() == 1
    theirs = services.ensure_bank(school=school.other_school, code="THEIRS", title="Theirs")
    for _again in range(2):
        services.bring_questions(bank=theirs, questions=back.questions, pictures=back.pictures)
    mine, copy = QuestionPicture.objects.get(school=school.school), QuestionPicture.objects.get(school=theirs.school)
    assert (copy.kind, copy.description, copy.width) == (mine.kind, "A red & flat field", mine.width) == (
        kind, copy.description, copy.width,
    )  # fmt: skip
    version = Question.objects.get(bank=theirs).versions.get()
    assert (version.picture, version.stem) == (copy, Question.objects.get(bank=bank).versions.get().stem)
    assert exported(theirs) == exported(theirs)


def test_a_picture_that_the_school_has_is_not_drawn_anew(bank):
    """Drawn anew it would be another picture, and its question a newer version."""
    data = BytesIO()
    Image.new("RGB", (40, 20), "red").save(data, "PNG", compress_level=0)
    assert as_png(data.getvalue()) != data.getvalue()
    kept = services.keep_picture(
        school=bank.school, kind="png", data=data.getvalue(), title="P", description="A red field."
    )
    choices = [{"text": "Yes", "correct": True}, {"text": "No"}]
    services.ensure_question(bank=bank, code="Q", kind="single", stem="Is it red?", choices=choices, picture=kept)
    back = READERS["moodle-xml"](exported(bank))
    brought = services.bring_questions(bank=bank, questions=back.questions, pictures=back.pictures)
    assert (len(brought.same), brought.changed, QuestionPicture.objects.count()) == (1, (), 1)


def test_a_drawing_is_cleaned_where_it_comes_in_by_screen_and_refused_else(bank):
    """The rule of uploads: no script, whoever drew it; the file twice is one picture."""
    read = moodle(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90 60'><script>alert(1)</script>"
                  b"<path d='M0 0L9 9'/></svg>")  # fmt: skip
    for _again in range(2):
        brought = services.bring_questions(
            bank=bank, questions=read.questions, pictures=read.pictures, clean=cleaned_drawing
        )
        assert brought.refused == ()
    assert len(brought.same) == 1
    kept = QuestionPicture.objects.get()
    assert b"script" not in bytes(kept.data)
    assert b"M0 0L9 9" in bytes(kept.data)


@pytest.mark.parametrize(
    ("stem", "kept"),
    [
        ("A **sudden** headache is *never* normal.", True),
        ("Two\n\nparagraphs, *one* a list:\n\n- a\n- b", False),
        ("H~2~O is *wet*.", False),
        ("Plain, 2*3*4 and <b>tags</b> &amp; more.", True),
    ],
)
def test_emphasis_goes_out_and_comes_back_or_is_said_to_be_lost(bank, stem, kept):
    choices = [{"text": "Yes", "correct": True}, {"text": "No"}]
    services.ensure_question(bank=bank, code="Q", kind="single", stem=stem, choices=choices, explanation="It **is**.")
    written = WRITERS["moodle-xml"](services.questions_for_a_file(bank))
    assert bool(written.notes) is not kept
    (read,) = READERS["moodle-xml"](written.data).questions
    brought = services.bring_questions(bank=bank, questions=[read])
    assert (len(brought.same), brought.changed) == (1, ())
    other = services.ensure_bank(school=bank.school, code="OTHER", title="Other")
    services.bring_questions(bank=other, questions=[read])
    version = Question.objects.get(bank=other).versions.get()
    assert plain(version.stem) == plain(stem)
    assert version.explanation == "It **is**."
    if kept:
        assert shown_words(version.stem) == shown_words(stem)


@pytest.mark.parametrize("keep", [True, False])
def test_a_dry_run_keeps_no_picture(bank, keep):
    read = moodle(drawn())
    services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures, keep=keep)
    assert QuestionPicture.objects.exists() is keep and Question.objects.exists() is keep


@pytest.mark.parametrize(
    ("data", "images", "reason"),
    [
        (b"no picture", None, "This is no picture that can be read."),
        (b"<svg viewBox='0 0 9 9'><script>alert(1)</script></svg>", None, "The drawing cannot stand in a page"),
        (drawn(), "", "It shows files"),
        (drawn(), '<img src="https://elsewhere.example/a.png">', "It shows files"),
        (drawn(), '<img src="@@PLUGINFILE@@/a%20b.jpg"><img src="@@PLUGINFILE@@/a%20b.jpg">', "It shows files"),
    ],
)
def test_a_picture_that_cannot_be_kept_is_listed_with_the_reason(bank, data, images, reason):
    read = moodle(data, images)
    brought = services.bring_questions(bank=bank, questions=read.questions, pictures=read.pictures)
    (left_out,) = [*read.unsupported, *brought.refused]
    assert reason in left_out.reason and left_out.line == 2
    assert not Question.objects.exists() and not QuestionPicture.objects.exists()


def test_a_large_photograph_is_made_small_enough():
    noise = Image.effect_noise((3_000, 2_000), 90).convert("RGB")
    data = BytesIO()
    noise.save(data, "JPEG", quality=90)
    made = as_png(data.getvalue())
    assert len(made) <= 1_000_000
    with Image.open(BytesIO(made)) as image:
        assert max(image.size) <= 1_600
