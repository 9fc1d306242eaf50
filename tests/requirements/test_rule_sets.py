"""Rule sets in the database: imported once, never changed by any door."""

import datetime as dt
import hashlib
import uuid
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from certification import guards
from certification.requirements import library, selectors
from certification.requirements.models import RuleSet
from certification.requirements.services import import_pack, import_rules
from tests.rules.making import pack

pytestmark = pytest.mark.django_db

PACK = pack("valid_from: 2025-01-01\ncategories: [{code: ethics, title: Ethics, min_hours: 2}]\n")
TABLE = "requirements_ruleset"


def _imported(text: str = PACK) -> RuleSet:
    return import_rules(text=text, filename="pack.yaml")


def test_an_import_keeps_the_text_and_what_it_says() -> None:
    rule_set = _imported()
    rule_set.refresh_from_db()
    assert (rule_set.identifier, rule_set.version, rule_set.label) == ("small", 1, "small@1")
    assert str(rule_set) == "small@1"
    assert (rule_set.title, rule_set.status, rule_set.applies_by) == ("A small pack", "sample", "enrolment")
    assert (rule_set.valid_from, rule_set.valid_to) == (dt.date(2025, 1, 1), None)
    assert rule_set.source == PACK
    assert rule_set.digest == hashlib.sha256(PACK.encode()).hexdigest()


def test_the_same_text_again_is_the_same_row() -> None:
    first = _imported()
    assert _imported() == first
    assert _imported("\ufeff" + PACK.replace("\n", "\r\n")) == first
    assert RuleSet.objects.count() == 1


def test_another_text_under_a_used_version_is_refused_and_the_next_one_named() -> None:
    _imported()
    _imported(PACK.replace("version: 1", "version: 4"))
    with pytest.raises(ValidationError) as refusal:
        _imported(PACK.replace("min_hours: 2", "min_hours: 3"))
    assert refusal.value.messages == [
        "pack.yaml: small@1 is already imported with another text, and a version is never edited. "
        "Call the new one version 5."
    ]
    assert RuleSet.objects.count() == 2
    later = _imported(PACK.replace("min_hours: 2", "min_hours: 3").replace("version: 1", "version: 5"))
    assert later.version == 5


def test_a_bad_pack_is_refused_with_its_line_and_nothing_is_kept() -> None:
    with pytest.raises(ValidationError) as refusal:
        _imported(PACK + "gates: {}\n")
    assert refusal.value.messages == ["pack.yaml: line 12: key 'gates': must be a list"]
    assert RuleSet.objects.count() == 0


def test_two_imports_in_the_same_moment_make_one_row() -> None:
    """The other import lands between our look and our write; UNIQUE decides, and we take what it kept."""
    first = _imported()
    real = models.QuerySet.first
    with mock.patch.object(models.QuerySet, "first", lambda self: None if self.model is RuleSet else real(self)):
        assert _imported() == first
        with pytest.raises(ValidationError, match="already imported with another text"):
            _imported(PACK.replace("min_hours: 2", "min_hours: 3"))
    assert RuleSet.objects.count() == 1


def test_the_packs_that_come_with_the_product() -> None:
    rule_set = import_pack(label="us-mm-300-sample@1")
    assert (rule_set.label, rule_set.status) == ("us-mm-300-sample@1", "sample")
    assert import_pack(label="us-mm-300-sample@1") == rule_set
    assert selectors.spec_for(rule_set).required == 300 * 60


@pytest.mark.parametrize("label", ["", "no-such@1", "../packs/us-mm-300-sample@1", "us-mm-300-sample", "a\0b"])
def test_packs_that_do_not_exist(label: str) -> None:
    with pytest.raises(ValidationError, match="There is no pack"):
        import_pack(label=label)


OVER = "schema: hour-rules/1\nid: over\nversion: 1\nextends: small@1\ncategories: [{code: ethics, min_hours: 3}]\n"


