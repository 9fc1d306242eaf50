"""Logs that already hold lines get the tree over them and the balances that they come to. Reads the ledger only."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Max, Sum

from certification.records.rules import merkle

CHUNK = 2_000


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    log_model = apps.get_model("records", "HourLog")
    entry_model = apps.get_model("records", "HourEntry")
    node_model = apps.get_model("records", "LogNode")
    balance_model = apps.get_model("records", "Balance")
    for log in log_model.objects.filter(size__gt=0):
        entries = entry_model.objects.filter(log=log, position__lt=log.size).order_by("position")
        size, peaks, waiting = 0, (), []
        for leaf in entries.values_list("leaf_hash", flat=True).iterator(CHUNK):
            grown = merkle.grow(size, peaks, [bytes.fromhex(leaf)])
            size, peaks = size + 1, grown.peaks
            waiting += [
                node_model(log=log, level=level, index=index, hash=node.hex()) for level, index, node in grown.nodes
            ]
            if len(waiting) >= CHUNK:
                node_model.objects.bulk_create(waiting)
                waiting = []
        node_model.objects.bulk_create(waiting)
        log.peaks = [peak.hex() for peak in peaks]
        log.grown_at = entries.aggregate(at=Max("recorded_at"))["at"]
        # Rows of before stand under the guard that lets peaks change only with the size; it comes after migrations.
        log.save(update_fields=["peaks", "grown_at"])
    sums = entry_model.objects.values("record_id", "category").annotate(
        minutes=Sum("minutes"), last_on=Max("date"), log_size=Max("position") + 1
    )
    balance_model.objects.bulk_create((balance_model(**row) for row in sums.order_by()), batch_size=CHUNK)


class Migration(migrations.Migration):
    """Promises 5 and 7 for what was posted before."""

    dependencies = [("records", "0004_the_tree_over_the_log")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
