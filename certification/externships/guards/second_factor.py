"""A code never opens again, and where one is asked for nothing is signed without."""

from certification.guards import AppendOnly, Check


def noted(table: str, links: str, moment: str) -> Check:
    """A signature says that it came with a code only where one of its own link is spent with it, at the same moment."""
    return Check(
        "with_its_code",
        f"NEW.second_factor <> '' AND NOT EXISTS (SELECT 1 FROM externships_signingcode AS c WHERE {links} "
        f"AND c.ends_with = NEW.second_factor AND c.spent_at = NEW.{moment})",
        f"{table}: a second factor is never noted without its code",
    )


_CHANGES = "(NEW.{column} IS NULL OR NEW.{column} <> OLD.{column})"

GUARDS = (
    AppendOnly(
        "externships_signingcode",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "link_id", "evaluation_id", "number_hash", "ends_with", "code_hash", "made_at"),
            "expires_at",
        ),
        checks=(
            Check(
                "fresh",
                "NEW.spent_at IS NOT NULL OR NEW.cancelled_at IS NOT NULL OR NEW.tries <> 0",
                "externships_signingcode: a code is never made used",
            ),
        ),
        sqlite_checks=(
            Check(
                "one_open",
                "EXISTS (SELECT 1 FROM externships_signingcode AS o WHERE o.spent_at IS NULL "
                "AND o.cancelled_at IS NULL AND (o.link_id = NEW.link_id OR o.evaluation_id = NEW.evaluation_id))",
                "externships_signingcode: rows are never replaced",
            ),
        ),
        update_checks=(
            Check("tries", "NEW.tries < OLD.tries", "externships_signingcode: a try is never taken back"),
            Check(
                "ended",
                f"(OLD.spent_at IS NOT NULL AND {_CHANGES.format(column='spent_at')}) "
                f"OR (OLD.cancelled_at IS NOT NULL AND {_CHANGES.format(column='cancelled_at')})",
                "externships_signingcode: a code that ended never opens again",
            ),
        ),
    ),
    AppendOnly("externships_secondfactorstep", keys=(("id",), ("uuid",))),
)
