"""What operators do to an environment and its services: `operate.py COMMAND --env dev --service location`.

Each aws, terraform and git command is printed before it runs, so that it can be run by hand, too. Needed are AWS
credentials and `aws`; Terraform, or the command that the variable TERRAFORM names, also for the names of things: those
that the naming module computes.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parent
LIBRARY = "lambda-lib"
_AT_WORK = {"InProgress", "Stopping"}


class OperationError(Exception):
    """It cannot be done; the message says why, in a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0 if it is done, 1 if not, with one line on standard error."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except OperationError as error:
        print(f"operate: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    made = argparse.ArgumentParser(
        prog="operate.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def command(run: Callable[[argparse.Namespace], None], meaning: str) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.")
        added.add_argument("--env", required=True, help="environment, a file in terraform/environments")
        added.add_argument("--service", default="", help=f"folder of services/, or {LIBRARY}")
        added.set_defaults(run=run)
        return added

    added = command(apply, "terraform apply of a service, or of the platform if none is named")
    added.add_argument("rest", nargs="*", metavar="-- ARGUMENT", help="arguments of terraform apply")
    added = command(release, "start the pipeline with what is on its branch, and follow it to its end")
    added.add_argument("--poll-s", type=float, default=10, help="seconds between two looks")
    command(version, "the version that callers get")
    added = command(rollback, "let callers have an earlier version; without --version, list the versions")
    added.add_argument("--version", default="", help="number of the version")
    added = command(freeze, "let no release through")
    added.add_argument("--reason", default="", help="why, for those who see the pipeline")
    command(unfreeze, "let releases through again; the newest that waits goes on by itself")
    added = command(seed, "push the folder, with its history, to main of the repository")
    added.add_argument("--url", default="", help="where to push; codecommit::REGION://REPOSITORY if not given")
    return made


def apply(options: argparse.Namespace) -> None:
    """Apply the root of the platform or of a service."""
    settings = [environment(options.env)]
    root, key = FOLDER / "platform", "platform.tfstate"
    if options.service:
        settings.append(REPOSITORY / "services" / known(options.service) / "service.tfvars")
        root, key = FOLDER / "service", f"services/{options.service}.tfstate"
    elif (more := FOLDER / "environments" / f"{options.env}.platform.tfvars").is_file():
        settings.append(more)
    backend = FOLDER / "environments" / f"{options.env}.tfbackend"
    if not backend.is_file():
        raise OperationError(
            f"there is no bucket for the states of {options.env} yet: make bootstrap ENV={options.env}"
        )
    init = [
        "init",
        "-input=false",
        "-reconfigure",
        f"-backend-config={_from(root, backend)}",
        f"-backend-config=key={key}",
    ]
    shown(*terraform(), *init, cwd=root)
    shown(*terraform(), "apply", *(f"-var-file={_from(root, file)}" for file in settings), *options.rest, cwd=root)


def release(options: argparse.Namespace) -> None:
    """Start a pipeline and follow it."""
    names = find(options)
    pipeline = names["pipeline"]
    for stage in aws(names, "codepipeline", "get-pipeline-state", "--name", pipeline)["stageStates"]:
        way = stage.get("inboundTransitionState", {})
        if not way.get("enabled", True):  # the execution would wait there for ever
            raise OperationError(f"{pipeline} is frozen: {way.get('disabledReason')}. To go on: make unfreeze")
    execution = aws(names, "codepipeline", "start-pipeline-execution", "--name", pipeline)["pipelineExecutionId"]
    which = ("--pipeline-name", pipeline, "--pipeline-execution-id", execution)
    status, quiet = "InProgress", False
    while status in _AT_WORK:
        if quiet:
            time.sleep(options.poll_s)
        found = aws(names, "codepipeline", "get-pipeline-execution", *which, quiet=quiet)["pipelineExecution"]["status"]
        if found != status or not quiet:
            print(f"{pipeline} {execution}: {found}")
        status, quiet = found, True
    if status != "Succeeded":
        # Without the filter the command turns every page of a year's executions.
        only = ("--pipeline-name", pipeline, "--filter", f"pipelineExecutionId={execution}")
        actions = aws(names, "codepipeline", "list-action-executions", *only)
        raise OperationError(f"{pipeline} is {status}{_why(actions['actionExecutionDetails'])}")


