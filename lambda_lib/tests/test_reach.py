"""Which modules an entry reaches."""

from pathlib import Path

import pytest

from lambda_lib._reach import reached


def a_tree(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


PACKAGE = {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "", "a/b/d.py": "", "e.py": ""}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os", set()),
        ("import e", {"e"}),
        ("import a.b.c", {"a", "a.b", "a.b.c"}),
        ("import a.b.c as d", {"a", "a.b", "a.b.c"}),
        ("from a import b", {"a", "a.b"}),
        ("from a.b import c, e", {"a", "a.b", "a.b.c"}),
        ("from a import *", {"a"}),
        ("from not_there.a import b", set()),
        ("def f():\n    import e", {"e"}),
        ("class C:\n    def f(self):\n        if 0:\n            import e", {"e"}),
        ("try:\n    import not_there\nexcept ImportError:\n    import e", {"e"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import e", {"e"}),
        ("from importlib import import_module\nimport_module('a.b.d')", {"a", "a.b", "a.b.d"}),
        ("LAZY = {'Name': 'a.b.d'}", {"a", "a.b", "a.b.d"}),
        ("'import e'", set()),
        ("a = e = 1", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source: str, expected: set[str], tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {**PACKAGE, "main.py": source})
    assert reached(tree, ["main"]) == {"main", *expected}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from . import c", {"a.b.c"}),
        ("from .c import NAME", {"a.b.c"}),
        ("from .. import x", {"a.x"}),
        ("from ..x import NAME", {"a.x"}),
        ("LAZY = '.c'", {"a.b.c"}),
    ],
)
@pytest.mark.parametrize("module", ["a/b/__init__.py", "a/b/d.py"])
def test_relative_names_are_resolved_in_packages_and_in_modules(
    module: str, source: str, expected: set[str], tmp_path: Path
) -> None:
    tree = a_tree(tmp_path, {**PACKAGE, "a/x.py": "", module: source})
    start = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert reached(tree, [start]) == {"a", "a.b", start, *expected}


def test_what_is_imported_imports_in_turn_and_circles_end(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {"main.py": "import x", "x.py": "import y", "y.py": "import x, z", "z.py": "", "w.py": ""})
    assert reached(tree, ["main"]) == {"main", "x", "y", "z"}


def test_a_package_without_an_init_is_walked_through(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {"main.py": "from space.part import module", "space/part/module.py": "", "space/x.py": ""})
    assert reached(tree, ["main"]) == {"main", "space.part.module"}


@pytest.mark.parametrize("source", ["from . import y", "from .. import y", "from ...y import z"])
def test_a_relative_import_beyond_the_top_reaches_nothing(source: str, tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {"main.py": "import x", "x.py": source, "y.py": ""})
    assert reached(tree, ["main"]) == {"main", "x"}


def test_a_module_that_does_not_parse_is_reached_and_reaches_nothing(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {"main.py": "import x", "x.py": "import y\ndef", "y.py": ""})
    assert reached(tree, ["main"]) == {"main", "x"}


def test_an_extension_reaches_the_dotted_names_in_its_bytes(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, {**PACKAGE, "main.py": "import x", "x/__init__.py": "", "y/__init__.py": "", "y/z.py": ""})
    (tree / "x" / "_extension.abi3.so").write_bytes(b"\x7fELF\0a.b.c\0")
    (tree / "y" / "_extension.abi3.so").write_bytes(b"\x7fELF\0a.b.d\0")
    assert reached(tree, ["main"]) == {"main", "x", "a", "a.b", "a.b.c"}
    (tree / "_top.abi3.so").write_bytes(b"\x7fELF\0y.z\0")
    assert {"y", "y.z", "a.b.d"} <= reached(tree, ["main"])
