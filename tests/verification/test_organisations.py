"""Organisations that check: how they apply, who decides, whom they invite, and a stop. All by page, and by raw SQL."""

import re
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role
from accounts.services import close_account, end_role, ensure_organisation, ensure_user, grant_role
from certification.records.models import TrainingRecord
from certification.verification import services
from certification.verification.models import Application, CheckingStop, MemberInvitation, ProbingAlert
from certification.verification.selectors import invitations_for, open_stop, organisations_of
from notices.models import Message

pytestmark = pytest.mark.django_db
ASKED = {
    "sort": "board",
    "name": "State Board of Massage",
    "website": "https://board.example",
    "address": "1 Capitol Square",
    "position": "Licensing clerk",
    "purpose": "License applications under chapter 480.",
}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def clerk(db: None) -> User:
    return ensure_user(email="clerk@board.example", legal_name="Clara Clerk")


@pytest.fixture
def platform(db: None) -> User:
    return ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)


@pytest.fixture
def board(clerk: User, platform: User) -> Organisation:
    """An approved board; the clerk manages it."""
    asked = services.apply_to_check(uuid=uuid4(), by=clerk, **ASKED)
    decided = services.decide_application(application=asked, approved=True, looked_at="Called them.", by=platform)
    assert decided.organisation
    return decided.organisation


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="accounts.backends.EmailBackend")
    return client


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    assert found, "the attack met no row"
    return False


def doors(client: Client, address: str) -> list[str]:
    """The words of the navigation at the head of a page."""
    head = client.get(address).content.decode().partition('class="topnav"')[2].partition("</nav>")[0]
    return re.findall(r">([^<>]+)</a>", head)


# ---------------------------------------------------------------- doors


def test_who_only_checks_sees_what_is_hers_alone(board: Organisation, clerk: User, record: TrainingRecord) -> None:
    learning = ["Study", "Hours", "Shifts", "Certificates"]
    assert doors(client_of(clerk), "/checks/") == ["Checks", "Account"]
    learner = cast(User, record.learner.user)
    assert doors(client_of(learner), "/learn/") == learning
    grant_role(user=learner, organisation=board, role="board")
    assert doors(client_of(learner), "/checks/") == ["Checks", *learning], "who is both sees both"
    stranger = ensure_user(email="new@example.org", legal_name="Nora New")
    assert doors(client_of(stranger), "/learn/") == learning, "who is nothing yet may become a learner"


def test_a_stranger_at_the_desk_of_checks_reads_how_to_come_to_it(board: Organisation, clerk: User) -> None:
    stranger = client_of(ensure_user(email="new@example.org", legal_name="Nora New"))
    for address in ("/checks/", "/checks/file/", "/checks/history/", "/checks/keys/", "/checks/cases/"):
        page = stranger.get(address)
        assert page.status_code == 403 and page["Cache-Control"] == "private, no-store"
        words = text_of(page)
        assert "Apply for an organisation" in words and "registrar" not in words, address
        assert 'href="/checks/apply/"' in page.content.decode()
    nora = ensure_user(email="nora@board.example", legal_name="Nora North")
    grant_role(user=nora, organisation=board, role="board")
    words = text_of(client_of(nora).get("/checks/keys/"))
    assert "for those who manage it" in words and "Apply for an organisation" not in words
    assert client_of(clerk).get("/checks/keys/").status_code == 200
    assert Client().get("/checks/").status_code == 302


# ---------------------------------------------------------------- applying


