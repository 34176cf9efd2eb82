"""What is there to be watched, as the plans of one environment declare it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.declaration import Metric
from sandbox.monitoring.watched.emitted import OPERATIONS

type Parts = Mapping[str, frozenset[str]]
"""The names of resources, each with the names of its parts."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric that something reads; `where` is the address of what does."""

    where: str
    metric: Metric
    statistic: str
    period_s: int


@dataclass(frozen=True, slots=True)
class World:
    """The names of what is declared.

    Attributes:
        tables: Tables with their indexes.
        functions: Functions with their aliases.
        apis: REST APIs with their stages.
        rules: EventBridge rules.
        pipelines: Pipelines.
        own: The names of the metrics that services emit by their log, by namespace and value of `service`.
    """

    tables: Parts = field(default_factory=dict)
    functions: Parts = field(default_factory=dict)
    apis: Parts = field(default_factory=dict)
    rules: frozenset[str] = frozenset()
    pipelines: frozenset[str] = frozenset()
    own: Mapping[str, Parts] = field(default_factory=dict)

    def stranger(self, dimensions: Mapping[str, str]) -> str | None:
        """A sentence on the first dimension whose value names nothing declared; a part comes after its whole."""
        for name, (kind, known) in self._known(dimensions).items():
            if name in dimensions and dimensions[name] not in known:
                return f"{name} is {dimensions[name]}, and no plan declares such {kind}; there is {_listed(known)}"
        return None

    def _known(self, dimensions: Mapping[str, str]) -> Mapping[str, tuple[str, frozenset[str]]]:
        """What each dimension names, and the names that there are, beside the other dimensions of a metric."""
        none: frozenset[str] = frozenset()
        table, function, api = (dimensions.get(name, "") for name in ("TableName", "FunctionName", "ApiName"))
        invoked = {function, *(f"{function}:{alias}" for alias in self.functions.get(function, none))}
        return {
            "TableName": ("table", frozenset(self.tables)),
            "GlobalSecondaryIndexName": ("index of the table", self.tables.get(table, none)),
            "Operation": ("operation", OPERATIONS),
            "FunctionName": ("function", frozenset(self.functions)),
            "Resource": ("alias of the function", frozenset(invoked)),
            "ApiName": ("API", frozenset(self.apis)),
            "Stage": ("stage of the API", self.apis.get(api, none)),
            "RuleName": ("rule", self.rules),
            "PipelineName": ("pipeline", self.pipelines),
        }


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
