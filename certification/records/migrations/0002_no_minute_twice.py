"""PostgreSQL forbids two overlapping spans of one learner by an exclusion constraint; SQLite by a trigger (guards)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME = "occupied_no_minute_twice"


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the constraint where the database knows it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(
            f"ALTER TABLE records_occupiedtime ADD CONSTRAINT {NAME} "
            "EXCLUDE USING gist (learner_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        )


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE records_occupiedtime DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):
    """Design promise 4."""

    dependencies = [("records", "0001_tables")]
    operations = [migrations.RunPython(forwards, backwards)]
