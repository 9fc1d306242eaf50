"""Guards of what was proposed, issued, filed and revoked."""

from certification.guards import AppendOnly, Check, Erasable

# `sqlite_checks`: INSERT OR REPLACE would also delete the row that a partial unique index collides with; PostgreSQL has
# no such statement, and its indexes refuse by themselves.
_PROPOSAL_FACTS = (
    "id",
    "uuid",
    "record_id",
    "kind",
    "subject",
    "supersedes_id",
    "because",
    "proposed_by_id",
    "proposed_at",
)


def _unlisted(hand: str) -> str:
    """The condition under which one of the two hands is not on the school's register on the day of issue."""
    return (
        "NOT EXISTS (SELECT 1 FROM certificates_signer AS s JOIN records_trainingrecord AS r "
        f"ON r.school_id = s.school_id WHERE r.id = NEW.record_id AND s.user_id = NEW.{hand} "
        "AND s.from_on <= NEW.issued_on AND (s.until_on IS NULL OR s.until_on >= NEW.issued_on))"
    )


_REVOKED = "EXISTS (SELECT 1 FROM certificates_revocation AS v WHERE v.certificate_id = NEW.supersedes_id)"
_FOLLOWS = (
    "EXISTS (SELECT 1 FROM certificates_certificateproposal AS p "
    "WHERE p.id = NEW.proposal_id AND p.because = 'after_revocation')"
)

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
            Check(
                "followed",
                f"NEW.supersedes_id IS NOT NULL AND {_REVOKED} AND NOT {_FOLLOWS}",
                "certificates: a revoked certificate is never replaced, only followed",
            ),
            Check(
                "follows",
                f"{_FOLLOWS} AND NOT {_REVOKED}",
                "certificates: only a revoked certificate is followed",
            ),
            Check(
                "prepared", _unlisted("proposed_by_id"), "certificates: only who is on the register that day prepares"
            ),
            Check("signed", _unlisted("issued_by_id"), "certificates: only who is on the register that day signs"),
            Check(
                "open",
                "NOT EXISTS (SELECT 1 FROM accounts_organisation AS o WHERE o.id = NEW.school_id "
                "AND (o.opened_on IS NULL OR o.opened_on <= NEW.issued_on) "
                "AND (o.closed_on IS NULL OR o.closed_on >= NEW.issued_on))",
                "certificates: only a school that is open that day issues",
            ),
            Check(
                "own",
                "EXISTS (SELECT 1 FROM records_trainingrecord AS r JOIN records_learner AS l ON l.id = r.learner_id "
                "WHERE r.id = NEW.record_id AND l.user_id IN (NEW.proposed_by_id, NEW.issued_by_id))",
                "certificates: never signed by the learner herself",
            ),
            Check(
                "held",
                "EXISTS (SELECT 1 FROM records_hold AS h WHERE h.record_id = NEW.record_id AND h.released_at IS NULL)",
                "certificates: nothing is issued while a hold stands",
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
    AppendOnly(
        "certificates_revocation",
        keys=(("id",), ("certificate_id",)),
        erasable=Erasable(
            columns=("words",),
            kept=("id", "certificate_id", "revoked_on", "reason", "by_id", "at"),
            when="EXISTS (SELECT 1 FROM records_erasure AS er JOIN certificates_certificate AS c "
            "ON c.record_id = er.record_id WHERE c.id = OLD.certificate_id)",
        ),
    ),
    AppendOnly(
        "certificates_revocationconfirmation",
        keys=(("id",), ("revocation_id",)),
        checks=(
            Check(
                "second",
                "NOT EXISTS (SELECT 1 FROM certificates_revocation AS v "
                "WHERE v.id = NEW.revocation_id AND v.by_id <> NEW.by_id)",
                "certificates: never confirmed by who revoked",
            ),
        ),
    ),
)
