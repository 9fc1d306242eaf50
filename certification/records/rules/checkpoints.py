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
