"""Anomalies: found once, kept with their evidence, decided by people, and nothing of it can be changed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.urls import reverse

from accounts.services import grant_role
from certification.records.models import Anomaly, AnomalyDecision, HourEntry, TrainingRecord
from certification.records.selectors import anomalies_seen_by, lines_behind, narrowed, undecided
from certification.records.services import (
    decide_anomaly,
    ensure_learner,
    find_anomalies,
    note_anomaly,
    open_record,
    post_batch,
    post_hours,
    reverse_entry,
)
from certification.records.services.ledger import HourRequest
from certification.requirements.models import RuleSet
from cms.desk.selectors import waiting_for
from cms.jobs import JOBS, run_due
from tests.layers import layer
from tests.records.making import at, part, without_times
from tests.worlds import School

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")
SINCE = NOW - timedelta(days=8)


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@layer
def other(school: School, rule_set: RuleSet) -> TrainingRecord:
    """Another learner's record at the same school."""
    return open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:other",
    )


def shift(day: int, start: str = "14:00", end: str = "15:00", minutes: int = 60, **fields: Any) -> Any:
    times = ((at(f"2026-03-{day:02d} {start}"), at(f"2026-03-{day:02d} {end}")),)
    return part(minutes, spans=times, source="externship", category="externship", title="A shift", **fields)


def working_week(record: TrainingRecord, first: int = 9) -> None:
    post_batch(requests=[HourRequest(record, f"shift:{uuid4()}", [shift(first + n)]) for n in range(5)])


def noted(record: TrainingRecord, fingerprint: str = "a" * 64, **more: Any) -> Anomaly:
    values: dict[str, Any] = {
        "school": record.school, "kind": "long_day", "records": [record.uuid], "first_on": date(2026, 3, 2),
        "last_on": date(2026, 3, 2), "evidence": {"minutes": 1000}, "fingerprint": fingerprint,
    }  # fmt: skip
    anomaly = note_anomaly(**{**values, **more})
    assert anomaly is not None
    return anomaly


def kinds() -> list[str]:
    return sorted(Anomaly.objects.values_list("kind", flat=True))


# ---- finding ---------------------------------------------------------------------------------------------------------


def test_an_honest_week_finds_nothing(record: TrainingRecord) -> None:
    post_batch(
        requests=[
            HourRequest(record, f"class:{n}", [part(60, f"2026-03-{n:02d} 14:00", f"2026-03-{n:02d} 15:00")])
            for n in range(9, 14)
        ]
    )
    assert find_anomalies(SINCE) == 0
    assert kinds() == []


def test_time_that_two_sources_claim(record: TrainingRecord) -> None:
    held = post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]
    lesson = part(40, "2026-03-02 14:30", "2026-03-02 15:10", source="lesson", delivery="asynchronous")
    posted = post_hours(record=record, source_key=f"session:{uuid4()}", parts=[lesson])
    assert posted.left_out
    find_anomalies(SINCE)
    anomaly = Anomaly.objects.get(kind="overlap")
    assert anomaly.evidence["minutes"] == 30
    assert set(lines_behind(anomaly)) == {held, *posted.entries}
    assert list(anomaly.records.all()) == [record]


def test_two_learners_with_one_week(record: TrainingRecord, other: TrainingRecord) -> None:
    working_week(record)
    assert find_anomalies(SINCE) == 0
    working_week(other)
    assert find_anomalies(SINCE) == 1
    anomaly = Anomaly.objects.get()
    assert anomaly.kind == "identical"
    assert set(anomaly.records.all()) == {record, other}
    assert len(lines_behind(anomaly)) == 10


def test_the_other_half_may_have_been_written_long_before(record: TrainingRecord, other: TrainingRecord) -> None:
    with time_machine.travel(NOW - timedelta(days=3), tick=False):
        working_week(record)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        working_week(other)
        find_anomalies(NOW + timedelta(days=29))
    assert "identical" in kinds()


def test_a_line_taken_back_is_no_evidence(record: TrainingRecord, other: TrainingRecord, school: School) -> None:
    working_week(record)
    working_week(other)
    entry = HourEntry.objects.filter(record=other).first()
    assert entry
    reverse_entry(entry=entry, source_key="back:1", reason="absent", recorded_by=school.registrar)
    assert find_anomalies(SINCE) == 0


