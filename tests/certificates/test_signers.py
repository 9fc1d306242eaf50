"""The dated register of signers: on it that day, with a role, at an open school; anything less is refused by name."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from accounts.services import end_role, ensure_user, grant_role
from certification.certificates import rules, services
from certification.certificates.models import Certificate, CertificateProposal, Signer
from certification.certificates.selectors import register_of, signers_of, today_at
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from tests.certificates.making import complete, issued
from tests.certificates.test_issue import unsaved
from tests.certificates.test_pages import desk, text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def said(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(refused.value.messages)


def entry(user: User) -> Signer:
    return Signer.objects.get(user=user)


def end(user: User, until_on: date, by: User) -> Signer:
    return services.end_signer(signer=entry(user), until_on=until_on, by=by)


def newcomer(school: School, role: str = "registrar") -> User:
    user = ensure_user(email="nora@example.org", legal_name="Nora New")
    grant_role(user=user, organisation=school.school, role=role)
    return user


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("rows", "kind", "day"),
    [
        ([], "unlisted", None),
        ([(date(2026, 1, 1), None)], None, None),
        ([(date(2026, 3, 2), date(2026, 3, 2))], None, None),
        ([(date(2026, 1, 1), date(2026, 3, 1))], "ended", date(2026, 3, 1)),
        ([(date(2026, 3, 3), None)], "later", date(2026, 3, 3)),
        ([(date(2025, 1, 1), date(2025, 2, 1)), (date(2026, 1, 1), date(2026, 2, 1))], "ended", date(2026, 2, 1)),
        ([(date(2025, 1, 1), date(2025, 2, 1)), (date(2026, 5, 1), None)], "later", date(2026, 5, 1)),
    ],
)
def test_a_gap_names_the_nearest_row(rows: list[tuple[date, date | None]], kind: str | None, day: date | None) -> None:
    gap = rules.register_gap([Signer(from_on=first, until_on=last) for first, last in rows], date(2026, 3, 2))
    assert (gap and (gap.kind, gap.day)) == (kind and (kind, day))


@pytest.mark.parametrize(
    ("opened", "closed", "kind"),
    [
        (None, None, None),
        (date(2026, 3, 2), date(2026, 3, 2), None),
        (date(2026, 3, 3), None, "not_open"),
        (None, date(2026, 3, 1), "closed"),
    ],
)
def test_a_school_is_open_on_both_its_days(opened: date | None, closed: date | None, kind: str | None) -> None:
    gap = rules.school_gap(opened, closed, date(2026, 3, 2))
    assert (gap and gap.kind) == kind


# ---------------------------------------------------------------- who signs


def test_the_register_is_what_is_printed(school: School, ready: TrainingRecord) -> None:
    today = today_at(school.school)
    end(school.registrar, today - DAY, school.admin)
    services.enter_signer(
        school=school.school,
        user=school.registrar,
        name="Helen B.  Marsh",
        title="Dean",
        from_on=today,
        by=school.admin,
    )
    facts = issued(school, ready).facts
    assert [(one["name"], one["title"]) for one in facts["issue"]["signers"]] == [
        ("Helen B. Marsh", "Dean"),
        ("Victor Osei", "Registrar"),
    ]


@pytest.mark.parametrize("hand", ["registrar", "second_registrar"])
def test_an_entry_that_ended_yesterday_signs_nothing(school: School, ready: TrainingRecord, hand: str) -> None:
    today = today_at(school.school)
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    end(getattr(school, hand), today - DAY, school.admin)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    name = {"registrar": "Helen Marsh", "second_registrar": "Victor Osei"}[hand]
    assert f"{name} signs no more: the entry in the register of signers ended on" in said(refused)
    assert f"{(today - DAY).day} {(today - DAY):%B %Y}" in said(refused)
    assert not Certificate.objects.exists()
    if hand == "registrar":
        assert "Withdraw it and prepare it again." in said(refused)
        services.withdraw_proposal(proposal=proposal, by=school.registrar)  # its role is enough for that
        with pytest.raises(ValidationError, match="signs no more"):
            services.propose_certificate(record=ready, by=school.registrar)


def test_the_last_day_is_a_day(school: School, ready: TrainingRecord) -> None:
    end(school.registrar, today_at(school.school), school.admin)
    assert issued(school, ready)


def test_who_is_not_on_the_register_signs_nothing_whatever_her_role(school: School, ready: TrainingRecord) -> None:
    nora = newcomer(school)
    with pytest.raises(ValidationError) as refused:
        services.propose_certificate(record=ready, by=nora)
    assert said(refused) == (
        "Nora New is not on the register of signers of Riverbend School. An administrator enters who signs."
    )
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    with pytest.raises(ValidationError, match="Nora New is not on the register"):
        services.issue_certificate(proposal=proposal, by=nora)
    tomorrow = today_at(school.school) + DAY
    services.enter_signer(
        school=school.school, user=nora, name="Nora New", title="Registrar", from_on=tomorrow, by=school.admin
    )
    with pytest.raises(ValidationError, match="Nora New signs from"):
        services.issue_certificate(proposal=proposal, by=nora)


def test_an_entry_without_a_role_signs_nothing(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    end_role(user=school.second_registrar, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError, match="Only a registrar or administrator"):
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert school.second_registrar not in signers_of([school.school.pk])[school.school.pk]


def test_nobody_signs_for_herself(school: School, record: TrainingRecord) -> None:
    own = open_record(
        learner=ensure_learner(user=school.registrar), school=school.school, rule_set=record.rule_set,
        program_code="SMALL", program_title="Own", enrolled_on=date(2026, 1, 5), source_key="enrollment:own",
    )  # fmt: skip
    complete(own)
    with pytest.raises(ValidationError, match="Nobody signs for her own record"):
        services.propose_certificate(record=own, by=school.registrar)
    proposal = services.propose_certificate(record=own, by=school.admin)
    with pytest.raises(ValidationError, match="Nobody signs for her own record"):
        services.issue_certificate(proposal=proposal, by=school.registrar)
    assert services.issue_certificate(proposal=proposal, by=school.second_registrar)


@pytest.mark.parametrize(
    ("field", "shift", "word"), [("closed_on", -1, "was open until"), ("opened_on", 1, "opens on")]
)
def test_a_school_that_is_not_open_issues_nothing(
    school: School, ready: TrainingRecord, field: str, shift: int, word: str
) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    setattr(school.school, field, today_at(school.school) + shift * DAY)
    school.school.save()
    ready.refresh_from_db()
    for call in (
        lambda: services.issue_certificate(proposal=proposal, by=school.second_registrar),
        lambda: services.propose_certificate(record=ready, by=school.registrar),
    ):
        with pytest.raises(ValidationError, match=word):
            call()
    # Its first day is long before its hours, its last one is today.
    setattr(school.school, field, today_at(school.school) if field == "closed_on" else date(2020, 1, 1))
    school.school.save()
    ready.refresh_from_db()
    assert services.issue_certificate(proposal=proposal, by=school.second_registrar)


# ---------------------------------------------------------------- keeping the register


def test_an_entry_is_made_once_and_by_another(school: School) -> None:
    nora = newcomer(school)
    today = today_at(school.school)
    values: dict[str, Any] = {
        "school": school.school, "user": nora, "name": "Nora New", "title": "Registrar", "from_on": today
    }  # fmt: skip
    for by in (nora, school.registrar, school.foreign_registrar, school.learner_user):
        with pytest.raises(ValidationError, match="Only an administrator"):
            services.enter_signer(**values, by=by)
    made = services.enter_signer(**values, by=school.admin)
    assert services.enter_signer(**values, by=school.admin) == made
    assert (made.entered_by, made.until_on) == (school.admin, None)
    with pytest.raises(ValidationError, match="on the register already"):
        services.enter_signer(**{**values, "title": "Dean"}, by=school.admin)
    services.end_signer(signer=made, until_on=today, by=school.admin)
    with pytest.raises(ValidationError, match="Choose a later day"):
        services.enter_signer(**values, by=school.admin)
    again = services.enter_signer(**{**values, "from_on": today + DAY}, by=school.admin)
    assert again != made


def test_who_has_no_role_or_no_printable_name_is_not_entered(school: School) -> None:
    today = today_at(school.school)
    with pytest.raises(ValidationError) as refused:
        services.enter_signer(
            school=school.school, user=school.instructor, name="Ines", title="Dean", from_on=today, by=school.admin
        )
    assert "user" in refused.value.message_dict
    nora = newcomer(school)
    for wrong, field in (({"name": " "}, "name"), ({"title": "\t"}, "title"), ({"name": "\ue000"}, "name")):
        with pytest.raises(ValidationError) as refused:
            services.enter_signer(
                **{"school": school.school, "user": nora, "name": "N", "title": "T", "from_on": today, **wrong},
                by=school.admin,
            )
        assert field in refused.value.message_dict


def test_nobody_enters_herself_while_another_can(school: School) -> None:
    today = today_at(school.school)
    end(school.admin, today, school.admin)
    own: dict[str, Any] = {
        "school": school.school, "user": school.admin, "name": "Ada", "title": "Director", "from_on": today + DAY
    }  # fmt: skip
    nora = newcomer(school, "admin")
    with pytest.raises(ValidationError, match="Nobody enters herself"):
        services.enter_signer(**own, by=school.admin)
    assert not Signer.objects.filter(user=school.admin, until_on=None).exists()
    assert services.enter_signer(**own, by=nora)
    services.end_signer(signer=Signer.objects.get(user=school.admin, until_on=None), until_on=today + DAY, by=nora)
    end_role(user=nora, organisation=school.school, role="admin")
    assert services.enter_signer(**{**own, "from_on": today + 2 * DAY}, by=school.admin), "the only administrator"


def test_an_entry_ends_once_and_never_before_what_was_signed(school: School, certificate: Certificate) -> None:
    for person in (school.registrar, school.second_registrar):
        with pytest.raises(ValidationError) as refused:
            end(person, certificate.issued_on - DAY, school.admin)
        assert "stands on a certificate of" in said(refused)
    with pytest.raises(ValidationError, match="The entry began after"):
        end(school.admin, date(2019, 12, 31), school.admin)
    with pytest.raises(ValidationError, match="Only an administrator"):
        end(school.registrar, certificate.issued_on, school.registrar)
    ended = end(school.registrar, certificate.issued_on, school.admin)
    assert end(school.registrar, certificate.issued_on, school.admin) == ended
    with pytest.raises(ValidationError, match="ended on"):
        end(school.registrar, certificate.issued_on + DAY, school.admin)


# ---------------------------------------------------------------- pages


def test_an_administrator_keeps_the_register_on_screen(school: School, django_assert_max_num_queries: Any) -> None:
    client, nora = school.client(school.admin), newcomer(school)
    page = client.get(reverse("certificates:signers"))
    assert "Helen Marsh" in text_of(page)
    with django_assert_max_num_queries(9):
        client.get(reverse("certificates:signers"))
    refused = client.post(reverse("certificates:signers"), {"user": str(nora.uuid), "title": "", "from_on": "x"})
    assert refused.status_code == 422
    assert "Write the title that stands below the name." in text_of(refused)
    done = client.post(
        reverse("certificates:signers"),
        {"user": str(nora.uuid), "name": "", "title": "Registrar", "from_on": str(today_at(school.school))},
        follow=True,
    )
    assert "Nora New is on the register." in text_of(done)
    made = entry(nora)
    address = reverse("certificates:end_signer", args=[made.uuid])
    assert "End the entry" in text_of(client.get(address))
    early = client.post(address, {"until_on": "2019-01-01"})
    assert (early.status_code, "The entry began after that day." in text_of(early)) == (422, True)
    assert "ends." in text_of(client.post(address, {"until_on": str(made.from_on)}, follow=True))
    assert "last day already" in text_of(client.get(address))
    assert school.client(school.registrar).get(reverse("certificates:signers")).status_code == 403
    assert school.client(school.foreign_registrar).get(address).status_code == 404


def test_an_empty_register_teaches_and_a_desk_without_signers_says_so(school: School, ready: TrainingRecord) -> None:
    today = today_at(school.school)
    for person in (school.registrar, school.second_registrar, school.admin):
        end(person, today - DAY, school.admin)
    said = text_of(school.client(school.admin).get(reverse("certificates:signers")))
    assert "Nobody signs yet" in said
    assert "Signed before" in said
    client = school.client(school.registrar)
    assert "A certificate needs two signers" in text_of(client.get("/desk/certificates/"))
    page = text_of(client.get(desk("record", ready)))
    assert "You cannot prepare it" in page
    assert "Helen Marsh signs no more" in page
    assert "Prepare the certificate" not in page
    assert client.post(desk("propose", ready)).status_code == 422
    assert not CertificateProposal.objects.exists()


def test_the_register_tells_who_has_no_role_any_more(school: School) -> None:
    end_role(user=school.second_registrar, organisation=school.school, role="registrar")
    found = register_of(school.school)
    assert [row.name for row in found.now if not row.may_sign] == ["Victor Osei"]  # type: ignore[attr-defined]
    assert found.is_enough
    assert school.foreign_registrar.pk not in {row.user_id for row in found.now}


# ---------------------------------------------------------------- attacks by SQL


def attack(sql: str, *values: Any, says: str = "") -> None:
    with pytest.raises(IntegrityError, match=says or None), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_register_is_never_rewritten(school: School, certificate: Certificate) -> None:
    row = entry(school.registrar)
    for column, value in (
        ("name", "Forged"),
        ("title", "Rector"),
        ("from_on", "2019-01-01"),
        ("user_id", school.admin.pk),
    ):
        attack(f'UPDATE certificates_signer SET "{column}" = %s WHERE id = %s', value, row.pk, says="never changed")
    attack("DELETE FROM certificates_signer", says="never deleted")
    closing = "UPDATE certificates_signer SET until_on = %s, ended_by_id = %s, ended_at = entered_at WHERE id = %s"
    attack(closing, "2026-01-01", school.admin.pk, row.pk, says="before a day on which its person signed")
    end(school.registrar, certificate.issued_on, school.admin)
    attack("UPDATE certificates_signer SET until_on = NULL, ended_by_id = NULL, ended_at = NULL WHERE id = %s", row.pk)
    attack(closing, "2099-01-01", school.admin.pk, row.pk, says="ends once")


def test_nobody_stands_on_the_register_twice_at_a_time(school: School) -> None:
    row = entry(school.registrar)
    again = Signer(school=row.school, user=row.user, name="x", title="x", from_on=date(2030, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    end(school.registrar, date(2029, 1, 1), school.admin)
    overlapping = Signer(school=row.school, user=row.user, name="x", title="x", from_on=date(2029, 1, 1))
    with pytest.raises(IntegrityError, match="twice"), transaction.atomic():
        overlapping.save()
    again.save()


def test_the_database_refuses_hands_that_are_not_on_the_register(school: School, ready: TrainingRecord) -> None:
    made = unsaved(school, ready)
    made.issued_by = newcomer(school)
    with pytest.raises(IntegrityError, match="on the register that day signs"), transaction.atomic():
        made.save()
    made.issued_by = school.second_registrar
    made.issued_on = date(2019, 12, 31)
    with pytest.raises(IntegrityError, match="on the register that day"), transaction.atomic():
        made.save()
    made.issued_on = today_at(school.school)
    school.school.closed_on = made.issued_on - DAY
    school.school.save()
    with pytest.raises(IntegrityError, match="open that day"), transaction.atomic():
        made.save()
    school.school.closed_on = None
    school.school.save()
    made.save()