def _why(actions: list[dict[str, Any]]) -> str:
    """The newest failed action of an execution, and what it said."""
    for action in actions:
        if action.get("status") == "Failed":
            result = action.get("output", {}).get("executionResult", {})
            said = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
            return f": {action.get('actionName')} failed. {said}".rstrip()
    return ""


def version(options: argparse.Namespace) -> None:
    """Say which version is live."""
    names = function_of(options)
    alias = aws(names, "lambda", "get-alias", "--function-name", names["function"], "--name", names["alias"])
    live = alias["FunctionVersion"]
    told = aws(names, "lambda", "get-function-configuration", "--function-name", names["function"], "--qualifier", live)
    print(f"{names['function']} {names['alias']}: version {live}, published {told['LastModified']}")
    for other, weight in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).items():
        print(f"{weight:.0%} of the requests get version {other}: a release is at work")


def rollback(options: argparse.Namespace) -> None:
    """Move the alias to an earlier version, or list the versions."""
    names = function_of(options)
    of_function = ("--function-name", names["function"])
    alias = aws(names, "lambda", "get-alias", *of_function, "--name", names["alias"])
    live = alias["FunctionVersion"]
    found = aws(names, "lambda", "list-versions-by-function", *of_function)["Versions"]
    versions = {item["Version"]: item["LastModified"] for item in found if item["Version"] != "$LATEST"}
    if not options.version:
        for number, published in sorted(versions.items(), key=lambda item: int(item[0])):
            print(f"{number:>6}  {published}{'  live' if number == live else ''}")
        return
    if options.version not in versions:
        raise OperationError(f"{names['function']} has no version {options.version}; there are: {', '.join(versions)}")
    # The weights, too: the version that a canary is moving to would keep its part of the requests.
    moved = ("--function-version", options.version, "--routing-config", "AdditionalVersionWeights={}")
    aws(names, "lambda", "update-alias", *of_function, "--name", names["alias"], *moved)
    print(f"{names['function']} {names['alias']}: version {options.version}, before {live}")
    if alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        print(f"a release is at work and may move it again: stop the execution of pipeline {names['pipeline']}")


def freeze(options: argparse.Namespace) -> None:
    """Close the way to the stage that releases."""
    # https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html
    if not re.fullmatch(r"[a-zA-Z0-9!@ ().*?-]{1,300}", options.reason):
        raise OperationError("why? --reason (REASON=) takes 1 to 300 letters, digits, spaces and !@().*?-")
    names = find(options)
    aws(names, "codepipeline", "disable-stage-transition", *_transition(options, names), "--reason", options.reason)
    print(f"{names['pipeline']} is frozen: {options.reason}. What is in the stage already goes on.")


def unfreeze(options: argparse.Namespace) -> None:
    """Open it again."""
    names = find(options)
    aws(names, "codepipeline", "enable-stage-transition", *_transition(options, names))
    print(f"{names['pipeline']} is open")


def _transition(options: argparse.Namespace, names: dict[str, str]) -> tuple[str, ...]:
    stage = "Build" if options.service == LIBRARY else "Release"
    return "--pipeline-name", names["pipeline"], "--stage-name", stage, "--transition-type", "Inbound"


def seed(options: argparse.Namespace) -> None:
    """Push a folder's history."""
    names = find(options, signed_in=not options.url)
    if not options.url and not shutil.which("git-remote-codecommit"):
        raise OperationError(
            "git-remote-codecommit is not installed: pip install git-remote-codecommit, or give --url (URL=)"
        )
    folder = "lambda_lib" if options.service == LIBRARY else f"services/{options.service}"
    commit = shown("git", "subtree", "-q", "split", "--prefix", folder, cwd=REPOSITORY, quiet_output=True).strip()
    url = options.url or f"codecommit::{names['region']}://{names['repository']}"
    shown("git", "push", url, f"{commit}:refs/heads/main", cwd=REPOSITORY)


