"""What every `*.tf` has to be, read with python-hcl2: described, refusing what it says, and good for provider 6."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

ROOT = Path(__file__).parent.parent
OPTIONS = hcl2.SerializationOptions(with_comments=False, strip_string_quotes=True)
FOLDERS = sorted(
    path.parent.relative_to(ROOT)
    for top in ("terraform", "examples")
    for path in ROOT.glob(f"{top}/**/versions.tf")
    if ".terraform" not in path.parts
)

# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade
GONE_IN_6 = {
    "aws_api_gateway_account": ("reset_on_delete",),
    "aws_api_gateway_deployment": (
        *("canary_settings", "execution_arn", "invoke_url", "stage_description", "stage_name"),
    ),
    "aws_region": ("name",),
    "aws_s3_bucket": ("region",),
}
TYPES_GONE_IN_6 = re.compile(r"\baws_(?:opsworks|simpledb|worklink|redshift_service_account)\w*")


@cache
def parsed(text: str) -> dict[str, Any]:
    return hcl2.loads(text, serialization_options=OPTIONS)


def blocks(file: Path) -> dict[str, Any]:
    return parsed(file.read_text())


def labelled(folder: Path, kind: str, pattern: str = "*.tf") -> Iterator[tuple[str, dict[str, Any]]]:
    """Blocks of one label, such as variables, with their label."""
    for file in sorted((ROOT / folder).glob(pattern)):
        for block in blocks(file).get(kind, ()):
            yield from block.items()


def resources(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Resources with their address."""
    for kind, block in labelled(folder, "resource"):
        for name, body in block.items():
            if isinstance(body, dict):
                yield f"{kind}.{name}", body


def refusals(folder: Path) -> Counter[str]:
    """How many conditions there are that an input, or a resource, may fail."""
    found: Counter[str] = Counter()
    for name, variable in labelled(folder, "variable"):
        found[f"var.{name}"] += len(variable.get("validation", ()))
    for name, check in labelled(folder, "check"):
        found[f"check.{name}"] += len(check.get("assert", ()))
    for name, output in labelled(folder, "output"):
        found[f"output.{name}"] += len(output.get("precondition", ()))
    for address, body in resources(folder):
        for lifecycle in body.get("lifecycle", ()):
            found[address] += len(lifecycle.get("precondition", ()))
    return +found


def refused(folder: Path) -> Counter[str]:
    """How many runs expect each of them to fail."""
    return Counter(
        re.sub(r"^\$\{|\}$|\[[^]]*\]", "", str(expected))
        for _, run in labelled(folder, "run", "tests/*.tftest.hcl")
        for expected in run.get("expect_failures", ())
    )


def gone_in_6(text: str) -> set[str]:
    """What a source has that provider 6 does not: types, arguments, and attributes that it refers to."""
    found = {match[0] for match in TYPES_GONE_IN_6.finditer(text)}
    for kind, names in GONE_IN_6.items():
        arguments = {
            argument
            for block in (*parsed(text).get("resource", ()), *parsed(text).get("data", ()))
            for body in (block.get(kind) or {}).values()
            if isinstance(body, dict)
            for argument in body
        }
        attributes = set(re.findall(rf"\b{kind}\.\w+(?:\[[^]]*\])?\.(\w+)", text))
        found |= {f"{kind}.{name}" for name in names if name in arguments | attributes}
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_variable_and_output_is_described(folder):
    described = [*labelled(folder, "variable"), *labelled(folder, "output")]
    assert described
    assert [name for name, body in described if len(body.get("description", "")) < 10] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_condition_has_a_run_that_expects_it_to_fail(folder):
    assert refusals(folder) - refused(folder) == Counter()


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_versions_are_those_that_are_tested_and_the_next_major_one(folder):
    [terraform] = [block for file in (ROOT / folder).glob("*.tf") for block in blocks(file).get("terraform", ())]
    assert terraform["required_version"] == ">= 1.11"
    for providers in terraform.get("required_providers", ()):
        assert providers["aws"]["version"] == ">= 5.100, < 7"


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_nothing_is_used_that_provider_6_has_not(folder):
    assert {file.name: gone for file in (ROOT / folder).glob("*.tf") if (gone := gone_in_6(file.read_text()))} == {}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ('resource "aws_simpledb_domain" "this" {\n  name = "a"\n}\n', {"aws_simpledb_domain"}),
        (
            'resource "aws_api_gateway_deployment" "this" {\n  stage_name = "live"\n}\n',
            {"aws_api_gateway_deployment.stage_name"},
        ),
        (
            'output "url" {\n  value = aws_api_gateway_deployment.this[0].invoke_url\n}\n',
            {"aws_api_gateway_deployment.invoke_url"},
        ),
        ('data "aws_region" "here" {\n  name = "us-east-1"\n}\n', {"aws_region.name"}),
        ("locals {\n  region = data.aws_region.here.name\n}\n", {"aws_region.name"}),
        ('resource "aws_api_gateway_stage" "this" {\n  stage_name = "live"\n}\n', set()),
    ],
)  # fmt: skip
def test_what_provider_6_has_not_is_found(text, gone):
    assert gone_in_6(text) == gone