def test_a_pack_that_extends_another_is_judged_by_what_the_database_keeps(django_assert_num_queries: Any) -> None:
    _imported()
    over = _imported(OVER)
    assert (over.label, over.title, over.status, over.valid_from) == (
        "over@1",
        "A small pack",
        "sample",
        dt.date(2025, 1, 1),
    )
    assert over.source == OVER
    selectors._specs.clear()
    with django_assert_num_queries(1):
        spec = selectors.spec_for(over)
    assert (spec.label, spec.by_code["ethics"].required, spec.by_code["ethics"].title) == ("over@1", 180, "Ethics")
    with django_assert_num_queries(0):
        assert selectors.spec_for(over) is spec


def test_what_a_pack_extends_is_imported_with_it_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "any-name.yml").write_text(PACK)
    (tmp_path / "noise.yaml").write_text("[")
    find = library.packs_beside(str(tmp_path / "over.yaml"))
    over = import_rules(text=OVER, filename="over.yaml", find=find)
    assert selectors.spec_for(over).by_code["ethics"].required == 180
    assert sorted(kept.label for kept in RuleSet.objects.all()) == ["over@1", "small@1"]
    # The file beside it changed since: a version is never edited, so the new pack may not rest on it either.
    (tmp_path / "any-name.yml").write_text(PACK.replace("min_hours: 2", "min_hours: 1"))
    with pytest.raises(ValidationError, match="small@1 is already imported with another text"):
        import_rules(text=OVER.replace("id: over", "id: other"), filename="over.yaml", find=find)
    assert RuleSet.objects.count() == 2


def test_a_pack_whose_base_is_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"pack\.yaml: line 4: key 'extends': there is no pack 'small@1'"):
        _imported(OVER)
    assert RuleSet.objects.count() == 0


def test_a_pack_finds_what_the_product_brings() -> None:
    text = "schema: hour-rules/1\nid: mine\nversion: 1\nextends: us-mm-300-sample@1\ntotal_hours: 310\n"
    mine = import_rules(text=text, filename="mine.yaml", find=library.packs_beside(None))
    assert selectors.spec_for(mine).required == 310 * 60
    assert RuleSet.objects.filter(identifier="us-mm-300-sample").count() == 1


def test_selectors(django_assert_num_queries: Any) -> None:
    one = _imported()
    two = _imported(PACK.replace("version: 1", "version: 2"))
    ten = _imported(PACK.replace("version: 1", "version: 10"))
    with django_assert_num_queries(1):
        assert selectors.rule_set("small", 2) == two
    with django_assert_num_queries(1):
        assert selectors.newest("small") == ten
    assert selectors.newest("other") is None
    with pytest.raises(RuleSet.DoesNotExist):
        selectors.rule_set("small", 3)
    with django_assert_num_queries(0):
        spec = selectors.spec_for(one)
        assert spec.label == "small@1"
        assert selectors.spec_for(one) is spec
    again = RuleSet.objects.get(pk=one.pk)
    with django_assert_num_queries(0):
        assert selectors.spec_for(again) is spec
        assert selectors.spec_for(two).version == 2


def test_parsed_packs_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_MOST_SPECS", 2)
    monkeypatch.setattr(selectors, "_specs", {})
    for version in range(1, 6):
        rule_set = _imported(PACK.replace("version: 1", f"version: {version}"))
        assert selectors.spec_for(rule_set).version == version
        assert len(selectors._specs) <= 2


def _columns() -> dict[str, Any]:
    return {
        "uuid": uuid.uuid4().hex,
        "identifier": "raw",
        "version": 1,
        "title": "Raw",
        "status": "sample",
        "source": "x",
        "digest": "0" * 64,
        "applies_by": "enrolment",
        "imported_at": "2026-01-01 00:00:00+00:00",
        "valid_from": None,
        "valid_to": None,
    }


def _raw(sql: str, values: list[Any] | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or [])


def _insert(verb: str = "INSERT", **changed: Any) -> None:
    columns = {**_columns(), **changed}
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    _raw(f"{verb} INTO {TABLE} ({names}) VALUES ({places})", list(columns.values()))


