"""A profile as a page for browsers: no script, nothing loaded from anywhere, and legible to everyone."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from math import ceil
from string import Template

from profile_service.model import Location, ProfilePage
from profile_service.world_map import world_map

# Text is in contrasts of 7:1 and more, the dot in 4.5:1 and more to the map (WCAG 2.2, 1.4.6 and 1.4.11).
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1b1b; --quiet: #545454; --rule: #d0d0d0;
  --sea: #eaf1f7; --land: #c9d6c4; --line: #b4c2cf; --place: #a3001b; }
@media (prefers-color-scheme: dark) { :root { --paper: #131517; --ink: #ececec; --quiet: #b5b5b5; --rule: #3a3d40;
  --sea: #18222b; --land: #3b4a3c; --line: #35424d; --place: #ff9d8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
p { margin: .5rem 0; }
figure { margin: 1rem 0 0; }
figcaption { margin-top: .5rem; }
figcaption, .quiet { color: var(--quiet); }
.bio { white-space: pre-line; margin-top: 1rem; }
svg { display: block; width: 100%; height: auto; border-radius: .5rem; background: var(--sea); }
.land { fill: var(--land); }
.graticule { fill: none; stroke: var(--line); stroke-width: .4; }
.cross { fill: none; stroke: var(--place); stroke-width: .6; stroke-dasharray: 2 2; }
.place { fill: var(--place); stroke: var(--paper); stroke-width: 1.5; }
"""

_PAGE = Template(f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$name: profile</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">$name</h1>
<p class="quiet">@$user_id</p>
$bio
<h2>Location</h2>
$location
</main>
</body>
</html>
""")

_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do with the page: apply its style sheet, told by the digest (CSP Level 3), and nothing else."""


def web_page(page: ProfilePage) -> str:
    """The page, in HTML.

    Args:
        page: What is shown. All of its texts are somebody's, and escaped; each tells its own direction of writing.
    """
    return _PAGE.substitute(
        # A heading has to be readable: a name of nothing but spaces is not.
        name=escape(page.display_name if page.display_name.strip() else page.user_id),
        user_id=escape(page.user_id),
        bio="" if page.bio is None else f'<p class="bio" dir="auto">{escape(page.bio)}</p>',
        location=_without_location(page) if page.location is None else _figure(page, page.location),
    )


def _without_location(page: ProfilePage) -> str:
    if page.location_status == "unavailable":
        return "<p>The location is not available just now. Please try again later.</p>"
    return "<p>No location is shown.</p>"


def _figure(page: ProfilePage, location: Location) -> str:
    is_coarse = page.location_visibility == "coarse"
    place = _place(location, decimals=1 if is_coarse else 4)
    label = "" if location.label is None else f"<p><bdi>{escape(location.label)}</bdi></p>\n"
    accuracy = "" if location.accuracy_m is None else f", within {ceil(location.accuracy_m):,} m"
    time = ""
    if location.fixed_at is not None:
        moment = location.fixed_at.isoformat(timespec="seconds")
        time = f'<br>As of <time datetime="{moment}">{location.fixed_at:%Y-%m-%d %H:%M %Z}</time>'
    picture = world_map(location.latitude, location.longitude, description=f"Map of the world with a dot at {place}")
    caption = f"{'About ' if is_coarse else ''}{place}{accuracy}{time}"
    return f"{label}<figure>\n{picture}\n<figcaption>{caption}</figcaption>\n</figure>"


def _place(location: Location, *, decimals: int) -> str:
    """Coordinates as people write them."""
    # Rounded first: what is written as 0 is neither south nor west.
    latitude, longitude = round(location.latitude, decimals), round(location.longitude, decimals)
    north = f"{abs(latitude):.{decimals}f}° {'S' if latitude < 0 else 'N'}"
    east = f"{abs(longitude):.{decimals}f}° {'W' if longitude < 0 else 'E'}"
    return f"{north}, {east}"
