"""A supervisor answers by her link; a learner speaks of her site; what the school reads of both."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification.externships import rules
from certification.externships.models import (
    CheckOff,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    LearningGoal,
    Placement,
    SiteEvaluation,
    Supervisor,
)
from certification.externships.selectors import competencies as seen
from certification.externships.services import (
    add_goal,
    answer_evaluation,
    ask_evaluation,
    assign_supervisor,
    disown_evaluation,
    drop_goal,
    edit_supervisor,
    end_assignment,
    evaluate_site,
    open_placement,
    register_site,
    register_supervisor,
    resend_evaluation,
    revoke_evaluation,
    tick_goal,
    verify_supervisor,
)
from certification.records.models import Milestone
from certification.records.services import ensure_learner, erase_words, export_record, open_record
from notices.models import Message

from .conftest import NOW, Clinic, text_of
from .test_competencies import codes, library, plan, say, version
from .test_requests import asked

__all__ = ["library"]
pytestmark = pytest.mark.django_db


def ask(clinic: Clinic, purpose: str = "checkoff", wanted: tuple[str, ...] = ("SOAP", "DRAPING"), **extra: Any) -> Any:
    return ask_evaluation(
        **{
            "placement": clinic.placement, "supervisor": clinic.supervisor, "purpose": purpose,
            "versions": [version(code).uuid for code in wanted] if purpose == "checkoff" else [],
            "by": clinic.school.learner_user, **extra,
        }
    )  # fmt: skip


def url_of(link: EvaluationLink) -> str:
    body = Message.objects.get(key=f"evaluation-link:{link.uuid}").body
    return reverse("externships:evaluate", args=[body.split("/evaluate/")[1].split("/")[0]])


def form_of(link: EvaluationLink, **marks: str) -> dict[str, str]:
    given = {f"mark-{item.code}": marks.get(item.code.replace("-", "_"), "") for item in seen.shown_by(link).items}
    return {
        "shown": link.digest, "typed_name": "Priya Raman", "confirms_statement": "yes", "words": "She is careful.",
        **given,
    }  # fmt: skip


def test_a_supervisor_rates_by_her_link(library: Clinic) -> None:
    link = ask(library)
    url, browser = url_of(link), Client()
    said = text_of(browser.get(url))
    for words in ("For Dr. Priya Raman, Harborview", "Competencies: Daniela Reyes", "SOAP note", "Draping", "Alone"):
        assert words in said
    assert " checked" not in browser.get(url).content.decode(), "nothing is chosen beforehand"
    done = browser.post(
        url, form_of(link, SOAP="2", DRAPING="fail"), HTTP_USER_AGENT="Phone/1", REMOTE_ADDR="203.0.113.9"
    )
    assert (done.status_code, done["Location"]) == (302, url)
    rows = {row.version.competency.code: row for row in CheckOff.objects.all()}
    assert {code: row.outcome for code, row in rows.items()} == {"SOAP": "passed", "DRAPING": "failed"}
    assert {row.supervisor for row in rows.values()} == {library.supervisor}
    assert codes(library.record) == {"checkoff:SOAP"}
    answer = EvaluationAnswer.objects.get()
    assert (answer.digest, answer.ip, answer.agent, answer.words) == (
        link.digest, "203.0.113.9", "Phone/1", "She is careful.",
    )  # fmt: skip
    assert answer.licence == "Physical therapist, KY PT-10442, 2024-01-01 to 2027-03-31"
    assert "Your answer is noted" in text_of(browser.get(url))
    assert browser.post(url, form_of(link, SOAP="2", DRAPING="fail")).status_code == 302, "a repeat is the same answer"
    late = browser.post(url, form_of(link, SOAP="1", DRAPING="pass"))
    assert late.status_code == 200 and "This other answer was not taken." in text_of(late)
    assert CheckOff.objects.count() == 2, "an answer spends the link"
    receipt = Message.objects.get(key=f"evaluation-receipt:{answer.uuid}")
    assert link.digest in receipt.body and "Draping: not yet" in receipt.body
    assert Message.objects.get(key=f"evaluation-notice:{answer.uuid}").to == "daniela@example.org"


@pytest.mark.parametrize("purpose", ["midterm", "final"])
def test_an_evaluation_posts_its_milestone(library: Clinic, purpose: str) -> None:
    link = ask(library, purpose, by=library.school.coordinator)
    marks = {item.code: "4" for item in seen.shown_by(link).items}
    page = Client().post(url_of(link), form_of(link, **{**marks, "i1": ""}))
    assert "Choose one of the answers" in text_of(page)
    assert not EvaluationAnswer.objects.exists(), "every item is marked"
    Client().post(url_of(link), form_of(link, **marks))
    assert codes(library.record) == {f"evaluation:{purpose}"}
    assert EvaluationAnswer.objects.get().marks == dict.fromkeys(marks, 4)
    assert not CheckOff.objects.exists()


def test_opening_scanning_and_half_forms_answer_nothing(library: Clinic) -> None:
    link = ask(library)
    url, browser, whole = url_of(link), Client(), form_of(link, SOAP="2")
    for _time in range(2):
        assert browser.get(url).status_code == browser.head(url).status_code == 200
    for lacking, sentence in (
        ("typed_name", "Type your full name"), ("confirms_statement", "Tick the sentence"),
        ("shown", "not the one we sent you"), ("mark-SOAP", "Answer at least one"),
    ):  # fmt: skip
        page = browser.post(url, {name: value for name, value in whole.items() if name != lacking})
        assert page.status_code == 200 and sentence in text_of(page)
    for changed, sentence in (
        ({"typed_name": "Paula Smith"}, "This link is for Dr. Priya Raman"),
        ({"mark-SOAP": "9"}, "Choose one"), ({"mark-DRAPING": "2"}, "Choose one"),
        ({"words": "Good with Mrs. Abernathy"}, "looks like a person"),
        ({"words-SOAP": "born 4 May 1970"}, "looks like a date"),
    ):  # fmt: skip
        assert sentence in text_of(browser.post(url, {**whole, **changed}))
    assert not EvaluationAnswer.objects.exists() and not CheckOff.objects.exists()


def test_the_address_is_kept_private(library: Clinic) -> None:
    url = url_of(ask(library))
    for page in (Client().get(url), Client().post(url, {}), Client().get("/evaluate/unknown/")):
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["Cache-Control"] == "no-store, private"
        assert "noindex" in page["X-Robots-Tag"]
    assert EvaluationLink.objects.get().token_hash not in url


def test_dead_links_say_what_to_do(library: Clinic) -> None:
    link = ask(library)
    url = url_of(link)
    with time_machine.travel(NOW + timedelta(days=29), tick=False):
        assert Client().get(url).status_code == 410
    fresh = resend_evaluation(link=link, by=library.school.coordinator)
    assert resend_evaluation(link=link, by=library.school.coordinator) == fresh
    assert Client().get(url).status_code == 404
    assert Client().get(url_of(fresh)).status_code == 200
    edit_supervisor(
        supervisor=library.supervisor, name=library.supervisor.name, email="new@harborview.example",
        licence_number="PT-10442", licence_state="KY", profession="Physical therapist", valid_from=date(2024, 1, 1),
        valid_to=date(2027, 3, 31), by=library.school.coordinator,
    )  # fmt: skip
    assert Client().get(url_of(fresh)).status_code == 404, "what went to her old mailbox opens nothing"
    revoke_evaluation(link=fresh, by=library.school.coordinator)
    assert Client().post(url_of(fresh), form_of(fresh, SOAP="2")).status_code == 404
    for outsider in (library.school.foreign_registrar, library.school.learner_user):
        with pytest.raises(ValidationError, match="Only the school"):
            revoke_evaluation(link=fresh, by=outsider)


def test_who_is_asked_and_by_whom(library: Clinic) -> None:
    first = ask(library)
    assert ask(library) == first, "the same question is asked once"
    assert Message.objects.filter(key__startswith="evaluation-link").count() == 1
    stranger = ensure_user(email="s@example.org", legal_name="S S")
    for by in (stranger, library.school.foreign_registrar, library.school.other_learner_user):
        with pytest.raises(ValidationError, match="Only the learner herself"):
            ask(library, by=by)
    with pytest.raises(ValidationError, match="Choose at least one"):
        ask(library, wanted=())
    with pytest.raises(ValidationError, match="opens after 3"):
        ask(library, wanted=("TECH-MFR",))
    with pytest.raises(ValidationError, match="no form"):
        ask(library, "site")
    Supervisor.objects.update(verified_at=None)
    with pytest.raises(ValidationError, match="not checked"):
        ask(library)
    Supervisor.objects.update(verified_at=NOW, valid_to=date(2026, 11, 19))
    with pytest.raises(ValidationError, match="not valid today"):
        ask(library)
    Supervisor.objects.update(valid_to=None, email="Daniela+x@example.org")
    with pytest.raises(ValidationError, match="learner’s own"):
        ask(library)
    library.supervisor.assignments.all().delete()
    with pytest.raises(ValidationError, match="does not list"):
        ask(library)


def test_three_mails_a_day_are_enough(library: Clinic) -> None:
    for wanted in (("SOAP",), ("DRAPING",), ("PLAN",)):
        ask(library, wanted=wanted)
    with pytest.raises(ValidationError, match="Ask again tomorrow"):
        ask(library, wanted=("CLOSING",))


def test_what_was_decided_meanwhile_is_kept_back_and_the_rest_stands(library: Clinic) -> None:
    link = ask(library)
    say(library, "DRAPING", "fail")
    page = Client().post(url_of(link), form_of(link, SOAP="2", DRAPING="pass"))
    assert "a plan must be made and done" in text_of(page)
    assert codes(library.record) == {"checkoff:SOAP"}
    assert CheckOff.objects.filter(supervisor__isnull=False).count() == 1


def test_a_supervisor_who_failed_her_is_not_asked_again(library: Clinic) -> None:
    link = ask(library, wanted=("SOAP",))
    Client().post(url_of(link), form_of(link, SOAP="1"))
    plan(library, CheckOff.objects.get())
    with pytest.raises(ValidationError, match="Somebody else must rate"):
        ask(library, wanted=("SOAP",), by=library.school.coordinator)
    assert say(library, "SOAP", "2").outcome == "passed"


def leaves(clinic: Clinic, last: date) -> None:
    end_assignment(
        assignment=clinic.supervisor.assignments.get(), until_on=last, by=clinic.school.coordinator,
    )  # fmt: skip


def test_who_left_the_site_rates_nobody_and_ticks_no_goal(library: Clinic) -> None:
    goal = add_goal(placement=library.placement, words="Draping without words", by=library.school.learner_user)
    link, midterm = ask(library), ask(library, "midterm")
    leaves(library, date(2026, 11, 19))
    page = Client().post(url_of(link), form_of(link, SOAP="2"))
    assert "Only who works there rates competencies" in text_of(page)
    with pytest.raises(ValidationError, match="does not work at the site today"):
        ask(library, wanted=("PLAN",))
    with pytest.raises(ValidationError, match="does not list you at this site today"):
        tick_goal(goal=goal, reached=True, supervisor=library.supervisor)
    assert seen.shown_by(midterm).goals, "they stood on the page when she was asked"
    url = url_of(midterm)
    assert goal.words not in text_of(Client().get(url)), "and stand there no more"
    Client().post(url, {**form_of(midterm, **every(midterm)), "goal": [str(goal.uuid)]})
    goal.refresh_from_db()
    assert (EvaluationAnswer.objects.count(), goal.reached_at) == (1, None)
    assert not CheckOff.objects.exists()
    final = ask(library, "final")
    assert seen.shown_by(final).goals == ()


def every(link: EvaluationLink) -> dict[str, str]:
    return {item.code: "4" for item in seen.shown_by(link).items}


@pytest.mark.parametrize(("last", "asked"), [(date(2026, 11, 6), True), (date(2026, 11, 5), False)])
def test_for_two_weeks_after_she_left_she_is_asked_what_she_saw(library: Clinic, last: date, asked: bool) -> None:
    leaves(library, last)
    listed = seen.who_can_evaluate(library.placement, NOW.date())
    assert listed == ([library.supervisor] if asked else [])
    if asked:
        assert ask(library, "final").pk
    else:
        with pytest.raises(ValidationError, match="nor did she in the last 14 days"):
            ask(library, "final")


def test_the_day_is_that_of_the_site(library: Clinic) -> None:
    leaves(library, date(2026, 11, 20))
    evening = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)  # half past eleven there
    with time_machine.travel(evening, tick=False):
        assert ask(library).pk
    with (
        time_machine.travel(evening + timedelta(hours=1), tick=False),
        pytest.raises(ValidationError, match="does not work at the site today"),
    ):
        ask(library, wanted=("PLAN",))


def twice_listed(clinic: Clinic, *addresses: str) -> tuple[User, list[Supervisor]]:
    """Ana teaches at the school; it lists her as a supervisor too, and wrote no account beside the rows."""
    ana = ensure_user(email="ana.diaz@gmail.com", legal_name="Ana Diaz")
    grant_role(user=ana, organisation=clinic.school.school, role="instructor")
    EmailAddress.objects.create(user=ana, email="Ana@harborview.example", verified=True)
    EmailAddress.objects.create(user=ana, email="unproved@harborview.example", verified=False)
    rows = []
    for address in addresses:
        row = register_supervisor(
            school=clinic.school.school, name="Ana Diaz", email=address, licence_number="MT-1", licence_state="KY",
            profession="Massage therapist",
        )  # fmt: skip
        assign_supervisor(supervisor=row, site=clinic.site, from_on=date(2026, 9, 1))
        rows.append(verify_supervisor(supervisor=row, by=clinic.school.coordinator))
    return ana, rows


def answer(link: EvaluationLink, **marks: str) -> Any:
    return answer_evaluation(
        link=link, values={code.replace("_", "-"): mark for code, mark in marks.items()}, item_words={}, words="",
        digest=link.digest, typed_name=link.supervisor.name, confirms_statement=True,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["anadiaz@googlemail.com", "ANA@harborview.example"])
def test_who_failed_her_by_link_does_not_pass_her_at_the_desk_nor_by_another_row(library: Clinic, address: str) -> None:
    ana, (row, same) = twice_listed(library, address, "ana+massage@harborview.example")
    other = ask(library, wanted=("SOAP",), supervisor=same)
    answer(ask(library, wanted=("SOAP",), supervisor=row), SOAP="1")
    plan(library, CheckOff.objects.get())
    with pytest.raises(ValidationError, match="Somebody else must rate"):
        say(library, "SOAP", "2", by=ana)
    kept = answer(other, SOAP="2")
    assert not kept.checkoffs and "Somebody else must rate" in kept.kept_back[0]
    assert say(library, "SOAP", "2").outcome == "passed"


def test_who_failed_her_at_the_desk_does_not_pass_her_by_link(library: Clinic) -> None:
    ana, (row, stranger) = twice_listed(library, "ana@harborview.example", "unproved@harborview.example")
    link = ask(library, wanted=("SOAP",), supervisor=row)
    plan(library, say(library, "SOAP", "1", by=ana))
    with pytest.raises(ValidationError, match="Somebody else must rate"):
        ask(library, wanted=("SOAP", "PLAN"), supervisor=row)
    kept = answer(link, SOAP="2")
    assert not kept.checkoffs and "Somebody else must rate" in kept.kept_back[0]
    passed = answer(ask(library, wanted=("SOAP",), supervisor=stranger), SOAP="2")
    assert [row.outcome for row in passed.checkoffs] == ["passed"], "an address that she only claimed is nobody’s"


def test_a_learner_signed_in_answers_nothing_for_another(library: Clinic) -> None:
    link = ask(library)
    page = library.learner().post(url_of(link), form_of(link, SOAP="3"))
    assert "Nobody rates herself" in text_of(page)
    assert not EvaluationAnswer.objects.exists()


def test_not_me_voids_the_link_and_tells_the_school(library: Clinic) -> None:
    link = ask(library)
    url = url_of(link) + "not-me/"
    assert "Tick the sentence" in text_of(Client().post(url, {}))
    assert "Nothing was signed" in text_of(Client().post(url, {"sure": "yes", "words": "Who is she?"}))
    first = EvaluationLink.objects.get()
    assert first.revoked_why == "disowned"
    assert disown_evaluation(link=link).revoked_at == first.revoked_at, "saying it twice changes nothing"
    assert "Who is she?" in Message.objects.get(key__startswith="evaluation-disowned").body
    assert Client().get(url_of(link)).status_code == 404


# ---- the site --------------------------------------------------------------------------------------------------------


def placed(clinic: Clinic, count: int) -> list[Any]:
    """More learners at the site."""
    placements = [clinic.placement]
    for number in range(1, count):
        record = open_record(
            learner=ensure_learner(user=ensure_user(email=f"l{number}@example.org", legal_name=f"Learner {number}")),
            school=clinic.school.school, rule_set=clinic.record.rule_set, program_code="S", program_title="S",
            enrolled_on=date(2026, 1, 5), source_key=f"enrollment:l{number}",
        )  # fmt: skip
        placements.append(
            open_placement(
                record=record, site=clinic.site, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28),
                required_minutes=600, approved_by=clinic.school.coordinator,
            )
        )  # fmt: skip
    return placements


def speak(placement: Any, mark: int, words: str = "") -> SiteEvaluation:
    form = EvaluationForm.objects.get(purpose="site", state="in_use")
    marks = {item["code"]: mark for item in form.items}
    return evaluate_site(placement=placement, form=form, marks=marks, words=words, by=placement.record.learner.user)


def test_nothing_of_a_site_is_said_before_three_have_spoken(library: Clinic, django_assert_num_queries) -> None:
    placements = placed(library, 3)
    staff = library.school.client(library.school.coordinator)
    url = reverse("externships:desk_evaluations")
    for placement in placements[:2]:
        speak(placement, 1, words="Cold rooms.")
    page = text_of(staff.get(url))
    assert "Fewer than three learners have spoken" in page
    assert "Cold rooms" not in page and "of 5" not in page
    speak(placements[2], 5, words="A good place.")
    page = text_of(staff.get(url))
    assert "2.33 of 5" in page and "from 3 learners" in page and "Cold rooms" in page
    for name in ("Learner 1", "Learner 2"):
        assert name not in page
    with django_assert_num_queries(1):
        seen.voices_of([library.school.school])


def test_a_learner_speaks_once_of_her_own_site(library: Clinic) -> None:
    (placement, other) = placed(library, 2)
    url = reverse("externships:evaluate_site", args=[placement.uuid])
    learner = library.learner()
    form = EvaluationForm.objects.get(purpose="site")
    marks = {f"mark-{item['code']}": "4" for item in form.items}
    missing = learner.post(url, {**marks, "mark-i1": ""})
    assert missing.status_code == 422
    assert f"{form.items[0]['text']}: Choose one of the answers." in text_of(missing), "the summary says which"
    assert learner.post(url, {**marks, "mark-i1": "6"}).status_code == 422
    assert learner.post(url, {**marks, "words": "Mrs. Abernathy was kind"}).status_code == 422
    assert learner.post(url, {**marks, "words": "Dr. Priya Raman was kind"}).status_code in (302, 422)
    learner.post(url, marks)
    learner.post(url, {**marks, "words": "Again."})
    assert SiteEvaluation.objects.get().words in ("", "Dr. Priya Raman was kind")
    assert "You have answered" in text_of(learner.get(url))
    assert learner.get(reverse("externships:evaluate_site", args=[other.uuid])).status_code == 404
    with pytest.raises(ValidationError, match="Only the learner herself"):
        evaluate_site(placement=other, form=form, marks={}, words="", by=library.school.learner_user)


def test_where_she_was_never_placed_nobody_is_asked_and_she_says_nothing(library: Clinic) -> None:
    """A request takes no place: by asking again and again one learner would speak for three."""
    there = reverse("externships:evaluate_site", args=[library.placement.uuid])
    elsewhere = register_site(school=library.school.school, name="St. Anne", approved_on=date(2026, 1, 1))
    placement = asked(library, elsewhere, starts_on=library.placement.starts_on)
    assert placement.state == "requested"
    learner, url = library.learner(), reverse("externships:evaluate_site", args=[placement.uuid])
    page = learner.get(reverse("externships:competencies")).content.decode()
    assert there in page and url not in page
    assert learner.get(url).status_code == 404
    with pytest.raises(ValidationError, match="has not begun"):
        speak(placement, 1)
    with pytest.raises(ValidationError, match="has not approved"):
        ask_evaluation(
            placement=placement, supervisor=library.supervisor, purpose="midterm", by=library.school.learner_user
        )


def test_before_the_gates_her_supervisor_can_already_be_asked(library: Clinic) -> None:
    """Check-offs may be what she waits for: whoever is at the site can pass them."""
    (placement,) = placed(library, 1)
    Placement.objects.filter(pk=placement.pk).update(state="approved")
    page = library.learner().get(reverse("externships:competencies") + f"?record={placement.record.uuid}")
    assert reverse("externships:ask_evaluation", args=[placement.uuid]) in page.content.decode()


# ---- what is taken away and what goes --------------------------------------------------------------------------------


def test_an_export_tells_all_and_the_schools_copy_not_what_she_said_of_the_site(library: Clinic) -> None:
    link = ask(library)
    Client().post(url_of(link), form_of(link, SOAP="2"))
    say(library, "PLAN", "1", words="More measures.")
    speak(library.placement, 2, words="Noisy.")
    own = seen.competency_rows_told(library.record, False)
    assert own is not None
    assert {row["code"]: row["outcome"] for row in own["checkoffs"]} == {"SOAP": "passed", "PLAN": "failed"}
    assert own["evaluations"][0]["shown"]["learner"] == "Daniela Reyes"
    assert own["sites"][0]["words"] == "Noisy."
    whole = seen.competency_rows_told(library.record, True)
    assert whole is not None and "sites" not in whole
    assert b"competencies.json" in export_record(record=library.record, whole=False)


def test_words_go_and_outcomes_stay(library: Clinic) -> None:
    from certification.externships.services import competency_words, erase_competency_words

    link = ask(library)
    Client().post(url_of(link), form_of(link, SOAP="2"), HTTP_USER_AGENT="Phone/1")
    plan(library, say(library, "PLAN", "1", words="More measures."))
    speak(library.placement, 2, words="Noisy.")
    open_link = ask(library, "midterm")
    assert competency_words(record=library.record) == 6
    with pytest.raises(Exception, match="never"):
        erase_competency_words(record=library.record)
    erase_words(record=library.record, basis="asked")
    assert erase_competency_words(record=library.record) == 6
    assert erase_competency_words(record=library.record) == 0
    answer = EvaluationAnswer.objects.get()
    assert (answer.typed_name, answer.words, answer.ip, answer.signer) == ("", "", None, "name erased")
    assert {row.outcome for row in CheckOff.objects.all()} == {"passed", "failed"}
    assert Milestone.objects.filter(record=library.record).exists()
    for one in (link, open_link):
        assert Client().get(url_of(one)).status_code == 404, "what was erased is shown to nobody"
    with pytest.raises(Exception, match="unknown"):
        answer_evaluation(
            link=EvaluationLink.objects.get(pk=open_link.pk), values={}, item_words={}, words="", digest="",
            typed_name="", confirms_statement=True,
        )  # fmt: skip


# ---- her goals -------------------------------------------------------------------------------------------------------


def goal_of(clinic: Clinic, words: str) -> LearningGoal:
    return add_goal(placement=clinic.placement, words=words, by=clinic.school.learner_user)


def test_a_supervisor_ticks_goals_by_her_link(library: Clinic) -> None:
    first, second = goal_of(library, "Drape without being reminded"), goal_of(library, "Ask before each stroke")
    link = ask(library, wanted=("SOAP",))
    later = goal_of(library, "Written after the mail")
    url, browser = url_of(link), Client()
    page = browser.get(url)
    said = text_of(page)
    assert "tick what she has reached" in said and second.words in said and later.words not in said
    form = {**form_of(link, SOAP="2"), "goal": [str(first.uuid), str(later.uuid)]}
    wrong = browser.post(url, {**form, "typed_name": ""})
    assert f'value="{first.uuid}" checked' in wrong.content.decode(), "what was ticked stays"
    assert not LearningGoal.objects.filter(reached_at__isnull=False).exists()
    assert browser.post(url, form).status_code == 302
    (reached,) = LearningGoal.objects.filter(reached_at__isnull=False)
    assert (reached.pk, reached.reached_by, reached.reached_by_supervisor) == (first.pk, None, library.supervisor)
    page = browser.get(url)
    assert f"<dt>{first.words}</dt><dd>Reached</dd>" in page.content.decode() and second.words not in text_of(page)
    answer = EvaluationAnswer.objects.get()
    assert {name for name in answer.marks if name.startswith("goal:")} == {f"goal:{first.uuid}"}
    receipt = Message.objects.get(key=f"evaluation-receipt:{answer.uuid}").body
    assert f"- {first.words}: reached" in receipt and second.words not in receipt
    tick_goal(goal=second, reached=True, by=library.school.coordinator)
    assert second.words not in text_of(browser.get(url)), "somebody else ticked it"
    tick_goal(goal=first, reached=False, by=library.school.coordinator)
    desk = library.school.client(library.school.coordinator)
    for page in (browser.get(url), desk.get(reverse("externships:desk_evaluation", args=[link.uuid]))):
        assert f"<dt>{first.words}</dt><dd>Reached</dd>" in page.content.decode(), "her answer stays what it was"
    tick_goal(goal=first, reached=True, supervisor=library.supervisor)
    assert "Dr. Priya Raman, 20 November 2026" in text_of(
        library.learner().get(reverse("externships:placement", args=[library.placement.uuid]))
    )


def test_what_was_dropped_meanwhile_is_left_and_her_ratings_stand(library: Clinic) -> None:
    goal = goal_of(library, "Drape without being reminded")
    link = ask(library, wanted=("SOAP",))
    drop_goal(goal=goal, by=library.school.learner_user)
    url = url_of(link)
    assert Client().post(url, {**form_of(link, SOAP="2"), "goal": str(goal.uuid)}).status_code == 302
    assert CheckOff.objects.get().rating == 2
    assert not LearningGoal.objects.exists()


def test_who_is_not_named_where_others_are_ticks_nothing(library: Clinic) -> None:
    goal = goal_of(library, "Drape without being reminded")
    link = ask(library, wanted=("SOAP",))
    other = register_supervisor(
        school=library.school.school, name="Omar Haddad", email="omar@example.com", licence_number="1",
        licence_state="KY", profession="x",
    )  # fmt: skip
    assign_supervisor(supervisor=other, site=library.site, from_on=date(2026, 9, 1))
    library.placement.supervisors.set([other])
    assert Client().post(url_of(link), {**form_of(link, SOAP="2"), "goal": str(goal.uuid)}).status_code == 302
    assert LearningGoal.objects.get().reached_at is None and CheckOff.objects.get().rating == 2
    with pytest.raises(ValidationError, match="named others"):
        tick_goal(goal=goal, reached=True, supervisor=library.supervisor)
    again = ask(library, wanted=("PLAN",))
    assert seen.shown_by(again).goals == ()


def test_the_goals_are_part_of_what_was_shown(library: Clinic) -> None:
    goal = goal_of(library, "Drape without being reminded")
    link = ask(library, wanted=("SOAP",))
    (shown,) = seen.shown_by(link).goals
    assert (shown.uuid, shown.words) == (str(goal.uuid), goal.words)
    assert link.digest == rules.digest_of(link.shown)
