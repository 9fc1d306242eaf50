"""Wagtail, files and search: public and private storage apart, nothing calls out to the internet."""

from config import bucket

from . import env

BASE_DIR = env.BASE_DIR
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.DATA_DIR / "media"
PRIVATE_ROOT = env.DATA_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Lesson media, captions, uploads: never under a public address; a view asks for the right first.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if env.DEBUG
        else "config.staticfiles.ModuleManifestStorage"
    },
}
if env.S3_BUCKET:
    STORAGES |= bucket.storages(
        env.S3_BUCKET,
        endpoint=env.S3_ENDPOINT,
        region=env.AWS_REGION,
        access_key=env.AWS_ACCESS_KEY_ID,
        secret_key=env.AWS_SECRET_ACCESS_KEY,
    )
S3_DIRECT_UPLOADS = env.S3_DIRECT_UPLOADS
SERVE_MEDIA = env.SERVE_MEDIA
X_ACCEL_PREFIX = env.X_ACCEL_PREFIX
WAGTAIL_SITE_NAME = "Palmar"
WAGTAILADMIN_BASE_URL = env.BASE_URL
WAGTAILADMIN_LOGIN_URL = "/cms/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "csv", "txt"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "catalog.SchoolDocument"
WAGTAILIMAGES_IMAGE_MODEL = "catalog.SchoolImage"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.catalog.upload_forms.DocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.catalog.upload_forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
LESSON_MEDIA_MAX_UPLOAD_SIZE = env.LESSON_MEDIA_MAX_MB * 1024 * 1024
WAGTAILMEDIA = {
    "MEDIA_MODEL": "catalog.LessonMedia",
    "MEDIA_FORM_BASE": "courses.catalog.upload_forms.MediaForm",
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg", "opus", "webm"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
WAGTAIL_MODERATION_ENABLED = True
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAILEMBEDS_FINDERS: list[dict] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
# Where lessons may lead; each with what lies under it. A lesson only links there, it loads nothing.
EMBED_HOSTS = env.EMBED_HOSTS
TAGGIT_CASE_INSENSITIVE = True
