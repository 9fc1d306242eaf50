"""What stands alike on many pages is made once a process; decides nothing.

This library stands among the builtins (config/settings/apps.py) after that of django-cotton, whose tag it takes over:
an icon stands on a page dozens of times, and putting together a component costs a tenth of a millisecond.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.conf import settings
from django.template import Context, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Node, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_cotton.templatetags._component import (
    AttrKind,
    CottonComponentNode,
    UnprocessableDynamicAttr,
    cotton_component,
)

register = template.Library()

LEAVES = frozenset({"dial", "grade", "icon", "mark"})
"""Templates in templates/cotton/ that read neither the context nor a slot."""
MOST = 6_000

_made: dict[tuple[Any, ...], SafeString] = {}


def forget() -> None:
    """Make everything anew."""
    _made.clear()


def _kept(key: tuple[Any, ...], make: Callable[[], str]) -> SafeString:
    key = (get_language(), *key)
    made = _made.get(key)
    if made is None:
        made = mark_safe(make())  # noqa: S308 - a template's own output
        if len(_made) >= MOST:
            _made.clear()
        _made[key] = made
    return made


class KeptNode(Node):
    """`{% kept "name" key ... %}`: a part of a template, made once for each language and value of its keys.

    The keys name everything that the part prints. Where the first of them is empty, nothing is kept; nor is it while
    DEBUG is on, when templates change under one's hands. What is one person's alone (her name, the token of a form) may
    not stand in such a part; tests/pages/test_kept.py looks for it.
    """

    def __init__(self, nodelist: NodeList, name: str, keys: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.name = name
        self.keys = keys

    def render(self, context: Context) -> SafeString:
        """The part for these keys."""
        values = tuple(key.resolve(context) for key in self.keys)
        if settings.DEBUG or not values[0]:
            return self.nodelist.render(context)
        return _kept((self.name, *values), lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """See KeptNode."""
    _tag, *given = token.split_contents()
    if len(given) < 2:
        raise TemplateSyntaxError("kept needs a name and what the part depends on.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, given[0].strip('"'), [parser.compile_filter(one) for one in given[1:]])


class CaptureNode(Node):
    """`{% capture as name %}`: a part that the same page shows twice is made once."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        """Nothing; the part stands in the context from here on."""
        context[self.name] = self.nodelist.render(context)
        return SafeString()


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """See CaptureNode."""
    given = token.split_contents()
    if len(given) != 3 or given[1] != "as":
        raise TemplateSyntaxError("Write {% capture as name %}.")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, given[2])


class LeafNode(CottonComponentNode):
    """One component of `LEAVES` in a template."""

    def render(self, context: Context) -> SafeString:
        """The component for these inputs in this language, kept once it was made."""
        if settings.DEBUG:
            return super().render(context)
        try:
            inputs = tuple(self._input(attr, context) for attr in self._prepared_attrs)
            hash(inputs)
        except (TypeError, UnprocessableDynamicAttr):  # a list, say, or a name that the context does not know
            return super().render(context)
        return _kept(("leaf", self.component_name, *inputs), lambda: super(LeafNode, self).render(context))

    @staticmethod
    def _input(attr: Any, context: Context) -> tuple[Any, ...]:
        value = attr.value
        if attr.kind is AttrKind.DYNAMIC or attr.kind is AttrKind.UNQUOTED:
            value = attr.compiled.resolve(context)
        elif attr.kind is AttrKind.ESCAPED and attr.compiled:
            value = attr.compiled.render(context)
        # 1, True and 1.0 are one key of a dictionary, and need not be printed alike.
        return attr.key, type(value), value


@register.tag("cotton")
def cotton(parser: Parser, token: Token) -> CottonComponentNode:
    """As django-cotton reads it; a leaf with nothing inside is kept."""
    node = cotton_component(parser, token)
    if node.component_name not in LEAVES or node.only or len(node.nodelist):
        return node
    return LeafNode(node.component_name, node.nodelist, node.attrs, node.only, node.active_library)
