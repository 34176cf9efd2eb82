"""The command `lambda-lib`: contracts and bundles, at development time."""

import argparse
import importlib
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lambda_lib.bundle import CONTRACT, Bundle, BundleError, make_bundle
from lambda_lib.compatibility import UnreadableContract, compare
from lambda_lib.contract import ContractError, contract_text
from lambda_lib.routes import Routes


class UsageError(Exception):
    """The command was asked for something that cannot be done; the message is for its user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Arguments without the command's name; those of the process if not given.

    Returns:
        The exit status: 0 if it is done, 1 if not, with one line on standard error. Of `compare`: 0 if there is no
        break, 1 if there are any, 2 if the contracts cannot be compared. What argparse refuses exits with 2.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)  # type: ignore[no-any-return]  # set_defaults below
    except (UsageError, ContractError, BundleError, OSError) as error:
        print(f"lambda-lib: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambda-lib", description=__doc__)
    commands = parser.add_subparsers(required=True)
    contract = commands.add_parser("contract", help="write the OpenAPI document of a service's routes")
    contract.add_argument("routes", metavar="PACKAGE.MODULE:NAME", help="where the routes are")
    contract.add_argument("--output", type=Path, help="file to write; standard output if not given")
    contract.add_argument("--check", action="store_true", help="write nothing; fail if the file is not current")
    contract.set_defaults(run=_contract)
    comparison = commands.add_parser("compare", help="name what a new contract breaks of an old one; exits with 1 then")
    comparison.add_argument(
        "old",
        metavar="OLD",
        help="file with the contract that clients keep to, or bundle that has it; - reads it from standard input",
    )
    comparison.add_argument("new", metavar="NEW", type=Path, help="file with the contract that is to take its place")
    comparison.add_argument("--format", choices=("text", "json"), default="text", help="how breaks are told")
    comparison.add_argument(
        "--major-may-break", action="store_true", help="tell breaks, but exit with 0, if the major version has gone up"
    )
    comparison.set_defaults(run=_compare)
    bundle = commands.add_parser("bundle", help="write the zip that Lambda runs")
    bundle.add_argument("--project", type=Path, required=True, help="folder of the service's project")
    bundle.add_argument("--output", type=Path, required=True, help="zip to write")
    bundle.add_argument("--architecture", choices=("x86_64", "arm64"), help="the function's; this machine's by default")
    bundle.add_argument(
        "--lambda-lib", type=Path, help="wheel or project folder of lambda_lib; by default the package that runs this"
    )
    bundle.set_defaults(run=_bundle)
    return parser


def _contract(options: argparse.Namespace) -> int:
    text = contract_text(_routes(options.routes))
    output: Path | None = options.output
    if options.check:
        if output is None:
            raise UsageError("--check needs --output, the file to check")
        if not output.is_file() or output.read_text(encoding="utf-8") != text:
            raise UsageError(f"{output} is not current: lambda-lib contract {options.routes} --output {output}")
    elif output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
    return 0


def _compare(options: argparse.Namespace) -> int:
    try:
        text = _old_contract(options.old)
        if text is None:
            print(f"{options.old} has no contract, so nothing is compared")
            return 0
        old, new = _document(options.old, text), _document(options.new, options.new.read_text(encoding="utf-8"))
        found = compare(old, new)
        allowed = bool(found) and options.major_may_break and _major(new) > _major(old)
    except (OSError, UnicodeDecodeError, UnreadableContract, zipfile.BadZipFile) as error:
        print(f"lambda-lib: {error}", file=sys.stderr)
        return 2
    except (AttributeError, KeyError, TypeError) as error:  # a member is missing, or of another type than OpenAPI's
        print(f"lambda-lib: these are not two contracts: {error!r}", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps([asdict(item) for item in found], indent=2))
    else:
        for item in found:
            print(f"{item.place}: {item.reason} ({item.kind})")
    return 1 if found and not allowed else 0


def _old_contract(name: str) -> str | None:
    """The text of a contract, or nothing for a bundle without one, as the placeholder of the first apply is."""
    if name == "-":
        return sys.stdin.read()
    if not zipfile.is_zipfile(name):
        return Path(name).read_text(encoding="utf-8")
    with zipfile.ZipFile(name) as bundle:
        return bundle.read(CONTRACT).decode() if CONTRACT in bundle.namelist() else None


def _major(document: dict[str, Any]) -> int:
    version = str(document.get("info", {}).get("version", ""))
    try:
        return int(version.partition(".")[0])
    except ValueError as error:
        raise UnreadableContract(f"the version {version!r} has no major version") from error


def _document(name: object, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableContract(f"{name}: it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UnreadableContract(f"{name}: it is no contract")
    return document


def _routes(spec: str) -> Routes[Any]:
    module, _, name = spec.partition(":")
    if not module or not name:
        raise UsageError(f"{spec} does not name routes; give them as PACKAGE.MODULE:NAME")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        raise UsageError(f"{spec}: {error} (is the service installed? pip install --editable .)") from error
    if not isinstance(found, Routes):
        raise UsageError(f"{spec} is not Routes")
    return found


def _bundle(options: argparse.Namespace) -> int:
    made = make_bundle(
        options.project, options.output, architecture=options.architecture, lambda_lib=options.lambda_lib
    )
    print(_summary(made))
    return 0


def _summary(made: Bundle) -> str:
    largest = ", ".join(f"{name} {_megabytes(size)}" for name, size in made.largest)
    note = "" if made.checked else " (not imported here: another architecture)"
    return (
        f"{made.path}: {_megabytes(made.zipped_bytes)}, {_megabytes(made.unzipped_bytes)} unzipped{note}\n"
        f"  largest: {largest}"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
