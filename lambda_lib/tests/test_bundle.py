"""Bundles: what is in them, that they run, that they are the same bytes on every run, and what is refused."""

import hashlib
import os
import platform
import struct
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from lambda_lib._tree import prune
from lambda_lib.bundle import Architecture, BundleError, host_architecture, make_bundle, require_python
from lambda_lib.cli import main

MAIN = """
import dependency
from service.words import WORD


def handler(event, context):
    return {"word": WORD, "dependency": dependency.VALUE, "event": event, "file": __file__, "cached": __cached__}
"""
UV_OF_THE_WORKSPACE = Path(__file__).parents[2] / "build" / "uv" / "bin"
RUN = "import sys; sys.path.insert(0, sys.argv[1]); from main import handler; print(handler({'a': 1}, None))"


@pytest.fixture(autouse=True)
def uv_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """uv is where the set-up puts it, if it is not on PATH already."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{UV_OF_THE_WORKSPACE}")


def write_wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Write a wheel, and tell its line in a lock."""
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_record_hash(text)},{len(text)}" for path, text in files.items()]
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]) + "\n")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _record_hash(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A service's project whose one dependency is a wheel at hand: no index is asked."""
    folder = tmp_path / "project"
    package = folder / "src" / "service"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "words.py").write_text('WORD = "hello"\n')
    (package / "main.py").write_text(MAIN)
    (folder / "pyproject.toml").write_text('[project]\nname = "service"\n')
    wheels = folder / "wheels"
    wheels.mkdir()
    line = write_wheel(
        wheels,
        "dependency",
        {"dependency/__init__.py": "VALUE = 1\n", "dependency/tests/__init__.py": "", "dependency/stub.pyi": ""},
    )
    (folder / "requirements.lock").write_text(f"--no-index\n--find-links {wheels.as_uri()}\n{line}\n")
    return folder


@pytest.fixture
def unpacked(project: Path, tmp_path: Path) -> Path:
    """The service's bundle, unpacked as Lambda does."""
    made = make_bundle(project, tmp_path / "out" / "service.zip")
    assert made.checked
    folder = tmp_path / "task"
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(folder)
    return folder


def test_the_handler_runs_with_nothing_but_the_bundle(unpacked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", RUN, str(unpacked)], capture_output=True, text=True, check=True
    )
    assert "'word': 'hello', 'dependency': 1, 'event': {'a': 1}" in done.stdout


def test_bytecode_and_sources_are_both_in_it(unpacked: Path) -> None:
    assert (unpacked / "service" / "main.py").read_text() == MAIN
    sources = {path.relative_to(unpacked).with_suffix("").as_posix() for path in unpacked.rglob("*.py")}
    compiled = {
        f"{path.parent.parent.relative_to(unpacked).as_posix()}/{path.name.removesuffix('.cpython-313.pyc')}"
        for path in unpacked.rglob("*.pyc")
    }
    assert {name.removeprefix("./") for name in compiled} == sources


def test_bytecode_is_never_compared_with_its_source(unpacked: Path) -> None:
    for path in unpacked.rglob("*.pyc"):
        (flags,) = struct.unpack("<I", path.read_bytes()[4:8])
        assert flags == 0b01  # PEP 552: based on a hash, not to be checked


def test_tracebacks_name_lambdas_task_folder(unpacked: Path) -> None:
    compiled = unpacked / "service" / "__pycache__" / "main.cpython-313.pyc"
    assert b"/var/task/service/main.py" in compiled.read_bytes()


def test_tests_stubs_scripts_and_metadata_stay_out(unpacked: Path) -> None:
    names = {path.name for path in unpacked.rglob("*")}
    assert not names & {"tests", "stub.pyi", "bin", "dependency-1.0.dist-info", ".lock"}
    assert {path.name for path in unpacked.iterdir()} == {
        "__pycache__",
        "dependency",
        "lambda_lib",
        "main.py",
        "service",
    }


def test_two_runs_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    first = make_bundle(project, tmp_path / "first.zip")
    for path in project.rglob("*"):
        os.utime(path, (0, 0))
    (project / "src" / "service" / "main.py").chmod(0o600)
    second = make_bundle(project, tmp_path / "second.zip")
    assert first.path.read_bytes() == second.path.read_bytes()


