"""Papers of the registers, what a site is, and licenses that were not valid: who may read what, and what stays."""

import hashlib
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.externships.models import RegisterPaper, SignOff, Site, Supervisor
from certification.externships.selectors import lost_to_a_licence, papers_of, signed_outside_the_licence
from certification.externships.services import (
    add_paper,
    edit_supervisor,
    open_placement,
    register_supervisor,
    verify_supervisor,
    withdraw_paper,
)
from certification.records.selectors import transcript_for
from tests.records.making import paper

from .conftest import Clinic, answers, details_of, second_record, text_of
from .test_placements import at, sign_one
from .test_registers import shown_in, site_form, words_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    """The coordinator's browser."""
    return clinic.school.client(clinic.school.coordinator)


# ---- papers ----------------------------------------------------------------------------------------------------------


def paper_form(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "kind": "agreement", "starts_on": "2026-01-01", "ends_on": "2027-06-30",
        "attachment": paper("Agreement signed.pdf"), **fields,
    }  # fmt: skip


def test_a_paper_is_kept_once_shown_and_downloaded(clinic: Clinic, desk: Client) -> None:
    address, form = at("desk_site_paper", clinic.site), paper_form()
    assert "None yet" in words_of(desk.get(at("desk_site", clinic.site)))
    for _click in range(2):
        form["attachment"].seek(0)
        assert desk.post(address, form)["Location"] == at("desk_site", clinic.site)
    kept = RegisterPaper.objects.get()
    assert kept.attachment_sha256 == hashlib.sha256(PDF).hexdigest()
    assert (kept.added_by, kept.attachment_type) == (clinic.school.coordinator, "application/pdf")
    assert str(kept.attachment.name).startswith("register-papers/paper")
    said = words_of(desk.get(at("desk_site", clinic.site)))
    assert "Agreement_signed.pdf. Added by Cora Coordinator. It speaks of these days: 1 Jan 2026 – 30 Jun 2027" in said
    sent: Any = desk.get(at("desk_paper", kept))
    assert b"".join(sent.streaming_content) == PDF
    assert sent["Content-Disposition"] == 'attachment; filename="Agreement_signed.pdf"'
    assert sent["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "change,field,sentence",
    [
        ({"kind": ""}, "kind", "Choose what it is"),
        ({"kind": "cv"}, "kind", "Select a valid choice"),
        ({"attachment": ""}, "attachment", "Choose the file"),
        ({"attachment": paper("a.pdf", b"MZ\x90\x00 not a paper")}, "attachment", "Attach a PDF or a picture"),
        ({"attachment": paper("a.pdf", PDF + b"x" * 10 * 1024 * 1024)}, "attachment", "larger than 10 MB"),
        ({"ends_on": "2025-12-31"}, "ends_on", "The last day lies before the first"),
    ],
)
def test_a_wrong_paper_is_refused_beside_the_field(
    clinic: Clinic, desk: Client, change: dict[str, Any], field: str, sentence: str
) -> None:
    page = desk.post(at("desk_site_paper", clinic.site), paper_form(**change))
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors[field])
    assert not RegisterPaper.objects.exists()


def test_a_newer_one_stands_beside_and_a_wrong_one_is_withdrawn_and_stays(clinic: Clinic, desk: Client) -> None:
    by, owner = clinic.school.coordinator, clinic.supervisor
    old = add_paper(owner=owner, kind="licence", attachment=paper("old.pdf"), by=by)
    assert add_paper(owner=owner, kind="licence", attachment=paper("again.pdf"), by=by) == old, "the same bytes"
    new = add_paper(owner=owner, kind="licence", attachment=paper("new.pdf", PDF + b"2"), by=by)
    assert {one.pk for one in papers_of(owner)} == {old.pk, new.pk}
    address = at("desk_withdraw_paper", old)
    assert "few words why" in words_of(desk.post(address, {"why": " "}))
    for _click in range(2):
        assert desk.post(address, {"why": "Another person’s"}).status_code == 302
    old.refresh_from_db()
    assert (old.withdrawn_by, old.withdrawn_why) == (by, "Another person’s")
    said = words_of(desk.get(at("desk_supervisor", owner)))
    assert said.index("new.pdf") < said.index("old.pdf")
    assert "Withdrawn by Cora Coordinator, 20 Nov 2026: “Another person’s”" in said
    assert desk.get(at("desk_paper", old)).status_code == 200, "it can still be read"
    back = add_paper(owner=owner, kind="licence", attachment=paper("back.pdf"), by=by)
    assert back.pk != old.pk


