"""What the database itself refuses in this room's tables (design promise 9: nothing issued is ever overwritten)."""

from . import issued, signers

GUARDS = (*issued.GUARDS, *signers.GUARDS)
