"""What the database itself refuses in this room's tables: a consent is never widened, a look never unseen."""

from certification.guards import AppendOnly, Check, Erasable, Shut

# Her words go with the words behind her record; that, when, to which party and how far she agreed stays.
_ERASED = (
    "EXISTS (SELECT 1 FROM records_erasure AS er JOIN certificates_certificate AS ce "
    "ON ce.record_id = er.record_id WHERE ce.id = {certificate})"
)
_CONSENT_STAYS = (
    "id",
    "uuid",
    "certificate_id",
    "granted_by_id",
    "granted_at",
    "scope",
    "party_id",
    "until_on",
    "token_hash",
    "source_key",
    "signed_in_at",
    "signed_in_with",
)
_CONSENT_WORDS = ("recipient", "purpose", "statement", "signed_name")
_CONSENT_OF_LOOK = "SELECT 1 FROM verification_consent AS c WHERE c.id = NEW.consent_id"

GUARDS = (
    AppendOnly(
        "verification_consent",
        keys=(("id",), ("uuid",), ("token_hash",), ("certificate_id", "source_key")),
        frozen=(*_CONSENT_STAYS, *_CONSENT_WORDS),
        checks=(
            Check(
                "owner",
                "NOT EXISTS (SELECT 1 FROM certificates_certificate AS ce JOIN records_trainingrecord AS rec "
                "ON rec.id = ce.record_id JOIN records_learner AS le ON le.id = rec.learner_id "
                "WHERE ce.id = NEW.certificate_id AND le.user_id = NEW.granted_by_id)",
                "verification_consent: only the graduate consents",
            ),
            Check(
                "signed",
                "NEW.purpose = '' OR NEW.statement = '' OR NEW.signed_name = ''",
                "verification_consent: a consent says what for, and is signed",
            ),
            Check(
                "scope",
                "NEW.signed_name IS NOT NULL AND NEW.scope NOT IN ('status', 'totals', 'transcript')",
                "verification_consent: the scopes of old are given no more",
            ),
            Check(
                "party",
                "NEW.party_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_organisation AS o "
                "WHERE o.id = NEW.party_id AND o.kind IN ('verifier', 'board', 'school'))",
                "verification_consent: a party is a verifier, a board or a school",
            ),
        ),
        update_checks=(
            Check("withdrawn", "OLD.withdrawn_at IS NOT NULL", "verification: a withdrawn consent stays withdrawn"),
        ),
        erasable=Erasable(
            columns=_CONSENT_WORDS,
            kept=(*_CONSENT_STAYS, "withdrawn_at"),
            when=_ERASED.format(certificate="OLD.certificate_id"),
        ),
    ),
    AppendOnly(
        "verification_disclosure",
        checks=(
            Check(
                "party",
                f"NOT EXISTS ({_CONSENT_OF_LOOK} AND (c.party_id IS NULL) = (NEW.who = '') AND c.purpose = NEW.purpose)",
                "verification_disclosure: a look says who looked and what for, as the consent does",
            ),
        ),
        erasable=Erasable(
            columns=("purpose",),
            kept=("id", "consent_id", "at", "face", "who", "told"),
            when="EXISTS (SELECT 1 FROM verification_consent AS c JOIN certificates_certificate AS ce "
            "ON ce.id = c.certificate_id JOIN records_erasure AS er ON er.record_id = ce.record_id "
            "WHERE c.id = OLD.consent_id)",
        ),
    ),
    AppendOnly("verification_visibility"),
    AppendOnly(
        "verification_sending",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "certificate_id", "consent_id", "address", "by_id", "at"),
        checks=(
            Check(
                "consent",
                "NEW.consent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_consent AS c "
                "WHERE c.id = NEW.consent_id AND c.certificate_id = NEW.certificate_id AND c.withdrawn_at IS NULL)",
                "verification_sending: only an open consent of the same certificate lets it be sent to others",
            ),
        ),
        # The address goes with the words behind her record.
        erasable=Erasable(
            columns=("address",),
            kept=("id", "uuid", "certificate_id", "consent_id", "by_id", "at"),
            when=_ERASED.format(certificate="OLD.certificate_id"),
        ),
    ),
)

ASKING = (
    AppendOnly(
        "verification_apikey",
        keys=(("id",), ("uuid",), ("key_hash",), ("organisation_id", "source_key"), ("replaces_id",)),
        frozen=(
            "id",
            "uuid",
            "organisation_id",
            "label",
            "shown",
            "key_hash",
            "may_check",
            "may_transcript",
            "made_by_id",
            "made_at",
            "expires_on",
            "replaces_id",
            "source_key",
        ),
        checks=(
            Check(
                "organisation",
                "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_apikey AS k "
                "WHERE k.id = NEW.replaces_id AND k.organisation_id = NEW.organisation_id)",
                "verification_apikey: a key takes the place of one of its own organisation",
            ),
        ),
        update_checks=(
            Check(
                "revoked",
                "OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at <> OLD.revoked_at)",
                "verification_apikey: a revoked key stays revoked",
            ),
            Check(
                "ended",
                "OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at)",
                "verification_apikey: a key whose end is set never works longer",
            ),
        ),
    ),
    AppendOnly(
        "verification_check",
        keys=(("id",), ("uuid",), ("organisation_id", "request_key")),
        checks=(
            Check(
                "key",
                "NEW.key_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_apikey AS k "
                "WHERE k.id = NEW.key_id AND k.organisation_id = NEW.organisation_id)",
                "verification_check: a key asks for its own organisation",
            ),
        ),
    ),
    AppendOnly(
        "verification_checkeditem",
        keys=(("id",), ("check_id", "position")),
        checks=(
            Check(
                "code",
                "NEW.certificate_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_certificate AS ce "
                "WHERE ce.id = NEW.certificate_id AND ce.code = NEW.code)",
                "verification_checkeditem: a line is about the certificate of its code",
            ),
        ),
    ),
    AppendOnly("verification_receipt", keys=(("id",), ("check_id", "version"))),
    AppendOnly("verification_probingalert"),
)
"""What was asked and answered stays as it was; of a key only its end and the day of its last use are written."""

SHUT = (
    Shut("verification_apikey", "NEW.organisation_id"),
    Shut("verification_check", "NEW.organisation_id"),
)
"""Of a school that has closed certificates are checked, shared and sent as before; it asks nothing more itself."""
