"""The school's registers on screen: sites, supervisors, and who works where; each refusal beside what passes."""

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.services import grant_role
from certification.externships import rules
from certification.externships.models import Shift, SignOff, SignOffLink, Site, SiteAssignment, Supervisor
from certification.externships.selectors import (
    assignments_of_site,
    assignments_of_supervisor,
    sites_of,
    supervisors_of,
)
from certification.externships.services import (
    assign_supervisor,
    edit_site,
    edit_supervisor,
    end_assignment,
    register_site,
    register_supervisor,
    verify_supervisor,
)
from certification.records.models import HourEntry
from notices.models import Message

from .conftest import Clinic, answers
from .test_signing import url_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SITES, NEW_SITE = "externships:desk_sites", "externships:desk_new_site"
SUPERVISORS, NEW_SUPERVISOR = "externships:desk_supervisors", "externships:desk_new_supervisor"


def words_of(page: Any) -> str:
    """What the main part of a page says, in one line."""
    main = page.content.decode().split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main).replace("\u2009", " "))


def shown_in(page: Any) -> dict[str, str]:
    """The fields of a page's forms as a browser would send them back."""
    fields: dict[str, str] = {}
    content = page.content.decode()
    for tag in re.findall(r"<input[^>]*>", content):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name and name.group(1) not in ("csrfmiddlewaretoken", "q") and kind and kind.group(1) != "checkbox":
            fields[name.group(1)] = value.group(1) if value else ""
    return fields | dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', content))


def site_form(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "name": "Lowcountry Sports Clinic", "address": "118 Bull Street\r\nSavannah, GA 31401",
        "zone": "America/New_York", "approved_on": "2026-01-01", "approval_ends_on": "",
        "agreement_starts_on": "2026-01-01", "agreement_ends_on": "2027-12-31", **fields,
    }  # fmt: skip


def supervisor_form(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "name": "Omar Haddad", "email": "ohaddad@lowcountry.example",
        "profession": "Massage therapist", "licence_state": "ga", "licence_number": "MT-22871",
        "valid_from": "2025-01-01", "valid_to": "2027-12-31", **fields,
    }  # fmt: skip


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    """The coordinator's browser."""
    return clinic.school.client(clinic.school.coordinator)


# ---- sites -----------------------------------------------------------------------------------------------------------


