"""botocore's data, down to what the clients of some services read.

botocore brings the models of every AWS service (21 MB), each with its reference documentation, and one table of the
endpoints of all (1.3 MB) that it parses whenever a session makes its first client. What it reads of these, and when,
is in `botocore.loaders` and in the user guide under "Loaders".
"""

import gzip
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

_ENDPOINTS = "endpoints.json"
_MODEL = "service-2.json"


def trim(data: Path, services: Collection[str]) -> None:
    """Remove what no client of the services reads.

    What goes: other services; API versions other than the latest, which is the one that a client gets; examples, which
    only the documentation shows; the texts of the documentation. What stays of the shared table of endpoints is
    every partition and region, with the endpoints of the services.

    Args:
        data: botocore's folder `data`.
        services: Services as botocore names them.

    Raises:
        FileNotFoundError: botocore does not have such a service.
    """
    for service in services:
        if not (data / service).is_dir():
            raise FileNotFoundError(f"botocore has no service {service!r}")
    names = set(services)
    for folder in data.iterdir():
        if folder.name in services:
            names.add(_trim_service(folder))
        elif folder.is_dir():
            shutil.rmtree(folder)
    endpoints = data / _ENDPOINTS
    table = json.loads(endpoints.read_text(encoding="utf-8"))
    for partition in table["partitions"]:
        partition["services"] = {name: entry for name, entry in partition["services"].items() if name in names}
    _write(endpoints, table)


def _trim_service(folder: Path) -> str:
    """Trim a service's folder; the service's name in the table of endpoints."""
    *older, latest = sorted(path for path in folder.iterdir() if path.is_dir())
    for version in older:
        shutil.rmtree(version)
    for example in latest.glob("examples-*"):
        example.unlink()
    packed = latest / f"{_MODEL}.gz"
    model = _without_texts(json.loads(gzip.decompress(packed.read_bytes())))
    packed.unlink()
    # Not packed: the zip does that better, and a start is spared the unpacking.
    _write(latest / _MODEL, model)
    prefix: str = model["metadata"]["endpointPrefix"]
    return prefix


def _without_texts(model: Any) -> Any:
    # The keys stay, as botocore asks for some of them without a default. A member may have this name too, but what
    # stands there is its shape and not a text.
    match model:
        case dict():
            return {
                key: "" if key == "documentation" and isinstance(value, str) else _without_texts(value)
                for key, value in model.items()
            }
        case list():
            return [_without_texts(value) for value in model]
        case _:
            return model


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
