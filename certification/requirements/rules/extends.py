"""Lays a pack over the one that it extends: top keys replace, `categories` merge by code."""

from collections.abc import Callable

from certification.requirements.rules.nodes import LABEL, Field

MOST_DEEP = 20

Fields = dict[str, Field]


def extended(fields: Fields, *, fetch: Callable[[str], Fields | None]) -> Fields:
    """The keys of a pack with those of the packs that it extends beneath them; each still knows its file and line.

    Refuses loops, chains of more than twenty, and what `fetch` does not find.
    """
    chain, seen = [fields], [_label(fields)]
    while label := base_of(chain[-1]):
        named = chain[-1]["extends"]
        if label in seen:
            named.refuse(f"{' extends '.join([*seen, label])}: a loop")
        if len(seen) > MOST_DEEP:
            named.refuse(f"more than {MOST_DEEP} packs extend each other")
        base = fetch(label)
        if base is None:
            named.refuse(f"there is no pack {label!r}")
        chain.append(base)
        seen.append(label)
    merged = chain.pop()
    while chain:
        merged = _over(merged, chain.pop())
    return merged


def base_of(fields: Fields) -> str | None:
    """The `id@version` that a pack extends, or None."""
    if "extends" not in fields:
        return None
    return fields["extends"].word(LABEL, "an id@version such as us-tx-massage@1", most=72)


def _label(fields: Fields) -> str:
    return f"{fields['id'].node.value}@{fields['version'].node.value}"


def _over(base: Fields, own: Fields) -> Fields:
    merged = base | own
    if "categories" in base and "categories" in own:
        merged["categories"] = _merged(base["categories"], own["categories"])
    return merged


class _Mapping(Field):
    """A mapping put together from two files."""

    __slots__ = ("fields",)

    def __init__(self, over: Field, fields: Fields) -> None:
        super().__init__(over.file, over.key, over.node)
        self.fields = fields

    def mapping(self) -> Fields:
        return dict(self.fields)


class _List(Field):
    """A list put together from two files."""

    __slots__ = ("members",)

    def __init__(self, over: Field, members: list[Field]) -> None:
        super().__init__(over.file, over.key, over.node)
        self.members = members

    def items(self) -> list[Field]:
        return list(self.members)


def _merged(base: Field, own: Field) -> Field:
    """The base's categories in their places, own words over theirs; new ones after them.

    A category on the top level of `own` is found wherever it stands in the base's tree.
    """
    anywhere = _by_code(own)
    placed = [_placed(item, anywhere, anywhere) for item in base.items()]
    return _List(own, [*placed, *anywhere.values()])


def _placed(item: Field, here: Fields, anywhere: Fields) -> Field:
    fields = item.mapping()
    code = _code(fields)
    mine = here.pop(code, None) or anywhere.pop(code, None)
    own = mine.mapping() if mine else {}
    merged = fields | own
    if "children" in fields:
        children = _by_code(own["children"]) if "children" in own else {}
        placed = [_placed(child, children, anywhere) for child in fields["children"].items()]
        merged["children"] = _List(merged["children"], [*placed, *children.values()])
    return _Mapping(mine or item, merged)


def _by_code(categories: Field) -> Fields:
    found: Fields = {}
    for place, item in enumerate(categories.items()):
        code = _code(item.mapping())
        # One without a code, or a second of one code, is kept for the reader to refuse.
        found[code if code and code not in found else f"#{place}"] = item
    return found


def _code(fields: Fields) -> str:
    return str(fields["code"].node.value) if "code" in fields else ""
