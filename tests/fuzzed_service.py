"""A service in the sandbox, and those who send it what schemathesis makes from its contract: users and roles.

What is made from a contract alone ends at the door, or finds nothing behind it. So the callers know what clients know:
their names, passwords, tokens and roles, and the tag of the last answer.
"""

import json
import secrets
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import count
from typing import Any

import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, Response

from running_sandbox import ROOT, RunningSandbox
from sources import from_source

ACCOUNTS = 20
USER_TOKEN = "X-User-Token"
PLACEHOLDER = "somebody"
"""Stands in a path for a user who is there."""
SIGNERS = {"authentication": "dev-location-function", "location": "dev-profile-function", "profile": ""}
"""A role on the list of callers of each service's signed routes; profile has none."""

CONFIG = {
    # Each caller shows credentials, or none, or wrong ones: none are to be made up.
    "generation": {"with-security-parameters": False},
    "checks": {
        # A body that its schema allows may still be refused: for a password on the list, or a version that is none.
        "positive_data_acceptance": {"enabled": False},
        # Sends each request again without its credentials; here some callers have none, and it is counted.
        "ignored_auth": {"enabled": False},
    },
}


class Caller(StrEnum):
    """Who sends a request."""

    OWNER = "the user whose resource it is"
    NEIGHBOUR = "another user"
    NOBODY = "somebody without credentials"
    FORGER = "somebody with wrong ones"


CALLERS = (*[Caller.OWNER] * 13, Caller.NEIGHBOUR, Caller.NOBODY, Caller.FORGER)


@dataclass
class Account:
    """A user who is signed in; `tag` is that of the last answer which had one."""

    user_id: str
    password: str
    token: str
    tag: str = '"none"'


@dataclass(frozen=True)
class Attempt:
    """A request to send: a case, who sends it, and whether with what that client knows."""

    case: Case
    caller: Caller
    account: int
    is_informed: bool


class SigV4(requests.auth.AuthBase):
    """Signs requests in a role, as the callers of signed routes do."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(request.method, request.url, data=request.body)
        SigV4Auth(self._credentials, "execute-api", "us-east-1").add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


@dataclass
class Tally:
    """What became of the requests."""

    sent: int = 0
    against_contract: int = 0
    past_authentication: int = 0
    succeeded: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        succeeded = ", ".join(f"{label} {number}" for label, number in self.succeeded.items())
        statuses = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        share = self.past_authentication / self.sent
        return (
            f"{self.sent} requests by schemathesis, {self.against_contract} of them against the contract;"
            f" {share:.1%} past authentication; {len(self.failures)} failures | {statuses} | 2xx: {succeeded}"
        )


def contract_of(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "services" / name / "openapi.json").read_text())


def is_against_contract(case: Case) -> bool:
    """Whether a case is to be refused, whoever sends it."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE


