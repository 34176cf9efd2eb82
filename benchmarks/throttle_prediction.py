"""Predicted and seen seconds to the first throttled reply: the model of `load` against the governor of the sandbox.

For each read capacity, item size and consistency a sandbox is started from a copy of the declaration with that
capacity, so that its bucket is full; items are put into the table; `load`'s engine drives the location service, signed
as the load operator, until a reply is throttled. The two share no code. Writes
benchmarks/results/throttle_prediction.json.

Usage: python benchmarks/throttle_prediction.py [--bundles build/bundles] [--target-seconds 20]
"""

from gevent import monkey

monkey.patch_all()  # before anything imports ssl: see load.cli

# ruff: noqa: E402
import argparse
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import boto3
import gevent

from load import account, names
from load.arrivals import Load
from load.drive import WARM_UP_EVERY_S
from load.plan import Plan, Read, plan_for
from load.replies import Reply, Tally
from load.schedule import Schedule, bursts, constant, warm_up_size
from load.signature import Signer
from load.table import read_bucket
from load.targets import READ_THROTTLE

REPOSITORY = Path(__file__).parents[1]
RESULTS = REPOSITORY / "benchmarks" / "results" / "throttle_prediction.json"
ENVIRONMENT, SERVICE = "dev", "location"
ACCOUNT_ID = "123456789012"
CAPACITIES = (1, 2, 5)
ITEM_BYTES = (1_000, 6_000)
USERS = 200
WRITE_CAPACITY = 100
"""Of the copy, so that the items can be put: 300 s of burst are 30,000 units."""
WARM_UP_LIMIT_S = 30.0
BOUND = 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; seconds from the first scheduled arrival."""

    capacity_units_per_s: float
    item_bytes: int
    consistent: bool
    units_per_request: float
    rate_per_s: float
    predicted_s: float
    seen_s: float
    late_arrivals: int
    failures: int

    @property
    def name(self) -> str:
        """Names the row in the results."""
        consistency = "strong" if self.consistent else "eventual"
        return f"capacity {self.capacity_units_per_s:g}, item {self.item_bytes} B, {consistency}"

    def line(self) -> str:
        """For the person who waits."""
        return (
            f"{self.name:<36}  {self.rate_per_s:6.1f} requests/s  predicted {self.predicted_s:5.1f} s  "
            f"seen {self.seen_s:5.1f} s  ratio {self.seen_s / self.predicted_s:.3f}  "
            f"late {self.late_arrivals}  failures {self.failures}"
        )

    @property
    def error(self) -> float:
        """How far seen is from predicted, as a share of predicted."""
        return abs(self.seen_s / self.predicted_s - 1)


@contextmanager
def declaration(read_capacity: int) -> Iterator[Path]:
    """A folder whose `source` is a copy of the declaration with that capacity."""
    with tempfile.TemporaryDirectory(prefix="throttle-prediction-") as name:
        source = Path(name) / "source"
        unneeded = shutil.ignore_patterns("__pycache__", ".terraform", "*.tfstate*", ".venv")
        for part in ("terraform", "services"):
            shutil.copytree(REPOSITORY / part, source / part, ignore=unneeded)
        tfvars = source / "services" / SERVICE / "service.tfvars"
        text = tfvars.read_text(encoding="utf-8")
        for setting, value in (("read_capacity", read_capacity), ("write_capacity", WRITE_CAPACITY)):
            text, replaced = re.subn(rf"({setting}\s*=) *\d+", rf"\1 {value}", text)
            if replaced != 1:
                raise SystemExit(f"{tfvars} does not set {setting} once")
        tfvars.write_text(text, encoding="utf-8")
        yield Path(name)


@contextmanager
def sandbox(folder: Path, bundles: Path) -> Iterator[None]:
    """A sandbox from the `source` in a folder, which the AWS environment variables lead to."""
    command, state = str(Path(sys.executable).with_name("sandbox")), folder / "state"
    at = ["--state-dir", str(state)]
    up = ["up", *at, "--source", str(folder / "source"), "--environment", ENVIRONMENT, "--services", SERVICE]
    try:
        subprocess.run([command, *up, "--bundles", str(bundles)], check=True, stdout=sys.stderr)
        os.environ["AWS_CONFIG_FILE"] = str(state / "config")
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(state / "credentials")
        yield
    finally:
        subprocess.run([command, "down", *at], check=False, stdout=sys.stderr)


def put_items(session: boto3.Session, table: str, item_bytes: int) -> None:
    """Puts the users that the load reads; `padding` brings each item to its size and is ignored by the service."""
    dynamodb = session.client("dynamodb")
    item = {"latitude": {"N": "47.4"}, "longitude": {"N": "8.5"}, "padding": {"S": ""}}
    own_bytes = len("user_id") + len(names.user_id(1)) + sum(len(name) + 3 for name in item)
    item["padding"] = {"S": "x" * (item_bytes - own_bytes)}
    for number in range(1, USERS + 1):
        dynamodb.put_item(TableName=table, Item={"user_id": {"S": names.user_id(number)}, **item})


def drive(session: boto3.Session, plan: Plan) -> tuple[Plan, Tally]:
    """Warms the service up as a drill does, and drives it until a reply is throttled, or three times as long.

    Returns:
        The plan with the bucket from which the load began, and the tally of the load.
    """
    url = session.client("ssm").get_parameter(Name=names.url_parameter(ENVIRONMENT, SERVICE))["Parameter"]["Value"]
    route = READ_THROTTLE.route(SERVICE)
    sign = Signer(account.credentials(session), session.region_name).headers

    def target(number: int) -> str:
        return route.request_target(names.user_id(number % USERS + 1), consistent=plan.read.consistent)

    def run(schedule: Schedule, until: Callable[[Tally], bool], limit_s: float) -> Tally:
        load = Load(url=url, target=target, sign=sign, schedule=schedule)
        give_up = time.monotonic() + limit_s
        load.start()
        while time.monotonic() < give_up and not until(load.tally):
            gevent.sleep(0.1)
        load.quit()
        return load.tally

    began = time.monotonic()
    size = warm_up_size(plan.rate_per_s)
    warm_up = run(bursts(size, WARM_UP_EVERY_S), lambda tally: tally.steady >= size, WARM_UP_LIMIT_S)
    consumed_units = plan.read.units * warm_up.usable
    plan = replace(plan, bucket=plan.bucket.after(time.monotonic() - began, consumed_units))
    tally = run(constant(plan.rate_per_s), lambda tally: tally.first_throttled_s is not None, 3 * plan.predicted_s)
    return plan, tally


def measure(folder: Path, read: Read, target_s: float, bundles: Path) -> Row:
    """One row, in a sandbox of its own, since a new table has a full bucket."""
    table = names.table_name(ENVIRONMENT, SERVICE)
    with sandbox(folder, bundles):
        administrator = account.caller_session()
        put_items(administrator, table, read.item_bytes)
        role_arn = names.operator_role_arn(ENVIRONMENT, ACCOUNT_ID)
        operator = account.operator_session(administrator, role_arn)
        plan = plan_for(table, read_bucket(operator, table, now=time.time()), read, target_s=target_s)
        plan, tally = drive(operator, plan)
    if tally.first_throttled_s is None:
        raise SystemExit(f"{plan}: no reply was throttled, but {dict(tally.replies)}")
    return Row(
        capacity_units_per_s=plan.bucket.capacity_units_per_s,
        item_bytes=read.item_bytes,
        consistent=read.consistent,
        units_per_request=read.units,
        rate_per_s=plan.rate_per_s,
        predicted_s=plan.predicted_s,
        seen_s=tally.first_throttled_s,
        late_arrivals=tally.late,
        failures=tally.replies[Reply.FAILED],
    )


def document(rows: list[Row]) -> dict[str, object]:
    """The results with the machine and the versions that gave them."""
    return {
        "results": [
            {
                "name": row.name,
                "value": round(row.error, 4),
                "unit": "|seen / predicted - 1|",
                "bound": BOUND,
                "better": "lower",
                "holds": row.error <= BOUND,
            }
            for row in rows
        ],
        "rows": [asdict(row) for row in rows],
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "architecture": platform.machine()},
        "versions": {"python": platform.python_version(), "locust": version("locust"), "moto": version("moto")},
    }


def main() -> int:
    """Runs every row; 0 when each holds."""
    parser = argparse.ArgumentParser(description="Predicted and seen seconds to the first throttled reply.")
    parser.add_argument("--bundles", type=Path, default=REPOSITORY / "build" / "bundles", metavar="DIR")
    parser.add_argument("--target-seconds", type=float, default=20.0, metavar="S")
    options = parser.parse_args()
    rows: list[Row] = []
    for capacity in CAPACITIES:
        with declaration(capacity) as folder:
            for item_bytes, consistent in itertools.product(ITEM_BYTES, (False, True)):
                read = Read(item_bytes, consistent=consistent)
                rows.append(measure(folder, read, options.target_seconds, options.bundles.resolve()))
                print(rows[-1].line(), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document(rows), indent=2) + "\n", encoding="utf-8")
    return 0 if all(row.error <= BOUND for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
