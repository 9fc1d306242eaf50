"""Small worlds to test in, always made through the services: a school with its people, a rule set, a record."""

from dataclasses import dataclass
from datetime import date

from django.test import Client

from accounts.models import Organisation, User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification.certificates.models import Signer
from certification.certificates.services import enter_signer
from certification.records.models import TrainingRecord
from certification.records.services import ensure_learner, open_record
from certification.requirements.models import RuleSet
from certification.requirements.services import import_rules
from cms.demo import Demo, load
from tests.layers import layer

SMALL_PACK = """\
schema: hour-rules/1
id: small-sample
version: 1
title: A small program, ten hours
status: sample
sources: [{citation: "made for tests", read_on: 2026-11-21}]
applies_by: enrolment
total_hours: 10
categories:
  - {code: mfr, title: Myofascial release, min_hours: 4}
  - {code: nmt_trp, title: Neuromuscular technique, min_hours: 2}
  - code: externship
    title: Externship
    min_hours: 2
    max_hours: 4
    children:
      - {code: externship_hands_on, title: Hands-on sessions, min_hours: 1}
"""


@dataclass
class School:
    """A school and one person of each role; password of all: `a-long-password`."""

    school: Organisation
    other_school: Organisation
    learner_user: User
    other_learner_user: User
    instructor: User
    coordinator: User
    registrar: User
    second_registrar: User
    admin: User
    foreign_registrar: User

    def client(self, user: User) -> Client:
        """A browser in which `user` is logged in."""
        client = Client()
        client.force_login(user, backend="accounts.backends.EmailBackend")
        return client


def make_school() -> School:
    """Riverbend with its people, and a second school whose registrar must see nothing of it."""
    riverbend = ensure_organisation(kind="school", slug="riverbend", name="Riverbend School", zone="America/New_York")
    hillside = ensure_organisation(kind="school", slug="hillside", name="Hillside School", zone="America/Chicago")

    def person(name: str, role: str = "", place: Organisation = riverbend) -> User:
        slug = name.split(" ", maxsplit=1)[0].lower()
        user = ensure_user(email=f"{slug}@example.org", legal_name=name, password="a-long-password")
        if role:
            grant_role(user=user, organisation=place, role=role)
        return user

    world = School(
        school=riverbend,
        other_school=hillside,
        learner_user=person("Daniela Reyes"),
        other_learner_user=person("Jun Park"),
        instructor=person("Ines Instructor", "instructor"),
        coordinator=person("Cora Coordinator", "coordinator"),
        registrar=person("Helen Marsh", "registrar"),
        second_registrar=person("Victor Osei", "registrar"),
        admin=person("Ada Admin", "admin"),
        foreign_registrar=person("Fern Foreign", "registrar", hillside),
    )
    grant_role(user=person("Hugo Hillside"), organisation=hillside, role="admin")
    for user, title in (
        (world.registrar, "Registrar"),
        (world.second_registrar, "Registrar"),
        (world.admin, "Administrator"),
    ):
        enter(riverbend, user, title, by=world.admin)
    enter(hillside, world.foreign_registrar, "Registrar", by=User.objects.get(email="hugo@example.org"))
    return world


def enter(school: Organisation, user: User, title: str, *, by: User) -> Signer:
    """Put a person on a school's register of signers, long ago."""
    return enter_signer(school=school, user=user, name=user.legal_name, title=title, from_on=date(2020, 1, 1), by=by)


@layer
def school() -> School:
    """Riverbend with its people."""
    return make_school()


def make_rule_set() -> RuleSet:
    """The small sample pack."""
    return import_rules(text=SMALL_PACK, filename="small-sample@1.yaml")


@layer
def rule_set() -> RuleSet:
    """The small sample pack, imported."""
    return make_rule_set()


@layer
def record(school: School, rule_set: RuleSet) -> TrainingRecord:
    """The learner's record at Riverbend, judged by the small pack, with one required quiz."""
    return open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        program_start_on=date(2026, 1, 5),
        requirements=[("quiz:MFR", "Quiz: myofascial release")],
        source_key="enrollment:00000000-0000-4000-8000-000000000001",
    )


@layer
def demo() -> Demo:
    """The demo school."""
    return load()
