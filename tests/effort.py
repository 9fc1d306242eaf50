"""How many examples the property tests draw: a third of what they name, and all of it where `THOROUGH=1` is set
(`make test-postgres` does), so that the everyday suite stays quick.
"""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"


def examples(number: int) -> int:
    """How many of `number` examples to draw now."""
    return number if THOROUGH else -(-number // 3)
