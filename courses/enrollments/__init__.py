"""Who studies what, in which cohort, by which door."""
