"""How a school looks: its own administrators say it, the other school's never shows, and every accent is legible."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client

from cms.models import Accent, HomePage, SchoolBrand, StandardPage
from cms.models.brands import links_in
from cms.services import ensure_brand, save_brand
from courses.catalog.models import SchoolImage

from .test_articles import picture_of
from .test_site import words

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
COLOR = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance of an OKLCH color as a screen of sRGB shows it."""
    from math import cos, radians, sin

    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long, medium, short = (
        (lightness + k * a + m * b) ** 3
        for k, m in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(part, 0), 1) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def tokens(block: str) -> dict[str, tuple[float, float]]:
    """The luminance of each token of a block, in light and dark."""
    colors = {}
    for line in re.findall(r"--[\w-]+:\s*light-dark\(.*\);", block):
        name = line[2 : line.index(":")]
        light, dark = COLOR.findall(line)[:2]
        colors[name] = (luminance(*map(float, light)), luminance(*map(float, dark)))
    return colors


GROUND = tokens(TOKENS[TOKENS.index(":root {") : TOKENS.index("[data-accent")])


def test_the_measure_is_right():
    assert luminance(1, 0, 0) == pytest.approx(1, abs=0.001)
    assert contrast(luminance(1, 0, 0), luminance(0, 0, 0)) == pytest.approx(21, abs=0.05)
    assert luminance(0.627955, 0.257683, 29.2339) == pytest.approx(0.2126, abs=0.001), "pure red"


@pytest.mark.parametrize("accent", Accent.values)
@pytest.mark.parametrize("theme", [0, 1])
def test_every_accent_is_legible_in_both_themes(accent, theme):
    block = TOKENS.split(f'[data-accent="{accent}"] {{', 1)[1].split("}", 1)[0]
    own = {**GROUND, **tokens(block)}
    assert set(tokens(block)) == {"teal", "teal-press", "teal-on", "teal-tint", "teal-mid", "fig-tint"}

    def ratio(one: str, other: str) -> float:
        return contrast(own[one][theme], own[other][theme])

    for ground in ("paper", "sheet", "wash", "teal-tint"):
        assert ratio("teal", ground) >= 4.5, (accent, ground)
        assert ratio("teal-press", ground) >= 4.5, (accent, ground)
    assert ratio("teal-on", "teal") >= 4.5
    assert ratio("teal-on", "teal-press") >= 4.5
    assert ratio("ink", "teal-tint") >= 7
    assert ratio("ink", "teal-mid") >= 4.5, "marked and selected text"
    assert ratio("fig-line", "fig-tint") >= 3


def test_teal_is_what_stands_there_without_a_choice():
    block = TOKENS.split('[data-accent="teal"] {', 1)[1].split("}", 1)[0]
    assert {name: GROUND[name] for name in tokens(block)} == tokens(block)


def test_a_school_shows_its_look(whole, site, client):
    assert "data-accent" not in words(client.get("/"))
    assert "<title>Privacy | Riverbend School</title>" in words(client.get("/privacy/"))
    ensure_brand(
        school=whole.school, short_name="Riverbend & Co", accent="plum", footer_address="1 River Street\nSavannah",
        email="office@example.org", phone="912 555 0142", footer_links="State board | https://sos.example/",
    )  # fmt: skip
    text = words(client.get("/privacy/"))
    assert '<html lang="en" data-accent="plum">' in text
    assert "<title>Privacy | Riverbend &amp; Co</title>" in text
    assert "<span>Riverbend &amp; Co</span>" in text
    assert "1 River Street<br>Savannah" in text
    assert 'href="mailto:office@example.org"' in text and 'href="tel:9125550142"' in text
    assert '<a href="https://sos.example/" rel="noopener">State board</a>' in text
    assert "style=" not in text.replace("stylesheet", "")


def test_the_logo_is_a_picture_of_the_library(whole, site, client):
    brand = ensure_brand(school=whole.school)
    brand.logo = picture_of(whole.school)
    save_brand(brand=brand)
    text = words(client.get("/"))
    assert 'class="brand__logo" src="/media/images/' in text
    assert 'alt="Riverbend School"' in text
    brand.logo = picture_of(whole.other_school, title="Foreign")
    with pytest.raises(ValidationError):
        save_brand(brand=brand)


