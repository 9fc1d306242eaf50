"""Programs, their pages and the school's library."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
import modelcluster.fields
import modelsearch.index
import taggit.managers
import wagtail.fields
import wagtail.images.models
import wagtail.models.media
from django.conf import settings
from django.db import migrations, models

import certification.records.models.people
import courses.catalog.models.assets
import courses.catalog.models.pages
from certification.first_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("quizzes", "0001_tables"),
        ("requirements", "0001_tables"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="SchoolImage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        ("title", models.CharField(max_length=255, verbose_name="title")),
                        (
                            "description",
                            models.CharField(blank=True, default="", max_length=255, verbose_name="description"),
                        ),
                        ("width", models.IntegerField(editable=False, verbose_name="width")),
                        ("height", models.IntegerField(editable=False, verbose_name="height")),
                        (
                            "created_at",
                            models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="created at"),
                        ),
                        (
                            "uploaded_by_user",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="uploaded by user",
                            ),
                        ),
                        ("focal_point_x", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_y", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_width", models.PositiveIntegerField(blank=True, null=True)),
                        ("focal_point_height", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_size", models.PositiveIntegerField(editable=False, null=True)),
                        ("file_hash", models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
                        (
                            "file",
                            courses.catalog.models.assets.PlainPictureField(
                                height_field="height",
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to=wagtail.images.models.get_upload_to,
                                verbose_name="file",
                                width_field="width",
                            ),
                        ),
                        ("alt", models.CharField(blank=True, max_length=300, verbose_name="what it shows")),
                        ("credit", models.CharField(blank=True, max_length=200, verbose_name="credit")),
                        (
                            "tags",
                            taggit.managers.TaggableManager(
                                blank=True,
                                help_text=None,
                                through="taggit.TaggedItem",
                                to="taggit.Tag",
                                verbose_name="tags",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                    bases=(wagtail.images.models.ImageFileMixin, modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="SchoolRendition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("filter_spec", models.CharField(db_index=True, max_length=255)),
                        ("width", models.IntegerField(editable=False)),
                        ("height", models.IntegerField(editable=False)),
                        ("focal_point_key", models.CharField(blank=True, default="", editable=False, max_length=16)),
                        (
                            "image",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="renditions",
                                to="catalog.schoolimage",
                            ),
                        ),
                        (
                            "file",
                            courses.catalog.models.assets.CopyField(
                                height_field="height",
                                storage=wagtail.images.models.get_rendition_storage,
                                upload_to=wagtail.images.models.get_rendition_upload_to,
                                width_field="width",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("image", "filter_spec", "focal_point_key"), name="one_rendition_per_filter"
                            )
                        ],
                    },
                    bases=(wagtail.images.models.ImageFileMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="SchoolDocument",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        ("title", models.CharField(max_length=255, verbose_name="title")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        (
                            "uploaded_by_user",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="uploaded by user",
                            ),
                        ),
                        ("file_size", models.PositiveBigIntegerField(editable=False, null=True)),
                        ("file_hash", models.CharField(blank=True, editable=False, max_length=40)),
                        (
                            "file",
                            models.FileField(
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to="documents",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "tags",
                            taggit.managers.TaggableManager(
                                blank=True,
                                help_text=None,
                                through="taggit.TaggedItem",
                                to="taggit.Tag",
                                verbose_name="tags",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "document",
                        "verbose_name_plural": "documents",
                        "abstract": False,
                    },
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="Figure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=60,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9][a-z0-9-]*$", "Write it in small letters, figures and hyphens."
                                    )
                                ],
                                verbose_name="code",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "description",
                            models.TextField(
                                help_text="What the drawing shows, for someone who cannot see it.",
                                verbose_name="description",
                            ),
                        ),
                        (
                            "caption",
                            models.TextField(
                                blank=True, help_text="One or two sentences under the legend.", verbose_name="caption"
                            ),
                        ),
                        (
                            "legend",
                            models.TextField(
                                blank=True,
                                help_text="One name a line: 1 is the first, 2 the second …",
                                verbose_name="legend",
                            ),
                        ),
                        ("credit", models.CharField(blank=True, max_length=200, verbose_name="credit")),
                        (
                            "drawing",
                            models.TextField(
                                help_text="Paste the SVG. Shapes, text and classes are kept; style, script and links to elsewhere are not.",
                                verbose_name="drawing (SVG)",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "figure",
                        "verbose_name_plural": "figures",
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("collection", "code"),
                                name="one_figure_per_code",
                                violation_error_message="Another figure has this code; choose another.",
                            )
                        ],
                    },
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="LessonMedia",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        ("title", models.CharField(max_length=255, verbose_name="title")),
                        (
                            "type",
                            models.CharField(
                                choices=[("audio", "Audio file"), ("video", "Video file")], max_length=255
                            ),
                        ),
                        (
                            "duration",
                            models.FloatField(
                                blank=True,
                                default=0,
                                help_text="Duration in seconds",
                                validators=[django.core.validators.MinValueValidator(0)],
                                verbose_name="duration",
                            ),
                        ),
                        ("width", models.PositiveIntegerField(blank=True, null=True, verbose_name="width")),
                        ("height", models.PositiveIntegerField(blank=True, null=True, verbose_name="height")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        (
                            "uploaded_by_user",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="uploaded by user",
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "code",
                            models.CharField(
                                blank=True,
                                help_text="Files name it by this.",
                                max_length=60,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9][a-z0-9-]*$", "Write it in small letters, figures and hyphens."
                                    )
                                ],
                                verbose_name="code",
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to="lesson-media",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "thumbnail",
                            models.FileField(
                                blank=True,
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to="lesson-media",
                                verbose_name="poster",
                            ),
                        ),
                        (
                            "captions",
                            models.FileField(
                                blank=True,
                                help_text="A .vtt file. A lesson takes the clip only with captions.",
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to="lesson-media",
                                validators=[django.core.validators.FileExtensionValidator(["vtt"])],
                                verbose_name="captions (WebVTT)",
                            ),
                        ),
                        (
                            "chapters",
                            models.FileField(
                                blank=True,
                                help_text="A .vtt file whose cues are the parts of the clip; they are listed under the player.",
                                storage=courses.catalog.models.assets.private_storage,
                                upload_to="lesson-media",
                                validators=[django.core.validators.FileExtensionValidator(["vtt"])],
                                verbose_name="chapters (WebVTT)",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(default="en", max_length=10, verbose_name="language of the captions"),
                        ),
                        ("transcript", models.TextField(blank=True, verbose_name="transcript")),
                        (
                            "tags",
                            taggit.managers.TaggableManager(
                                blank=True,
                                help_text=None,
                                through="taggit.TaggedItem",
                                to="taggit.Tag",
                                verbose_name="tags",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "clip",
                        "verbose_name_plural": "clips",
                        "abstract": False,
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("code", ""), _negated=True),
                                fields=("collection", "code"),
                                name="one_clip_per_code",
                                violation_error_message="Another clip has this code; choose another.",
                            )
                        ],
                    },
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="LibraryEdition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=32)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_library_edition")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpentUpload",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("token", models.CharField(max_length=43, unique=True)),
                        ("spent_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Program",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="programs",
                                to="accounts.organisation",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.TextField(blank=True)),
                        (
                            "rule_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="programs",
                                to="requirements.ruleset",
                            ),
                        ),
                        ("is_open", models.BooleanField(default=True, verbose_name="takes new learners")),
                        (
                            "externship_category",
                            models.CharField(
                                blank=True,
                                help_text="Category of the shifts; empty: this program has none.",
                                max_length=60,
                            ),
                        ),
                        (
                            "externship_minutes",
                            models.PositiveIntegerField(default=0, help_text="Planned minutes of shifts."),
                        ),
                        ("externship_summary", models.TextField(blank=True)),
                        (
                            "beat_seconds",
                            models.PositiveSmallIntegerField(
                                default=30,
                                help_text="How often an open lesson reports, in seconds: 5 to 300.",
                                validators=[
                                    django.core.validators.MinValueValidator(
                                        5, "An open lesson reports every 5 seconds at the most: give 5 or more."
                                    ),
                                    django.core.validators.MaxValueValidator(
                                        300, "An open lesson reports every 5 minutes at the least: give 300 or less."
                                    ),
                                ],
                                verbose_name="beat",
                            ),
                        ),
                        (
                            "gap_seconds",
                            models.PositiveSmallIntegerField(
                                default=150,
                                help_text="A silence longer than this counts nothing: the most that a lost network can cost. At least two beats, at most the idle limit.",
                                validators=[
                                    django.core.validators.MaxValueValidator(
                                        900,
                                        "A page silent for 15 minutes is closed: give 900 seconds or less for the gap.",
                                    )
                                ],
                                verbose_name="gap",
                            ),
                        ),
                        (
                            "idle_seconds",
                            models.PositiveSmallIntegerField(
                                default=300,
                                help_text="Without a touch, a key or playing media for so many seconds, time stops: 30 to 3600.",
                                validators=[
                                    django.core.validators.MinValueValidator(
                                        30,
                                        "Nobody reads without a pause: give 30 seconds or more, 300 if you are not sure.",
                                    ),
                                    django.core.validators.MaxValueValidator(
                                        3600, "After an hour without a sign nobody is there: give 3600 seconds or less."
                                    ),
                                ],
                                verbose_name="idle limit",
                            ),
                        ),
                        (
                            "idle_penalty",
                            models.CharField(
                                choices=[
                                    ("pause", "The clock stands still; what came before counts"),
                                    ("idle", "The idle time itself is taken back too"),
                                    ("unit", "All that this visit had counted is taken back"),
                                ],
                                default="pause",
                                help_text="What an idle page costs. Some boards ask that idle time, or all of the visit, is lost.",
                                max_length=5,
                                verbose_name="when somebody is idle",
                            ),
                        ),
                        (
                            "counts_hidden_media",
                            models.BooleanField(
                                default=False,
                                help_text="For audio that is listened to. Otherwise the clock stands still while the page is not in front.",
                                verbose_name="a clip counts while the page is hidden",
                            ),
                        ),
                        (
                            "presence_minutes",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="After so many counted minutes the page asks a small question; 0: never. Florida asks every hour.",
                                validators=[django.core.validators.MaxValueValidator(240)],
                                verbose_name="ask whether she is there, every",
                            ),
                        ),
                        (
                            "answer_seconds",
                            models.PositiveSmallIntegerField(
                                default=120,
                                help_text="Seconds in which an answer counts the waiting too. Give enough for who uses a screen reader.",
                                validators=[
                                    django.core.validators.MinValueValidator(30),
                                    django.core.validators.MaxValueValidator(900),
                                ],
                                verbose_name="time to answer",
                            ),
                        ),
                        (
                            "presence_tries",
                            models.PositiveSmallIntegerField(
                                default=3,
                                help_text="After so many wrong answers the visit is closed.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(10),
                                ],
                                verbose_name="wrong answers",
                            ),
                        ),
                        (
                            "day_cap_minutes",
                            models.PositiveSmallIntegerField(
                                default=480,
                                help_text="Seat minutes that a day can hold, in the record’s time zone; 0: no cap.",
                                verbose_name="day cap",
                            ),
                        ),
                        (
                            "week_cap_minutes",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Seat minutes that a week from Monday on can hold; 0: no cap.",
                                verbose_name="week cap",
                            ),
                        ),
                        (
                            "in_order",
                            models.BooleanField(
                                default=False,
                                help_text="Each lesson opens when all before it are finished.",
                                verbose_name="lessons in order",
                            ),
                        ),
                        (
                            "credit",
                            models.CharField(
                                choices=[
                                    ("measured", "The minutes that the clock counted"),
                                    ("awarded", "The lesson’s approved minutes, once it is finished"),
                                ],
                                default="measured",
                                help_text="For lessons begun from now on. Approved minutes need a least time or a quiz in every lesson.",
                                max_length=8,
                                verbose_name="what a lesson gives",
                            ),
                        ),
                        (
                            "certificate_term",
                            models.CharField(
                                blank=True,
                                help_text="Empty: for good. Else so long, as “24 months”, or until a cycle of continuing education ends: “08-31 odd” is August 31 of odd years (Florida), “10-31 even” October 31 of even ones (Georgia), “12-31” the end of each year. It binds who enrolls from now on.",
                                max_length=20,
                                validators=[certification.records.models.people.validate_term],
                                verbose_name="its certificate holds",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "code", "version"), name="one_program_per_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "gap_seconds__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("beat_seconds"), "*", models.Value(2)
                                        ),
                                    )
                                ),
                                name="gap_is_at_least_two_beats",
                                violation_error_message="The gap must be at least two beats, or an honest report could come too late.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("beat_seconds__gte", 5), ("beat_seconds__lte", 300)),
                                name="beat_of_5_seconds_to_5_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("idle_seconds__gte", 30), ("idle_seconds__lte", 3600)),
                                name="idle_limit_of_half_a_minute_to_an_hour",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("gap_seconds__lte", 900)),
                                name="gap_is_at_most_a_quarter_of_an_hour",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("gap_seconds__lte", models.F("idle_seconds"))),
                                name="gap_is_at_most_the_idle_limit",
                                violation_error_message="The gap must not be longer than the idle limit, or a silent page counts for longer than an idle one. Shorten the gap, or lengthen the idle limit.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("answer_seconds__gte", 30)),
                                name="answer_time_of_half_a_minute",
                                violation_error_message="Give at least 30 seconds to answer.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("presence_minutes", 0), ("presence_minutes__gte", 5), _connector="OR"
                                ),
                                name="presence_is_asked_not_too_often",
                                violation_error_message="Ask every 5 minutes at the most, or never (0).",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("idle_penalty__in", ["pause", "idle", "unit"])),
                                name="program_penalty_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("credit__in", ["measured", "awarded"])), name="program_credit_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("externship_minutes", 0),
                                    models.Q(("externship_category", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="externship_minutes_have_a_category",
                                violation_error_message="Choose a category of the program’s rules for the shifts.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Module",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="modules",
                                to="catalog.program",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.TextField(blank=True)),
                        ("objectives", models.JSONField(blank=True, default=list)),
                        ("category", models.CharField(max_length=60)),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                help_text="Planned minutes: lessons, classes and labs together."
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("complete", "Complete"),
                                    ("in_preparation", "In preparation"),
                                    ("retired", "Retired"),
                                ],
                                default="in_preparation",
                                max_length=16,
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="modules",
                                to="quizzes.quiz",
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                blank=True,
                                help_text="Reviews each draft of this module before the registrar does.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="lead",
                            ),
                        ),
                        ("gates", models.JSONField(blank=True, default=list)),
                        ("sort_order", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["sort_order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("program", "code", "version"), name="one_module_per_version"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lesson",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                default=60,
                                help_text="Most seat minutes that this lesson can give.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(1440),
                                ],
                                verbose_name="minutes",
                            ),
                        ),
                        (
                            "min_seat_minutes",
                            models.PositiveIntegerField(
                                default=0,
                                help_text="Seat minutes before it can be finished; 0: none.",
                                verbose_name="least minutes",
                            ),
                        ),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("synchronous", "Live online"),
                                    ("asynchronous", "Online, own time"),
                                ],
                                default="asynchronous",
                                max_length=14,
                                verbose_name="delivery",
                            ),
                        ),
                        (
                            "instructor",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who answers for it and is asked about it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="instructor",
                            ),
                        ),
                        (
                            "needs_self_checks",
                            models.BooleanField(
                                default=False,
                                help_text="Right or wrong: answering is enough.",
                                verbose_name="every self-check answered",
                            ),
                        ),
                        (
                            "needs_quiz_percent",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Empty: the quiz is not asked for.",
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="least percent in the module's quiz",
                            ),
                        ),
                        (
                            "needs_mark",
                            models.BooleanField(
                                default=False,
                                help_text="An instructor says for each learner that it is done.",
                                verbose_name="an instructor's mark",
                            ),
                        ),
                        (
                            "release_on",
                            models.DateField(
                                blank=True,
                                help_text="The same day for everybody; empty: no day.",
                                null=True,
                                verbose_name="opens on",
                            ),
                        ),
                        (
                            "release_after_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Counted from the day on which the learner or her group began; empty: none.",
                                null=True,
                                verbose_name="opens days after the start",
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "module",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="catalog.module"
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("title", models.CharField(max_length=200)),
                        ("category", models.CharField(max_length=60)),
                        ("gates", models.JSONField(blank=True, default=list)),
                        ("sort_order", models.PositiveIntegerField(default=0)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("studied_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("redo_since", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["sort_order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("module", "code"), name="one_lesson_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(("min_seat_minutes__lte", models.F("minutes"))),
                                name="lesson_least_within_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("needs_quiz_percent", None),
                                    models.Q(("needs_quiz_percent__gte", 1), ("needs_quiz_percent__lte", 100)),
                                    _connector="OR",
                                ),
                                name="lesson_quiz_percent_within_a_hundred",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LessonChange",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="catalog.lesson"
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("cosmetic", "Cosmetic: nothing to learn has changed"),
                                    ("added", "Added: those who finished it are told, nothing is asked of them"),
                                    ("redo", "Must be redone: those who finished it are asked to go through it again"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="what has changed")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-decided_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["cosmetic", "added", "redo"])),
                                name="change_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "cosmetic"), models.Q(("note", ""), _negated=True), _connector="OR"
                                ),
                                name="change_that_is_told_has_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseApproval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="catalog.program",
                            ),
                        ),
                        (
                            "module",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="catalog.module",
                            ),
                        ),
                        ("body", models.CharField(max_length=120, verbose_name="approving body")),
                        ("number", models.CharField(max_length=60, verbose_name="number")),
                        (
                            "regulator",
                            models.CharField(
                                blank=True,
                                choices=[("ncbtmb", "NCBTMB"), ("florida", "Florida")],
                                default="",
                                max_length=10,
                                verbose_name="regulator",
                            ),
                        ),
                        (
                            "course_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("live", "Live"),
                                    ("webinar", "Live webinar"),
                                    ("home_study", "Home study"),
                                    ("recorded", "Recorded webinar (home study)"),
                                ],
                                default="",
                                max_length=10,
                                verbose_name="type of the course",
                            ),
                        ),
                        (
                            "instructor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title as approved")),
                        ("minutes", models.PositiveIntegerField(verbose_name="minutes as approved")),
                        ("approved_on", models.DateField(verbose_name="approved on")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                        ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-approved_on", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("body", "number", "program"), name="one_approval_per_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None), ("ends_on__gte", models.F("approved_on")), _connector="OR"
                                ),
                                name="approval_ends_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("regulator__in", ["", "ncbtmb", "florida"])),
                                name="approval_of_a_known_regulator",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("course_type__in", ["", "live", "webinar", "home_study", "recorded"])
                                ),
                                name="approval_of_a_course_type",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("regulator", ""),
                                    models.Q(
                                        models.Q(("course_type", ""), _negated=True), ("instructor__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="regulators_approve_typed_courses_of_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Examination",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="examinations",
                                to="catalog.program",
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="examinations",
                                to="quizzes.quiz",
                                verbose_name="quiz",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "attempts_allowed",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="attempts",
                            ),
                        ),
                        ("gates", models.JSONField(blank=True, default=list)),
                        ("is_required", models.BooleanField(default=True, verbose_name="needed for the certificate")),
                        ("sort_order", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["sort_order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("program", "quiz"), name="one_examination_per_quiz"),
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True), name="examination_has_a_title"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("attempts_allowed", None),
                                    models.Q(("attempts_allowed__gte", 1), ("attempts_allowed__lte", 100)),
                                    _connector="OR",
                                ),
                                name="examination_allows_an_attempt",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GlossaryTerm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        ("term", models.CharField(max_length=120, verbose_name="term")),
                        (
                            "other_forms",
                            models.TextField(
                                blank=True,
                                help_text="One a line: irregular plurals, abbreviations, Latin names.",
                                verbose_name="other forms",
                            ),
                        ),
                        (
                            "meaning",
                            models.TextField(
                                help_text="One to three sentences, without formatting.",
                                max_length=800,
                                verbose_name="meaning",
                            ),
                        ),
                        (
                            "say",
                            models.CharField(
                                blank=True,
                                help_text="Respelled, the stress in capitals: FASH-ee-uh.",
                                max_length=120,
                                verbose_name="how it is said",
                            ),
                        ),
                        (
                            "figure",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="terms",
                                to="catalog.figure",
                                verbose_name="figure",
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                    ],
                    options={
                        "verbose_name": "term",
                        "verbose_name_plural": "glossary",
                        "ordering": [django.db.models.functions.text.Lower("term"), "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("collection"),
                                models.F("language"),
                                django.db.models.functions.text.Lower("term"),
                                name="one_meaning_per_term",
                                violation_error_message="The glossary has this term already; edit that one.",
                            )
                        ],
                    },
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
                migrations.CreateModel(
                    name="EditorialOffice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "school",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="editorial_office",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "collection",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wagtailcore.collection",
                            ),
                        ),
                        (
                            "instructors",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="auth.group"
                            ),
                        ),
                        (
                            "registrars",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="auth.group"
                            ),
                        ),
                        (
                            "administrators",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="auth.group"
                            ),
                        ),
                        (
                            "review",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wagtailcore.workflow"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ProgramTeam",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "program",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="team", to="catalog.program"
                            ),
                        ),
                        (
                            "group",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="auth.group"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TeamMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="catalog.programteam",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="teams",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("team", "user"), name="one_place_in_a_team")],
                    },
                ),
                migrations.CreateModel(
                    name="ProgramBank",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="banks", to="catalog.program"
                            ),
                        ),
                        (
                            "bank",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="in_programs",
                                to="quizzes.questionbank",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("program", "bank"), name="one_bank_a_program")],
                    },
                ),
                migrations.CreateModel(
                    name="ModuleLeadTask",
                    fields=[
                        (
                            "task_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to="wagtailcore.task",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "review by the module's lead",
                    },
                    bases=("wagtailcore.task",),
                ),
                migrations.CreateModel(
                    name="RegistrarTask",
                    fields=[
                        (
                            "task_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to="wagtailcore.task",
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "review by a registrar",
                    },
                    bases=("wagtailcore.task",),
                ),
                migrations.CreateModel(
                    name="ProgramIndexPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        ("intro", models.TextField(blank=True, max_length=500, verbose_name="intro")),
                    ],
                    options={
                        "verbose_name": "list of programs",
                    },
                    bases=(courses.catalog.models.pages.FramedPreview, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="ProgramPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        ("follows", models.PositiveIntegerField(editable=False, null=True)),
                        (
                            "program",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pages",
                                to="catalog.program",
                            ),
                        ),
                        ("lede", models.TextField(blank=True, max_length=400, verbose_name="in one or two sentences")),
                        (
                            "audience",
                            courses.catalog.models.pages.CleanTextField(blank=True, verbose_name="who it is for"),
                        ),
                        (
                            "outcomes",
                            courses.catalog.models.pages.CleanTextField(
                                blank=True, verbose_name="what you will be able to do"
                            ),
                        ),
                        (
                            "entry_conditions",
                            courses.catalog.models.pages.CleanTextField(blank=True, verbose_name="who can join"),
                        ),
                        (
                            "certificate_is",
                            courses.catalog.models.pages.CleanTextField(
                                blank=True, verbose_name="what the certificate is"
                            ),
                        ),
                        (
                            "certificate_is_not",
                            courses.catalog.models.pages.CleanTextField(
                                blank=True, verbose_name="what the certificate is not"
                            ),
                        ),
                        (
                            "faq",
                            wagtail.fields.StreamField(
                                [("question", 2)],
                                blank=True,
                                block_lookup={
                                    0: ("wagtail.blocks.CharBlock", (), {"label": "Question", "max_length": 200}),
                                    1: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul"], "label": "Answer"},
                                    ),
                                    2: ("wagtail.blocks.StructBlock", [[("question", 0), ("answer", 1)]], {}),
                                },
                                verbose_name="questions and answers",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "program page",
                    },
                    bases=(
                        courses.catalog.models.pages.FramedPreview,
                        courses.catalog.models.pages.OnePerLocale,
                        "wagtailcore.page",
                        models.Model,
                    ),
                ),
                migrations.CreateModel(
                    name="LessonPage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                default=60,
                                help_text="Most seat minutes that this lesson can give.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(1440),
                                ],
                                verbose_name="minutes",
                            ),
                        ),
                        (
                            "min_seat_minutes",
                            models.PositiveIntegerField(
                                default=0,
                                help_text="Seat minutes before it can be finished; 0: none.",
                                verbose_name="least minutes",
                            ),
                        ),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("synchronous", "Live online"),
                                    ("asynchronous", "Online, own time"),
                                ],
                                default="asynchronous",
                                max_length=14,
                                verbose_name="delivery",
                            ),
                        ),
                        (
                            "instructor",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who answers for it and is asked about it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="instructor",
                            ),
                        ),
                        (
                            "needs_self_checks",
                            models.BooleanField(
                                default=False,
                                help_text="Right or wrong: answering is enough.",
                                verbose_name="every self-check answered",
                            ),
                        ),
                        (
                            "needs_quiz_percent",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Empty: the quiz is not asked for.",
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="least percent in the module's quiz",
                            ),
                        ),
                        (
                            "needs_mark",
                            models.BooleanField(
                                default=False,
                                help_text="An instructor says for each learner that it is done.",
                                verbose_name="an instructor's mark",
                            ),
                        ),
                        (
                            "release_on",
                            models.DateField(
                                blank=True,
                                help_text="The same day for everybody; empty: no day.",
                                null=True,
                                verbose_name="opens on",
                            ),
                        ),
                        (
                            "release_after_days",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Counted from the day on which the learner or her group began; empty: none.",
                                null=True,
                                verbose_name="opens days after the start",
                            ),
                        ),
                        ("follows", models.PositiveIntegerField(editable=False, null=True)),
                        (
                            "lesson",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pages",
                                to="catalog.lesson",
                                verbose_name="lesson",
                            ),
                        ),
                        ("lede", models.TextField(blank=True, max_length=400, verbose_name="in one or two sentences")),
                        (
                            "review_note",
                            models.CharField(
                                blank=True,
                                help_text="Shown to learners under the title: who reviewed the lesson, or that nobody has yet.",
                                max_length=300,
                                verbose_name="review note",
                            ),
                        ),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [
                                    ("objectives", 0),
                                    ("prose", 1),
                                    ("term", 3),
                                    ("table", 8),
                                    ("figure", 11),
                                    ("photo", 17),
                                    ("hotspots", 25),
                                    ("media", 28),
                                    ("steps", 43),
                                    ("comparison", 48),
                                    ("callout", 51),
                                    ("case_study", 57),
                                    ("self_check", 65),
                                    ("reflection", 67),
                                    ("download", 70),
                                    ("embed", 74),
                                    ("references", 75),
                                ],
                                blank=True,
                                block_lookup={
                                    0: ("courses.catalog.blocks.ObjectivesBlock", (), {}),
                                    1: ("courses.catalog.blocks.ProseBlock", (), {}),
                                    2: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.GlossaryTerm",),
                                        {"label": "Term"},
                                    ),
                                    3: ("wagtail.blocks.StructBlock", [[("term", 2)]], {}),
                                    4: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link"], "label": "Words", "required": False},
                                    ),
                                    5: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Figure, at the right edge", "max_length": 40, "required": False},
                                    ),
                                    6: (
                                        "wagtail.contrib.typed_table_block.blocks.TypedTableBlock",
                                        [[("text", 4), ("number", 5)]],
                                        {"label": "Table"},
                                    ),
                                    7: (
                                        "wagtail.blocks.BooleanBlock",
                                        (),
                                        {
                                            "default": True,
                                            "label": "The first column names the rows",
                                            "required": False,
                                        },
                                    ),
                                    8: ("wagtail.blocks.StructBlock", [[("table", 6), ("row_names", 7)]], {}),
                                    9: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure"},
                                    ),
                                    10: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                                    ),
                                    11: ("wagtail.blocks.StructBlock", [[("figure", 9), ("note", 10)]], {}),
                                    12: ("wagtail.images.blocks.ImageChooserBlock", (), {"label": "Photograph"}),
                                    13: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Caption", "max_length": 200, "required": False},
                                    ),
                                    14: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "Empty: the one that stands in the library.",
                                            "label": "Credit",
                                            "max_length": 200,
                                            "required": False,
                                        },
                                    ),
                                    15: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {
                                            "help_text": "What there is to see and what matters in it, for those who cannot see it. A name or a mood is not enough.",
                                            "label": "What it shows",
                                            "max_length": 300,
                                            "rows": 2,
                                        },
                                    ),
                                    16: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {
                                            "help_text": "Where two sentences do not say it all. It stands under the picture, for everybody to open.",
                                            "label": "Described at length",
                                            "max_length": 2000,
                                            "required": False,
                                            "rows": 3,
                                        },
                                    ),
                                    17: (
                                        "wagtail.blocks.StructBlock",
                                        [
                                            [
                                                ("image", 12),
                                                ("caption", 13),
                                                ("credit", 14),
                                                ("description", 15),
                                                ("long_description", 16),
                                            ]
                                        ],
                                        {},
                                    ),
                                    18: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "What to look at", "max_length": 300, "required": False},
                                    ),
                                    19: ("wagtail.blocks.CharBlock", (), {"label": "Name", "max_length": 120}),
                                    20: ("wagtail.blocks.TextBlock", (), {"label": "Explanation", "max_length": 600}),
                                    21: (
                                        "wagtail.blocks.IntegerBlock",
                                        (),
                                        {"label": "From the left, in percent", "max_value": 100, "min_value": 0},
                                    ),
                                    22: (
                                        "wagtail.blocks.IntegerBlock",
                                        (),
                                        {"label": "From above, in percent", "max_value": 100, "min_value": 0},
                                    ),
                                    23: (
                                        "wagtail.blocks.StructBlock",
                                        [[("name", 19), ("says", 20), ("x", 21), ("y", 22)]],
                                        {},
                                    ),
                                    24: (
                                        "wagtail.blocks.ListBlock",
                                        (23,),
                                        {"label": "Points", "max_num": 12, "min_num": 1},
                                    ),
                                    25: (
                                        "wagtail.blocks.StructBlock",
                                        [[("figure", 9), ("intro", 18), ("points", 24)]],
                                        {},
                                    ),
                                    26: ("courses.catalog.blocks.MediaChooserBlock", (), {"label": "Clip"}),
                                    27: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "What it shows", "max_length": 300, "required": False},
                                    ),
                                    28: ("wagtail.blocks.StructBlock", [[("media", 26), ("caption", 27)]], {}),
                                    29: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                                    30: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {"label": "Position and preparation", "max_length": 600, "required": False},
                                    ),
                                    31: ("wagtail.blocks.CharBlock", (), {"label": "What to do", "max_length": 120}),
                                    32: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link"], "label": "How"},
                                    ),
                                    33: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "How long, how often: 60 to 90 s.",
                                            "label": "Dose",
                                            "max_length": 120,
                                            "required": False,
                                        },
                                    ),
                                    34: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "Load, or pain at most: 0 to 3 of 10.",
                                            "label": "Pressure",
                                            "max_length": 120,
                                            "required": False,
                                        },
                                    ),
                                    35: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure", "required": False},
                                    ),
                                    36: (
                                        "wagtail.images.blocks.ImageChooserBlock",
                                        (),
                                        {"label": "Or photograph", "required": False},
                                    ),
                                    37: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {
                                            "help_text": "What there is to see and what matters in it, for those who cannot see it. A name or a mood is not enough.",
                                            "label": "What the photograph shows",
                                            "max_length": 300,
                                            "required": False,
                                        },
                                    ),
                                    38: (
                                        "courses.catalog.blocks.MediaChooserBlock",
                                        (),
                                        {"label": "Or clip", "required": False},
                                    ),
                                    39: (
                                        "wagtail.blocks.StructBlock",
                                        [
                                            [
                                                ("title", 31),
                                                ("body", 32),
                                                ("dose", 33),
                                                ("pressure", 34),
                                                ("figure", 35),
                                                ("photo", 36),
                                                ("photo_description", 37),
                                                ("media", 38),
                                            ]
                                        ],
                                        {},
                                    ),
                                    40: ("wagtail.blocks.ListBlock", (39,), {"label": "Steps", "min_num": 1}),
                                    41: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {"label": "Fault", "max_length": 300, "rows": 1},
                                    ),
                                    42: ("wagtail.blocks.ListBlock", (41,), {"default": [], "label": "Common faults"}),
                                    43: (
                                        "wagtail.blocks.StructBlock",
                                        [[("title", 29), ("intro", 30), ("steps", 40), ("faults", 42)]],
                                        {},
                                    ),
                                    44: (
                                        "wagtail.blocks.ChoiceBlock",
                                        [],
                                        {
                                            "choices": [
                                                ("do", "This"),
                                                ("dont", "Not this"),
                                                ("plain", "Neither: beside the others"),
                                            ],
                                            "label": "Kind",
                                        },
                                    ),
                                    45: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul"], "label": "Text"},
                                    ),
                                    46: (
                                        "wagtail.blocks.StructBlock",
                                        [[("kind", 44), ("title", 29), ("body", 45)]],
                                        {},
                                    ),
                                    47: (
                                        "wagtail.blocks.ListBlock",
                                        (46,),
                                        {
                                            "default": [
                                                {"body": "", "kind": "do", "title": ""},
                                                {"body": "", "kind": "dont", "title": ""},
                                            ],
                                            "label": "Columns",
                                            "max_num": 3,
                                            "min_num": 2,
                                        },
                                    ),
                                    48: ("wagtail.blocks.StructBlock", [[("title", 29), ("columns", 47)]], {}),
                                    49: (
                                        "wagtail.blocks.ChoiceBlock",
                                        [],
                                        {
                                            "choices": [
                                                (
                                                    "contraindication",
                                                    "Contraindication: do not treat, ask first, adapt",
                                                ),
                                                ("red_flag", "Red flag: stop and refer"),
                                                ("note", "Note"),
                                            ],
                                            "label": "Kind",
                                        },
                                    ),
                                    50: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                                    ),
                                    51: (
                                        "wagtail.blocks.StructBlock",
                                        [[("kind", 49), ("title", 29), ("body", 50)]],
                                        {},
                                    ),
                                    52: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul"], "label": "What is found"},
                                    ),
                                    53: ("wagtail.blocks.TextBlock", (), {"label": "Question", "max_length": 400}),
                                    54: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol"], "label": "Answer"},
                                    ),
                                    55: ("wagtail.blocks.StructBlock", [[("question", 53), ("answer", 54)]], {}),
                                    56: (
                                        "wagtail.blocks.ListBlock",
                                        (55,),
                                        {"label": "Questions", "max_num": 8, "min_num": 1},
                                    ),
                                    57: (
                                        "wagtail.blocks.StructBlock",
                                        [[("title", 29), ("vignette", 52), ("questions", 56)]],
                                        {},
                                    ),
                                    58: ("wagtail.blocks.TextBlock", (), {"label": "Question", "max_length": 600}),
                                    59: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {"label": "Answer", "max_length": 400, "rows": 1},
                                    ),
                                    60: ("wagtail.blocks.BooleanBlock", (), {"label": "Right", "required": False}),
                                    61: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {"label": "What to say to it", "max_length": 400, "required": False, "rows": 1},
                                    ),
                                    62: (
                                        "wagtail.blocks.StructBlock",
                                        [[("text", 59), ("correct", 60), ("feedback", 61)]],
                                        {},
                                    ),
                                    63: (
                                        "wagtail.blocks.ListBlock",
                                        (62,),
                                        {
                                            "default": [
                                                {"correct": False, "feedback": "", "text": ""},
                                                {"correct": False, "feedback": "", "text": ""},
                                            ],
                                            "label": "Answers",
                                            "max_num": 6,
                                            "min_num": 2,
                                        },
                                    ),
                                    64: (
                                        "wagtail.blocks.TextBlock",
                                        (),
                                        {"label": "Explanation", "max_length": 1000, "required": False},
                                    ),
                                    65: (
                                        "wagtail.blocks.StructBlock",
                                        [[("question", 58), ("choices", 63), ("explanation", 64)]],
                                        {},
                                    ),
                                    66: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Hint", "max_length": 200, "required": False},
                                    ),
                                    67: ("wagtail.blocks.StructBlock", [[("question", 58), ("hint", 66)]], {}),
                                    68: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "File"}),
                                    69: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "What it is for", "max_length": 300, "required": False},
                                    ),
                                    70: ("wagtail.blocks.StructBlock", [[("document", 68), ("note", 69)]], {}),
                                    71: ("wagtail.blocks.URLBlock", (), {"label": "Address", "max_length": 500}),
                                    72: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 160}),
                                    73: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "What she finds there", "max_length": 300, "required": False},
                                    ),
                                    74: (
                                        "wagtail.blocks.StructBlock",
                                        [[("url", 71), ("title", 72), ("note", 73)]],
                                        {},
                                    ),
                                    75: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                                },
                                help_text="Objectives first, references last.",
                                verbose_name="lesson",
                            ),
                        ),
                        (
                            "category",
                            models.CharField(
                                blank=True,
                                help_text="Only where its hours count elsewhere than the module’s.",
                                max_length=60,
                                verbose_name="category",
                            ),
                        ),
                        (
                            "after_minutes",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Attended minutes on the learner’s record; empty: none.",
                                null=True,
                                verbose_name="opens after minutes",
                            ),
                        ),
                        ("after_category", models.CharField(blank=True, max_length=60, verbose_name="minutes in")),
                        (
                            "after_milestone",
                            models.CharField(
                                blank=True,
                                help_text="The code of a check-off or another fact on the record, such as check-off:palpation.",
                                max_length=80,
                                verbose_name="opens after a check-off",
                            ),
                        ),
                        (
                            "after_lessons",
                            modelcluster.fields.ParentalManyToManyField(
                                blank=True,
                                related_name="+",
                                to="catalog.lesson",
                                verbose_name="opens after these lessons",
                            ),
                        ),
                        (
                            "after_quizzes",
                            modelcluster.fields.ParentalManyToManyField(
                                blank=True,
                                related_name="+",
                                to="catalog.module",
                                verbose_name="opens after the quizzes of these modules",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "lesson page",
                    },
                    bases=(
                        courses.catalog.models.pages.FramedPreview,
                        courses.catalog.models.pages.OnePerLocale,
                        courses.catalog.models.pages.Planned,
                        "wagtailcore.page",
                        models.Model,
                    ),
                ),
                migrations.CreateModel(
                    name="MediaUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "page",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="media_uses",
                                to="catalog.lessonpage",
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="media_uses",
                                to="catalog.lesson",
                            ),
                        ),
                        (
                            "media",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="catalog.lessonmedia",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("page", "media"), name="one_use_per_page")],
                    },
                ),
                migrations.CreateModel(
                    name="ModulePage",
                    fields=[
                        (
                            "page_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to=settings.WAGTAIL_PAGE_MODEL,
                            ),
                        ),
                        ("follows", models.PositiveIntegerField(editable=False, null=True)),
                        (
                            "module",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pages",
                                to="catalog.module",
                            ),
                        ),
                        (
                            "summary",
                            models.TextField(blank=True, max_length=600, verbose_name="in one or two sentences"),
                        ),
                        (
                            "objectives",
                            models.TextField(
                                blank=True,
                                help_text="One a line, a verb first: what the learner can do afterwards.",
                                verbose_name="objectives",
                            ),
                        ),
                        (
                            "category",
                            models.CharField(
                                blank=True,
                                help_text="Where the rules of the program count its hours.",
                                max_length=60,
                                verbose_name="category",
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                default=600,
                                help_text="Planned minutes: lessons, classes and labs together.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60000),
                                ],
                                verbose_name="minutes",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("complete", "Complete"), ("in_preparation", "In preparation")],
                                default="in_preparation",
                                help_text="Complete: all of it can be studied.",
                                max_length=16,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="quizzes.quiz",
                                verbose_name="quiz",
                            ),
                        ),
                        (
                            "lead",
                            models.ForeignKey(
                                blank=True,
                                help_text="Reads every draft of this module before the registrar does.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="lead",
                            ),
                        ),
                        (
                            "after_modules",
                            modelcluster.fields.ParentalManyToManyField(
                                blank=True,
                                help_text="A learner finishes all their lessons first.",
                                related_name="+",
                                to="catalog.module",
                                verbose_name="opens after these modules",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "module page",
                    },
                    bases=(
                        courses.catalog.models.pages.FramedPreview,
                        courses.catalog.models.pages.OnePerLocale,
                        courses.catalog.models.pages.Planned,
                        "wagtailcore.page",
                        models.Model,
                    ),
                ),
                migrations.CreateModel(
                    name="InstructorProfile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "collection",
                            models.ForeignKey(
                                default=wagtail.models.media.get_root_collection_id,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="wagtailcore.collection",
                                verbose_name="collection",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instructor_profiles",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                help_text="As she wants to be named in public.", max_length=120, verbose_name="name"
                            ),
                        ),
                        (
                            "credentials",
                            models.CharField(
                                blank=True,
                                help_text="One line: LMT, CLT, 14 years in practice.",
                                max_length=160,
                                verbose_name="credentials",
                            ),
                        ),
                        ("bio", models.TextField(blank=True, max_length=700, verbose_name="in two to four sentences")),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="catalog.schoolimage",
                                verbose_name="photo",
                            ),
                        ),
                        (
                            "agreed_on",
                            models.DateField(
                                blank=True,
                                help_text="The day on which she agreed to be shown. Nobody is shown without.",
                                null=True,
                                verbose_name="agreed on",
                            ),
                        ),
                        (
                            "is_public",
                            models.BooleanField(
                                default=False,
                                help_text="With her licenses that were checked and are in force; never with an e-mail address.",
                                verbose_name="shown on the program’s page",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "instructor’s profile",
                        "verbose_name_plural": "instructors’ profiles",
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("collection", "user"),
                                name="one_profile_per_school",
                                violation_error_message="This person has a profile here already; edit that one.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("is_public", False), ("agreed_on__isnull", False), _connector="OR"),
                                name="nobody_is_public_without_agreeing",
                                violation_error_message="Write down on which day she agreed to be shown; nobody is shown without.",
                            ),
                        ],
                    },
                    bases=(modelsearch.index.Indexed, models.Model),
                ),
            ],
        ),
    ]
