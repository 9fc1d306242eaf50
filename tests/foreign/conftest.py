"""A record that is ready, and one that got its certificate, as the room `certificates` has them."""

from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord
from tests.certificates.making import complete, issued
from tests.layers import layer
from tests.worlds import School


@layer
def ready(record: TrainingRecord) -> TrainingRecord:
    """Daniela's record, complete."""
    return complete(record)


@layer
def certificate(school: School, ready: TrainingRecord) -> Certificate:
    """Daniela's certificate."""
    return issued(school, ready)
