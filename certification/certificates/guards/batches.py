"""Guards of batches: who signed what stays, and a row that ended never changes."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "certificates_issuebatch",
        keys=(("id",), ("uuid",), ("source_key",)),
        frozen=("id", "uuid", "school_id", "name", "source_key", "size", "prepared_by_id", "prepared_at"),
        checks=(
            Check(
                "born_open",
                "NEW.signed_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
                "certificates: a batch is signed after it was prepared",
            ),
        ),
        update_checks=(
            Check(
                "signed",
                "OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at OR "
                "NEW.signed_by_id <> OLD.signed_by_id OR NEW.statement <> OLD.statement)",
                "certificates: a batch is signed once",
            ),
            Check(
                "withdrawn",
                "OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at IS NULL OR NEW.withdrawn_at <> OLD.withdrawn_at "
                "OR NEW.withdrawn_by_id <> OLD.withdrawn_by_id)",
                "certificates: a withdrawn batch stays withdrawn",
            ),
            Check(
                "signed_when_prepared",
                "OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL AND EXISTS (SELECT 1 FROM "
                "certificates_issuebatchrow AS r WHERE r.batch_id = NEW.id AND r.outcome = '')",
                "certificates: a batch is signed once all of it was prepared",
            ),
        ),
    ),
    AppendOnly(
        "certificates_issuebatchrow",
        keys=(("id",), ("batch_id", "record_id"), ("batch_id", "number")),
        frozen=("id", "batch_id", "number", "record_id"),
        checks=(
            Check("born_chosen", "NEW.outcome <> ''", "certificates: a row of a batch begins as chosen"),
            Check(
                "own_school",
                "NOT EXISTS (SELECT 1 FROM certificates_issuebatch AS b JOIN records_trainingrecord AS r "
                "ON r.school_id = b.school_id WHERE b.id = NEW.batch_id AND r.id = NEW.record_id "
                "AND b.signed_at IS NULL AND b.withdrawn_at IS NULL)",
                "certificates: a batch takes records of its own school, before it is signed",
            ),
        ),
        update_checks=(
            Check(
                "ended",
                "OLD.outcome IN ('issued', 'refused', 'withdrawn')",
                "certificates: a row that ended stays as it ended",
            ),
            Check(
                "prepared",
                "OLD.outcome = 'prepared' AND NEW.outcome = ''",
                "certificates: a row that was prepared stays so until it ends",
            ),
            Check(
                "proposal",
                "OLD.proposal_id IS NOT NULL AND (NEW.proposal_id IS NULL OR NEW.proposal_id <> OLD.proposal_id)",
                "certificates: a row keeps its proposal",
            ),
            Check(
                "own_proposal",
                "NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_certificateproposal AS p "
                "WHERE p.id = NEW.proposal_id AND p.record_id = NEW.record_id)",
                "certificates: a row's proposal is of its record",
            ),
            Check(
                "issued",
                "NEW.outcome = 'issued' AND NOT EXISTS (SELECT 1 FROM certificates_certificate AS c "
                "JOIN certificates_issuebatch AS b ON b.id = NEW.batch_id "
                "WHERE c.id = NEW.certificate_id AND c.proposal_id = NEW.proposal_id AND b.signed_at IS NOT NULL)",
                "certificates: a row is issued by its own proposal's certificate, once its batch was signed",
            ),
        ),
    ),
)
