"""Nothing that names a client, in whatever field: which inputs of the room are looked at, and why others are not."""

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from certification.externships import forms as forms_package
from certification.externships.forms.board import SeveralForm
from certification.externships.models import LearningGoal, PaperScan, Placement, PlacementStep, Shift, SignOff
from certification.externships.services import (
    Decision,
    add_goal,
    decide,
    decline_placement,
    print_form,
    refuse_scan,
    register_site,
    request_placement,
    upload_scan,
)

from .conftest import NOW, Clinic, answers, text_of
from .test_requests import WHY
from .test_scans import file
from .test_signing import url_of

pytestmark = pytest.mark.django_db

TELLING = [
    ("She was late for Mrs. Miller", "looks like a person’s name"),
    ("Client J.D. was not told", "looks like a person’s name"),
    ("The client, born 3/4/1961, was not told", "looks like a date"),
    ("Call 555-123-4567 about it", "looks like a number or address of a person"),
]
ROOM = Path(forms_package.__file__).parents[1]

# What is typed about somebody's work, by the class of its form, or the view that reads it.
CHECKED = {
    "ShiftForm.statement", "ShiftForm.reflection", "ShiftForm.amend_reason", "GoalForm.words",
    "AskPlacementForm.words", "DeclinePlacementForm.words", "RemediationForm.words", "ScanForm.words-*",
    "ApproveForm.words", "signing.words-*", "signing.rest_words", "evaluations.words-*", "evaluations._page.words",
    "evaluations.answer_page.words", "own_competencies.words", "checkoffs.words-*", "practical.words",
}  # fmt: skip
# What is not looked at, since it is about no client and has a name, a date or a number to hold.
NOT_CHECKED = {
    "SiteForm.name": "the name of a clinic",
    "SiteForm.address": "the address of a clinic",
    "SiteForm.policy_number": "a number is what is asked for",
    "SiteForm.contact": "whom to call at the clinic: a name and a number",
    "SupervisorForm.name": "her own name",
    "SupervisorForm.phone": "her own number",
    "SupervisorForm.profession": "what her license says",
    "SupervisorForm.licence_number": "a number is what is asked for",
    "ErasePaperForm.why": "about a paper of a clinic or supervisor, whose days and names it may say",
    "WithdrawPaperForm.why": "about a paper of a clinic or supervisor, whose days and names it may say",
    "ScanForm.typed_name": "the signer's own name, compared with the one on file",
    "CompetencyForm.code": "what every learner must show, before there is any client",
    "CompetencyForm.title": "what every learner must show, before there is any client",
    "CompetencyForm.criteria": "what every learner must show, before there is any client",
    "CompetencyForm.region": "what every learner must show, before there is any client",
    "EvaluationFormForm.title": "what an evaluation asks of anybody",
    "EvaluationFormForm.texts": "what an evaluation asks of anybody",
    "PracticalKindForm.code": "what an examination is",
    "PracticalKindForm.title": "what an examination is",
    "PracticalKindForm.course": "the code of a module",
    "PracticalKindForm.fact": "a word of a rule pack",
    "PlanPracticalForm.place": "where an examination is held",
    "signing.second_factor": "six digits of a text message, compared with a hash",
    "signing.typed_name": "the signer's own name, compared with the one on file",
    "evaluations.second_factor": "six digits of a text message, compared with a hash",
    "evaluations.typed_name": "the signer's own name, compared with the one on file",
    "signing.not_me.words": "who holds a link that is not hers says who she is; mailed to the school, stored nowhere",
    "waiting.desk_rhythm.rhythm": "one of three words of ours; any other is refused",
    "waiting.desk_send_again.waits": "whether the page said that the mail waits; kept nowhere",
    "evaluations.not_me.words": "who holds a link that is not hers says who she is; mailed to the school, stored nowhere",
    "waiting.source": "at which register of licenses the school looked, and when",
}
# What is chosen, ticked or counted and holds no words: read from the request where no form stands between.
CHOSEN = {
    "mark-*", "shown", "shown-*", "confirms_statement", "sure", "placement", "key", "supervisor", "activity", "reached",
    "rate-*", "answer-*", "rest", "version", "from", "verdict", "do", "locate", "goal", "*",
}  # fmt: skip


