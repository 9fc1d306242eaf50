"""The text of a checkpoint: origin, size and root, one a line (C2SP tlog-checkpoint). Signing it is `keys`' work."""

import base64
import binascii
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a log as a checkpoint says it; `root` in hex."""

    origin: str
    size: int
    root: str


def checkpoint_text(head: Head) -> str:
    """The lines that are signed."""
    return f"{head.origin}\n{head.size}\n{base64.b64encode(bytes.fromhex(head.root)).decode()}\n"


def read_checkpoint(text: str) -> Head:
    """The head that the text of a checkpoint states; further lines are others' extensions. ValueError when it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9]\d{0,18}", lines[1]):
        raise ValueError("this is not a checkpoint: it must begin with origin, size and root, one a line")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("the root of this checkpoint is not base64") from error
    if len(root) != 32:
        raise ValueError("the root of this checkpoint is not 32 bytes long")
    return Head(lines[0], int(lines[1]), root.hex())


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint that somebody outside kept: where it came from, its head and its note."""

    source: str
    head: Head
    note: str


def read_kept(source: str, note: str) -> Kept:
    """A checkpoint as it was mailed or downloaded, with whatever mail wrapped around it. ValueError when it is none."""
    lines = note.replace("\r\n", "\n").split("\n")
    for place in range(len(lines) - 2):
        try:
            head = read_checkpoint("\n".join(lines[place : place + 3]) + "\n")
        except ValueError:
            continue
        rest = lines[place:]
        signatures = [number for number, line in enumerate(rest) if line.startswith("— ")]
        if signatures:
            last = next((n for n in signatures if n + 1 not in signatures), signatures[-1])
            return Kept(source, head, "\n".join(rest[: last + 1]) + "\n")
    raise ValueError(f"{source} holds no checkpoint: origin, size, root and a signature, one a line")
