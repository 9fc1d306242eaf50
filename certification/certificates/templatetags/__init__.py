"""Template tags of `certificates`."""
