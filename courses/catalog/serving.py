"""Answers requests for private files in ranges, as players ask for them; the caller has asked for the right already."""

import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

CHUNK = 64 * 1024
SIGNED_SECONDS = 300
# A player asks the signed address again for each part, for as long as somebody watches.
MOST_SIGNED_SECONDS = 6 * 3600
# What a browser would run in such an answer, were it opened by itself, it does not.
SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def ranged_response(
    request: HttpRequest,
    file: FieldFile,
    content_type: str,
    *,
    to_keep: str = "",
    is_large: bool = True,
    seconds: float = 0,
) -> HttpResponseBase:
    """The file, or the one part of it that the request names: 200, 206 or 416. Never kept by a cache in between.

    Several ranges at once, other units and malformed ranges are answered with the whole file, as the standard allows.
    `to_keep` is the name under which it is saved instead of shown. With X_ACCEL_PREFIX set and files on disk, the
    server in front sends the bytes. From a bucket, a large file is answered with a redirect to a signed address that
    opens for some minutes, longer where the file plays for `seconds`; a small one, as captions are, comes from here,
    since players take it from the page's own origin alone.
    """
    try:
        size = file.size
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    name = file.name or ""
    if is_large and not isinstance(file.storage, FileSystemStorage):
        return _signed(file, content_type, to_keep, seconds)
    tag = _tag(name, size)
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX and isinstance(file.storage, FileSystemStorage):
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX.rstrip("/") + "/" + quote(name)
        return _headed(response, content_type, to_keep)
    span = _span(request, size, tag)
    if span is None:
        response = StreamingHttpResponse(_read(file, 0, size) if request.method != "HEAD" else ())
        response["Content-Length"] = str(size)
    elif not span:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        first, last = span[0], span[-1]
        body = _read(file, first, last - first + 1) if request.method != "HEAD" else ()
        response = StreamingHttpResponse(body, status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    return _headed(response, content_type, to_keep)


def private_copy(request: HttpRequest, file: FieldFile, content_type: str) -> HttpResponseBase:
    """A scaled copy of a picture, which the browser of the one who got it may keep and must ask for each time.

    So the right is asked for each time too, and what she has is not sent again (304). Like all that is small, it comes
    from our own origin, from a bucket too.
    """
    response = ranged_response(request, file, content_type, is_large=False)
    # A copy's name changes with what it shows. A server in front that sends the bytes is not told the tag above.
    tag = response.headers.get("ETag") or _tag(file.name or "", file.size)
    response["ETag"] = tag
    kept: Any = get_conditional_response(request, etag=tag, response=cast(HttpResponse, response))
    kept["Cache-Control"] = "private, no-cache"
    answer: HttpResponseBase = kept
    return answer


def _tag(name: str, size: int) -> str:
    return f'"{quote(name, safe="")}-{size}"'


def _signed(file: FieldFile, content_type: str, to_keep: str, seconds: float) -> HttpResponseBase:
    storage: Any = file.storage
    headers = {
        "ResponseContentType": content_type,
        "ResponseContentDisposition": content_disposition_header(bool(to_keep), to_keep) or "inline",
        "ResponseCacheControl": "private, no-store",
    }
    lasts = min(SIGNED_SECONDS + int(4 * seconds), MOST_SIGNED_SECONDS)
    response = HttpResponseRedirect(storage.url(file.name, parameters=headers, expire=lasts))
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def private_picture(data: str | bytes, content_type: str = "image/svg+xml") -> HttpResponse:
    """A drawing or picture that we made, for those who may see it and no cache of others."""
    response = HttpResponse(data, content_type=content_type)
    _headed(response, content_type, "")
    return response


def _headed(response: HttpResponseBase, content_type: str, to_keep: str) -> HttpResponseBase:
    response["Content-Type"] = content_type
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(bool(to_keep), to_keep) or "inline"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = SANDBOX
    return response


def _span(request: HttpRequest, size: int, tag: str) -> range | None:
    """The bytes asked for: None for all of them, an empty range for what the file does not have."""
    asked = RANGE.match(request.headers.get("Range", "").strip())
    if asked is None or (not asked[1] and not asked[2]):
        return None
    if request.headers.get("If-Range", tag) != tag:
        return None
    if not asked[1]:
        last_ones = int(asked[2])
        return range(max(size - last_ones, 0), size)
    first = int(asked[1])
    last = min(int(asked[2]), size - 1) if asked[2] else size - 1
    if asked[2] and int(asked[2]) < first:
        return None
    return range(first, last + 1) if first < size else range(0)


def _read(file: FieldFile, start: int, length: int) -> Iterator[bytes]:
    with file.storage.open(file.name or "", "rb") as opened:
        opened.seek(start)
        while length > 0:
            part = opened.read(min(CHUNK, length))
            if not part:
                return
            length -= len(part)
            yield part
