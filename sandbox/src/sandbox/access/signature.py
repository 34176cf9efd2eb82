"""Verification of AWS Signature Version 4 in the `Authorization` header.

The signature is computed again by botocore's own signer, so that what a botocore client signs is what is checked.
Codes and messages follow https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html.
Presigned URLs (query parameters) are not accepted.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials as SigningCredentials

from sandbox.access.identity import Credentials, Identities, Principal

_ALGORITHM = "AWS4-HMAC-SHA256"
_CLOCK_SKEW_S = 300
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_UNSIGNED_PAYLOADS = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
_PARAMETER = re.compile(r"\s*(Credential|SignedHeaders|Signature)=([^,\s]+)\s*(?:,|$)")
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it was sent: `path` and `query` are raw, `headers` as `joined_headers` gives them."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def joined_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields by name in lower case, with the values of a repeated one joined by commas.

    So a signature covers all of them (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html):
    a field that is added to a signed request beside one that is signed breaks it.
    """
    joined: dict[str, str] = {}
    for name, value in fields:
        lower = name.lower()
        joined[lower] = f"{joined[lower]},{value}" if lower in joined else value
    return joined


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who signed a request, with which keys, for which service and region."""

    principal: Principal
    credentials: Credentials
    service: str
    region: str


class SignatureRefused(Exception):  # noqa: N818 - an answer to the caller, not a fault of the sandbox
    """A request that is not signed as AWS demands.

    Attributes:
        code: The error code as the JSON protocols name it: `MissingAuthenticationTokenException`,
            `IncompleteSignatureException`, `InvalidSignatureException`, `UnrecognizedClientException`,
            `ExpiredTokenException`.
        message: The message as AWS words it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def authenticate(
    request: Request, identities: Identities, *, now: float, service: str | None = None, region: str | None = None
) -> Authenticated:
    """Finds out who signed a request.

    Args:
        request: The request as it was sent.
        identities: The known keys.
        now: Seconds since the epoch; the signature's time may differ by 5 minutes.
        service: The service for which the request must be signed; None takes any.
        region: The region for which the request must be signed; None takes any.

    Raises:
        SignatureRefused: The request is unsigned, or not signed rightly by a known and valid key.
    """
    claim = _Claim.read(request)
    claim.check_scope(service, region)
    claim.check_time(now)
    known = identities.find(claim.access_key_id)
    token = request.headers.get("x-amz-security-token")
    if known is None or not _same(known[0].session_token or "", token or ""):
        raise SignatureRefused("UnrecognizedClientException", "The security token included in the request is invalid.")
    credentials, principal = known
    if not _same(claim.signature, claim.expected_signature(request, credentials)):
        raise SignatureRefused("InvalidSignatureException", _MISMATCH)
    if credentials.expires_at is not None and credentials.expires_at <= now:
        raise SignatureRefused("ExpiredTokenException", "The security token included in the request is expired")
    return Authenticated(principal, credentials, claim.service, claim.region)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the `Authorization` and `X-Amz-Date` headers say."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str

    @staticmethod
    def read(request: Request) -> "_Claim":
        authorization = request.headers.get("authorization", "")
        if not authorization:
            raise SignatureRefused("MissingAuthenticationTokenException", "Missing Authentication Token")
        algorithm, _, rest = authorization.partition(" ")
        if algorithm != _ALGORITHM:
            raise SignatureRefused(
                "IncompleteSignatureException", f"Unsupported AWS 'algorithm': '{algorithm}'. Use {_ALGORITHM}."
            )
        parameters = dict(_PARAMETER.findall(rest))
        timestamp = request.headers.get("x-amz-date", "")
        missing = [
            f"Authorization header requires '{name}' parameter."
            for name in ("Credential", "Signature", "SignedHeaders")
            if name not in parameters
        ]
        if not timestamp:
            missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        if missing:
            raise SignatureRefused("IncompleteSignatureException", " ".join(missing))
        match parameters["Credential"].split("/"):
            case [access_key_id, date, region, service, "aws4_request"]:
                headers = tuple(parameters["SignedHeaders"].split(";"))
                return _Claim(access_key_id, date, region, service, headers, parameters["Signature"], timestamp)
            case _:
                raise SignatureRefused(
                    "IncompleteSignatureException",
                    "Credential must have exactly 5 slash-delimited elements, e.g. "
                    f"keyid/date/region/service/term, got '{parameters['Credential']}'",
                )

    def check_scope(self, service: str | None, region: str | None) -> None:
        problem = None
        if region is not None and self.region != region:
            problem = f"Credential should be scoped to a valid region, not '{self.region}'. "
        elif service is not None and self.service != service:
            problem = f"Credential should be scoped to correct service: '{service}'. "
        elif self.date != self.timestamp[:8]:
            problem = (
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                f"'{self.date}' != '{self.timestamp[:8]}', from '{self.timestamp}'."
            )
        elif "host" not in self.signed_headers:
            problem = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        if problem:
            raise SignatureRefused("InvalidSignatureException", problem)

    def check_time(self, now: float) -> None:
        try:
            signed_at = datetime.strptime(self.timestamp, _TIMESTAMP).replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise SignatureRefused(
                "IncompleteSignatureException",
                f"Date must be in ISO-8601 'basic format'. Got '{self.timestamp}'.",
            ) from None
        problem = None
        if signed_at < now - _CLOCK_SKEW_S:
            limit, here = _format(now - _CLOCK_SKEW_S), _format(now)
            problem = f"Signature expired: {self.timestamp} is now earlier than {limit} ({here} - 5 min.)"
        elif signed_at > now + _CLOCK_SKEW_S:
            limit, here = _format(now + _CLOCK_SKEW_S), _format(now)
            problem = f"Signature not yet current: {self.timestamp} is still later than {limit} ({here} + 5 min.)"
        if problem:
            raise SignatureRefused("InvalidSignatureException", problem)

    def expected_signature(self, request: Request, credentials: Credentials) -> str:
        signer = (_S3Signer if self.service == "s3" else _Signer)(
            SigningCredentials(credentials.access_key_id, credentials.secret_access_key), self.service, self.region
        )
        query = f"?{request.query}" if request.query else ""
        signed = AWSRequest(method=request.method, url=f"http://{request.headers.get('host', '')}{request.path}{query}")
        signed.context["timestamp"] = self.timestamp
        signed.context["body_sha256"] = self._body_sha256(request)
        for name in self.signed_headers:
            signed.headers[name] = request.headers.get(name, "")
        canonical = signer.canonical_request(signed)
        signature: str = signer.signature(signer.string_to_sign(signed, canonical), signed)
        return signature

    def _body_sha256(self, request: Request) -> str:
        declared = request.headers.get("x-amz-content-sha256")
        if declared in _UNSIGNED_PAYLOADS and self.service == "s3":
            return declared
        computed = hashlib.sha256(request.body).hexdigest()
        if declared is not None and declared != computed:
            raise SignatureRefused("InvalidSignatureException", _MISMATCH)
        return computed


class _Payload:
    """Signs exactly the headers that the caller names, and a body that is already hashed."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers

    def payload(self, request: AWSRequest) -> str:
        digest: str = request.context["body_sha256"]
        return digest


class _Signer(_Payload, SigV4Auth):
    pass


class _S3Signer(_Payload, S3SigV4Auth):
    pass


def _same(one: str, other: str) -> bool:
    # A header may hold any bytes, which aiohttp reads as surrogates.
    return hmac.compare_digest(one.encode(errors="surrogateescape"), other.encode(errors="surrogateescape"))


def _format(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(_TIMESTAMP)
