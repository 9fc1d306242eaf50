"""What leaves the house: mail, text messages, and the calls to Stripe."""

import environ

from . import env

globals().update(environ.Env.email_url_config(env.EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.DEFAULT_FROM_EMAIL
SMS_URL = env.SMS_URL
STRIPE_SECRET_KEY = env.STRIPE_SECRET_KEY
STRIPE_WEBHOOK_SECRETS = env.STRIPE_WEBHOOK_SECRETS
STRIPE_API_BASE = env.STRIPE_API_BASE