def test_a_day_fuller_than_a_day(record: TrainingRecord) -> None:
    early = shift(9, "05:00", "15:00", 600)
    with time_machine.travel(SINCE - timedelta(days=1), tick=False):
        post_hours(record=record, source_key="shift:1", parts=[early])
    post_hours(record=record, source_key="shift:2", parts=[shift(9, "16:00", "23:00", 420)])
    assert find_anomalies(SINCE) == 1
    assert Anomaly.objects.get().evidence["minutes"] == 1020, "also what was written before"


def test_written_late_and_all_at_once(record: TrainingRecord) -> None:
    requests = [
        HourRequest(record, f"shift:{n}", [part(540, f"2026-02-{n:02d} 14:07", f"2026-02-{n:02d} 23:07",
                    source="externship", category="externship")])
        for n in range(1, 6)
    ]  # fmt: skip
    post_batch(requests=requests)
    find_anomalies(SINCE)
    assert kinds() == ["back_dated", "burst"]
    assert Anomaly.objects.get(kind="back_dated").evidence["days"] == 47
    assert Anomaly.objects.get(kind="burst").evidence == {
        "entries": sorted(str(uuid) for uuid in HourEntry.objects.values_list("uuid", flat=True)),
        "minutes": 2700,
        "lines": 5,
    }


def test_hours_without_times_are_late_by_nature(record: TrainingRecord) -> None:
    post_hours(
        record=record, source_key="transfer:1", parts=[without_times(3000, "2026-01-10", evidence="transferred")]
    )
    assert find_anomalies(SINCE) == 0


