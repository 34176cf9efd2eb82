"""What of the installed packages stays."""

from pathlib import Path

from lambda_lib._tree import keep, prune


def a_tree(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return folder


def files_of(tree: Path) -> set[str]:
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


def test_only_what_nothing_reads_is_pruned(tmp_path: Path) -> None:
    tree = a_tree(
        tmp_path,
        "package/__init__.py",
        "package/bin/data.txt",
        "package/testing.py",
        "package/py.typed",
        "package/tests/test_it.py",
        "package/__pycache__/it.pyc",
        "package-1.0.dist-info/METADATA",
        "bin/script",
        ".lock",
        "module.py",
        "module.pyi",
    )
    prune(tree)
    assert files_of(tree) == {
        "package/__init__.py",
        "package/bin/data.txt",
        "package/testing.py",
        "package/py.typed",
        "module.py",
    }


def test_sources_stay_by_name_and_other_files_with_their_package(tmp_path: Path) -> None:
    tree = a_tree(
        tmp_path,
        "main.py",
        "other.py",
        "extension.abi3.so",
        "package/__init__.py",
        "package/reached.py",
        "package/unreached.py",
        "package/extension.abi3.so",
        "package/data/table.json",
        "package/part/__init__.py",
        "package/part/page.html",
        "package/part/assets/style.css",
        "package.libs/libfoo-1a2b.so.1",
    )
    keep(tree, {"main", "package", "package.reached"})
    assert files_of(tree) == {
        "main.py",
        "extension.abi3.so",
        "package/__init__.py",
        "package/reached.py",
        "package/extension.abi3.so",
        "package/data/table.json",
        "package.libs/libfoo-1a2b.so.1",
    }
