"""Worlds of tests are stacks of layers: a layer is built once, and stands for all tests that ask for it.

Building a school, a record or a certificate through the services takes longer than most tests. So a fixture that
makes the same facts for every test says `@layer` in place of `@pytest.fixture`, and is built in a savepoint of its own
above the layers that it takes as arguments:

    @layer
    def record(school: School, rule_set: RuleSet) -> TrainingRecord:
        return open_record(...)

What never changes:

- A test has its own savepoint above the layers that it asks for, and above no others: what it writes is gone after it,
  and what other tests asked for is not there. Between tests the stack is taken down to what the next one shares with
  it, and built up again from there. So tests may run in any order, alone or on any worker; only the time differs.
- The objects are the test's own: all values of its layers are pickled together right after they were built, and read
  anew for each test. They are as if the test had built them itself, and no test sees another's changes.
- Layers are built before any other fixture of the test runs, at the machine's clock or the one that `at` names, with
  the settings of the suite. Mail sent meanwhile is dropped and the cache is empty, for each test alike. What hangs on
  the test itself (a clock, a patched name, a changed setting) is a plain fixture above the layers, and so is a
  browser. An argument that is no layer where the test runs makes the fixture a plain one there.

A test that must see the building itself, with its mail or its callbacks on commit, says `@pytest.mark.fresh`: its
layers are then plain fixtures, run in its own savepoint. Transactional tests (`django_db(transaction=True)`) get
theirs the same way, in rows that others can see.
"""

import inspect
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction

from accounts.templatetags import leaves
from cms import selectors as frames
from courses.catalog.selectors import forget_bodies


@dataclass(frozen=True, eq=False)
class Layer:
    """One fixture that is built once: its name, the names of what it takes, and when it is built."""

    name: str
    number: int  # in the order in which the suite names them
    build: Callable[..., Any]
    at: datetime | None

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it stands on."""
        return tuple(inspect.signature(self.build).parameters)

    def made(self, **below: Any) -> Any:
        """Build it."""
        clock: AbstractContextManager[Any] = time_machine.travel(self.at, tick=False) if self.at else nullcontext()
        with clock:
            return self.build(**below)


_known: list[Layer] = []
_WORLD = pytest.StashKey[dict[str, Any]]()


def layer(build: Callable[..., Any] | None = None, *, at: datetime | None = None) -> Any:
    """A fixture whose value stands for all tests that ask for it (see above)."""
    if build is None:
        return lambda function: layer(function, at=at)
    this = Layer(build.__name__, len(_known), build, at)
    _known.append(this)

    def fixture(request: pytest.FixtureRequest, db: None, **below: Any) -> Any:
        world = request.node.stash.get(_WORLD, {})
        return world[this.name] if this.name in world else this.made(**below)

    # pytest reads from the signature what to bring.
    first = list(inspect.signature(fixture).parameters.values())[:2]
    rest = list(inspect.signature(build).parameters.values())
    fixture.__signature__ = inspect.Signature([*first, *rest])  # type: ignore[attr-defined]
    fixture.__module__, fixture.__doc__, fixture.layer = build.__module__, build.__doc__, this  # type: ignore[attr-defined]
    return pytest.fixture(fixture, name=this.name)


def chain(item: pytest.Item) -> tuple[Layer, ...]:
    """The layers of a test, each after those that it stands on; in the same order for all tests."""
    if _transactional(item) or item.get_closest_marker("fresh"):
        return ()
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    here = {name: getattr(found[-1].func, "layer", None) for name, found in definitions.items()}
    ordered: dict[Layer, bool] = {}

    def stands(this: Layer | None) -> bool:
        """Whether everything below is a layer too; puts it into the order if so."""
        if this is None:
            return False
        if this not in ordered and all(stands(here.get(name)) for name in this.needs):
            ordered[this] = True
        return this in ordered

    for this in sorted({found for found in here.values() if found}, key=lambda found: found.number):
        stands(this)
    return tuple(ordered)


def _transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and (marker.kwargs.get("transaction") or (marker.args and marker.args[0]))
    return bool(asked) or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


@dataclass
class _Standing:
    """A layer that stands: its savepoint, and the values up to it as they were when it was built."""

    layer: Layer
    savepoint: transaction.Atomic
    values: bytes


@dataclass
class Stack:
    """What stands in this process's database now."""

    layers: list[_Standing] = field(default_factory=list)
    link: Any = None  # the connection on which it stands

    def stand(self, wanted: tuple[Layer, ...]) -> dict[str, Any]:
        """Let exactly these layers stand, and return their values, made anew."""
        if self.layers and (connection.connection is not self.link or not connection.in_atomic_block):
            self.layers.clear()  # a test closed the connection; the rows went with it
        shared = 0
        while shared < min(len(wanted), len(self.layers)) and self.layers[shared].layer is wanted[shared]:
            shared += 1
        while len(self.layers) > shared:
            self._take_down()
        for this in wanted[shared:]:
            self._build(this)
        return self._values()

    def _values(self) -> dict[str, Any]:
        return pickle.loads(self.layers[-1].values) if self.layers else {}

    def _build(self, this: Layer) -> None:
        values = self._values()
        savepoint = transaction.atomic()
        savepoint._from_testcase = True  # type: ignore[attr-defined] # services with a durable transaction may build
        savepoint.__enter__()
        self.link = connection.connection
        try:
            values[this.name] = this.made(**{name: values[name] for name in this.needs})
            self.layers.append(_Standing(this, savepoint, pickle.dumps(values)))
        except BaseException:
            transaction.set_rollback(True)
            savepoint.__exit__(None, None, None)
            raise
        mail.outbox.clear()

    def _take_down(self) -> None:
        standing = self.layers.pop()
        transaction.set_rollback(True)
        standing.savepoint.__exit__(None, None, None)


@pytest.fixture(scope="session")
def _stack(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stack]:
    stack = Stack()
    yield stack
    with django_db_blocker.unblock():
        stack.stand(())


@pytest.fixture
def _below(request: pytest.FixtureRequest, _stack: Stack, django_db_blocker: Any) -> None:
    """What a test stands on, set up before its own savepoint or transaction."""
    with django_db_blocker.unblock():
        request.node.stash[_WORLD] = _stack.stand(chain(request.node))
    cache.clear()
    frames._frames.clear()
    # A process keeps these by keys that no second row has; after a rollback another row may.
    forget_bodies()
    leaves.forget()


@pytest.fixture
def _django_db_helper(_below: None, _django_db_helper: None) -> None:
    """pytest-django's own, in which it opens a test's savepoint or transaction, however a test asked for it."""


@pytest.fixture(autouse=True)
def _layers_first(request: pytest.FixtureRequest) -> None:
    """Before any clock is stopped and any name patched."""
    if chain(request.node):
        request.getfixturevalue("db")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Within a file, tests on the same layers follow each other; what no file shares is built least often so."""
    ordered: list[pytest.Item] = []
    for _file, tests in groupby(items, key=lambda item: (item.path, _transactional(item))):
        ordered += sorted(tests, key=lambda item: [this.number for this in chain(item)])
    items[:] = ordered
