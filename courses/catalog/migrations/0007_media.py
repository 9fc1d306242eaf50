"""Originals of pictures move to the private storage; their scaled copies stay public."""

from django.core.files.storage import default_storage
from django.db import migrations
from wagtail.images.models import get_upload_to

import courses.catalog.models.assets


def hide_originals(apps, _editor):
    private = courses.catalog.models.assets.private_storage()
    for image in apps.get_model("catalog", "SchoolImage").objects.exclude(file="").only("file"):
        name = image.file.name
        if default_storage.exists(name) and not private.exists(name):
            with default_storage.open(name) as file:
                private.save(name, file)
            default_storage.delete(name)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_labels")]

    operations = [
        migrations.AlterField(
            model_name="schoolimage",
            name="file",
            field=courses.catalog.models.assets.PlainPictureField(
                height_field="height",
                storage=courses.catalog.models.assets.private_storage,
                upload_to=get_upload_to,
                verbose_name="file",
                width_field="width",
            ),
        ),
        migrations.RunPython(hide_originals, migrations.RunPython.noop),
    ]
