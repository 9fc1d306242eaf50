"""What instructors, learners and registrars see of competencies, on pages that need no script."""

from uuid import uuid4

import pytest
from django.urls import reverse

from certification.externships.models import (
    CheckOff,
    Competency,
    CompetencyVersion,
    EvaluationForm,
    Practical,
    Remediation,
)
from certification.externships.services import ask_evaluation
from tests.worlds import School

from .conftest import Clinic, text_of
from .test_competencies import library, plan, say, second_instructor, sign_sessions, version

__all__ = ["library"]
pytestmark = pytest.mark.django_db


def test_the_library_by_one_button_then_a_version_of_ones_own(school: School) -> None:
    client = school.client(school.instructor)
    home = reverse("externships:desk_competencies")
    assert "Begin with the library" in text_of(client.get(home))
    client.post(reverse("externships:desk_take_over_library", args=["riverbend"]))
    assert CompetencyVersion.objects.filter(state="in_use").count() == 20
    soap = Competency.objects.get(code="SOAP")
    url = reverse("externships:desk_competency", args=[soap.uuid])
    words = {"title": "Our note", "criteria": "Ours.", "opens_after": "0", "do": "draft"}
    assert client.post(url, words).status_code == 302
    assert [one.state for one in soap.versions.order_by("number")] == ["in_use", "draft"]
    assert client.post(url, {**words, "before_clients": "on", "opens_after": "2"}).status_code == 422
    client.post(url, {**words, "do": "use"})
    assert [one.state for one in soap.versions.order_by("number")] == ["retired", "in_use"]
    client.post(reverse("externships:desk_retire_competency", args=[soap.uuid]), {"sure": "yes"})
    assert "Asked for no more" in text_of(client.get(home))
    new = {"code": "gait", "title": "Gait", "criteria": "Looks.", "opens_after": "0", "key": str(uuid4()), "do": "use"}
    for _tap in "ab":
        client.post(reverse("externships:desk_new_competency"), new)
    assert Competency.objects.filter(code="GAIT").count() == 1
    form = EvaluationForm.objects.get(purpose="final")
    client.post(reverse("externships:desk_evaluation_form", args=[form.uuid]), {"title": "End", "texts": "One\nTwo"})
    assert EvaluationForm.objects.get(purpose="final", state="in_use").number == 2


def test_an_instructor_rates_on_her_phone(library: Clinic) -> None:
    client = library.school.client(library.school.instructor)
    assert "Daniela Reyes" in text_of(client.get(reverse("externships:desk_checkoffs"), {"q": "dani"}))
    url = reverse("externships:desk_checkoff_sheet", args=[library.record.uuid])
    page = client.get(url).content.decode()
    assert " checked" not in page
    assert f'name="rate-{version("TECH-MFR").uuid}"' not in page, "what is closed has no choices"
    form = {
        "key": str(uuid4()), f"rate-{version('DRAPING').uuid}": "pass", f"rate-{version('SOAP').uuid}": "1",
        f"words-{version('SOAP').uuid}": "Side and unit.", "placement": str(library.placement.uuid),
    }  # fmt: skip
    for _tap in "ab":
        assert client.post(url, form).status_code == 302
    assert {row.version.competency.code: row.placement_id for row in CheckOff.objects.all()} == {
        "DRAPING": library.placement.pk, "SOAP": library.placement.pk,
    }  # fmt: skip
    refused = client.post(url, {f"rate-{version('PLAN').uuid}": "2", f"words-{version('PLAN').uuid}": "Mrs. Abernathy"})
    assert refused.status_code == 422
    assert "looks like a person" in text_of(refused) and "Mrs. Abernathy" in refused.content.decode()
    assert client.post(url, {}).status_code == 422
    said = text_of(client.get(url))
    assert "“Side and unit.”" in said and "Make a plan" in said and "1 of 20 competencies is passed" in said


def test_a_plan_is_made_and_done_on_the_desk(library: Clinic) -> None:
    failed = say(library, "SOAP", "1")
    client = library.school.client(library.school.registrar)
    home = reverse("externships:desk_checkoffs")
    assert "Needs a plan" in text_of(client.get(home))
    url = reverse("externships:desk_remediation", args=[failed.uuid])
    instructor = library.school.instructor
    form = {"minutes": "45", "instructor": str(instructor.uuid), "due_on": "2026-12-01", "words": "Two notes."}
    assert client.post(url, {**form, "due_on": "2026-01-01"}).status_code == 422
    assert client.post(url, form).status_code == 302
    made = Remediation.objects.get()
    assert "due 1 Dec 2026" in text_of(client.get(home))
    sheet = reverse("externships:desk_checkoff_sheet", args=[library.record.uuid])
    assert "Instructors and coordinators rate" in text_of(client.get(sheet))
    assert client.post(sheet, {f"rate-{version('PLAN').uuid}": "2"}).status_code == 200
    client.post(reverse("externships:desk_remediation_done", args=[made.uuid]), {"sure": "yes"})
    made.refresh_from_db()
    assert made.state == "done"
    assert "Somebody else must rate it now" in text_of(library.school.client(instructor).get(sheet))
    assert "Ready for a re-test" in text_of(library.school.client(second_instructor(library)).get(sheet))