def test_nothing_but_whole_hours(record: TrainingRecord) -> None:
    with time_machine.travel(at("2026-03-08 12:00"), tick=False):
        post_batch(
            requests=[
                HourRequest(
                    record, f"shift:{n}", [shift(1 + n // 4, f"{13 + 2 * (n % 4)}:00", f"{14 + 2 * (n % 4)}:00")]
                )
                for n in range(16)
            ]
        )
    post_batch(requests=[HourRequest(record, f"shift:x{n}", [shift(16 + n)]) for n in range(4)])
    assert find_anomalies(SINCE) == 1
    assert Anomaly.objects.get().evidence["lines"] == 20, "also those written before"


def test_what_was_written_before_is_not_looked_at_again(record: TrainingRecord) -> None:
    post_hours(record=record, source_key="shift:1", parts=[shift(9, "05:00", "15:00", 600)])
    post_hours(record=record, source_key="shift:2", parts=[shift(9, "16:00", "23:00", 420)])
    assert find_anomalies(NOW + timedelta(seconds=1)) == 0
    assert find_anomalies(NOW) == 1


def test_looking_again_finds_nothing_new(record: TrainingRecord, other: TrainingRecord) -> None:
    working_week(record)
    working_week(other)
    assert find_anomalies(SINCE) == 1
    assert find_anomalies(SINCE) == 0
    assert Anomaly.objects.count() == 1


def test_a_quiet_night_reads_little(record: TrainingRecord, django_assert_max_num_queries: Any) -> None:
    working_week(record)
    with django_assert_max_num_queries(3):
        assert find_anomalies(NOW + timedelta(seconds=1)) == 0


def test_the_nightly_job(record: TrainingRecord, other: TrainingRecord) -> None:
    working_week(record)
    working_week(other)
    assert {name: rest for name, _job, rest in JOBS}["anomalies"] == timedelta(days=1)
    assert run_due(force=True)["anomalies"] == "1 done"


# ---- noting ----------------------------------------------------------------------------------------------------------


def test_a_finding_is_noted_once_a_school(record: TrainingRecord) -> None:
    first = noted(record)
    assert note_anomaly(
        school=record.school, kind="burst", fingerprint=first.fingerprint, records=[record.uuid],
        first_on=first.first_on, last_on=first.last_on, evidence={},
    ) is None  # fmt: skip
    assert Anomaly.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"evidence": {"name": "Daniela Reyes"}}, "evidence 'name'"),
        ({"kind": "mood"}, "no kind of anomaly"),
        ({"records": []}, "records of its school"),
        ({"records": [UUID(int=1)]}, "records of its school"),
    ],
)
def test_a_room_that_notes_nonsense_is_told(record: TrainingRecord, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        noted(record, **changed)
    assert Anomaly.objects.count() == 0


def test_another_schools_record_is_refused(record: TrainingRecord, school: School) -> None:
    with pytest.raises(ValueError, match="records of its school"):
        noted(record, school=school.other_school)


# ---- deciding --------------------------------------------------------------------------------------------------------


def decide(anomaly: Anomaly, by: Any, **changed: Any) -> AnomalyDecision:
    values: dict[str, Any] = {"uuid": uuid4(), "verdict": "explained", "words": "The site confirmed it."}
    return decide_anomaly(anomaly=anomaly, by=by, **{**values, **changed})


def test_decisions_are_kept_and_the_newest_stands(record: TrainingRecord, school: School) -> None:
    anomaly = noted(record)
    seen = anomalies_seen_by(school.registrar, [school.school])
    assert undecided(school.registrar, [school.school]).count() == 1
    decide(anomaly, school.registrar, verdict="watch")
    assert undecided(school.registrar, [school.school]).count() == 0
    assert list(narrowed(seen, state="open", kind="")) == [anomaly], "watched is still open"
    decide(anomaly, school.admin, verdict="fraud", words="She was not there.")
    assert list(narrowed(seen, state="open", kind="")) == []
    (decided,) = narrowed(seen, state="decided", kind="long_day")
    assert decided.verdict == "fraud"  # type: ignore[attr-defined]
    assert list(narrowed(seen, state="decided", kind="burst")) == []
    assert anomaly.decisions.count() == 2


def test_the_same_form_twice_is_one_decision(record: TrainingRecord, school: School) -> None:
    anomaly, key = noted(record), uuid4()
    first = decide(anomaly, school.registrar, uuid=key)
    assert decide(anomaly, school.registrar, uuid=key, words="other") == first
    assert AnomalyDecision.objects.count() == 1


@pytest.mark.parametrize("who", ["instructor", "coordinator", "foreign_registrar", "other_learner_user"])
def test_who_does_not_decide(record: TrainingRecord, school: School, who: str) -> None:
    with pytest.raises(ValidationError, match="Only a registrar or administrator"):
        decide(noted(record), getattr(school, who))


@pytest.mark.parametrize(("changed", "field"), [({"words": "  "}, "words"), ({"verdict": "maybe"}, "verdict")])
def test_what_a_decision_needs(record: TrainingRecord, school: School, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        decide(noted(record), school.registrar, **changed)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("merged", [False, True])
def test_a_registrar_never_decides_about_her_own_hours(
    record: TrainingRecord, other: TrainingRecord, school: School, merged: bool
) -> None:
    anomaly = noted(record)
    me = school.other_learner_user if merged else school.learner_user
    if merged:
        other.learner.merged_into = record.learner
        other.learner.save()
    grant_role(user=me, organisation=school.school, role="registrar")
    with pytest.raises(ValidationError, match="your own hours"):
        decide(anomaly, me)
    assert school.client(me).get(_page(anomaly)).status_code == 404
    if not merged:
        assert list(anomalies_seen_by(me, [school.school])) == []


# ---- the database itself ---------------------------------------------------------------------------------------------


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except Error:
        return True
    return False


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_anomaly SET kind = 'burst'",
        "UPDATE records_anomaly SET evidence = '{}'",
        "DELETE FROM records_anomaly",
        "UPDATE records_anomalyrecord SET record_id = record_id",
        "DELETE FROM records_anomalyrecord",
        "UPDATE records_anomalydecision SET verdict = 'explained'",
        "UPDATE records_anomalydecision SET words = 'x'",
        "DELETE FROM records_anomalydecision",
        "INSERT INTO records_anomalydecision (uuid, anomaly_id, by_id, at, verdict, words) "
        "SELECT '00000000000040008000000000000001', anomaly_id, by_id, at, 'maybe', 'x' FROM records_anomalydecision",
        "INSERT INTO records_anomalydecision (uuid, anomaly_id, by_id, at, verdict, words) "
        "SELECT '00000000000040008000000000000001', anomaly_id, by_id, at, 'watch', '' FROM records_anomalydecision",
        "INSERT INTO records_anomalydecision (uuid, anomaly_id, by_id, at, verdict, words) "
        "SELECT '00000000000040008000000000000001', d.anomaly_id, l.user_id, d.at, 'watch', 'x' "
        "FROM records_anomalydecision AS d, records_anomalyrecord AS ar, records_trainingrecord AS r, "
        "records_learner AS l WHERE ar.anomaly_id = d.anomaly_id AND r.id = ar.record_id AND l.id = r.learner_id",
        "INSERT INTO records_anomaly (uuid, school_id, kind, fingerprint, found_at, evidence, first_on, last_on) "
        "SELECT '00000000000040008000000000000001', school_id, 'mood', 'b', found_at, '{}', first_on, last_on "
        "FROM records_anomaly",
        "INSERT INTO records_anomaly (uuid, school_id, kind, fingerprint, found_at, evidence, first_on, last_on) "
        "SELECT '00000000000040008000000000000001', school_id, kind, 'b', found_at, '{}', '2026-03-03', '2026-03-02' "
        "FROM records_anomaly",
        "INSERT INTO records_anomaly (uuid, school_id, kind, fingerprint, found_at, evidence, first_on, last_on) "
        "SELECT '00000000000040008000000000000001', school_id, kind, fingerprint, found_at, '{}', first_on, last_on "
        "FROM records_anomaly",
    ],
)
def test_the_database_refuses(record: TrainingRecord, school: School, sql: str) -> None:
    decide(noted(record), school.registrar)
    assert refused(sql)


