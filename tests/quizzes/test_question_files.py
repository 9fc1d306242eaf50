"""Files of questions into a bank and out of it: twice the same adds nothing, what is asked stays asked, keys tell nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from certification.quizzes.formats import READERS, WRITERS, rekeyed
from certification.quizzes.models import Question, QuestionBank, QuestionVersion
from certification.quizzes.services import (
    bring_questions,
    ensure_bank,
    ensure_question,
    files,
    put_question_in_use,
    questions_for_a_file,
)
from tests.conftest import ROOT
from tests.worlds import School

from .kinds import picture, specs

FILES = ROOT / "tests" / "data" / "questions"
SMALL = b"""::Guarding::A muscle tightens under your hand. What do you do?{=Wait for it to let go.#Yes.~Push on.#It pushes back.}

::Sural::Name the nerve behind the outer ankle.{=sural =sural nerve =%50%nervus suralis}

::Lift::Put the layers in order of depth.{=skin -> first =fascia -> second =muscle -> third}
"""


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return ensure_bank(school=school.school, code="BANK", title="Bank")


def brought(bank: QuestionBank, data: bytes, form: str = "gift", **options: Any) -> Any:
    return bring_questions(bank=bank, questions=READERS[form](data).questions, **options)


def test_new_questions_are_drafts_and_twice_the_same_adds_nothing(bank: QuestionBank) -> None:
    first = brought(bank, SMALL)
    assert (len(first.new), first.changed, first.same, first.refused) == (3, (), (), ())
    assert set(bank.questions.values_list("state", "asked_number")) == {("draft", None)}
    versions = list(QuestionVersion.objects.order_by("pk").values())
    again = brought(bank, SMALL)
    assert (again.new, again.changed, set(again.same)) == ((), (), set(first.new))
    assert list(QuestionVersion.objects.order_by("pk").values()) == versions


def test_a_changed_question_waits_and_what_is_asked_stays_asked(bank: QuestionBank) -> None:
    brought(bank, SMALL)
    question = Question.objects.get(code__startswith="guarding")
    put_question_in_use(question=question)
    changed = brought(bank, SMALL.replace(b"Push on.", b"Press harder."))
    assert changed.changed == (question.code,) and len(changed.same) == 2
    question.refresh_from_db()
    assert (question.state, question.asked_number) == ("active", 1)
    assert question.versions.count() == 2
    assert "Press harder." in {choice["text"] for choice in question.versions.get(number=2).choices}


def test_what_is_asked_goes_out_and_comes_back_without_burying_newer_words(bank: QuestionBank) -> None:
    brought(bank, SMALL)
    question = Question.objects.get(code__startswith="guarding")
    put_question_in_use(question=question)
    brought(bank, SMALL.replace(b"Push on.", b"Press harder."))
    # The file has the words in use; those that wait are no reason to make them a third version.
    back = bring_questions(bank=bank, questions=questions_for_a_file(bank))
    assert (back.new, back.changed, len(back.same)) == ((), (), 3)
    assert question.versions.count() == 2
    put_question_in_use(question=question)
    assert brought(bank, SMALL).changed == (question.code,), "once out of use, the old words are new words"


def test_a_dry_run_tells_the_same_and_writes_nothing(bank: QuestionBank) -> None:
    told = brought(bank, SMALL, keep=False)
    assert not Question.objects.filter(bank=bank).exists()
    assert brought(bank, SMALL) == told


def test_a_large_file_comes_in_lots_and_goes_on_where_it_was_interrupted(bank: QuestionBank, monkeypatch: Any) -> None:
    """One transaction for all of it would keep every learner's answers waiting for the database."""
    data = b"\n\n".join(b"::n%03d::Which is number %d? {=this ~that}" % (n, n) for n in range(files.LOT + 20))
    keep, pauses = files.ensure_question, []
    monkeypatch.setattr(files.time, "sleep", pauses.append)

    def stops(*, code: str, **words: Any) -> Any:
        if code.startswith(f"n{files.LOT + 10:03d}"):
            raise OperationalError("the machine stops")
        return keep(code=code, **words)

    monkeypatch.setattr(files, "ensure_question", stops)
    with pytest.raises(OperationalError):
        brought(bank, data)
    assert (Question.objects.filter(bank=bank).count(), set(pauses)) == (files.LOT, {files.PAUSE})
    monkeypatch.setattr(files, "ensure_question", keep)
    again = brought(bank, data)
    assert (len(again.same), len(again.new)) == (files.LOT, 20)


def test_keys_of_a_file_are_thrown_away(bank: QuestionBank) -> None:
    """They are made of place and text: whoever knows how could tell the first from the second."""
    brought(bank, SMALL)
    told = json.dumps(list(QuestionVersion.objects.values_list("choices", "content")))
    for question in READERS["gift"](SMALL).questions:
        keys = [part["key"] for part in question.choices]
        keys += [part["key"] for name in ("prompts", "options") for part in question.content.get(name, [])]
        assert not [key for key in keys if key in told]


def test_every_kind_of_the_fixtures_comes_in_goes_out_and_comes_back_the_same(bank: QuestionBank) -> None:
    read = READERS["moodle-xml"]((FILES / "kinds.xml").read_bytes())
    first = brought(bank, (FILES / "kinds.xml").read_bytes(), "moodle-xml")
    assert [one.name for one in first.refused if "rubric" in one.reason] == ["Report"], "nobody could mark it"
    assert len(first.new) == len(read.questions) - len(first.refused) == len(read.questions) - 1
    for version in QuestionVersion.objects.filter(question__bank=bank):
        assert version.type.parse(version.listed_choices(), version.content)
    written = WRITERS["moodle-xml"](questions_for_a_file(bank))
    back = brought(bank, written.data, "moodle-xml")
    assert (back.new, back.changed) == ((), ()), "what goes out is known again when it comes back"
    assert len(back.same) == len(first.new)
    assert [rekeyed(q).content for q in READERS["moodle-xml"](written.data).questions]


def test_two_of_one_name_in_a_file_are_two(bank: QuestionBank) -> None:
    twice = b"::Same::One?{T}\n\n::Same::Two?{F}\n"
    assert len(brought(bank, twice).new) == 2
    assert len(brought(bank, twice).same) == 2


def command(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_tells_what_it_made_and_what_it_left_out(bank: QuestionBank, tmp_path: Path) -> None:
    file = tmp_path / "questions.gift"
    file.write_bytes(SMALL + b"\n::Essay::Write about fascia.{}\n\n//only words\nThis is a description.\n")
    out, _err = command("import_questions", str(file), "--bank", "BANK", "--dry-run")
    assert "3 would be new, 0 would be changed, 0 the same, 2 left out" in out
    assert "line 7, Essay" in out
    assert not bank.questions.exists()
    told = json.loads(command("import_questions", str(file), "--bank", "BANK", "--json")[0])
    assert (told["bank"], told["format"], len(told["new"]), len(told["unsupported"])) == ("BANK", "gift", 3, 2)
    assert all(one["reason"] and one["line"] for one in told["unsupported"])
    again = json.loads(command("import_questions", str(file), "--bank", "BANK", "--format", "gift", "--json")[0])
    assert (again["new"], again["changed"], len(again["same"])) == ([], [], 3)


@pytest.mark.parametrize("form", ["gift", "moodle-xml"])
def test_the_command_writes_what_it_can_read(bank: QuestionBank, tmp_path: Path, form: str) -> None:
    brought(bank, SMALL)
    out, err = command("export_questions", "--bank", "BANK", "--format", form, "--out", str(tmp_path / "out"))
    assert (out, err) == ("", "")
    told = json.loads(command("import_questions", str(tmp_path / "out"), "--bank", "BANK", "--json")[0])
    assert (told["format"], told["new"], told["changed"], len(told["same"])) == (form, [], [], 3)
    assert "guarding-" in command("export_questions", "--bank", "BANK", "--format", form)[0]


def test_the_command_counts_what_it_leaves_out(bank: QuestionBank, school: School) -> None:
    brought(bank, SMALL)
    spot = specs(picture(school.school).digest)["hotspot"]
    ensure_question(bank=bank, **spot)
    _out, err = command("export_questions", "--bank", "BANK", "--format", "gift")
    assert f"left out: {spot['code']}: GIFT has no questions of the kind “hotspot”." in err
    assert "BANK: 3 of 4 questions written, 1 left out" in err


def test_bad_input_is_told_in_a_sentence(bank: QuestionBank, school: School, tmp_path: Path) -> None:
    file = tmp_path / "questions.xml"
    file.write_text('<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>')
    for arguments, sentence in (
        ((str(file), "--bank", "BANK"), "entit"),
        ((str(file), "--bank", "NONE"), "There is no bank “NONE”. Known: BANK."),
        ((str(tmp_path / "nowhere"), "--bank", "BANK"), "cannot be read"),
    ):
        with pytest.raises(CommandError, match="(?i)" + sentence) as refused:
            command("import_questions", *arguments)
        assert refused.value.returncode == 2
    ensure_bank(school=school.other_school, code="BANK", title="Theirs")
    with pytest.raises(CommandError, match="add --school with one of"):
        command("export_questions", "--bank", "BANK", "--format", "gift")
    assert command("export_questions", "--bank", "BANK", "--format", "gift", "--school", school.school.slug)
    assert not bank.questions.exists()


def test_a_bank_whose_questions_leave_their_defaults_out_goes_out_and_comes_in_the_same(school: School) -> None:
    """What a kind need not be told (tolerance, case, accents, weight) is no error on the way out."""
    bank = ensure_bank(school=school.school, code="BARE", title="Bare")
    bare: dict[str, dict[str, Any]] = {
        "numeric": {"answers": [{"value": "10", "share": "1"}]},
        "short": {"answers": [{"text": "creep", "share": "1"}]},
        "cloze": {
            "text": "It [[g1]] after [[g2]] s.",
            "gaps": [
                {"key": "g1", "kind": "short", "weight": 1, "answers": [{"text": "yields", "share": "1"}]},
                {"key": "g2", "kind": "numeric", "weight": 1, "answers": [{"value": "90", "share": "1"}]},
            ],
        },
    }
    for kind, content in bare.items():
        ensure_question(bank=bank, code=kind, kind=kind, stem=f"Asked of {kind}?", content=content)
    for name in ("gift", "moodle-xml"):
        out = StringIO()
        call_command("export_questions", "--bank", "BARE", "--format", name, stdout=out)
        assert "creep" in out.getvalue() and "Asked of numeric" in out.getvalue()
