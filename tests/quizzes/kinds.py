"""One question of each kind that has no list of texts to choose from, as a file would bring it, on one small picture."""

from typing import Any

from accounts.models import Organisation
from certification.quizzes import services
from certification.quizzes.models import QuestionPicture

DRAWING = (
    '<svg class="fig" viewBox="0 0 800 400"><path class="f-line" d="M0 0L800 400"/><text x="5" y="9">A</text></svg>'
)
SHOULDER: dict[str, Any] = {
    "kind": "svg",
    "data": DRAWING.encode(),
    "title": "A shoulder from behind",
    "description": "The outline of a shoulder with three marks.",
    "credit": "Drawn for the school",
}


def picture(school: Organisation) -> QuestionPicture:
    """The picture that the questions below ask about."""
    return services.keep_picture(school=school, **SHOULDER)


def spot(key: str, x: int, *, correct: bool = False) -> dict[str, Any]:
    """A spot in the middle row."""
    return {"key": key, "x": x, "y": 500, "r": 30, "place": f"PLACE-{key}", "correct": correct,
            "feedback": f"FEED-{key}"}  # fmt: skip


def specs(digest: str) -> dict[str, dict[str, Any]]:
    """Of each kind what `ensure_question` takes, by kind."""
    contents: dict[str, dict[str, Any]] = {
        "matching": {
            "prompts": [
                {"key": "p1", "text": "Biceps", "match": "o1"},
                {"key": "p2", "text": "Triceps", "match": "o2"},
            ],
            "options": [{"key": "o1", "text": "bends"}, {"key": "o2", "text": "stretches"}, {"key": "o3", "text": "X"}],
        },
        "ordering": {
            "items": [{"key": "i1", "text": "Ask"}, {"key": "i2", "text": "Look"}, {"key": "i3", "text": "Touch"}],
            "grading": "place",
        },
        "numeric": {
            "answers": [{"value": "45.5", "tolerance": "0.2468", "share": "1", "feedback": "FEED-number"}],
            "unit": {"name": "cm", "required": False, "others": [{"name": "mm", "factor": "0.1"}]},
        },
        "short": {"answers": [{"text": "SECRETFORM*", "share": "1", "feedback": "FEED-word"}]},
        "cloze": {
            "text": "The muscle [[g1]] the arm by [[g2]]\n& is a [[g3]].",
            "gaps": [
                {
                    "key": "g1",
                    "kind": "select",
                    "weight": 2,
                    "choices": [
                        {"key": "s1", "text": "bends", "correct": True, "feedback": "FEED-s1"},
                        {"key": "s2", "text": "turns", "correct": False, "feedback": "FEED-s2"},
                    ],
                },
                {"key": "g2", "kind": "numeric", "weight": 1, "answers": [{"value": "150.25", "share": "1"}],
                 "unit": {"name": "°"}},
                {"key": "g3", "kind": "short", "weight": 1, "answers": [{"text": "SECRETGAP", "share": "1"}]},
            ],
        },
        "hotspot": {"picture": digest, "spots": [spot("m1", 200, correct=True), spot("m2", 500), spot("m3", 800)]},
        "labelling": {
            "picture": digest,
            "points": [
                {"key": "q1", "x": 100, "y": 100, "place": "upper", "label": "l1"},
                {"key": "q2", "x": 100, "y": 900, "place": "lower", "label": "l2"},
            ],
            "labels": [{"key": f"l{n}", "text": f"Label {n}"} for n in (1, 2, 3)],
        },
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {
        kind: {"kind": kind, "code": kind, "stem": f"Case.\n\nAsked of {kind}?", "content": content,
               "explanation": f"EXPLAINED-{kind}"}
        for kind, content in contents.items()
    }  # fmt: skip
    found["true_false"] = {
        "kind": "true_false",
        "code": "true_false",
        "stem": "Fascia is alive.",
        "choices": [{"key": "true", "correct": True, "feedback": "FEED-true"}, {"key": "false"}],
        "explanation": "EXPLAINED-true_false",
    }
    return found


# What answers each rightly: as a form posts it, as the API sends it, and as it is kept.
RIGHT: dict[str, tuple[Any, Any, list[str]]] = {
    "true_false": (["true"], "true", ["true"]),
    "matching": ({"p1": "o1", "p2": "o2"}, {"p2": "o2", "p1": "o1"}, ["p1=o1", "p2=o2"]),
    "ordering": ({"i1": "1", "i2": "2", "i3": "3"}, ["i1", "i2", "i3"], ["i1", "i2", "i3"]),
    "numeric": (["45,5 cm"], "455 mm", ["45.5 cm"]),
    "short": (["  secretform, 2 "], "secretform, 2", ["secretform, 2"]),
    "cloze": (
        {"g1": "s1", "g2": "150,25", "g3": "secretgap"},
        {"g1": "s1", "g2": "150.25", "g3": "secretgap"},
        ["g1=s1", "g2=150.25", "g3=secretgap"],
    ),
    "hotspot": (["m1"], "m1", ["m1"]),
    "labelling": ({"q1": "l1", "q2": "l2"}, ["q1=l1", "q2=l2"], ["q1=l1", "q2=l2"]),
}
WRONG: dict[str, Any] = {
    "true_false": "false", "matching": {"p1": "o2"}, "ordering": ["i3", "i1", "i2"], "numeric": "50", "short": "else",
    "cloze": {"g1": "s2"}, "hotspot": "m2", "labelling": {"q1": "l2"},
}  # fmt: skip
# Words that tell the key, or are beside it.
SECRETS = ("FEED-", "EXPLAINED", "SECRET", "tolerance", "share", "weight", "correct", "feedback", '"match"', "0.2468", "150.25",
           '"label"')  # fmt: skip
