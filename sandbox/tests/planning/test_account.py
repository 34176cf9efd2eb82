import pytest

from sandbox.errors import SandboxError
from sandbox.planning.account import Account, read_account


def test_account_and_region_are_read_from_the_environment(tmp_path):
    file = tmp_path / "dev.tfvars"
    file.write_text('environment = "dev"\naccount_id  = "123456789012" # ours\nregion = "eu-west-1"\n')
    assert read_account(file) == Account("123456789012", "eu-west-1")


def test_what_is_missing_in_the_environment_is_named(tmp_path):
    file = tmp_path / "dev.tfvars"
    file.write_text('region = "eu-west-1"\n# account_id = "123456789012"\n')
    with pytest.raises(SandboxError, match=r"dev.tfvars does not give account_id as a string"):
        read_account(file)


def test_a_missing_environment_is_told_by_its_file(tmp_path):
    with pytest.raises(SandboxError, match=r"prod.tfvars: No such file"):
        read_account(tmp_path / "prod.tfvars")
