"""Writes the tables of docs/cost.md: `python docs/cost.py [--plans FOLDER] [--check]`.

How many there are of each thing is read from the plans that the sandbox made (`make up`); the prices are below.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambda_lib.telemetry import STANDARD_METRICS
from load import cost
from load.cost import RequestProfile

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cost.md"
PLANS = ROOT / ".sandbox" / "terraform"

HOURS = 730
"""Hours of a month, as AWS's calculator counts them."""

REQUEST = RequestProfile()
MINUTES = {"Source": 1, "TestAndPublish": 5, "CodeBuild": 2, "Lambda": 1}
"""Assumed minutes of each of a pipeline's actions, by name, else by provider; a deployment's own wait comes on top."""


@dataclass(frozen=True, slots=True)
class Price:
    """A list price in US dollars, what it is for, and the page that says it."""

    usd: float
    what: str
    page: str


PRICES = {
    "api": Price(cost.API_GATEWAY_USD_PER_REQUEST * 1e6, "million requests of a REST API", "api-gateway"),
    "request": Price(cost.LAMBDA_USD_PER_REQUEST * 1e6, "million invocations", "lambda"),
    "x86_64": Price(cost.LAMBDA_USD_PER_GB_S, "GB-second of a function on x86_64", "lambda"),
    "arm64": Price(0.0000133334, "GB-second of a function on arm64", "lambda"),
    "read": Price(0.00013, "read unit for an hour", "dynamodb/pricing/provisioned"),
    "write": Price(0.00065, "write unit for an hour", "dynamodb/pricing/provisioned"),
    "items": Price(0.25, "GB of items, a month", "dynamodb/pricing/provisioned"),
    "pitr": Price(0.20, "GB of items under point-in-time recovery, a month", "dynamodb/pricing/provisioned"),
    "restore": Price(0.15, "GB restored", "dynamodb/pricing/provisioned"),
    "alarm": Price(0.10, "metric of an alarm, a month", "cloudwatch"),
    "composite": Price(0.50, "composite alarm, a month", "cloudwatch"),
    "dashboard": Price(3.00, "dashboard, a month", "cloudwatch"),
    "metric": Price(0.30, "own metric, a month in which it is written", "cloudwatch"),
    "logs": Price(cost.LOGS_USD_PER_GB, "GB of log events written", "cloudwatch"),
    "archive": Price(0.03, "GB of log events kept (compressed), a month", "cloudwatch"),
    "out": Price(cost.TRANSFER_USD_PER_GB, "GB of answers to the internet", "ec2/pricing/on-demand"),
    "action": Price(0.002, "minute of a pipeline's action (V2)", "codepipeline"),
    "BUILD_GENERAL1_SMALL": Price(0.005, "minute of a build on `BUILD_GENERAL1_SMALL`", "codebuild"),
    "key": Price(1.00, "KMS key, a month; as much again for each of its first two rotations", "kms"),
    "packages": Price(0.05, "GB of packages, a month; 10,000 requests for packages cost as much", "codeartifact"),
    "developer": Price(1.00, "person or role beyond the fifth that uses CodeCommit in a month", "codecommit"),
    "mail": Price(2.00, "100,000 mails of a topic beyond the first 1,000 of a month", "sns"),
    "artifacts": Price(0.023, "GB of artifacts, a month", "s3"),
}

type Resources = Sequence[tuple[str, Mapping[str, Any]]]


