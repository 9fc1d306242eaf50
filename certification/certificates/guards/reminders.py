"""Guards of what was told of certificates that expire."""

from certification.guards import AppendOnly

GUARDS = (AppendOnly("certificates_expirynotice", keys=(("id",), ("certificate_id", "step"))),)
