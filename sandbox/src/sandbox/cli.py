"""The `sandbox` command."""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox import view
from sandbox.errors import NotRunningError, SandboxError
from sandbox.launch import GRACE_S, launch
from sandbox.settings import Settings
from sandbox.state import StateFolder

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130

_LARGEST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command: 0 done, 1 an error told in one line, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("sandbox: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader (`head`, a pager) has seen enough; what is still buffered would raise again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Runs the services' Terraform plans on this machine: no account, no Docker."
    )
    parser.set_defaults(state_dir=Path(".sandbox"))
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="folder of this sandbox [.sandbox]"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_up(commands.add_parser("up", parents=[common], help="plan everything and run it until `sandbox down`"))

    check = commands.add_parser("check", parents=[common], help="plan everything and check it, without running it")
    _add_declaration(check)
    check.set_defaults(command=_check)

    down = commands.add_parser("down", parents=[common], help="stop the sandbox; what it held is gone")
    down.add_argument("--if-running", action="store_true", help="where none is up, that is fine too")
    down.set_defaults(command=_down)

    status = commands.add_parser("status", parents=[common], help="services, tables and their capacity, alarms")
    status.add_argument("--json", action="store_true", help="as a JSON document")
    status.set_defaults(command=_status)

    logs = commands.add_parser("logs", parents=[common], help="what the functions and the gateway wrote")
    logs.add_argument("service", nargs="?", metavar="SERVICE", help="only this service [all]")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")
    logs.set_defaults(command=_logs)

    env = commands.add_parser(
        "env",
        parents=[common],
        help='shell lines that point the AWS tools here: eval "$(sandbox env)"',
        description='Prints shell lines that point the AWS SDKs and tools at the sandbox: eval "$(sandbox env)"',
    )
    env.set_defaults(command=_env)
    return parser


def _add_declaration(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--source", type=Path, default=Path(), metavar="DIR", help="folder with terraform/ and services/ [this folder]"
    )
    command.add_argument(
        "--environment", default="dev", metavar="NAME", help="terraform/environments/NAME.tfvars [dev]"
    )
    command.add_argument("--services", type=_names, metavar="A,B", help="only these services [all]")


def _add_up(up: argparse.ArgumentParser) -> None:
    up.set_defaults(command=_up)
    _add_declaration(up)
    up.add_argument(
        "--bundles",
        type=Path,
        metavar="DIR",
        help="folder of the bundles <service>.zip to release [SOURCE/build/bundles]; a service without one answers 503",
    )
    up.add_argument("--port", type=_port, default=0, metavar="N", help="port of the AWS endpoint [a free one]")
    up.add_argument(
        "--alarm-period-factor",
        type=_factor,
        default=1.0,
        metavar="F",
        help="divides the alarms' periods: 6 makes a minute ten seconds [1]",
    )
    up.add_argument(
        "--missing-data",
        choices=["configured", "dynamodb-ignored"],
        default="configured",
        help="how alarms on AWS/DynamoDB treat missing data: as declared, or ignored, where AWS's documents conflict "
        "[configured]",
    )
    up.add_argument("--foreground", action="store_true", help="run here, until Ctrl-C, instead of in the background")


def _up(options: argparse.Namespace) -> int:
    source = options.source.resolve()
    settings = Settings(
        source=source,
        state_dir=options.state_dir.resolve(),
        environment=options.environment,
        services=options.services,
        bundles=(options.bundles or source / "build" / "bundles").resolve(),
        alarm_period_factor=options.alarm_period_factor,
        missing_data=options.missing_data,
        port=options.port,
    )
    if options.foreground:
        from sandbox.daemon import foreground  # noqa: PLC0415 - moto takes a second to import, and other commands wait

        return foreground(settings, _say)
    _say(launch(settings, _say))
    return 0


def _check(options: argparse.Namespace) -> int:
    from sandbox.composition import check  # noqa: PLC0415 - moto takes a second to import, and other commands wait

    # A folder of its own: a sandbox that is up goes on with the plans that it was made of.
    folder = StateFolder(options.state_dir.resolve() / "check")
    settings = Settings(
        source=options.source.resolve(),
        state_dir=folder.path,
        environment=options.environment,
        services=options.services,
        bundles=folder.path,
        alarm_period_factor=1.0,
        missing_data="configured",
        port=0,
    )
    with folder.held():
        declaration = check(settings, _say)
    alarms = len(declaration.alarms) + len(declaration.composite_alarms)
    _say(f"checked: {alarms} alarms and what dashboards and saved queries read; all of it can have data")
    return 0


def _down(options: argparse.Namespace) -> int:
    folder = StateFolder(options.state_dir)
    if options.if_running and folder.pid() is None:
        return 0
    if not folder.stop(grace_s=GRACE_S):
        raise SandboxError(f"the sandbox did not stop in {GRACE_S:.0f} s and was killed")
    _say("stopped")
    return 0


def _status(options: argparse.Namespace) -> int:
    status = view.fetch_status(StateFolder(options.state_dir).endpoints()["aws"])
    print(json.dumps(status, indent=2) if options.json else view.status_text(status))
    return 0


def _logs(options: argparse.Namespace) -> int:
    from sandbox.log_reader import LogReader  # noqa: PLC0415 - botocore takes 0.2 s to import

    reader = LogReader(StateFolder(options.state_dir), service=options.service)
    for line in reader.follow() if options.follow else reader.read():
        print(line, flush=options.follow)
    return 0


def _env(options: argparse.Namespace) -> int:
    folder = StateFolder(options.state_dir.resolve())
    if folder.pid() is None:
        raise NotRunningError(f"no sandbox is up in {folder.path}: `sandbox up` starts one")
    print(view.environment_text(folder, os.environ))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError("names at least one service")
    return names


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"is 0 to {_LARGEST_PORT}, not {text!r}")
    return int(text)


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 1 <= factor < math.inf:
        raise argparse.ArgumentTypeError(f"is a number of 1 or more, not {text!r}")
    return factor


if __name__ == "__main__":
    sys.exit(main())
