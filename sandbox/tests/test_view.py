import pytest

from sandbox.errors import NotRunningError
from sandbox.state import StateFolder
from sandbox.view import environment_text, fetch_status, status_text

STATUS = {
    "environment": "dev",
    "account_id": "123456789012",
    "region": "us-east-1",
    "aws": "http://127.0.0.1:1",
    "services": [
        {"name": "location", "url": "http://127.0.0.1:2/live", "live_versions": {"dev-location": "3"}, "log_groups": []}
    ],
    "capacities": [
        {"name": "places", "kind": "read", "units_per_s": 5.0, "units_left": 1234.4, "units_at_most": 1500.0},
        {"name": "places/by_people", "kind": "write", "units_per_s": 1.0, "units_left": 0.0, "units_at_most": 300.0},
    ],
    "alarms": [{"name": "location-read-throttle", "state": "OK", "reason": "", "since": 0.0, "period_s": 60}],
    "checked": [
        {"address": "a: aws_codepipeline.this", "type": "aws_codepipeline", "reason": "no pipeline runs here"},
        {"address": "b: aws_codepipeline.this", "type": "aws_codepipeline", "reason": "no pipeline runs here"},
    ],
}


def test_the_status_shows_services_capacities_alarms_and_what_is_not_run():
    assert status_text(STATUS) == (
        """\
environment dev, account 123456789012, region us-east-1
AWS endpoint http://127.0.0.1:1

SERVICE   LIVE VERSION  URL
location  3             http://127.0.0.1:2/live

CAPACITY          KIND   UNITS/S  BURST LEFT
places            read   5        1234 of 1500
places/by_people  write  1        0 of 300

ALARM                   STATE  PERIOD
location-read-throttle  OK     60 s

CHECKED, NOT RUN  N  REASON
aws_codepipeline  2  no pipeline runs here"""
    )


def test_a_section_without_rows_is_left_out():
    assert "ALARM" not in status_text({**STATUS, "alarms": []})


def test_the_environment_is_quoted_for_the_shell(tmp_path):
    text = environment_text(StateFolder(tmp_path / "a folder"), ["AWS_ENDPOINT_URL_S3", "PATH"])
    assert f"export AWS_CONFIG_FILE='{tmp_path}/a folder/config'" in text.splitlines()
    unset = {name for line in text.splitlines() if line.startswith("unset ") for name in line.split()[1:]}
    assert {"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ENDPOINT_URL_S3"} <= unset
    assert "PATH" not in unset


def test_a_sandbox_that_does_not_answer_is_told():
    with pytest.raises(NotRunningError, match=r"the sandbox at http://127.0.0.1:9 does not answer"):
        fetch_status("http://127.0.0.1:9")