@pytest.mark.parametrize("who", ["instructor", "learner_user", "foreign_registrar"])
def test_nobody_else_reads_or_writes_papers(clinic: Clinic, who: str) -> None:
    kept = add_paper(owner=clinic.site, kind="other", attachment=paper(), by=clinic.school.registrar)
    client = clinic.school.client(getattr(clinic.school, who))
    for name, row in (
        ("desk_paper", kept), ("desk_withdraw_paper", kept), ("desk_site_paper", clinic.site),
        ("desk_supervisor_paper", clinic.supervisor),
    ):  # fmt: skip
        assert client.get(at(name, row)).status_code == 404
    assert client.post(at("desk_withdraw_paper", kept), {"why": "Mine."}).status_code == 404
    assert client.post(at("desk_site_paper", clinic.site), paper_form()).status_code == 404
    assert Client().get(at("desk_paper", kept)).status_code == 302
    with pytest.raises(ValidationError, match="coordinators and registrars"):
        add_paper(owner=clinic.site, kind="other", attachment=paper(), by=getattr(clinic.school, who))
    with pytest.raises(ValidationError, match="coordinators and registrars"):
        withdraw_paper(paper=kept, why="Mine.", by=getattr(clinic.school, who))
    assert RegisterPaper.objects.get().withdrawn_at is None


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "change",
    [
        "attachment = 'x'", "attachment_sha256 = 'x'", "attachment_name = 'x'", "kind = 'other'", "site_id = NULL",
        "ends_on = NULL", "added_by_id = added_by_id + 1", "erased_at = '2026-11-20 10:00:00+00'",
        "withdrawn_why = 'another'", "withdrawn_at = NULL, withdrawn_by_id = NULL, withdrawn_why = ''",
    ],
)  # fmt: skip
def test_the_database_writes_over_no_paper(clinic: Clinic, change: str) -> None:
    by = clinic.school.coordinator
    kept = add_paper(owner=clinic.site, kind="agreement", attachment=paper(), by=by, ends_on=date(2027, 1, 1))
    withdraw_paper(paper=kept, why="Wrong one.", by=by)
    with pytest.raises(DatabaseError, match="never"):
        run(f"UPDATE externships_registerpaper SET {change}")
    with pytest.raises(DatabaseError, match="never"):
        run("DELETE FROM externships_registerpaper")


# ---- what a site is --------------------------------------------------------------------------------------------------


def test_a_site_keeps_its_details(clinic: Clinic, desk: Client) -> None:
    form = site_form(
        kind="hospital", capacity="3", insurance_starts_on="2026-01-01", insurance_ends_on="2026-12-31",
        policy_number=" PL  77 ", latitude="32.076175", longitude="-81.088371", contact="Ana Cole, (912) 555-0143",
    )  # fmt: skip
    assert desk.post(reverse("externships:desk_new_site"), form).status_code == 302
    site = Site.objects.get(organisation__name="Lowcountry Sports Clinic")
    assert (site.kind, site.capacity, site.policy_number) == ("hospital", 3, "PL 77")
    assert (site.latitude, site.longitude) == (Decimal("32.076175"), Decimal("-81.088371"))
    assert site.insurance.last == date(2026, 12, 31)
    said = words_of(desk.get(at("desk_site", site)))
    for needed in ("Insurance In force until 31 Dec 2026 PL 77", "Hospital", "Learners at a time 3", "Ana Cole"):
        assert needed in said
    assert "Insurance In force until 31 Dec 2026" in words_of(desk.get(reverse("externships:desk_sites")))
    edit = at("desk_edit_site", site)
    shown = {**shown_in(desk.get(edit)), "capacity": "2"}
    assert desk.post(edit, shown).status_code == 302
    site.refresh_from_db()
    assert (site.capacity, site.kind, site.latitude) == (2, "hospital", Decimal("32.076175"))


