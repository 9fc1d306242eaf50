"""Files in a bucket are asked for by setting; without it nothing of S3 is loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .test_start import GOOD, start

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys
import config.settings as s
import django, json
django.setup()
from django.conf import settings
from django.core.files.storage import storages
from courses.catalog.models import LessonMedia
loaded = "boto3" in sys.modules
private = LessonMedia._meta.get_field("file").storage
form = private.connection.meta.client.generate_presigned_post("hours", "k")["url"] if s.S3_DIRECT_UPLOADS else ""
csp = s.CONTENT_SECURITY_POLICY["DIRECTIVES"]
print(json.dumps({
    "loaded": loaded,
    "kind": type(private).__name__,
    "place": getattr(private, "location", ""),
    "bucket": getattr(private, "bucket_name", ""),
    "version": getattr(private, "signature_version", ""),
    "signed": private.url("a.mp4") if getattr(private, "bucket_name", "") else "",
    "form": form,
    "learners_send": csp["connect-src"],
    "editors_send": s.BACK_OFFICE_POLICY["connect-src"],
    "public": storages["default"].url("images/a.jpg"),
    "media": csp["media-src"],
    "images": csp["img-src"],
    "cms": s.BACK_OFFICE_POLICY["media-src"],
}))
"""


def shown(**variables: str) -> dict:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_without_a_bucket_nothing_of_it_is_loaded() -> None:
    found = shown()
    assert (found["loaded"], found["kind"]) == (False, "FileSystemStorage")
    assert found["media"] == found["cms"] == ["'self'"]


@pytest.mark.parametrize(
    ("more", "address", "origin"),
    [
        (
            {"S3_ENDPOINT": "https://files.example:9000"},
            "https://files.example:9000/hours/public/images/a.jpg",
            "https://files.example:9000",
        ),
        (
            {"AWS_REGION": "us-west-2"},
            "https://hours.s3.us-west-2.amazonaws.com/public/images/a.jpg",
            "https://hours.s3.us-west-2.amazonaws.com",
        ),
        ({}, "https://hours.s3.amazonaws.com/public/images/a.jpg", "https://hours.s3.amazonaws.com"),
    ],
)
def test_a_bucket_takes_both_storages(more: dict[str, str], address: str, origin: str) -> None:
    found = shown(S3_BUCKET="hours", AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret", **more)
    assert (found["kind"], found["place"], found["bucket"]) == ("S3Storage", "private", "hours")
    assert found["version"] == "s3v4"
    assert found["public"] == address
    assert found["media"] == found["cms"] == ["'self'", origin]
    assert origin in found["images"]
    assert found["signed"].startswith(f"{origin}/"), "what the policy allows is what the addresses say"
    assert found["learners_send"] == found["editors_send"] == ["'self'"]


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"S3_ENDPOINT": "https://files.example:9000"}, "https://files.example:9000"),
        ({"AWS_REGION": "us-west-2"}, "https://hours.s3.us-west-2.amazonaws.com"),
        ({}, "https://hours.s3.amazonaws.com"),
    ],
)
def test_browsers_of_editors_may_send_to_the_bucket_by_setting(more: dict[str, str], origin: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    found = shown(S3_BUCKET="hours", S3_DIRECT_UPLOADS="1", **keys, **more)
    assert found["editors_send"] == ["'self'", origin]
    assert found["learners_send"] == ["'self'"]
    assert found["form"].startswith(f"{origin}/"), "the form leads to where the policy allows"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"S3_BUCKET": "hours", "S3_ENDPOINT": "http://files.example"}, "S3_ENDPOINT must begin with https://"),
        ({"S3_BUCKET": "hours", "AWS_ACCESS_KEY_ID": "key"}, "belong together"),
        ({"S3_DIRECT_UPLOADS": "1"}, "S3_DIRECT_UPLOADS needs S3_BUCKET"),
        (
            {"S3_BUCKET": "hours", "S3_DIRECT_UPLOADS": "1", "LESSON_MEDIA_MAX_MB": "5121"},
            "LESSON_MEDIA_MAX_MB must be 5120 at most",
        ),
    ],
)
def test_production_refuses_half_a_bucket(change: dict[str, str], says: str) -> None:
    code, line = start(**{**GOOD, **change})
    assert code == 1
    assert says in line
