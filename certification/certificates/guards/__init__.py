"""What the database itself refuses in this room's tables (design promise 9: nothing issued is ever overwritten)."""

from . import batches, issued

GUARDS = (*issued.GUARDS, *batches.GUARDS)
