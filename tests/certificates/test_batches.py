"""Many certificates at once: a true preview, two people, small transactions, an outcome for each row."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.services import ensure_user
from certification.certificates import rules, services
from certification.certificates.models import Certificate, CertificateProposal, IssueBatch
from certification.certificates.rules import batches as states
from certification.certificates.selectors import batches_left_lying, choice_of, look_at, progress_of
from certification.certificates.services import batches as work
from certification.keys import keyfile
from certification.keys.services import KeyFileError
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record, reverse_entry
from certification.requirements.models import RuleSet
from tests.certificates.making import complete
from tests.layers import layer
from tests.worlds import School

pytestmark = pytest.mark.django_db


def another(school: School, rule_set: RuleSet, number: int, *, mfr: int = 360, name: str = "") -> TrainingRecord:
    """One more record of the small pack, complete unless it lacks minutes."""
    user = ensure_user(
        email=f"learner{number}@example.org", legal_name=name or f"Learner {number:03d}", password="a-long-password"
    )
    record = open_record(
        learner=ensure_learner(user=user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[("quiz:MFR", "Quiz: myofascial release")],
        source_key=f"enrollment:00000000-0000-4000-8000-{number:012d}",
    )
    return complete(record, mfr=mfr)


@layer
def many(school: School, rule_set: RuleSet) -> list[TrainingRecord]:
    """Three complete records and one that is a minute short, second in the list."""
    return [another(school, rule_set, n, mfr=359 if n == 1002 else 360) for n in range(1001, 1005)]


def prepared(school: School, records: list[TrainingRecord], **more: Any) -> IssueBatch:
    """A batch that Helen Marsh prepared, with what the task does."""
    batch = services.prepare_batch(
        school=school.school, records=records, by=school.registrar, source_key=more.pop("key", str(uuid4())), **more
    )
    services.run_batch(batch=batch)
    return batch


def signed(school: School, batch: IssueBatch) -> IssueBatch:
    batch = services.sign_batch(batch=batch, by=school.second_registrar, expected=progress_of(batch).prepared)
    services.run_batch(batch=batch)
    return batch


def outcomes(batch: IssueBatch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("outcome", flat=True))


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())).replace("\u2009", " ")


# ---------------------------------------------------------------- how far it is


@pytest.mark.parametrize(
    "counts,signed_,withdrawn,state,done",
    [
        ((3, 0, 0, 0, 0), False, False, states.PREPARING, 0),
        ((1, 1, 0, 1, 0), False, False, states.PREPARING, 2),
        ((0, 2, 0, 1, 0), False, False, states.WAITING, 1),
        ((0, 0, 0, 3, 0), False, False, states.EMPTY, 3),
        ((0, 2, 1, 0, 0), True, False, states.ISSUING, 1),
        ((0, 0, 2, 1, 0), True, False, states.DONE, 3),
        ((0, 2, 0, 0, 1), False, True, states.WITHDRAWING, 1),
        ((0, 0, 0, 1, 2), False, True, states.WITHDRAWN, 3),
    ],
)
def test_how_far_a_list_is(
    counts: tuple[int, int, int, int, int], signed_: bool, withdrawn: bool, state: str, done: int
) -> None:
    progress = rules.Progress(*counts, 0, signed_, withdrawn)
    assert (progress.state, progress.done, progress.of) == (state, done, 3)
    assert progress.is_going == (state in (states.PREPARING, states.ISSUING, states.WITHDRAWING))


# ---------------------------------------------------------------- two people, one list


def test_one_prepares_another_signs_and_each_row_has_its_outcome(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, many, name="Spring group")
    assert outcomes(batch) == ["prepared", "refused", "prepared", "prepared"]
    assert not Certificate.objects.exists()
    batch = signed(school, batch)
    assert outcomes(batch) == ["issued", "refused", "issued", "issued"]
    assert "1 min short" in batch.rows.get(number=2).reason
    assert batch.statement == services.statement(3)
    for row in batch.rows.filter(outcome="issued"):
        assert row.certificate
        assert (row.certificate.proposed_by, row.certificate.issued_by) == (school.registrar, school.second_registrar)
        assert row.certificate.record == row.record


def test_doing_it_twice_issues_once(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, many, key="form")
    assert prepared(school, many, key="form") == batch
    batch = signed(school, batch)
    assert services.sign_batch(batch=batch, by=school.second_registrar, expected=3) == batch
    assert services.run_batch(batch=batch) == 0
    assert (Certificate.objects.count(), CertificateProposal.objects.count()) == (3, 3)
    again = prepared(school, many)
    assert outcomes(again) == ["refused"] * 4, "they have their certificates"
    assert Certificate.objects.get(record=many[0]).code in again.rows.get(number=1).reason


def test_another_persons_key_is_another_list(school: School, many: list[TrainingRecord]) -> None:
    one = services.prepare_batch(school=school.school, records=many, by=school.registrar, source_key="form")
    other = services.prepare_batch(school=school.school, records=many, by=school.admin, source_key="form")
    assert one != other


def test_what_lacks_something_meanwhile_is_refused_at_issue(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, many)
    entry = many[0].entries.get(category="nmt_trp")
    reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    batch = signed(school, batch)
    assert outcomes(batch) == ["refused", "refused", "issued", "issued"]
    assert "Neuromuscular technique" in batch.rows.get(number=1).reason
    assert not Certificate.objects.filter(record=many[0]).exists()


@pytest.mark.parametrize("who", ["instructor", "coordinator", "learner_user", "foreign_registrar"])
def test_only_signers_of_the_school_do_any_of_it(school: School, many: list[TrainingRecord], who: str) -> None:
    person = getattr(school, who)
    with pytest.raises(ValidationError, match="registrar or administrator"):
        services.prepare_batch(school=school.school, records=many, by=person, source_key="x")
    batch = prepared(school, many)
    for attempt in (
        lambda: services.sign_batch(batch=batch, by=person, expected=3),
        lambda: services.withdraw_batch(batch=batch, by=person),
        lambda: services.leave_out(row=batch.rows.all()[0], by=person),
    ):
        with pytest.raises(ValidationError, match="registrar or administrator"):
            attempt()
    assert outcomes(batch) == ["prepared", "refused", "prepared", "prepared"]


def test_what_cannot_be_prepared(school: School, many: list[TrainingRecord]) -> None:
    def attempt(**more: Any) -> None:
        services.prepare_batch(
            **{"school": school.school, "records": many, "by": school.registrar, "source_key": "x", **more}
        )

    with pytest.raises(ValidationError, match="at least one"):
        attempt(records=[])
    with pytest.raises(ValidationError, match="At most 1000"):
        attempt(records=many[:1] * 1001)
    with pytest.raises(ValidationError, match="one school"):
        attempt(school=school.other_school, by=school.foreign_registrar)
    assert not IssueBatch.objects.exists()


def test_what_cannot_be_signed(school: School, many: list[TrainingRecord]) -> None:
    batch = services.prepare_batch(school=school.school, records=many, by=school.registrar, source_key="x")

    def attempt(by: Any, expected: int = 3) -> None:
        services.sign_batch(batch=batch, by=by, expected=expected)

    with pytest.raises(ValidationError, match="still being prepared"):
        attempt(school.second_registrar)
    services.run_batch(batch=batch)
    with pytest.raises(ValidationError, match="another registrar"):
        attempt(school.registrar)
    with pytest.raises(ValidationError, match="changed since"):
        attempt(school.second_registrar, 4)
    attempt(school.second_registrar)
    with pytest.raises(ValidationError, match="Somebody else"):
        attempt(school.admin)
    with pytest.raises(ValidationError, match="signed meanwhile"):
        services.withdraw_batch(batch=batch, by=school.registrar)
    with pytest.raises(ValidationError, match="second signature"):
        services.leave_out(row=batch.rows.all()[0], by=school.registrar)


def test_a_list_of_which_nothing_is_ready_cannot_be_signed(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, [many[1]])
    assert progress_of(batch).state == states.EMPTY
    with pytest.raises(ValidationError, match="Nothing on this list"):
        services.sign_batch(batch=batch, by=school.second_registrar, expected=0)


def test_what_the_signer_prepared_herself_is_refused_to_her(school: School, many: list[TrainingRecord]) -> None:
    """A proposal of hers that stood before: the batch is another's, the certificate would have one hand."""
    services.propose_certificate(record=many[0], by=school.second_registrar)
    batch = signed(school, prepared(school, many))
    assert outcomes(batch) == ["refused", "refused", "issued", "issued"]
    assert "another registrar" in batch.rows.get(number=1).reason


