"""Two writers at once: the race is first shown without its guard, then stopped."""
