"""Rules from the command line."""
