"""Inserts thousands of rows by one statement on either database."""

from collections.abc import Sequence

from django.db import connection, models


def insert_all(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table by one statement, whatever their number; their ids are not read back.

    Django gives SQLite fewer than a hundred and forty of them at once, from days when it bound no more.
    """
    if not rows:
        return
    if connection.vendor != "sqlite":
        type(rows[0])._default_manager.bulk_create(rows)
        return
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [[field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({names}) VALUES ({places})",  # noqa: S608 -- our own names
            values,
        )
