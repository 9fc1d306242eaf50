"""The API's description is true: whatever a program sends, for each kind of person, the answer is one that it names."""

import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.effort import examples
from tests.verification.asking import a_key

from .test_access import CALLS, World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
OURS = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
BEYOND = {200, 201, 409}
"""What a call answers to whom it lets in."""
ROLES = ("visitor", "student", "graduate", "instructor", "registrar", "stranger", "foreign", "manager", "key")


@pytest.fixture
def operations(world: World) -> Iterator[dict[tuple[str, str], Any]]:
    """Each call of the description by method and path."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=OURS)
    found = (one.ok() for one in schema.get_all_operations())
    yield {(one.method, one.path.removeprefix("/api/v1")): one for one in found}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def sent_by(world: World, who: str) -> dict[str, Any]:
    """What a program of this person sends with each call: a log-in with its token, or the key of an organisation."""
    if who == "key":
        school, clerk = world.demo.school, world.people["registrar"]
        return {"headers": {"Authorization": f"Bearer {a_key(school, clerk)[1]}"}}
    client: Client = world.client(who)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": "a" * 32}
    return {"headers": {"X-CSRFToken": "a" * 32}, "cookies": cookies}


@pytest.mark.parametrize("who", ROLES)
def test_every_answer_is_one_that_is_described(world: World, operations: dict[tuple[str, str], Any], who: str) -> None:
    sent = sent_by(world, who)
    wrong = []
    for method, path, args, ok, _others in CALLS:
        real = dict(zip(re.findall(r"{(\w+)}", path), map(str, world.objects[args]), strict=True)) if args else {}
        path = re.sub(r"{id}", "{uuid}", path)
        if "id" in real:
            real["uuid"] = real.pop("id")
        try:
            seen = meets(operations[method, path], sent, real)
            for _again in range(4):  # of ten draws none may be right for an object that is there: chance is no finding
                if who not in ok or seen & BEYOND:
                    break
                seen |= meets(operations[method, path], sent, real)
        except (Exception, FailureGroup) as refused:
            wrong.append(f"{method} {path}: {refused}")
        else:
            if who in ok and not seen & BEYOND:
                wrong.append(f"{method} {path}: never came beyond the door, met {seen}")
    assert not wrong, "\n\n".join(wrong)


def takes(operation: Any) -> bool:
    """Whether the call takes anything that could be wrong."""
    return bool(operation.path_parameters or operation.query or operation.body or operation.headers)


def path_is_right(case: Case) -> bool:
    """Whether what is wrong in it, if anything is, stands elsewhere: then an object that is there may stand in it."""
    held = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return held is not None and held.mode == POSITIVE


def meets(operation: Any, sent: dict[str, Any], real: dict[str, str]) -> set[int]:
    """Call it with what fits and what does not; the statuses that came back, each with an answer as described."""
    seen: set[int] = set()
    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in (POSITIVE, NEGATIVE))

    @hypothesis.settings(
        max_examples=examples(30), deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @hypothesis.given(right | wrong if takes(operation) else right, st.booleans())
    def each(case: Case, known: bool) -> None:
        cache.clear()
        if known and path_is_right(case):
            case.path_parameters = case.path_parameters | real
        answer = case.call_and_validate(excluded_checks=[positive_data_acceptance, ignored_auth], **sent)
        seen.add(answer.status_code)

    each()
    return seen
