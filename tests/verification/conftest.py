"""A record that is ready, and one that got its certificate."""

from tests.certificates.conftest import certificate, ready  # noqa: F401
