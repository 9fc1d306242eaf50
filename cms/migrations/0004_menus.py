"""Navigation comes from the page tree now: what stood at the head of each page until now is ticked there."""

from django.db import migrations
from django.db.models import Q


def tick(apps, schema_editor):
    page = apps.get_model("wagtailcore", "Page")
    programs = Q(content_type__app_label="catalog", content_type__model="programindexpage")
    proved = Q(content_type__app_label="cms", content_type__model="standardpage", slug="how-hours-are-proved")
    page.objects.filter(programs | proved, depth=3).update(show_in_menus=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0003_site_pages"),
    ]
    operations = [migrations.RunPython(tick, migrations.RunPython.noop)]