def test_a_site_is_registered_once_however_often_one_clicks(clinic: Clinic, desk: Client) -> None:
    form = site_form()
    first, again = desk.post(reverse(NEW_SITE), form), desk.post(reverse(NEW_SITE), form)
    site = Site.objects.get(organisation__name="Lowcountry Sports Clinic")
    assert first["Location"] == again["Location"] == reverse("externships:desk_site", args=[site.uuid])
    assert (site.school, site.organisation.kind, site.zone) == (clinic.school.school, "site", "America/New_York")
    assert site.organisation.address == "118 Bull Street\nSavannah, GA 31401"
    assert (site.approved_on, site.approval_ends_on) == (date(2026, 1, 1), None)
    assert site.agreement.last == date(2027, 12, 31)
    assert "Lowcountry Sports Clinic 118 Bull Street, Savannah" in words_of(desk.get(reverse(SITES)))


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"name": " "}, "Write the name"),
        ({"name": "harborview  rehabilitation"}, "is on your list already"),
        ({"approved_on": ""}, "Choose the day"),
        ({"approved_on": "20261"}, "Write the day as year, month, day"),
        ({"approved_on": "0026-01-01"}, "Look at the year"),
        ({"approval_ends_on": "2025-12-31"}, "The last day lies before the first"),
        ({"agreement_ends_on": "2025-12-31"}, "The last day lies before the first"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_a_wrong_site_is_refused_and_what_was_typed_stays(desk: Client, change: dict[str, str], sentence: str) -> None:
    page = desk.post(reverse(NEW_SITE), site_form(**{"address": "9 Pine Lane", **change}))
    assert page.status_code == 422
    assert sentence in words_of(page)
    assert "9 Pine Lane" in page.content.decode()
    assert Site.objects.count() == 1
    assert Organisation.objects.filter(kind="site").count() == 1, "nothing is half stored"


def test_two_places_of_one_name_get_names_of_their_own(clinic: Clinic) -> None:
    hers = register_site(school=clinic.school.school, name="Élan", approved_on=TODAY)
    theirs = register_site(school=clinic.school.other_school, name="Élan", approved_on=TODAY)
    assert hers.organisation_id != theirs.organisation_id, "what one school edits is not another school's"
    signs = register_site(school=clinic.school.school, name="東京", approved_on=TODAY)
    assert signs.organisation.slug.startswith("riverbend-")
    long = [
        register_site(school=clinic.school.school, name=f"{'x' * 90} {n}", approved_on=TODAY).organisation.slug
        for n in range(3)
    ]
    assert len(set(long)) == 3
    with pytest.raises(ValidationError, match="already"):
        register_site(school=clinic.school.school, name="ÉLAN".capitalize(), approved_on=TODAY)


def test_a_key_of_another_school_makes_a_row_all_the_same(clinic: Clinic, desk: Client) -> None:
    theirs = register_site(school=clinic.school.other_school, name="Hilltop", approved_on=TODAY)
    assert desk.post(reverse(NEW_SITE), site_form(key=str(theirs.uuid))).status_code == 302
    assert Site.objects.get(organisation__name="Lowcountry Sports Clinic").uuid != theirs.uuid


def test_the_list_says_how_dates_stand_and_finds(clinic: Clinic, desk: Client) -> None:
    school = clinic.school.school
    register_site(school=school, name="Soon", approved_on=date(2026, 1, 1), agreement_ends_on=date(2026, 12, 20))
    register_site(school=school, name="Gone", approved_on=date(2025, 1, 1), approval_ends_on=date(2026, 11, 19))
    register_site(school=school, name="Next", approved_on=date(2026, 12, 1), address="4 Oak Row\nMacon")
    said = words_of(desk.get(reverse(SITES)))
    for needed in (
        "Soon In force no end Ends soon 20 Dec 2026 0",
        "Gone Over ended 19 Nov 2026 No dates 0",
        "Next 4 Oak Row, Macon Not yet from 1 Dec 2026 No dates 0",
        "Harborview Rehabilitation In force until 31 Dec 2027 In force until 30 Jun 2027 1",
    ):
        assert needed in said

    def found(**asked: str) -> list[str]:
        return [str(site) for site in desk.get(reverse(SITES), asked).context["page_obj"]]

    assert found() == ["Gone", "Harborview Rehabilitation", "Next", "Soon"]
    assert found(q="oak macon") == ["Next"]
    assert found(state="over") == ["Gone"]
    assert found(state="ends_soon") == ["Soon"]
    assert found(state="in_force") == ["Harborview Rehabilitation"]
    assert found(state="nonsense", q="\x00 go") == ["Gone"]
    nothing = desk.get(reverse(SITES), {"q": "zzz"})
    assert "No site fits" in words_of(nothing)


def test_empty_registers_teach(clinic: Clinic) -> None:
    other = clinic.school.client(clinic.school.foreign_registrar)
    assert "No sites yet" in words_of(other.get(reverse(SITES)))
    assert "No supervisors yet" in words_of(other.get(reverse(SUPERVISORS)))


PERIODS = [
    (first, last)
    for first in (None, TODAY - timedelta(days=9), TODAY, TODAY + timedelta(days=1))
    for last in (None, *(TODAY + timedelta(days=n) for n in (-1, 0, 1, 30, 31)))
    if first is None or last is None or first <= last
]


def test_the_database_narrows_as_the_rule_says(clinic: Clinic) -> None:
    """Every pair of periods: what a list shows under a state is what `rules.standing` calls so."""
    school = clinic.school.other_school
    expected: dict[str, set[int]] = {}
    for first, last in PERIODS:
        for starts, ends in PERIODS:
            if first is None:
                continue
            site = register_site(
                school=school, slug=f"s{len(expected)}-{first}-{last}-{starts}-{ends}".lower(), name="x", approved_on=first,
                approval_ends_on=last, agreement_starts_on=starts, agreement_ends_on=ends,
            )  # fmt: skip
            state = rules.most_urgent(rules.standing(site.approval, TODAY), rules.standing(site.agreement, TODAY))
            expected.setdefault("in_force" if state == "undated" else state, set()).add(site.pk)
    for state in ("in_force", "ends_soon", "over"):
        assert {site.pk for site in sites_of([school], TODAY, state=state)} == expected[state], state


def test_dates_are_changed_and_what_is_signed_stays_signed(clinic: Clinic, desk: Client) -> None:
    clinic.draft()
    link = clinic.send()
    Client().post(url_of(link), answers(link))
    before = [list(model.objects.order_by("pk").values()) for model in (HourEntry, SignOff, Shift)]
    edit = reverse("externships:desk_edit_site", args=[clinic.site.uuid])
    form = shown_in(desk.get(edit))
    assert form["agreement_ends_on"] == "2027-06-30"
    page = desk.post(
        edit, {**form, "name": "Harborview Rehab", "address": "1 Quay", "agreement_ends_on": "2026-10-31"}, follow=True
    )
    assert "What is signed stays as it was signed" in words_of(page)
    assert "Over ended 31 Oct 2026" in words_of(page)
    assert [list(model.objects.order_by("pk").values()) for model in (HourEntry, SignOff, Shift)] == before
    assert HourEntry.objects.get().place == "Harborview Rehabilitation"
    clinic.site.refresh_from_db()
    assert clinic.site.version == 2
    with pytest.raises(ValidationError, match="agreement with Harborview Rehab does not cover"):
        clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")


def test_of_two_who_edit_at_once_the_later_one_is_told(clinic: Clinic, desk: Client) -> None:
    edit = reverse("externships:desk_edit_site", args=[clinic.site.uuid])
    registrar = clinic.school.client(clinic.school.registrar)
    hers, his = shown_in(desk.get(edit)), shown_in(registrar.get(edit))
    assert desk.post(edit, {**hers, "agreement_ends_on": "2028-06-30"}).status_code == 302
    told = registrar.post(edit, {**his, "address": "1 Quay"})
    assert told.status_code == 422
    said = words_of(told)
    assert "Somebody changed this after you opened the page" in said
    assert "Agreement until 30 June 2028" in said, "what stands there now"
    assert "Address nothing" in said
    clinic.site.refresh_from_db()
    assert (clinic.site.organisation.address, clinic.site.agreement_ends_on) == ("", date(2028, 6, 30))
    second = shown_in(told)
    assert (second["address"], second["agreement_ends_on"], second["version"]) == ("1 Quay", "2027-06-30", "2")
    assert registrar.post(edit, {**second, "agreement_ends_on": "2028-06-30"}).status_code == 302, "now she knows"
    clinic.site = Site.objects.get(pk=clinic.site.pk)
    assert (clinic.site.organisation.address, clinic.site.agreement_ends_on) == ("1 Quay", date(2028, 6, 30))


def test_a_double_click_changes_once_and_says_no_conflict(clinic: Clinic, desk: Client) -> None:
    edit = reverse("externships:desk_edit_site", args=[clinic.site.uuid])
    form = {**shown_in(desk.get(edit)), "address": "1 Quay\r\n Savannah"}
    assert [desk.post(edit, form).status_code for _click in range(2)] == [302, 302]
    clinic.site.refresh_from_db()
    assert clinic.site.version == 2


def test_the_name_of_a_place_that_two_schools_use_is_not_changed_by_one(clinic: Clinic, desk: Client) -> None:
    register_site(school=clinic.school.other_school, slug="harborview", name="x", approved_on=TODAY)
    edit = reverse("externships:desk_edit_site", args=[clinic.site.uuid])
    form = shown_in(desk.get(edit))
    page = desk.post(edit, {**form, "name": "Mine"})
    assert "Other schools use this place too" in words_of(page)
    assert desk.post(edit, {**form, "approval_ends_on": "2028-01-01"}).status_code == 302, "its dates are the school's"
    assert Organisation.objects.get(slug="harborview").name == "Harborview Rehabilitation"


def test_a_site_takes_no_name_of_another_on_the_list(clinic: Clinic, desk: Client) -> None:
    other = register_site(school=clinic.school.school, name="Hilltop", approved_on=TODAY)
    edit = reverse("externships:desk_edit_site", args=[other.uuid])
    page = desk.post(edit, {**shown_in(desk.get(edit)), "name": "HARBORVIEW Rehabilitation"})
    assert "is on your list already" in words_of(page)
    assert desk.post(edit, {**shown_in(desk.get(edit)), "name": "HILLTOP"}).status_code == 302


# ---- supervisors -----------------------------------------------------------------------------------------------------


def test_a_supervisor_is_registered_once_and_not_verified(clinic: Clinic, desk: Client) -> None:
    form = supervisor_form()
    first, again = desk.post(reverse(NEW_SUPERVISOR), form), desk.post(reverse(NEW_SUPERVISOR), form)
    made = Supervisor.objects.get(email="ohaddad@lowcountry.example")
    assert first["Location"] == again["Location"] == reverse("externships:desk_supervisor", args=[made.uuid])
    assert (made.licence_state, made.verified_at, made.school) == ("GA", None, clinic.school.school)
    page = desk.get(first["Location"])
    assert "Nobody has checked this license" in words_of(page)
    assert "Omar Haddad ohaddad@lowcountry.example Not verified" in words_of(desk.get(reverse(SUPERVISORS)))


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"name": ""}, "Write the name as it stands on the license"),
        ({"email": "no address"}, "Enter a valid email address"),
        ({"email": "PRaman@harborview.example"}, "Dr. Priya Raman is on your list with this address"),
        ({"email": "Daniela+x@example.org"}, "belongs to a learner of the school"),
        ({"licence_state": "G"}, "two letters"),
        ({"licence_state": "12"}, "two letters"),
        ({"licence_number": ""}, "Write the number"),
        ({"profession": ""}, "Write the profession"),
        ({"valid_to": "2024-12-31"}, "The last day lies before the first"),
    ],
)
def test_a_wrong_supervisor_is_refused_and_what_was_typed_stays(
    clinic: Clinic, desk: Client, change: dict[str, str], sentence: str
) -> None:
    page = desk.post(reverse(NEW_SUPERVISOR), supervisor_form(**change))
    assert page.status_code == 422
    assert sentence in words_of(page)
    assert 'value="2025-01-01"' in page.content.decode()
    assert Supervisor.objects.count() == 1


