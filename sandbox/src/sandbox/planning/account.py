"""The account and region of an environment, which Terraform cannot be asked for: it asks the sandbox for them."""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account and the region in it."""

    account_id: str
    region: str


def read_account(tfvars: Path) -> Account:
    """The account and region in `terraform/environments/<environment>.tfvars`; there they are plain strings.

    Raises:
        SandboxError: the file is missing or does not say them.
    """
    try:
        text = tfvars.read_text()
    except OSError as error:
        raise SandboxError(f"{tfvars}: {error.strerror}") from None
    found = dict(re.findall(r'^\s*(account_id|region)\s*=\s*"([^"]+)"', text, re.MULTILINE))
    missing = {"account_id", "region"} - found.keys()
    if missing:
        raise SandboxError(f"{tfvars} does not give {' and '.join(sorted(missing))} as a string")
    return Account(account_id=found["account_id"], region=found["region"])
