"""GIFT: what each way of writing means, what is refused and why."""

from fractions import Fraction
from pathlib import Path

import pytest

from certification.quizzes.formats import WRITERS, ReadQuestion, UnreadableFileError, gift
from certification.quizzes.formats.base import decimal, percent, share

FOLDER = Path(__file__).parents[1] / "data" / "questions"
FILE = gift.read((FOLDER / "kinds.gift").read_bytes())
BY_TITLE = {question.title: question for question in FILE.questions}


def one(text: str) -> ReadQuestion:
    found = gift.read(text.encode())
    assert found.unsupported == []
    assert len(found.questions) == 1
    return found.questions[0]


def reason(text: str) -> str:
    found = gift.read(text.encode())
    assert found.questions == []
    assert len(found.unsupported) == 1
    return found.unsupported[0].reason


def test_every_question_of_the_file_is_read() -> None:
    assert FILE.unsupported == []
    assert [question.kind for question in FILE.questions] == [
        *("single", "multiple", "multiple", "true_false", "true_false", "numeric", "numeric", "numeric"),
        *("short", "short", "matching", "single", "essay", "essay", "short"),
    ]


def test_lines_codes_tags_and_categories_are_told() -> None:
    deltoid, match = BY_TITLE["Deltoid"], BY_TITLE["Match"]
    assert (deltoid.code, deltoid.tags, deltoid.line) == ("sh-1", ("shoulder", "second [year]"), 7)
    assert (deltoid.category, match.category) == ("Anatomy/Shoulder", "Anatomy/Words // and spaces")
    assert (match.code, match.tags) == ("", ())


def test_choices_tell_weights_feedback_and_an_explanation() -> None:
    question = BY_TITLE["Deltoid"]
    assert [(c["text"], c["correct"], c["feedback"]) for c in question.choices] == [
        ("Supraspinatus", False, "It begins the movement."),
        ("Deltoid", True, "Yes: its middle part."),
        ("Trapezius", False, "It turns the scapula."),
        ("Latissimus dorsi", False, ""),
    ]
    assert question.content == {"weights": {question.choices[2]["key"]: "1/2"}}
    assert question.explanation == "The deltoid takes over from the supraspinatus."


def test_rounded_weights_are_the_fractions_that_are_meant() -> None:
    question = BY_TITLE["Rotator cuff"]
    assert list(question.content["weights"].values()) == ["1/3", "1/3", "1/3", "-1/3", "-1"]
    assert FILE.questions[2].content == {}, "a wrong choice takes as much as a right one gives: the plain rule"


def test_true_and_false_say_what_belongs_to_them() -> None:
    said = {c["key"]: (c["correct"], c["feedback"]) for c in BY_TITLE["Truth"].choices}
    assert said == {"true": (True, "Right."), "false": (False, "The radius lies laterally.")}
    assert BY_TITLE["Truth"].explanation == "Think of the little finger."
    said = {c["key"]: (c["correct"], c["feedback"]) for c in FILE.questions[4].choices}
    assert said == {"true": (False, "It is the longest bone."), "false": (True, "")}


@pytest.mark.parametrize(("word", "right"), [("T", "true"), ("TRUE", "true"), ("F", "false"), ("FALSE", "false")])
def test_short_forms_of_true_and_false(word: str, right: str) -> None:
    assert [c["key"] for c in one(f"It is a bone. {{ {word} }}").choices if c["correct"]] == [right]


def test_numbers_tell_tolerances_ranges_and_shares() -> None:
    def spans(title: str) -> list[tuple[str, str, str, str]]:
        return [tuple(answer.values()) for answer in BY_TITLE[title].content["answers"]]

    assert spans("Angle") == [("180", "5", "1", "")]
    assert spans("Range") == [("7", "0.5", "1", "Nearly all mammals have 7.")]
    assert spans("Steps") == [("12", "0", "1", "Right."), ("12", "1", "1/2", "Nearly.")]
    assert [note.reason for note in FILE.notes if note.name == "Steps"] == [
        "What is said to every other answer is not kept: “Count again.”."
    ]


def test_short_answers_tell_shares_wildcards_and_case() -> None:
    content = BY_TITLE["Short"].content
    assert [(a["text"], a["share"]) for a in content["answers"]] == [
        ("Femur", "1"),
        ("thigh*", "1/2"),
        ("*", "0"),
        ("os femoris", "1"),
    ]
    assert (content["case"], content["accents"]) == (False, True)
    content = BY_TITLE["Case"].content
    assert (content["case"], content["accents"]) == (True, False)


def test_pairs_tell_options_and_those_that_fit_none() -> None:
    question = BY_TITLE["Match"]
    texts = {option["key"]: option["text"] for option in question.content["options"]}
    assert [(p["text"], texts[p["match"]]) for p in question.content["prompts"]] == [
        ("Axillary", "Deltoid"),
        ("Radial", "Triceps"),
        ("Musculocutaneous", "Biceps"),
    ]
    assert list(texts.values()) == ["Deltoid", "Triceps", "Biceps", "Soleus"]
    assert question.stem == "Match each nerve.\n\nOne muscle is left."
    assert question.explanation == "See <i> in the atlas."


