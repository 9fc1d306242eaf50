"""Template tags that every room may load."""