def test_she_applies_and_the_platform_approves(clerk: User, platform: User) -> None:
    hers = client_of(clerk)
    key = str(uuid4())
    for _click in range(2):
        assert hers.post("/checks/apply/", {**ASKED, "key": key}).status_code == 302
    application = Application.objects.get()
    told = Message.objects.get(to=platform.email)
    assert "State Board of Massage" in told.subject and str(application.uuid) in told.body
    assert "Waits for us" in text_of(hers.get("/checks/apply/"))
    assert not organisations_of(clerk, ["manager"]).exists()

    theirs = client_of(platform)
    assert "State Board of Massage" in text_of(theirs.get("/desk/organisations/"))
    page = f"/desk/organisations/applications/{application.uuid}/"
    shown = text_of(theirs.get(page))
    for piece in ("Clara Clerk", "Licensing clerk", "https://board.example", "chapter 480"):
        assert piece in shown
    assert theirs.post(page, {"approved": "yes", "looked_at": "Called the number on its site."}).status_code == 302
    board = Organisation.objects.get(slug="state-board-of-massage")
    assert (board.kind, board.name) == ("board", "State Board of Massage")
    clerk = User.objects.get(pk=clerk.pk)
    assert has_role(clerk, board, "manager")
    assert "Approved" in text_of(hers.get("/checks/apply/"))
    assert "You are its manager" in Message.objects.get(to=clerk.email).body
    assert "Called the number" in text_of(theirs.get(page)), "on what ground is kept"
    assert "Nothing waits" in text_of(theirs.get("/desk/organisations/"))
    assert "Clara Clerk" in text_of(theirs.get("/desk/organisations/state-board-of-massage/"))


@pytest.mark.parametrize("field", ["sort", "name", "website", "address", "position", "purpose"])
def test_an_application_without_it_is_refused_and_keeps_what_was_typed(clerk: User, field: str) -> None:
    page = client_of(clerk).post("/checks/apply/", {**ASKED, field: " ", "key": str(uuid4())})
    assert page.status_code == 422
    said = page.content.decode()
    for other, value in ASKED.items():
        if other not in (field, "sort"):
            assert value in said, other
    assert not Application.objects.exists()


def test_a_fourth_application_waits_for_an_answer(clerk: User) -> None:
    for number in range(3):
        services.apply_to_check(uuid=uuid4(), by=clerk, **{**ASKED, "name": f"Board {number}"})
    hers = client_of(clerk)
    page = hers.post("/checks/apply/", {**ASKED, "key": str(uuid4())})
    assert page.status_code == 422 and "Three of your applications wait" in text_of(page)
    first = Application.objects.order_by("pk")[0]
    for _click in range(2):
        assert hers.post(f"/checks/apply/{first.uuid}/withdraw/").status_code == 302
    assert "Taken back" in text_of(hers.get("/checks/apply/"))
    assert hers.post("/checks/apply/", {**ASKED, "key": str(uuid4())}).status_code == 302


def test_a_declined_one_gets_words_and_makes_nothing(clerk: User, platform: User) -> None:
    application = services.apply_to_check(uuid=uuid4(), by=clerk, **ASKED)
    page = f"/desk/organisations/applications/{application.uuid}/"
    theirs = client_of(platform)
    silent = theirs.post(page, {"approved": "no"})
    assert silent.status_code == 422 and "Say why, so that the applicant knows" in text_of(silent)
    groundless = theirs.post(page, {"approved": "yes", "words": "kept as typed"})
    assert groundless.status_code == 422 and "Say by what you know" in text_of(groundless)
    assert "kept as typed" in groundless.content.decode()
    assert theirs.post(page, {"approved": "no", "words": "The address is not the board's."}).status_code == 302
    assert not Organisation.objects.exists()
    assert "The address is not the board" in text_of(client_of(clerk).get("/checks/apply/"))
    assert "The address is not the board's." in Message.objects.get(to=clerk.email).body
    with pytest.raises(ValidationError, match="decided otherwise"):
        services.decide_application(application=application, approved=True, looked_at="x", by=platform)
    with pytest.raises(ValidationError, match="decided already"):
        services.withdraw_application(application=application, by=clerk)


def test_nobody_decides_on_her_own_application_and_only_the_platform_decides(clerk: User, platform: User) -> None:
    own = services.apply_to_check(uuid=uuid4(), by=platform, **ASKED)
    with pytest.raises(ValidationError, match="Somebody else decides"):
        services.decide_application(application=own, approved=True, looked_at="I know me.", by=platform)
    admin = ensure_user(email="admin@example.org", legal_name="Ada Admin")
    school = ensure_organisation(kind="school", slug="s", name="School")
    grant_role(user=admin, organisation=school, role="admin")
    with pytest.raises(ValidationError, match="platform's own people"):
        services.decide_application(application=own, approved=True, looked_at="x", by=admin)
    for path in ("", f"applications/{own.uuid}/", "s/"):
        assert client_of(admin).get(f"/desk/organisations/{path}").status_code == 403
    assert client_of(platform).get("/desk/organisations/s/").status_code == 404, "a school is no organisation of these"


