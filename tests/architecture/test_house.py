"""The contracts of .importlinter hold and break on a stray import; settings, migrations and foreign keys fit them."""

import configparser
import re
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import CASCADE, SET_NULL, signals

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")


def lines(section: str, key: str) -> list[str]:
    return [line.strip() for line in CONTRACTS[section][key].splitlines() if line.strip()]


HOUSE = lines("importlinter", "root_packages")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [tool, "--config", ".importlinter", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house in which imports may be tried out."""
    folder = tmp_path_factory.mktemp("house")
    for name in lines("importlinter", "root_packages"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.ttf", "media"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_every_contract_is_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "stray"),
    [
        ("certification/records/selectors/transcripts.py", "import courses.catalog.models"),
        ("certification/requirements/services.py", "import certification.records.models"),
        ("certification/quizzes/services/taking.py", "import certification.externships.models"),
        ("courses/catalog/models/identity.py", "import courses.enrollments.models"),
        ("accounts/services.py", "import certification.guards"),
        ("notices/services.py", "import accounts.models"),
        ("certification/records/rules/postings.py", "import django.utils.timezone"),
        ("commerce/services.py", "import stripe"),
    ],
)
def test_a_stray_import_breaks_a_contract(copy: Path, file: str, stray: str) -> None:
    target = copy / file
    kept = target.read_text()
    target.write_text(f"{kept}\n{stray}\n")
    try:
        done = lint(copy)
    finally:
        target.write_text(kept)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_a_new_room_must_find_its_place(copy: Path) -> None:
    (copy / "courses/extra").mkdir()
    (copy / "courses/extra/__init__.py").write_text("")
    try:
        done = lint(copy)
    finally:
        shutil.rmtree(copy / "courses/extra")
    assert done.returncode != 0


def test_the_list_of_rooms_is_that_of_the_contracts() -> None:
    tops = lines("importlinter:contract:house", "layers")
    inside = {
        package: [
            room.strip() for layer in lines(f"importlinter:contract:{package}", "layers") for room in layer.split("|")
        ]
        for package in ("certification", "courses")
    }
    expected = {"cms.desk"}
    for top in tops:
        expected |= (
            {
                f"{top}.{room}"
                for room in inside[top]
                if room not in {"guards", "codes", "limits", "shapes", "first_tables"}
            }
            if top in inside
            else {top}
        )
    assert set(settings.ROOMS) == expected - {"config"}
    assert [app for app in settings.INSTALLED_APPS if app.split(".")[0] in tops] == settings.ROOMS


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_foreign_keys_between_rooms_protect() -> None:
    """Deleting a row of one room never takes or empties a row of another; `notices` names users loosely, as designed."""
    ours = {apps.get_app_config(room.rsplit(".", maxsplit=1)[-1]).label for room in settings.ROOMS}
    for model in apps.get_models():
        if model._meta.app_label not in ours - {"notices"}:
            continue
        for field in model._meta.concrete_fields:
            remote = field.remote_field
            if remote is None or remote.model._meta.app_label not in ours or field.auto_created:
                continue
            inherited = {
                each.name
                for base in model.__mro__[1:]
                if hasattr(base, "_meta") and base.__module__.split(".")[0] not in HOUSE
                for each in base._meta.local_fields
            }
            if field.name in inherited:
                continue  # Wagtail's own column
            if getattr(remote, "parent_link", False) or remote.model._meta.app_label == model._meta.app_label:
                continue
            assert remote.on_delete not in (CASCADE, SET_NULL), f"{model.__name__}.{field.name}"


def test_no_signals_between_our_rooms() -> None:
    """What happens next is a line in the service; a room listens to the framework, and to saves of its own rows at most."""
    senders = {id(model): model for model in apps.get_models()}
    for signal in (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed):
        for key, receiver, *_rest in signal.receivers:
            function = receiver() if isinstance(receiver, weakref.ref) else receiver
            module = getattr(function, "__module__", "")
            if module.split(".")[0] not in HOUSE:
                continue
            sender = senders.get(key[1])
            assert sender is not None, f"{module} listens to every model"
            assert module.startswith(sender._meta.app_config.name), f"{module} listens to {sender.__name__}"
    for file in (file for room in HOUSE for file in (ROOT / room).rglob("*.py")):
        assert "Signal()" not in file.read_text(), f"{file}: a signal of our own"


def test_the_suite_reads_nothing_outside_the_repository() -> None:
    outside = "../" + "shared"
    for file in (ROOT / "tests").rglob("*.py"):
        assert outside not in file.read_text(), file


def test_both_lists_of_packages_name_one_version() -> None:
    """Or `make run` would put away what `make test` has put into the same environment, and the other way round."""
    pins = {
        name: dict(
            re.findall(r"^([a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==([^ ]+)", (ROOT / name).read_text(), re.MULTILINE)
        )
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    running, building = pins["requirements.txt"], pins["requirements-dev.txt"]
    assert len(running) > 40
    assert {name: building.get(name) for name in running} == running