def main() -> int:
    """Write the tables, or check that they are what the plans come to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=Path, default=PLANS, help="folder of the sandbox's plans [.sandbox/terraform]")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    options = parser.parse_args()
    plans = {path.stem: resources(path) for path in sorted(options.plans.glob("*.json"))}
    if "platform" not in plans:
        print(f"{options.plans}: no plans: `make up` first", file=sys.stderr)
        return 2
    platform = plans.pop("platform")
    old = PAGE.read_text(encoding="utf-8")
    new = old
    for name, rows in {
        "rest": rest(plans, platform),
        "million": million(plans),
        "release": release(plans),
        "prices": prices(),
    }.items():
        start, end = f"<!-- {name}: written by docs/cost.py -->\n", f"<!-- {name} ends -->"
        before, _, after = new.partition(start)
        new = "".join((before, start, *(f"| {' | '.join(row)} |\n" for row in rows), end, after.partition(end)[2]))
    if options.check:
        if new != old:
            print("docs/cost.md is not current (make up, make cost)", file=sys.stderr)
        return 1 if new != old else 0
    PAGE.write_text(new, encoding="utf-8")
    return 0


def resources(plan: Path) -> Resources:
    """Type and planned attributes of each resource of a plan."""
    changes = json.loads(plan.read_text(encoding="utf-8"))["resource_changes"]
    return [(item["type"], item["change"]["after"]) for item in changes if item["mode"] == "managed"]


def planned(found: Resources, *kinds: str) -> list[Mapping[str, Any]]:
    """The resources of these types."""
    return [resource for kind, resource in found if kind in kinds]


def rest(plans: Mapping[str, Resources], platform: Resources) -> Iterator[Sequence[str]]:
    """A month in which nothing happens."""
    yield from head(
        "", "units: read, write", "table", "alarms (number; metrics)", "dashboard", "key", "**USD a month**"
    )
    total = 0.0
    for name, found in {**plans, "platform": platform}.items():
        read, write = capacity(found)
        alarms = planned(found, "aws_cloudwatch_metric_alarm")
        composites, dashboards = (
            len(planned(found, kind)) for kind in ("aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard")
        )
        watched = sum(metrics(alarm) for alarm in alarms)
        parts = [
            HOURS * (read * PRICES["read"].usd + write * PRICES["write"].usd),
            watched * PRICES["alarm"].usd + composites * PRICES["composite"].usd,
            dashboards * PRICES["dashboard"].usd,
            len(planned(found, "aws_kms_key")) * PRICES["key"].usd,
        ]
        total += sum(parts)
        table, alarm, dashboard, key = map(money, parts)
        counted = f"{alarm} ({len(alarms) + composites}; {watched})"
        yield name, f"{read}, {write}", table, counted, dashboard, key, f"**{money(sum(parts))}**"
    yield "environment", "", "", "", "", "", f"**{money(total)}**"


def million(plans: Mapping[str, Resources]) -> Iterator[Sequence[str]]:
    """A million requests of each service."""
    yield from head(
        "",
        "function",
        "API",
        "invocations",
        "GB-seconds",
        "logs",
        "answers",
        "**USD a million**",
        "own metrics, a month",
    )
    own = money(len(STANDARD_METRICS) * PRICES["metric"].usd)
    for name, found in plans.items():
        [function] = planned(found, "aws_lambda_function")
        [architecture] = function["architectures"]
        parts = [
            PRICES["api"].usd,
            PRICES["request"].usd,
            PRICES[architecture].usd * function["memory_size"] / 1024 * REQUEST.duration_s * 1e6,
            PRICES["logs"].usd * REQUEST.log_bytes / 1e3,
            PRICES["out"].usd * REQUEST.response_bytes / 1e3,
        ]
        yield name, f"{function['memory_size']} MB, {architecture}", *map(money, parts), f"**{money(sum(parts))}**", own


def release(plans: Mapping[str, Resources]) -> Iterator[Sequence[str]]:
    """One release of a service: minutes of its pipeline's actions, and of its builds."""
    yield from head("", "actions and their minutes", "pipeline", "builds", "**USD a release**")
    for name, found in plans.items():
        [pipeline] = planned(found, "aws_codepipeline")
        [compute] = {project["environment"][0]["compute_type"] for project in planned(found, "aws_codebuild_project")}
        stages = [
            sorted(stage["action"], key=lambda action: action.get("run_order") or 1) for stage in pipeline["stage"]
        ]
        actions = [action for stage in stages for action in stage]
        lasting = {action["name"]: minutes(action) for action in actions}
        built = sum(lasting[action["name"]] for action in actions if action["provider"] == "CodeBuild")
        parts = [sum(lasting.values()) * PRICES["action"].usd, built * PRICES[compute].usd]
        told = ", ".join(f"{action} {count}" for action, count in lasting.items())
        yield name, told, *(f"{part:.3f}" for part in parts), f"**{sum(parts):.3f}**"


def prices() -> Iterator[Sequence[str]]:
    """The prices that the other tables are made of."""
    yield from head("US dollars", "for a", "page")
    for price in PRICES.values():
        path = price.page if "/" in price.page else f"{price.page}/pricing"
        yield f"{price.usd:.10f}".rstrip("0").rstrip("."), price.what, f"[{path}](https://aws.amazon.com/{path}/)"


def head(*titles: str) -> Iterator[Sequence[str]]:
    """The two first rows of a table."""
    yield titles
    yield ["---"] * len(titles)


def capacity(found: Resources) -> tuple[int, int]:
    """Units per second of a root's tables and their indexes, reads and writes."""
    tables = planned(found, "aws_dynamodb_table")
    holders = [holder for table in tables for holder in (table, *table["global_secondary_index"])]
    read, write = (sum(holder[f"{kind}_capacity"] for holder in holders) for kind in ("read", "write"))
    return read, write


def metrics(alarm: Mapping[str, Any]) -> int:
    """Metrics that an alarm looks at, which is what is paid for: an expression may have several."""
    return sum(1 for query in alarm["metric_query"] if query["metric"]) or 1


def minutes(action: Mapping[str, Any]) -> int:
    """Assumed minutes of a pipeline's action; a deployment waits as its strategy says, `Canary10Percent5Minutes`."""
    own = MINUTES.get(action["name"], MINUTES.get(action["provider"], 1))
    strategy = re.fullmatch(
        r"(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?", action["configuration"].get("DeployStrategy", "")
    )
    if strategy is None:
        return own
    steps = 1 if strategy[1] == "Canary" else 100 // int(strategy[2])
    return own + steps * int(strategy[3])


def money(usd: float) -> str:
    """An amount in dollars and cents."""
    return f"{usd:.2f}"


if __name__ == "__main__":
    sys.exit(main())
