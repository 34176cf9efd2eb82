import asyncio
import json
import time

import pytest

from sandbox.access.identity import Identities
from sandbox.errors import PlanError
from sandbox.gateway.authorization import Authorization
from sandbox.gateway.messages import Request
from sandbox.gateway.refusal import Refusal

EVERYONE = {"Sid": "Everyone", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
ONLY_CALLER = {
    "Sid": "OnlyCaller",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "execute-api:Invoke",
    "Resource": "execute-api:/live/GET/users/*",
    "Condition": {"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/caller"}},
}


def a_policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def signed_body(openapi, operation):
    return openapi({"/users/{user_id}": {"get": operation(**{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})}})


def respond(serve, body, role, *, policy=None):
    async def scenario():
        async with serve(body, policy=policy) as served:
            credentials = served.identities.administrator if role is None else served.session(role)
            return await served.signed(credentials)

    return asyncio.run(scenario())


def test_an_unsigned_request_to_a_signed_method_is_refused(serve, signed_body):
    async def scenario():
        async with serve(signed_body) as served:
            return await served.request()

    response = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (403, {"message": "Missing Authentication Token"})


def test_a_caller_whose_role_may_invoke_is_served(serve, signed_body, caller):
    assert respond(serve, signed_body, caller).status == 200


def test_the_administrator_is_served(serve, signed_body):
    assert respond(serve, signed_body, None).status == 200


def test_a_caller_whom_no_policy_allows_is_denied(serve, signed_body, stranger):
    response = respond(serve, signed_body, stranger)
    assert response.status == 403
    assert json.loads(response.body) == {
        "Message": "User: arn:aws:sts::123456789012:assumed-role/stranger/test is not authorized to perform: "
        "execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/live/GET/users/ada"
    }
    assert ("x-amzn-ErrorType", "AccessDeniedException") in response.headers


def test_within_one_account_the_apis_policy_alone_can_allow(serve, signed_body, stranger):
    policy = a_policy({**EVERYONE, "Resource": "execute-api:/live/*"})
    assert respond(serve, signed_body, stranger, policy=policy).status == 200


def test_a_policy_that_names_the_account_leaves_it_to_the_identity(serve, signed_body, stranger):
    account = {**EVERYONE, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "execute-api:/live/*"}
    assert respond(serve, signed_body, stranger, policy=a_policy(account)).status == 403


def test_the_apis_deny_wins_over_every_allow_but_spares_the_listed_role(serve, signed_body, caller, stranger):
    policy = a_policy({**EVERYONE, "Resource": "execute-api:/live/*"}, ONLY_CALLER)
    denied = respond(serve, signed_body, stranger, policy=policy)
    assert denied.status == 403
    assert json.loads(denied.body)["Message"].endswith("/live/GET/users/ada with an explicit deny")
    assert respond(serve, signed_body, caller, policy=policy).status == 200
    assert respond(serve, signed_body, None, policy=policy).status == 403


def test_the_apis_policy_decides_alone_on_an_unsigned_method(serve):
    async def scenario(policy):
        async with serve(policy=policy) as served:
            return await served.request()

    elsewhere = {**EVERYONE, "Resource": "execute-api:/live/POST/*"}
    denied = asyncio.run(scenario(a_policy(elsewhere)))
    assert denied.status == 403
    assert json.loads(denied.body)["Message"].startswith("User: anonymous is not authorized to perform")
    assert asyncio.run(scenario(a_policy({**EVERYONE, "Resource": "execute-api:/*/GET/users/*"}))).status == 200
    assert asyncio.run(scenario(None)).status == 200


def check_source_ip(condition):
    policy = a_policy({**EVERYONE, "Resource": ["execute-api:/*"], "Condition": condition})
    identities = Identities(account_id="123456789012")
    authorization = Authorization(
        arn="arn:aws:execute-api:us-east-1:123456789012:a", policy=policy, identities=identities, region="us-east-1"
    )
    request = Request("GET", "/live/users", "", (), b"", "192.0.2.7")
    authorization.check(request, "live/GET/users", signed=False, now=0)


def test_a_policy_can_depend_on_the_source_address_and_on_tls():
    check_source_ip({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:SecureTransport": "true"}})
    with pytest.raises(Refusal):
        check_source_ip({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})


def test_a_policy_that_is_not_emulated_is_refused_at_once():
    with pytest.raises(PlanError):
        check_source_ip({"NoSuchOperator": {"aws:SourceIp": "192.0.2.0/24"}})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"Authorization": "Bearer token"}, "IncompleteSignatureException", "Unsupported AWS 'algorithm'"),
        ({"X-Amz-Security-Token": "other"}, "UnrecognizedClientException", "The security token included"),
        ({"Host": "elsewhere"}, "InvalidSignatureException", "The request signature we calculated does not match"),
    ],
)
def test_a_bad_signature_is_refused_with_its_reason(serve, signed_body, caller, change, error, message):
    async def scenario():
        async with serve(signed_body) as served:
            headers = served.signed_headers(served.session(caller), "GET", "/live/users/ada")
            return await served.request(headers=headers | change, now=time.time())

    response = asyncio.run(scenario())
    assert response.status == 403
    assert json.loads(response.body)["message"].startswith(message)
    assert ("x-amzn-ErrorType", error) in response.headers


def test_the_credentials_of_a_session_that_has_ended_are_refused(serve, signed_body, caller):
    async def scenario():
        async with serve(signed_body) as served:
            return await served.signed(served.session(caller, now=time.time() - 3600.5))

    response = asyncio.run(scenario())
    assert response.status == 403
    assert ("x-amzn-ErrorType", "ExpiredTokenException") in response.headers


def test_a_request_signed_for_another_service_is_refused(serve, signed_body, caller):
    async def scenario():
        async with serve(signed_body) as served:
            headers = served.signed_headers(served.session(caller), "GET", "/live/users/ada")
            headers["Authorization"] = headers["Authorization"].replace("/execute-api/", "/dynamodb/")
            return await served.request(headers=headers, now=time.time())

    assert asyncio.run(scenario()).status == 403


@pytest.mark.parametrize("path", ["/live//users/ada", "/live/users//ada", "/live/users/ada//", "/live/users/ada/"])
def test_no_spelling_of_a_path_leads_past_a_deny(serve, signed_body, stranger, path):
    async def scenario():
        exact = {**ONLY_CALLER, "Resource": "execute-api:/live/GET/users/ada"}
        async with serve(
            signed_body, policy=a_policy({**EVERYONE, "Resource": "execute-api:/live/*"}, exact)
        ) as served:
            return await served.signed(served.session(stranger), path=path)

    assert asyncio.run(scenario()).status == 403


def test_a_field_added_beside_a_signed_one_breaks_the_signature(serve, signed_body, caller):
    async def scenario():
        async with serve(signed_body) as served:
            headers = served.signed_headers(served.session(caller), "GET", "/live/users/ada")
            return await served.request(headers={"host": "127.0.0.1:8080", **headers}, now=time.time())

    response = asyncio.run(scenario())
    assert response.status == 403
    assert ("x-amzn-ErrorType", "InvalidSignatureException") in response.headers
