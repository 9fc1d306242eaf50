"""On PostgreSQL, leave room in each page of the sessions' table, so that a beat rewrites its row in place."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Heap-only updates need free space beside the old row."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE study_studysession SET (fillfactor = 70)")


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to full pages."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE study_studysession RESET (fillfactor)")


class Migration(migrations.Migration):
    """Nothing is indexed that a beat changes; with room in the page, its table does not grow."""

    dependencies = [("study", "0001_tables")]
    operations = [migrations.RunPython(forwards, backwards)]