def test_equal_options_are_one() -> None:
    assert len(one("Match.{=a -> x =b -> x =c -> y}").content["options"]) == 2


def test_answers_inside_a_sentence_leave_a_blank() -> None:
    assert BY_TITLE["Missing"].stem == "The _____ nerve runs through the carpal tunnel."


def test_empty_braces_ask_for_an_essay() -> None:
    assert BY_TITLE["Essay"].content == {"rubric": [], "least_words": 0, "most_words": 0}
    assert BY_TITLE["Essay two"].explanation == "Names count."


def test_escaped_signs_are_text() -> None:
    question = BY_TITLE["Escapes : all"]
    assert question.stem == "A = B ~ C # D {E} \\ F\nG"
    assert [answer["text"] for answer in question.content["answers"]] == ["x=y:z {1} ~ # \\n"]


def test_a_comment_between_empty_lines_belongs_to_no_question() -> None:
    assert one("// [id:other] [tag:x]\n\n::a::Which?{=b ~c}").code == ""


def test_moodles_own_format_keeps_lines_and_reads_html() -> None:
    assert one("One\ntwo{=a ~b}").stem == "One\ntwo"
    assert one("One<br>two &amp; <b>three</b>\nfour{=a ~b}").stem == "One\ntwo & three\nfour"
    assert one("[plain]One<br>two &amp;{=a ~b}").stem == "One<br>two &amp;"
    assert one("[markdown]One plain line{=a ~b}").stem == "One plain line"
    assert one("[1] stands at the start{=a ~b}").stem == "[1] stands at the start"


def test_the_last_four_signs_begin_the_explanation_and_only_the_first_one_feedback() -> None:
    question = one("Which?{=a#b#c####d####e}")
    assert question.content["answers"][0]["feedback"] == "b#c####d"
    assert question.explanation == "e"
    assert [c["feedback"] for c in one("Which?{=a#b#c ~d}").choices] == ["b#c", ""]


def test_comments_of_html_are_left_out_or_refused() -> None:
    assert one("[html]One <!-- <img> -->two<!DOCTYPE x> three<!-->-->{=a ~b}").stem == "One two three"
    assert "a comment that has no end" in reason("[html]One <!-- two{=a ~b}")


@pytest.mark.parametrize(
    "text",
    [
        "// " + "[id:" * 100_000,
        "[html]" + "<a " * 25_000 + "{=a ~b}",
        "[markdown]" + "[" * 70_000 + "{=a ~b}",
        "a[html]" + "<!--" * 15_000 + "{=a ~b}",
        "// [tag:" + "\\\\" * 100_000 + "\na{=b ~c}",
    ],
)
def test_signs_without_end_take_no_time_without_end(text: str) -> None:
    found = gift.read(text.encode())
    assert len(found.questions) + len(found.unsupported) <= 1


def test_blocks_of_html_are_paragraphs_wherever_they_end() -> None:
    assert one("[html]<p>One</p>two<div>three</div>{=a ~b}").stem == "One\n\ntwo\n\nthree"


def test_raised_and_lowered_signs_stay_so_or_are_refused() -> None:
    assert one("[html]H<sub>2</sub>O and cm<sup>-2</sup>{=a ~b}").stem == "H₂O and cm⁻²"
    assert "raises or lowers “alpha”" in reason("[html]x<sup>alpha</sup>{=a ~b}")


REASONS = {
    "described": "a description asks nothing",
    "open": "The braces around the answers do not fit",
    "closed": "The braces around the answers do not fit",
    "twice": "more than one pair of braces",
    "none right": "There must be a choice that earns something",
    "two right": "2 choices are fully right",
    "too little": "The right choices earn 99/100 of the points together",
    "lonely": "A choice has no text",
    "words before": "“ulna” stands before the first",
    "lower": "Write TRUE, T, FALSE or F in capitals",
    "no arrow": "“femur” has no “->”",
    "one pair": "fewer than 2 pairs",
    "comma": "“3,5” is no number. Write decimals with a point.",
    "word": "“three” is no number",
    "upside down": "may not differ by less than nothing",
    "added": "an added type of Moodle (ordering)",
    "picture": "a picture (<img>)",
    "marked": "marked up by Markdown",
    "table": "a table (<table>)",
    "heavy": "not between -100 % and 100 %",
    "odd weight": "A choice after “=” earns all points",
    "{=nothing is asked ~x}": "The question has no text",
}


