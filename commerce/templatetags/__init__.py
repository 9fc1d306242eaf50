"""Template tags of `commerce`."""
