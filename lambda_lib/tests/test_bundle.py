"""Bundles: what is in them, that they run, that they are the same bytes on every run, and what is refused."""

import hashlib
import os
import platform
import shutil
import struct
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

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
# What RUN does, telling of every source that is compiled on the way.
WATCHED_RUN = f"""
import sys
sys.addaudithook(lambda event, arguments: event == "compile" and print("compiled", arguments[1]))
{RUN}
"""


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
        {
            "dependency/__init__.py": "VALUE = 1\n\ndef rarely():\n    from dependency import rare\n",
            "dependency/rare.py": "",
            "dependency/table.json": "{}",
            "dependency/unused.py": "",
            "dependency/unused_too/__init__.py": "",
            "dependency/unused_too/page.html": "",
            "dependency/tests/__init__.py": "",
            "dependency/stub.pyi": "",
        },
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


def run(folder: Path, code: str = RUN, **environment: str) -> str:
    """Run code with nothing on `sys.path` but a bundle and the standard library, and without writing bytecode."""
    command = [sys.executable, "-I", "-S", "-B", "-c", code, str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_handler_runs_with_nothing_but_the_bundle(unpacked: Path) -> None:
    assert "'word': 'hello', 'dependency': 1, 'event': {'a': 1}" in run(unpacked)


def test_after_another_zip_and_unzip_it_runs_from_its_bytecode_in_a_read_only_folder(
    unpacked: Path, tmp_path: Path
) -> None:
    # Another zip program gives other times, to the sources others than to the bytecode.
    for path in unpacked.rglob("*.py"):
        os.utime(path, (1_800_000_000, 1_800_000_000))
    again = shutil.make_archive(str(tmp_path / "again"), "zip", unpacked)
    folder = tmp_path / "read-only"
    shutil.unpack_archive(again, folder)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = contents(folder)
    output = run(folder, WATCHED_RUN)
    assert "'word': 'hello'" in output
    assert "compiled" not in output
    assert contents(folder) == before


def test_the_bytecode_is_what_runs_and_not_the_source_beside_it(unpacked: Path) -> None:
    (unpacked / "service" / "words.py").write_text('WORD = "a source that nobody compiles"\n')
    assert "'word': 'hello'" in run(unpacked, WATCHED_RUN)
    (unpacked / "service" / "__pycache__" / "words.cpython-313.pyc").unlink()
    output = run(unpacked, WATCHED_RUN)
    assert f"compiled {unpacked}/service/words.py" in output
    assert "'word': 'a source that nobody compiles'" in output


def test_the_garbage_collector_rests_during_the_import_and_works_afterwards(project: Path, tmp_path: Path) -> None:
    with (project / "src" / "service" / "main.py").open("a") as main_module:
        main_module.write("import gc\nDURING = gc.isenabled()\n")
    made = make_bundle(project, tmp_path / "service.zip")
    shutil.unpack_archive(made.path, tmp_path / "task")
    code = f"{RUN}\nimport gc, service.main; print(service.main.DURING, gc.isenabled(), gc.get_freeze_count() > 1000)"
    assert run(tmp_path / "task", code).endswith("False True True\n")


def test_pydantic_looks_for_no_plugins_unless_the_function_says_so(unpacked: Path) -> None:
    code = f"{RUN}\nimport os; print(os.environ['PYDANTIC_DISABLE_PLUGINS'])"
    assert run(unpacked, code).endswith("__all__\n")
    assert run(unpacked, code, PYDANTIC_DISABLE_PLUGINS="").endswith("}\n\n")


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
    assert {path.name for path in unpacked.iterdir()} == {"__pycache__", "dependency", "main.py", "service"}


def test_only_what_the_entry_reaches_is_in_it(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.suffix != ".pyc"}
    assert {name for name in names if name.startswith("dependency/") and "__pycache__" not in name} == {
        "dependency/__init__.py",
        "dependency/rare.py",
        "dependency/table.json",
    }


def test_what_is_imported_by_a_computed_name_is_included_by_a_setting(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\ninclude = ["dependency.unused_too"]\n')
    with zipfile.ZipFile(make_bundle(project, tmp_path / "service.zip").path) as archive:
        names = set(archive.namelist())
    assert {"dependency/unused_too/__init__.py", "dependency/unused_too/page.html"} <= names
    assert "dependency/unused.py" not in names


def test_the_trial_import_has_the_environment_of_the_setting(project: Path, tmp_path: Path) -> None:
    with (project / "src" / "service" / "main.py").open("a") as main_module:
        main_module.write("import os\nTOPIC = os.environ['TOPIC']\n")
    with pytest.raises(BundleError, match="KeyError: 'TOPIC'"):
        make_bundle(project, tmp_path / "service.zip")
    (project / "pyproject.toml").write_text('[tool.lambda-lib.environment]\nTOPIC = "none"\n')
    assert make_bundle(project, tmp_path / "service.zip").checked


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


def test_the_contract_of_the_service_is_in_it(project: Path, tmp_path: Path) -> None:
    (project / "openapi.json").write_text('{"paths": {}}')
    with zipfile.ZipFile(make_bundle(project, tmp_path / "service.zip").path) as archive:
        assert archive.read("openapi.json") == b'{"paths": {}}'


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


def test_a_binary_of_another_architecture_is_refused(project: Path, tmp_path: Path) -> None:
    other: Architecture = "arm64" if host_architecture() == "x86_64" else "x86_64"
    shutil.copy(sys.executable, project / "src" / "service" / "library.so")
    with pytest.raises(BundleError, match=rf"service/library\.so is not for {other}"):
        make_bundle(project, tmp_path / "service.zip", architecture=other)
    assert make_bundle(project, tmp_path / "service.zip").checked


def test_a_wheel_of_lambda_lib_can_be_given(project: Path, tmp_path: Path) -> None:
    (project / "src" / "service" / "main.py").write_text("import lambda_lib\nhandler = lambda_lib.MARK\n")
    write_wheel(tmp_path, "lambda_lib", {"lambda_lib/__init__.py": "MARK = 1\n"})
    made = make_bundle(project, tmp_path / "service.zip", lambda_lib=tmp_path / "lambda_lib-1.0-py3-none-any.whl")
    with zipfile.ZipFile(made.path) as archive:
        assert archive.read("lambda_lib/__init__.py") == b"MARK = 1\n"
        assert not [name for name in archive.namelist() if "dist-info" in name]


def test_a_project_of_lambda_lib_can_be_given(project: Path, tmp_path: Path) -> None:
    package = tmp_path / "library" / "src" / "lambda_lib"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("MARK = 2\n")
    (project / "src" / "service" / "main.py").write_text("import lambda_lib\nhandler = lambda_lib.MARK\n")
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


def with_an_end_of_its_own(project: Path) -> None:
    (project / "src" / "service" / "main.py").write_text("import sys\nsys.exit(3)\n")


def with_a_syntax_error(project: Path) -> None:
    (project / "src" / "service" / "words.py").write_text("def\n")


def with_a_source_that_is_compiled_at_a_start(project: Path) -> None:
    (project / "src" / "service" / "main.py").write_text('compile("1", __file__, "exec")\n')


def with_a_misspelt_setting(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\nincludes = ["dependency"]\n')


def with_a_setting_of_another_type(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\ninclude = "dependency"\n')


def with_an_unknown_module_included(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\ninclude = ["dependenci"]\n')


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
        (with_an_end_of_its_own, "main cannot be imported from the bundle: it ended with status 3"),
        (with_a_syntax_error, "the packages do not compile"),
        (with_a_source_that_is_compiled_at_a_start, r"service/main\.py has no bytecode that is taken"),
        (with_a_misspelt_setting, r"pyproject\.toml: \[tool\.lambda-lib\]: includes: Extra inputs are not permitted"),
        (with_a_setting_of_another_type, "include: Input should be a valid tuple"),
        (with_an_unknown_module_included, "include: dependenci is not among what is installed"),
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


def test_a_wheel_that_is_none_is_refused(project: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "lambda_lib.whl"
    wheel.write_text("not a zip")
    with pytest.raises(BundleError, match="is not a wheel"):
        make_bundle(project, tmp_path / "service.zip", lambda_lib=wheel)


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
    assert "dependency" in second


def test_the_command_says_in_one_line_what_is_wrong(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_lock(project)
    assert main(["bundle", "--project", str(project), "--output", str(tmp_path / "service.zip")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"lambda-lib: {project}/requirements.lock is missing: it pins what the service runs with"
    ]


def test_a_botocore_service_that_is_not_there_is_refused(project: Path, tmp_path: Path) -> None:
    wheels = project / "wheels"
    line = write_wheel(
        wheels, "botocore", {"botocore/__init__.py": "", "botocore/data/ssm/2014-11-06/service-2.json": "{}"}
    )
    (project / "src" / "service" / "main.py").write_text("import botocore\n")
    lock = project / "requirements.lock"
    lock.write_text(f"{lock.read_text()}{line}\n")
    (project / "pyproject.toml").write_text('[tool.lambda-lib]\nbotocore-services = ["ssm", "dynamo"]\n')
    with pytest.raises(BundleError, match="botocore-services: botocore has no service 'dynamo'"):
        make_bundle(project, tmp_path / "service.zip")
