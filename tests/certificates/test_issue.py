"""Two hands and a complete record make a certificate; anything less is refused by name; what is issued stays."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.services import end_role, grant_role
from certification import codes
from certification.certificates import rules, services
from certification.certificates.models import Certificate, CertificateDocument, CertificateProposal, Revocation
from certification.certificates.selectors import eligibility_for, ready_records
from certification.records.models import TrainingRecord
from certification.records.selectors import log_head
from certification.records.services import open_record, post_hours, record_milestone, reverse_entry
from notices.models import Message
from tests.certificates.making import complete, issued, replaced
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db


def sentences(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(refused.value.messages)


# ---------------------------------------------------------------- success


def test_two_people_issue_one_certificate_and_freeze_what_it_rests_on(school: School, ready: TrainingRecord) -> None:
    head = log_head(ready)
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)

    assert codes.parse_code(certificate.code) == certificate.code
    assert certificate.state == "valid"
    assert (certificate.proposed_by, certificate.issued_by) == (school.registrar, school.second_registrar)
    assert certificate.holder_name == "Daniela Reyes"
    assert certificate.rule_set == "small-sample@1"
    assert (certificate.log_size, certificate.log_root) == head == (3, head[1])
    assert certificate.data_sha256 == rules.sha256(certificate.data.encode())
    assert json.loads(certificate.evaluation)["total"] == {
        "attended": 600, "counted": 600, "creditable": 600, "required": 600, "short": 0,
    }  # fmt: skip
    assert not certificate.documents.exists(), "its files come from the task queue"
    made = {document.format: document for document in services.make_documents(certificate=certificate)}
    assert set(made) == set(CertificateDocument.Format.values) - {"notice"}
    assert bytes(made["pdf"].body).startswith(b"%PDF-1.7")
    assert all(document.sha256 == rules.sha256(bytes(document.body)) for document in made.values())


def test_the_frozen_facts_hold_what_a_transcript_must(certificate: Certificate) -> None:
    facts = certificate.facts
    assert rules.canonical(facts) == certificate.data, "canonical: the same facts are the same bytes"
    assert facts["school"]["name"] == "Riverbend School"
    assert facts["student"] == {"id": str(certificate.record.learner.uuid), "name": "Daniela Reyes"}
    assert facts["enrollment"]["started_on"] == "2026-01-05"
    assert facts["enrollment"]["last_day_on"] == "2026-03-04"
    by_course = {row["course"]: row for row in facts["courses"]}
    assert by_course["MFR@1"]["attended"] == by_course["MFR@1"]["creditable"] == 360
    assert by_course["NMT@1"]["deliveries"] == ["asynchronous"]
    assert facts["clinical"] == [
        {
            "site": "Riverside Clinic",
            "supervisor": "Dr. Raman",
            "from": "2026-03-04",
            "to": "2026-03-04",
            "lines": 1,
            "minutes": {"externship_hands_on": 120},
        }
    ]
    assert facts["totals"]["evidence"] == {"co_signed": 480, "measured": 120}
    externship = facts["totals"]["categories"][2]
    assert (externship["title"], externship["counted"], externship["children"][0]["counted"]) == (
        "Externship",
        120,
        120,
    )
    assert facts["requirements"][0]["code"] == "quiz:MFR"
    assert [s["name"] for s in facts["issue"]["signers"]] == ["Helen Marsh", "Victor Osei"]
    assert [s["title"] for s in facts["issue"]["signers"]] == ["Registrar", "Registrar"]
    assert facts["ledger"] == {"origin": "palmar.log/riverbend", "size": 3, "root": certificate.log_root}


def test_a_transfer_stands_with_the_school_that_sent_it(school: School, record: TrainingRecord) -> None:
    complete(record)
    moved = part(
        60, spans=(), date=date(2026, 3, 6), source="transfer", evidence="transferred", sending_school="Athens Tech"
    )
    post_hours(record=record, source_key="transfer:1", parts=[moved])
    assert issued(school, record).facts["transfers"] == [
        {"sending_school": "Athens Tech", "minutes": 60, "creditable": 60}
    ]


def test_the_graduate_gets_one_mail_with_the_code(certificate: Certificate, school: School) -> None:
    services.issue_certificate(proposal=certificate.proposal, by=school.second_registrar)
    (mail,) = Message.objects.filter(key__startswith="certificate:")
    assert mail.to == school.learner_user.email
    assert certificate.code in mail.body
    assert "/certificates/" in mail.body


def test_repeating_changes_nothing(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    assert services.propose_certificate(record=ready, by=school.registrar) == proposal
    assert services.propose_certificate(record=ready, by=school.second_registrar) == proposal, "whoever asks"
    first = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert services.issue_certificate(proposal=proposal, by=school.second_registrar) == first
    assert services.issue_certificate(proposal=proposal, by=school.admin) == first
    assert services.propose_certificate(record=ready, by=school.admin) == proposal
    made = services.make_documents(certificate=first)
    assert services.make_documents(certificate=first) == made, "made once, kept byte for byte"
    assert services.due_papers() == 0
    assert (Certificate.objects.count(), CertificateDocument.objects.count()) == (1, len(made))


def test_an_administrator_may_be_a_hand_too(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.admin)
    certificate = services.issue_certificate(proposal=proposal, by=school.registrar)
    assert [s["title"] for s in certificate.facts["issue"]["signers"]] == ["Administrator", "Registrar"]


# ---------------------------------------------------------------- eligibility


def test_eligibility_lists_each_condition_with_its_numbers(ready: TrainingRecord) -> None:
    rows = {(row.kind, row.code): row for row in eligibility_for(ready).rows}
    assert (rows["total", ""].has, rows["total", ""].required) == (600, 600)
    assert (rows["category", "mfr"].has, rows["category", "mfr"].required) == (360, 240)
    assert rows["fact", "quiz:MFR"].on == at("2026-03-05 10:00")
    assert all(row.met for row in rows.values())


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"mfr": 359}, "The hours together are 1 min short of 10 h."),
        ({"quiz": False}, "Not yet shown: Quiz: myofascial release."),
    ],
)
def test_one_minute_or_one_fact_short_is_refused_and_named(
    school: School, record: TrainingRecord, lacking: dict[str, Any], sentence: str
) -> None:
    complete(record, **lacking)
    assert not eligibility_for(record).met
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=record, by=school.registrar)
    assert refused.value.messages == [sentence]
    assert not CertificateProposal.objects.exists()


def test_every_gap_is_named_at_once(school: School, record: TrainingRecord) -> None:
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=record, by=school.registrar)
    said = sentences(refused)
    for piece in (
        "The hours together are 10 h short of 10 h",
        "Myofascial release: 4 h",
        "Hands-on sessions: 1 h",
        "Quiz",
    ):
        assert piece in said


def test_a_record_that_lost_a_minute_since_it_was_proposed_is_refused(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    entry = ready.entries.get(category="nmt_trp")
    reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "Neuromuscular technique: 2 h short of 2 h." in sentences(refused)
    assert not Certificate.objects.exists()
    assert not Message.objects.filter(key__startswith="certificate:").exists()


def test_ready_records_are_those_without_proposal_or_certificate(
    school: School, record: TrainingRecord, django_assert_max_num_queries: Any
) -> None:
    schools = [school.school]
    assert ready_records(schools) == ([], False)
    complete(record)
    with django_assert_max_num_queries(10):
        (one,), more = ready_records(schools)
    assert (one.record, more) == (record, False)
    assert ready_records([school.other_school]) == ([], False), "another school sees nothing of it"
    proposal = services.propose_certificate(record=record, by=school.registrar)
    assert ready_records(schools)[0] == []
    services.withdraw_proposal(proposal=proposal, by=school.registrar)
    assert ready_records(schools)[0] != []


def test_a_record_with_enough_minutes_in_the_wrong_place_is_not_ready(school: School, record: TrainingRecord) -> None:
    for day in range(1, 4):
        start, end = f"2026-03-0{day} 14:00", f"2026-03-0{day} 20:00"
        post_hours(record=record, source_key=f"c:{day}", parts=[part(360, start, end)])
    record_milestone(
        record=record, code="quiz:MFR", title="Quiz", occurred_at=at("2026-03-05 10:00"), source_key="attempt:1"
    )
    assert ready_records([school.school]) == ([], False)


# ---------------------------------------------------------------- who


def test_one_person_alone_is_refused(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.registrar)
    assert sentences(refused) == "You prepared it, so another registrar must sign."
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    "who", ["learner_user", "instructor", "coordinator", "foreign_registrar", "other_learner_user"]
)
def test_only_registrars_and_administrators_of_its_school_sign(school: School, ready: TrainingRecord, who: str) -> None:
    stranger: User = getattr(school, who)
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=ready, by=stranger)
    assert "Only a registrar or administrator of Riverbend School signs" in sentences(refused)
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    with pytest.raises(ValidationError):
        services.issue_certificate(proposal=proposal, by=stranger)
    with pytest.raises(ValidationError):
        services.withdraw_proposal(proposal=proposal, by=stranger)
    assert not Certificate.objects.exists()
    assert issued(school, ready)


def test_a_former_registrar_signs_nothing_and_counts_as_no_hand(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    end_role(user=school.second_registrar, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError):
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    end_role(user=school.registrar, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.admin)
    assert "Helen Marsh, who prepared it, no longer signs for this school." in sentences(refused)
    grant_role(user=school.registrar, organisation=school.school, role="registrar")
    assert services.issue_certificate(proposal=proposal, by=school.admin)


def test_a_withdrawn_proposal_cannot_be_signed_and_an_issued_one_not_withdrawn(
    school: School, ready: TrainingRecord
) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    services.withdraw_proposal(proposal=proposal, by=school.second_registrar)
    services.withdraw_proposal(proposal=proposal, by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "withdrawn" in sentences(refused)
    again = services.propose_certificate(record=ready, by=school.second_registrar)
    assert again != proposal
    services.issue_certificate(proposal=again, by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.withdraw_proposal(proposal=again, by=school.registrar)
    assert "revoked, not withdrawn" in sentences(refused)


# ---------------------------------------------------------------- names


def test_a_name_that_no_font_can_draw_is_an_error_before_issue(school: School, ready: TrainingRecord) -> None:
    school.learner_user.legal_name = "𓀀 Daniela"
    school.learner_user.save()
    ready.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=ready, by=school.registrar)
    assert "our fonts have no sign for 𓀀" in sentences(refused)
    school.learner_user.legal_name = "Wang Daniela"
    school.learner_user.save()
    ready.refresh_from_db()
    assert services.propose_certificate(record=ready, by=school.registrar)


def test_a_graduate_without_a_legal_name_gets_none_yet(school: School, ready: TrainingRecord) -> None:
    school.learner_user.legal_name = " "
    school.learner_user.save()
    ready.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=ready, by=school.registrar)
    assert "There is no legal name." in sentences(refused)


def test_what_the_transcript_alone_cannot_draw_issues_nothing(school: School, ready: TrainingRecord) -> None:
    odd = part(
        60, "2026-03-06 14:00", "2026-03-06 15:00", category="externship_hands_on", source="externship",
        title="Shift", place="𓀀 Clinic",
    )  # fmt: skip
    post_hours(record=ready, source_key="odd", parts=[odd])
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "our fonts have no sign for “𓀀" in sentences(refused)
    assert not Certificate.objects.exists()


def test_a_title_that_no_font_can_draw_issues_nothing(school: School, record: TrainingRecord) -> None:
    named = open_record(
        learner=record.learner,
        school=school.school,
        rule_set=record.rule_set,
        program_code="AMMO",
        program_title="𓀀𓁐",
        enrolled_on=record.enrolled_on,
        source_key="enrollment:ammo",
    )
    proposal = services.propose_certificate(record=complete(named), by=school.registrar)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "our fonts have no sign for" in sentences(refused)
    assert (Certificate.objects.count(), CertificateDocument.objects.count()) == (0, 0)


def test_a_later_change_of_name_or_school_changes_nothing_issued(school: School, certificate: Certificate) -> None:
    school.learner_user.legal_name = "Daniela Lindqvist"
    school.learner_user.save()
    school.school.name = "Riverbend Institute"
    school.school.save()
    certificate.refresh_from_db()
    assert (certificate.holder_name, certificate.school_name) == ("Daniela Reyes", "Riverbend School")
    assert "Daniela Reyes" in certificate.data


# ---------------------------------------------------------------- revocation


def test_revoking_adds_a_row_and_tells_the_graduate_once(school: School, certificate: Certificate) -> None:
    day = certificate.today()
    first = services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=day)
    again = services.revoke_certificate(certificate=certificate, by=school.admin, reason="asked", on=day)
    assert again == first
    assert Certificate.objects.get().state == "revoked"
    (mail,) = Message.objects.filter(key__endswith=":revoked")
    assert "It rests on false statements" in mail.body


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"on": date(2020, 1, 1)}, "revoked_on"),
        ({"on": date.today() + timedelta(days=3)}, "revoked_on"),
    ],
)
def test_a_revocation_needs_a_reason_and_a_possible_day(
    school: School, certificate: Certificate, change: dict[str, Any], field: str
) -> None:
    asked = {"reason": "asked", "on": certificate.today(), **change}
    with pytest.raises(ValidationError) as refused:
        services.revoke_certificate(certificate=certificate, by=school.registrar, **asked)
    assert field in refused.value.message_dict
    assert not Revocation.objects.exists()


def test_a_foreign_registrar_revokes_nothing(school: School, certificate: Certificate) -> None:
    with pytest.raises(ValidationError):
        services.revoke_certificate(
            certificate=certificate, by=school.foreign_registrar, reason="asked", on=certificate.today()
        )
    assert Certificate.objects.get().state == "valid"


def test_a_second_record_gets_its_own(school: School, certificate: Certificate) -> None:
    old = certificate.record
    fresh = open_record(
        learner=old.learner,
        school=old.school,
        rule_set=old.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:2",
    )
    parts = [
        part(360, "2026-04-02 14:00", "2026-04-02 21:00"),
        part(120, "2026-04-03 14:00", "2026-04-03 16:00", category="nmt_trp"),
        part(120, "2026-04-04 14:00", "2026-04-04 16:00", category="externship_hands_on"),
    ]
    for number, one in enumerate(parts):
        post_hours(record=fresh, source_key=f"again:{number}", parts=[one])
    assert issued(school, fresh).code != certificate.code


# ---------------------------------------------------------------- attacks by SQL


def attack(sql: str, *values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_nothing_issued_can_be_changed_or_deleted(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.admin, reason="order", on=certificate.today())
    before = Certificate.objects.values().get()
    for column, value in (
        ("holder_name", "Forged Name"),
        ("log_size", 99),
        ("issued_on", "2020-01-01"),
        ("data", "{}"),
    ):
        attack(f'UPDATE certificates_certificate SET "{column}" = %s', value)
    attack("DELETE FROM certificates_certificate")
    attack("UPDATE certificates_certificatedocument SET body = %s", b"%PDF forged")
    attack("DELETE FROM certificates_certificatedocument")
    attack("UPDATE certificates_revocation SET reason = 'asked'")
    attack("DELETE FROM certificates_revocation")
    attack("UPDATE certificates_certificateproposal SET proposed_by_id = %s", school.admin.pk)
    attack("DELETE FROM certificates_certificateproposal")
    assert Certificate.objects.values().get() == before


def test_the_database_keeps_one_open_proposal_and_one_first_certificate(
    school: School, certificate: Certificate
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateProposal.objects.create(record=certificate.record, proposed_by=school.admin)
    second = Certificate.objects.get()
    second.pk, second.uuid, second.code = None, "00000000-0000-4000-8000-000000000009", codes.code_from_bits(5)
    second._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    assert Certificate.objects.count() == 1


def test_one_signer_is_refused_by_the_database(school: School, ready: TrainingRecord) -> None:
    certificate = unsaved(school, ready)
    certificate.issued_by = certificate.proposed_by
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save()
    certificate.issued_by = school.second_registrar
    certificate.save()


def test_only_an_open_proposal_of_the_same_record_can_be_issued(school: School, ready: TrainingRecord) -> None:
    certificate = unsaved(school, ready)
    services.withdraw_proposal(proposal=certificate.proposal, by=school.registrar)
    with pytest.raises(IntegrityError, match="only an open proposal"), transaction.atomic():
        certificate.save()
    other = unsaved(school, ready)
    other.proposed_by = school.admin
    with pytest.raises(IntegrityError, match="only an open proposal"), transaction.atomic():
        other.save()
    other.proposed_by = school.registrar
    other.school = school.other_school
    with pytest.raises(IntegrityError, match="own school"), transaction.atomic():
        other.save()


def unsaved(school: School, record: TrainingRecord) -> Certificate:
    proposal = services.propose_certificate(record=record, by=school.registrar)
    return Certificate(
        code=codes.code_from_bits(7), proposal=proposal, record=record, school=record.school, school_name="x",
        kind="completion", title="x", holder_name="x", data="{}", data_sha256="x", evaluation="{}", rule_set="x@1",
        log_size=1, log_root="x", proposed_by=school.registrar, issued_by=school.second_registrar,
        issued_at=at("2026-03-06 10:00"), issued_on=date(2026, 3, 6),
    )  # fmt: skip


def test_a_withdrawal_is_final(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    services.withdraw_proposal(proposal=proposal, by=school.registrar)
    attack("UPDATE certificates_certificateproposal SET withdrawn_at = NULL, withdrawn_by_id = NULL")


def test_an_issued_proposal_is_closed(school: School, certificate: Certificate) -> None:
    attack(
        "UPDATE certificates_certificateproposal SET withdrawn_at = %s, withdrawn_by_id = %s",
        "2026-03-06 10:00:00+00:00",
        school.admin.pk,
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
def test_insert_or_replace_walks_through_nothing(certificate: Certificate) -> None:
    for table in ("certificate", "certificatedocument", "certificateproposal"):
        name = f"certificates_{table}"
        attack(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")


def test_a_replacement_leaves_the_old_one_and_can_happen_once(school: School, certificate: Certificate) -> None:
    fresh = replaced(school, certificate)
    old = Certificate.objects.get(pk=certificate.pk)
    assert (old.state, fresh.state) == ("superseded", "valid")
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateProposal.objects.create(
            record=old.record, supersedes=old, because="document_error", proposed_by=school.admin
        )


def test_a_replacement_belongs_to_the_same_record(school: School, certificate: Certificate) -> None:
    other = open_record(
        learner=certificate.record.learner, school=school.school, rule_set=certificate.record.rule_set,
        program_code="B", program_title="B", enrolled_on=date(2026, 1, 5), source_key="enrollment:b",
    )  # fmt: skip
    proposal = CertificateProposal.objects.create(
        record=other, supersedes=certificate, because="document_error", proposed_by=school.registrar
    )
    forged = Certificate.objects.get()
    forged.pk, forged.uuid, forged.code, forged._state.adding = None, proposal.uuid, codes.code_from_bits(98), True
    forged.record, forged.proposal, forged.supersedes = other, proposal, certificate
    with pytest.raises(IntegrityError, match="only the same record"), transaction.atomic():
        forged.save()
