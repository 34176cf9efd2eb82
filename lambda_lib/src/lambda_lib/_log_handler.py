"""What a service logs with `logging` comes out as JSON lines, once, and with the ids of the request."""

import json
import logging
import sys
from collections.abc import Mapping

from lambda_lib._log_line import LogLines

# As Powertools' Logger ranks them; Lambda's own setting (advanced logging controls) filters lines once more anyway.
_LEVEL_VARIABLES = ("AWS_LAMBDA_LOG_LEVEL", "POWERTOOLS_LOG_LEVEL", "LOG_LEVEL")

# Lambda's names of levels (Lambda developer guide, "Log-level filtering") that `logging` spells otherwise.
_LAMBDA_LEVELS = {"TRACE": "NOTSET", "WARN": "WARNING", "FATAL": "CRITICAL"}

# At DEBUG these log whole requests, with tokens, session tokens and bodies in them.
_TALKATIVE = ("boto3", "botocore", "s3transfer", "urllib3")

_PLACE = ("name", "levelname", "levelno", "funcName", "lineno", "created")

# The class of Lambda's own handler of the root logger and of its variant (awslambdaric, bootstrap.py).
_LAMBDA_HANDLER = "LambdaLoggerHandler"


def log_level(environment: Mapping[str, str]) -> int:
    """The level that is configured: Lambda's own setting before Powertools', as Powertools' Logger has it.

    Raises:
        ValueError: It is not the name of a level.
    """
    name = next((environment[variable] for variable in _LEVEL_VARIABLES if environment.get(variable)), "INFO").upper()
    level = logging.getLevelNamesMapping().get(_LAMBDA_LEVELS.get(name, name))
    if level is None:
        raise ValueError(f"{name!r} is not a log level: see {', '.join(_LEVEL_VARIABLES)}")
    return level


def log_as_json(lines: LogLines, *, level: int) -> None:
    """From now on, whatever reaches the root logger is written as a JSON line.

    Lambda's runtime has its own handler there, which would write each line again as a text: it goes. Libraries that
    log whole requests at DEBUG are kept at WARNING, unless a level has been set for them.
    """
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, JsonHandler) or type(handler).__name__.startswith(_LAMBDA_HANDLER):
            root.removeHandler(handler)
    root.addHandler(JsonHandler(lines, level))
    root.setLevel(level)
    for name in _TALKATIVE:
        if (logger := logging.getLogger(name)).level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


def write(lines: str) -> None:
    """Write whole lines to whatever standard output is at the time of writing, at once.

    Lambda's runtime hands every write over as it comes (awslambdaric, bootstrap.py, `Unbuffered`), and what reads it
    takes a line's end for the end of an event: lines go together, but no line in pieces, which another thread's might
    come between.
    """
    try:
        sys.stdout.write(lines)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell and UTF-8 cannot
        sys.stdout.write("".join(f"{json.dumps(json.loads(line))}\n" for line in lines.split("\n") if line))


class JsonHandler(logging.Handler):
    """Writes records as JSON lines."""

    def __init__(self, lines: LogLines, level: int) -> None:
        super().__init__(level)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless a Logger of Powertools has written it."""
        if _written_by_powertools(record.name):
            return
        try:
            line = self._lines.own(record)
        except Exception as error:  # noqa: BLE001  a line that cannot be written fails no request
            place = {name: vars(record)[name] for name in _PLACE}
            message = f"this line cannot be written: {type(error).__name__}"
            line = self._lines.own(logging.makeLogRecord({**place, "msg": message}))
        write(line)


def _written_by_powertools(name: str) -> bool:
    # Its Logger marks the logger that it has given a handler (aws_lambda_powertools, logging/logger.py); records of
    # that logger and those below it reach the root logger as well.
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        if hasattr(logger, "powertools_handler"):
            return True
        logger = logger.parent
    return False
