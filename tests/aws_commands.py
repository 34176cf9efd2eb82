"""The commands of the AWS CLI as its documentation gives them, by the models that the CLI is made from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError

# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html, and those of paging
_OF_ALL = {
    *("cli-binary-format", "cli-input-json", "endpoint-url", "no-cli-pager", "output", "profile", "query", "region"),
    *("max-items", "page-size", "starting-token", "no-paginate"),
}
# Commands that the CLI has beside the models: https://docs.aws.amazon.com/cli/latest/reference/
_BESIDE_THE_MODELS = {
    "configure": {"sso", "get", "set", "list"},
    "logs": {"tail", "start-live-tail"},
    "s3": {"cp", "ls", "mv", "rm", "sync"},
    "sso": {"login", "logout"},
}
_SERVICES = {"s3api": "s3"}
_START = re.compile(r"(?:^|[\s`(|&;])aws ([a-z][a-z0-9-]*) ((?:wait )?[a-z][a-z0-9-]*)")
_QUOTED = re.compile(r"'[^']*'|\"(?:(?!\$\()[^\"])*\"")
_NESTED = re.compile(r"\$\((?!aws )[^()]*\)")
_END = re.compile(r"[)|;<>#\n]|&&| \.\.\.|…")


@dataclass(frozen=True, slots=True)
class AwsCommand:
    """One command: `aws SERVICE OPERATION --option …`; a shortened one ends in `…`."""

    service: str
    operation: str
    options: frozenset[str]
    shortened: bool

    def fault(self) -> str | None:
        """What is wrong with it: no such service, operation or option, or an option that it must have; or None."""
        if self.operation in _BESIDE_THE_MODELS.get(self.service, ()):
            return None
        try:
            known, needed = _members(_SERVICES.get(self.service, self.service), self.operation)
        except (DataNotFoundError, UnknownServiceError, KeyError) as error:
            return f"there is no {self.service} {self.operation} ({error})"
        if wrong := {option for option in self.options if option.removeprefix("no-") not in known} - _OF_ALL:
            return f"{self.service} {self.operation} has no {sorted(wrong)}"
        missing = set() if self.shortened or "cli-input-json" in self.options else needed - self.options
        return f"{self.service} {self.operation} needs {sorted(missing)}" if missing else None


def aws_commands(code: str) -> Iterator[AwsCommand]:
    """The commands in a piece of a shell's code whose continued lines are one."""
    plain = _NESTED.sub("X", _QUOTED.sub("X", code))
    for found in _START.finditer(plain):
        after = plain[found.end() :]
        end = _END.search(after)
        words = after[: end.start()] if end else after
        shortened = bool(end) and end.group() in {"…", " ..."}
        options = frozenset(re.findall(r"(?<=\s)--([a-z0-9-]+)", words))
        yield AwsCommand(found[1], found[2], options, shortened)


@cache
def _members(service: str, command: str) -> tuple[frozenset[str], frozenset[str]]:
    """Options that a command of the models may have, and those that it must have."""
    session = botocore.session.get_session()
    model = session.get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command.startswith("wait "):
        waiters = session.get_waiter_model(service)
        operations = {
            f"wait {xform_name(name, '-')}": waiters.get_waiter(name).operation for name in waiters.waiter_names
        }
    shape = model.operation_model(operations[command]).input_shape
    if shape is None:
        return frozenset(), frozenset()
    return _options(shape.members), _options(shape.required_members)


def _options(members: Iterable[str]) -> frozenset[str]:
    return frozenset(xform_name(name, "-") for name in members)