@pytest.mark.parametrize(
    "change,field,sentence",
    [
        ({"capacity": "0"}, "capacity", "greater than or equal to 1"),
        ({"latitude": "32"}, "longitude", "needs both numbers"),
        ({"longitude": "32"}, "latitude", "needs both numbers"),
        ({"latitude": "91", "longitude": "1"}, "latitude", "less than or equal to 90"),
        (
            {"insurance_starts_on": "2026-05-01", "insurance_ends_on": "2026-04-30"},
            "insurance_ends_on",
            "before the first",
        ),
        ({"kind": "bar"}, "kind", "Select a valid choice"),
    ],
)
def test_details_that_cannot_be(
    clinic: Clinic, desk: Client, change: dict[str, str], field: str, sentence: str
) -> None:
    page = desk.post(reverse("externships:desk_new_site"), site_form(**change))
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors[field])
    assert Site.objects.count() == 1


def test_fewer_places_than_are_taken_are_refused(clinic: Clinic, rule_set: Any) -> None:
    open_placement(
        record=second_record(clinic, rule_set), site=clinic.site, starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 31),
        required_minutes=60, approved_by=clinic.school.coordinator,
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        details_of(clinic, capacity=1)
    assert "On 1 February 2027 more learners are placed there" in str(refused.value.message_dict["capacity"])
    assert details_of(clinic, capacity=2).capacity == 2


def test_an_insurance_that_is_over_stops_new_shifts_and_signatures_stand(clinic: Clinic) -> None:
    sign_one(clinic)
    details_of(clinic, insurance_starts_on=date(2026, 1, 1), insurance_ends_on=date(2026, 11, 9))
    assert clinic.draft("2026-11-09 14:00", "2026-11-09 15:00").pk
    with pytest.raises(ValidationError, match=r"insurance of Harborview Rehabilitation .* does not cover 10 November"):
        clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    details_of(clinic, insurance_starts_on=None, insurance_ends_on=None)
    assert clinic.draft("2026-11-10 09:00", "2026-11-10 12:00").pk
    assert SignOff.objects.get().posted_minutes == 240


@pytest.mark.parametrize("sql", ["capacity = 0", "kind = 'bar'", "latitude = 10", "latitude = 91, longitude = 0"])
def test_the_database_knows_what_a_site_can_be(clinic: Clinic, sql: str) -> None:
    with pytest.raises(DatabaseError, match=r"site_|CHECK|check"):
        run(f"UPDATE externships_site SET {sql}")


# ---- supervisors -----------------------------------------------------------------------------------------------------


def test_a_number_kept_before_there_was_a_form_for_it_blocks_no_other_change(clinic: Clinic, desk: Client) -> None:
    Supervisor.objects.update(phone="912 555 0143 ext. 4")
    edit = at("desk_edit_supervisor", clinic.supervisor)
    form = {**shown_in(desk.get(edit)), "profession": "Chiropractor"}
    assert desk.post(edit, form).status_code == 302
    clinic.supervisor.refresh_from_db()
    assert (clinic.supervisor.phone, clinic.supervisor.profession) == ("912 555 0143 ext. 4", "Chiropractor")
    form = {**shown_in(desk.get(edit)), "phone": "912 555 0143 ext. 5"}
    assert "Write the number like" in words_of(desk.post(edit, form))


