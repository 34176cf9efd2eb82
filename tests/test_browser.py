"""The profile page, in a browser: at a phone's and a desk's width, in light and in dark, with each kind of location.

Pictures of it are left in the tests' folder, and in that which the environment variable SCREENSHOTS names.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from running_sandbox import ROOT, RunningSandbox, a_user

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.xdist_group("roomy sandbox"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(19, 21, 23)"}
PROFILE = {"display_name": "Ada Lovelace", "bio": "Writes programs for the Analytical Engine.\nReads Bernoulli."}
PLACE = {
    "latitude": 51.5072,
    "longitude": -0.1276,
    "label": "St. James's Square, London",
    "accuracy_m": 12.5,
    "fixed_at": "2026-11-24T09:00:00Z",
}
SHOWN = {
    "public": ["St. James's Square, London", "51.5072° N, 0.1276° W, within 13 m", "As of 2026-11-24 09:00 UTC"],
    "coarse": ["About 51.5° N, 0.1° W"],
    "hidden": ["No location is shown."],
    "unavailable": ["The location is not available just now. Please try again later."],
}
# The page promises the contrasts of WCAG's level AAA, which axe looks at only if it is told to.
AXE = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
MARKUP = "<script>document.title = 'it ran'</script><img src=x onerror=\"document.title = 'it ran'\">"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def published(sandbox: RunningSandbox, profile: dict[str, str], place: dict[str, object]) -> str:
    """The URL of the page of somebody new."""
    user = a_user(sandbox)
    path = f"/profiles/{user.user_id}"
    for written, body in ((path, profile), (f"{path}/location", place)):
        assert sandbox.call("PUT", "profile", written, body=body, headers=user.bearer).status_code == 204
    return sandbox.url("profile", path)


@pytest.fixture(scope="module")
def urls(roomy_sandbox: RunningSandbox) -> dict[str, str]:
    """Pages, by the kind of their location."""
    urls = {
        visibility: published(roomy_sandbox, PROFILE | {"location_visibility": visibility}, PLACE)
        for visibility in ("public", "coarse", "hidden")
    }
    urls["unavailable"] = published(roomy_sandbox, PROFILE, PLACE)
    # Location answers with an error what it cannot read.
    unreadable = {"user_id": {"S": urls["unavailable"].rpartition("/")[2]}, "latitude": {"S": "north"}}
    roomy_sandbox.aws("dynamodb").put_item(TableName="dev-location", Item=unreadable)
    return urls


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def visit(page: Page, url: str) -> list[str]:
    """Open a page; what the browser complains of, and what it asks of any server, is added to the list as it comes."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("request", lambda request: seen.append(request.url))
    response = page.goto(url)
    assert response is not None
    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return seen


@pytest.mark.parametrize("scheme", PAPER)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", SHOWN)
def test_the_page_is_legible_and_accessible_and_loads_nothing(
    browser: Browser, urls: dict[str, str], tmp_path: Path, kind: str, width: str, scheme: str
) -> None:
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    with browser.new_context(viewport=size, color_scheme=scheme) as context:
        page = context.new_page()
        seen = visit(page, urls[kind])
        picture = tmp_path / f"{kind}-{width}-{scheme}.png"
        page.screenshot(path=picture, full_page=True)
        if folder := os.environ.get("SCREENSHOTS"):
            (ROOT / folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, ROOT / folder)
        text = page.locator("main").inner_text()
        assert PROFILE["display_name"] in text
        assert [line for line in SHOWN[kind] if line not in text] == []
        assert page.locator("svg").count() == (kind in {"public", "coarse"})
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER[scheme]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        violations = Axe().run(page, options=AXE)
        assert violations.violations_count == 0, violations.generate_report()
        assert seen == [urls[kind]]


def test_a_fault_that_is_put_into_the_page_is_found(page: Page, urls: dict[str, str]) -> None:
    visit(page, urls["public"])
    page.evaluate("document.documentElement.lang = ''; document.querySelector('.quiet').style.color = '#767676'")
    found = {violation["id"] for violation in Axe().run(page, options=AXE).response["violations"]}
    assert found == {"html-has-lang", "color-contrast-enhanced"}  # a contrast of 4.54:1 to white


def test_a_coarse_location_is_nowhere_on_the_page_as_it_is(page: Page, urls: dict[str, str]) -> None:
    visit(page, urls["coarse"])
    content = page.content()
    assert [part for part in ("51.5072", "0.1276", "James", "2026-11-24") if part in content] == []


def test_markup_in_a_profile_is_text(page: Page, roomy_sandbox: RunningSandbox) -> None:
    profile = {"display_name": MARKUP[:80], "bio": MARKUP}
    url = published(roomy_sandbox, profile, PLACE | {"label": MARKUP[:100]})
    seen = visit(page, url)
    assert page.locator("h1").inner_text() == profile["display_name"]
    assert page.locator(".bio").inner_text() == MARKUP
    assert page.title() == f"{profile['display_name']}: profile"
    assert page.locator("script, img").count() == 0
    assert seen == [url]


@pytest.mark.parametrize("is_sent", [True, False], ids=["with its policy", "without"])
def test_a_script_that_got_into_the_page_does_not_run(page: Page, urls: dict[str, str], *, is_sent: bool) -> None:
    def spoil(route: Route) -> None:
        response = route.fetch()
        headers = {
            name: value for name, value in response.headers.items() if is_sent or name != "content-security-policy"
        }
        route.fulfill(response=response, headers=headers, body=response.text().replace("</main>", f"{MARKUP}</main>"))

    page.route(urls["public"], spoil)
    seen = visit(page, urls["public"])
    assert page.locator("main script").count() == 1
    assert page.title() == ("Ada Lovelace: profile" if is_sent else "it ran")
    refused = [text for text in seen if text.startswith("console: ") and "Content Security Policy" in text]
    # The script, the picture, and what its failure would have run.
    assert len(refused) == (3 if is_sent else 0), seen
