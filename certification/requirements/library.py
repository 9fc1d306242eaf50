"""Finds packs in files by their `id@version`: beside the file that asks, then among those that come with the product.

A pack's name inside the file counts, not the file's own; `id@version.yaml` is only looked at first.
"""

from collections.abc import Iterator
from pathlib import Path

from certification.requirements import rules

PACKS = Path(__file__).parent / "packs"
"""The packs that come with the product, one file a version."""

MOST_BYTES = 4_000_000
"""A larger file is no pack (the format's own limit is a million characters)."""


def shipped() -> list[str]:
    """The `id@version` of each pack that comes with the product; its file is named so."""
    return sorted(path.stem for path in PACKS.glob("*.yaml"))


def packs_beside(name: str | None) -> rules.Find:
    """How a pack in a file (None: in no file) finds the ones that it extends."""
    folders = [PACKS] if name is None else [Path(name).parent, PACKS]

    def find(label: str) -> tuple[str, str] | None:
        for folder in folders:
            for path in _candidates(folder, label):
                text = _text_of(path, label)
                if text is not None:
                    return text, str(path)
        return None

    return find


def _candidates(folder: Path, label: str) -> Iterator[Path]:
    likely = folder / f"{label}.yaml"
    yield likely
    yield from (path for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]) if path != likely)


def _text_of(path: Path, label: str) -> str | None:
    """The text of a file that bears this label; None for any other file, also for one that is no pack at all."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        text = rules.decode(path.read_bytes(), file=path.name)
        return text if rules.label_of(text, file=path.name) == label else None
    except (OSError, ValueError):  # no pack, or a label that names no file
        return None
