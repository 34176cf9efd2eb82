"""The border of a handler, for tests: what sends it requests, and what it calls.

The fixtures of the pytest plugin are made of these; they need moto (`moto[dynamodb,ssm]`) and, for the table out of
`service.tfvars`, python-hcl2. Development-time only: no handler imports this package.
"""

from lambda_lib.testing.callers import CALLER, caller_arn
from lambda_lib.testing.clock import FrozenClock
from lambda_lib.testing.cold_start import cold_start_modules
from lambda_lib.testing.context import Context
from lambda_lib.testing.events import KINDS, Kind, an_event
from lambda_lib.testing.fake_authentication import FakeAuthentication
from lambda_lib.testing.fake_service import Answer, FakeService, ReceivedRequest
from lambda_lib.testing.needs import assert_meets, broken_promises
from lambda_lib.testing.requests import Send, assert_problem, body_of, send
from lambda_lib.testing.service_declaration import ServiceDeclaration, find_service_declaration
from lambda_lib.testing.tables import Table, TableDeclaration
from lambda_lib.testing.terraform_plan import table_from_plan

__all__ = [
    "CALLER",
    "KINDS",
    "Answer",
    "Context",
    "FakeAuthentication",
    "FakeService",
    "FrozenClock",
    "Kind",
    "ReceivedRequest",
    "Send",
    "ServiceDeclaration",
    "Table",
    "TableDeclaration",
    "an_event",
    "assert_meets",
    "assert_problem",
    "body_of",
    "broken_promises",
    "caller_arn",
    "cold_start_modules",
    "find_service_declaration",
    "send",
    "table_from_plan",
]
