"""Guards of how documents look: a version stays as it was tried out, its files stay as they were drawn."""

from certification.guards import AppendOnly, Check

_FACTS = (
    *("id", "school_id", "number", "accent", "ground", "paper", "logo_id", "seal", "seal_picture_id"),
    *("made_by_id", "made_at"),
)


def _of_another(column: str) -> str:
    return (
        f"NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_lookfile AS f "
        f"WHERE f.id = NEW.{column} AND f.school_id = NEW.school_id)"
    )


GUARDS = (
    AppendOnly("certificates_lookfile", keys=(("id",), ("school_id", "sha256"))),
    AppendOnly(
        "certificates_documentlook",
        keys=(("id",), ("school_id", "number")),
        frozen=_FACTS,
        checks=(
            Check("logo", _of_another("logo_id"), "certificates: a look is drawn with its own school’s files"),
            Check("seal", _of_another("seal_picture_id"), "certificates: a look is drawn with its own school’s files"),
        ),
        update_checks=(
            Check("adopted", "OLD.adopted_at IS NOT NULL", "certificates: a look that is in use stays as it is"),
        ),
    ),
    AppendOnly(
        "certificates_hand",
        keys=(("id",),),
        checks=(Check("file", _of_another("file_id"), "certificates: a hand is of its own school’s files"),),
    ),
)
