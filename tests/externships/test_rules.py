"""Shifts and signatures as pure rules: tables of cases, and what must hold for every case. No database."""

import ast
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from certification.externships import rules

NEW_YORK = "America/New_York"
ZONES = [NEW_YORK, "America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]


def ny(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK), fold=fold)


# ---- minutes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start,end,pause,minutes",
    [
        (ny("2026-11-09 09:00"), ny("2026-11-09 13:30"), 30, 240),
        (ny("2026-11-09 09:00"), ny("2026-11-09 09:01"), 0, 1),
        (ny("2026-06-09 22:00"), ny("2026-06-10 06:00"), 0, 480),
        (ny("2026-03-07 22:00"), ny("2026-03-08 06:00"), 0, 420),  # clocks go forward
        (ny("2026-10-31 22:00"), ny("2026-11-01 06:00"), 0, 540),  # clocks go back
        (ny("2026-11-01 01:30"), ny("2026-11-01 01:30", fold=1), 0, 60),
        (ny("2026-11-09 09:00"), ny("2026-11-09 10:00"), 90, 0),
    ],
)
def test_minutes_are_what_really_passed(start: datetime, end: datetime, pause: int, minutes: int) -> None:
    assert rules.minutes_of(start, end, pause) == minutes


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(moments, st.integers(1, 60 * 24), st.integers(0, 600), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_minutes_do_not_depend_on_whose_clock_is_read(
    start: datetime, length: int, pause: int, one: str, other: str
) -> None:
    end = start + timedelta(minutes=length)
    here = rules.minutes_of(start.astimezone(ZoneInfo(one)), end.astimezone(ZoneInfo(other)), pause)
    assert here == max(length - pause, 0)


@given(moments, st.integers(1, 60 * 24), st.sampled_from(ZONES))
def test_days_touched_are_the_days_of_every_minute(start: datetime, length: int, zone: str) -> None:
    end = start + timedelta(minutes=length)
    days = rules.days_touched(start, end, zone)
    shown = {(start + timedelta(minutes=step)).astimezone(ZoneInfo(zone)).date() for step in range(length)}
    assert set(days) == shown | {days[-1]}
    assert list(days) == sorted(days)


def test_midnight_is_the_end_of_its_day_not_the_next() -> None:
    assert rules.days_touched(ny("2026-11-09 20:00"), ny("2026-11-10 00:00"), NEW_YORK) == (date(2026, 11, 9),)
    assert len(rules.days_touched(ny("2026-11-09 20:00"), ny("2026-11-10 00:01"), NEW_YORK)) == 2


# ---- clock times -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day,clock,second,want,trouble",
    [
        (date(2026, 11, 9), time(9), None, "2026-11-09T14:00+00:00", ""),
        (date(2026, 3, 8), time(2, 30), None, None, "skipped"),
        (date(2026, 3, 8), time(3, 0), None, "2026-03-08T07:00+00:00", ""),
        (date(2026, 11, 1), time(1, 30), None, None, "twice"),
        (date(2026, 11, 1), time(1, 30), False, "2026-11-01T05:30+00:00", ""),
        (date(2026, 11, 1), time(1, 30), True, "2026-11-01T06:30+00:00", ""),
        (date(2026, 11, 1), time(2, 0), None, "2026-11-01T07:00+00:00", ""),
    ],
)
def test_a_clock_time_becomes_an_instant(
    day: date, clock: time, second: bool | None, want: str | None, trouble: str
) -> None:
    found = rules.instant_of(day, clock, NEW_YORK, second=second)
    assert (found.at, found.trouble) == (datetime.fromisoformat(want) if want else None, trouble)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.booleans())
