"""How the product starts: sane defaults on loopback, refusals that name what is missing in production."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, transaction

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "BASE_URL": "https://school.example",
    "SECRET_KEY": "k" * 60,
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "ISSUER_KEY_FILE": "/tmp/never-made-issuer-keys.json",
}


def start(**variables: str) -> tuple[int, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.PRODUCTION, s.STAFF_MFA_REQUIRED, s.DEMO)"],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def test_nothing_needs_to_be_set_on_loopback() -> None:
    assert start() == (0, "False False False")
    assert start(DEBUG="1") == (0, "False False True")


def test_production_starts_with_everything_and_asks_staff_for_a_second_factor() -> None:
    assert start(**GOOD) == (0, "True True False")


@pytest.mark.parametrize("name", [key for key in GOOD if key != "BASE_URL"])
def test_production_names_what_is_missing(name: str) -> None:
    code, line = start(**{key: value for key, value in GOOD.items() if key != name})
    assert code == 1
    assert name in line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEMO": "1"}, "DEMO=1 is refused"),
        ({"BASE_URL": "http://school.example"}, "https://"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE"),
        ({"ISSUER_KEY_FILE": "/nowhere/at/all/keys.json"}, "ISSUER_KEY_FILE"),
    ],
)
def test_production_refuses_what_is_weak(change: dict[str, str], says: str) -> None:
    code, line = start(**{**GOOD, **change})
    assert code == 1
    assert says in line


def test_production_refuses_a_key_file_that_others_may_read(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text('{"keys": []}')
    file.chmod(0o644)
    code, line = start(**{**GOOD, "ISSUER_KEY_FILE": str(file)})
    assert code == 1
    assert "0600" in line
    file.chmod(0o600)
    assert start(**{**GOOD, "ISSUER_KEY_FILE": str(file)})[0] == 0


@pytest.mark.django_db
def test_a_database_that_was_only_migrated_has_its_cache(settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        cache.set("a", 1)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    cache.set("a", 1)
    assert cache.get("a") == 1
