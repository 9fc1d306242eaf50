"""A small program to enroll in, made through the services."""

from typing import Any

from accounts.models import Organisation
from certification.quizzes.services import ensure_bank, ensure_question, ensure_quiz
from certification.requirements.models import RuleSet
from courses.catalog.models import Program
from courses.catalog.services import ensure_lesson, ensure_module, ensure_program


def make_program(school: Organisation, rule_set: RuleSet, code: str = "SMALL", **fields: Any) -> Program:
    """Two modules: MFR with two lessons and a quiz, NMT with one lesson."""
    bank = ensure_bank(school=school, code="BANK", title="Questions")
    question = ensure_question(
        bank=bank,
        code="Q1",
        kind="single",
        stem="What answers to time?",
        choices=[{"text": "The barrier", "correct": True}, {"text": "The clock", "correct": False}],
    )
    quiz = ensure_quiz(school=school, code=f"{code}-MFR", title="Quiz: myofascial release", questions=[question])
    program = ensure_program(school=school, code=code, title="A small program", rule_set=rule_set, **fields)
    mfr = ensure_module(
        program=program, code="MFR", title="Myofascial release", category="mfr", minutes=240, quiz=quiz, sort_order=1
    )
    nmt = ensure_module(
        program=program, code="NMT", title="Neuromuscular technique", category="nmt_trp", minutes=120, sort_order=2
    )
    ensure_lesson(module=mfr, code="MFR-1", title="The barrier", minutes=40, min_seat_minutes=5, sort_order=1)
    ensure_lesson(module=mfr, code="MFR-2", title="The second barrier", minutes=30, sort_order=2)
    ensure_lesson(module=nmt, code="NMT-1", title="Trigger points", minutes=60, sort_order=1)
    return program