def test_an_instant_shows_the_clock_time_it_was_read_from(face: datetime, zone: str, second: bool) -> None:
    face = face.replace(second=0, microsecond=0)
    found = rules.instant_of(face.date(), face.time(), zone, second=second)
    if found.trouble:
        assert found.trouble == "skipped"
        # No instant of that day shows that time.
        around = datetime.combine(face.date(), time(), tzinfo=UTC) - timedelta(hours=26)
        faces = {
            (around + timedelta(minutes=m)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
            for m in range(60 * 52)
        }
        assert face not in faces
    else:
        assert found.at is not None
        assert found.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == face


# ---- what a shift may be ---------------------------------------------------------------------------------------------

NOW = ny("2026-11-20 10:00")
ALWAYS = rules.Window()


def bounds(**fields: object) -> rules.Bounds:
    values = {
        "zone": NEW_YORK,
        "placement": rules.Window(date(2026, 9, 1), date(2026, 12, 31)),
        "approval": ALWAYS,
        "agreement": ALWAYS,
        "licence": ALWAYS,
        "assigned": (ALWAYS,),
    }
    return rules.Bounds(**{**values, **fields})  # type: ignore[arg-type]


def claim(start: str = "2026-11-09 09:00", end: str = "2026-11-09 13:30", pause: int = 30) -> rules.Claim:
    return rules.Claim("client_session", ny(start), ny(end), pause)


TO_SUNDAY = rules.Window(None, date(2026, 11, 8))


@pytest.mark.parametrize(
    "shift,limits,codes",
    [
        (claim(), bounds(), []),
        (claim(end="2026-11-09 09:00"), bounds(), ["end_before_start"]),
        (claim(end="2026-11-09 08:00"), bounds(), ["end_before_start"]),
        (claim("2026-11-20 09:00", "2026-11-20 10:01"), bounds(), ["future"]),
        (claim("2026-11-20 09:00", "2026-11-20 10:00"), bounds(), []),
        (claim("2026-11-08 06:00", "2026-11-08 22:01"), bounds(), ["too_long"]),
        (claim(pause=270), bounds(), ["break_too_long"]),
        (claim(pause=269), bounds(), []),
        (claim(pause=-1), bounds(), ["break_too_long"]),
        (claim("2026-08-31 22:00", "2026-09-01 02:00"), bounds(), ["outside_placement"]),
        (claim("2026-09-01 00:00", "2026-09-01 02:00"), bounds(), []),
        (claim(), bounds(approval=TO_SUNDAY), ["site_not_approved"]),
        (claim(), bounds(agreement=TO_SUNDAY), ["agreement"]),
        (claim(), bounds(licence=TO_SUNDAY), ["licence"]),
        (claim(), bounds(assigned=()), ["not_assigned"]),
        (claim(), bounds(assigned=(TO_SUNDAY, rules.Window(date(2026, 11, 9)))), []),
        (claim(), bounds(others=((ny("2026-11-09 13:29"), ny("2026-11-09 15:00")),)), ["overlap"]),
        (claim(), bounds(others=((ny("2026-11-09 13:30"), ny("2026-11-09 15:00")),)), []),
        (
            claim("2026-08-01 09:00", "2026-08-01 10:00", 90),
            bounds(assigned=()),
            ["break_too_long", "outside_placement", "not_assigned"],
        ),
    ],
)  # fmt: skip
def test_problems_of_a_shift(shift: rules.Claim, limits: rules.Bounds, codes: list[str]) -> None:
    assert [problem.code for problem in rules.problems_of(shift, limits, NOW)] == codes


def test_every_kind_says_where_it_counts() -> None:
    counts = {kind: worth and (worth.category, worth.tags) for kind, worth in rules.KINDS.items()}
    assert counts == {
        "client_session": ("externship_hands_on", ("hands_on",)),
        "intake_notes": ("externship", ()),
        "observation": ("externship", ()),
        "instruction": ("externship", ()),
        "idle": None,
    }


# ---- who is who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "daniela.reyes@gmail.com",
        "DANIELA.REYES@GMAIL.COM",
        "d.aniela.r.eyes@gmail.com",
        "danielareyes+clinic@gmail.com",
        "danielareyes@googlemail.com",
        " danielareyes@gmail.com. ",
        "<danielareyes@gmail.com>",
        '"danielareyes"@gmail.com',
        "ｄanielareyes@gmail.com",
        "dаnielareyes@gmail.com",  # a Cyrillic а
        "dánielareyes@gmail.com",
        "daniela\u200breyes@gmail.com",
    ],
)
def test_one_mailbox_under_every_spelling(other: str) -> None:
    assert rules.canonical_address(other) == rules.canonical_address("danielareyes@gmail.com")