def test_the_list_says_how_licenses_stand_and_finds(clinic: Clinic, desk: Client) -> None:
    school, coordinator = clinic.school.school, clinic.school.coordinator
    people: dict[str, Supervisor] = {}
    for name, valid_from, valid_to, checked in (
        ("Ana Soon", None, date(2026, 12, 20), True),
        ("Ben Over", None, date(2026, 11, 19), False),
        ("Cy Fresh", date(2025, 1, 1), date(2028, 1, 1), False),
        ("Di Later", date(2026, 12, 1), None, True),
    ):
        people[name] = register_supervisor(
            school=school, name=name, email=f"{name[:2].lower()}@clinic.example", licence_number=f"N-{name[:2]}",
            licence_state="KY", profession="Massage therapist", valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip
        if checked:
            verify_supervisor(supervisor=people[name], by=coordinator)
    said = words_of(desk.get(reverse(SUPERVISORS)))
    for needed in (
        "Ana Soon an@clinic.example Ends soon 20 Dec 2026",
        "Ben Over be@clinic.example Over ended 19 Nov 2026",
        "Cy Fresh cy@clinic.example Not verified",
        "Di Later di@clinic.example Not yet from 1 Dec 2026",
        "Valid until 31 Mar 2027 Physical therapist, KY PT-10442 Harborview Rehabilitation",
    ):
        assert needed in said

    def found(**asked: str) -> list[str]:
        return [person.name for person in desk.get(reverse(SUPERVISORS), asked).context["page_obj"]]

    assert found(q="harborview") == ["Dr. Priya Raman"]
    assert found(q="n-cy") == ["Cy Fresh"]
    assert found(state="unverified") == ["Ben Over", "Cy Fresh"]
    assert found(state="over") == ["Ben Over"]
    assert found(state="ends_soon") == ["Ana Soon"]
    assert found(state="in_force") == ["Cy Fresh", "Dr. Priya Raman"]
    assert "No supervisor fits" in words_of(desk.get(reverse(SUPERVISORS), {"q": "zzz"}))


def edited(clinic: Clinic, desk: Client, **fields: str) -> Any:
    edit = reverse("externships:desk_edit_supervisor", args=[clinic.supervisor.uuid])
    page = desk.post(edit, {**shown_in(desk.get(edit)), **fields}, follow=True)
    clinic.supervisor = Supervisor.objects.get(pk=clinic.supervisor.pk)
    return page


@pytest.mark.parametrize(
    "field,value",
    [
        ("licence_number", "PT-10443"),
        ("licence_state", "TN"),
        ("profession", "Massage therapist"),
        ("valid_from", "2024-01-02"),
        ("valid_to", "2029-03-31"),
        ("name", "Omar Haddad"),
    ],
)
def test_another_license_clears_the_check_and_says_so(clinic: Clinic, desk: Client, field: str, value: str) -> None:
    form = shown_in(desk.get(reverse("externships:desk_edit_supervisor", args=[clinic.supervisor.uuid])))
    assert form[field] != value
    page = edited(clinic, desk, **{field: value})
    assert "The check of the license is cleared" in words_of(page)
    assert "Nobody has checked this license" in words_of(page)
    assert (clinic.supervisor.verified_at, clinic.supervisor.verified_by) == (None, None)


@pytest.mark.parametrize("field,value", [("name", "Priya Raman-Hall"), ("email", "raman@harborview.example")])
def test_a_name_or_address_that_is_still_hers_leaves_the_check(
    clinic: Clinic, desk: Client, field: str, value: str
) -> None:
    page = edited(clinic, desk, **{field: value})
    assert "What is signed keeps the license of that day" in words_of(page)
    assert getattr(clinic.supervisor, field) == value
    assert clinic.supervisor.verified_by == clinic.school.coordinator


def test_what_she_signed_keeps_the_license_of_that_day(clinic: Clinic, desk: Client) -> None:
    clinic.draft()
    link = clinic.send()
    Client().post(url_of(link), answers(link))
    before = [list(model.objects.order_by("pk").values()) for model in (HourEntry, SignOff, Shift)]
    edited(clinic, desk, licence_number="PT-9", valid_to="2030-01-01")
    assert [list(model.objects.order_by("pk").values()) for model in (HourEntry, SignOff, Shift)] == before
    assert "PT-10442" in SignOff.objects.get().licence


def test_an_open_link_opens_nothing_for_the_old_address(clinic: Clinic, desk: Client) -> None:
    shift = clinic.draft()
    link = clinic.send()
    old = url_of(link)
    page = edited(clinic, desk, email="raman@harborview.example")
    assert "1 open link went to the old address" in words_of(page)
    assert Client().get(old).status_code == 404
    fresh = SignOffLink.objects.get(replaces=link)
    assert Message.objects.filter(to="raman@harborview.example").count() == 1
    edited(clinic, desk, email="RAMAN@harborview.example")
    assert SignOffLink.objects.count() == 2, "another spelling of the same address sends nothing"
    assert Client().post(url_of(fresh), answers(fresh)).status_code == 302
    shift.refresh_from_db()
    assert shift.state == "signed"


def test_another_address_and_another_license_hold_the_link_until_somebody_checks(clinic: Clinic, desk: Client) -> None:
    clinic.draft()
    link = clinic.send()
    edited(clinic, desk, email="raman@harborview.example", licence_number="PT-9")
    held = SignOffLink.objects.get(replaces=link)
    assert held.held_at is not None
    assert not Message.objects.filter(to="raman@harborview.example").exists()
    page = desk.post(
        reverse("externships:desk_verify", args=[clinic.supervisor.uuid]),
        {"from": "supervisor", "version": str(clinic.supervisor.version)},
        follow=True,
    )
    assert "The license is checked By Cora Coordinator, 20 November 2026" in words_of(page)
    assert Message.objects.filter(to="raman@harborview.example").count() == 1


@pytest.mark.parametrize(
    "email,sentence",
    [
        ("ohaddad@lowcountry.example", "Omar Haddad is on your list with this address"),
        ("daniela@example.org", "belongs to a learner"),
        ("c.ora+x@example.org", "This is your own address"),
    ],
)
def test_an_address_that_cannot_be_hers(clinic: Clinic, desk: Client, email: str, sentence: str) -> None:
    desk.post(reverse(NEW_SUPERVISOR), supervisor_form())
    page = edited(clinic, desk, email=email)
    assert (page.status_code, clinic.supervisor.email) == (422, "praman@harborview.example")
    assert sentence in words_of(page)


def test_of_two_who_edit_a_supervisor_the_later_one_is_told(clinic: Clinic, desk: Client) -> None:
    edit = reverse("externships:desk_edit_supervisor", args=[clinic.supervisor.uuid])
    stale = shown_in(desk.get(edit))
    edited(clinic, clinic.school.client(clinic.school.registrar), valid_to="2029-03-31")
    told = desk.post(edit, {**stale, "licence_number": "PT-9"})
    assert "Somebody changed this" in words_of(told)
    assert "Valid until 31 March 2029" in words_of(told)
    clinic.supervisor.refresh_from_db()
    assert (clinic.supervisor.licence_number, clinic.supervisor.valid_to) == ("PT-10442", date(2029, 3, 31))


def test_nobody_confirms_a_license_that_changed_since_she_looked(clinic: Clinic, desk: Client) -> None:
    edited(clinic, desk, licence_number="PT-9")
    seen = shown_in(desk.get(reverse("externships:desk_supervisor", args=[clinic.supervisor.uuid])))
    assert (seen["from"], seen["version"]) == ("supervisor", "2")
    edited(clinic, desk, licence_number="PT-8")
    verify = reverse("externships:desk_verify", args=[clinic.supervisor.uuid])
    page = desk.post(verify, seen, follow=True)
    assert "Somebody changed this license after you opened the page" in words_of(page)
    clinic.supervisor.refresh_from_db()
    assert clinic.supervisor.verified_at is None
    page = desk.post(verify, {**seen, "version": "3"}, follow=True)
    assert "you checked this license" in words_of(page)


# ---- who works where -------------------------------------------------------------------------------------------------


def test_a_supervisor_is_added_from_a_day_on_once(clinic: Clinic, desk: Client) -> None:
    desk.post(reverse(NEW_SUPERVISOR), supervisor_form())
    omar = Supervisor.objects.get(name="Omar Haddad")
    page = reverse("externships:desk_site", args=[clinic.site.uuid])
    offered = desk.get(page).content.decode()
    assert f'value="{omar.uuid}"' in offered
    assert f'value="{clinic.supervisor.uuid}"' not in offered, "she is there already"
    form = {"supervisor": str(omar.uuid), "from_on": "2026-11-02"}
    assert "Omar Haddad is listed here now" in words_of(desk.post(page, form, follow=True))
    assert desk.post(page, form).status_code == 302, "a double click is no refusal"
    assert SiteAssignment.objects.filter(supervisor=omar, site=clinic.site).count() == 1
    assert "Omar Haddad Massage therapist Not verified from 2 Nov 2026" in words_of(desk.get(page))
    seen = words_of(desk.get(reverse("externships:desk_supervisor", args=[omar.uuid])))
    assert "Harborview Rehabilitation from 2 Nov 2026" in seen


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"supervisor": ""}, "Choose who works there"),
        ({"supervisor": str(uuid.uuid4())}, "Select a valid choice"),
        ({"from_on": ""}, "Choose the day"),
    ],
)
def test_a_wrong_addition_is_refused(clinic: Clinic, desk: Client, change: dict[str, str], sentence: str) -> None:
    desk.post(reverse(NEW_SUPERVISOR), supervisor_form())
    form = {"supervisor": str(Supervisor.objects.get(name="Omar Haddad").uuid), "from_on": "2026-11-02", **change}
    page = desk.post(reverse("externships:desk_site", args=[clinic.site.uuid]), form)
    assert page.status_code == 422
    assert sentence in words_of(page)
    assert SiteAssignment.objects.count() == 1


