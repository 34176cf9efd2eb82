"""The `load` command. It imports what a command needs only when it runs: Locust patches the process that imports it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from load.errors import LoadError
from load.phases import Outcome
from load.plan import Read
from load.targets import READ_THROTTLE

TARGET_S = (15.0, 30.0)
"""Seconds to throttle that a drill can aim at: long enough to compare with the prediction, short enough to be cheap."""


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def _item_bytes(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 400 * 1024:
        raise argparse.ArgumentTypeError(f"{text} is not an item's size: 0 to 409600 bytes")
    return value


def _users(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 999_999:  # noqa: PLR2004 - the digits of a user's name
        raise argparse.ArgumentTypeError(f"{text} is not a number of users: 1 to 999999")
    return value


def _drill_target(text: str) -> float:
    value = float(text)
    if not TARGET_S[0] <= value <= TARGET_S[1]:
        raise argparse.ArgumentTypeError(f"{text} is not {TARGET_S[0]:.0f} to {TARGET_S[1]:.0f} seconds")
    return value


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="load", description="Predicts, drives and proves capacity alarms.")
    commands = top.add_subparsers(dest="command", required=True)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--service", required=True, help="the service, for example location")
    common.add_argument("--environment", default="dev", help="its environment (default: %(default)s)")
    common.add_argument("--consistent", action="store_true", help="strongly consistent reads, twice the units")
    common.add_argument(
        "--item-bytes", type=_item_bytes, default=0, metavar="N", help="size of the items read (default: no item, 404)"
    )

    plan = commands.add_parser("plan", parents=[common], help="predict the seconds to throttle; sends nothing")
    plan.add_argument("--table", help="the table (default: <environment>-<service>)")
    plan.add_argument(
        "--target-seconds", type=_positive, default=20.0, metavar="S", help="find the demand for this (default: 20)"
    )
    plan.add_argument("--demand", type=_positive, metavar="UNITS_PER_S", help="take this demand, in read units/s")

    drill = commands.add_parser("drill", help="drive a service until an alarm fires, and see it recover")
    drills = drill.add_subparsers(dest="drill", required=True)
    read = drills.add_parser("read-throttle", parents=[common], help="read beyond the table's capacity")
    read.add_argument(
        "--allow-account",
        action="append",
        required=True,
        metavar="ID",
        help="an account that may be driven (repeatable)",
    )
    read.add_argument(
        "--allow-environment", action="append", default=[], metavar="NAME",
        help="an environment that may be driven (repeatable; default: all but prod*)",
    )  # fmt: skip
    read.add_argument(
        "--target-seconds",
        type=_drill_target,
        default=20.0,
        metavar="S",
        help="seconds to throttle (15 to 30; default: 20)",
    )
    read.add_argument(
        "--time-limit", type=_positive, default=600.0, metavar="S", help="limit of the whole drill (default: 600)"
    )
    read.add_argument(
        "--max-cost", type=_positive, default=1.0, metavar="USD", help="limit of the estimated cost (default: 1)"
    )
    read.add_argument("--users", type=_users, default=10_000, metavar="N", help="users to read (default: %(default)s)")
    read.add_argument("--json", type=Path, metavar="FILE", help="write the summary there as JSON, too")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        The exit code: 0 when a plan was shown or a drill passed; others: `load.errors`, `load.phases.Outcome`.
    """
    arguments = parser().parse_args(argv)
    try:
        return _plan(arguments) if arguments.command == "plan" else _drill(arguments)
    except LoadError as error:
        print(f"load: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("load: interrupted", file=sys.stderr)
        return Outcome.INTERRUPTED.exit_code


def _plan(arguments: argparse.Namespace) -> int:
    import time  # noqa: PLC0415

    from load import account, names  # noqa: PLC0415 - boto3 takes longer to import than --help to show
    from load.plan import plan_for  # noqa: PLC0415
    from load.report import plan_text  # noqa: PLC0415
    from load.table import read_bucket  # noqa: PLC0415

    table = arguments.table or names.table_name(arguments.environment, arguments.service)
    with account.aws_errors():
        bucket = read_bucket(account.caller_session(), table, now=time.time())
    read = Read(arguments.item_bytes, consistent=arguments.consistent)
    plan = plan_for(table, bucket, read, target_s=arguments.target_seconds, demand_units_per_s=arguments.demand)
    print(plan_text(plan))
    return 0


def _drill(arguments: argparse.Namespace) -> int:
    # The patches come before anything that imports ssl, and in this process only: a drill is a process of its own.
    from gevent import monkey  # noqa: PLC0415

    monkey.patch_all()

    from load.drill import Options, run  # noqa: PLC0415

    options = Options(
        drill=READ_THROTTLE,
        service=arguments.service,
        environment=arguments.environment,
        allow_accounts=tuple(arguments.allow_account),
        allow_environments=tuple(arguments.allow_environment),
        target_s=arguments.target_seconds,
        time_limit_s=arguments.time_limit,
        max_cost_usd=arguments.max_cost,
        read=Read(arguments.item_bytes, consistent=arguments.consistent),
        users=arguments.users,
    )

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    summary = run(options, say=say, say_every_s=1.0 if sys.stderr.isatty() else 5.0)
    print(summary.text())
    if arguments.json:
        arguments.json.write_text(json.dumps(summary.document(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    say(f"load: {summary.course.timeline[-1].what}")
    return summary.outcome.exit_code