def test_a_learner_sees_how_each_stands(library: Clinic, django_assert_max_num_queries) -> None:
    say(library, "DRAPING", "pass", words="Calm and sure.")
    plan(library, say(library, "SOAP", "1"), done=False)
    sign_sessions(library, 1, ["mfr"])
    learner = library.learner()
    with django_assert_max_num_queries(24):
        said = text_of(learner.get(reverse("externships:competencies")))
    for words in (
        "1 of 20 is passed", "“Calm and sure.”", "Not yet: planned", "90 minutes with Ines Instructor, due 1 December 2026",
        "Opens after 3 signed client sessions with it: you have 1, 2 are missing.", "Before your first client",
        "Ask a supervisor at Harborview",
    ):  # fmt: skip
        assert words in said, words
    assert "Your competencies" in text_of(learner.get(reverse("externships:shifts")))
    other = library.school.client(library.school.other_learner_user)
    assert "Nothing is asked for yet" in text_of(other.get(reverse("externships:competencies")))


def test_a_learner_asks_her_supervisor(library: Clinic) -> None:
    url = reverse("externships:ask_evaluation", args=[library.placement.uuid])
    learner, supervisor = library.learner(), str(library.supervisor.uuid)
    page = learner.get(url)
    assert "Dr. Priya Raman" in text_of(page) and "Myofascial release" not in text_of(page)
    assert learner.post(url, {"purpose": "checkoff", "supervisor": supervisor}).status_code == 422
    done = learner.post(url, {"purpose": "checkoff", "supervisor": supervisor, "versions": [str(version("PLAN").uuid)]})
    assert done["Location"] == reverse("externships:competencies")
    assert "Waits" in text_of(learner.get(done["Location"]))
    staff = library.school.client(library.school.coordinator)
    assert staff.post(url, {"purpose": "midterm", "supervisor": supervisor}).status_code == 302
    assert library.school.client(library.school.other_learner_user).get(url).status_code == 404


def test_staff_see_what_was_asked_and_void_it(library: Clinic, django_assert_max_num_queries) -> None:
    links = [
        ask_evaluation(
            placement=library.placement, supervisor=library.supervisor, purpose=purpose, by=library.school.coordinator
        )
        for purpose in ("midterm", "final")
    ]
    staff = library.school.client(library.school.coordinator)
    home = reverse("externships:desk_evaluations")
    with django_assert_max_num_queries(14):
        assert text_of(staff.get(home)).count("Waits") == 2
    assert "There is no answer yet" in text_of(staff.get(reverse("externships:desk_evaluation", args=[links[0].uuid])))
    staff.post(reverse("externships:desk_revoke_evaluation", args=[links[0].uuid]), {"sure": "yes"})
    staff.post(reverse("externships:desk_evaluation_again", args=[links[1].uuid]))
    said = text_of(staff.get(home))
    assert (said.count("Waits"), said.count("Void")) == (1, 1)


def test_a_registrar_writes_down_a_kind_and_plans_one(library: Clinic) -> None:
    client, second = library.school.client(library.school.registrar), second_instructor(library)
    home = reverse("externships:desk_practicals")
    assert "No kind of examination yet" in text_of(client.get(home))
    kind = {"code": "final", "title": "Final", "pass_percent": "75", "codes": ["SOAP"], "key": str(uuid4())}
    assert client.post(reverse("externships:desk_new_practical_kind"), {**kind, "pass_percent": "0"}).status_code == 422
    client.post(reverse("externships:desk_new_practical_kind"), kind)
    assert "Daniela Reyes" in text_of(client.get(reverse("externships:desk_find_examinee")))
    url = reverse("externships:desk_plan_practical", args=[library.record.uuid])
    from certification.externships.models import PracticalKind

    form = {
        "kind": str(PracticalKind.objects.get().uuid), "on_day": "2026-11-20", "place": "Lab",
        "first": str(library.school.instructor.uuid), "second": str(library.school.instructor.uuid),
    }  # fmt: skip
    assert "two different people" in text_of(client.post(url, form))
    done = client.post(url, {**form, "second": str(second.uuid)})
    assert done["Location"] == reverse("externships:desk_practical", args=[Practical.objects.get().uuid])
    assert "Daniela Reyes" in text_of(library.school.client(second).get(home))
    client.post(reverse("externships:desk_cancel_practical", args=[Practical.objects.get().uuid]), {"sure": "yes"})
    assert "None here" in text_of(client.get(home))
    assert "You examine nobody now" in text_of(library.school.client(second).get(home))
