"""All tables of a room as one step of its first migration: a fresh database is made in seconds.

After each step Django draws anew every model that is tied to a changed one, and here all are tied to each other: two
hundred tables made one by one cost a minute and a half, made room by room a few seconds. Knows nothing of any room.
"""

from collections.abc import Sequence

from django.core.management.base import CommandError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Tables that may point at each other in any order. Later migrations change them by Django's own operations."""

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Put all models into the state; whoever asks for one next has them drawn together."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables. Foreign keys wait for the last of them where a database minds the order."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take them away, the last first; refused while one holds a row (CommandError), for no guard stops that."""
        for model in self.models:
            table = from_state.apps.get_model(app_label, model.name)
            if table._base_manager.using(schema_editor.connection.alias).exists():
                raise CommandError(f"{table._meta.db_table} holds rows: tables of a room are only taken away empty.")
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate` and `sqlmigrate` print of it."""
        return f"Create {len(self.models)} models"
