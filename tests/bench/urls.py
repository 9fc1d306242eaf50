"""The product's addresses and, beside them, the floors: views that do the least that such a request could do."""

import time

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as product


def echo(request: HttpRequest) -> JsonResponse:
    """All middleware, no query."""
    return JsonResponse({"ok": True})


@login_required
def session(request: HttpRequest) -> JsonResponse:
    """Session and user: what every page for a known person pays."""
    return JsonResponse({"user": request.user.pk})


@csrf_exempt
def one_update(request: HttpRequest, pk: int) -> JsonResponse:
    """One UPDATE by key without authentication: the limit of a heartbeat."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_clock SET seen = %s WHERE id = %s", [int(time.time() * 1000), pk])
    return JsonResponse({"ok": True})


@login_required
def one_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Session, user and one UPDATE: the least of an autosave."""
    return one_update(request, pk)


urlpatterns = [
    path("bench/echo", echo),
    path("bench/session", session),
    path("bench/update/<int:pk>", one_update),
    path("bench/save/<int:pk>", one_save),
    *product,
]