def test_what_is_not_understood_is_listed_with_its_line_and_never_half_read() -> None:
    found = gift.read((FOLDER / "refused.gift").read_bytes())
    assert [question.title for question in found.questions] == ["fine"]
    assert [entry.name for entry in found.unsupported] == list(REASONS)
    assert [entry.line for entry in found.unsupported] == list(range(1, 2 * len(REASONS), 2))
    for entry in found.unsupported:
        assert REASONS[entry.name] in entry.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_encodings_are_known_by_their_signs(encoding: str) -> None:
    text = "::Müller::Où est l’os ? Ça dépend.{=là ~pâle}\r\n\r\n::b::Wo?{=da ~weg}\r\n"
    if encoding == "latin-1":
        text = text.replace("’", "'")
    found = gift.read(text.encode(encoding))
    assert [question.title for question in found.questions] == ["Müller", "b"]
    quote = "'" if encoding == "latin-1" else "’"
    assert found.questions[0].stem == f"Où est l{quote}os ? Ça dépend."
    assert [c["text"] for c in found.questions[0].choices] == ["là", "pâle"]
    assert found.questions[1].line == 3


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\xef\xbb\xbf\xff", b"\x00\x01\x02\x00" * 20, b"a\0b{=c ~d}"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        gift.read(data)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("50", "1/2"),
        ("33.33333", "1/3"),
        ("33.333", "1/3"),
        ("33.33", "3333/10000"),
        ("33", "33/100"),
        ("-33.333", "-1/3"),
        ("66.667", "2/3"),
        ("66.666", "2/3"),
        ("16.66667", "1/6"),
        ("14.28571", "1/7"),
        ("83.33333", "5/6"),
        ("12.5", "1/8"),
        ("12.345", "2469/20000"),
        ("100", "1"),
        ("0", "0"),
    ],
)
def test_percentages_are_read_exactly(text: str, exact: str) -> None:
    assert share(text) == Fraction(exact)


def test_shares_are_written_so_that_they_are_read_back() -> None:
    for below in range(1, 101):
        for above in range(below + 1):
            assert share(percent(Fraction(above, below))) == Fraction(above, below)
    with pytest.raises(ValueError, match="cannot be written in percent"):
        percent(Fraction(1, 1013))


def test_decimals_are_exact() -> None:
    assert [decimal(Fraction(text)) for text in ("0", "-0.05", "1e3", "1/8", "12.50")] == [
        *("0", "-0.05", "1000", "0.125", "12.5")
    ]
    with pytest.raises(ValueError, match="1/3 cannot be written"):
        decimal(Fraction(1, 3))


@pytest.mark.parametrize("power", ["1e999999999", "1e-400", "9" * 40])
def test_numbers_without_end_are_refused(power: str) -> None:
    assert "is no number" in reason(f"How many?{{#{power}}}")


def test_the_same_bytes_give_equal_questions_and_keys() -> None:
    data = (FOLDER / "kinds.gift").read_bytes()
    assert gift.read(data) == FILE
    for question in FILE.questions:
        keys = [c["key"] for c in question.choices]
        assert len(set(keys)) == len(keys)


def test_where_the_first_form_would_decide_it_is_said() -> None:
    assert "the first form that fits" in gift.read(b"How many?{#=%50%12:5 =12:0}").notes[0].reason
    assert gift.read(b"How many?{#=12:0 =%50%12:5}").notes == []
    assert "the first form that fits" in gift.read(b"Which?{=%50%f* =femur}").notes[0].reason


def test_a_choice_that_takes_points_away_is_said_to_take_none() -> None:
    found = gift.read(b"Which?{=a ~%-25%b ~c}")
    assert found.questions[0].content == {}
    assert "takes points away" in found.notes[0].reason


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (
            ReadQuestion(
                "", "", "", "Order.", "ordering", [], {"items": [{"text": "a"}, {"text": "b"}], "grading": "exact"}
            ),
            "no questions of the kind",
        ),
        (
            ReadQuestion("", "", "", "Long.", "essay", [], {"rubric": [], "least_words": 5, "most_words": 0}),
            "no bounds",
        ),
        (
            ReadQuestion(
                "",
                "",
                "",
                "How far?",
                "numeric",
                [],
                {
                    "answers": [{"value": "1", "tolerance": "0", "share": "1", "feedback": ""}],
                    "unit": {"name": "m", "required": True, "others": []},
                },
            ),
            "no units",
        ),
        (
            ReadQuestion(
                "",
                "",
                "",
                "Name.",
                "short",
                [],
                {
                    "answers": [{"text": "a->b", "share": "1", "feedback": ""}],
                    "case": False,
                    "accents": True,
                },
            ),
            "holds “->”",
        ),
    ],
)
def test_what_gift_cannot_hold_is_listed_when_it_is_written(question: ReadQuestion, why: str) -> None:
    written = WRITERS["gift"]([question])
    assert written.data == b"" and why in written.unsupported[0].reason


def test_what_moodle_grades_otherwise_is_said_when_it_is_written() -> None:
    notes = WRITERS["gift"]([BY_TITLE["Case"]]).notes
    assert [note.reason.split(" ")[0] for note in notes] == ["Case", "Accents"]
