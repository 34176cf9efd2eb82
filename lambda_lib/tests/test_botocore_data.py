"""botocore's data, trimmed: the clients of the services that stay see no difference."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from lambda_lib._botocore_data import trim

SERVICES = ["cloudwatch", "dynamodb", "s3", "ssm", "sts"]  # s3 and cloudwatch: endpoints by other rules and other names
FULL = Path(botocore.__file__).parent / "data"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("botocore") / "data"
    shutil.copytree(
        FULL, folder, ignore=lambda path, names: set(names) - {*SERVICES, "sqs"} if path == str(FULL) else ()
    )
    for path in FULL.glob("*.json"):
        shutil.copy(path, folder)
    trim(folder, SERVICES)
    return folder


def a_session(data: Path) -> Session:
    session = Session()
    session.set_credentials("none", "none")
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session


def without_documentation(model: Any) -> Any:
    if isinstance(model, dict):
        kept = {key: value for key, value in model.items() if not (key == "documentation" and isinstance(value, str))}
        return {key: without_documentation(value) for key, value in kept.items()}
    return [without_documentation(value) for value in model] if isinstance(model, list) else model


def test_the_services_used_and_the_shared_files_stay(data: Path) -> None:
    assert {path.name for path in data.iterdir()} == {*SERVICES, *(path.name for path in FULL.glob("*.json"))}


def test_of_a_service_the_version_stays_that_a_client_gets(data: Path) -> None:
    full = a_session(FULL).get_component("data_loader")
    for service in SERVICES:
        (version,) = (data / service).iterdir()
        assert version.name == full.determine_latest_version(service, "service-2")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "mars-north-9"])
def test_a_client_has_the_same_endpoint_and_signs_for_the_same_region(data: Path, service: str, region: str) -> None:
    trimmed, full = (a_session(folder).create_client(service, region_name=region).meta for folder in (data, FULL))
    assert trimmed.endpoint_url == full.endpoint_url
    assert trimmed.partition == full.partition
    assert trimmed.service_model.signing_name == full.service_model.signing_name


@pytest.mark.parametrize("service", SERVICES)
def test_a_model_differs_by_the_texts_of_its_documentation_only(data: Path, service: str) -> None:
    trimmed, full = (a_session(folder).get_service_data(service) for folder in (data, FULL))
    assert without_documentation(trimmed) == without_documentation(full)
    assert len(json.dumps(trimmed)) < 0.6 * len(json.dumps(full))


@pytest.mark.parametrize("service", SERVICES)
def test_waiters_paginators_and_regions_are_the_same(data: Path, service: str) -> None:
    trimmed, full = a_session(data), a_session(FULL)
    assert trimmed.get_available_regions(service) == full.get_available_regions(service)
    clients = [session.create_client(service, region_name="us-east-1") for session in (trimmed, full)]
    assert clients[0].waiter_names == clients[1].waiter_names
    operations = clients[1].meta.method_to_api_mapping
    assert [clients[0].can_paginate(name) for name in operations] == [
        clients[1].can_paginate(name) for name in operations
    ]


def test_a_member_that_is_called_documentation_stays(tmp_path: Path) -> None:
    data = a_small_data(tmp_path, members={"documentation": {"shape": "Text", "documentation": "<p>Long.</p>"}})
    trim(data, ["small"])
    model = json.loads((data / "small" / "2020-01-01" / "service-2.json").read_text())
    assert model["shapes"]["Thing"]["members"] == {"documentation": {"shape": "Text", "documentation": ""}}


def test_a_service_that_botocore_does_not_have_is_refused_before_anything_is_removed(tmp_path: Path) -> None:
    data = a_small_data(tmp_path, members={})
    with pytest.raises(FileNotFoundError, match="botocore has no service 'large'"):
        trim(data, ["large"])
    assert (data / "small").is_dir()


def a_small_data(folder: Path, *, members: dict[str, Any]) -> Path:
    version = folder / "small" / "2020-01-01"
    version.mkdir(parents=True)
    model = {"metadata": {"endpointPrefix": "small"}, "shapes": {"Thing": {"type": "structure", "members": members}}}
    (version / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(model).encode()))
    (folder / "endpoints.json").write_text(json.dumps({"partitions": [{"services": {"small": {}, "other": {}}}]}))
    return folder
