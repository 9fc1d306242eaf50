"""Commands of `cms`."""
