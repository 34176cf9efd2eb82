"""The life of a sandbox as a process: real commands, real signals; Terraform is real, or a script where it says so."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

pytestmark = pytest.mark.xdist_group("daemon")

REPOSITORY = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "sandbox"


def command(folder: Path, name: str, *options: str) -> list[str]:
    return [str(COMMAND), name, "--state-dir", str(folder), *options]


def run(folder: Path, name: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, name, *options), capture_output=True, text=True, env=os.environ | env, timeout=200, check=False
    )


def up(folder: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    bundles = folder.parent / "bundles"
    return run(
        folder, "up", "--source", str(REPOSITORY), "--services", "location", "--bundles", str(bundles), *options, **env
    )


def processes(folder: Path) -> list[psutil.Process]:
    """The processes that are told this folder in their arguments, as the daemon, its workers and its commands are."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join(process.cmdline()) and process.pid != os.getpid():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def nothing_left(folder: Path) -> bool:
    """Whether all processes of the folder are gone, soon."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not processes(folder):
            return True
        time.sleep(0.05)
    return False


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("sandbox: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Iterator[Path]:
    """A folder with the plans of `location` made by the real Terraform, so that the next starts take a second."""
    folder = tmp_path_factory.mktemp("daemon") / "state"
    (folder.parent / "bundles").mkdir()
    done = up(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    run(folder, "down")
    yield folder
    run(folder, "down")


@pytest.fixture
def sandbox(planned) -> Iterator[Path]:
    """A sandbox that is up."""
    done = up(planned)
    assert done.returncode == 0, done.stdout + done.stderr
    (planned.parent / "said").write_text(done.stdout)
    yield planned
    run(planned, "down")


def get(url: str) -> int:
    response = requests.get(url, timeout=10)
    return response.status_code


def test_a_sandbox_that_is_up_serves_what_is_declared(sandbox):
    endpoints = json.loads((sandbox / "endpoints.json").read_text())
    assert list(endpoints["services"]) == ["location"]
    assert get(endpoints["services"]["location"] + "/locations/ada") == 403
    status = json.loads(run(sandbox, "status", "--json").stdout)
    assert [item["live_versions"] for item in status["services"]] == [{"dev-location": "1"}]
    assert {item["name"] for item in status["capacities"]} == {"dev-location"}
    assert "dev-location-read-throttle" in {item["name"] for item in status["alarms"]}
    assert "aws_codepipeline" in {item["type"] for item in status["checked"]}
    assert "dev-location-read-throttle" in run(sandbox, "status").stdout


def test_logs_are_read_through_the_logs_api(sandbox):
    url = json.loads((sandbox / "endpoints.json").read_text())["services"]["location"]
    get(url + "/locations/ada")
    logs = run(sandbox, "logs", "location")
    assert "/aws/apigateway/dev-location" in logs.stdout
    assert '"status":"403"' in logs.stdout
    assert "no service nobody; there is location" in one_line(run(sandbox, "logs", "nobody"))


def test_followed_logs_end_with_ctrl_c_and_with_the_sandbox(sandbox):
    for stop in ("ctrl-c", "down"):
        with subprocess.Popen(
            command(sandbox, "logs", "--follow"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as reader:
            url = json.loads((sandbox / "endpoints.json").read_text())["services"]["location"]
            get(url + "/locations/ada")
            assert "/aws/apigateway/dev-location" in reader.stdout.readline()
            if stop == "ctrl-c":
                reader.send_signal(signal.SIGINT)
                assert reader.wait() == 130
            else:
                run(sandbox, "down")
                assert reader.wait() == 1
                assert "the sandbox has ended" in reader.stderr.read()


def test_the_shell_lines_of_env_lead_the_aws_sdk_to_the_sandbox(sandbox):
    lines = run(sandbox, "env").stdout
    script = f'{lines}\n{sys.executable} -c \'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])\''
    env = {**os.environ, "AWS_ACCESS_KEY_ID": "somebody", "AWS_PROFILE": "else"}
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, env=env, check=True)
    assert done.stdout == "arn:aws:iam::123456789012:user/administrator\n"


def test_a_second_up_is_refused_and_the_first_goes_on(sandbox):
    assert "a sandbox is already up in" in one_line(up(sandbox))
    assert run(sandbox, "status").returncode == 0


def test_down_leaves_no_process_and_nothing_published(sandbox):
    endpoints = json.loads((sandbox / "endpoints.json").read_text())
    done = run(sandbox, "down")
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")
    assert processes(sandbox) == []
    assert not {"endpoints.json", "credentials", "config"} & {path.name for path in sandbox.iterdir()}
    port = int(endpoints["aws"].rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_bundle_is_released_as_a_new_live_version(planned):
    bundles = planned.parent / "released"
    bundles.mkdir()
    with zipfile.ZipFile(bundles / "location.zip", "w") as bundle:
        bundle.writestr("main.py", "def handler(event, context):\n    return {'statusCode': 200, 'body': 'released'}\n")
    done = up(planned, "--bundles", str(bundles))
    try:
        assert "released dev-location version 2" in done.stdout
        status = json.loads(run(planned, "status", "--json").stdout)
        assert status["services"][0]["live_versions"] == {"dev-location": "2"}
    finally:
        run(planned, "down")


def test_a_service_without_a_bundle_is_told(planned):
    assert f"no bundle {planned.parent}/bundles/location.zip" in (planned.parent / "said").read_text()


def test_a_killed_daemon_takes_its_workers_with_it_and_the_next_up_cleans_what_it_left(sandbox):
    daemon = int((sandbox / "lock").read_text())
    workers = [process for process in processes(sandbox) if process.pid != daemon]
    os.kill(daemon, signal.SIGKILL)
    assert nothing_left(sandbox), workers
    assert (sandbox / "endpoints.json").exists()
    assert "no sandbox is up" in one_line(run(sandbox, "status"))
    assert up(sandbox).returncode == 0
    assert run(sandbox, "status").returncode == 0


def test_a_busy_port_is_told_in_one_line(planned):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert one_line(up(planned, "--port", str(port))) == (
            f"sandbox: port {port} is in use: choose another with --port, or 0 for a free one\n"
        )
    assert nothing_left(planned)


def test_a_missing_terraform_is_told_in_one_line(planned):
    done = up(planned, TERRAFORM="terrafrom")
    assert one_line(done) == "sandbox: TERRAFORM names 'terrafrom', which is not a command on PATH\n"
    assert nothing_left(planned)


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    assert one_line(up(tmp_path / "file" / "state")) == f"sandbox: {tmp_path}/file/state: Not a directory\n"


def a_terraform(folder: Path, script: str) -> str:
    path = folder / "terraform"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(stat.S_IRWXU)
    return str(path)


def test_a_corrupt_plan_is_told_in_one_line(tmp_path):
    terraform = a_terraform(tmp_path, 'if [ "$1" = show ]; then echo "{"; fi')
    assert "sandbox: the plan of platform cannot be read:" in one_line(up(tmp_path / "state", TERRAFORM=terraform))
    assert nothing_left(tmp_path)


def test_wrong_input_to_terraform_is_told_in_one_line(tmp_path):
    script = 'if [ "$1" = plan ]; then echo "Error: Invalid value for variable" >&2; exit 1; fi'
    done = up(tmp_path / "state", TERRAFORM=a_terraform(tmp_path, script))
    assert "terraform plan failed: Invalid value for variable" in one_line(done)
    assert nothing_left(tmp_path)


@pytest.fixture
def slow_terraform(tmp_path) -> Path:
    """A Terraform whose plan lasts for ever, in a child that does not heed the polite signal."""
    script = f"""[ "$1" = plan ] || exit 0
