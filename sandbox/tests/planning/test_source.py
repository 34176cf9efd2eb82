import shutil

import pytest

from sandbox.errors import SandboxError
from sandbox.planning.source import copy_declaration, digest, find_services, targets


@pytest.fixture
def source(tmp_path):
    """A declaration of two services."""
    root = tmp_path / "source"
    for path, text in {
        "terraform/environments/dev.tfvars": 'account_id = "123456789012"\n',
        "terraform/platform/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
        "terraform/platform/.terraform/providers/huge": "",
        "terraform/platform/terraform.tfstate": "{}",
        "terraform/service/main.tf": "",
        "terraform/modules/api/api.tf": "",
        "terraform/modules/api/tests/api.tftest.hcl": "",
        "services/location/service.tfvars": 'name = "location"\n',
        "services/location/openapi.json": "{}",
        "services/location/src/secret.py": "",
        "services/profile/service.tfvars": 'name = "profile"\n',
        "services/README.md": "",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_a_service_is_a_folder_with_a_tfvars_file(source):
    assert find_services(source, None) == ("location", "profile")


def test_only_the_wanted_services_are_found(source):
    assert find_services(source, ["profile"]) == ("profile",)


def test_an_unknown_service_is_told_with_those_that_there_are(source):
    with pytest.raises(SandboxError, match=r"no service lokation under .*; there is location, profile"):
        find_services(source, ["lokation"])


def test_a_folder_without_a_declaration_is_told(tmp_path):
    with pytest.raises(SandboxError, match=r"holds no terraform/ with services/.*/service.tfvars"):
        find_services(tmp_path, None)


def test_the_platform_and_each_service_are_planned_with_the_files_of_the_environment():
    platform, location = targets("dev", ["location"])
    assert [str(path) for path in platform.var_files] == ["terraform/environments/dev.tfvars"]
    assert [str(path) for path in location.var_files] == [
        "terraform/environments/dev.tfvars",
        "services/location/service.tfvars",
    ]


def test_the_copy_has_what_plans_are_made_of_and_a_local_backend(source, tmp_path):
    copy = tmp_path / "copy"
    copy_declaration(source, copy, targets("dev", ["location", "profile"]))
    assert sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()) == [
        "services/location/openapi.json",
        "services/location/service.tfvars",
        "services/profile/service.tfvars",
        "terraform/environments/dev.tfvars",
        "terraform/modules/api/api.tf",
        "terraform/platform/backend_override.tf",
        "terraform/platform/main.tf",
        "terraform/service/backend_override.tf",
        "terraform/service/main.tf",
    ]
    assert 'backend "local"' in (copy / "terraform/platform/backend_override.tf").read_text()


def test_what_was_removed_from_the_source_is_removed_from_the_copy(source, tmp_path):
    copy_declaration(source, tmp_path / "copy", targets("dev", ["location"]))
    shutil.rmtree(source / "terraform" / "modules")
    copy_declaration(source, tmp_path / "copy", targets("dev", ["location"]))
    assert not (tmp_path / "copy/terraform/modules").exists()


def test_a_missing_environment_is_told_by_its_file(source, tmp_path):
    with pytest.raises(SandboxError, match=r"terraform/environments/prod.tfvars is missing"):
        copy_declaration(source, tmp_path / "copy", targets("prod", ["location"]))


@pytest.mark.parametrize(
    "changed",
    [
        "terraform/environments/dev.tfvars",
        "terraform/modules/api/api.tf",
        "services/location/service.tfvars",
        "services/location/openapi.json",
    ],
)
def test_the_digest_of_a_target_tells_a_change_of_any_of_its_files(source, changed):
    _, location = targets("dev", ["location"])
    before = digest(source, location)
    (source / changed).write_text("changed")
    assert digest(source, location) != before


def test_the_digest_of_a_target_does_not_tell_a_change_of_another_service(source):
    _, location = targets("dev", ["location"])
    before = digest(source, location)
    (source / "services/profile/service.tfvars").write_text("changed")
    assert digest(source, location) == before


def test_the_digest_of_a_target_tells_one_environment_from_another(source):
    (source / "terraform/environments/prod.tfvars").write_text('account_id = "210987654321"\n')
    (dev, _), (prod, _) = targets("dev", ["location"]), targets("prod", ["location"])
    assert digest(source, dev) != digest(source, prod)
