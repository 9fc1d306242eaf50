"""The single file: `python palmar-verify.pyz FILE [--did DID.json]`."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime

from certification.verification.offline import cli

PACKAGES = "base58 cryptography defusedcsv joserfc openpyxl pillow pyhanko pyld pyoxigraph pyyaml rfc8785"
"""What it needs from the Python package index."""


def main() -> int:
    """Check one file; the exit code."""
    parser = ArgumentParser(prog="palmar-verify", description=cli.ABOUT)
    cli.add_arguments(parser)
    given = parser.parse_args()
    return cli.run(
        file=given.file,
        did=given.did,
        checkpoints=given.checkpoint,
        as_json=given.json,
        at=datetime.now(UTC),
        out=print,
        err=lambda words: print(words, file=sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