@pytest.mark.parametrize("other", ["danielareyes2@gmail.com", "danielareyes@gmail.org", "reyesdaniela@gmail.com", ""])
def test_other_mailboxes_stay_others(other: str) -> None:
    assert rules.canonical_address(other) != rules.canonical_address("danielareyes@gmail.com")


def test_a_domain_in_unicode_is_the_domain_in_ascii() -> None:
    assert rules.canonical_address("ana@münchen.example") == rules.canonical_address("ana@xn--mnchen-3ya.example")
    assert rules.domains_alike("ana@münchen.example") == {"münchen.example", "xn--mnchen-3ya.example"}
    assert rules.domains_alike("a@googlemail.com") == {"gmail.com", "googlemail.com"}


locals_ = st.from_regex(r"[a-z][a-z0-9]{0,15}", fullmatch=True)


@given(locals_, st.lists(st.integers(1, 15), max_size=4), st.text("abc.+", max_size=6), st.booleans())
def test_dots_tags_and_case_never_make_another_person(name: str, dots: list[int], tag: str, upper: bool) -> None:
    spelled = name
    for place in sorted({dot for dot in dots if dot < len(name)}, reverse=True):
        spelled = f"{spelled[:place]}.{spelled[place:]}"
    spelled = f"{spelled}+{tag}@example.org"
    spelled = spelled.upper() if upper else spelled
    assert rules.canonical_address(spelled) == rules.canonical_address(f"{name}@example.org")


@given(st.text(max_size=60))
def test_no_address_makes_it_fail(text: str) -> None:
    rules.canonical_address(text)
    rules.domains_alike(text)
    rules.same_person(text, text)


@pytest.mark.parametrize(
    "registered,typed,same",
    [
        ("Dr. Priya Raman", "Priya Raman", True),
        ("Dr. Priya Raman", "priya raman, DPT", True),
        ("Dr. Priya Raman", "P. Raman", True),
        ("Dr. Priya Raman", "Raman, Priya", False),  # what follows a comma is a degree
        ("Dr. Priya Raman", "Raman Priya", True),
        ("Dr. Priya Raman", "Raman", False),
        ("Dr. Priya Raman", "Priya Chen", False),
        ("Dr. Priya Raman", "P. R.", False),
        ("Dr. Priya Raman", "x", False),
        ("Ana García-López", "ana garcia", True),
        ("Seán O’Brien", "Sean O'Brien", True),
        ("Cher", "Cher", True),
        ("Cher", "Sonny", False),
    ],
)
def test_a_typed_name_is_that_of_the_person_on_file(registered: str, typed: str, same: bool) -> None:
    assert rules.same_person(registered, typed) is same


# ---- nothing that names a client -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cross-hand release of the lumbar fascia; ROM flexion 40 to 55 degrees, MMT 4/5, pain 6/10 to 3/10.",
        "Client reported less pain. Practiced Trigger Point release on the Upper Trapezius and Levator Scapulae.",
        "Dr. Raman showed me the Hawkins-Kennedy test at Harborview Rehabilitation.",
        "Client R shoulder, client L hip; pt ROM better.",
        "Client K7M-4QX again, 3 sets of 12, 30 s each.",
        "It may 2 or 3 sessions take. On Monday we reviewed SOAP notes.",
        "R.O.M. improved.",
        "Observed Swedish strokes and Manual Lymphatic Drainage after Vodder.",
        "The clinic closed at noon for Veterans Day, and again on New Year’s Eve.",
    ],
)
def test_words_of_the_work_pass(text: str) -> None:
    assert rules.identifier_in(text, ["Dr. Priya Raman", "Harborview Rehabilitation"]) is None


