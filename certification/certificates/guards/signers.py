"""Guards of the register of signers."""

from certification.guards import AppendOnly, Check

# Every row is inserted open, so one that stands or ends on or after its first day overlaps it.
_OVERLAPS = (
    "EXISTS (SELECT 1 FROM certificates_signer AS s WHERE s.school_id = NEW.school_id AND s.user_id = NEW.user_id "
    "AND (s.until_on IS NULL OR s.until_on >= NEW.from_on))"
)

GUARDS = (
    AppendOnly(
        "certificates_signer",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "school_id", "user_id", "name", "title", "from_on", "entered_by_id", "entered_at"),
        checks=(
            Check("begins", "NEW.until_on IS NOT NULL", "certificates_signer: an entry begins open"),
            Check("overlap", _OVERLAPS, "certificates_signer: nobody stands on the register twice"),
        ),
        # INSERT OR REPLACE would throw the open one out by its partial index.
        sqlite_checks=(Check("replace_open", _OVERLAPS, "certificates_signer: nobody stands on the register twice"),),
        update_checks=(
            Check("ended", "OLD.until_on IS NOT NULL", "certificates_signer: an entry ends once"),
            Check(
                "signed",
                "EXISTS (SELECT 1 FROM certificates_certificate AS c WHERE c.school_id = OLD.school_id "
                "AND (c.proposed_by_id = OLD.user_id OR c.issued_by_id = OLD.user_id) "
                "AND c.issued_on >= OLD.from_on AND c.issued_on > NEW.until_on)",
                "certificates_signer: an entry never ends before a day on which its person signed",
            ),
        ),
    ),
)
