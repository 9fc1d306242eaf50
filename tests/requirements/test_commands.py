"""`evaluate_hours`, `import_rules`, `export_rules`: what they print, and how they exit."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from certification.requirements.models import RuleSet
from tests.rules.making import pack

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "data" / "vectors"
PACK = pack("categories: [{code: ethics, title: Ethics, min_hours: 2}]\n", total_hours="2")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a small pack and entries that meet it."""
    (tmp_path / "r.yaml").write_text(PACK)
    (tmp_path / "e.csv").write_text("date,minutes,category\n2025-01-06,60,ethics\n2025-01-07,61,ethics\n")
    return tmp_path


def _evaluate(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and what was printed; a CommandError's code and text."""
    out = StringIO()
    arguments = ["--rules", str(folder / "r.yaml"), "--entries", str(folder / "e.csv"), *more]
    try:
        call_command("evaluate_hours", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_evaluate_met(files: Path) -> None:
    code, told = _evaluate(files, "--json")
    assert code == 0
    result = json.loads(told)
    assert result["met"] is True
    assert result["total"] == {"required": 120, "attended": 121, "creditable": 121, "counted": 121, "short": 0}
    assert result["rounded_hours"] == 2.01


def test_evaluate_not_met_as_of_a_day(files: Path) -> None:
    code, told = _evaluate(files, "--json", "--as-of", "2025-01-06")
    assert code == 1
    result = json.loads(told)
    assert result["as_of"] == "2025-01-06"
    assert [lack["kind"] for lack in result["unmet"]] == ["total", "category"]


def test_evaluate_with_a_context(files: Path) -> None:
    (files / "c.yaml").write_text("enrolled_on: 2025-01-07\napplied_on: 2025-01-07\n")
    code, told = _evaluate(files, "--context", str(files / "c.yaml"), "--json")
    assert code == 1
    assert json.loads(told)["not_creditable"] == [{"row": 1, "minutes": 60, "reason": "before_enrolment"}]


def test_evaluate_for_a_person(files: Path) -> None:
    (files / "e.csv").write_text(
        "date,minutes,category,start,end\n"
        "2025-01-06,60,ethics,2025-01-06T09:00Z,2025-01-06T10:00Z\n"
        "2025-01-06,60,ethics,2025-01-06T09:30Z,2025-01-06T10:30Z\n"
    )
    code, told = _evaluate(files)
    assert code == 1
    assert told == (
        "A small pack (small@1, sample), as of 2025-01-06: not met\n"
        "Minutes; an hour has 60. Counted: 1.5 h\n"
        "\n"
        "           attended  creditable   counted  required     short\n"
        "The total       120          90        90       120        30\n"
        "  Ethics        120          90        90       120        30\n"
        "\n"
        "Unmet:\n"
        "- The total is 30 min short of 2 h\n"
        "- Ethics is 30 min short of 2 h\n"
        "\n"
        "Not creditable:\n"
        "- row 2: 30 min, overlap\n"
    )
    (files / "r.yaml").write_text(PACK + "valid_from: 2025-01-01\n")
    assert _evaluate(files)[1].endswith("\nNot known:\n- enrolled_on\n")


def test_evaluate_a_pack_that_extends_the_one_beside_it(files: Path) -> None:
    (files / "base.yaml").write_text(PACK)
    over = "schema: hour-rules/1\nid: over\nversion: 1\nextends: small@1\ncategories: [{code: ethics, min_hours: 3}]\n"
    (files / "r.yaml").write_text(over)
    code, told = _evaluate(files, "--json")
    assert code == 1
    assert json.loads(told)["rules"] == "over@1"
    assert json.loads(told)["categories"][0]["required"] == 180
    (files / "base.yaml").unlink()
    assert _evaluate(files) == (2, f"{files}/r.yaml: line 4: key 'extends': there is no pack 'small@1'")
    (files / "r.yaml").write_text(over.replace("small@1", "us-mm-300-sample@1"))
    code, told = _evaluate(files, "--json")
    assert code == 1
    assert json.loads(told)["total"]["required"] == 300 * 60


def test_evaluate_shows_overlays_and_gates(files: Path) -> None:
    (files / "r.yaml").write_text(
        PACK + "overlays: [{tag: hands_on, min_hours: 1}]\ngates: [{before: ethics, requires: {hands_on: 1}}]\n"
    )
    code, told = _evaluate(files)
    assert code == 1
    assert "Hands on" in told
    assert "- Hands on is 1 h short of 1 h, needed before Ethics" in told
    assert "- row 1: 60 min, gate" in told


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        (
            "r.yaml",
            PACK + "pace: {max_hours_a_day: 6}\n",
            "r.yaml: line 11: unknown key 'max_hours_a_day'",
        ),
        ("r.yaml", PACK + "speed: 1\n", "r.yaml: line 11: unknown key 'speed'"),
        ("r.yaml", "", "r.yaml: the file is empty"),
        ("r.yaml", b"title: caf\xe9", "r.yaml: line 1: not UTF-8 text (byte 0xe9)"),
        ("e.csv", "", "e.csv: the file is empty; it needs a header with date,minutes,category"),
        (
            "e.csv",
            "date,minutes,category\n2025-01-06,60,ethics\n2025-01-07,0,ethics\n",
            "e.csv: row 2, column minutes: '0' is not a whole number from 1 to 999999999",
        ),
        (
            "e.csv",
            "date,minutes,category\n2025-01-06,60,reiki\n",
            "e.csv: row 1, column category: 'reiki' is not in small@1",
        ),
        ("c.yaml", "enrolled: 2025-01-01\n", "c.yaml: line 1: unknown key 'enrolled'"),
    ],
)
def test_evaluate_bad_input(files: Path, file: str, content: str | bytes, problem: str) -> None:
    (files / "c.yaml").write_text("")
    (files / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert _evaluate(files, "--context", str(files / "c.yaml")) == (2, f"{files}/{problem}")


@pytest.mark.parametrize("given", ["2025-02-30", "", "today", "20250106"])
def test_evaluate_bad_day(files: Path, given: str) -> None:
    assert _evaluate(files, f"--as-of={given}") == (2, f"--as-of: {given!r} is not a date such as 2026-01-31")


def test_evaluate_files_that_cannot_be_read(files: Path) -> None:
    assert _evaluate(files, "--context", str(files)) == (2, f"{files}: cannot be read: Is a directory")
    (files / "e.csv").unlink()
    assert _evaluate(files) == (2, f"{files}/e.csv: cannot be read: No such file or directory")


def test_evaluate_from_the_shell_without_any_database(tmp_path: Path) -> None:
    folder = VECTORS / "nested-short"
    files = ("--rules", folder / "rules.yaml", "--entries", folder / "entries.csv")
    nowhere = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/none/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "evaluate_hours", *files, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **nowhere},
    )
    assert done.returncode == 1, done.stderr
    assert not done.stderr
    assert json.loads(done.stdout)["unmet"][0]["code"] == "oriental"
    assert not list(tmp_path.iterdir())