@pytest.mark.parametrize(
    "text,kind,piece",
    [
        ("worked with Maria on the shoulder", "name", "Maria"),
        ("Maria’s neck is better", "name", "Maria’s"),
        ("Saw Kowalski Brandt twice", "name", "Kowalski Brandt"),
        ("Mr. Oyelaran came late", "name", "Mr. Oyelaran"),
        ("On Labor Day it was Doris Day", "name", "Doris Day"),
        ("patient Oyelaran came late", "name", "patient Oyelaran"),
        ("a woman named Oyelaran", "name", "named Oyelaran"),
        ("client JD had pain", "name", "client JD"),
        ("helped J.D. with her arm", "name", "J.D."),
        ("helped M. L. with her arm", "name", "M. L."),
        ("born 1980", "date", None),
        ("DOB on file", "date", "DOB"),
        ("seen 3/2/1980", "date", "3/2/1980"),
        ("seen 03-02-80", "date", "03-02-80"),
        ("seen 1980-03-02", "date", "1980-03-02"),
        ("surgery on March 2nd, 1980", "date", "March 2nd, 1980"),
        ("surgery on 2 of March", "date", "2 of March"),
        ("surgery in March 1980", "date", "March 1980"),
        ("call 502-555-0142", "number", "502-555-0142"),
        ("SSN 123-45-6789", "number", "123-45-6789"),
        ("chart no. 4471", "number", "chart no. 4471"),
        ("record 00918273", "number", None),
        ("wrote to ana@example.org", "number", "ana@example.org"),
        ("nacida en marzo", "date", "nacida"),
    ],
)
def test_what_names_a_client_is_found(text: str, kind: str, piece: str | None) -> None:
    found = rules.identifier_in(text, ["Dr. Priya Raman"])
    assert found is not None
    assert found.kind == kind
    if piece:
        assert found.piece == piece


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Mr. Thomas", "Mr. Thomas"),
        ("mr lopez came", "mr lopez"),
        ("Dr. Lopez said", "Dr. Lopez"),
        ("Patient Thomas had pain", "Patient Thomas"),
        ("Client Kennedy", "Client Kennedy"),
        ("Client Hawkins", "Client Hawkins"),
        ("Client Stone arrived", "Client Stone"),
        ("Client May arrived", "Client May"),
        ("Saw April Lopez today", "April Lopez"),
        ("with Thomas on the table", "Thomas"),
        ("Client’s name: Lopez", "name: Lopez"),
        ("Patient’s Name: Hawkins", "Name: Hawkins"),
        ("a woman named maria", "named maria"),
        ("MARIA LOPEZ came", "MARIA"),
        ("OYELARAN BRANDT came", "OYELARAN BRANDT"),
        ("CLIENT LOPEZ came", "CLIENT LOPEZ"),
        ("client maria lopez came", "client maria"),
        ("the neck of Ana-Maria", "Ana-Maria"),
        ("JD reported pain", "JD reported"),
        ("Saw Łukasz Nowak today", "Łukasz Nowak"),
        ("Saw Zoe\u0308 Nowak today", "Zoë Nowak"),
        ("Client Żaneta came", "Client Żaneta"),
        ("Client McDonald came", "Client McDonald"),
    ],
)
def test_ways_round_the_look_are_closed(text: str, piece: str) -> None:
    found = rules.identifier_in(text, ["Dr. Priya Raman"])
    assert found == rules.Finding("name", piece)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("client’s name: lopez", "client’s name: lopez"),
        ("Client's name is oyelaran.", "Client's name is oyelaran"),
        ("patient name: hawkins", "patient name: hawkins"),
        ("patient last name : nowak", "patient last name : nowak"),
        ("Name of client: lopez, left hip", "Name of client: lopez"),
        ("name of the patient was may", "name of the patient was may"),
        ("a client called: lopez", "client called: lopez"),
        ("the client is called lopez", "client is called lopez"),
        ("Client Will arrived late", "Client Will"),
        ("Client Will.", "Client Will"),
        ("Client May has pain", "Client May"),
        ("Saw client May have her hip stretched", "client May"),
    ],
)
def test_a_name_after_a_label_is_found_in_small_letters_too(text: str, piece: str) -> None:
    assert rules.identifier_in(text, ["Dr. Priya Raman"]) == rules.Finding("name", piece)