def _name(node: ast.expr) -> str:
    """A constant, or an f-string with a star for what changes."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    return node.value if isinstance(node, ast.Constant) else "*"


def _of_forms() -> set[str]:
    found = set()
    for path in (ROOM / "forms").glob("*.py"):
        for cls in ast.walk(ast.parse(path.read_text())):
            if not isinstance(cls, ast.ClassDef):
                continue
            for node in ast.walk(cls):
                value = node.value if isinstance(node, ast.Assign) else None
                if isinstance(value, ast.Call) and ast.unparse(value.func) == "forms.CharField":
                    target = node.targets[0]
                    name = _name(target.slice) if isinstance(target, ast.Subscript) else ast.unparse(target)
                    found.add(f"{cls.name}.{name}")
    return found


def _of_views() -> set[tuple[str, str, str]]:
    """What views read of a request themselves: module, function, name."""
    found = set()
    for path in (ROOM / "views").glob("*.py"):
        for function in ast.parse(path.read_text()).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                reads = isinstance(node, ast.Call) and ast.unparse(node.func) in (
                    "request.POST.get",
                    "request.POST.getlist",
                )
                if reads:
                    found.add((path.stem, function.name, _name(node.args[0])))
    return found


def test_every_input_for_words_is_on_one_of_the_lists() -> None:
    """Who adds a field says here whether it is looked at, and if not, why not."""
    listed = CHECKED | set(NOT_CHECKED)
    assert len(listed) == len(CHECKED) + len(NOT_CHECKED)
    known = set()
    for name in _of_forms():
        assert name in listed, f"{name}: checked for clients, or why not?"
        known.add(name)
    for module, function, name in _of_views():
        if name in CHOSEN:
            continue
        said = {f"{module}.{name}", f"{module}.{function}.{name}"} & listed
        assert said, f"{module}.{function} reads {name}: checked for clients, or why not?"
        known |= said
    assert listed - known == set(), "these inputs are gone"


def test_what_is_done_to_several_placements_takes_no_words() -> None:
    """A bulk action asks for an action and a day; a field for words here has to be checked too."""
    assert set(SeveralForm.base_fields) == {"action", "ends_on"}


# ---- the supervisor --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "sentence"), TELLING)
@pytest.mark.parametrize("kind", ["sign", "return", "refuse", "propose"])
def test_a_supervisor_who_names_a_client_is_told_what_to_do(
    clinic: Clinic, kind: str, words: str, sentence: str
) -> None:
    shift = clinic.draft()
    link = clinic.send()
    times = {f"{shift.uuid}-starts": "09:30", f"{shift.uuid}-ends": "13:30", f"{shift.uuid}-break_minutes": "30"}
    page = Client().post(url_of(link), answers(link, kind, words=words, **times))
    said = text_of(page)
    assert page.status_code == 200 and sentence in said and "Nothing was signed yet" in said
    assert words in said, "kept as typed"
    assert not SignOff.objects.exists()
    shift.refresh_from_db()
    assert shift.state == Shift.State.SENT


def test_names_of_those_who_were_there_may_stand(clinic: Clinic) -> None:
    shift = clinic.draft()
    words = "Daniela Reyes left Harborview Rehabilitation early; ask Priya Raman."
    outcome = decide(
        link=clinic.send(), decisions=[Decision(shift.uuid, "return", words)], typed_name="Priya Raman",
        confirms_statement=False,
    )  # fmt: skip
    assert [one.words for one in outcome.done] == [words]


def test_words_for_all_the_rest_are_looked_at_too(clinic: Clinic) -> None:
    clinic.draft()
    clinic.draft("2026-11-11 09:00", "2026-11-11 12:00", kind="observation", techniques=[])
    link = clinic.send()
    form = {name: value for name, value in answers(link).items() if not name.startswith(("answer-", "words-"))}
    page = Client().post(url_of(link), {**form, "rest": "return", "rest_words": "Not with Mrs. Miller"})
    assert text_of(page).count("looks like a person’s name") >= 1 and "Not with Mrs. Miller" in text_of(page)
    assert not SignOff.objects.exists()


# ---- paper -----------------------------------------------------------------------------------------------------------


def test_who_reads_a_form_leaves_the_client_out(clinic: Clinic) -> None:
    shift = clinic.draft()
    form = print_form(link=clinic.send(), by=clinic.school.learner_user)
    values: dict[str, Any] = {
        "form": form, "typed_name": "Priya Raman", "signed_on": date(2026, 11, 20), "by": clinic.school.coordinator,
    }  # fmt: skip
    wrong = {shift.uuid: ("return", "Not with Mrs. Miller")}
    with pytest.raises(ValidationError, match="looks like a person"):
        upload_scan(uuid=uuid4(), answers=wrong, attachment=file(), **values)
    assert not PaperScan.objects.exists()
    right = {shift.uuid: ("return", "Not with that client")}
    scan = upload_scan(uuid=uuid4(), answers=right, attachment=file(), **values)
    with pytest.raises(ValidationError, match="looks like a date"):
        refuse_scan(scan=scan, words="It says born 3/4/1961", by=clinic.school.registrar)
    assert PaperScan.objects.get().outcome == ""


# ---- placements ------------------------------------------------------------------------------------------------------


def _ask(clinic: Clinic, words: str) -> Placement:
    site = register_site(school=clinic.school.school, name="St. Anne Center", approved_on=date(2026, 1, 1))
    return request_placement(
        record=clinic.record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1), words=words,
        by=clinic.school.learner_user, now=NOW,
    )  # fmt: skip


def _decline(clinic: Clinic, words: str) -> Placement:
    return decline_placement(placement=_ask(clinic, WHY), words=words, by=clinic.school.coordinator)


def _goal(clinic: Clinic, words: str) -> LearningGoal:
    return add_goal(placement=clinic.placement, words=words, by=clinic.school.learner_user)


@pytest.mark.parametrize(("words", "sentence"), TELLING)
@pytest.mark.parametrize("write", [_ask, _decline, _goal])
def test_words_about_a_placement(
    clinic: Clinic, write: Callable[[Clinic, str], Any], words: str, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence) as refused:
        write(clinic, words)
    assert list(refused.value.message_dict) == ["words"]
    assert not LearningGoal.objects.exists()
    assert not PlacementStep.objects.filter(words=words).exists()


def test_words_about_a_placement_may_name_the_site_and_who_works_there(clinic: Clinic) -> None:
    assert _decline(clinic, "St. Anne Center has no place for Daniela Reyes; ask Cora Coordinator.").pk
