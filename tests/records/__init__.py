"""The ledger through its services and pages."""
