"""Which program asks from which bank: its team writes there. What modules ask already is taken from their quizzes."""

import django.db.models.deletion
from django.db import migrations, models


def open_banks(apps, schema_editor):
    ProgramBank = apps.get_model("catalog", "ProgramBank")
    pairs = (
        apps.get_model("catalog", "Module")
        .objects.exclude(quiz__bank=None)
        .order_by()
        .values_list("program", "quiz__bank")
        .distinct()
    )
    ProgramBank.objects.bulk_create(ProgramBank(program_id=program, bank_id=bank) for program, bank in pairs)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_seat_settings"),
        ("quizzes", "0004_asked_has_a_version"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgramBank",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_programs",
                        to="quizzes.questionbank",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="banks", to="catalog.program"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("program", "bank"), name="one_bank_a_program")],
            },
        ),
        migrations.RunPython(open_banks, migrations.RunPython.noop, elidable=True),
    ]
