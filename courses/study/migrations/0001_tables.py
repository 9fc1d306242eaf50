"""Seat time, and what learners and instructors write."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from certification.first_tables import CreateModels


def room_for_beats(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """On PostgreSQL a beat rewrites its row in place, if there is room beside it: nothing is indexed that it changes."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE study_studysession SET (fillfactor = 70)")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_tables"),
        ("enrollments", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Announcement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="announcements",
                                to="enrollments.cohort",
                            ),
                        ),
                        ("subject", models.CharField(blank=True, max_length=120)),
                        ("text", models.TextField(blank=True, max_length=4000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_to", models.PositiveIntegerField(help_text="Learners who got the mail.")),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["cohort", "sent_at"], name="announcements_of_cohort")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("erased_at", None),
                                        models.Q(("subject", ""), _negated=True),
                                        models.Q(("text", ""), _negated=True),
                                    ),
                                    models.Q(("erased_at__isnull", False), ("subject", ""), ("text", "")),
                                    _connector="OR",
                                ),
                                name="announcement_says_something_or_is_erased",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnnouncementDismissal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "announcement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="dismissals",
                                to="study.announcement",
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrollments.enrollment",
                            ),
                        ),
                        ("dismissed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("announcement", "enrollment"), name="one_dismissal_per_learner"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SelfCheckAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="self_checks",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="self_checks",
                                to="catalog.lesson",
                            ),
                        ),
                        ("block", models.UUIDField()),
                        (
                            "content_revision",
                            models.CharField(help_text="The words that she answered last.", max_length=60),
                        ),
                        ("chosen", models.TextField(blank=True)),
                        ("tries", models.PositiveSmallIntegerField(default=1)),
                        ("right_at_first", models.BooleanField()),
                        ("right", models.BooleanField(help_text="Whether the last answer was right.")),
                        ("first_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "lesson", "block"), name="one_answer_per_self_check"
                            ),
                            models.CheckConstraint(condition=models.Q(("tries__gte", 1)), name="self_check_tried"),
                            models.CheckConstraint(
                                condition=models.Q(("first_at__lte", models.F("answered_at"))),
                                name="self_check_first_before_last",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reflection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reflections",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reflections",
                                to="catalog.lesson",
                            ),
                        ),
                        ("block", models.UUIDField()),
                        ("question", models.TextField(blank=True)),
                        ("text", models.TextField(blank=True)),
                        ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "lesson", "block"), name="one_reflection_per_question"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LessonNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "uuid",
                            models.UUIDField(editable=False, help_text="Given by the page that wrote it.", unique=True),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notes",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="catalog.lesson"
                            ),
                        ),
                        ("block", models.UUIDField(blank=True, null=True)),
                        ("exact", models.TextField(blank=True)),
                        ("prefix", models.CharField(blank=True, max_length=64)),
                        ("suffix", models.CharField(blank=True, max_length=64)),
                        (
                            "color",
                            models.CharField(
                                blank=True,
                                choices=[("yellow", "Yellow"), ("green", "Green"), ("blue", "Blue")],
                                max_length=6,
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        ("content_revision", models.CharField(blank=True, max_length=60)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["enrollment", "lesson"], name="notes_in_a_lesson")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("block", None),
                                        ("color", ""),
                                        ("exact", ""),
                                        ("prefix", ""),
                                        ("suffix", ""),
                                        models.Q(("text", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("exact", ""), _negated=True),
                                        ("color__in", ["yellow", "green", "blue"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="note_marks_a_passage_or_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("created_at__lte", models.F("updated_at"))),
                                name="note_made_before_changed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bookmark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookmarks",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookmarks",
                                to="catalog.lesson",
                            ),
                        ),
                        ("place", models.CharField(blank=True, max_length=80)),
                        ("title", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "lesson", "place"), name="one_bookmark_per_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StudySession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="study_sessions",
                                to="records.learner",
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="study_sessions",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="study_sessions",
                                to="catalog.lesson",
                            ),
                        ),
                        ("content_revision", models.CharField(blank=True, max_length=60)),
                        ("opened_ms", models.BigIntegerField()),
                        ("last_seen_ms", models.BigIntegerField()),
                        ("credited_ms", models.BigIntegerField(default=0)),
                        ("sequence", models.BigIntegerField(default=0)),
                        ("limit_ms", models.BigIntegerField()),
                        ("limit_reason", models.CharField(max_length=8)),
                        ("gap_ms", models.BigIntegerField()),
                        ("idle_since_ms", models.BigIntegerField(null=True)),
                        ("idle_mark", models.CharField(blank=True, max_length=1)),
                        ("pauses", models.TextField(blank=True)),
                        ("penalty", models.CharField(default="pause", max_length=5)),
                        ("idle_ms", models.BigIntegerField(default=300000)),
                        ("signed_ms", models.BigIntegerField(default=0)),
                        ("held_ms", models.BigIntegerField(default=0)),
                        ("check_ms", models.BigIntegerField(default=0)),
                        ("answer_ms", models.BigIntegerField(default=120000)),
                        ("unchecked_ms", models.BigIntegerField(default=0)),
                        ("asked", models.PositiveIntegerField(default=0)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "position",
                            models.PositiveSmallIntegerField(
                                default=0, validators=[django.core.validators.MaxValueValidator(1000)]
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6
                            ),
                        ),
                        (
                            "close_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("closed", "You left the lesson"),
                                    ("completed", "You finished the lesson"),
                                    ("superseded", "You went on in another window or lesson"),
                                    ("logout", "You signed out"),
                                    ("stale", "The page fell silent"),
                                    ("suspended", "Your place was paused"),
                                    ("lost", "The lesson is no longer open to you"),
                                    ("absent", "The question whether you are there was answered wrongly too often"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("posted", models.BooleanField(default=False)),
                        ("posted_minutes", models.PositiveIntegerField(default=0)),
                        ("origin_hash", models.CharField(editable=False, max_length=64, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["enrollment", "opened_ms"], name="sessions_of_enrollment"),
                            models.Index(
                                condition=models.Q(("posted", False), ("state", "closed")),
                                fields=["closed_at"],
                                name="sessions_to_post",
                            ),
                            models.Index(
                                condition=models.Q(("origin_hash__isnull", False)),
                                fields=["opened_ms"],
                                name="sessions_with_origin",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("learner",),
                                name="one_open_session_per_learner",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("credited_ms__gte", 0), ("credited_ms__lte", models.F("limit_ms"))),
                                name="session_credit_within_limit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "credited_ms__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("last_seen_ms"), "-", models.F("opened_ms")
                                        ),
                                    )
                                ),
                                name="session_credit_within_the_clock",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("close_reason", ""),
                                        ("closed_at__isnull", True),
                                        ("posted", False),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("state", "closed"),
                                        models.Q(("close_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="session_open_or_closed_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeatCarry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seat_carries",
                                to="records.learner",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.lesson"
                            ),
                        ),
                        ("carry_ms", models.PositiveIntegerField(default=0)),
                        ("spans", models.TextField(blank=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("learner", "lesson"), name="one_carry_per_lesson"),
                            models.CheckConstraint(
                                condition=models.Q(("carry_ms__lt", 60000)), name="carry_below_a_minute"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LessonProgress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="progress",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="progress",
                                to="catalog.lesson",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("begun", "Begun"), ("finished", "Finished")], default="begun", max_length=8
                            ),
                        ),
                        (
                            "position",
                            models.PositiveSmallIntegerField(
                                default=0, validators=[django.core.validators.MaxValueValidator(1000)]
                            ),
                        ),
                        ("seat_minutes", models.PositiveIntegerField(default=0)),
                        (
                            "credit",
                            models.CharField(
                                choices=[
                                    ("measured", "The minutes that the clock counted"),
                                    ("awarded", "The lesson’s approved minutes, once it is finished"),
                                ],
                                default="measured",
                                max_length=8,
                            ),
                        ),
                        ("opened_at", models.DateTimeField(help_text="When she last opened it.")),
                        ("completed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "content_revision",
                            models.CharField(blank=True, help_text="The words that she finished.", max_length=60),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("enrollment", "lesson"), name="one_progress_per_lesson"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completed_at__isnull", True), ("state", "begun")),
                                    models.Q(("completed_at__isnull", False), ("state", "finished")),
                                    _connector="OR",
                                ),
                                name="progress_finished_on_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClipWatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clips",
                                to="enrollments.enrollment",
                            ),
                        ),
                        ("clip", models.UUIDField()),
                        ("watched", models.TextField(blank=True)),
                        ("position_ms", models.PositiveIntegerField(default=0)),
                        ("at_ms", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("enrollment", "clip"), name="one_watch_per_clip")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionThread",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_threads",
                                to="enrollments.enrollment",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_threads",
                                to="catalog.lesson",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for an answer"),
                                    ("answered", "Answered"),
                                    ("closed", "Closed"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("waiting_since", models.DateTimeField(blank=True, null=True)),
                        ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["lesson", "waiting_since"],
                                name="threads_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("enrollment", "lesson"), name="one_thread_per_lesson"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "waiting"), ("waiting_since__isnull", False)),
                                    models.Q(("state__in", ["answered", "closed"]), ("waiting_since", None)),
                                    _connector="OR",
                                ),
                                name="thread_waits_since_a_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="study.questionthread",
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("from_staff", models.BooleanField()),
                        ("text", models.TextField(blank=True, max_length=2000)),
                        ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("hidden_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "hidden_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("hidden_reason", models.CharField(blank=True, max_length=300)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["thread", "sent_at"], name="messages_of_thread"),
                            models.Index(
                                condition=models.Q(("from_staff", False)),
                                fields=["author", "sent_at"],
                                name="questions_asked",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("erased_at", None), models.Q(("text", ""), _negated=True)),
                                    models.Q(("erased_at__isnull", False), ("hidden_reason", ""), ("text", "")),
                                    _connector="OR",
                                ),
                                name="message_says_something_or_is_erased",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                                    models.Q(
                                        ("hidden_at__isnull", False),
                                        ("hidden_by__isnull", False),
                                        models.Q(
                                            models.Q(("hidden_reason", ""), _negated=True),
                                            ("erased_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_hidden_by_somebody_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PublishedAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="published_answers",
                                to="catalog.lesson",
                            ),
                        ),
                        (
                            "thread",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="published",
                                to="study.questionthread",
                            ),
                        ),
                        ("question", models.TextField(blank=True, max_length=2000)),
                        ("answer", models.TextField(blank=True, max_length=2000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=["lesson", "published_at"],
                                name="answers_of_lesson",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("thread",),
                                name="one_published_answer_per_thread",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("erased_at", None),
                                        models.Q(("question", ""), _negated=True),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("answer", ""),
                                        ("erased_at__isnull", False),
                                        ("question", ""),
                                        ("withdrawn_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="published_answer_says_something_or_is_erased",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(
                                            ("withdrawn_by__isnull", False),
                                            ("erased_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="published_answer_withdrawn_by_somebody",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(room_for_beats, migrations.RunPython.noop),
    ]
