"""The checks of `offline` as a single file: a zip application of our pure packages, the same on every machine."""

import functools
import io
import zipfile
from importlib import resources
from importlib.resources.abc import Traversable

from .offline.__main__ import PACKAGES

NAME = "palmar-verify.pyz"
HEAD = b"#!/usr/bin/env python3\n"
# Whoever runs it without the packages gets the command that brings them, not a traceback.
MAIN = f"""import sys
try:
    from certification.verification.offline.__main__ import main
except ImportError as error:
    sys.stderr.write(f"{{error}}. Install what it needs first:\\n  python -m pip install {PACKAGES}\\n")
    sys.exit(2)
sys.exit(main())
"""
_WHOLE = (
    "certification.keys.proofs",
    "certification.requirements.rules",
    "certification.records.rules",
    "certification.certificates.rules",
    "certification.verification.offline",
)
_SINGLE = (
    ("certification", "__init__.py"),
    ("certification.keys", "__init__.py"),
    ("certification.keys", "rules.py"),
    ("certification.requirements", "__init__.py"),
    ("certification.records", "__init__.py"),
    ("certification.certificates", "__init__.py"),
    ("certification.certificates", "baking.py"),
    ("certification.certificates", "status.py"),
    ("certification.verification", "__init__.py"),
)


@functools.cache
def single_file() -> bytes:
    """The application's bytes; the same source gives the same bytes."""
    parts = {"__main__.py": MAIN.encode()}
    for package, name in _SINGLE:
        parts[f"{package.replace('.', '/')}/{name}"] = resources.files(package).joinpath(name).read_bytes()
    for package in _WHOLE:
        parts |= _below(resources.files(package), package.replace(".", "/"))
    out = io.BytesIO(HEAD)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])
    return out.getvalue()


def _below(folder: Traversable, path: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    for one in folder.iterdir():
        if one.is_dir() and one.name != "__pycache__":
            parts |= _below(one, f"{path}/{one.name}")
        elif one.name.endswith((".py", ".jsonld")):
            parts[f"{path}/{one.name}"] = one.read_bytes()
    return parts
