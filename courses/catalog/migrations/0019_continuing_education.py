"""Approvals by a regulator of continuing education: which, of what type, taught by whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0018_certificate_term"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.AddField(
            model_name="courseapproval",
            name="course_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("live", "Live"),
                    ("webinar", "Live webinar"),
                    ("home_study", "Home study"),
                    ("recorded", "Recorded webinar (home study)"),
                ],
                default="",
                max_length=10,
                verbose_name="type of the course",
            ),
        ),
        migrations.AddField(
            model_name="courseapproval",
            name="instructor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="courseapproval",
            name="regulator",
            field=models.CharField(
                blank=True,
                choices=[("ncbtmb", "NCBTMB"), ("florida", "Florida")],
                default="",
                max_length=10,
                verbose_name="regulator",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("regulator__in", ["", "ncbtmb", "florida"])), name="approval_of_a_known_regulator"
            ),
        ),
        migrations.AddConstraint(
            model_name="courseapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("course_type__in", ["", "live", "webinar", "home_study", "recorded"])),
                name="approval_of_a_course_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("regulator", ""),
                    models.Q(models.Q(("course_type", ""), _negated=True), ("instructor__isnull", False)),
                    _connector="OR",
                ),
                name="regulators_approve_typed_courses_of_somebody",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
