"""Room: what anyone may check, and what a graduate shares."""
