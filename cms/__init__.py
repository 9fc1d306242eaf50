"""Shows: the site, its navigation, the demo and the due jobs."""
