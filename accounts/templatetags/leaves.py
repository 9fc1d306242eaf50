"""Components that print nothing but their inputs are made once for each; decides nothing.

An icon stands on a page dozens of times, and putting together a component costs a tenth of a millisecond. This library
stands among the builtins (config/settings/apps.py) after that of django-cotton, whose tag it takes over.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.base import Parser, Token
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
MOST = 4_000

_made: dict[tuple[Any, ...], SafeString] = {}


class LeafNode(CottonComponentNode):  # type: ignore[misc]
    """One component of `LEAVES` in a template."""

    def render(self, context: Context) -> SafeString:
        """The component for these inputs in this language, kept once it was made."""
        if settings.DEBUG:
            return super().render(context)  # type: ignore[no-any-return]
        try:
            key = (self.component_name, get_language(), *(self._input(attr, context) for attr in self._prepared_attrs))
            made = _made.get(key)
        except (TypeError, UnprocessableDynamicAttr):  # a list, say, or a name that the context does not know
            return super().render(context)  # type: ignore[no-any-return]
        if made is None:
            if len(_made) >= MOST:
                _made.clear()
            made = _made[key] = mark_safe(super().render(context))  # noqa: S308 - a template's own output
        return made

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
