"""A lesson on a slow line: what its page costs before the first picture, as the production stack sends it.

Text, styles, scripts and fonts are counted as they come over the wire, heads included: the page, styles and scripts are
compressed by brotli or gzip, and fonts are WOFF2. Media are pictures, clips and their captions, and the
drawings that stand inside the page: what they add to the compressed page is taken off.
"""

import gzip
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import partial

import brotli
import pytest

from courses.study.compressing import QUICK
from tests.conftest import ROOT

from .conftest import Site, free_port

pytestmark = pytest.mark.e2e
MOST = 150_000
DRAWING = re.compile(rb"<svg.*?</svg>", re.DOTALL)
MEDIA = {"Image", "Media", "TextTrack"}
PACKED = {"gzip": gzip.compress, "br": partial(brotli.compress, quality=QUICK)}


@pytest.fixture(scope="module")
def production(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second server on the same school: no debugging, files collected as for production."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = {
        **site.env,
        "DEBUG": "0",
        "DEMO": "1",
        "BASE_URL": base,
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "DJANGO_SETTINGS_MODULE": "tests.e2e.as_sent",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=env, check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "--log-level", "error"],
        cwd=ROOT,
        env=env,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{base}/healthz", timeout=5)
                break
            except OSError:
                assert time.monotonic() < until and server.poll() is None
                time.sleep(0.3)
        yield base
    finally:
        server.terminate()
        server.wait(10)


def test_a_lesson_page_is_light_and_asks_nobody_else(production: str, someone, site: Site) -> None:
    # What she wrote herself in other journeys, and the tools that find it again, are not the page.
    site.manage("shell", "-v0", "-c", "from courses.study.models import LessonNote as N; N.objects.all().delete()")
    student = someone(phone=True)
    student.log_in("student")  # at the first server: the second knows her by the same cookie
    page = student.page
    page.goto(f"{production}/learn/")
    links = page.locator("a[href^='/learn/lessons/']").evaluate_all("found => found.map(one => one.href)")
    wire = student.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    kinds: dict[str, str] = {}
    sent: dict[str, int] = {}
    page.on("request", lambda request: asked.setdefault(request.url, request.resource_type))
    wire.on("Network.responseReceived", lambda said: kinds.update({said["requestId"]: said["type"]}))
    wire.on("Network.loadingFinished", lambda said: sent.update({said["requestId"]: said["encodedDataLength"]}))
    weights = {}
    for link in sorted(set(links)):
        kinds.clear()
        sent.clear()
        said = page.goto(link, wait_until="networkidle")
        pack = PACKED[said.header_value("content-encoding") or ""]
        words = said.body()
        drawn = len(pack(words)) - len(pack(DRAWING.sub(b"", words)))
        counted = {"drawings": -drawn}
        for number, size in list(sent.items()):
            kind = kinds.get(number, "Other")
            if kind not in MEDIA:
                counted[kind] = counted.get(kind, 0) + int(size)
        weights[link] = counted
    assert len(weights) >= 3, "the demo's lessons"
    loaded = page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').map(face => face.family)")
    assert {name.strip('"') for name in loaded} == {"Palmar Serif", "Atkinson Hyperlegible Next"}, (
        "what is sent is used"
    )
    heaviest = max(weights.values(), key=lambda counted: sum(counted.values()))
    print(f"heaviest lesson: {sum(heaviest.values()):,} bytes {heaviest}")
    assert {"Document", "Stylesheet", "Script", "Font"} <= set(heaviest)
    assert sum(heaviest.values()) < MOST, heaviest
    elsewhere = [url for url in asked if not url.startswith((production, "data:", "blob:"))]
    assert not elsewhere