def test_a_sound_raw_row_is_taken_so_that_the_attacks_below_mean_something() -> None:
    _insert()
    assert RuleSet.objects.get(identifier="raw").version == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("identifier", "'other'"),
        ("version", "2"),
        ("title", "'other'"),
        ("status", "'verified'"),
        ("source", "source || ' '"),
        ("digest", "'0'"),
        ("valid_from", "NULL"),
        ("applies_by", "'session'"),
        ("imported_at", "'2020-01-01 00:00:00+00:00'"),
        ("title", "title"),
    ],
)
def test_raw_updates_are_refused(column: str, value: str) -> None:
    rule_set = _imported()
    with pytest.raises(Error, match="rows are never changed"):
        _raw(f"UPDATE {TABLE} SET {column} = {value}")
    assert list(RuleSet.objects.values()) == list(
        RuleSet.objects.filter(pk=rule_set.pk, digest=rule_set.digest).values()
    )
    assert RuleSet.objects.get().source == PACK


def test_raw_deletes_are_refused() -> None:
    _imported()
    with pytest.raises(Error, match="rows are never deleted"):
        _raw(f"DELETE FROM {TABLE}")
    if connection.vendor == "postgresql":
        with pytest.raises(Error, match="rows are never deleted"):
            _raw(f"TRUNCATE {TABLE} CASCADE")
    assert RuleSet.objects.count() == 1


def test_replacing_is_refused() -> None:
    kept = _imported()
    if connection.vendor == "sqlite":
        for taken in ({"identifier": "small"}, {"id": kept.pk}, {"uuid": kept.uuid.hex}):
            with pytest.raises(Error, match="rows are never replaced"):
                _insert("INSERT OR REPLACE", **taken)
    else:
        columns = _columns() | {"identifier": "small"}
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with pytest.raises(Error, match="rows are never changed"):
            _raw(
                f"INSERT INTO {TABLE} ({names}) VALUES ({places}) ON CONFLICT (identifier, version) "
                "DO UPDATE SET source = excluded.source",
                list(columns.values()),
            )
    assert RuleSet.objects.get().source == PACK


@pytest.mark.parametrize(
    "changed",
    [
        {"identifier": "small"},
        {"version": 0},
        {"version": -1},
        {"status": "checked"},
        {"applies_by": "graduation"},
        {"valid_from": "2026-01-02", "valid_to": "2026-01-01"},
        {"source": None},
        {"digest": None},
    ],
)
def test_raw_rows_that_break_a_constraint_are_refused(changed: dict[str, Any]) -> None:
    _imported()
    with pytest.raises(IntegrityError):
        _insert(**changed)
    assert RuleSet.objects.count() == 1


def test_the_doors_of_the_orm_are_shut_too() -> None:
    rule_set = _imported()
    rule_set.title = "Other"
    attempts = (
        rule_set.save,
        rule_set.delete,
        lambda: RuleSet.objects.update(title="Other"),
        lambda: RuleSet.objects.all()._raw_delete(using="default"),
        lambda: RuleSet.objects.bulk_update([rule_set], ["title"]),
    )
    for attempt in attempts:
        with pytest.raises((Error, ProtectedError)), transaction.atomic():
            attempt()
    assert RuleSet.objects.get().title == "A small pack"


def test_the_guards_are_in_the_database_and_missed_when_gone() -> None:
    assert not [name for name in guards.missing(connection) if TABLE in name]
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
        cursor.execute(f'DROP TRIGGER "guard_{TABLE}_update"{on}')
    assert f"guard_{TABLE}_update" in guards.missing(connection)
    guards.install(connection)
    assert not [name for name in guards.missing(connection) if TABLE in name]


def test_packs_lie_beside_the_services() -> None:
    assert library.PACKS.is_dir()
    assert Path(library.PACKS, "us-mm-300-sample@1.yaml").is_file()
