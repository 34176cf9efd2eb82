"""Which modules of a folder a program can reach from its entry.

Read from the sources, not from a run: an import within a function that one request in a thousand calls counts like any
other. What counts is

- every import statement, wherever it stands (one for type checkers only costs a file and spares a rule, and packages
  with lazy names, as pydantic, repeat these there);
- every text that reads as the name of a module, absolute or with one dot before it, as `importlib.import_module` and
  tables of lazy names are given it;
- every dotted name of a module in the bytes of an extension module, whose imports no source shows.

A name that is put together at run time is out of reach; a project lists these under `include`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import resolve_name
from pathlib import Path

_INIT = "__init__"
_NAME = re.compile(r"\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def modules(tree: Path) -> dict[str, Path]:
    """The Python modules and packages under a folder of `sys.path`, by dotted name."""
    found = {}
    for path in tree.rglob("*.py"):
        parts = path.relative_to(tree).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == _INIT else parts)] = path
    return found


def owner(path: Path, tree: Path) -> str:
    """The package that a file belongs to: the nearest folder above it with an `__init__.py`; empty if there is none."""
    for folder in path.relative_to(tree).parents:
        if (tree / folder / f"{_INIT}.py").is_file():
            return ".".join(folder.parts)
    return ""


def reached(tree: Path, roots: Iterable[str]) -> set[str]:
    """The modules that are reached from some, themselves and the packages that they are in included.

    A module that does not parse reaches nothing; to say so is for whoever compiles it.

    Args:
        tree: Folder that goes on `sys.path`.
        roots: Dotted names of the modules to start from.
    """
    sources = modules(tree)
    extensions: dict[str, list[Path]] = {}
    for path in tree.rglob("*.so"):
        extensions.setdefault(owner(path, tree), []).append(path)
    found: set[str] = set()
    # What belongs to no package is there in any case.
    pending = [*roots, *_named_in(extensions.get("", ()), sources)]
    while pending:
        name = pending.pop()
        for module in _with_packages(name):
            if module in sources and module not in found:
                found.add(module)
                pending += _imports(sources[module], module)
                pending += _named_in(extensions.get(module, ()), sources)
    return found


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _imports(source: Path, name: str) -> Iterator[str]:
    package = name if source.stem == _INIT else name.rpartition(".")[0]
    try:
        document = ast.parse(source.read_bytes())
    except SyntaxError:
        return
    for node in ast.walk(document):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                with suppress(ImportError):  # beyond the top: Python, too, refuses it, if it ever comes to it
                    base = resolve_name("." * level + (module or ""), package)
                    yield base
                    yield from (f"{base}.{alias.name}" for alias in aliases)
            case ast.Constant(value=str(text)) if _NAME.fullmatch(text):
                yield package + text if text.startswith(".") else text
            case _:
                pass


def _named_in(extensions: Iterable[Path], sources: Iterable[str]) -> Iterator[str]:
    for extension in extensions:
        content = extension.read_bytes()
        yield from (name for name in sources if "." in name and name.encode() in content)
