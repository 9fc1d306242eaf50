"""The lesson player and its seat time."""