def test_a_phone_number_is_kept_in_one_form_and_what_was_looked_at_is_noted(clinic: Clinic, desk: Client) -> None:
    edit = at("desk_edit_supervisor", clinic.supervisor)
    form = shown_in(desk.get(edit))
    assert "Write the number like" in words_of(desk.post(edit, {**form, "phone": "call me"}))
    assert desk.post(edit, {**form, "phone": "(912) 555-0143"}).status_code == 302
    clinic.supervisor.refresh_from_db()
    assert (clinic.supervisor.phone, clinic.supervisor.verified_by) == ("+19125550143", clinic.school.coordinator)
    made = register_supervisor(
        school=clinic.school.school, name="Omar Haddad", email="omar@example.com", licence_number="1",
        licence_state="KY", profession="Massage therapist", phone="+44 20 7946 0958",
    )  # fmt: skip
    assert made.phone == "+442079460958"
    said = words_of(desk.get(at("desk_supervisor", made)))
    assert "What you looked at" in said
    desk.post(at("desk_verify", made), {"version": "1", "from": "supervisor", "source": " the board’s  page "})
    made.refresh_from_db()
    assert made.verified_source == "the board’s page"
    assert "Looked at: the board’s page." in words_of(desk.get(at("desk_supervisor", made)))
    edit_supervisor(
        supervisor=made, name=made.name, email=made.email, licence_number="2", licence_state="KY",
        profession=made.profession, valid_from=None, valid_to=None, by=clinic.school.coordinator,
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.verified_source, made.phone) == ("", "+442079460958"), "the check was of the other license"


def test_minutes_outside_the_license_are_not_creditable_and_both_sides_read_why(clinic: Clinic, desk: Client) -> None:
    """The dates were put right between sending and signing; the signature stands, and the rules leave the minutes out."""
    shift = clinic.draft()
    clinic.send()
    sup = clinic.supervisor
    edit_supervisor(
        supervisor=sup, name=sup.name, email=sup.email, licence_number=sup.licence_number, licence_state="KY",
        profession=sup.profession, valid_from=date(2024, 1, 1), valid_to=date(2026, 11, 8), by=clinic.school.coordinator,
    )  # fmt: skip
    verify_supervisor(supervisor=sup, by=clinic.school.coordinator, source="the board’s page")
    link = clinic.placement.links.order_by("-pk").first()
    assert link
    assert Client().post(url_of(link), answers(link)).status_code == 302
    shift.refresh_from_db()
    assert shift.state == "signed"
    evaluation = transcript_for(clinic.record).evaluation
    assert [(one.minutes, one.reason) for one in evaluation.not_creditable] == [(240, "supervisor_licence")]
    assert (evaluation.total.attended, evaluation.total.creditable) == (240, 0)
    (line,) = lost_to_a_licence(clinic.placement)
    assert (line.day, line.minutes, line.name) == (date(2026, 11, 9), 240, "Dr. Priya Raman")
    learner = clinic.learner()
    said = text_of(learner.get(at("shift", shift)))
    assert "4 h: the license of Dr. Priya Raman was not valid on 9 November 2026" in said
    assert "The supervisor’s license was not valid on that day" in text_of(
        learner.get(reverse("records:rows", args=[clinic.record.uuid]))
    )
    assert "9 November 2026, Dr. Priya Raman: 4 h" in text_of(desk.get(at("desk_placement", clinic.placement)))


def test_a_valid_license_takes_nothing_away(clinic: Clinic, desk: Client, django_assert_num_queries: Any) -> None:
    shift = sign_one(clinic)
    with django_assert_num_queries(2):
        assert lost_to_a_licence(clinic.placement) == []
    assert "Not creditable" not in text_of(clinic.learner().get(at("shift", shift)))
    assert "Not creditable" not in text_of(desk.get(at("desk_placement", clinic.placement)))


def test_dates_put_right_after_a_signature_are_told_on_the_supervisors_page(
    clinic: Clinic, desk: Client, django_assert_num_queries: Any
) -> None:
    told = "Signed for days that this license does not cover"
    shift = sign_one(clinic)
    assert told not in words_of(desk.get(at("desk_supervisor", clinic.supervisor)))
    Supervisor.objects.update(valid_to=date(2026, 11, 9))
    clinic.supervisor.refresh_from_db()
    assert signed_outside_the_licence(clinic.supervisor) == []
    for dates in ({"valid_to": date(2026, 11, 8)}, {"valid_from": date(2026, 11, 10), "valid_to": None}):
        Supervisor.objects.update(**dates)
        clinic.supervisor.refresh_from_db()
        with django_assert_num_queries(2):
            assert signed_outside_the_licence(clinic.supervisor) == [shift]
    page = desk.get(at("desk_supervisor", clinic.supervisor))
    assert told in words_of(page)
    assert at("desk_shift", shift) in page.content.decode()