def test_the_same_inserts_pass_when_they_are_right(record: TrainingRecord, school: School) -> None:
    decide(noted(record), school.registrar)
    assert not refused(
        "INSERT INTO records_anomaly (uuid, school_id, kind, fingerprint, found_at, evidence, first_on, last_on) "
        "SELECT '00000000000040008000000000000001', school_id, kind, 'b', found_at, '{}', first_on, last_on "
        "FROM records_anomaly"
    )
    assert not refused(
        "INSERT INTO records_anomalydecision (uuid, anomaly_id, by_id, at, verdict, words) "
        "SELECT '00000000000040008000000000000001', anomaly_id, by_id, at, 'watch', 'x' FROM records_anomalydecision"
    )


def test_sql_binds_no_record_of_another_school(record: TrainingRecord, school: School, rule_set: RuleSet) -> None:
    anomaly = noted(record)
    foreign = open_record(
        learner=ensure_learner(user=school.other_learner_user), school=school.other_school, rule_set=rule_set,
        program_code="X", program_title="X", enrolled_on=date(2026, 1, 5), source_key="enrollment:x",
    )  # fmt: skip
    near = open_record(
        learner=ensure_learner(user=school.other_learner_user), school=school.school, rule_set=rule_set,
        program_code="X", program_title="X", enrolled_on=date(2026, 1, 5), source_key="enrollment:y",
    )  # fmt: skip
    sql = "INSERT INTO records_anomalyrecord (anomaly_id, record_id) VALUES ({}, {})"
    assert refused(sql.format(anomaly.pk, foreign.pk))
    assert not refused(sql.format(anomaly.pk, near.pk))
    assert refused(sql.format(anomaly.pk, near.pk)), "once"


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_rows_are_not_replaced(record: TrainingRecord, school: School) -> None:
    decide(noted(record), school.registrar)
    for table in ("records_anomaly", "records_anomalyrecord", "records_anomalydecision"):
        assert refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"), table


# ---- pages -----------------------------------------------------------------------------------------------------------


def _page(anomaly: Anomaly) -> str:
    return reverse("records:desk_anomaly", args=[anomaly.uuid])


