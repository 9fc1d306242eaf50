"""Registers that are edited on screen: versions, how a placement ended, and an address for each assignment."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def give_addresses(apps, schema_editor):
    assignments = apps.get_model("externships", "SiteAssignment")
    for pk in assignments.objects.filter(uuid=None).values_list("pk", flat=True).iterator():
        assignments.objects.filter(pk=pk).update(uuid=uuid.uuid4())


def give_days(apps, schema_editor):
    """A placement that ended before its day was kept ended on its last planned one."""
    apps.get_model("externships", "Placement").objects.exclude(state="active").update(ended_on=F("ends_on"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("externships", "0001_initial"),
        ("records", "0002_no_minute_twice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("site", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("supervisor", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("placement", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("placement", "ended_on", models.DateField(blank=True, null=True)),
        migrations.AddField(
            "placement",
            "ended_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("siteassignment", "uuid", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(give_addresses, migrations.RunPython.noop),
        migrations.AlterField(
            "siteassignment", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.RunPython(give_days, migrations.RunPython.noop),
        migrations.AddConstraint(
            "placement",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on", None), ("state", "active")),
                    models.Q(models.Q(("state", "active"), _negated=True), ("ended_on__isnull", False)),
                    _connector="OR",
                ),
                name="placement_ended_has_a_day",
            ),
        ),
    ]
