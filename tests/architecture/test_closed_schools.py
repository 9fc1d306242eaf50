"""A school that has closed, at the narrowest place: raw SQL puts no row into any of its shut tables."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from accounts.models import Organisation
from certification import guards
from certification.guards import CLOSED, Shut
from certification.records.services import close_school
from cms.jobs import run_due

from .test_access import World, world
from .test_guarded_tables import everything

__all__ = ["everything", "world"]
pytestmark = pytest.mark.django_db
MODELS = {model._meta.db_table: model for model in apps.get_models()}


def copied(guard: Shut) -> str:
    """What the database says when a row of the school comes once more, with an id of its own; empty when it lets it."""
    model = MODELS[guard.table]
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    values = [
        f"'{uuid4().hex if connection.vendor == 'sqlite' else uuid4()}'"
        if isinstance(field, models.UUIDField) and field.unique
        else f'"{field.column}"'
        for field in columns
    ]
    names = ", ".join(f'"{field.column}"' for field in columns)
    # `NEW` of the guard is the row that is copied.
    of_school = guard.school.replace("NEW.", f'"{guard.table}".')
    slug = "riverbend"
    query = (
        f'INSERT INTO "{guard.table}" ({names}) SELECT {", ".join(values)} FROM "{guard.table}" '
        f"WHERE {of_school} = (SELECT id FROM accounts_organisation WHERE slug LIKE '{slug}%') LIMIT 1"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
            assert cursor.rowcount == 1, f"give the world a row of {guard.table}"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def test_no_row_comes_into_a_shut_table(everything: dict[str, int], world: World) -> None:
    school = world.demo.school
    before = {guard.table: copied(guard) for guard in guards.shut()}
    assert not [table for table, said in before.items() if CLOSED in said], "an open school writes"
    Organisation.objects.filter(pk=school.pk).update(closed_on="2026-06-30")
    school.refresh_from_db()
    close_school(school=school, now=timezone.now())
    passed = {guard.table: said for guard in guards.shut() if CLOSED not in (said := copied(guard))}
    assert not passed


def test_the_due_jobs_leave_a_closed_school_in_peace(world: World) -> None:
    school = world.demo.school
    Organisation.objects.filter(pk=school.pk).update(closed_on="2026-06-30")
    outcome = run_due(force=True)
    assert outcome["schools that closed"] == "1 done"
    assert not {name: said for name, said in (outcome | run_due(force=True)).items() if said.startswith("failed")}
