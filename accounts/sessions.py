"""Sessions as Django keeps them in the database; the question of every page is put into SQL once a process."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from .prepared import Prepared


def _by_key(key: str) -> QuerySet[Session, Any]:
    return Session.objects.filter(session_key=key).values_list("session_data", "expire_date")


_kept = Prepared(_by_key, key=str)


class SessionStore(db.SessionStore):
    """Django's store in the database: same table, same cookies."""

    def load(self) -> dict[str, Any]:
        """What is kept under her key, while it has not expired; else a fresh, empty session. One query."""
        key = self.session_key or ""
        # Every key that we gave is of letters and digits; PostgreSQL ends in an error at some signs that others send.
        rows = _kept(key=key) if key.isalnum() else []
        for data, expires_at in rows:
            if expires_at > timezone.now():
                found: dict[str, Any] = self.decode(data)
                return found
        self._session_key = None
        return {}
