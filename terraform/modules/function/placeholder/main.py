"""What a service answers between its first `terraform apply` and its first release: 503, try again.

`../placeholder.zip` holds this file alone. After a change, make it again, byte for byte the same on any machine:

    python3 -c '
    import pathlib, zipfile
    entry = zipfile.ZipInfo("main.py")  # dated 1980-01-01
    entry.create_system, entry.external_attr = 3, 0o100644 << 16  # readable by the user that Lambda runs as
    with zipfile.ZipFile("placeholder.zip", "w") as bundle:
        bundle.writestr(entry, pathlib.Path("placeholder/main.py").read_bytes())'
"""

# ruff: noqa: INP001 - the root of a zip, not a package

import json


def handler(_event: object, _context: object) -> dict[str, object]:
    """Answers any request that API Gateway proxies with a problem (RFC 9457)."""
    problem = {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "This service has not been released yet.",
        "code": "not_released",
    }
    return {
        "statusCode": 503,
        "headers": {"Content-Type": "application/problem+json", "Retry-After": "60"},
        "body": json.dumps(problem),
    }
