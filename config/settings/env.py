"""The one place that reads the environment; every other settings module takes its values from `env`.

All variables are optional in development. In production (DEBUG=0 and BASE_URL not loopback) a missing or weak one
stops the start with a line that names it.
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
_reader = environ.Env()

DEBUG: bool = _reader.bool("DEBUG", default=False)
BASE_URL: str = _reader.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
HOST: str = urlsplit(BASE_URL).hostname or ""
LOOPBACK: bool = HOST in {"127.0.0.1", "localhost", "::1", "testserver"}
PRODUCTION: bool = not DEBUG and not LOOPBACK
DEMO: bool = _reader.bool("DEMO", default=False)
HTTPS: bool = _reader.bool("HTTPS", default=BASE_URL.startswith("https://"))


def _secret_key() -> str:
    given = os.environ.get("SECRET_KEY", "")
    if PRODUCTION:
        if len(given) < 50:
            raise ImproperlyConfigured("SECRET_KEY is missing or shorter than 50 characters; set a long random one.")
        return given
    if given:
        return given
    kept = BASE_DIR / ".secret_key"
    if not kept.exists():
        fresh = BASE_DIR / f".secret_key.{os.getpid()}"
        fresh.write_text(secrets.token_urlsafe(64))
        fresh.chmod(0o600)
        # A hard link is refused when another process was first; then that one's key is taken.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)
        fresh.unlink()
    return kept.read_text().strip()


SECRET_KEY: str = _secret_key()
ALLOWED_HOSTS: list[str] = _reader.list(
    "ALLOWED_HOSTS", default=[HOST] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver", HOST]
)
CSRF_TRUSTED_ORIGINS: list[str] = _reader.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL] if HTTPS else [])
DATA_DIR = Path(_reader.str("DATA_DIR", default=str(BASE_DIR)))  # holds media/ and private/
DATABASE_URL: str = _reader.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
REDIS_URL: str = _reader.str("REDIS_URL", default="")
TASKS_BACKEND: str = _reader.str("TASKS_BACKEND", default="immediate")
# Without a bucket, files lie under DATA_DIR. Keys may be left to the machine's own role.
S3_BUCKET: str = _reader.str("S3_BUCKET", default="")
S3_ENDPOINT: str = _reader.str("S3_ENDPOINT", default="").rstrip("/")
# Whether browsers send clips to the bucket themselves; the bucket must allow it (docs/files.md).
S3_DIRECT_UPLOADS: bool = _reader.bool("S3_DIRECT_UPLOADS", default=False)
AWS_ACCESS_KEY_ID: str = _reader.str("AWS_ACCESS_KEY_ID", default="")
AWS_SECRET_ACCESS_KEY: str = _reader.str("AWS_SECRET_ACCESS_KEY", default="")
AWS_REGION: str = _reader.str("AWS_REGION", default="us-east-1")
EMAIL_URL: str = _reader.str("EMAIL_URL", default="consolemail://")
# The gateway for text messages, as Apprise writes it, with {to} for the number (docs/texts.md); empty: none are sent.
SMS_URL: str = _reader.str("SMS_URL", default="")
DEFAULT_FROM_EMAIL: str = _reader.str("DEFAULT_FROM_EMAIL", default="Riverbend School <office@riverbend.example>")
X_ACCEL_PREFIX: str = _reader.str("X_ACCEL_PREFIX", default="")
LESSON_MEDIA_MAX_MB: int = _reader.int("LESSON_MEDIA_MAX_MB", default=500)
SERVE_MEDIA: bool = _reader.bool("SERVE_MEDIA", default=True)
TRUST_X_FORWARDED_PROTO: bool = _reader.bool("TRUST_X_FORWARDED_PROTO", default=False)
TRUSTED_PROXY_COUNT: int = _reader.int("TRUSTED_PROXY_COUNT", default=0)
STRIPE_SECRET_KEY: str = _reader.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS: list[str] = _reader.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_API_BASE: str = _reader.str("STRIPE_API_BASE", default="")
CSP_FORM_ACTION_EXTRA: list[str] = _reader.list("CSP_FORM_ACTION_EXTRA", default=[])
EMBED_HOSTS: list[str] = _reader.list(
    "EMBED_HOSTS",
    default=["youtube.com", "youtu.be", "vimeo.com", "ncbi.nlm.nih.gov", "doi.org", "openstax.org", "medlineplus.gov"],
)
# Private halves of signing keys, a JWK set; made at first use. Back it up apart from the database.
ISSUER_KEY_FILE: str = _reader.str("ISSUER_KEY_FILE", default=str(BASE_DIR / ".issuer_keys.json"))
LOG_FORMAT: str = _reader.str("LOG_FORMAT", default="text")

MOST_MB_IN_ONE_POST = 5120  # S3's own limit

if S3_DIRECT_UPLOADS and not S3_BUCKET:
    raise ImproperlyConfigured("S3_DIRECT_UPLOADS needs S3_BUCKET; name the bucket to which browsers send clips.")
if S3_DIRECT_UPLOADS and LESSON_MEDIA_MAX_MB > MOST_MB_IN_ONE_POST:
    raise ImproperlyConfigured(
        f"LESSON_MEDIA_MAX_MB must be {MOST_MB_IN_ONE_POST} at most with S3_DIRECT_UPLOADS: a bucket takes no more at once."
    )
if PRODUCTION:
    if DEMO:
        raise ImproperlyConfigured("DEMO=1 is refused in production: its accounts have a published password.")
    if STRIPE_API_BASE:
        raise ImproperlyConfigured("STRIPE_API_BASE is for tests; production talks to Stripe alone.")
    for name, value in {
        "STRIPE_SECRET_KEY": STRIPE_SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": STRIPE_WEBHOOK_SECRETS,
    }.items():
        if not value:
            raise ImproperlyConfigured(f"{name} is missing; production needs it.")
    if DATABASE_URL.startswith("sqlite") and "DATABASE_URL" not in os.environ:
        raise ImproperlyConfigured("DATABASE_URL is missing; name the production database, SQLite included.")
    if EMAIL_URL.startswith("console"):
        raise ImproperlyConfigured("EMAIL_URL is missing; mail would only be printed.")
    if "ISSUER_KEY_FILE" not in os.environ:
        raise ImproperlyConfigured(
            "ISSUER_KEY_FILE is missing; name a file outside the database, for the signing keys."
        )
    if not Path(ISSUER_KEY_FILE).parent.is_dir():
        raise ImproperlyConfigured(f"ISSUER_KEY_FILE: the folder of {ISSUER_KEY_FILE} is not there.")
    if Path(ISSUER_KEY_FILE).exists() and Path(ISSUER_KEY_FILE).stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"ISSUER_KEY_FILE: others may read {ISSUER_KEY_FILE}; make its mode 0600.")
    if S3_ENDPOINT and not S3_ENDPOINT.startswith("https://"):
        raise ImproperlyConfigured("S3_ENDPOINT must begin with https:// in production.")
    if bool(AWS_ACCESS_KEY_ID) != bool(AWS_SECRET_ACCESS_KEY):
        raise ImproperlyConfigured("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; set both or neither.")
    if not HTTPS:
        raise ImproperlyConfigured("BASE_URL must begin with https:// in production.")