def test_entries_are_sorted_and_have_one_time_and_mode(project: Path, tmp_path: Path) -> None:
    made = make_bundle(project, tmp_path / "service.zip")
    with zipfile.ZipFile(made.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert made.unzipped_bytes == sum(entry.file_size for entry in entries)
    assert made.zipped_bytes == made.path.stat().st_size


def test_nothing_but_the_zip_is_left_behind(project: Path, tmp_path: Path) -> None:
    make_bundle(project, tmp_path / "out" / "service.zip")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["service.zip"]


def test_another_python_cannot_make_the_bytecode() -> None:
    with pytest.raises(BundleError, match=r"Python 3\.13 has to be made by it, not by 3\.12"):
        require_python((3, 12, 4))


def test_a_machine_that_lambda_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(BundleError, match="Lambda has no architecture riscv64"):
        host_architecture()


def test_for_another_architecture_it_is_made_but_not_imported(project: Path, tmp_path: Path) -> None:
    other: Architecture = "arm64" if host_architecture() == "x86_64" else "x86_64"
    assert not make_bundle(project, tmp_path / "service.zip", architecture=other).checked


def test_a_wheel_of_lambda_lib_can_be_given(project: Path, tmp_path: Path) -> None:
    write_wheel(tmp_path, "lambda_lib", {"lambda_lib/__init__.py": "MARK = 1\n"})
    made = make_bundle(project, tmp_path / "service.zip", lambda_lib=tmp_path / "lambda_lib-1.0-py3-none-any.whl")
    with zipfile.ZipFile(made.path) as archive:
        assert archive.read("lambda_lib/__init__.py") == b"MARK = 1\n"
        assert not [name for name in archive.namelist() if "dist-info" in name]


def test_a_project_of_lambda_lib_can_be_given(project: Path, tmp_path: Path) -> None:
    package = tmp_path / "library" / "src" / "lambda_lib"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("MARK = 2\n")
    made = make_bundle(project, tmp_path / "service.zip", lambda_lib=tmp_path / "library")
    with zipfile.ZipFile(made.path) as archive:
        assert archive.read("lambda_lib/__init__.py") == b"MARK = 2\n"


def without_lock(project: Path) -> None:
    (project / "requirements.lock").unlink()


def without_main(project: Path) -> None:
    (project / "src" / "service" / "main.py").unlink()


def with_two_packages(project: Path) -> None:
    (project / "src" / "other").mkdir()
    (project / "src" / "other" / "main.py").write_text("")


def without_pyproject(project: Path) -> None:
    (project / "pyproject.toml").unlink()


def with_another_hash(project: Path) -> None:
    lock = project / "requirements.lock"
    lock.write_text(lock.read_text().partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")


def without_a_hash(project: Path) -> None:
    lock = project / "requirements.lock"
    lock.write_text(lock.read_text().partition(" --hash")[0] + "\n")


def with_a_missing_import(project: Path) -> None:
    (project / "src" / "service" / "main.py").write_text("import not_in_the_lock\n")


def with_a_syntax_error(project: Path) -> None:
    (project / "src" / "service" / "words.py").write_text("def\n")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_lock, "requirements.lock is missing"),
        (without_main, "needs one package with a main.py, the handler's module; found none"),
        (with_two_packages, "found other, service"),
        (without_pyproject, "pyproject.toml is missing"),
        (with_another_hash, "uv cannot install .*[Hh]ash mismatch"),
        (without_a_hash, "uv cannot install .*hash"),
        (with_a_missing_import, "main cannot be imported from the bundle: .*'not_in_the_lock'"),
        (with_a_syntax_error, "the packages do not compile"),
    ],
)
def test_a_project_that_cannot_be_bundled_is_refused(
    project: Path, tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(project)
    with pytest.raises(BundleError, match=message):
        make_bundle(project, tmp_path / "service.zip")
    assert not (tmp_path / "service.zip").exists()


def test_a_wheel_that_is_not_there_is_told_in_one_line(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, wheel = tmp_path / "service.zip", tmp_path / "lambda_lib.whl"
    assert main(["bundle", "--project", str(project), "--output", str(output), "--lambda-lib", str(wheel)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(wheel) in line


def test_settings_that_are_not_toml_are_refused(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lambda-lib\n")
    with pytest.raises(BundleError, match=r"pyproject\.toml is not TOML: "):
        make_bundle(project, tmp_path / "service.zip")


def test_what_is_no_lambda_lib_is_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="neither a wheel nor the project of lambda_lib"):
        make_bundle(project, tmp_path / "service.zip", lambda_lib=project)


def test_without_uv_the_error_says_so(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])  # where `python -m uv` would be found
    with pytest.raises(BundleError, match="uv is not on PATH"):
        make_bundle(project, tmp_path / "service.zip")


def test_the_command_tells_the_sizes(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "service.zip"
    assert main(["bundle", "--project", str(project), "--output", str(output)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{output}: ")
    assert first.endswith("MB unzipped")
    assert "lambda_lib" in second


def test_the_command_says_in_one_line_what_is_wrong(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_lock(project)
    assert main(["bundle", "--project", str(project), "--output", str(tmp_path / "service.zip")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"lambda-lib: {project}/requirements.lock is missing: it pins what the service runs with"
    ]


def a_tree(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return folder


def files_of(tree: Path) -> set[str]:
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


def test_of_botocores_data_only_the_services_used_and_the_shared_files_stay(tmp_path: Path) -> None:
    tree = a_tree(
        tmp_path,
        "botocore/data/endpoints.json",
        "botocore/data/partitions.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
    )
    prune(tree, botocore_services=["dynamodb"])
    assert files_of(tree) == {
        "botocore/data/endpoints.json",
        "botocore/data/partitions.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
    }


def test_a_botocore_service_that_is_not_there_is_refused(project: Path, tmp_path: Path) -> None:
    wheels = project / "wheels"
    line = write_wheel(
        wheels, "botocore", {"botocore/__init__.py": "", "botocore/data/ssm/2014-11-06/service-2.json": "{}"}
    )
    lock = project / "requirements.lock"
    lock.write_text(f"{lock.read_text()}{line}\n")
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\nbotocore-services = ["ssm", "dynamo"]\n')
    with pytest.raises(BundleError, match="botocore-services: botocore has no service 'dynamo'"):
        make_bundle(project, tmp_path / "service.zip")


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
    prune(tree, botocore_services=[])
    assert files_of(tree) == {
        "package/__init__.py",
        "package/bin/data.txt",
        "package/testing.py",
        "package/py.typed",
        "module.py",
    }
