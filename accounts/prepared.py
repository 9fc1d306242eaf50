"""Asks the same question many times: a queryset is put into SQL once a process, then filled with other values.

Django writes the SQL of a queryset anew each time, which costs several times what the database needs to answer it. A
page that thousands read at once asks its questions by this instead. What comes back is what the queryset would give.
"""

from collections.abc import Callable
from copy import copy
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, models, router
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row")

# Values that no row has: where they stand in the SQL's parameters, the values of each asking are put.
_FIRST_NUMBER = -7_310_000_000_000_001
_FIRST_UUID = 0x5EED5EED5EED4EED8EED5EED5EED0001


class _Question:
    """One queryset as SQL of one database."""

    def __init__(self, queryset: QuerySet[Any], using: str, stand_ins: dict[Any, tuple[str, type]]) -> None:
        self.gives_models = issubclass(queryset._iterable_class, ModelIterable)
        self.compiler = queryset.query.get_compiler(using=using)
        self.sql, params = self.compiler.as_sql()
        self.params = tuple(params)
        self.converters = self.compiler.get_converters([column for column, *_rest in self.compiler.select])
        # A database without UUIDs keeps them as 32 hexadecimal digits.
        self.places = {
            place: (*stand_ins[param if param in stand_ins else UUID(param)], isinstance(param, str))
            for place, param in enumerate(self.params)
            if param in stand_ins or _as_uuid(param) in stand_ins
        }
        if missing := {name for name, _kind in stand_ins.values()} - {name for name, *_rest in self.places.values()}:
            raise ValueError(f"The queryset asks nothing by {', '.join(sorted(missing))}.")

    def ask(self, values: dict[str, Any]) -> list[Any]:
        params = list(self.params)
        for place, (name, kind, as_digits) in self.places.items():
            value = values[name]
            if not isinstance(value, kind):
                raise TypeError(f"{name} is not {kind.__name__}.")
            params[place] = value.hex if as_digits and isinstance(value, UUID) else value
        compiler = copy(self.compiler)  # each thread has its own connection
        compiler.connection = connections[compiler.using]
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, tuple(params))
        compiler.get_converters = lambda _columns: self.converters
        if not self.gives_models:
            return list(compiler.results_iter(tuple_expected=True))
        return list(ModelIterable(_Asked(compiler)))  # type: ignore[arg-type]


class _Asked:
    """As much of a queryset as Django's model iterable looks at."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.db = compiler.using
        self.model = compiler.query.model
        self.query = self
        self.compiler = compiler

    def get_compiler(self, using: str) -> Any:
        return self.compiler


def _as_uuid(param: object) -> UUID | None:
    try:
        return UUID(param) if isinstance(param, str) and len(param) == 32 else None
    except ValueError:
        return None


class Prepared(Generic[Row]):
    """A question by whole numbers, UUIDs and short words: `Prepared(queryset_by, lesson=int)(lesson=3)`.

    `queryset_by` gets one stand-in for each name and gives a queryset of models or of `values_list`; what it gives may
    depend on nothing else. An asking gives the rows as a list: no lazy evaluation, no prefetching. One query.
    """

    def __init__(self, queryset_by: Callable[..., QuerySet[Any, Row]], **kinds: type) -> None:
        self.queryset_by = queryset_by
        self.kinds = kinds
        self._kept: dict[str, _Question] = {}

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values, as the queryset would give them now."""
        using = router.db_for_read(models.Model)
        question = self._kept.get(using)
        if question is None:
            stand_ins: dict[Any, tuple[str, type]] = {}
            for at, (name, kind) in enumerate(self.kinds.items()):
                stand_in: Any = {
                    int: _FIRST_NUMBER - at,
                    UUID: UUID(int=_FIRST_UUID + at),
                    str: f"\N{REPLACEMENT CHARACTER}{at}",
                }[kind]
                stand_ins[stand_in] = (name, kind)
            given = {name: stand_in for stand_in, (name, _kind) in stand_ins.items()}
            question = _Question(self.queryset_by(**given), using, stand_ins)
            self._kept[using] = question
        return question.ask(values)