def test_nobody_is_listed_twice_on_one_day(clinic: Clinic) -> None:
    by = clinic.school.coordinator
    there = {"supervisor": clinic.supervisor, "site": clinic.site, "by": by}
    with pytest.raises(ValidationError, match="listed there from 1 September 2026 on already"):
        assign_supervisor(**there, from_on=date(2026, 11, 1))
    with pytest.raises(ValidationError, match="listed there from 1 September"):
        assign_supervisor(**there, from_on=date(2026, 8, 1))
    assert assign_supervisor(**there, from_on=date(2026, 8, 1), until_on=date(2026, 8, 31))
    with pytest.raises(ValidationError, match="before the first"):
        assign_supervisor(**there, from_on=date(2026, 7, 31), until_on=date(2026, 7, 1))
    first = SiteAssignment.objects.get(from_on=date(2026, 8, 1))
    with pytest.raises(ValidationError, match="listed there from 1 September"):
        end_assignment(assignment=first, until_on=date(2026, 9, 1), by=by, seen_until_on=first.until_on)


def test_an_assignment_ends_on_a_day_and_what_waits_is_told(clinic: Clinic, desk: Client) -> None:
    signed, late = clinic.draft(), clinic.draft("2026-11-13 09:00", "2026-11-13 12:00")
    link = clinic.send()
    form = {**answers(link), f"answer-{late.uuid}": ""}
    Client().post(url_of(link), form)
    assignment = SiteAssignment.objects.get()
    end = reverse("externships:desk_assignment", args=[assignment.uuid])
    page = desk.get(end)
    assert "Listed here from 1 September 2026" in words_of(page)
    early = desk.post(end, {**shown_in(page), "until_on": "2026-08-31"})
    assert "The last day lies before the first" in words_of(early)
    done = desk.post(end, {**shown_in(page), "until_on": "2026-11-12"}, follow=True)
    assert "1 shift after that day waits and can no longer be signed" in words_of(done)
    assert "1 Sep 2026 – 12 Nov 2026" in words_of(done)
    again = desk.post(end, {**shown_in(page), "until_on": "2026-11-12"})
    assert again.status_code == 302, "a double click is no conflict"
    signed.refresh_from_db()
    assert signed.state == "signed"
    kept = Client().post(url_of(link), {**answers(link), f"answer-{signed.uuid}": ""})
    assert "does not list you at this site on that day" in words_of(kept)


