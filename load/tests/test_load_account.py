import boto3
import pytest
from botocore.credentials import CredentialResolver, Credentials
from botocore.session import Session as BotocoreSession

from load import account
from load.errors import RefusedError, UnreachableError
from load.signature import Signer


@pytest.mark.parametrize("environment", ["prod", "production", "prod-eu"])
def test_an_environment_that_begins_with_prod_is_refused_unless_it_is_named(environment: str) -> None:
    with pytest.raises(RefusedError, match="--allow-environment"):
        account.check_environment(environment, [])
    account.check_environment(environment, [environment])


def test_when_environments_are_named_every_other_one_is_refused() -> None:
    account.check_environment("dev", [])
    account.check_environment("dev", ["test", "dev"])
    with pytest.raises(RefusedError, match="dev is not among the allowed ones: test"):
        account.check_environment("dev", ["test"])


@pytest.mark.usefixtures("aws")
def test_an_account_that_is_allowed_is_returned_with_its_partition() -> None:
    assert account.check_account(boto3.Session(), ["1", "123456789012"]) == account.Account("123456789012", "aws")


@pytest.mark.usefixtures("aws")
def test_an_account_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(RefusedError, match="account 123456789012 is not among the allowed ones: 210987654321"):
        account.check_account(boto3.Session(), ["210987654321"])


@pytest.mark.usefixtures("aws")
def test_the_operator_session_acts_as_the_role() -> None:
    role_arn = "arn:aws:iam::123456789012:role/dev-load-operator"
    session = account.operator_session(account.caller_session(), role_arn)
    identity = session.client("sts").get_caller_identity()["Arn"]
    assert identity == "arn:aws:sts::123456789012:assumed-role/dev-load-operator/load"
    assert session.region_name == "us-east-1"
    assert account.credentials(session).get_frozen_credentials().token


@pytest.mark.usefixtures("aws")
def test_without_a_region_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(UnreachableError, match="no region is configured"):
        account.caller_session()


def test_without_credentials_there_is_one_clear_line() -> None:
    with pytest.raises(UnreachableError, match="Unable to locate credentials"), account.aws_errors():
        boto3.Session(botocore_session=_without_credentials(), region_name="us-east-1").client(
            "sts"
        ).get_caller_identity()


def _without_credentials() -> BotocoreSession:
    session = BotocoreSession()
    session.register_component("credential_provider", CredentialResolver([]))
    return session


def test_a_request_is_signed_for_execute_api_with_the_token_of_the_session() -> None:
    headers = Signer(Credentials("AKID", "secret", "token"), "eu-west-1").headers(
        "GET", "https://api.example/live/x?a=1"
    )
    assert headers["X-Amz-Security-Token"] == "token"
    assert (
        "/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token"
        in headers["Authorization"]
    )
