"""Loads the demo's banks of questions, the quiz of each module, and the final examination that is drawn from all."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from accounts.models import Organisation
from certification.quizzes.models import Question, QuestionBank, QuestionPicture, Quiz
from certification.quizzes.plan import AskLine, DrawLine, Line, SectionLine
from certification.quizzes.services import (
    ensure_bank,
    ensure_question,
    ensure_quiz,
    ensure_vignette,
    keep_picture,
)
from courses.catalog.cleaning import clean_svg
from courses.catalog.models import Program
from courses.catalog.services import open_bank

CONTENT = Path(__file__).parent / "demo_content"

# A plate's own letters and numbers would stand beside the letters of a question's marks.
_LABELS = re.compile(
    r'<(text|line|path|circle|polyline)\b[^>]*\bclass="f-(?:let|num|lead|dot)"[^>]*(?:/>|>.*?</\1>)', re.DOTALL
)


def load_quizzes(school: Organisation) -> dict[str, Quiz]:
    """The school's banks with all their questions, and its quizzes by code. Idempotent."""
    for file in sorted((CONTENT / "banks").glob("*.yaml")):
        _fill(school, yaml.safe_load(file.read_text()))
    quizzes: dict[str, Quiz] = {}
    for file in sorted((CONTENT / "quizzes").glob("*.yaml")):
        content = yaml.safe_load(file.read_text())
        about = {"code": content["module"], "title": content["title"]}
        asked = _fill(school, {**about, "questions": content["questions"]})
        _fill(school, {**about, "questions": content.get("hotspots", [])})
        quizzes[content["code"]] = ensure_quiz(
            school=school,
            code=content["code"],
            title=content["title"],
            questions=asked,
            pass_percent=content["pass_percent"],
            attempts_allowed=content["attempts"],
        )
    for file in sorted((CONTENT / "exams").glob("*.yaml")):
        content = yaml.safe_load(file.read_text())
        quizzes[content["code"]] = _exam(school, content)
    return quizzes


def open_banks(program: Program) -> None:
    """Let the program's team write in the banks of the demo. Idempotent."""
    for bank in QuestionBank.objects.filter(school=program.school):
        open_bank(program=program, bank=bank)


def _fill(school: Organisation, content: dict[str, Any]) -> list[Question]:
    bank = ensure_bank(school=school, code=content["code"], title=content["title"])
    for case in content.get("vignettes", []):
        ensure_vignette(bank=bank, **case)
    return [_question(school, bank, question) for question in content["questions"]]


def _question(school: Organisation, bank: QuestionBank, said: dict[str, Any]) -> Question:
    about = dict(said)
    content = dict(about.pop("content", {}))
    figure, words = about.pop("figure", ""), about.pop("picture", {})
    content = _keyed(about["code"], content)
    if figure:
        content["picture"] = _picture(school, figure, words).digest
    return ensure_question(bank=bank, content=content, **about)


def _keyed(code: str, part: Any) -> Any:
    """The content with keys that say nothing, gaps and their marks in the text too: browsers read them before the answer."""
    if isinstance(part, list):
        return [_keyed(code, each) for each in part]
    if not isinstance(part, dict):
        return part
    told = {
        name: _key(code, value) if name in {"key", "match", "label"} else _keyed(code, value)
        for name, value in part.items()
    }
    if "gaps" in part:
        told["text"] = re.sub(r"\[\[([\w-]+)\]\]", lambda mark: f"[[{_key(code, mark[1])}]]", part["text"])
    return told


def _key(code: str, name: str) -> str:
    return "k" + sha256(f"{code}/{name}".encode()).hexdigest()[:10]


def _picture(school: Organisation, figure: str, words: dict[str, str]) -> QuestionPicture:
    """A plate without its labels, in words that do not name what is asked."""
    drawing = _LABELS.sub("", (CONTENT / f"figures/{figure}.svg").read_text())
    drawing = re.sub(r"<(title|desc)\b.*?</\1>", "", drawing, flags=re.DOTALL)
    cleaned = clean_svg(drawing, prefix=f"q-{figure}")
    return keep_picture(school=school, kind=QuestionPicture.Kind.SVG, data=cleaned.encode(), **words)


def _exam(school: Organisation, content: dict[str, Any]) -> Quiz:
    lines: list[Line] = []
    for section in content["sections"]:
        lines.append(SectionLine(section["title"], section.get("intro", "")))
        lines += [_line(school, item) for item in section["items"]]
    return ensure_quiz(
        school=school,
        code=content["code"],
        title=content["title"],
        questions=lines,
        pass_percent=content["pass_percent"],
        attempts_allowed=content["attempts"],
        intro=content["intro"],
        settings=content["settings"],
    )


def _line(school: Organisation, item: dict[str, Any]) -> AskLine | DrawLine:
    if "question" in item:
        question = Question.objects.get(bank__school=school, bank__code=item["bank"], code=item["question"])
        return AskLine(question.uuid, item["points"])
    draw = dict(item["draw"])
    bank = QuestionBank.objects.get(school=school, code=draw.pop("bank"))
    return DrawLine(bank.uuid, **draw, count=item["count"], points=item["points"])
