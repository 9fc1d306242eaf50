"""Programs, modules, lessons and their pages."""
