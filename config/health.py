"""Whether the process lives (`/healthz`) and whether it can work (`/readyz`: database, guards, cache, migrations)."""

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from certification import guards


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _cache() -> str:
    cache.set("readyz", "1", 10)
    return "" if cache.get("readyz") == "1" else "the cache forgets"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations wait" if waiting else ""


def _guards() -> str:
    gone = guards.missing(connection)
    return f"{len(gone)} guards of the ledger are missing" if gone else ""


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything that a request needs is there, else 503; says which part, never why in detail."""
    answers: dict[str, str] = {}
    for name, probe in {"database": _database, "cache": _cache, "migrations": _migrations, "guards": _guards}.items():
        try:
            answers[name] = probe() or "ok"
        except Exception:  # a probe reports, whatever went wrong
            answers[name] = "unreachable"
    ready = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"status": "ok" if ready else "unready", **answers}, status=200 if ready else 503)