class FuzzedService:
    """One service, with signed-in users of the sandbox, and the contract that its answers are held against."""

    def __init__(self, sandbox: RunningSandbox, name: str, contract: dict[str, Any]) -> None:
        self.tally = Tally()
        self._sandbox, self._name = sandbox, name
        self._schema = schemathesis.openapi.from_dict(contract, config=schemathesis.Config.from_dict(CONFIG))
        self._numbers = count()
        self._accounts = [self._signed_up() for _ in range(ACCOUNTS)]

    @property
    def operations(self) -> list[APIOperation]:
        return [operation.ok() for operation in self._schema.get_all_operations()]

    @cached_property
    def _signer(self) -> Credentials:
        return self._sandbox.assume(SIGNERS[self._name])

    def attempts(self, operation: APIOperation) -> st.SearchStrategy[Attempt]:
        """Requests of one operation, up to a third of them against the contract, if there is anything to violate."""
        positive, negative = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        known = {"path_parameters": {"user_id": PLACEHOLDER}} if operation.path_parameters else {}
        cases = [operation.as_strategy(positive, **known)] * 4
        if operation.path_parameters:
            cases.append(operation.as_strategy(negative))
        if operation.body or operation.headers or operation.query:
            cases.append(operation.as_strategy(negative, **known))
        return st.builds(
            Attempt,
            st.integers(0, len(cases) - 1).flatmap(cases.__getitem__),  # one_of would take each strategy once
            st.sampled_from(CALLERS),
            st.integers(0, ACCOUNTS - 1),
            st.sampled_from([True, True, False]),
        )

    def send(self, attempt: Attempt) -> None:
        """Send a request and take note of how it went."""
        case, account = attempt.case, self._accounts[attempt.account]
        if case.path_parameters.get("user_id") == PLACEHOLDER:
            owner = account if attempt.caller is Caller.OWNER else self._accounts[attempt.account - 1]
            case.path_parameters = {"user_id": owner.user_id}
        if attempt.is_informed and not is_against_contract(case):
            self._inform(case, account)
        (requirement,) = case.operation.definition.raw["security"] or [{}]
        with from_source(next(self._numbers)) as session:
            shown = self._credentials(case, requirement, attempt.caller, account)
            response = case.call(base_url=self._sandbox.url(self._name), session=session, timeout=30, **shown)
        self._judge(attempt, requirement, response)
        self._heed(case, account, response)

    def _inform(self, case: Case, account: Account) -> None:
        """Replace what was made up by what a client knows."""
        if isinstance(case.body, dict):
            known = {"username": account.user_id, "password": account.password, "token": account.token}
            known["current_password"] = account.password
            if case.operation.label == "POST /users":
                known["username"] = f"fuzz-{secrets.token_hex(8)}"
            case.body = case.body | {member: known[member] for member in case.body.keys() & known.keys()}
        tags = {name: account.tag for name in ("If-Match", "If-None-Match") if name in case.headers}
        case.headers = type(case.headers)({**case.headers, **tags})

    def _credentials(self, case: Case, requirement: dict[str, Any], caller: Caller, account: Account) -> dict[str, Any]:
        token = "A" * 43 if caller is Caller.FORGER else account.token
        if USER_TOKEN in case.operation.headers and caller is not Caller.NOBODY:
            case.headers = type(case.headers)({**case.headers, USER_TOKEN: token})
        if not requirement or caller is Caller.NOBODY:
            return {}
        if "bearer" in requirement:
            return {"headers": {"Authorization": f"Bearer {token}"}}
        keys = self._signer
        return {"auth": SigV4(Credentials(keys.access_key, "wrong", keys.token) if caller is Caller.FORGER else keys)}

    def _judge(self, attempt: Attempt, requirement: dict[str, Any], response: Response) -> None:
        tally, case, status = self.tally, attempt.case, response.status_code
        tally.sent += 1
        tally.statuses[status] += 1
        tally.against_contract += is_against_contract(case)
        is_refused_before = "x-amzn-errortype" in response.headers or status == 401
        # Narrowly: routes for everybody count as not past it, and so does what the gateway refused for its form.
        tally.past_authentication += bool(requirement) and not is_refused_before
        tally.succeeded[case.operation.label] += 200 <= status < 300
        if requirement and attempt.caller in {Caller.NOBODY, Caller.FORGER} and status not in {400, 401, 403}:
            tally.failures.append(f"{case.operation.label}: {status} for {attempt.caller}")
        try:
            case.validate_response(response)
        except schemathesis.errors.FailureGroup as failures:
            tally.failures.append(f"{case.operation.label}: {failures.message}")

    def _heed(self, case: Case, account: Account, response: Response) -> None:
        """What a client learns from an answer."""
        account.tag = response.headers.get("etag", [account.tag])[0]
        if response.status_code != 204:
            return
        match case.operation.label:
            case "PUT /users/{user_id}/password":
                account.password = case.body["new_password"]
            case "DELETE /users/{user_id}":
                self._accounts[self._accounts.index(account)] = self._signed_up()
            case "DELETE /sessions" | "DELETE /sessions/current":
                account.token = self._signed_in(account.user_id, account.password)

    def _signed_up(self) -> Account:
        user_id, password = f"fuzz-{secrets.token_hex(8)}", secrets.token_urlsafe(16)
        self._post("/users", {"username": user_id, "password": password})
        return Account(user_id, password, self._signed_in(user_id, password))

    def _signed_in(self, user_id: str, password: str) -> str:
        return self._post("/sessions", {"username": user_id, "password": password})["token"]

    def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        with from_source(next(self._numbers)) as session:
            response = session.post(self._sandbox.url("authentication", path), json=body, timeout=30)
        assert response.status_code == 201, response.text
        return json.loads(response.text)