def test_a_row_left_out_is_not_issued_and_can_be_prepared_again(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, many)
    row = batch.rows.get(number=3)
    services.leave_out(row=row, by=school.second_registrar)
    assert services.leave_out(row=row, by=school.second_registrar).outcome == "withdrawn"
    assert outcomes(signed(school, batch)) == ["issued", "refused", "withdrawn", "issued"]
    assert services.propose_certificate(record=many[2], by=school.registrar).withdrawn_at is None


def test_a_list_taken_back_withdraws_what_it_proposed_and_no_more(school: School, many: list[TrainingRecord]) -> None:
    before = services.propose_certificate(record=many[0], by=school.registrar)
    batch = prepared(school, many)
    services.withdraw_batch(batch=batch, by=school.registrar)
    services.withdraw_batch(batch=batch, by=school.admin)
    services.run_batch(batch=batch)
    assert outcomes(batch) == ["withdrawn", "refused", "withdrawn", "withdrawn"]
    before.refresh_from_db()
    assert before.withdrawn_at is None, "it stood before the list"
    assert CertificateProposal.objects.filter(withdrawn_at=None).count() == 1
    with pytest.raises(ValidationError, match="was withdrawn"):
        services.sign_batch(batch=batch, by=school.second_registrar, expected=3)


def test_a_list_taken_back_leaves_what_another_open_list_holds(school: School, many: list[TrainingRecord]) -> None:
    batch, other = prepared(school, many), prepared(school, many[:3])
    services.withdraw_batch(batch=batch, by=school.registrar)
    services.run_batch(batch=batch)
    alone = batch.rows.get(number=4).proposal
    assert alone and alone.withdrawn_at, "no other list holds it"
    assert CertificateProposal.objects.filter(withdrawn_at=None).count() == 2
    assert outcomes(signed(school, other)) == ["issued", "refused", "issued"]


