"""QTI 2.1, 2.2 and 3.0: what each interaction means, what is refused and why, and how packages are kept harmless."""

import hashlib
import io
import re
import stat
import zipfile
from pathlib import Path

import pytest

from certification.quizzes.formats import ReadFile, ReadQuestion, UnreadableFileError, qti

FOLDER = Path(__file__).parents[1] / "data" / "questions" / "qti"
PICTURE = b"\x89PNG\r\n\x1a\n picture of a back"


def read(name: str) -> ReadFile:
    return qti.read((FOLDER / f"{name}.xml").read_bytes())


def one(name: str) -> ReadQuestion:
    found = read(name)
    assert found.unsupported == []
    assert len(found.questions) == 1
    return found.questions[0]


def notes(name: str) -> list[str]:
    return [note.reason for note in read(name).notes]


def zipped(files: dict[str, bytes], **kept: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = kept.get("mode", 0) << 16
            archive.writestr(entry, data)
    return out.getvalue()


def package(**more: bytes) -> dict[str, bytes]:
    files = {name: (FOLDER / name).read_bytes() for name in ("imsmanifest.xml", "30-test.xml")}
    for name in ("30-order", "30-choice", "21-choice", "30-hotspot", "30-shared"):
        files[f"items/{name}.xml"] = (FOLDER / f"{name}.xml").read_bytes()
    files["texts/30-stimulus.xml"] = (FOLDER / "30-stimulus.xml").read_bytes()
    return files | {"items/pictures/back.png": PICTURE} | more


def hotspot(name: str) -> ReadFile:
    manifest = (FOLDER / "imsmanifest.xml").read_bytes().replace(b"30-hotspot", name.encode())
    item = (FOLDER / f"{name}.xml").read_bytes()
    return qti.read(zipped(package() | {"imsmanifest.xml": manifest, f"items/{name}.xml": item}))


@pytest.mark.parametrize("version", ["21", "22", "30"])
def test_a_choice_reads_alike_in_each_version(version: str) -> None:
    question = one(f"{version}-choice")
    assert (question.code, question.title, question.kind, question.line) == ("choice", "Forearm", "single", 2)
    assert question.stem.endswith("Which bone lies medially?")
    assert [(c["text"], c["correct"]) for c in question.choices] == [("Ulna", True), ("Radius", False), ("Rib", False)]


def test_the_case_stands_before_what_is_asked() -> None:
    assert one("21-choice").stem == "A client holds out a hand, palm up.\n\nWhich bone lies medially?"


def test_mapped_choices_earn_their_shares() -> None:
    question = one("22-mapped-choice")
    assert question.content == {"weights": {question.choices[1]["key"]: "1/2"}}
    assert question.points == "2"
    question = one("30-mapped-several")
    assert (question.kind, question.points) == ("multiple", "1.5")
    assert list(question.content["weights"].values()) == ["2/3", "1/3", "-1/3"]


def test_several_choices_that_count_only_together_are_said_to_count_alone() -> None:
    question = one("22-several")
    assert (question.kind, [c["correct"] for c in question.choices], question.content) == (
        "multiple",
        [True, True, False],
        {},
    )
    assert notes("22-several") == [qti.ALL_OR_NOTHING]


def test_feedback_goes_to_its_choice_or_to_the_right_and_the_wrong() -> None:
    assert [c["feedback"] for c in one("21-feedback").choices] == ["Right.", "It lies laterally.", ""]
    assert [c["text"] for c in one("21-feedback").choices] == ["Ulna", "Radius", "Rib"]
    assert notes("21-feedback") == ["What is said to an answer of a sort is not kept: “Nobody hears this.”."]
    assert [c["feedback"] for c in one("30-feedback").choices] == ["Well seen.", "Look again.", "Look again."]


def test_points_are_those_that_the_right_answer_earns() -> None:
    assert [one(name).points for name in ("21-choice", "21-feedback", "30-feedback", "30-gaps")] == [
        "1",
        "3",
        "2.5",
        "2.5",
    ]


@pytest.mark.parametrize("version", ["22", "30"])
def test_an_order_counts_as_a_whole(version: str) -> None:
    content = one(f"{version}-order").content
    assert [item["text"] for item in content["items"]] == ["Intake", "Draping", "Effleurage"]
    assert content["grading"] == "exact"


@pytest.mark.parametrize("name", ["21-match", "30-match"])
def test_the_set_with_one_match_each_prompts(name: str) -> None:
    content = one(name).content
    options = {o["key"]: o["text"] for o in content["options"]}
    assert [(p["text"], options[p["match"]]) for p in content["prompts"]] == [
        ("Deltoid", "Axillary"),
        ("Triceps", "Radial"),
        ("Teres minor", "Axillary"),
    ]
    assert list(options.values()) == ["Axillary", "Radial", "Ulnar"]


def test_pairs_of_one_set_are_matched() -> None:
    content = one("22-associate").content
    assert [p["text"] for p in content["prompts"]] == ["Biceps", "Quadriceps"]
    assert [o["text"] for o in content["options"]] == ["Triceps", "Hamstrings", "Deltoid"]
    assert len(notes("22-associate")) == 2


def test_words_to_write() -> None:
    question = one("22-entry")
    assert question.stem == "The bone of the thigh is the _____, the longest of all."
    assert [(a["text"], a["share"]) for a in question.content["answers"]] == [("femur", "1"), ("thigh\\*", "1/2")]
    assert (question.content["case"], question.content["accents"]) == (False, True)
    question = one("30-entry")
    assert (question.stem, question.content["case"]) == ("Name the bone of the thigh:", True)
    question = one("21-words")
    assert [(a["text"], a["share"]) for a in question.content["answers"]] == [
        ("patella", "1"),
        ("kneecap", "1"),
        ("knee", "1/2"),
    ]
    assert (question.points, question.content["case"]) == ("2", False)


def test_numbers_to_write() -> None:
    def spans(name: str) -> list[tuple[str, str, str]]:
        return [(a["value"], a["tolerance"], a["share"]) for a in one(name).content["answers"]]

    assert spans("21-number") == [("12", "0", "1")]
    assert spans("22-tolerance") == [("180", "2", "1")]
    assert spans("30-tolerance") == [("50", "0", "1"), ("50", "5", "1/2")]


def test_gaps_weigh_what_they_earn() -> None:
    question = one("30-gaps")
    gaps = question.content["gaps"]
    assert question.stem == "Fill in."
    assert [(gap["kind"], gap["weight"]) for gap in gaps] == [("select", 1), ("numeric", 2), ("short", 2)]
    assert re.sub(r"\w{8}", "k", question.content["text"]) == "The [[k]] is one of [[k]] bones; the other is the [[k]]."
    assert [(a["text"], a["share"]) for a in gaps[2]["answers"]] == [("fibula", "1"), ("os", "1/4")]
    question = one("22-inline")
    assert [(c["text"], c["correct"]) for c in question.content["gaps"][0]["choices"]] == [
        ("ulnar", False),
        ("median", True),
    ]


def changed(name: str, *changes: tuple[str, str]) -> ReadFile:
    source = (FOLDER / f"{name}.xml").read_text()
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return qti.read(source.encode())


def test_weights_of_gaps_are_as_small_as_can_be() -> None:
    found = changed("30-gaps", (">1<", ">4<"), (">0.5<", ">2<"), ('"1"', '"6"'), ('"0.25"', '"3"'))
    assert [gap["weight"] for gap in found.questions[0].content["gaps"]] == [1, 2, 3]
    assert found.questions[0].points == "12"


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("22-entry", "<mapping>", '<mapping defaultValue="1">', "Every other answer earns points"),
        ("22-entry", "<mapping>", '<mapping upperBound="0.5">', "Its mapping is cut above"),
        (
            "21-feedback",
            '<baseValue baseType="float">3</baseValue>',
            '<mapResponse identifier="RESPONSE"/>',
            "inside another",
        ),
        ("21-choice", 'cardinality="single" baseType="identifier"', 'cardinality="record"', "which choices are not"),
        ("21-number", 'baseType="integer"', 'baseType="point"', "of the type “point”"),
        ("21-choice", '"B"', '"A"', "same identifier"),
        ("30-order", "match_correct", "map_response", "declares no mapping"),
        ("22-associate", "A B", "A", "is no pair"),
        ("30-mapped-several", 'upper-bound="1.5"', 'upper-bound="1"', "cut elsewhere"),
        ("30-mapped-several", 'lower-bound="0"', 'lower-bound="-1"', "cut elsewhere"),
    ],
)
def test_one_changed_detail_is_enough_to_refuse(name: str, old: str, new: str, why: str) -> None:
    found = changed(name, (old, new))
    assert found.questions == []
    assert why in found.unsupported[0].reason