def test_the_other_schools_look_never_shows_here(whole, site, client):
    ensure_brand(
        school=whole.other_school, short_name="Hillside", accent="pine", email="hill@example.org",
        footer_address="9 Hill Road", footer_links="Hill board | https://hill.example/",
    )  # fmt: skip
    for address in ("/", "/privacy/", "/programs/", "/verify/", "/search/", "/accounts/login/", "/no-such-page/"):
        text = words(client.get(address))
        for sign in ("Hillside", "hill@example.org", "9 Hill Road", "hill.example", 'data-accent="pine"'):
            assert sign not in text, (address, sign)


def test_only_administrators_of_the_school_say_how_it_looks(whole, site):
    address = f"/desk/look/{whole.school.slug}/"
    new = {"short_name": "Bend", "accent": "slate", "footer_links": ""}
    for user in (whole.instructor, whole.coordinator, whole.registrar, whole.foreign_registrar, whole.learner_user):
        assert whole.client(user).get(address).status_code == 404
        assert whole.client(user).post(address, new).status_code == 404
    assert Client().post(address, new).status_code == 302
    assert not SchoolBrand.objects.exists()
    admin = whole.client(whole.admin)
    assert admin.get(f"/desk/look/{whole.other_school.slug}/").status_code == 404
    assert admin.get("/desk/look/").headers["Location"] == address
    assert admin.post(address, new).status_code == 302
    assert SchoolBrand.objects.get().accent == "slate"
    assert "<span>Bend</span>" in words(Client().get("/"))


def test_what_is_refused_stands_beside_its_field(whole, site):
    admin = whole.client(whole.admin)
    foreign = picture_of(whole.other_school, title="Foreign")
    own = picture_of(whole.school, title="Own")
    page = admin.get("/desk/look/riverbend/").content.decode()
    assert f'value="{own.pk}"' in page and "Foreign" not in page
    for wrong, says in (
        ({"accent": "red"}, "Select a valid choice"),
        ({"footer_links": "Board | javascript:alert(1)"}, "is no link"),
        ({"logo": foreign.pk}, "Select a valid choice"),
        ({"email": "nobody"}, "valid email"),
    ):
        answer = admin.post("/desk/look/riverbend/", {"accent": "teal", **wrong})
        assert answer.status_code == 200
        assert says in answer.content.decode(), wrong
    assert not SchoolBrand.objects.exists()


@pytest.mark.parametrize(
    "line",
    [
        "https://a.example",
        "| https://a.example",
        "A | a.example",
        "A | javascript:x",
        "A | //a.example",
        "A | data:x",
        "A |",
        "A | https://",
    ],
)
def test_lines_that_are_no_links(line):
    with pytest.raises(ValueError):
        links_in(line)


def test_links_are_read_line_by_line():
    assert links_in(" A | b | https://a.example/x \n\nRules | /rules/") == [
        ("A | b", "https://a.example/x"), ("Rules", "/rules/"),
    ]  # fmt: skip
    with pytest.raises(ValueError):
        links_in("A | /a\n" * 9)


def test_navigation_follows_the_tree(whole, site, client):
    page = StandardPage.objects.get(slug="privacy")
    assert ">Privacy</a>" not in words(client.get("/")).split("<main")[0]
    page.show_in_menus = True
    page.save_revision().publish()
    head = words(client.get("/")).split("<main")[0]
    assert head.index(">Programs</a>") < head.index(">Privacy</a>")
    assert head.count('<a href="/privacy/">Privacy</a>') == 2, "for wide screens, and in the menu of phones"
    page.unpublish()
    assert ">Privacy</a>" not in words(client.get("/"))


def test_a_frame_costs_one_look_into_the_cache(whole, site, client, django_assert_num_queries, rf):
    from cms.selectors import frame_for

    frame_for(rf.get("/"))
    with django_assert_num_queries(0):
        assert frame_for(rf.get("/")).name == "Riverbend School"
    assert HomePage.objects.count() == 1
    assert SchoolImage.objects.count() == 0
