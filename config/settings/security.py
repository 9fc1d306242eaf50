"""Headers, cookies and the content security policy, strict from the first day."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

from config import bucket

from . import env

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = env.HTTPS
SECURE_SSL_REDIRECT = env.HTTPS and env.PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if env.HTTPS and env.PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if env.TRUST_X_FORWARDED_PROTO:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ISSUER_KEY_FILE = env.ISSUER_KEY_FILE
TRUSTED_PROXY_COUNT = env.TRUSTED_PROXY_COUNT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Clips and pictures come from the bucket where there is one.
# Chromium applies form-action to the redirect to Stripe's page too; without the host the pay button does nothing.
_FILES = [SELF, bucket.origin(env.S3_BUCKET, env.S3_ENDPOINT, env.AWS_REGION)] if env.S3_BUCKET else [SELF]
# The library's form alone sends there, so pages of learners never may.
_SENDS_TO = _FILES if env.S3_DIRECT_UPLOADS else [SELF]
_FORM_ACTION = [SELF, "https://checkout.stripe.com", *env.CSP_FORM_ACTION_EXTRA]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [*_FILES, "data:"],
        "font-src": [SELF],
        "media-src": _FILES,
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": _FORM_ACTION,
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# Wagtail's and Django's admin and the API's documentation page carry inline script. A nonce would make
# 'unsafe-inline' void, so there is none. Previews of pages are framed by the editor itself.
BACK_OFFICE_PREFIXES = ("/cms/", "/admin/", "/api/v1/docs")
BACK_OFFICE_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [*_FILES, "data:", "blob:"],
    "media-src": _FILES,
    "font-src": [SELF, "data:"],
    "connect-src": _SENDS_TO,
    "frame-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [SELF],
    "object-src": [NONE],
}
