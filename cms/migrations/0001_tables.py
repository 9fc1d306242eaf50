"""Pages of the site."""

import django.db.models.deletion
import django.utils.timezone
import wagtail.contrib.routable_page.models
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

import courses.catalog.models.pages
from certification.first_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("catalog", "0001_tables"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="HomePage",
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
                        ("lede", models.TextField(blank=True, max_length=400, verbose_name="in one or two sentences")),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("prose", 0), ("figure", 3), ("callout", 7), ("references", 8)],
                                blank=True,
                                block_lookup={
                                    0: ("courses.catalog.blocks.ProseBlock", (), {}),
                                    1: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure"},
                                    ),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                                    ),
                                    3: ("wagtail.blocks.StructBlock", [[("figure", 1), ("note", 2)]], {}),
                                    4: (
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
                                    5: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                                    6: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                                    ),
                                    7: ("wagtail.blocks.StructBlock", [[("kind", 4), ("title", 5), ("body", 6)]], {}),
                                    8: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                                },
                                verbose_name="page",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "home page",
                    },
                    bases=(courses.catalog.models.pages.FramedPreview, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="StandardPage",
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
                        ("intro", models.TextField(blank=True, max_length=500, verbose_name="in one or two sentences")),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("prose", 0), ("figure", 3), ("callout", 7), ("references", 8)],
                                blank=True,
                                block_lookup={
                                    0: ("courses.catalog.blocks.ProseBlock", (), {}),
                                    1: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure"},
                                    ),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                                    ),
                                    3: ("wagtail.blocks.StructBlock", [[("figure", 1), ("note", 2)]], {}),
                                    4: (
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
                                    5: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                                    6: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                                    ),
                                    7: ("wagtail.blocks.StructBlock", [[("kind", 4), ("title", 5), ("body", 6)]], {}),
                                    8: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                                },
                                verbose_name="page",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "page",
                    },
                    bases=(courses.catalog.models.pages.FramedPreview, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="ArticleIndexPage",
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
                        ("intro", models.TextField(blank=True, max_length=500, verbose_name="in one or two sentences")),
                    ],
                    options={
                        "verbose_name": "list of articles",
                    },
                    bases=(courses.catalog.models.pages.FramedPreview, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="ArticlePage",
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
                            "intro",
                            models.TextField(
                                help_text="Stands in the list and under the title.",
                                max_length=400,
                                verbose_name="in one or two sentences",
                            ),
                        ),
                        (
                            "author",
                            models.CharField(
                                help_text="As it is printed under the title.", max_length=120, verbose_name="author"
                            ),
                        ),
                        ("written_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="date")),
                        (
                            "updated_on",
                            models.DateField(
                                blank=True,
                                help_text="Only where what it says has changed since; not for a comma.",
                                null=True,
                                verbose_name="updated on",
                            ),
                        ),
                        (
                            "picture",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.schoolimage",
                                verbose_name="picture",
                            ),
                        ),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("prose", 0), ("figure", 3), ("callout", 7), ("references", 8)],
                                blank=True,
                                block_lookup={
                                    0: ("courses.catalog.blocks.ProseBlock", (), {}),
                                    1: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure"},
                                    ),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                                    ),
                                    3: ("wagtail.blocks.StructBlock", [[("figure", 1), ("note", 2)]], {}),
                                    4: (
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
                                    5: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                                    6: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                                    ),
                                    7: ("wagtail.blocks.StructBlock", [[("kind", 4), ("title", 5), ("body", 6)]], {}),
                                    8: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                                },
                                verbose_name="article",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "article",
                    },
                    bases=(courses.catalog.models.pages.FramedPreview, "wagtailcore.page"),
                ),
                migrations.CreateModel(
                    name="SchoolBrand",
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
                                related_name="brand",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "short_name",
                            models.CharField(
                                blank=True,
                                help_text="Stands at the head of each page and after its title.",
                                max_length=32,
                                verbose_name="short name",
                            ),
                        ),
                        (
                            "accent",
                            models.CharField(
                                choices=[("teal", "Teal"), ("pine", "Pine"), ("slate", "Slate blue"), ("plum", "Plum")],
                                default="teal",
                                max_length=10,
                                verbose_name="accent",
                            ),
                        ),
                        (
                            "logo",
                            models.ForeignKey(
                                blank=True,
                                help_text="A picture of the school’s library; it stands on a light ground in both themes.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalog.schoolimage",
                                verbose_name="logo",
                            ),
                        ),
                        (
                            "footer_address",
                            models.TextField(
                                blank=True,
                                help_text="As it is written on an envelope.",
                                max_length=300,
                                verbose_name="address",
                            ),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                        ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                        (
                            "footer_links",
                            models.TextField(
                                blank=True,
                                help_text="One a line: the words, a bar, the address. State board | https://sos.ga.gov/",
                                max_length=2000,
                                verbose_name="links",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("accent__in", ["teal", "pine", "slate", "plum"])),
                                name="accent_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyPage",
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
                        ("intro", models.TextField(blank=True, max_length=500, verbose_name="in one or two sentences")),
                        (
                            "in_force_from",
                            models.DateField(
                                default=django.utils.timezone.localdate,
                                help_text="Until that day the version before it holds.",
                                verbose_name="in force from",
                            ),
                        ),
                        (
                            "body",
                            wagtail.fields.StreamField(
                                [("prose", 0), ("figure", 3), ("callout", 7), ("references", 8)],
                                blank=True,
                                block_lookup={
                                    0: ("courses.catalog.blocks.ProseBlock", (), {}),
                                    1: (
                                        "wagtail.snippets.blocks.SnippetChooserBlock",
                                        ("catalog.Figure",),
                                        {"label": "Figure"},
                                    ),
                                    2: (
                                        "wagtail.blocks.CharBlock",
                                        (),
                                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                                    ),
                                    3: ("wagtail.blocks.StructBlock", [[("figure", 1), ("note", 2)]], {}),
                                    4: (
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
                                    5: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                                    6: (
                                        "courses.catalog.blocks.CleanTextBlock",
                                        (),
                                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                                    ),
                                    7: ("wagtail.blocks.StructBlock", [[("kind", 4), ("title", 5), ("body", 6)]], {}),
                                    8: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                                },
                                verbose_name="policy",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "policy",
                    },
                    bases=(
                        courses.catalog.models.pages.FramedPreview,
                        wagtail.contrib.routable_page.models.RoutablePageMixin,
                        "wagtailcore.page",
                    ),
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="cms.policypage",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "revision",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wagtailcore.revision"
                            ),
                        ),
                        ("in_force_from", models.DateField()),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("page", "number"), name="one_version_per_number")
                        ],
                    },
                ),
            ],
        ),
    ]