def environment(name: str) -> Path:
    """The file of an environment."""
    folder = FOLDER / "environments"
    if not (file := folder / f"{name}.tfvars").is_file():
        there = sorted(path.stem for path in folder.glob("*.tfvars") if "." not in path.stem)
        raise OperationError(f"there is no environment {name}; there are: {', '.join(there)}")
    return file


def known(service: str) -> str:
    """The name of a service that there is."""
    there = sorted(file.parent.name for file in (REPOSITORY / "services").glob("*/service.tfvars"))
    if service not in there:
        asked = f"there is no service {service}" if service else "which service? --service (SERVICE=)"
        raise OperationError(f"{asked}; there are: {', '.join(there)}")
    return service


def find(options: argparse.Namespace, *, signed_in: bool = True) -> dict[str, str]:
    """What a service's parts are called, and where they are."""
    settings = environment(options.env)
    subject = options.service if options.service == LIBRARY else known(options.service)
    services = [] if subject == LIBRARY else [subject]
    wanted = {
        "region": "var.region",
        "account": "var.account_id",
        "pipeline": f'local.delivery["{subject}"].pipeline.name',
        "repository": f'local.delivery["{subject}"].repository.name',
        **(
            {f: f'local.services["{subject}"].function.{n}' for f, n in (("function", "name"), ("alias", "alias"))}
            if services
            else {}
        ),
    }
    expression = f"jsonencode({{{', '.join(f'{name} = {value}' for name, value in wanted.items())}}})"
    module = FOLDER / "modules" / "naming"
    console = [
        *terraform(),
        f"-chdir={module}",
        "console",
        f"-var-file={_from(module, settings)}",
        f"-var=services={json.dumps(services)}",
    ]
    names: dict[str, str] = json.loads(json.loads(output(console, stdin=expression)))
    if signed_in:
        caller = aws(names, "sts", "get-caller-identity")["Account"]
        if caller != names["account"]:
            raise OperationError(
                f"these are credentials of account {caller}, and {options.env} is in {names['account']}"
            )
    return names


def function_of(options: argparse.Namespace) -> dict[str, str]:
    """As `find`, for what has a function."""
    if options.service == LIBRARY:
        raise OperationError(f"{LIBRARY} is a package: it has no version that is live")
    return find(options)


def terraform() -> list[str]:
    """The command of Terraform."""
    return shlex.split(os.environ.get("TERRAFORM") or "terraform")


def aws(names: dict[str, str], *arguments: str, quiet: bool = False) -> Any:
    """What the `aws` command replies."""
    command = ["aws", *arguments, "--region", names["region"]]
    if not quiet:
        print(f"+ {shlex.join(command)}", flush=True)
    return json.loads(output([*command, "--output", "json"]) or "null")


def shown(*command: str, cwd: Path, quiet_output: bool = False) -> str:
    """Print a command and run it; its output goes where ours goes, or is given back."""
    print(f"+ {shlex.join(command)}", flush=True)
    if quiet_output:
        return output(command, cwd=cwd)
    try:
        done = subprocess.run(command, cwd=cwd, check=False)
    except FileNotFoundError:
        _absent(command)
    if done.returncode:
        raise OperationError(f"{command[0]} failed (exit status {done.returncode})")
    return ""


def output(command: Sequence[str], *, stdin: str | None = None, cwd: Path | None = None) -> str:
    """Run a command for its output."""
    try:
        done = subprocess.run(command, input=stdin, cwd=cwd, text=True, capture_output=True, check=False)
    except FileNotFoundError:
        _absent(command)
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise OperationError(f"{command[0]}: {said}")
    return done.stdout


def _absent(command: Sequence[str]) -> NoReturn:
    raise OperationError(f"{command[0]} is not installed") from None


def _from(folder: Path, file: Path) -> str:
    return os.path.relpath(file, folder)


if __name__ == "__main__":
    sys.exit(main())
