"""What a shift says beside its times: read by pure rules, asked by the form, shown and signed; the reflection is not."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from certification.externships import rules
from certification.externships.models import Complaint, Region, Screen, Shift, SignOff, SignOffRow, Technique
from certification.externships.movements import MOVEMENT_NAMES
from certification.externships.selectors import FIRST_FORM, claim_of, rows_of, still_as_shown
from certification.externships.services import erase_shift_words, shifts_with_words
from certification.records.services import erase_words

from .conftest import Clinic, answers, text_of
from .test_shifts import save
from .test_signing import url_of

pytestmark = pytest.mark.django_db


def row(what: str = "motion", where: str = "knee_flexion", side: str = "left", before: str = "90", after: str = "110"):
    return {"what": what, "where": where, "side": side, "before": before, "after": after}


# ---- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed,kept",
    [
        (row(), {"what": "motion", "where": "knee_flexion", "side": "left", "before": 90, "after": 110}),
        (row(before=" 90° ", after=""), {**row(), "before": 90, "after": None}),
        (row(where="elbow_extension", before="−10", after="0"), {**row(where="elbow_extension"), "before": -10, "after": 0}),
        (row(where="neck_flexion", after=""), {**row(where="neck_flexion", side=""), "before": 90, "after": None}),
        (row("pain", "", "", "7", "0"), {"what": "pain", "where": "", "side": "", "before": 7, "after": 0}),
        (row("pain", "neck", "right", "10", "3"), {"what": "pain", "where": "neck", "side": "right", "before": 10, "after": 3}),
        (row("strength", side="right", before="3+", after="4-"), row("strength", side="right", before="3+", after="4-")),
    ],
)  # fmt: skip
def test_a_measure_is_kept_in_one_way(typed: dict[str, str], kept: dict[str, Any]) -> None:
    assert rules.read_measures([typed]) == ([kept], [])
    assert rules.read_measures([kept]) == ([kept], []), "what is kept reads as itself"


@pytest.mark.parametrize(
    "typed,code",
    [
        (row("mood"), "what"),
        (row("pain", "knee_flexion", "", "3"), "pain_where"),
        (row("pain", "", "", "11"), "pain"),
        (row("pain", "", "", "-1"), "pain"),
        (row("pain", "", "", "3.5"), "whole"),
        (row("motion", "neck"), "movement"),
        (row("motion", ""), "movement"),
        (row(side=""), "side"),
        (row(side="up"), "side"),
        (row(before="", after="3"), "before"),
        (row(before="166"), "motion"),
        (row(after="-1"), "motion"),
        (row(before="ninety"), "whole"),
        (row(before="٣"), "whole"),
        (row("strength", "knee_flexion", "left", "4.5"), "grade"),
        (row("strength", "knee_flexion", "left", "6"), "grade"),
        (row("strength", "knee_flexion", "left", "4", "1+"), "grade"),
    ],
)
def test_a_measure_that_cannot_be_says_why(typed: dict[str, str], code: str) -> None:
    kept, (trouble,) = rules.read_measures([row(), {}, typed])
    assert (len(kept), trouble.row, trouble.code) == (1, 3, code), "its number is that of the row, empty ones counted"


def test_twelve_measures_and_no_more() -> None:
    assert len(rules.read_measures([row()] * 12)[0]) == 12
    assert [trouble.code for trouble in rules.read_measures([row()] * 13)[1]] == ["too_many"]


def test_strength_is_an_order_of_words() -> None:
    assert rules.stronger("3", "3+") == 1
    assert rules.stronger("5", "0") == -12
    assert all(isinstance(grade, str) for grade in rules.STRENGTHS)


@given(st.sampled_from(sorted(rules.MOVEMENTS)), st.integers(-400, 400))
def test_degrees_are_kept_exactly_within_their_limits(movement: str, degrees: int) -> None:
    limits = rules.MOVEMENTS[movement]
    kept, troubles = rules.read_measures([row(where=movement, before=str(degrees), after="")])
    assert bool(kept) == (limits.least <= degrees <= limits.most) != bool(troubles)


def test_every_code_has_words() -> None:
    assert set(MOVEMENT_NAMES) == set(rules.MOVEMENTS)
    assert tuple(Region.values) == rules.REGIONS
    assert tuple(Complaint.values) == rules.COMPLAINTS
    assert tuple(Screen.values) == rules.SCREENS
    assert tuple(Technique.values) == rules.TECHNIQUES


# ---- the form --------------------------------------------------------------------------------------------------------

SAID = {
    "regions": ["neck", "lower_back"],
    "complaint": "headache",
    "screen": "adapted",
    "reflection": "I would begin slower.",
    "measure-1-what": "pain",
    "measure-1-where": "neck",
    "measure-1-side": "",
    "measure-1-before": "6",
    "measure-1-after": "2",
    "measure-2-what": "strength",
    "measure-2-where": "neck_rotation",
    "measure-2-side": "left",
    "measure-2-before": "4-",
    "measure-2-after": "",
}


def test_all_of_it_is_asked_kept_and_shown_again(clinic: Clinic) -> None:
    assert save(clinic, **SAID).status_code == 302
    shift = Shift.objects.get()
    assert (shift.regions, shift.complaint, shift.screen) == (["neck", "lower_back"], "headache", "adapted")
    assert [(one["what"], one["before"], one["after"]) for one in shift.measures] == [
        ("pain", 6, 2),
        ("strength", "4-", None),
    ]
    page = clinic.learner().get(reverse("externships:shift", args=[shift.uuid])).content.decode()
    assert 'name="measure-2-before" value="4-"' in page
    assert "I would begin slower." in page
    assert '<option value="headache" selected>' in page


def test_a_session_is_asked_for_its_screen_and_other_work_is_not(clinic: Clinic) -> None:
    page = save(clinic, screen="")
    assert "Say what asking for contraindications came to." in text_of(page)
    assert "Cross-hand release, lumbar fascia." in page.content.decode()
    assert save(clinic, screen="", kind="observation").status_code == 302
    assert Shift.objects.get().screen == ""


@pytest.mark.parametrize(
    "fields,sentence",
    [
        ({"regions": ["party"]}, "valid choice"),
        ({"complaint": "party"}, "valid choice"),
        ({"screen": "party"}, "valid choice"),
        ({**SAID, "measure-2-before": "4.5"}, "Measure 2: strength is one of the grades 0, 1, 2-"),
        ({**SAID, "measure-1-before": "60"}, "Measure 1: pain is a whole number from 0 to 10"),
        ({"reflection": "Maria was tense."}, "“Maria” looks like a person’s name"),
        ({"reflection": "x" * 2001}, "at most 2000"),
    ],
)
def test_a_refused_save_keeps_all_that_was_typed(clinic: Clinic, fields: dict[str, Any], sentence: str) -> None:
    page = save(clinic, **{**SAID, **fields})
    assert sentence in text_of(page)
    assert not Shift.objects.exists()
    content = page.content.decode()
    for typed in (
        "Cross-hand release, lumbar fascia.",
        'name="measure-1-after" value="2"',
        'value="09:00"',
        'value="30"',
    ):
        assert typed in content
    assert '<option value="neck_rotation" selected>' in content


def test_more_rows_without_a_script_lose_nothing(clinic: Clinic) -> None:
    page = save(clinic, **{**SAID, "more": "1", "day": "", "ends": "25:00"})
    content = page.content.decode()
    assert 'name="measure-4-before"' in content
    assert 'name="measure-2-before" value="4-"' in content
    assert "Cross-hand release, lumbar fascia." in content
    assert 'value="25:00"' in content, "also what cannot be"
    assert "Please look at this" not in content, "it is no attempt to save"
    assert not Shift.objects.exists()


# ---- what is signed --------------------------------------------------------------------------------------------------


def test_the_supervisor_reads_and_signs_all_but_the_reflection(clinic: Clinic) -> None:
    save(clinic, **SAID)
    link = clinic.send()
    page = Client().get(url_of(link))
    said = text_of(page)
    for words in (
        "Headache",
        "Something found, treatment adapted",
        "Neck, Lower back",
        "6/10 → 2/10",
        "not measured again",
    ):
        assert words in said
    assert "begin slower" not in said
    shown = SignOffRow.objects.get().shown
    assert "begin slower" not in shown
    assert json.loads(shown)["measures"][0] == {"what": "pain", "where": "neck", "side": "", "before": 6, "after": 2}
    assert Client().post(url_of(link), answers(link)).status_code == 302
    shift = Shift.objects.get()
    mine = text_of(clinic.learner().get(reverse("externships:shift", args=[shift.uuid])))
    assert "I would begin slower." in mine
    school = clinic.school.client(clinic.school.coordinator)
    assert "I would begin slower." in text_of(school.get(reverse("externships:desk_shift", args=[shift.uuid])))


@pytest.mark.parametrize(
    "change", [{"regions": ["neck"]}, {"complaint": "scar"}, {"screen": "not_done"}, {"measures": [row()]}]
)
def test_what_changed_meanwhile_is_not_as_shown(clinic: Clinic, change: dict[str, Any]) -> None:
    clinic.draft()
    link = clinic.send()
    (shown,) = rows_of(link)
    assert still_as_shown(shown)
    for name, value in change.items():
        setattr(shown.shift, name, value)
    assert not still_as_shown(shown)
    shown.shift.refresh_from_db()
    shown.shift.reflection = "Another thought."
    assert still_as_shown(shown), "the reflection is none of it"


def test_rows_shown_before_these_were_asked_keep_verifying(clinic: Clinic) -> None:
    shift = clinic.draft(kind="observation", screen="")
    link = clinic.send()
    (shown,) = rows_of(link)
    told = {**json.loads(shown.shown), "form": FIRST_FORM}
    for later in ("regions", "complaint", "screen", "measures", "clock", "amends", "was"):
        del told[later]
    shown.shown = rules.canonical(told)
    shown.digest = rules.digest_of(shown.shown)
    assert still_as_shown(shown)
    assert claim_of(shift, FIRST_FORM).items() <= told.items()
    shown.shift.regions = ["neck"]
    assert not still_as_shown(shown), "what she was not shown is not signed"
    shown.shift.regions = []
    shown.shift.break_minutes += 1
    assert not still_as_shown(shown)


def test_a_session_without_screen_is_not_sent(clinic: Clinic) -> None:
    clinic.draft(screen="")
    with pytest.raises(ValidationError, match="9 November: open this client session"):
        clinic.send()
    assert not SignOff.objects.exists()


def test_the_reflection_goes_with_the_words(clinic: Clinic) -> None:
    clinic.draft(statement="", reflection="Of mine.")
    assert shifts_with_words(record=clinic.record) == 1
    erase_words(record=clinic.record, basis="asked")
    assert erase_shift_words(record=clinic.record) == 1
    assert Shift.objects.get().reflection == ""
    assert shifts_with_words(record=clinic.record) == 0


# ---- the list --------------------------------------------------------------------------------------------------------


def test_a_long_list_is_narrowed_by_state_and_month(clinic: Clinic) -> None:
    client, url = clinic.learner(), reverse("externships:shifts")
    clinic.draft("2026-10-05 09:00", "2026-10-05 12:00")
    assert "Narrow the list" not in client.get(url).content.decode(), "a short one needs no tools"
    for day in range(1, 15):
        clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00")
    clinic.send()
    clinic.draft("2026-11-15 09:00", "2026-11-15 12:00")
    assert "Narrow the list" in client.get(url).content.decode()
    for query, count in (
        ({"state": "sent"}, 15), ({"state": "draft"}, 1), ({"month": "2026-10"}, 1),
        ({"state": "sent", "month": "2026-11"}, 14), ({"state": "draft", "month": "2026-10"}, 0),
    ):  # fmt: skip
        page = client.get(url, query)
        assert page.context["narrowed"].count == count, query
        assert f"{count} shift" in text_of(page)
    odd = client.get(url, {"state": "party", "month": "2026-99"})
    assert odd.context["narrowed"].count == 16, "what makes no sense is not asked"


def test_what_lacks_something_stays_and_the_rest_is_sent(clinic: Clinic) -> None:
    lacking = clinic.draft(screen="")
    whole = clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    link = clinic.send()
    assert [one.shift for one in rows_of(link)] == [whole]
    lacking.refresh_from_db()
    assert lacking.state == "draft"
