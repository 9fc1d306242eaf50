"""Where words of this room may go: below the Erasure of the record they belong to."""

ERASED = (
    "EXISTS (SELECT 1 FROM records_erasure AS er JOIN externships_placement AS pl ON pl.record_id = er.record_id "
    "JOIN externships_shift AS sh ON sh.placement_id = pl.id WHERE sh.id = OLD.{column})"
)
