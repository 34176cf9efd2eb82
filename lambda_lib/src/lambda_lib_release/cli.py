"""The command: `python -m lambda_lib_release add|settle`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from lambda_lib_release.methods import ContractRefused
from lambda_lib_release.release import add, find, settle

# API Gateway's own limits are a call or less a second: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Arguments without the command's name; those of the process if not given.

    Returns:
        The exit status: 0 if it is done, 1 if nothing was deployed, with the reasons on standard error.
    """
    options = _parser().parse_args(arguments)
    session = Session()
    try:
        contract = options.contract.read_text(encoding="utf-8")
        target = find(
            session.create_client("ssm", config=_CONFIG),
            parameter=options.url_parameter,
            name=options.api,
            integration_uri=options.integration_uri,
        )
        client = session.create_client("apigateway", config=_CONFIG)
        done = (add if options.step == "add" else settle)(client, target, contract)
    except (ContractRefused, BotoCoreError, ClientError, OSError, UnicodeDecodeError) as error:
        for line in str(error).splitlines():
            print(f"release: {line}", file=sys.stderr)
        print("release: the stage keeps its deployment", file=sys.stderr)
        return 1
    print(*done, sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambda_lib_release", description="Put a contract to its REST API.")
    parser.add_argument("step", choices=("add", "settle"), help="before or after the code is released")
    parser.add_argument("--contract", type=Path, required=True, help="file with the contract")
    for name, meaning in {
        "api": "name of the API",
        "integration-uri": "what the API's methods invoke",
        "url-parameter": "parameter that holds the URL of the API's stage",
    }.items():
        variable = name.replace("-", "_").upper()
        told = os.environ.get(variable)
        parser.add_argument(f"--{name}", default=told, required=told is None, help=f"{meaning}; by default ${variable}")
    return parser