def test_two_lists_taken_back_leave_nothing(school: School, many: list[TrainingRecord]) -> None:
    batch, other = prepared(school, many), prepared(school, many)
    for one in (batch, other):
        services.withdraw_batch(batch=one, by=school.registrar)
    for one in (batch, other):
        services.run_batch(batch=one)
    assert not CertificateProposal.objects.filter(withdrawn_at=None).exists()


def test_leaving_out_withdraws_only_what_this_list_proposed(school: School, many: list[TrainingRecord]) -> None:
    before = services.propose_certificate(record=many[0], by=school.registrar)
    batch = prepared(school, many)
    services.leave_out(row=batch.rows.get(number=1), by=school.registrar)
    before.refresh_from_db()
    assert before.withdrawn_at is None, "it stood before the list"
    other = prepared(school, many)
    shared = other.rows.get(number=3)
    services.leave_out(row=batch.rows.get(number=3), by=school.registrar)
    assert CertificateProposal.objects.get(pk=shared.proposal_id).withdrawn_at is None, "another list waits with it"
    assert outcomes(signed(school, other)) == ["issued", "refused", "issued", "issued"]


def test_a_revoked_certificate_is_no_prepared_one(school: School, many: list[TrainingRecord]) -> None:
    signed(school, prepared(school, many))
    gone = Certificate.objects.get(record=many[0])
    services.revoke_certificate(certificate=gone, by=school.registrar, reason="fraud", on=gone.issued_on)
    assert [one.state for one in look_at([record.pk for record in many])] == ["revoked", "lacks", "issued", "issued"]
    assert "It was revoked; issue a new one" in text_of(school.client(school.registrar).get(address(many)))
    again = prepared(school, many)
    assert outcomes(again)[0] == "refused"
    assert again.rows.get(number=1).reason == "It was revoked; issue a new one on its own page."


# ---------------------------------------------------------------- crashes, faults, a key that is away