@pytest.mark.parametrize("version", ["21", "30"])
def test_a_long_text_is_an_essay(version: str) -> None:
    question = one(f"{version}-essay")
    assert question.kind == "essay" and question.stem.endswith("Describe how you drape.")


def test_notes_for_others_than_learners_are_not_asked() -> None:
    assert "warmth" not in one("21-essay").stem
    assert notes("21-essay") == ["A note for others than learners is not kept: “Two points for warmth.”."]


@pytest.mark.parametrize("name", ["22-hotspot", "30-hotspot"])
def test_circles_on_a_picture_are_spots(name: str) -> None:
    found = hotspot(name)
    question = next(question for question in found.questions if question.kind == "hotspot")
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert found.pictures == {digest: PICTURE}
    assert (question.content["picture"], question.content["several"]) == (digest, False)
    spots = [{name: value for name, value in spot.items() if name != "key"} for spot in question.content["spots"]]
    assert spots == [
        {
            "x": 250,
            "y": 250,
            "r": 50,
            "place": "25 % from the left, 25 % from the top",
            "correct": True,
            "feedback": "",
        },
        {
            "x": 750,
            "y": 500,
            "r": 40,
            "place": "75 % from the left, 50 % from the top",
            "correct": False,
            "feedback": "",
        },
    ]


