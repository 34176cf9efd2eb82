from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningCredentials

from sandbox.access.identity import Identities
from sandbox.access.signature import Request, SignatureRefused, authenticate, joined_headers
from sandbox.declaration import Role

ROLE = Role("reader", "arn:aws:iam::123456789012:role/reader", {}, ())


@pytest.fixture
def identities():
    return Identities(account_id="123456789012", roles=[ROLE])


def now():
    return datetime.now(UTC).timestamp()


def a_request(credentials, *, method="GET", path="/live/locations/ada", query="", body=b"", signer=SigV4Auth, **rest):
    """A request as botocore signs it."""
    request = AWSRequest(
        method=method,
        url=f"http://127.0.0.1:8080{path}" + (f"?{query}" if query else ""),
        data=body,
        headers={"host": "127.0.0.1:8080", **rest.get("headers", {})},
    )
    keys = SigningCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    signer(keys, rest.get("service", "execute-api"), rest.get("region", "us-east-1")).add_auth(request)
    return Request(method, path, query, {name.lower(): value for name, value in request.headers.items()}, body)


def with_header(request, name, value):
    return replace(request, headers={**request.headers, name: value})


def refusal(request, identities, *, at=None, **expected):
    with pytest.raises(SignatureRefused) as caught:
        authenticate(request, identities, now=at if at is not None else now(), **expected)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    "request_of",
    [
        {},
        {"query": "consistent=true&b=2&a=%20%2F&a=1&empty="},
        {"path": "/live/locations/%C3%B6%20x/~y"},
        {"path": "/live//a/./b/../c"},
        {"method": "PUT", "body": b'{"latitude": 1}', "headers": {"content-type": "application/json"}},
        {"method": "PUT", "body": b"x", "headers": {"x-spaces": "  a   b  "}},
        {"service": "s3", "signer": S3SigV4Auth, "path": "/bucket/a//b%20c"},
    ],
)
def test_what_botocore_signs_is_accepted(identities, request_of):
    authenticated = authenticate(a_request(identities.administrator, **request_of), identities, now=now())
    assert authenticated.principal.is_administrator
    assert authenticated.region == "us-east-1"
    assert authenticated.service == request_of.get("service", "execute-api")


def test_a_session_signs_with_its_token(identities):
    session = identities.assume(ROLE.arn, "ops", now=now())
    assert authenticate(a_request(session), identities, now=now()).principal.role_arn == ROLE.arn


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"},
        {"path": "/live/locations/eve"},
        {"query": "consistent=true"},
        {"body": b"changed"},
    ],
)
def test_a_changed_request_is_refused(identities, change):
    request = replace(a_request(identities.administrator), **change)
    assert refusal(request, identities)[0] == "InvalidSignatureException"


def test_a_changed_header_that_was_signed_is_refused(identities):
    request = a_request(identities.administrator, headers={"x-user-token": "a"})
    assert refusal(with_header(request, "x-user-token", "b"), identities)[0] == "InvalidSignatureException"


def test_a_header_that_was_not_signed_may_be_added_on_the_way(identities):
    request = with_header(a_request(identities.administrator), "x-forwarded-for", "1.2.3.4")
    assert authenticate(request, identities, now=now()).principal.is_administrator


def test_a_declared_hash_of_another_body_is_refused(identities):
    request = a_request(identities.administrator, service="s3", signer=S3SigV4Auth, method="PUT", body=b"one")
    assert refusal(replace(request, body=b"two"), identities)[0] == "InvalidSignatureException"


