"""Reads the Merkle log: heads, proofs, checkpoints and the balances that it must come to."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from ..models import Checkpoint, HourEntry, HourLog, LogNode, TrainingRecord, Witness
from ..rules import merkle

ORIGIN = "palmar.log/"
MOST_TOGETHER = 200


def log_named(slug: str) -> HourLog | None:
    """The log whose origin is `palmar.log/<slug>`. One query."""
    return HourLog.objects.select_related("school").filter(origin=f"{ORIGIN}{slug}").first()


def log_head(record: TrainingRecord) -> tuple[int, str]:
    """Size and RFC 9162 root (hex) of the school's log as it stands. One query."""
    return head_of(HourLog.objects.get(school_id=record.school_id))


def head_of(log: HourLog) -> tuple[int, str]:
    """Size and root (hex) of a log as it stands. No query."""
    return log.size, merkle.root_of([bytes.fromhex(peak) for peak in log.peaks]).hex()


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A proof that a leaf is in the tree of the first `size` leaves; hashes in hex, lowest first."""

    index: int
    size: int
    leaf: str
    proof: tuple[str, ...]
    root: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """A proof that the tree of the first `old` leaves is the beginning of that of the first `size`."""

    old: int
    size: int
    old_root: str
    root: str
    proof: tuple[str, ...]


def inclusion_of(log: HourLog, leaf: str, size: int) -> Inclusion | None:
    """The proof for a leaf hash (hex) at a size; None when the leaf is not among the first `size`. At most 3 queries."""
    index = (
        HourEntry.objects.filter(log=log, leaf_hash=leaf, position__lt=size).values_list("position", flat=True).first()
    )
    if index is None or size > log.size:
        return None
    proof, root = _read(
        log,
        lambda at: (merkle.inclusion_proof(index, size, at), merkle.root_of(merkle.peaks_of(size, at))),
    )
    return Inclusion(index, size, leaf, tuple(step.hex() for step in proof), root.hex())


def consistency_of(log: HourLog, old: int, size: int) -> Consistency | None:
    """The proof between two sizes; None when there is none such. At most 2 queries."""
    if not 0 < old <= size <= log.size:
        return None
    proof, before, after = _read(
        log,
        lambda at: (
            merkle.consistency_proof(old, size, at),
            merkle.root_of(merkle.peaks_of(old, at)),
            merkle.root_of(merkle.peaks_of(size, at)),
        ),
    )
    return Consistency(old, size, before.hex(), after.hex(), tuple(step.hex() for step in proof))


def root_at(log: HourLog, size: int) -> str:
    """The root (hex) that the kept subtrees give for the first `size` leaves. At most 2 queries."""
    root: bytes = _read(log, lambda at: merkle.root_of(merkle.peaks_of(size, at)))
    return root.hex()


def _read(log: HourLog, proof: Callable[[merkle.HashAt], Any]) -> Any:
    """What a proof comes to, its subtrees fetched at once: leaves from the entries, the others from the nodes."""
    found = _subtrees(log, merkle.addresses_of(proof))
    return proof(lambda level, index: found[level, index])


def _subtrees(log: HourLog, asked: Set[merkle.Address]) -> dict[merkle.Address, bytes]:
    """The hashes of these subtrees. A handful takes two queries; many take one a level, and one more each 900 of it."""
    leaves = sorted(index for level, index in asked if level == 0)
    nodes = [(level, index) for level, index in asked if level]
    found: dict[merkle.Address, bytes] = {}
    for some in _in_chunks(leaves):
        rows = HourEntry.objects.filter(log=log, position__in=some).values_list("position", "leaf_hash")
        found |= {(0, position): bytes.fromhex(leaf) for position, leaf in rows}
    wanted: list[Q] = []
    if nodes and len(nodes) <= MOST_TOGETHER:
        either = Q()
        for level, index in nodes:
            either |= Q(level=level, index=index)
        wanted = [either]
    elif nodes:
        for here in sorted({level for level, _index in nodes}):
            mine = sorted(index for level, index in nodes if level == here)
            wanted += [Q(level=here, index__in=some) for some in _in_chunks(mine)]
    for condition in wanted:
        for level, index, value in LogNode.objects.filter(condition, log=log).values_list("level", "index", "hash"):
            found[level, index] = bytes.fromhex(value)
    return found


def _in_chunks(numbers: Sequence[int], size: int = 900) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


@dataclass(frozen=True, slots=True)
class Proofs:
    """Many proofs against one head: each line of `positions` is in it, and the trees of `older` sizes begin it."""

    size: int
    root: str
    inclusion: dict[int, tuple[str, ...]]
    consistency: dict[int, tuple[str, ...]]


def proofs_of(log: HourLog, positions: Sequence[int], older: Sequence[int], size: int) -> Proofs:
    """The proofs of lines and of older sizes at a size, in few queries: their subtrees are fetched together."""
    makers: list[Callable[[merkle.HashAt], Any]] = [lambda at: merkle.root_of(merkle.peaks_of(size, at))]
    makers += [partial(merkle.inclusion_proof, position, size) for position in positions]
    makers += [partial(merkle.consistency_proof, old, size) for old in older]
    found = _subtrees(log, set[merkle.Address]().union(*(merkle.addresses_of(make) for make in makers)))
    root, *proofs = (make(lambda level, index: found[level, index]) for make in makers)
    told = [tuple(step.hex() for step in proof) for proof in proofs]
    return Proofs(
        size,
        root.hex(),
        dict(zip(positions, told[: len(positions)], strict=True)),
        dict(zip(older, told[len(positions) :], strict=True)),
    )


def checkpoints_of(log: HourLog) -> QuerySet[Checkpoint]:
    """The checkpoints of a log, newest first."""
    return Checkpoint.objects.filter(log=log).order_by("-size")


def last_checkpoint(log: HourLog) -> Checkpoint | None:
    """The newest one. One query."""
    return checkpoints_of(log).first()


def newest_checkpoints(schools: Collection[int]) -> list[Checkpoint]:
    """The newest signed head of each of these schools' logs, by origin; none of a log without one. One query."""
    newest = Checkpoint.objects.filter(log=OuterRef("log")).order_by("-size").values("size")[:1]
    rows = Checkpoint.objects.filter(log__school__in=schools, size=Subquery(newest)).select_related("log")
    return list(rows.order_by("log__origin"))


def logs_due(now: datetime) -> QuerySet[HourLog]:
    """Logs that grew since their last checkpoint and got none on this day (UTC) yet. One query."""
    return (
        HourLog.objects.annotate(published=Max("checkpoints__size"), signed_at=Max("checkpoints__made_at"))
        .filter(Q(published=None) | Q(published__lt=F("size"), signed_at__date__lt=now.date()), size__gt=0)
        .order_by("pk")
    )


def witnesses_of(log: HourLog) -> QuerySet[Witness]:
    """Who gets this log's checkpoints now. One query."""
    return Witness.objects.filter(log=log, until=None)


def true_balances(records: Iterable[int]) -> dict[tuple[int, str], tuple[int, date, int]]:
    """What the balances of these records must be by the ledger: minutes, latest day, log size. One query."""
    rows = (
        HourEntry.objects.filter(record__in=records)
        .values("record_id", "category")
        .annotate(sum=Sum("minutes"), last=Max("date"), size=Max("position") + 1)
        .order_by()
    )
    return {(row["record_id"], row["category"]): (row["sum"], row["last"], row["size"]) for row in rows}
