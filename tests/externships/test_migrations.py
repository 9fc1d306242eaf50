"""The registers' migration, forth over rows that were there before: nothing is lost, and the guards stand."""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification import guards
from certification.externships.models import Placement, Shift, SiteAssignment
from certification.externships.services import assign_supervisor, open_placement
from certification.records.services import ensure_learner, open_record
from tests.worlds import make_rule_set, make_school

from .conftest import NOW, answers, make_clinic

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def migrate(*name: str) -> None:
    call_command("migrate", "externships", *name, verbosity=0)


def test_rows_of_before_get_addresses_and_days_and_the_guards_hold() -> None:
    with time_machine.travel(NOW, tick=False):
        school = make_school()
        record = open_record(
            learner=ensure_learner(user=school.learner_user), school=school.school, rule_set=make_rule_set(),
            program_code="SMALL", program_title="A small program", enrolled_on=date(2026, 1, 5),
            source_key="enrollment:1",
        )  # fmt: skip
        clinic = make_clinic(school, record)
        assign_supervisor(
            supervisor=clinic.supervisor, site=clinic.site, from_on=date(2026, 1, 1), until_on=date(2026, 2, 1)
        )
        other = open_placement(
            record=record, site=clinic.site, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31),
            required_minutes=60, approved_by=school.registrar,
        )  # fmt: skip
        shift = clinic.draft()
        link = clinic.send()
        assert Client().post(reverse("externships:sign", args=[clinic.token()]), answers(link)).status_code == 302
    signed = Shift.objects.values().get()
    migrate("0001")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE externships_placement SET state = 'complete' WHERE id = %s", [other.pk])
    migrate()
    assert Shift.objects.values().get() == signed
    assert len({row.uuid for row in SiteAssignment.objects.all()}) == 2
    rows = {row.pk: (row.state, row.ended_on, row.version) for row in Placement.objects.all()}
    assert rows == {clinic.placement.pk: ("active", None, 1), other.pk: ("complete", date(2026, 10, 31), 1)}
    assert guards.missing(connection) == []
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(break_minutes=0)
