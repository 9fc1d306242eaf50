"""Settings under which files are sent as in production: hashed, compressed once; ours alone, into a folder that goes."""

import os

from config.settings import *

STATIC_ROOT = os.environ["STATIC_ROOT"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