def test_an_end_can_be_moved_and_whoever_saw_another_one_is_told(clinic: Clinic, desk: Client) -> None:
    end = reverse("externships:desk_assignment", args=[SiteAssignment.objects.get().uuid])
    stale = shown_in(desk.get(end))
    registrar = clinic.school.client(clinic.school.registrar)
    assert registrar.post(end, {**shown_in(registrar.get(end)), "until_on": "2026-11-30"}).status_code == 302
    told = desk.post(end, {**stale, "until_on": "2026-12-31"})
    assert (told.status_code, SiteAssignment.objects.get().until_on) == (422, date(2026, 11, 30))
    assert "Somebody changed the last day meanwhile" in words_of(told)
    assert "Last day 30 November 2026" in words_of(told)
    assert desk.post(end, shown_in(told)).status_code == 302, "now she knows"
    assert SiteAssignment.objects.get().until_on == date(2026, 12, 31)


# ---- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["instructor", "learner_user", "foreign_registrar"])
def test_outsiders_find_nothing_and_change_nothing(clinic: Clinic, who: str) -> None:
    user = getattr(clinic.school, who)
    client = clinic.school.client(user)
    assignment = SiteAssignment.objects.get()
    for name, row in (
        ("desk_site", clinic.site), ("desk_edit_site", clinic.site), ("desk_assignment", assignment),
        ("desk_supervisor", clinic.supervisor), ("desk_edit_supervisor", clinic.supervisor),
    ):  # fmt: skip
        address = reverse(f"externships:{name}", args=[row.uuid])
        assert client.get(address).status_code == 404
        if name != "desk_supervisor":
            assert client.post(address, {"until_on": "2026-12-01"}).status_code == 404
        assert client.get(reverse(f"externships:{name}", args=[uuid.uuid4()])).status_code == 404
    staff = who == "foreign_registrar"
    for name in (SITES, NEW_SITE, SUPERVISORS, NEW_SUPERVISOR):
        page = client.get(reverse(name))
        assert page.status_code == (200 if staff else 403)
        assert "Harborview" not in words_of(page)
        assert "Raman" not in words_of(page)
    refused = pytest.raises(ValidationError, match="coordinators and registrars")
    with refused:
        edit_site(
            site=clinic.site, name="x", address="", approved_on=TODAY, approval_ends_on=None, agreement_starts_on=None,
            agreement_ends_on=None, by=user,
        )  # fmt: skip
    with refused:
        edit_supervisor(
            supervisor=clinic.supervisor, name="x", email="x@example.org", licence_number="1", licence_state="KY",
            profession="x", valid_from=None, valid_to=None, by=user,
        )  # fmt: skip
    with refused:
        end_assignment(assignment=assignment, until_on=TODAY, by=user)
    with refused:
        assign_supervisor(supervisor=clinic.supervisor, site=clinic.site, from_on=TODAY, by=user)
    with refused:
        register_site(school=clinic.school.school, name="x", approved_on=TODAY, by=user)
    with refused:
        register_supervisor(
            school=clinic.school.school, name="x", email="x@example.org", licence_number="1", licence_state="KY",
            profession="x", by=user,
        )  # fmt: skip
    clinic.site.refresh_from_db()
    assert (clinic.site.version, SiteAssignment.objects.get().until_on) == (1, None)


