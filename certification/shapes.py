"""Shapes that all calls of the API share: the body of a refusal, and what holds for each body that is sent."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Problem(Schema):
    """RFC 9457. `errors`, where the request does not fit, name each place in it by `loc`."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    errors: list[dict[str, Any]] = []


class Sent(Schema):
    """A body in which nothing is required. Only an object is one: a number or a text would pass for an empty object."""

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, sent: Any) -> Any:
        if not isinstance(getattr(sent, "_obj", sent), dict):  # wrapped before it comes here
            raise PydanticCustomError("object_type", "The body is an object.")
        return sent
