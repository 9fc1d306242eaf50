"""Template tags of `enrollments`."""