def test_who_works_for_two_schools_says_for_which(clinic: Clinic) -> None:
    grant_role(user=clinic.school.coordinator, organisation=clinic.school.other_school, role="coordinator")
    client = clinic.school.client(clinic.school.coordinator)
    schools = {school.slug: str(school.uuid) for school in (clinic.school.school, clinic.school.other_school)}
    assert "For which school" in words_of(client.get(reverse(NEW_SITE)))
    assert client.post(reverse(NEW_SITE), site_form()).status_code == 422
    assert client.post(reverse(NEW_SITE), site_form(school=str(uuid.uuid4()))).status_code == 422
    assert client.post(reverse(NEW_SITE), site_form(school=schools["hillside"])).status_code == 302
    assert Site.objects.get(organisation__name="Lowcountry Sports Clinic").school == clinic.school.other_school
    assert client.post(reverse(NEW_SUPERVISOR), supervisor_form(school=schools["hillside"])).status_code == 302
    page = reverse("externships:desk_site", args=[clinic.site.uuid])
    assert "Omar Haddad" not in words_of(client.get(page)), "a site is offered its own school's supervisors"
    assert "Hillside School" in words_of(client.get(reverse(SITES)))


def test_the_desk_leads_to_all_its_lists(clinic: Clinic, desk: Client) -> None:
    lists = ("desk_board", "desk_placements", "desk_all_placements", "desk_sites", "desk_supervisors")
    for name in lists:
        content = desk.get(reverse(f"externships:{name}")).content.decode()
        for other in lists:
            assert f'href="{reverse(f"externships:{other}")}"' in content
        assert f'href="{reverse(f"externships:{name}")}" aria-current="page"' in content
        assert 'href="/desk/externships/" aria-current="page">Externships' in content, "the door at the top"