@pytest.mark.parametrize(
    "text",
    [
        "The client’s name is kept out of these notes.",
        "Patient name: withheld. Name of client: not written down.",
        "Client name: K7M-4QX",
        "client called back; the patient called to cancel",
        "The patient was called in at nine? No: the client is called every week.",
        "Patient name: Raman",
        "Client May have slept on the wrong side.",
        "Less pain. Client Will return in a week.",
        "Better sleep; Client May not need more.",
        "Client Will also continue to stretch at home.",
        "client will return, client may have slept badly",
    ],
)
def test_what_only_looks_like_a_labeled_name_passes(text: str) -> None:
    assert rules.identifier_in(text, ["Dr. Priya Raman"]) is None


LIBRARY = Path(rules.__file__).parents[1] / "library" / "competencies.yaml"
# What shifts, handbooks and quizzes are about, as schools write it.
HONEST = [
    "Deep Tissue", "Prenatal Massage", "Hot Stone", "Body Mechanics", "Cross Fiber", "Cross-Fiber Friction",
    "Patient Education", "Student Handbook", "Martin Luther King Jr. Day", "Martin Luther King, Jr. Day",
    "Sports Massage", "Treatment Plan", "Clinical Reasoning", "Red Flags", "Anatomy and Physiology",
    "Business Law and Ethics", "Contraindications", "Hawkins Kennedy Test", "the Modified Thomas test",
    "Thomas and Ober tests", "Speed’s test", "Patrick/FABER test", "Golgi Tendon Organ", "Kendall muscle testing",
    "SOAP NOTES DONE", "CPR and First Aid", "the client I saw", "CLIENT REPORTED LESS PAIN", "MET and PNF",
]  # fmt: skip


def _topics() -> list[str]:
    """What the questions of the demo school's banks are about."""
    texts = [file.read_text() for file in (Path(__file__).parents[2] / "cms/demo_content").rglob("*.yaml")]
    paths = {path for text in texts for path in re.findall(r"^\s*category: (\S.*)$", text, re.MULTILINE)}
    return sorted(topic for path in paths for topic in path.replace("_", " ").split("/"))


def _titles(node: object) -> list[str]:
    if isinstance(node, list):
        return [title for one in node for title in _titles(one)]
    if isinstance(node, dict):
        return [title for key, one in node.items() for title in ([one] if key == "title" else _titles(one))]
    return []


@pytest.mark.parametrize("form", ["{}", "Today we went through {} once more.", "learned {} and {}"])
def test_words_of_the_field_are_nobodys_name(form: str) -> None:
    library = _titles(yaml.safe_load(LIBRARY.read_text()))
    assert len(library) > 15
    topics = _topics()
    assert len(topics) > 100
    for title in [*HONEST, *library, *topics, *(title.title() for title in [*library, *topics])]:
        assert rules.identifier_in(form.format(title, title)) is None, title


@given(
    st.dates(date(1900, 1, 1), date(2030, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %B %Y", "%m/%d/%y"]),
)
def test_every_full_date_is_found(day: date, form: str) -> None:
    found = rules.identifier_in(f"came {day.strftime(form)} for the neck")
    assert found is not None
    assert found.kind == "date"


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=6))
def test_codes_are_ours_and_never_look_like_a_person(picks: list[int]) -> None:
    code = rules.client_code(picks)
    assert rules.is_client_code(code)
    assert rules.identifier_in(f"Client {code} had less pain.") is None


@pytest.mark.parametrize("text", ["", "JD", "K7M4QX", "k7m-4qx", "AEI-OUA", "K7M-4QX ", "1980-03"])
def test_other_codes_are_not_ours(text: str) -> None:
    assert not rules.is_client_code(text)


@given(st.text(max_size=300))
def test_no_text_makes_the_look_fail(text: str) -> None:
    rules.identifier_in(text, [text])


# ---- what is signed --------------------------------------------------------------------------------------------------

