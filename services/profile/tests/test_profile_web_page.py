"""The profile in a browser: what it says, to whom, and what it may do."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from botocore.session import Session

from lambda_lib import Handler, ServiceClient
from lambda_lib.testing import FakeAuthentication, FakeService, Table, assert_problem, send
from profile_service.handler import Resources, routes
from profile_service.locations import Locations
from profile_service.model import Location, ProfilePage
from profile_service.store import ProfileStore
from profile_service.web_page import CONTENT_SECURITY_POLICY, web_page

TOWER = Location(
    latitude=51.5081,
    longitude=-0.0759,
    label="Tower",
    accuracy_m=12.5,
    fixed_at=datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC),
)
VOID = {"br", "circle", "meta", "path"}
ATTACK = """<script>alert(1)</script>"><img src=x onerror='alert(2)'>&amp;$user_id"""


class Document(HTMLParser):
    """A page, read: every element has to be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.setdefault(self._open[-1], []).append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def a_page(**members: Any) -> ProfilePage:
    default: dict[str, Any] = {
        "user_id": "ada",
        "display_name": "Ada",
        "bio": "Writes programs.",
        "location": TOWER,
        "location_status": "available",
        "location_visibility": "public",
    }
    return ProfilePage(**(default | members))


def test_a_page_tells_who_it_is_and_where() -> None:
    page = Document(web_page(a_page()))

    assert page.texts["h1"] == ["Ada"]
    assert page.texts["p"] == ["@ada", "Writes programs."]
    assert page.texts["bdi"] == ["Tower"]
    assert page.texts["figcaption"] == ["51.5081° N, 0.0759° W, within 13 m", "As of"]
    assert page.texts["time"] == ["2026-11-24 09:00 UTC"]
    assert page.all("time") == [{"datetime": "2026-11-24T09:00:00+00:00"}]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("none", "No location is shown."),
        ("unavailable", "The location is not available just now. Please try again later."),
    ],
)
def test_a_page_without_a_location_says_so_and_shows_no_map(status: str, text: str) -> None:
    page = Document(web_page(a_page(location=None, location_status=status)))

    assert page.texts["p"][-1] == text
    assert page.all("svg") == []


def test_a_coarse_place_is_told_as_one() -> None:
    coarse = a_page(location=Location(latitude=-33.9, longitude=151.2), location_visibility="coarse")

    assert Document(web_page(coarse)).texts["figcaption"] == ["About 33.9° S, 151.2° E"]


@pytest.mark.parametrize(("latitude", "longitude"), [(0, 0), (-0.0, -0.0), (-0.00004, -0.00004)])
def test_a_place_on_the_equator_and_the_first_meridian_is_neither_south_nor_west(
    latitude: float, longitude: float
) -> None:
    page = Document(web_page(a_page(location=Location(latitude=latitude, longitude=longitude))))

    assert page.texts["figcaption"] == ["0.0000° N, 0.0000° E"]


@pytest.mark.parametrize(("latitude", "longitude"), [(0, 0), (90, 180), (-90, -180), (51.5081, -0.0759)])
def test_the_dot_is_where_the_user_is_and_within_the_picture(latitude: float, longitude: float) -> None:
    page = Document(web_page(a_page(location=Location(latitude=latitude, longitude=longitude))))

    [dot], [svg] = page.all("circle"), page.all("svg")
    x, y, radius = (float(dot[name] or "") for name in ("cx", "cy", "r"))
    left, top, width, height = map(float, (svg["viewbox"] or "").split())
    assert (x, -y) == (pytest.approx(longitude, abs=0.01), pytest.approx(latitude, abs=0.01))
    assert left <= x - radius <= x + radius <= left + width
    assert top <= y - radius <= y + radius <= top + height


def test_a_page_has_what_assistive_technology_needs() -> None:
    page = Document(web_page(a_page()))

    assert page.all("html") == [{"lang": "en"}]
    assert page.texts["title"][0] == "Ada: profile"
    assert [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)] == ["h1", "h2"]
    assert len(page.all("main")) == 1
    [svg] = page.all("svg")
    assert (svg["role"], svg["aria-labelledby"]) == ("img", "map-title")
    assert page.all("title")[1] == {"id": "map-title"}
    assert page.texts["title"][1] == "Map of the world with a dot at 51.5081° N, 0.0759° W"
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")


def test_a_name_of_nothing_to_see_is_no_empty_heading() -> None:
    assert Document(web_page(a_page(display_name=" \u3000"))).texts["h1"] == ["ada"]


def test_texts_of_either_direction_of_writing_keep_to_themselves() -> None:
    page = Document(web_page(a_page()))

    assert page.all("h1") == [{"dir": "auto"}]
    assert {"class": "bio", "dir": "auto"} in page.all("p")
    assert page.all("bdi") == [{}]  # which isolates


def test_what_users_write_is_text_whatever_it_looks_like() -> None:
    harmless, attack = (
        Document(web_page(a_page(display_name=text, bio=text, location=TOWER.model_copy(update={"label": text}))))
        for text in ("Ada", ATTACK)
    )

    assert attack.elements == harmless.elements
    assert attack.texts["h1"] == attack.texts["bdi"] == [ATTACK]


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    page = Document(web_page(a_page()))

    forbidden = {"script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image", "foreignobject"}
    assert forbidden.isdisjoint(tag for tag, _ in page.elements)
    attributes = {name for _, attributes in page.elements for name in attributes}
    assert not any(name in {"style", "src", "href"} or name.startswith("on") for name in attributes)
    assert "url(" not in page.texts["style"][0]
    assert "@import" not in page.texts["style"][0]


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    [style] = re.findall("<style>(.*)</style>", web_page(a_page()), re.DOTALL)

    directives = dict(directive.split(" ", 1) for directive in CONTENT_SECURITY_POLICY.split("; "))
    assert directives == {
        "default-src": "'none'",
        "style-src": f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    channels = (int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_everything_is_told_apart_by_eyes_that_see_less(scheme: int) -> None:
    [style] = Document(web_page(a_page())).texts["style"]
    sets = re.findall(r":root \{([^}]*)\}", style)
    assert "prefers-color-scheme: dark" in style.partition(sets[0])[2]
    colours = dict(re.findall(r"--(\w+): #(\w+)", sets[scheme]))

    assert contrast(colours["ink"], colours["paper"]) >= 7
    assert contrast(colours["quiet"], colours["paper"]) >= 7
    assert contrast(colours["place"], colours["sea"]) >= 4.5
    assert contrast(colours["place"], colours["land"]) >= 4.5


@pytest.fixture
def handler(
    aws: Session, table: Table, authentication: FakeAuthentication, location: FakeService
) -> Handler[Resources]:
    """Ada has a profile and a location."""
    location.answers["GET /locations/ada"] = (200, {"latitude": 51.5081, "longitude": -0.0759})
    authentication.sign_in("ada", token="adas-token")
    services = ServiceClient(environment="dev", region="us-east-1", session=aws)
    resources = Resources(ProfileStore(table.client, table.name), Locations(services))
    resources.profiles.put("ada", {"display_name": "Ada"}, version="v1")
    return Handler(routes, resources=resources, authenticate=authentication)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/json"),
        (None, "application/json"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
    ],
)
def test_a_browser_gets_a_page_and_everybody_else_json(
    accept: str | None, media_type: str, handler: Handler[Resources]
) -> None:
    headers = {"Accept": accept} if accept else {}

    reply = send(handler, "GET /profiles/{user_id}", path={"user_id": "ada"}, headers=headers)

    assert (reply["statusCode"], reply["headers"]["Content-Type"]) == (200, media_type)
    assert reply["headers"]["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert reply["headers"]["X-Content-Type-Options"] == "nosniff"
    assert reply["headers"]["Referrer-Policy"] == "no-referrer"
    assert "51.5081" in reply["body"]


def test_who_takes_neither_is_told(handler: Handler[Resources]) -> None:
    reply = send(handler, "GET /profiles/{user_id}", path={"user_id": "ada"}, headers={"Accept": "image/png"})

    assert_problem(reply, 406, "not_acceptable")
