"""A self-check and a comparison begin whole; sentences of lists stand in fields that grow. Stored bodies stay as they are."""

import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0013_spent_uploads"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lessonpage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("objectives", 0),
                    ("prose", 1),
                    ("term", 3),
                    ("table", 8),
                    ("figure", 11),
                    ("hotspots", 19),
                    ("media", 22),
                    ("steps", 35),
                    ("comparison", 40),
                    ("callout", 43),
                    ("case_study", 49),
                    ("self_check", 57),
                    ("reflection", 59),
                    ("download", 62),
                    ("embed", 66),
                    ("references", 67),
                ],
                blank=True,
                block_lookup={
                    0: ("courses.catalog.blocks.ObjectivesBlock", (), {}),
                    1: ("courses.catalog.blocks.ProseBlock", (), {}),
                    2: ("wagtail.snippets.blocks.SnippetChooserBlock", ("catalog.GlossaryTerm",), {"label": "Term"}),
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
                        {"default": True, "label": "The first column names the rows", "required": False},
                    ),
                    8: ("wagtail.blocks.StructBlock", [[("table", 6), ("row_names", 7)]], {}),
                    9: ("wagtail.snippets.blocks.SnippetChooserBlock", ("catalog.Figure",), {"label": "Figure"}),
                    10: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Note for this lesson", "max_length": 400, "required": False},
                    ),
                    11: ("wagtail.blocks.StructBlock", [[("figure", 9), ("note", 10)]], {}),
                    12: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What to look at", "max_length": 300, "required": False},
                    ),
                    13: ("wagtail.blocks.CharBlock", (), {"label": "Name", "max_length": 120}),
                    14: ("wagtail.blocks.TextBlock", (), {"label": "Explanation", "max_length": 600}),
                    15: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {"label": "From the left, in percent", "max_value": 100, "min_value": 0},
                    ),
                    16: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {"label": "From above, in percent", "max_value": 100, "min_value": 0},
                    ),
                    17: ("wagtail.blocks.StructBlock", [[("name", 13), ("says", 14), ("x", 15), ("y", 16)]], {}),
                    18: ("wagtail.blocks.ListBlock", (17,), {"label": "Points", "max_num": 12, "min_num": 1}),
                    19: ("wagtail.blocks.StructBlock", [[("figure", 9), ("intro", 12), ("points", 18)]], {}),
                    20: ("courses.catalog.blocks.MediaChooserBlock", (), {"label": "Clip"}),
                    21: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What it shows", "max_length": 300, "required": False},
                    ),
                    22: ("wagtail.blocks.StructBlock", [[("media", 20), ("caption", 21)]], {}),
                    23: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                    24: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"label": "Position and preparation", "max_length": 600, "required": False},
                    ),
                    25: ("wagtail.blocks.CharBlock", (), {"label": "What to do", "max_length": 120}),
                    26: (
                        "courses.catalog.blocks.CleanTextBlock",
                        (),
                        {"features": ["bold", "italic", "link"], "label": "How"},
                    ),
                    27: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "How long, how often: 60 to 90 s.",
                            "label": "Dose",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    28: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Load, or pain at most: 0 to 3 of 10.",
                            "label": "Pressure",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    29: (
                        "wagtail.snippets.blocks.SnippetChooserBlock",
                        ("catalog.Figure",),
                        {"label": "Figure", "required": False},
                    ),
                    30: ("courses.catalog.blocks.MediaChooserBlock", (), {"label": "Or clip", "required": False}),
                    31: (
                        "wagtail.blocks.StructBlock",
                        [[("title", 25), ("body", 26), ("dose", 27), ("pressure", 28), ("figure", 29), ("media", 30)]],
                        {},
                    ),
                    32: ("wagtail.blocks.ListBlock", (31,), {"label": "Steps", "min_num": 1}),
                    33: ("wagtail.blocks.TextBlock", (), {"label": "Fault", "max_length": 300, "rows": 1}),
                    34: ("wagtail.blocks.ListBlock", (33,), {"default": [], "label": "Common faults"}),
                    35: (
                        "wagtail.blocks.StructBlock",
                        [[("title", 23), ("intro", 24), ("steps", 32), ("faults", 34)]],
                        {},
                    ),
                    36: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [("do", "This"), ("dont", "Not this"), ("plain", "Neither: beside the others")],
                            "label": "Kind",
                        },
                    ),
                    37: (
                        "courses.catalog.blocks.CleanTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "ul"], "label": "Text"},
                    ),
                    38: ("wagtail.blocks.StructBlock", [[("kind", 36), ("title", 23), ("body", 37)]], {}),
                    39: (
                        "wagtail.blocks.ListBlock",
                        (38,),
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
                    40: ("wagtail.blocks.StructBlock", [[("title", 23), ("columns", 39)]], {}),
                    41: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("contraindication", "Contraindication: do not treat, ask first, adapt"),
                                ("red_flag", "Red flag: stop and refer"),
                                ("note", "Note"),
                            ],
                            "label": "Kind",
                        },
                    ),
                    42: (
                        "courses.catalog.blocks.CleanTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "ul", "ol", "h3"], "label": "Text"},
                    ),
                    43: ("wagtail.blocks.StructBlock", [[("kind", 41), ("title", 23), ("body", 42)]], {}),
                    44: (
                        "courses.catalog.blocks.CleanTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "ul"], "label": "What is found"},
                    ),
                    45: ("wagtail.blocks.TextBlock", (), {"label": "Question", "max_length": 400}),
                    46: (
                        "courses.catalog.blocks.CleanTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "ul", "ol"], "label": "Answer"},
                    ),
                    47: ("wagtail.blocks.StructBlock", [[("question", 45), ("answer", 46)]], {}),
                    48: ("wagtail.blocks.ListBlock", (47,), {"label": "Questions", "max_num": 8, "min_num": 1}),
                    49: ("wagtail.blocks.StructBlock", [[("title", 23), ("vignette", 44), ("questions", 48)]], {}),
                    50: ("wagtail.blocks.TextBlock", (), {"label": "Question", "max_length": 600}),
                    51: ("wagtail.blocks.TextBlock", (), {"label": "Answer", "max_length": 400, "rows": 1}),
                    52: ("wagtail.blocks.BooleanBlock", (), {"label": "Right", "required": False}),
                    53: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"label": "What to say to it", "max_length": 400, "required": False, "rows": 1},
                    ),
                    54: ("wagtail.blocks.StructBlock", [[("text", 51), ("correct", 52), ("feedback", 53)]], {}),
                    55: (
                        "wagtail.blocks.ListBlock",
                        (54,),
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
                    56: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"label": "Explanation", "max_length": 1000, "required": False},
                    ),
                    57: ("wagtail.blocks.StructBlock", [[("question", 50), ("choices", 55), ("explanation", 56)]], {}),
                    58: ("wagtail.blocks.CharBlock", (), {"label": "Hint", "max_length": 200, "required": False}),
                    59: ("wagtail.blocks.StructBlock", [[("question", 50), ("hint", 58)]], {}),
                    60: ("wagtail.documents.blocks.DocumentChooserBlock", (), {"label": "File"}),
                    61: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What it is for", "max_length": 300, "required": False},
                    ),
                    62: ("wagtail.blocks.StructBlock", [[("document", 60), ("note", 61)]], {}),
                    63: ("wagtail.blocks.URLBlock", (), {"label": "Address", "max_length": 500}),
                    64: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 160}),
                    65: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "What she finds there", "max_length": 300, "required": False},
                    ),
                    66: ("wagtail.blocks.StructBlock", [[("url", 63), ("title", 64), ("note", 65)]], {}),
                    67: ("courses.catalog.blocks.ReferencesBlock", (), {}),
                },
                help_text="Objectives first, references last.",
                verbose_name="lesson",
            ),
        ),
    ]
