"""The forms in which the kinds of question are written. A new kind's form is one file here and one line in `FORMS`."""

from .base import Group, Keys, KindForm, Sheet, by_place, typed
from .choices import MULTIPLE, SINGLE
from .cloze import CLOZE
from .essay import ESSAY
from .hotspot import HOTSPOT
from .labelling import LABELLING
from .matching import MATCHING
from .numeric import NUMERIC
from .ordering import ORDERING
from .short import SHORT
from .true_false import TRUE_FALSE

FORMS: dict[str, KindForm] = {
    form.kind: form
    for form in (
        SINGLE, MULTIPLE, TRUE_FALSE, MATCHING, ORDERING, NUMERIC, SHORT, CLOZE, HOTSPOT, LABELLING, ESSAY,
    )
}  # fmt: skip
"""By kind; the page offers those that are among `types.KINDS`."""

__all__ = ["FORMS", "Group", "Keys", "KindForm", "Sheet", "by_place", "typed"]
