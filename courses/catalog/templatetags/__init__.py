"""Part of `courses.catalog.templatetags`."""
