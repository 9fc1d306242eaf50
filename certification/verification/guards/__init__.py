"""What the database itself refuses in this room's tables."""

from certification.guards import Guard

from . import boards, organisations, telling

GUARDS: tuple[Guard, ...] = (*telling.GUARDS, *telling.ASKING, *organisations.GUARDS, *boards.GUARDS, *boards.SENT)

SHUT: tuple[Guard, ...] = (*telling.SHUT, *boards.SHUT)