def test_two_of_one_name_are_two(clerk: User, platform: User) -> None:
    for _number in range(2):
        asked = services.apply_to_check(uuid=uuid4(), by=clerk, **ASKED)
        services.decide_application(application=asked, approved=True, looked_at="x", by=platform)
    assert set(Organisation.objects.values_list("slug", flat=True)) == {
        "state-board-of-massage",
        "state-board-of-massage-2",
    }


# ---------------------------------------------------------------- people


def test_a_manager_invites_and_only_the_proved_address_accepts(board: Organisation, clerk: User) -> None:
    hers = client_of(clerk)
    people = f"/checks/{board.slug}/people/"
    for _click in range(2):
        assert hers.post(people, {"address": "Nora@Board.example", "role": "board"}).status_code == 302
    invitation = MemberInvitation.objects.get()
    mail = Message.objects.get(to="nora@board.example")
    assert "Clara Clerk invites you" in mail.body and "/checks/invited/" in mail.body
    assert "nora@board.example" in text_of(hers.get(people))

    other = ensure_user(email="other@example.org", legal_name="Otto Other")
    assert client_of(other).post(f"/checks/invited/{invitation.uuid}/", {"accept": "1"}).status_code == 404
    with pytest.raises(ValidationError, match="another address"):
        services.answer_invitation(invitation=invitation, by=other, accepts=True)
    nora = ensure_user(email="nora@board.example", legal_name="Nora North")
    EmailAddress.objects.filter(user=nora).update(verified=False)
    assert not invitations_for(nora).exists(), "an address that was only claimed proves nothing"
    assert client_of(nora).post(f"/checks/invited/{invitation.uuid}/", {"accept": "1"}).status_code == 404
    EmailAddress.objects.filter(user=nora).update(verified=True)
    assert "State Board of Massage" in text_of(client_of(nora).get("/checks/invited/"))
    for _click in range(2):
        accepted = client_of(nora).post(f"/checks/invited/{invitation.uuid}/", {"accept": "1"})
        assert accepted["Location"] == f"/checks/?organisation={board.slug}", "to what she may do now"
    assert client_of(nora).get(accepted["Location"]).status_code == 200
    nora = User.objects.get(pk=nora.pk)
    assert has_role(nora, board, "board") and not has_role(nora, board, "manager")
    assert client_of(nora).get(people).status_code == 404, "she checks; she does not manage"
    assert "holds that role already" in text_of(hers.post(people, {"address": nora.email, "role": "board"}))


def test_the_answer_is_the_same_whether_or_not_an_address_has_an_account(board: Organisation, clerk: User) -> None:
    ensure_user(email="known@example.org", legal_name="Kim Known")
    hers, people = client_of(clerk), f"/checks/{board.slug}/people/"
    said = []
    for address in ("known@example.org", "nobody@example.org"):
        page = hers.post(people, {"address": address, "role": "board"}, follow=True)
        said.append(text_of(page).replace(address, "…").count("We mailed an invitation to …"))
    assert said == [1, 1]


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"address": "no address", "role": "board"}, "Write an e-mail address"),
        ({"address": "a@b.example", "role": "verifier"}, "Choose a role"),
        ({"address": "a@b.example", "role": "registrar"}, "Choose a role"),
        ({"address": "a@b.example"}, "Choose a role"),
    ],
)
def test_a_wrong_invitation_is_refused(board: Organisation, clerk: User, sent: dict[str, str], word: str) -> None:
    page = client_of(clerk).post(f"/checks/{board.slug}/people/", sent)
    assert page.status_code == 422 and word in text_of(page)
    assert sent["address"] in page.content.decode()
    assert not MemberInvitation.objects.exists()


