"""Template tags of `externships`."""