def test_after_a_crash_it_goes_on_where_it_stopped(
    school: School, many: list[TrainingRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = prepared(school, many)
    services.sign_batch(batch=batch, by=school.second_registrar, expected=3)
    known = work.issue_certificate

    class Killed(BaseException):
        """What no handler of ours holds up, as a process that ends."""

    def second_time(**given: Any) -> Any:
        if Certificate.objects.exists():
            raise Killed
        return known(**given)

    monkeypatch.setattr(work, "issue_certificate", second_time)
    with pytest.raises(Killed):
        services.run_batch(batch=batch)
    assert outcomes(batch) == ["issued", "refused", "prepared", "prepared"]
    monkeypatch.setattr(work, "issue_certificate", known)
    assert services.due_batches(now=timezone.now()) == 0, "somebody may still be at it"
    assert services.due_batches(now=timezone.now() + timedelta(minutes=3)) == 2
    assert outcomes(batch) == ["issued", "refused", "issued", "issued"]
    assert services.due_batches(now=timezone.now() + timedelta(minutes=9)) == 0


def test_a_list_that_waits_for_a_person_is_not_taken_up(school: School, many: list[TrainingRecord]) -> None:
    prepared(school, many)
    assert batches_left_lying(now=timezone.now() + timedelta(days=1)) == []


def test_a_fault_of_ours_keeps_no_other_waiting(
    school: School, many: list[TrainingRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = prepared(school, many)
    services.sign_batch(batch=batch, by=school.second_registrar, expected=3)
    known = work.issue_certificate

    def faulty(**given: Any) -> Any:
        if given["proposal"].record_id == many[0].pk:
            raise RuntimeError("a fault")
        return known(**given)

    monkeypatch.setattr(work, "issue_certificate", faulty)
    services.run_batch(batch=batch)
    assert outcomes(batch) == ["prepared", "refused", "issued", "issued"]
    for minutes in (3, 6):
        services.due_batches(now=timezone.now() + timedelta(minutes=minutes))
    row = batch.rows.get(number=1)
    assert (row.outcome, row.attempts) == ("refused", 3)
    assert "on our side" in row.reason
    assert batches_left_lying(now=timezone.now() + timedelta(days=1)) == []


def test_a_key_that_is_away_refuses_nobody(
    school: School, many: list[TrainingRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = prepared(school, many)
    services.sign_batch(batch=batch, by=school.second_registrar, expected=3)
    known = keyfile.private_jwk

    def gone(kid: str) -> dict[str, Any]:
        raise KeyFileError("gone")

    monkeypatch.setattr(keyfile, "private_jwk", gone)
    assert services.run_batch(batch=batch) == 0
    assert outcomes(batch) == ["prepared", "refused", "prepared", "prepared"]
    monkeypatch.setattr(keyfile, "private_jwk", known)
    assert services.due_batches(now=timezone.now() + timedelta(minutes=3)) == 3


# ---------------------------------------------------------------- raw SQL


ATTACKS = [
    "UPDATE certificates_issuebatch SET signed_by_id = prepared_by_id, signed_at = prepared_at, statement = 'x'",
    "UPDATE certificates_issuebatch SET prepared_by_id = {other}",
    "UPDATE certificates_issuebatch SET statement = 'x'",
    "DELETE FROM certificates_issuebatch",
    "DELETE FROM certificates_issuebatchrow",
    "UPDATE certificates_issuebatchrow SET record_id = {record} WHERE number = 1",
    "UPDATE certificates_issuebatchrow SET outcome = 'issued' WHERE number = 1",
    "UPDATE certificates_issuebatchrow SET outcome = '', proposal_id = NULL WHERE number = 1",
    "UPDATE certificates_issuebatchrow SET outcome = 'prepared', reason = '', proposal_id = {proposal} WHERE number = 2",
    "UPDATE certificates_issuebatchrow SET proposal_id = {proposal} WHERE number = 3",
]


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_database_keeps_a_list(school: School, many: list[TrainingRecord], statement: str) -> None:
    batch = prepared(school, many)
    proposal = batch.rows.get(number=1).proposal_id
    filled = statement.format(other=school.admin.pk, record=many[3].pk, proposal=proposal)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(filled)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates_issuebatch SET signed_at = NULL, signed_by_id = NULL, statement = ''",
        "UPDATE certificates_issuebatch SET signed_by_id = {other}",
        "UPDATE certificates_issuebatch SET statement = 'I read nothing.'",
        "UPDATE certificates_issuebatch SET withdrawn_at = signed_at, withdrawn_by_id = {other}",
        "UPDATE certificates_issuebatchrow SET certificate_id = NULL, outcome = 'prepared' WHERE number = 1",
        "UPDATE certificates_issuebatchrow SET reason = 'nothing was missing' WHERE number = 2",
        "INSERT INTO certificates_issuebatchrow (batch_id, number, record_id, outcome, reason, attempts) "
        "SELECT batch_id, 99, {record}, '', '', 0 FROM certificates_issuebatchrow WHERE number = 1",
    ],
)
def test_the_database_keeps_what_was_signed(
    school: School, many: list[TrainingRecord], record: TrainingRecord, statement: str
) -> None:
    signed(school, prepared(school, many))
    filled = statement.format(other=school.admin.pk, record=record.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(filled)


def test_nothing_is_signed_before_all_is_prepared(school: School, many: list[TrainingRecord]) -> None:
    services.prepare_batch(school=school.school, records=many, by=school.registrar, source_key="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE certificates_issuebatch SET signed_at = prepared_at, statement = 'x', "
            f"signed_by_id = {school.second_registrar.pk}"
        )


# ---------------------------------------------------------------- the pages


def address(records: list[TrainingRecord]) -> str:
    return reverse("certificates:together") + "?" + "&".join(f"record={record.uuid}" for record in records)


def test_the_preview_is_true_and_stores_nothing(school: School, many: list[TrainingRecord]) -> None:
    services.propose_certificate(record=many[2], by=school.admin)
    proposals = CertificateProposal.objects.count()
    said = text_of(school.client(school.registrar).get(address(many)))
    assert "3 of 4 can be prepared." in said
    assert "The hours together are 1 min short of 10 h." in said
    assert "Ada Admin prepared it already" in said
    assert "Learner 1001" in said
    assert (IssueBatch.objects.count(), CertificateProposal.objects.count()) == (0, proposals)


def test_two_people_walk_a_list(school: School, many: list[TrainingRecord]) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    page = first.get(address(many))
    fields = dict(re.findall(r'name="(key)" value="([^"]+)"', page.content.decode()))
    posted = {**fields, "record": [str(record.uuid) for record in many]}
    made = first.post(reverse("certificates:together_prepare"), posted)
    batch = IssueBatch.objects.get()
    where = reverse("certificates:batch", args=[batch.uuid])
    assert made["Location"] == where
    assert first.post(reverse("certificates:together_prepare"), posted)["Location"] == where, "a double click"
    page = first.get(where)
    assert "0 of 4 rows" in text_of(page)
    assert "js/batch.js" in page.content.decode()
    assert "Look again" in text_of(page)

    services.run_batch(batch=batch)
    assert "Ada Admin or Victor Osei must sign." in text_of(first.get(where))
    assert first.post(where + "sign/", {"expected": 3, "read": "on"}).status_code == 422
    page = second.get(where)
    said = text_of(page)
    assert "I read the conditions of all 3 records of this list" in said
    assert "Myofascial release, 6 h of 4 h" in said.replace("6 h 0 min", "6 h")
    assert "1 min short" in said
    unread = second.post(where + "sign/", {"expected": 3})
    assert unread.status_code == 422
    assert "your name goes under every row" in text_of(unread)
    assert second.post(where + "leave-out/3/").status_code == 302
    changed = second.post(where + "sign/", {"expected": 3, "read": "on"})
    assert changed.status_code == 422
    assert "changed since you opened it" in text_of(changed)
    assert second.post(where + "sign/", {"expected": 2, "read": "on"}).status_code == 302
    assert second.post(where + "sign/", {"expected": 2, "read": "on"}).status_code == 302, "a double click"
    services.run_batch(batch=batch)
    said = text_of(first.get(where))
    for certificate in Certificate.objects.all():
        assert certificate.code in said
    assert "Signed by Victor Osei" in said
    assert "js/batch.js" not in first.get(where).content.decode()
    assert "2 of 4 issued" in text_of(first.get("/desk/certificates/"))


def test_the_small_answer_says_how_far_it_is(school: School, many: list[TrainingRecord]) -> None:
    batch = services.prepare_batch(school=school.school, records=many, by=school.registrar, source_key="x")
    where = reverse("certificates:batch_progress", args=[batch.uuid])
    client = school.client(school.second_registrar)
    told = client.get(where)
    assert told.json() == {
        "state": "preparing", "going": True, "done": 0, "of": 4, "issued": 0, "refused": 0, "said": "0 of 4 rows",
    }  # fmt: skip
    assert told["Cache-Control"] == "private, no-store"
    services.run_batch(batch=batch)
    assert client.get(where).json()["state"] == "waiting"
    with CaptureQueriesContext(connection) as seen:
        client.get(where)
    assert len(seen) <= 6, [query["sql"][:80] for query in seen]


def test_the_result_as_a_table_with_harmless_cells(
    school: School, rule_set: RuleSet, many: list[TrainingRecord]
) -> None:
    evil = another(school, rule_set, 1009, name="=HYPERLINK(1)")
    batch = signed(school, prepared(school, [*many, evil]))
    client = school.client(school.registrar)
    answer = client.get(reverse("certificates:batch_result", args=[batch.uuid, "csv"]))
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["outcome"] for row in rows] == ["issued", "refused", "issued", "issued", "issued"]
    assert rows[0]["code"] == Certificate.objects.get(record=many[0]).code
    assert "1 min short" in rows[1]["reason"]
    assert rows[4]["name"] == "'=HYPERLINK(1)"
    book = client.get(reverse("certificates:batch_result", args=[batch.uuid, "xlsx"]))
    cells = list(load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True))
    assert (len(cells), cells[5][1]) == (6, "'=HYPERLINK(1)")
    assert client.get(reverse("certificates:batch_result", args=[batch.uuid, "exe"])).status_code == 404


def test_a_stranger_finds_no_list(school: School, many: list[TrainingRecord]) -> None:
    batch = prepared(school, many)
    addresses = [
        reverse("certificates:batch", args=[batch.uuid]),
        reverse("certificates:batch_progress", args=[batch.uuid]),
        reverse("certificates:batch_result", args=[batch.uuid, "csv"]),
    ]
    for where in addresses:
        assert school.client(school.foreign_registrar).get(where).status_code == 404
        assert school.client(school.instructor).get(where).status_code == 403
        assert Client().get(where).status_code == 302
    for action in ("sign/", "withdraw/", "leave-out/1/"):
        assert school.client(school.foreign_registrar).post(addresses[0] + action).status_code == 404
    foreign = school.client(school.foreign_registrar)
    assert foreign.get(address(many)).status_code == 404, "records of another school cannot be chosen"
    assert text_of(foreign.get(address(many))).count("Learner 100") == 0
    foreign.post(reverse("certificates:together_prepare"), {"key": str(uuid4()), "record": [str(r.uuid) for r in many]})
    assert IssueBatch.objects.count() == 1


@pytest.mark.parametrize("query", ["record=nonsense", "group=00000000-0000-4000-8000-000000000000", "ready=hillside"])
def test_a_choice_that_is_none_says_so(school: School, many: list[TrainingRecord], query: str) -> None:
    page = school.client(school.registrar).get(reverse("certificates:together") + "?" + query)
    assert page.status_code == 404
    assert "Choose again." in text_of(page)


def test_all_that_are_ready_can_be_chosen(school: School, many: list[TrainingRecord]) -> None:
    choice = choice_of([school.school], group=None, records=[], ready="riverbend")
    assert choice
    assert set(choice.record_ids) == {many[0].pk, many[2].pk, many[3].pk}
    client = school.client(school.registrar)
    assert "Learner 1001" in text_of(client.get(reverse("certificates:together")))
    assert "3 of 3 can be prepared." in text_of(client.get(reverse("certificates:together") + "?ready=riverbend"))


# ---------------------------------------------------------------- what a row costs


def queries_of(call: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def test_a_row_costs_so_many_queries(school: School, rule_set: RuleSet) -> None:
    records = [another(school, rule_set, number) for number in range(1001, 1007)]
    assert (
        queries_of(lambda: look_at([r.pk for r in records])) - queries_of(lambda: look_at([r.pk for r in records[:2]]))
        == 5 * 4
    ), "5 a row"
    counts = {}
    for size, some in ((2, records[:2]), (4, records[2:])):
        batch = services.prepare_batch(school=school.school, records=some, by=school.registrar, source_key=str(size))
        preparing = queries_of(lambda batch=batch: services.run_batch(batch=batch))
        services.sign_batch(batch=batch, by=school.second_registrar, expected=size)
        issuing = queries_of(lambda batch=batch: services.run_batch(batch=batch))
        counts[size] = (preparing, issuing)
    a_row = [(counts[4][part] - counts[2][part]) / 2 for part in (0, 1)]
    # One of each holds the school's row so that it does not close meanwhile; two of the issue freeze its look and the
    # signers' hands.
    assert a_row[0] <= 20, counts
    assert a_row[1] <= 39, counts