def test_an_item_holds_the_whole_text_to_which_it_belongs() -> None:
    question = qti.read(zipped(package())).questions[-1]
    assert question.stem == "A client of 60 comes with a swollen calf.\n\nIt is warm.\n\nWhat do you do first?"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is not in the file"),
        (b"<broken", "cannot be read. The file is no XML"),
        (b"<qti-assessment-stimulus/>", "is empty"),
    ],
)
def test_an_item_without_the_text_to_which_it_belongs_is_no_question(text: bytes | None, why: str) -> None:
    files = package() | {"texts/30-stimulus.xml": text or b""}
    if text is None:
        del files["texts/30-stimulus.xml"]
    found = qti.read(zipped(files))
    assert found.questions[-1].title == "Back"
    assert why in next(entry.reason for entry in found.unsupported if entry.name == "Of a case")


REASONS = {
    "adaptive": "It changes with each try",
    "template": "drawn anew for each learner",
    "unscored": "does not say how it is scored",
    "own-template": "(template “house_rules”)",
    "no-right": "It declares no right answer",
    "wrong-right": "“Z” is none of its choices",
    "undeclared": "The response “OTHER” is not declared",
    "two-choices": "asks several things at once",
    "hottext": "“hottextInteraction” are not known",
    "picture": "a picture (<img>)",
    "strange": "<blink>, which is not understood",
    "nothing-asked": "It asks nothing",
    "no-stem": "The question has no text",
    "all-of-two": "(<and>)",
    "any-of-two": "all of several responses, or any",
    "one-gap-unscored": "how one of its responses is scored",
    "points-for-nothing": "whatever is answered",
    "points-for-empty": "An empty answer earns points",
    "bounded": "cut elsewhere",
    "mixed-case": "Case matters in some of its answers only",
    "substring": "words inside longer ones",
    "lopsided": "not the same below and above",
    "open-bounds": "bounds of its tolerance",
    "weighed-pairs": "Its pairs earn different shares",
    "table-of-pairs": "exactly one match for each part",
    "shared-pairs": "belongs to two pairs",
    "half-an-order": "does not hold each of its choices once",
    "rectangle": "no circle",
    "overlap": "overlap",
    "no-picture": "picture is not in the file",
    "outside": "picture is not in the file",
    "graded-essay": "comparing it with a right one",
}


def test_each_refusal_has_a_file() -> None:
    assert {path.stem for path in FOLDER.glob("refused-*.xml")} == {f"refused-{name}" for name in REASONS}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_not_understood_is_refused_with_its_line_and_never_half_read(name: str) -> None:
    found = read(f"refused-{name}")
    assert found.questions == [] and found.pictures == {} and found.notes == []
    assert [(entry.line, entry.name) for entry in found.unsupported] == [(2, name)]
    assert REASONS[name] in found.unsupported[0].reason