# ---- queries ---------------------------------------------------------------------------------------------------------


def test_lists_cost_the_same_whatever_their_length(clinic: Clinic, django_assert_num_queries: Any) -> None:
    school = clinic.school.school
    for count in (2, 6):
        for n in range(count):
            site = register_site(school=school, name=f"Site {count} {n}", approved_on=TODAY)
            person = register_supervisor(
                school=school, name=f"Person {n}", email=f"p{count}{n}@example.com", licence_number="1",
                licence_state="KY", profession="x",
            )  # fmt: skip
            assign_supervisor(supervisor=person, site=clinic.site, from_on=TODAY)
            assign_supervisor(supervisor=clinic.supervisor, site=site, from_on=TODAY)
        with django_assert_num_queries(1):
            assert all(site.zone and site.active_placements >= 0 for site in sites_of([school], TODAY, query="e"))
        with django_assert_num_queries(2):
            assert all(row.site.zone for person in supervisors_of([school], TODAY, query="a") for row in person.working)
        with django_assert_num_queries(1):
            assert len({row.supervisor.name for row in assignments_of_site(clinic.site)}) >= count
        with django_assert_num_queries(1):
            assert len({str(row.site) for row in assignments_of_supervisor(clinic.supervisor)}) >= count


@pytest.mark.parametrize("name", [SITES, SUPERVISORS, "externships:desk_all_placements"])
def test_pages_cost_the_same_whatever_their_length(
    clinic: Clinic, desk: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(50) as few:
        desk.get(reverse(name))
    with time_machine.travel(timezone.now(), tick=False):
        for n in range(8):
            register_site(school=clinic.school.school, name=f"Site {n}", approved_on=TODAY)
            register_supervisor(
                school=clinic.school.school, name=f"P {n}", email=f"p{n}@example.com", licence_number="1",
                licence_state="KY", profession="x",
            )  # fmt: skip
    with django_assert_max_num_queries(len(few)):
        desk.get(reverse(name))
