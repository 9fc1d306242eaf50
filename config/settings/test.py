"""Settings of the test suite: quick password hashes, memory caches and mail, plain static files, nothing outside."""

import os
import tempfile
from pathlib import Path

from . import *

DEBUG = False
DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "progress": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "progress"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Uploads of tests land in a folder of their process; tests/conftest.py removes it.
FILES_OF_TESTS = Path(tempfile.gettempdir()) / f"palmar-tests-{os.getuid()}" / f"files-{os.getpid()}"
MEDIA_ROOT = FILES_OF_TESTS / "media"
ISSUER_KEY_FILE = str(FILES_OF_TESTS / "issuer_keys.json")
PRIVATE_ROOT = FILES_OF_TESTS / "private"
STORAGES = {
    **STORAGES,
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
