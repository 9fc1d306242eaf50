"""What the database itself refuses: a public key is never changed, and is retired once."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "keys_signingkey",
        keys=(("id",), ("kid",)),
        frozen=("id", "kid", "purpose", "name", "public_key", "created_at"),
        sqlite_checks=(
            # INSERT OR REPLACE would throw the key in use out by its partial index.
            Check(
                "in_use",
                "NEW.retired_at IS NULL AND EXISTS (SELECT 1 FROM keys_signingkey AS other WHERE "
                "other.purpose = NEW.purpose AND other.name = NEW.name AND other.retired_at IS NULL)",
                "keys_signingkey: one key of a purpose is in use",
            ),
        ),
        update_checks=(
            Check(
                "retired",
                "OLD.retired_at IS NOT NULL AND (NEW.retired_at IS NULL OR NEW.retired_at <> OLD.retired_at)",
                "keys_signingkey: a key is retired once",
            ),
        ),
    ),
)