def test_a_package_gives_its_items_in_the_order_and_sections_of_its_test() -> None:
    found = qti.read(zipped(package()))
    assert [(question.title, question.category) for question in found.questions] == [
        ("Forearm", "Final exam/Bones//Joints"),
        ("A session", "Final exam/Bones//Joints/Practice"),
        ("Forearm", ""),
        ("Back", ""),
        ("Of a case", ""),
    ]
    assert {(entry.name, entry.reason) for entry in found.unsupported} == {
        ("items/lost.xml", "The package does not hold this file."),
        ("../out.xml", "It leads out of the package."),
        ("items/ancient.xml", "Resources of the type “imsqti_xmlv1p2” are not read."),
    }
    assert [(note.name, note.reason) for note in found.notes] == [
        (
            "Final exam/Bones//Joints/Practice",
            "What a section says before its questions is not kept: “Read with care.”.",
        )
    ]
    assert qti.read(zipped(package())) == found


def test_a_broken_item_does_not_keep_the_others_back() -> None:
    files = package() | {"items/30-choice.xml": b"<broken", "items/21-choice.xml": b"<html/>"}
    found = qti.read(zipped(files))
    assert [question.title for question in found.questions] == ["A session", "Back", "Of a case"]
    assert {"items/30-choice.xml", "items/21-choice.xml"} <= {entry.name for entry in found.unsupported}


ENTITY = (
    b'<!DOCTYPE assessmentItem [<!ENTITY a "aaaa">]><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>'
)


def test_entities_inside_a_package_are_refused_there() -> None:
    found = qti.read(zipped(package() | {"items/30-choice.xml": ENTITY}))
    assert "declares entities" in next(e.reason for e in found.unsupported if e.name == "items/30-choice.xml")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<assessmentTest xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1'/>", "send the whole package"),
        (b"<questestinterop/>", "QTI 1.2"),
        (b"<quiz/>", "begins with <quiz>"),
        (b"<assessmentItem/>", "Its version is not read"),
        (b"<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v9p9'/>", "Its version is not read"),
        (ENTITY, "declares entities"),
        (b"Which?{=a ~b}", "no XML"),
        (b"PK\x03\x04 broken", "The zip file is broken"),
        (zipped({"a.xml": b"<a/>"}), "no imsmanifest.xml"),
        (zipped(package() | {"../evil.xml": b"x"}), "a file outside itself"),
        (zipped(package() | {"a/../../evil.xml": b"x"}), "a file outside itself"),
        (zipped(package() | {"/etc/evil.xml": b"x"}), "a file outside itself"),
        (zipped(package() | {"C:/evil.xml": b"x"}), "a file outside itself"),
        (zipped(package() | {"a\\..\\evil.xml": b"x"}), "a file outside itself"),
        (zipped({"imsmanifest.xml": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "The package holds a link"),
        (zipped(package() | {"bomb": b"\0" * (8 * 1024 * 1024)}), "too tightly to be honest"),
        (zipped({f"{n}.xml": b"" for n in range(5_001)}), "more than 5,000 files"),
        (
            zipped({name: data for name, data in package().items() if name != "30-test.xml"}),
            "does not hold “30-test.xml”",
        ),
    ],
)
def test_what_is_no_qti_or_does_harm_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableFileError, match=re.escape(why)):
        qti.read(data)


def test_a_package_that_tells_of_more_bytes_than_allowed_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.quizzes.formats.packages.MOST_UNPACKED", 1_000)
    with pytest.raises(UnreadableFileError, match="more than 200 MB"):
        qti.read(zipped(package()))


def test_a_file_is_never_read_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.quizzes.formats.packages.MOST_OF_ONE", 100)
    with pytest.raises(UnreadableFileError, match=re.escape("“imsmanifest.xml” in the package is too large")):
        qti.read(zipped(package()))


def test_an_encrypted_package_and_a_damaged_file_are_refused() -> None:
    whole = bytearray(zipped({"imsmanifest.xml": (FOLDER / "imsmanifest.xml").read_bytes()}))
    locked = bytearray(whole)
    locked[whole.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFileError, match="encrypted"):
        qti.read(bytes(locked))
    whole[60] ^= 0xFF
    with pytest.raises(UnreadableFileError, match=r"“imsmanifest.xml” in the package is broken"):
        qti.read(bytes(whole))


def test_two_files_of_one_name_are_refused() -> None:
    out = io.BytesIO(zipped(package()))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("imsmanifest.xml", b"<manifest/>")
    with pytest.raises(UnreadableFileError, match="two files of one name"):
        qti.read(out.getvalue())
