"""The errors of load, each one clear line for the person at the terminal, with the exit code of the command.

LoadError
├── RefusedError       3  the account or the environment is not allowed
├── UnreachableError   4  AWS or the service does not answer, or does not admit us
└── PreconditionError  5  the drill cannot be run as asked: no such table or alarm, too high a rate, too dear

The exit codes of a drill that was started are those of `load.phases.Outcome`.
"""


class LoadError(Exception):
    """What went wrong and what to do about it, in one line."""

    exit_code = 1


class RefusedError(LoadError):
    """The account or the environment is not allowed."""

    exit_code = 3


class UnreachableError(LoadError):
    """AWS or the service does not answer, or does not admit us."""

    exit_code = 4


class PreconditionError(LoadError):
    """The drill cannot be run as asked."""

    exit_code = 5
