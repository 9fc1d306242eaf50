"""Guards of what was proposed, issued, filed and revoked."""

from certification.guards import AppendOnly, Check

# `sqlite_checks`: INSERT OR REPLACE would also delete the row that a partial unique index collides with; PostgreSQL has
# no such statement, and its indexes refuse by themselves.
_PROPOSAL_FACTS = ("id", "uuid", "record_id", "kind", "subject", "supersedes_id", "proposed_by_id", "proposed_at")

GUARDS = (
    AppendOnly(
        "certificates_certificateproposal",
        keys=(("id",), ("uuid",)),
        frozen=_PROPOSAL_FACTS,
        sqlite_checks=(
            Check(
                "replace_open",
                "NEW.withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM certificates_certificateproposal AS p "
                "WHERE p.record_id = NEW.record_id AND p.kind = NEW.kind AND p.subject = NEW.subject "
                "AND p.withdrawn_at IS NULL "
                "AND COALESCE(p.supersedes_id, 0) = COALESCE(NEW.supersedes_id, 0))",
                "certificates: one open proposal of a kind",
            ),
        ),
        update_checks=(
            Check("withdrawn", "OLD.withdrawn_at IS NOT NULL", "certificates: a withdrawn proposal stays withdrawn"),
            Check(
                "issued",
                "EXISTS (SELECT 1 FROM certificates_certificate AS c WHERE c.proposal_id = OLD.id)",
                "certificates: what was issued cannot be withdrawn",
            ),
        ),
    ),
    AppendOnly(
        "certificates_certificate",
        keys=(("id",), ("uuid",), ("code",), ("proposal_id",), ("supersedes_id",)),
        sqlite_checks=(
            Check(
                "replace_first",
                "NEW.supersedes_id IS NULL AND EXISTS (SELECT 1 FROM certificates_certificate AS c "
                "WHERE c.record_id = NEW.record_id AND c.kind = NEW.kind "
                "AND c.subject = NEW.subject AND c.supersedes_id IS NULL)",
                "certificates: one first certificate of a kind",
            ),
        ),
        checks=(
            Check(
                "proposal",
                "NOT EXISTS (SELECT 1 FROM certificates_certificateproposal AS p WHERE p.id = NEW.proposal_id "
                "AND p.record_id = NEW.record_id AND p.kind = NEW.kind AND p.subject = NEW.subject "
                "AND p.proposed_by_id = NEW.proposed_by_id "
                "AND COALESCE(p.supersedes_id, 0) = COALESCE(NEW.supersedes_id, 0) AND p.withdrawn_at IS NULL)",
                "certificates: only an open proposal of the same record can be issued",
            ),
            Check(
                "school",
                "NOT EXISTS (SELECT 1 FROM records_trainingrecord AS r "
                "WHERE r.id = NEW.record_id AND r.school_id = NEW.school_id)",
                "certificates: only the record's own school issues",
            ),
            Check(
                "chain",
                "NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_certificate AS prior "
                "WHERE prior.id = NEW.supersedes_id AND prior.record_id = NEW.record_id AND prior.kind = NEW.kind "
                "AND prior.subject = NEW.subject)",
                "certificates: only the same record's certificate of the same kind can be replaced",
            ),
        ),
    ),
    AppendOnly("certificates_certificatedocument", keys=(("id",), ("certificate_id", "format", "version"))),
    AppendOnly(
        "certificates_filesigning",
        keys=(("id",), ("certificate_id", "version")),
        checks=(
            Check(
                "order",
                "NEW.version <> 1 + (SELECT COALESCE(MAX(s.version), 0) FROM certificates_filesigning AS s "
                "WHERE s.certificate_id = NEW.certificate_id)",
                "certificates: versions of files follow each other",
            ),
        ),
    ),
    AppendOnly("certificates_achievement", keys=(("id",), ("name",))),
    AppendOnly(
        "certificates_statuslist",
        keys=(("id",), ("uuid",), ("school_id", "number")),
        frozen=("id", "uuid", "school_id", "number", "created_at"),
    ),
    AppendOnly("certificates_statusplace", keys=(("id",), ("list_id", "place"), ("certificate_id", "part"))),
    AppendOnly("certificates_revocation", keys=(("id",), ("certificate_id",))),
)
