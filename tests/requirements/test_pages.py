"""The public pages of rule sets: list, one version, its text; without a log-in."""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certification.requirements import library, selectors
from certification.requirements.models import RuleSet
from certification.requirements.services import import_pack, import_packs, import_rules
from tests.rules.making import pack

pytestmark = pytest.mark.django_db

EVERYTHING = """\
# Made for tests.
schema: hour-rules/1
id: x-everything
version: 1
title: "Everything <b>& more</b>"
status: unverified # not read by anybody
sources:
  - {citation: "Made up, 1(a)", read_on: 2026-11-21}
applies_by: application
valid_from: 2021-09-01 # 1(b)
valid_to: 2027-12-31
unit_minutes: 50 # 1(c): 50 minutes
rounding: {mode: down, increment_hours: 0.5}
total_hours: 500
categories: # three levels
  - code: technique
    title: Technique and theory
    min_hours: 200
    max_hours: 260
    delivery: [in_person, synchronous]
    distance_periods: [{from: 2020-03-01, to: 2025-12-31}]
    min_in_person_hours: 100
    max_transfer_hours: 80
    children:
      - code: swedish
        title: Swedish massage
        min_hours: 125
        children:
          - {code: petrissage, title: "<i>Petrissage</i>", min_hours: 12.5} # 1(d)
  - {code: internship, title: Internship, min_hours: 50, unpaid: true}
overlays: [{tag: hands_on, within: internship, min_hours: 40, max_hours: 45}]
gates: [{before: internship, requires: {total: 250}}]
pace: {max_hours_per_day: 6, max_hours_per_week: 30, week_starts: monday, min_weeks: 24, min_months: 9}
distance: {max_hours: 90}
transfer: {max_share: 0.49, max_age_years: 4}
max_age_years: 5
grades: {min_percent: 71, min_average: 75}
attendance: {min_percent: 72}
course_share: {hands_on: 0.73}
linkage: {max_courses: 3, one_school: true}
requirements: [cpr_in_person]
# Left over.
# not judged: the teacher's <u>license</u>.
"""
EXTENDING = """\
schema: hour-rules/1
id: x-over
version: 1
extends: x-everything@1
title: Over everything
status: sample
total_hours: 600
# not judged: the premises.
"""


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Parsed packs are kept for a process; each test counts queries as the first of one."""
    selectors._specs.clear()
    selectors._written.clear()


def _import(text: str) -> RuleSet:
    return import_rules(text=text, filename="pack.yaml")


def _page(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser").find("main")


def _words(part: BeautifulSoup) -> str:
    return " ".join(part.get_text(" ").replace("\N{THIN SPACE}", " ").split())


# ---- the list ----


def test_the_empty_list_teaches_the_command(client: Client) -> None:
    said = _words(_page(client, "/rules/"))
    assert "No rules here yet" in said
    assert "python manage.py import_rules certification/requirements/packs/*.yaml" in said
    assert not _page(client, "/rules/").find("form")


def test_the_list_shows_the_newest_version_of_each_with_its_status_in_words(client: Client) -> None:
    import_packs()
    main = _page(client, "/rules/")
    assert [head.get_text() for head in main.find_all("h2")] == [
        "This is no legal advice", "Licenses", "Certificates and continuing education", "Samples of ours",
    ]  # fmt: skip
    lines = {line.find("a")["href"]: _words(line) for line in main.select(".rulesets > li")}
    assert len(lines) == RuleSet.objects.values("identifier").distinct().count()
    assert "/rules/us-wa-massage@1/" not in lines
    assert (
        "Unverified Written from secondary sources; check against the statute before you rely on it."
        in (lines["/rules/us-wa-massage@2/"])
    )
    assert "1 older version" in lines["/rules/us-wa-massage@2/"]
    assert "Verified Every number was read" in lines["/rules/us-tx-massage@1/"]
    assert "older" not in lines["/rules/us-tx-massage@1/"]
    assert "Sample Our own; no board asks for it." in lines["/rules/us-mm-500-sample@1/"]
    samples = main.find("section", {"aria-labelledby": "samples"})
    assert "/rules/us-mm-500-sample@1/" in {link["href"] for link in samples.find_all("a")}


def test_the_list_is_searched(client: Client) -> None:
    import_packs()
    main = _page(client, "/rules/?q=texas")
    assert [link["href"] for link in main.select(".rulesets a")] == ["/rules/us-tx-massage@1/"]
    assert "1 rule set has “texas”." in _words(main)
    assert main.find("input", {"name": "q"})["value"] == "texas"
    main = _page(client, "/rules/?q=zebra+%3Cscript%3E")
    assert not main.select(".rulesets a")
    assert "No rule set has all of these words" in _words(main)
    assert "0 rule sets have “zebra <script>”." in _words(main)
    assert not main.find("script")


@pytest.mark.parametrize(
    "raw", ["q=%00", "q=%ff%fe", "q=%22", "q=a&q=b", "q", "q=" + "a+" * 500, "q=%F0%9F%98%80", "x=1"]
)
def test_any_search_gets_an_answer(client: Client, raw: str) -> None:
    _import(EVERYTHING)
    assert client.get(f"/rules/?{raw}").status_code == 200


# ---- one version ----

ROWS = {
    "category-technique": [
        "Technique and theory technique", "200 h 10,000 min", "260 h 13,000 min",
        "in person; live online only from 1 March 2020 to 31 December 2025", "100 h 5,000 min", "80 h 4,000 min", "–",
    ],
    "category-swedish": [
        "of which Swedish massage swedish", "125 h 6,250 min", "–", "as for Technique and theory", "–", "–", "–",
    ],
    "category-petrissage": [
        "of which <i>Petrissage</i> petrissage 1(d)", "12 h 25 min 625 min", "–", "as for Swedish massage", "–", "–", "–",
    ],
    "category-internship": ["Internship internship", "50 h 2,500 min", "–", "in any way", "–", "–", "yes"],
}  # fmt: skip
SENTENCES = {
    "total": "500 h",
    "unit": "in all, which are 25,000 min. One hour is 50 minutes.",
    "status": "Unverified Written from secondary sources; check against the statute before you rely on it. not read by anybody",
    "sources": "Sources Made up, 1(a) read on 21 November 2026",
    "version": "When it applies The day of the application decides whether this version judges. It does so from 1 September "
    "2021 to 31 December 2027, both days included. 1(b)",
    "versions": "Other versions None: this is the only one.",
    "overlay-hands_on": "Overlay: hands-on work At least 40 h (2,000 min) of hands-on work within Internship. At most 45 h "
    "(2,250 min) of hands-on work within Internship count toward the total.",
    "gate-internship": "Gate: before Internship Hours of Internship are creditable only once there are 250 h (12,500 min) "
    "in all.",
    "pace": "Pace At most 6 h (300 min) a day are creditable. At most 30 h (1,500 min) a week are creditable; a week begins on "
    "Monday. Transferred hours and adjustments are left out of this count. The course lasts at least 24 weeks. The course "
    "lasts at least 9 months.",
    "distance": "Distance At most 90 h (4,500 min) taught online, live or in own time, are creditable.",
    "transfer": "Transfer At most 49% of the total that is required, which is 245 h (12,250 min), transferred from elsewhere "
    "are creditable. Transferred hours that were older than 4 years at enrollment are not creditable.",
    "age": "Age The whole course of study was finished at most 5 years before the application.",
    "grades": "Grades A course with a grade below 71% is attended, not creditable. The average of the courses’ grades, each "
    "weighted by its attended minutes, is at least 75%.",
    "attendance": "Attendance A course attended to less than 72% is not creditable.",
    "course-share": "Course share A course counts for hands-on work only if at least 73% of its creditable minutes are "
    "hands-on work.",
    "linkage": "Linkage All hours come from at most 3 linked courses. All hours come from one school.",
    "facts": "Facts beside the hours CPR training in person.",
    "fact-cpr_in_person": "CPR training in person.",
    "rounding": "Rounding The counted total is told in steps of 25 min, rounded down. Whether the rules are met is decided by "
    "minutes, never by rounded hours.",
}


def test_a_version_shows_every_key_of_the_format(client: Client) -> None:
    rule_set = _import(EVERYTHING)
    main = _page(client, "/rules/x-everything@1/")
    assert main.find("h1").get_text() == "Everything <b>& more</b>"
    rows = {row["id"]: [_words(cell) for cell in row.find_all(["th", "td"])] for row in main.select("tbody tr")}
    assert rows == ROWS
    assert {anchor: _words(main.find(id=anchor)) for anchor in SENTENCES} == SENTENCES
    assert [_words(row) for row in main.select("tfoot tr")] == [
        "The minima together 250 h 12,500 min", "Free hours, of any category 250 h 12,500 min", "Together 500 h 25,000 min",
    ]  # fmt: skip
    assert "This is no legal advice." in _words(main)
    assert "Made for tests." in _words(main)
    assert [remark.get_text() for remark in main.select("section[aria-labelledby=categories] > .remark")] == [
        "three levels"
    ]
    assert [remark.get_text() for remark in main.select(".remark--doubt")] == ["not read by anybody"]
    assert not main.find(id="absent")
    assert "Left over." in _words(main)
    judged_not = main.find("section", {"aria-labelledby": "not-judged"})
    assert [_words(line) for line in judged_not.find_all("li")] == ["the teacher's <u>license</u>."]
    assert main.find("pre").get_text() == EVERYTHING
    assert rule_set.digest in _words(main)
    assert not main.select("b, i, u, script"), "what the text holds is never markup"


def test_anchors_are_unique(client: Client) -> None:
    _import(EVERYTHING)
    answer = client.get("/rules/x-everything@1/").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', answer)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("status", "tone", "said"),
    [
        ("verified", "note--teal", "Verified Every number was read in the statute, the rule or the body’s own page."),
        (
            "unverified",
            "note--clay",
            "Unverified Written from secondary sources; check against the statute before you rely on it.",
        ),
        ("sample", "note--clay", "Sample Our own; no board asks for it."),
    ],
)
def test_each_status_is_said_in_words(client: Client, status: str, tone: str, said: str) -> None:
    _import(pack().replace("status: sample", f"status: {status}"))
    note = _page(client, "/rules/small@1/").find(id="status")
    assert tone in note["class"]
    assert _words(note) == said


def test_a_small_pack_says_what_it_does_not_have(client: Client) -> None:
    _import(pack())
    main = _page(client, "/rules/small@1/")
    said = _words(main)
    assert "There are no categories: 10 h of any kind are asked." in said
    assert "in all. One hour is 60 minutes." in said
    assert "This version has no rule under: Overlay, Gate, Pace, " in said
    assert not main.find("table")
    assert not main.find(id="not-judged")
    _import(pack("categories: [{code: ethics, min_hours: 10}]").replace("version: 1", "version: 2"))
    main = _page(client, "/rules/small@2/")
    assert "No category has a minimum in person, a limit of transferred hours or a rule on pay." in _words(main)
    assert [_words(cell) for cell in main.select("thead th")] == [
        "Category",
        "At least",
        "At most",
        "How it may be taught",
    ]
    assert len(main.select("tfoot tr")) == 1, "no free hours"


def test_versions_lead_to_each_other(client: Client) -> None:
    _import(pack("valid_to: 2021-08-31\n"))
    _import(pack("valid_from: 2021-09-01\n").replace("version: 1", "version: 2").replace("A small", "A smaller"))
    older, newer = _page(client, "/rules/small@1/"), _page(client, "/rules/small@2/")
    assert "Version 2 (newer): A smaller pack Sample, from 1 September 2021 on" in _words(older.find(id="versions"))
    assert older.find(id="versions").find("a")["href"] == "/rules/small@2/"
    assert "Version 1 : A small pack Sample, until 31 August 2021" in _words(newer.find(id="versions"))
    assert newer.find(id="versions").find("a")["href"] == "/rules/small@1/"


def test_a_version_that_extends_another_shows_both_put_together(client: Client) -> None:
    _import(EVERYTHING)
    _import(EXTENDING)
    main = _page(client, "/rules/x-over@1/")
    assert main.find(id="extends").find("a")["href"] == "/rules/x-everything@1/"
    assert _words(main.find(id="total")) == "600 h"
    assert _words(main.find(id="unit")) == "in all, which are 30,000 min. One hour is 50 minutes."
    assert main.find(id="category-petrissage")
    assert main.find(id="category-petrissage").find(class_="remark").get_text() == "1(d)"
    assert "not read by anybody" not in _words(main), "it has a status of its own"
    judged_not = main.find("section", {"aria-labelledby": "not-judged"})
    assert [_words(line) for line in judged_not.find_all("li")] == [
        "the premises.", "the teacher's <u>license</u>. (x-everything@1)",
    ]  # fmt: skip
    assert main.find("pre").get_text() == EXTENDING
    assert not _page(client, "/rules/x-everything@1/").find(id="extends")


def test_every_pack_of_the_product_has_its_page(client: Client) -> None:
    import_packs()
    for label in library.shipped():
        main = _page(client, f"/rules/{label}/")
        assert main.find("h1"), label
        assert len(main.select("tbody tr")) == len(
            re.findall(r"code: ", main.find("pre").get_text())
        ) or "extends:" in (main.find("pre").get_text()), label


UNKNOWN = [
    "small", "small@2", "small@0", "small@01", "other@1", "@1", "small@", "small@x", "small@99999999999", "a@1@2", "SMALL@1",
    "small@1.yaml", "%00@1", "small%40%D9%A1", "small@-1", "..%2Fsmall@1",
]  # fmt: skip


def test_the_newest_of_the_other_versions_comes_first(client: Client) -> None:
    for version in range(1, 5):
        _import(pack().replace("version: 1", f"version: {version}"))
    links = _page(client, "/rules/small@2/").find(id="versions").find_all("a")
    assert [link["href"] for link in links] == ["/rules/small@4/", "/rules/small@3/", "/rules/small@1/"]


@pytest.mark.parametrize("label", UNKNOWN)
def test_what_is_not_there_is_the_site_s_404(client: Client, label: str) -> None:
    _import(pack())
    assert client.get("/rules/small@1/").status_code == 200
    assert client.get("/rules/small%401/").status_code == 200
    assert client.get(f"/rules/{label}/").status_code == 404
    if not label.endswith(".yaml"):
        assert client.get(f"/rules/{label}.yaml").status_code == 404
    assert "Nothing stands here" in client.get("/rules/small@2/").content.decode()


def test_an_address_without_its_last_stroke_leads_on(client: Client) -> None:
    _import(pack())
    answer = client.get("/rules/small@1", follow=True)
    assert answer.redirect_chain == [("/rules/small@1/", 301)]
    assert answer.status_code == 200


# ---- its text ----


def test_the_text_is_given_to_the_byte(client: Client) -> None:
    text = EVERYTHING + "# na\u00efve\n\n  "
    _import(text)
    answer = client.get("/rules/x-everything@1.yaml")
    assert answer.content == text.encode()
    assert answer["Content-Type"] == "text/yaml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="x-everything@1.yaml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = import_rules(text=answer.content.decode(), filename="again.yaml")
    assert RuleSet.objects.get() == again


def test_only_reading_is_allowed(client: Client) -> None:
    _import(pack())
    for address in ("/rules/", "/rules/small@1/", "/rules/small@1.yaml"):
        assert client.head(address).status_code == 200
        assert client.post(address).status_code == 405


# ---- what it costs, and who finds it ----


def _queries(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in caught if "requirements_ruleset" in query["sql"]]


def test_queries_are_few(client: Client) -> None:
    import_packs()
    assert len(_queries(client, "/rules/")) == 1
    assert '"source"' not in _queries(client, "/rules/")[0]
    assert len(_queries(client, "/rules/us-tx-massage@1/")) == 2
    assert len(_queries(client, "/rules/us-tx-massage@1.yaml")) == 1
    first = _queries(client, "/rules/us-fl-massage-b@1/")
    assert len(first) == 4, "one more for the rules and one for the words of what it extends"
    assert len(_queries(client, "/rules/us-fl-massage-b@1/")) == 2


def test_search_engines_may_read_them_and_find_them_on_the_map(client: Client) -> None:
    _import(pack())
    _import(pack().replace("version: 1", "version: 2"))
    for address in ("/rules/", "/rules/small@1/"):
        answer = client.get(address)
        assert "X-Robots-Tag" not in answer
        assert "noindex" not in answer.content.decode()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /rules" not in robots
    found = re.findall(r"<loc>[^<]*?(/rules/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    assert found == ["/rules/", "/rules/small@1/", "/rules/small@2/"]


def test_the_map_names_no_rules_where_there_are_none(client: Client) -> None:
    assert "/rules/" not in client.get("/sitemap.xml").content.decode()


# ---- the packs of the product ----


def test_all_packs_are_imported_once_and_what_is_there_stays() -> None:
    import_pack(label="us-fl-massage-b@1")
    other = import_rules(text=pack().replace("id: small", "id: nln-cdt"), filename="own.yaml")
    import_packs()
    assert {rule_set.label for rule_set in RuleSet.objects.all()} == set(library.shipped())
    other.refresh_from_db()
    assert other.title == "A small pack"
    with CaptureQueriesContext(connection) as again:
        import_packs()
    assert len([query for query in again if "requirements_ruleset" in query["sql"]]) == 1
