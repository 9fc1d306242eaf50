"""A record that is ready, and one that got its certificate."""

import pytest

from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord
from tests.certificates.making import complete, issued
from tests.worlds import School


@pytest.fixture
def ready(record: TrainingRecord) -> TrainingRecord:
    """Daniela's record, complete."""
    return complete(record)


@pytest.fixture
def certificate(school: School, ready: TrainingRecord) -> Certificate:
    """Daniela's certificate."""
    return issued(school, ready)