values = st.one_of(
    st.text(max_size=20), st.integers(0, 10**6), st.booleans(), st.lists(st.text(max_size=5), max_size=3)
)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,10}", fullmatch=True), values, min_size=1, max_size=8))
def test_the_same_facts_make_the_same_bytes_in_any_order(facts: dict[str, object]) -> None:
    text = rules.canonical(facts)
    assert rules.canonical(dict(reversed(facts.items()))) == text
    assert rules.canonical(json.loads(text)) == text
    name = sorted(facts)[0]
    assert rules.digest_of(rules.canonical({**facts, name: ["changed"] * 9})) != rules.digest_of(text)


def test_the_bytes_are_known() -> None:
    text = rules.canonical({"b": 1, "a": "é”\n"})
    assert text == '{"a":"é”\\n","b":1}'
    assert rules.digest_of(text) == "43a7ea2017db5b66fa9bde312aea66939217b974d948e47d59295e9a7c8ed821"


def test_the_rules_know_no_django_and_no_clock() -> None:
    for file in sorted(Path(rules.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] not in {"django", "certification", "random", "secrets"}, (
                    file.name
                )
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "today", "utcnow"}, file.name


# ---- registers -------------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "first,last,state",
    [
        (None, None, "undated"),
        (date(2026, 1, 1), None, "in_force"),
        (None, date(2026, 12, 21), "in_force"),
        (date(2026, 11, 20), date(2026, 12, 21), "in_force"),
        (date(2026, 1, 1), date(2026, 12, 20), "ends_soon"),
        (None, date(2026, 11, 20), "ends_soon"),
        (None, date(2026, 11, 19), "over"),
        (date(2026, 11, 21), None, "not_yet"),
        (date(2026, 11, 21), date(2026, 11, 25), "not_yet"),
    ],
)
def test_how_a_period_stands(first: date | None, last: date | None, state: str) -> None:
    assert rules.standing(rules.Window(first, last), TODAY) == state


def test_the_most_urgent_calls_first() -> None:
    assert rules.most_urgent("undated", "in_force", "ends_soon") == "ends_soon"
    assert rules.most_urgent("ends_soon", "over") == "over"


days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 20))


@given(days, days, days, days)
def test_two_periods_meet_when_some_day_lies_in_both(
    one: date | None, two: date | None, three: date | None, four: date | None
) -> None:
    first, second = (
        rules.Window(a, b if a is None or b is None or a <= b else a) for a, b in ((one, two), (three, four))
    )
    shared = any(
        first.holds(day) and second.holds(day) for day in (date(2025, 12, 31) + timedelta(days=n) for n in range(30))
    )
    assert rules.meet(first, second) is shared
    assert rules.meet(second, first) is shared


@pytest.mark.parametrize(
    "text,minutes",
    [
        ("70", 4200),
        (" 70 ", 4200),
        ("37.5", 2250),
        ("37.25", 2235),
        ("37:30", 2250),
        ("0:45", 45),
        ("37 h 30 min", 2250),
        ("70 h", 4200),
        ("70 hours", 4200),
        ("37.05", 2223),
        ("0", 0),
        ("37.33", None),  # no whole minutes
        ("37:60", None),
        ("1,000", None),
        ("-5", None),
        ("99999", None),
        ("seventy", None),
        ("", None),
    ],
)
def test_hours_as_people_type_them(text: str, minutes: int | None) -> None:
    assert rules.minutes_typed(text) == minutes


@given(st.integers(0, 9999 * 45), st.sampled_from([45, 50, 60]))
def test_hours_to_type_are_read_back(minutes: int, unit: int) -> None:
    assert rules.minutes_typed(rules.hours_to_type(minutes, unit), unit) == minutes


@pytest.mark.parametrize(("text", "minutes"), [("70", 3500), ("37.5", 1875), ("37:49", 1899), ("37:50", None)])
def test_hours_of_fifty_minutes_as_people_type_them(text: str, minutes: int | None) -> None:
    assert rules.minutes_typed(text, 50) == minutes
