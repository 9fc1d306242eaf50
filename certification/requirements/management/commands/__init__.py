"""The commands evaluate_hours, import_rules and export_rules."""
