"""Stands alone, in an environment of its own: the lesson page of the plug-in wagtail-lms, measured on request.

Reads a number a line from standard input, asks for the page so many times in process, and answers with a line of wall
and CPU seconds of each. A course of 12 lessons, each an intro and six paragraphs of 150 words, one enrolled learner;
SQLite with the same journal as ours, debugging off, the middleware of a new Wagtail project, templates cached.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="peer-lesson-"))
WORDS = " ".join(["fascia glides over muscle where the hand waits and sinks with the breath of the client"] * 10)
BASE = """<!doctype html>{% load static wagtailcore_tags %}<html lang="en"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{% static 'wagtail_lms/css/course.css' %}"></head>
<body>{% if request.user.is_authenticated %}<p>{{ request.user.get_username }}</p>{% endif %}
<main>{% block content %}{% endblock %}</main></body></html>"""


def configure() -> None:
    """A new Wagtail project with the plug-in."""
    import django
    from django.conf import settings

    (FOLDER / "templates").mkdir()
    (FOLDER / "templates" / "base.html").write_text(BASE)
    (FOLDER / "peer_urls.py").write_text(
        "from django.urls import include, path\n"
        "urlpatterns = [path('lms/', include('wagtail_lms.urls')), path('', include('wagtail.urls'))]\n"
    )
    sys.path.insert(0, str(FOLDER))
    settings.configure(
        SECRET_KEY="peer",
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="peer_urls",
        USE_TZ=True,
        STATIC_URL="/static/",
        MEDIA_ROOT=str(FOLDER / "media"),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        WAGTAIL_SITE_NAME="Peer",
        WAGTAILADMIN_BASE_URL="http://localhost",
        INSTALLED_APPS=[
            "wagtail_lms", "wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.embeds", "wagtail.sites",
            "wagtail.users", "wagtail.snippets", "wagtail.documents", "wagtail.images", "wagtail.search",
            "wagtail.admin", "wagtail", "modelcluster", "taggit", "django_filters", "django_tasks",
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware", "django.middleware.security.SecurityMiddleware",
            "wagtail.contrib.redirects.middleware.RedirectMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(FOLDER / "templates")],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(FOLDER / "peer.sqlite3"),
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
            }
        },
    )  # fmt: skip
    django.setup()


def seed() -> "tuple[object, str]":
    """The course, and its learner's browser."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from wagtail.models import Page, Site
    from wagtail_lms.models import CourseEnrollment, CoursePage, H5PLessonPage

    call_command("migrate", verbosity=0)
    home = Page.objects.filter(depth=2).first()
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    course = home.add_child(instance=CoursePage(title="Course", slug="course", description="<p>Course</p>"))
    for number in range(12):
        body = [{"type": "paragraph", "value": f"<h2>Part {part}</h2><p>{WORDS}</p>"} for part in range(6)]
        page = H5PLessonPage(title=f"Lesson {number}", slug=f"lesson-{number}", intro=f"<p>{WORDS}</p>")
        page.body = json.dumps(body)
        course.add_child(instance=page)
    user = get_user_model().objects.create_user("learner", "learner@example.org", "peer")
    CourseEnrollment.objects.create(user=user, course=course)
    client = Client()
    client.force_login(user)
    return client, page.url


def main() -> None:
    """Answer until the other end closes."""
    configure()
    client, address = seed()
    for _warm in range(4):
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        assert b"Part 5" in answer.content
    print("ready", flush=True)
    for line in sys.stdin:
        told = []
        for _again in range(int(line)):
            wall, cpu = time.perf_counter(), time.process_time()
            client.get(address)
            told.append((time.perf_counter() - wall, time.process_time() - cpu))
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