def unsigned_payload(identities, service, signer):
    headers = {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    request = AWSRequest("PUT", "http://127.0.0.1:8080/bucket/key", {"host": "127.0.0.1:8080", **headers}, b"one")
    request.context["payload_signing_enabled"] = False
    keys = identities.administrator

    class Unsigned(signer):
        def _should_sha256_sign_payload(self, _):
            return False

    Unsigned(SigningCredentials(keys.access_key_id, keys.secret_access_key), service, "us-east-1").add_auth(request)
    lowered = {name.lower(): value for name, value in request.headers.items()}
    return Request("PUT", "/bucket/key", "", lowered, b"anything")


def test_an_unsigned_payload_is_accepted_for_s3(identities):
    request = unsigned_payload(identities, "s3", S3SigV4Auth)
    assert authenticate(request, identities, now=now()).service == "s3"


def test_an_unsigned_payload_is_refused_elsewhere(identities):
    request = unsigned_payload(identities, "execute-api", SigV4Auth)
    assert refusal(request, identities)[0] == "InvalidSignatureException"


def test_an_unsigned_request_is_refused(identities):
    assert refusal(Request("GET", "/", "", {}, b""), identities) == (
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("Bearer abc", "Unsupported AWS 'algorithm': 'Bearer'"),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request",
            "requires 'Signature' parameter. Authorization header",
        ),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "exactly 5 slash-delimited elements"),
    ],
)
def test_an_incomplete_signature_is_refused(identities, authorization, message):
    request = with_header(a_request(identities.administrator), "authorization", authorization)
    code, said = refusal(request, identities)
    assert code == "IncompleteSignatureException"
    assert message in said


def test_a_signature_without_a_time_is_refused(identities):
    request = a_request(identities.administrator)
    headers = {name: value for name, value in request.headers.items() if name != "x-amz-date"}
    code, message = refusal(replace(request, headers=headers), identities)
    assert (code, "X-Amz-Date" in message) == ("IncompleteSignatureException", True)


def test_a_time_that_is_none_is_refused(identities):
    request = a_request(identities.administrator)
    date = request.headers["x-amz-date"][:8]
    assert refusal(with_header(request, "x-amz-date", f"{date}Tnoon"), identities)[0] == "IncompleteSignatureException"


def test_a_signature_is_good_for_five_minutes_either_way(identities):
    request = a_request(identities.administrator)
    signed_at = now()
    for skew_s in (-298, 298):
        assert authenticate(request, identities, now=signed_at + skew_s).principal.is_administrator
    assert refusal(request, identities, at=signed_at + 302)[1].startswith("Signature expired: ")
    assert refusal(request, identities, at=signed_at - 302)[1].startswith("Signature not yet current: ")


def test_the_scope_must_have_the_date_of_the_request(identities):
    request = with_header(a_request(identities.administrator), "x-amz-date", "20200101T000000Z")
    assert "Date in Credential scope does not match" in refusal(request, identities)[1]


def test_the_host_must_be_signed(identities):
    request = a_request(identities.administrator)
    authorization = request.headers["authorization"].replace("SignedHeaders=host;", "SignedHeaders=")
    assert "must be a 'SignedHeader'" in refusal(with_header(request, "authorization", authorization), identities)[1]


def test_a_signature_for_another_service_or_region_is_refused(identities):
    request = a_request(identities.administrator, service="s3", region="eu-west-1")
    assert "correct service: 'execute-api'" in refusal(request, identities, service="execute-api")[1]
    assert "not 'eu-west-1'" in refusal(request, identities, region="us-east-1")[1]


def test_an_unknown_key_is_refused(identities):
    unknown = replace(identities.administrator, access_key_id="AKIAUNKNOWNUNKNOWNXX")
    assert refusal(a_request(unknown), identities)[0] == "UnrecognizedClientException"


def test_a_wrong_secret_is_refused(identities):
    wrong = replace(identities.administrator, secret_access_key="wrong")
    assert refusal(a_request(wrong), identities)[0] == "InvalidSignatureException"


@pytest.mark.parametrize("token", [None, "other", "\udcff"])
def test_a_session_without_its_token_is_refused(identities, token):
    session = identities.assume(ROLE.arn, "ops", now=now())
    request = a_request(replace(session, session_token=None))
    if token is not None:
        request = with_header(request, "x-amz-security-token", token)
    assert refusal(request, identities)[0] == "UnrecognizedClientException"


def test_an_expired_session_is_refused(identities):
    session = identities.assume(ROLE.arn, "ops", now=now() - 1000, duration_s=900)
    assert refusal(a_request(session), identities) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_the_values_of_a_repeated_field_are_signed_together():
    fields = [("X-A", "1"), ("Host", "example"), ("x-a", "2")]
    assert joined_headers(fields) == {"x-a": "1,2", "host": "example"}