def _text(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u2009", " ")))


def test_from_the_list_to_a_decision(record: TrainingRecord, other: TrainingRecord, school: School) -> None:
    working_week(record)
    working_week(other)
    find_anomalies(SINCE)
    client = school.client(school.registrar)
    listed = client.get(reverse("records:desk_anomalies"))
    anomaly = Anomaly.objects.get()
    assert _page(anomaly) in listed.content.decode()
    assert "2 learners have 5 lines to the same instant" in _text(listed)
    assert "Daniela Reyes" in _text(listed) and "Jun Park" in _text(listed)
    page = client.get(_page(anomaly))
    body = page.content.decode()
    for entry in HourEntry.objects.all():
        assert f"?line={entry.uuid}#line-{entry.uuid}" in body
    assert reverse("desk:record", args=[record.uuid]) in body
    assert "Nobody has looked yet" in _text(page)
    key = re.search(r'name="key" value="([^"]+)"', body)
    assert key
    sent = {"key": key[1], "verdict": "explained", "words": "One roster <b>for</b> both."}
    assert client.post(_page(anomaly), sent).status_code == 302
    assert client.post(_page(anomaly), sent).status_code == 302
    kept = client.get(_page(anomaly))
    assert "One roster &lt;b&gt;for&lt;/b&gt; both." in kept.content.decode()
    assert "Helen Marsh" in _text(kept)
    assert AnomalyDecision.objects.count() == 1
    assert "Nothing asks for a look" in _text(client.get(reverse("records:desk_anomalies")))
    assert _page(anomaly) in client.get(reverse("records:desk_anomalies"), {"state": "decided"}).content.decode()
    assert (
        _page(anomaly)
        not in client.get(reverse("records:desk_anomalies"), {"state": "all", "kind": "burst"}).content.decode()
    )


@pytest.mark.parametrize(
    ("sent", "said"), [({"words": "x"}, "Choose what you found."), ({"verdict": "fraud"}, "Write a sentence or two.")]
)
def test_a_decision_without_all_it_needs_keeps_what_was_typed(
    record: TrainingRecord, school: School, sent: dict[str, str], said: str
) -> None:
    page = school.client(school.registrar).post(_page(noted(record)), sent)
    assert page.status_code == 422
    assert said in _text(page)
    assert AnomalyDecision.objects.count() == 0


def test_each_kind_says_what_it_is(record: TrainingRecord, school: School) -> None:
    client = school.client(school.registrar)
    numbers = {
        "minutes": 90,
        "lines": 20,
        "round": 19,
        "days": 30,
        "learners": 2,
        "count": 4,
        "sittings": 2,
        "seconds": 9,
    }
    for number, kind in enumerate(Anomaly.Kind.values):
        text = _text(client.get(_page(noted(record, f"{number:x}" * 64, kind=kind, evidence=numbers))))
        assert "Often" in text
        assert str(Anomaly.Kind(kind).label) in text
        assert "%(" not in text


def test_nobody_else_sees_anomalies(record: TrainingRecord, school: School) -> None:
    anomaly = noted(record)
    for person in (school.instructor, school.coordinator, school.foreign_registrar, school.learner_user):
        assert school.client(person).get(_page(anomaly)).status_code == 404
        assert school.client(person).post(_page(anomaly), {"verdict": "fraud", "words": "x"}).status_code == 404
    foreign = school.client(school.foreign_registrar).get(reverse("records:desk_anomalies"), {"state": "all"})
    assert _page(anomaly) not in foreign.content.decode()
    assert school.client(school.instructor).get(reverse("records:desk_anomalies")).status_code == 403
    assert AnomalyDecision.objects.count() == 0


def test_the_pile_on_the_desk(record: TrainingRecord, school: School) -> None:
    anomaly = noted(record)
    pile = next(pile for pile in waiting_for(school.registrar) if pile.url == "/desk/anomalies/")
    assert (pile.count, pile.words) == (1, "anomaly to look at")
    decide(anomaly, school.registrar)
    assert next(pile for pile in waiting_for(school.registrar) if pile.url == "/desk/anomalies/").count == 0
    assert all(pile.url != "/desk/anomalies/" for pile in waiting_for(school.instructor))


def test_the_pages_ask_a_fixed_number_of_questions(
    record: TrainingRecord, other: TrainingRecord, school: School, django_assert_max_num_queries: Any
) -> None:
    client = school.client(school.registrar)
    working_week(record)
    working_week(other)
    find_anomalies(SINCE)
    for number in range(30):
        noted(record if number % 2 else other, f"{number:064}")
    page = _page(Anomaly.objects.get(kind="identical"))
    for address, most in ((reverse("records:desk_anomalies"), 11), (page, 14)):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
