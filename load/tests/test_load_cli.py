import subprocess
import sys

import boto3
import pytest

from load.cli import main

DRILL = ["drill", "read-throttle", "--service", "location"]


def make_table() -> None:
    boto3.client("dynamodb").create_table(
        TableName="dev-location",
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 1},
    )


@pytest.mark.usefixtures("aws")
def test_plan_shows_the_prediction_of_the_services_table(capsys: pytest.CaptureFixture[str]) -> None:
    make_table()
    assert main(["plan", "--service", "location", "--target-seconds", "30", "--consistent"]) == 0
    output = capsys.readouterr().out
    assert "Plan for table dev-location" in output
    assert "after 30.0 s, 1650 requests" in output


@pytest.mark.usefixtures("aws")
def test_plan_takes_a_table_and_a_demand(capsys: pytest.CaptureFixture[str]) -> None:
    make_table()
    assert main(["plan", "--service", "x", "--table", "dev-location", "--demand", "4"]) == 0
    assert "never" in capsys.readouterr().out


@pytest.mark.usefixtures("aws")
def test_an_error_is_one_line_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--service", "location"]) == 5
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "load: there is no table dev-location\n"


@pytest.mark.usefixtures("aws")
def test_aws_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert main(["plan", "--service", "location"]) == 4
    assert capsys.readouterr().err == 'load: Could not connect to the endpoint URL: "http://127.0.0.1:9/"\n'


@pytest.mark.parametrize(
    "arguments",
    [
        DRILL,
        [*DRILL, "--allow-account", "1", "--target-seconds", "14"],
        [*DRILL, "--allow-account", "1", "--target-seconds", "31"],
        [*DRILL, "--allow-account", "1", "--time-limit", "0"],
        [*DRILL, "--allow-account", "1", "--max-cost", "-1"],
        [*DRILL, "--allow-account", "1", "--users", "0"],
        [*DRILL, "--allow-account", "1", "--users", "1000000"],
        ["plan", "--service", "location", "--item-bytes", "-1"],
        ["plan", "--service", "location", "--item-bytes", "409601"],
        ["plan", "--service", "location", "--demand", "nan"],
        ["plan"],
        [],
    ],
)
def test_a_command_line_that_asks_for_nonsense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_the_command_line_is_read_without_importing_locust_boto3_or_gevent() -> None:
    code = "import sys, load.cli; load.cli.parser(); print({'locust', 'boto3', 'gevent'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "set()\n"
