"""The errors of the sandbox, each one clear line for the person at the terminal.

SandboxError
├── EngineError         Terraform is missing or failed
├── PlanError           a plan cannot be read, or a planned resource cannot be run as declared
├── AlreadyRunningError a sandbox is already up in this folder
└── NotRunningError     no sandbox is up in this folder
"""


class SandboxError(Exception):
    """What went wrong and what to do about it, in one line. The command line prints it and exits with 1."""


class EngineError(SandboxError):
    """Terraform is missing or failed."""


class PlanError(SandboxError):
    """A plan cannot be read, or a planned resource cannot be run as declared; the message names its address."""


class AlreadyRunningError(SandboxError):
    """A sandbox is already up in this folder."""


class NotRunningError(SandboxError):
    """No sandbox is up in this folder."""