def test_an_invitation_is_declined_or_taken_back_once(board: Organisation, clerk: User) -> None:
    nora = ensure_user(email="nora@board.example", legal_name="Nora North")
    first = services.invite_member(organisation=board, address=nora.email, role="board", by=clerk)
    assert client_of(nora).post(f"/checks/invited/{first.uuid}/", {"accept": "0"}).status_code == 302
    with pytest.raises(ValidationError, match="is over"):
        services.answer_invitation(invitation=first, by=nora, accepts=True)
    second = services.invite_member(organisation=board, address=nora.email, role="board", by=clerk)
    for _click in range(2):
        assert client_of(clerk).post(f"/checks/invitations/{second.uuid}/take-back/").status_code == 302
    with pytest.raises(ValidationError, match="is over"):
        services.answer_invitation(invitation=second, by=nora, accepts=True)
    assert not Membership.objects.filter(user=nora).exists()
    assert "No invitation waits" in text_of(client_of(nora).get("/checks/invited/"))


def test_the_last_manager_stays_and_others_go(board: Organisation, clerk: User) -> None:
    hers, people = client_of(clerk), f"/checks/{board.slug}/people/"
    alone = hers.post(f"{people}{clerk.uuid}/manager/end/", follow=True)
    assert "Nobody else manages this organisation" in text_of(alone)
    nora = ensure_user(email="nora@board.example", legal_name="Nora North")
    grant_role(user=nora, organisation=board, role="board")
    assert client_of(nora).post(f"{people}{clerk.uuid}/manager/end/").status_code == 404
    assert hers.post(f"{people}{nora.uuid}/board/end/").status_code == 302
    assert not has_role(User.objects.get(pk=nora.pk), board, "board")
    assert hers.post(f"{people}{nora.uuid}/board/end/").status_code == 404, "there is no such role any more"
    grant_role(user=nora, organisation=board, role="manager")
    assert hers.post(f"{people}{clerk.uuid}/manager/end/").status_code == 302
    assert hers.get(people).status_code == 404


def test_a_manager_of_one_is_nobody_in_another(board: Organisation, clerk: User) -> None:
    other = ensure_organisation(kind="verifier", slug="other", name="Other")
    invitation = MemberInvitation.objects.create(organisation=other, address="a@b.example", role="verifier", by=clerk)
    hers = client_of(clerk)
    assert hers.get("/checks/other/people/").status_code == 404
    assert hers.post(f"/checks/invitations/{invitation.uuid}/take-back/").status_code == 404
    with pytest.raises(ValidationError, match="Only a manager"):
        services.invite_member(organisation=other, address="x@y.example", role="verifier", by=clerk)


def test_the_platform_reads_who_guessed(board: Organisation, platform: User) -> None:
    theirs = client_of(platform)
    assert "Guessed" not in text_of(theirs.get("/desk/organisations/"))
    now = timezone.now()
    ProbingAlert.objects.create(organisation=board, since=now, until=now, asked=300, misses=280)
    assert "280 of 300 codes were unknown" in text_of(theirs.get("/desk/organisations/"))


# ---------------------------------------------------------------- stops, and what goes


def test_the_platform_stops_an_organisation_and_lifts_it(board: Organisation, clerk: User, platform: User) -> None:
    page = f"/desk/organisations/{board.slug}/"
    theirs = client_of(platform)
    assert theirs.post(page, {"step": "stop", "words": " "}).status_code == 422
    for _click in range(2):
        assert theirs.post(page, {"step": "stop", "words": "Three hundred codes were guessed."}).status_code == 302
    stop = open_stop(board)
    assert stop, "a second click lifts nothing"
    assert "Three hundred codes" in Message.objects.get(to=clerk.email, subject__contains="cannot check").body
    assert "Lift the stop" in text_of(theirs.get(page))
    assert theirs.post(page, {"step": "lift", "stop": str(uuid4())}).status_code == 302
    assert open_stop(board) == stop, "an old page lifts no later one"
    for _click in range(2):
        assert theirs.post(page, {"step": "lift", "stop": str(stop.uuid)}).status_code == 302
    assert open_stop(board) is None
    assert "by its people and by its keys" in Message.objects.get(to=clerk.email, subject__contains="again").body
    assert "Lifted on" in text_of(theirs.get(page))
    with pytest.raises(ValidationError, match="platform's own people"):
        services.stop_checking(organisation=board, words="x", by=clerk)


