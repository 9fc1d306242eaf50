"""What the database itself refuses: a public key is never changed, and is retired once, as it leaks once."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "keys_signingkey",
        keys=(("id",), ("kid",)),
        frozen=(
            *("id", "kid", "purpose", "name", "fragment", "public_key", "public_jwk", "certificate", "created_at"),
        ),
        sqlite_checks=(
            # INSERT OR REPLACE would throw the key in use out by its partial index.
            Check(
                "in_use",
                "NEW.retired_at IS NULL AND EXISTS (SELECT 1 FROM keys_signingkey AS other WHERE "
                "other.purpose = NEW.purpose AND other.name = NEW.name AND other.retired_at IS NULL)",
                "keys_signingkey: one key of a purpose is in use",
            ),
            Check(
                "fragment",
                "NEW.fragment <> '' AND EXISTS (SELECT 1 FROM keys_signingkey AS other WHERE "
                "other.name = NEW.name AND other.fragment = NEW.fragment)",
                "keys_signingkey: one key of a fragment",
            ),
        ),
        update_checks=(
            Check(
                "retired",
                "OLD.retired_at IS NOT NULL AND (NEW.retired_at IS NULL OR NEW.retired_at <> OLD.retired_at)",
                "keys_signingkey: a key is retired once",
            ),
            Check(
                "compromised",
                "OLD.compromised_at IS NOT NULL AND (NEW.compromised_at IS NULL OR NEW.compromised_at <> "
                "OLD.compromised_at)",
                "keys_signingkey: what leaked once has leaked",
            ),
        ),
    ),
    AppendOnly("keys_addedsignature", keys=(("id",), ("key_id", "text_sha256"))),
)
