"""Database, cache and background work: SQLite and in-process by default, PostgreSQL, Redis and a worker by setting."""

import environ

from . import env

_url = environ.Env.db_url_config(env.DATABASE_URL)
SQLITE = _url["ENGINE"].endswith("sqlite3")
if SQLITE:
    # Writers take the lock at BEGIN and wait their turn. Django's default (deferred) upgrades a read lock in the
    # middle of a transaction, and SQLite answers that with an instant "database is locked" that no timeout helps.
    _url["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA recursive_triggers=ON;",
    }
else:
    _url["CONN_MAX_AGE"] = 600
    _url["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _url}

if env.REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

# How far long work is, told from inside its transaction: files beside those that the work reads, seen by whoever sees them.
CACHES["progress"] = (
    CACHES["default"]
    if env.REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(env.DATA_DIR / "private" / ".progress"),
    }
)

_backends = {
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
    "db": "django_tasks_db.DatabaseBackend",
}
TASKS = {"default": {"BACKEND": _backends[env.TASKS_BACKEND], "QUEUES": []}}
