"""Finds what could never have data: an alarm on it is silent, whatever happens. Pure: metrics in, sentences out."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from sandbox.declaration import Metric
from sandbox.monitoring.metrics import is_statistic
from sandbox.monitoring.watched.emitted import NAMESPACES, Emitted
from sandbox.monitoring.watched.world import Watched, World


def faults(watched: Iterable[Watched], world: World) -> Iterator[str]:
    """A line for each fault: the address, what can have no data, and what to write instead."""
    for one in watched:
        metric = f"{one.metric.namespace} {one.metric.name}"
        yield from (f"{one.where}: {metric} has no data: {fault}" for fault in _faults(one, world))


def not_emitted_here(metric: Metric) -> str:
    """Why the sandbox does not emit a metric that AWS emits; empty where it does."""
    namespace = NAMESPACES.get(metric.namespace)
    return namespace.metrics[metric.name].not_here if namespace else ""


def _faults(watched: Watched, world: World) -> Iterator[str]:
    metric = watched.metric
    if metric.namespace in world.own:
        yield from _own_faults(metric, world)
        emitted = Emitted(frozenset())
    elif metric.namespace not in NAMESPACES:
        known = [*NAMESPACES, *world.own]
        yield f"nothing declared here emits into the namespace {metric.namespace}{_meant(metric.namespace, known)}"
        return
    elif metric.name not in NAMESPACES[metric.namespace].metrics:
        known = [*NAMESPACES[metric.namespace].metrics]
        yield f"nobody emits it{_meant(metric.name, known)} ({NAMESPACES[metric.namespace].source})"
        return
    else:
        emitted = NAMESPACES[metric.namespace].metrics[metric.name]
        yield from _dimension_faults(metric, emitted, world)
    yield from _reading_faults(watched, emitted)


def _own_faults(metric: Metric, world: World) -> Iterator[str]:
    services = world.own[metric.namespace]
    dimensions = dict(metric.dimensions)
    if dimensions.keys() != {"service"}:
        yield f"services emit with the one dimension service, not with {_named(dimensions)}"
    elif dimensions["service"] not in services:
        yield f"service is {dimensions['service']}, and no function emits as such; there is {_named(services)}"
    elif metric.name not in (names := services[dimensions["service"]]):
        yield (
            f"{dimensions['service']} does not emit it{_meant(metric.name, names)}; "
            "what its code adds is in own_metrics of its service.tfvars"
        )


def _dimension_faults(metric: Metric, emitted: Emitted, world: World) -> Iterator[str]:
    dimensions = dict(metric.dimensions)
    if frozenset(dimensions) not in emitted.dimension_sets:
        sets = " or with ".join(sorted(_named(names) for names in emitted.dimension_sets))
        yield f"it comes with {sets}, not with {_named(dimensions)}"
    elif stranger := world.stranger(dimensions):
        yield stranger


def _reading_faults(watched: Watched, emitted: Emitted) -> Iterator[str]:
    statistic, allowed = watched.statistic, emitted.statistics
    if not is_statistic(statistic):
        yield f"{statistic} is no statistic"
    elif allowed is not None and statistic not in allowed:
        yield f"it has no {statistic}: take {' or '.join(sorted(allowed))}"
    if watched.period_s < emitted.every_s:
        yield f"it comes every {emitted.every_s} s, so that most periods of {watched.period_s} s are empty"


def _meant(name: str, known: Iterable[str]) -> str:
    by_suffix = [one for one in known if one.removeprefix("AWS/").lower() == name.lower()]
    close = by_suffix or get_close_matches(name, known, n=1)
    return f"; is {close[0]} meant?" if close else f"; there is {_named(known)}"


def _named(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "no dimension"
