"""The shape of the registry: what the sandbox does with each planned resource type and each attribute of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """The attribute acts as on AWS; when `only` is given, with these values and no others."""

    only: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """What the provider writes into the plan when the attribute is not set; any other value is refused."""

    value: Any


@dataclass(frozen=True, slots=True)
class NotEmulated:
    """The attribute has no effect in the sandbox, for this reason."""

    reason: str


type Treatment = Run | Default | NotEmulated

RUN = Run()
TAGS = NotEmulated("tags have no effect on how a resource behaves")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A resource type that runs.

    A key of `attributes` is a dotted path, without the indexes of lists, and covers all that lies under it. What has no
    key must be unset (null, empty, zero or false). `source` is the AWS page whose behaviour is followed.
    """

    source: str
    attributes: Mapping[str, Treatment]


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A resource type that is planned, checked by the provider and shown, but does not run, for this reason."""

    reason: str


type Row = RunRow | CheckedRow