def _run(*arguments: Any) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_import_and_export(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    text = PACK + "# ends without a line end"
    one.write_bytes(b"\xef\xbb\xbf" + text.encode())
    two.write_text(PACK.replace("version: 1", "version: 2"))
    told = _run("import_rules", one, two)
    assert [line.split(",")[0] for line in told.splitlines()] == [
        "small@1 (sample): A small pack",
        "small@2 (sample): A small pack",
    ]
    assert _run("import_rules", one, two) == told
    assert RuleSet.objects.count() == 2
    assert _run("export_rules", "small@1") == text
    assert _run("export_rules", "small") == two.read_text()
    (tmp_path / "again.yaml").write_text(_run("export_rules", "small@1"))
    assert _run("import_rules", tmp_path / "again.yaml") == told.splitlines()[0] + "\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (PACK.replace("min_hours: 2", "min_hours: 3"), "bad.yaml: small@1 is already imported with another text"),
        (PACK + "gates: {}\n", "bad.yaml: line 11: key 'gates': must be a list"),
        (b"\xff", "bad.yaml: line 1: not UTF-8 text (byte 0xff)"),
        (None, "bad.yaml: cannot be read: No such file or directory"),
    ],
)
def test_import_is_all_or_nothing(tmp_path: Path, bad: str | bytes | None, problem: str) -> None:
    good = tmp_path / "good.yaml"
    good.write_text(PACK)
    if bad is not None:
        (tmp_path / "bad.yaml").write_bytes(bad if isinstance(bad, bytes) else bad.encode())
    with pytest.raises(CommandError) as refusal:
        _run("import_rules", good, tmp_path / "bad.yaml")
    assert str(refusal.value).startswith(f"{tmp_path}/{problem}")
    assert len(str(refusal.value).splitlines()) == 1
    assert refusal.value.returncode == 2
    assert RuleSet.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["small", "small@1", "other@1", "small@", "small@x", "@1", "small@99999999999", "a@1@2"]
)
def test_export_of_what_is_not_there(given: str) -> None:
    with pytest.raises(CommandError) as refusal:
        _run("export_rules", given)
    assert str(refusal.value) == f"There is no rule set {given!r} in the database."
    assert refusal.value.returncode == 2