def test_addresses_of_invitations_go_after_ninety_days(board: Organisation, clerk: User) -> None:
    waiting = services.invite_member(organisation=board, address="a@b.example", role="board", by=clerk)
    over = services.invite_member(organisation=board, address="c@d.example", role="board", by=clerk)
    services.take_back_invitation(invitation=over, by=clerk)
    now = timezone.now()
    assert services.forget_invitations(now=now + timedelta(days=89)) == 0
    assert services.forget_invitations(now=now + timedelta(days=91)) == 1
    waiting.refresh_from_db()
    over.refresh_from_db()
    assert (waiting.address, over.address) == ("a@b.example", "")
    assert waiting.ended_at and not waiting.accepted, "nobody answered for ninety days"
    assert services.forget_invitations(now=now + timedelta(days=182)) == 1


def test_what_she_is_goes_with_her_and_only_with_her(board: Organisation, clerk: User) -> None:
    erase = "UPDATE verification_application SET position = '', erased_at = '2034-01-01 00:00:00+00:00'"
    assert refused(erase), "her account is open"
    services.invite_member(organisation=board, address=clerk.email, role="board", by=clerk)
    assert services.asked_and_invited(user=clerk) == 2
    end_role(user=clerk, organisation=board, role="manager")
    services.forget_invited(user=clerk)
    closed = close_account(user=clerk, keep_name=False)
    assert not refused(erase)
    assert refused(erase.replace("position = ''", "position = '', name = 'Other'"))
    assert refused(erase.replace("position = ''", "position = 'x'"))
    services.forget_applicant(user=closed)
    application = Application.objects.get()
    assert (application.position, application.name) == ("", "State Board of Massage")
    assert list(MemberInvitation.objects.values_list("address", flat=True)) == [""]


def test_the_database_keeps_decisions_invitations_and_stops(board: Organisation, clerk: User, platform: User) -> None:
    own = services.apply_to_check(uuid=uuid4(), by=platform, **ASKED)
    invitation = services.invite_member(organisation=board, address="a@b.example", role="board", by=clerk)
    stop = services.stop_checking(organisation=board, words="x", by=platform)
    now = "'2026-11-29 00:00:00+00:00'"
    decide = (
        "INSERT INTO verification_applicationdecision (application_id, approved, looked_at, words, by_id, at) "
        f"VALUES ({own.pk}, FALSE, '', 'no', {{}}, {now})"
    )
    assert refused(decide.format(platform.pk)), "by who made it"
    assert not refused(decide.format(clerk.pk))
    assert refused("UPDATE verification_applicationdecision SET approved = FALSE")
    assert refused("DELETE FROM verification_applicationdecision")
    assert refused(f"UPDATE verification_application SET withdrawn_at = {now} WHERE id <> {own.pk}"), "decided"
    assert not refused(f"UPDATE verification_application SET withdrawn_at = {now} WHERE id = {own.pk}")
    assert refused("UPDATE verification_memberinvitation SET address = 'evil@b.example'")
    assert refused("UPDATE verification_memberinvitation SET address = ''"), "it waits"
    assert refused("UPDATE verification_memberinvitation SET role = 'manager'")
    assert refused("UPDATE verification_memberinvitation SET accepted = TRUE"), "without an end"
    services.take_back_invitation(invitation=invitation, by=clerk)
    assert refused(f"UPDATE verification_memberinvitation SET ended_at = NULL WHERE id = {invitation.pk}")
    assert refused(f"UPDATE verification_memberinvitation SET accepted = TRUE WHERE id = {invitation.pk}")
    services.lift_stop(stop=stop, by=platform)
    assert refused("UPDATE verification_checkingstop SET lifted_at = NULL, lifted_by_id = NULL")
    assert refused("UPDATE verification_checkingstop SET words = 'y'")
    assert CheckingStop.objects.count() == 1
