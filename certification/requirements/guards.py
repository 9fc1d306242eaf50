"""What the database itself refuses in this room's table: no version is ever changed, replaced or deleted."""

from certification.guards import AppendOnly

GUARDS = (AppendOnly("requirements_ruleset", keys=(("id",), ("uuid",), ("identifier", "version"))),)
