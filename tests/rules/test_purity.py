"""The rules know no Django, no clock and no files: they can be run, and checked, anywhere."""

import ast
import subprocess
import sys
from pathlib import Path

import certification.requirements.rules as rules_package

FOLDER = Path(rules_package.__file__).parent
STANDARD = {
    "array",
    "bisect",
    "calendar",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "fractions",
    "io",
    "re",
    "typing",
}
ALLOWED = STANDARD | {"yaml", "certification"}


def test_importing_the_rules_imports_no_django() -> None:
    code = "import sys, certification.requirements.rules; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=FOLDER.parents[2]).returncode == 0


def test_modules_import_nothing_else_and_ask_no_clock() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert len(files) >= 6
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                names = []
            for name in names:
                assert name.split(".")[0] in ALLOWED, f"{file.name} imports {name}"
                assert not name.startswith("certification") or name.startswith("certification.requirements.rules")
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "today", "utcnow"}, f"{file.name} asks the clock"
            if isinstance(node, ast.Name):
                assert node.id != "open", f"{file.name} opens a file"


def test_floats_leave_only_by_the_json_door() -> None:
    for file in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(file.read_text())
        literals = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)
        ]
        divisions = [node for node in ast.walk(tree) if isinstance(node, ast.Div)]
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
        assert not literals, file.name
        assert not divisions, file.name
        assert len(names) == (1 if file.name == "shapes.py" else 0), file.name