touch {tmp_path}/planning
sh -c 'trap "" TERM; while :; do sleep 0.1; done; : {tmp_path}' &
wait"""
    return Path(a_terraform(tmp_path, script))


def interrupted(terraform: Path, number: signal.Signals, *options: str) -> subprocess.CompletedProcess[str]:
    """`sandbox up` with this signal sent to it while it plans."""
    folder = terraform.parent / "state"
    with subprocess.Popen(
        command(folder, "up", "--source", str(REPOSITORY), *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TERRAFORM": str(terraform)},
    ) as process:
        while not (terraform.parent / "planning").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        output, errors = process.communicate()
    return subprocess.CompletedProcess([], process.returncode, output, errors)


def test_ctrl_c_while_it_starts_stops_everything(slow_terraform):
    done = interrupted(slow_terraform, signal.SIGINT)
    assert (done.returncode, done.stderr) == (130, "sandbox: interrupted\n")
    assert processes(slow_terraform.parent) == []


def test_an_up_that_is_killed_while_it_starts_leaves_nothing(slow_terraform):
    interrupted(slow_terraform, signal.SIGKILL)
    assert nothing_left(slow_terraform.parent)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_the_foreground_stops_everything(slow_terraform, number, code):
    done = interrupted(slow_terraform, number, "--foreground")
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.endswith("stopped\n")
    assert processes(slow_terraform.parent) == []


def test_a_start_that_fails_leaves_nothing_published(slow_terraform):
    interrupted(slow_terraform, signal.SIGINT)
    assert "no sandbox is up" in one_line(run(slow_terraform.parent / "state", "status"))
