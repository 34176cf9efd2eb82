"""The three services as their users meet them: over HTTP, in the sandbox, from the declaration as it is."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import Credentials

from running_sandbox import ACCOUNT_ID, ROOT, RunningSandbox, User, a_user

pytestmark = pytest.mark.xdist_group("running sandbox")

PLACE = {"latitude": 51.5072, "longitude": -0.1276, "label": "London"}
PAGE = {"display_name": "Ada", "bio": "Enchantress of numbers"}


@pytest.fixture(scope="module")
def ada(sandbox: RunningSandbox) -> User:
    return a_user(sandbox)


@pytest.fixture(scope="module")
def operator(sandbox: RunningSandbox) -> Credentials:
    return sandbox.assume("dev-load-operator")


def test_a_profile_is_written_by_its_owner_and_read_by_anyone_with_its_location(sandbox, ada):
    path = f"/profiles/{ada.user_id}"
    assert sandbox.call("PUT", "profile", path, body=PAGE, headers=ada.bearer).status_code == 204
    before = sandbox.call("GET", "profile", path).json()
    assert (before["location"], before["location_status"]) == (None, "none")
    assert sandbox.call("PUT", "profile", f"{path}/location", body=PLACE, headers=ada.bearer).status_code == 204
    after = sandbox.call("GET", "profile", path)
    assert after.status_code == 200
    assert after.json()["location"]["label"] == "London"
    assert after.json()["location_status"] == "available"


def test_a_page_for_browsers_is_told_apart_and_not_sent_twice(sandbox):
    user = a_user(sandbox)
    path = f"/profiles/{user.user_id}"
    created = sandbox.call("PUT", "profile", path, body=PAGE, headers=user.bearer | {"If-None-Match": "*"})
    assert created.status_code == 204, created.text
    moved = sandbox.call("PUT", "profile", f"{path}/location", body=PLACE, headers=user.bearer)
    assert moved.status_code == 204, moved.text
    page = sandbox.call("GET", "profile", path, headers={"Accept": "text/html"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "51.5072° N" in page.text
    kept = sandbox.call("GET", "profile", path, headers={"Accept": "text/html", "If-None-Match": page.headers["ETag"]})
    assert (kept.status_code, kept.text) == (304, "")
    # The tag of what was read guards the write; another tag is a write that would be lost.
    coarse = {"location_visibility": "coarse"}
    for tag, status in (('"another"', 412), (page.headers["ETag"], 204)):
        changed = sandbox.call("PATCH", "profile", path, body=coarse, headers=user.bearer | {"If-Match": tag})
        assert changed.status_code == status, changed.text
    assert sandbox.call("GET", "profile", path).json()["location"]["latitude"] == 51.5


def test_a_deleted_profile_leaves_no_location(sandbox, operator):
    user = a_user(sandbox)
    path = f"/profiles/{user.user_id}"
    sandbox.call("PUT", "profile", path, body=PAGE, headers=user.bearer)
    sandbox.call("PUT", "profile", f"{path}/location", body=PLACE, headers=user.bearer)
    for _ in range(2):  # whoever did not hear the answer asks again
        assert sandbox.call("DELETE", "profile", path, headers=user.bearer).status_code == 204
    assert sandbox.call("GET", "profile", path).status_code == 404
    left = sandbox.call("GET", "location", f"/locations/{user.user_id}?consistent=true", credentials=operator)
    assert left.status_code == 404


def test_who_signs_out_everywhere_is_signed_in_nowhere_and_may_come_back(sandbox):
    name, password = f"user-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    credentials = {"username": name, "password": password}
    assert sandbox.call("POST", "authentication", "/users", body=credentials).status_code == 201

    def sign_in():
        session = sandbox.call("POST", "authentication", "/sessions", body=credentials)
        assert session.status_code == 201, session.text
        return {"Authorization": f"Bearer {session.json()['token']}"}

    first, second = sign_in(), sign_in()
    assert sandbox.call("DELETE", "authentication", "/sessions", headers=first).status_code == 204
    for ended in (first, second):
        assert sandbox.call("PUT", "profile", f"/profiles/{name}", body=PAGE, headers=ended).status_code == 401
    assert sandbox.call("DELETE", "authentication", f"/users/{name}", headers=sign_in()).status_code == 204
    again = sandbox.call("POST", "authentication", "/sessions", body=credentials)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_credentials")


def test_nobody_writes_the_profile_of_another(sandbox, ada):
    other = a_user(sandbox)
    for path, body in ((f"/profiles/{ada.user_id}", PAGE), (f"/profiles/{ada.user_id}/location", PLACE)):
        refused = sandbox.call("PUT", "profile", path, body=body, headers=other.bearer)
        assert refused.status_code == 403, refused.text
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_the_load_operator_reads_locations_and_writes_none(sandbox, operator):
    user_id = "load-000001"
    assert sandbox.call("GET", "location", f"/locations/{user_id}", credentials=operator).status_code == 404
    put = sandbox.call(
        *("PUT", "location", f"/locations/{user_id}"), body=PLACE, headers={"X-User-Token": "t"}, credentials=operator
    )
    assert put.status_code == 403


def test_the_load_operator_may_not_introspect_tokens(sandbox, operator):
    refused = sandbox.call("POST", "authentication", "/introspect", body={"token": "t" * 43}, credentials=operator)
    assert refused.status_code == 403


def test_the_load_operator_reads_no_item_of_a_table(sandbox, operator):
    dynamodb = sandbox.aws("dynamodb", operator)
    assert dynamodb.describe_table(TableName="dev-location")["Table"]["TableStatus"] == "ACTIVE"
    with pytest.raises(dynamodb.exceptions.ClientError, match="not authorized to perform: dynamodb:GetItem"):
        dynamodb.get_item(TableName="dev-location", Key={"user_id": {"S": "ada"}})


BAD_REQUESTS = [
    ("POST", "authentication", "/users", {}, None, 400),
    ("POST", "authentication", "/users", "{", None, 400),
    ("POST", "authentication", "/users", {"username": "x", "password": "long enough password"}, None, 400),
    ("POST", "authentication", "/users", {"username": "mallory", "password": "short"}, None, 400),
    ("POST", "authentication", "/sessions", {}, None, 400),
    ("POST", "authentication", "/sessions", {"username": "nobody", "password": "long enough password"}, None, 401),
    ("POST", "authentication", "/introspect", {"token": "t" * 43}, None, 403),
    ("GET", "location", "/locations/ada", None, None, 403),
    ("PUT", "location", "/locations/ada", PLACE, None, 403),
    ("GET", "profile", "/profiles/NOT%20AN%20ID", None, None, 400),
    ("GET", "profile", "/profiles/nobody-at-all", None, None, 404),
    ("PUT", "profile", "/profiles/ada", PAGE, None, 401),
    ("PUT", "profile", "/profiles/ada", PAGE, {"Authorization": "Bearer not-a-token"}, 401),
    ("PUT", "profile", "/profiles/ada", {"bio": 1}, None, 400),
    ("PUT", "profile", "/profiles/ada/location", {"latitude": 91, "longitude": 0}, None, 400),
    ("PUT", "profile", "/profiles/ada/location", PLACE, None, 401),
    ("DELETE", "profile", "/profiles/ada", None, None, 401),
    ("POST", "profile", "/profiles/ada", None, None, 403),
    ("GET", "profile", "/no/such/route", None, None, 403),
]


@pytest.mark.parametrize(("method", "service", "path", "body", "headers", "status"), BAD_REQUESTS)
def test_a_bad_request_gets_a_problem_document(sandbox, method, service, path, body, headers, status):
    response = sandbox.call(method, service, path, body=body, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "code"} <= problem.keys()


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials("AKIAUNKNOWN", "secret"), 403),
        ("wrong secret", 403),
        ("no session token", 403),
    ],
    ids=["unknown key", "wrong secret", "no session token"],
)
def test_a_wrongly_signed_call_is_refused(sandbox, operator, credentials, code):
    if credentials == "wrong secret":
        credentials = Credentials(operator.access_key, "wrong", operator.token)
    elif credentials == "no session token":
        credentials = Credentials(operator.access_key, operator.secret_key)
    response = sandbox.call("GET", "location", "/locations/ada", credentials=credentials)
    assert response.status_code == code, response.text
    assert response.headers["Content-Type"] == "application/problem+json"


def test_an_unsigned_call_of_the_aws_endpoint_is_refused(sandbox):
    wrong = sandbox.aws("dynamodb", Credentials("AKIAUNKNOWN", "secret"))
    with pytest.raises(wrong.exceptions.ClientError, match="security token"):
        wrong.list_tables()


def test_logs_and_metrics_of_a_request_are_read_by_the_aws_apis_and_hold_no_secret(sandbox):
    user = a_user(sandbox)
    token = user.bearer["Authorization"].removeprefix("Bearer ")
    sandbox.call("PUT", "profile", f"/profiles/{user.user_id}", body=PAGE, headers=user.bearer)
    events = sandbox.aws("logs").filter_log_events(logGroupName="/aws/lambda/dev-profile")["events"]
    messages = "\n".join(event["message"] for event in events)
    assert '"type":"platform.report"' in messages
    assert "_aws" in messages
    assert token not in messages
    metrics = sandbox.aws("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    assert "Invocations" in {metric["MetricName"] for metric in metrics}


def test_a_taken_name_is_a_conflict(sandbox):
    credentials = {"username": f"twin-{secrets.token_hex(4)}", "password": "long enough password"}
    assert sandbox.call("POST", "authentication", "/users", body=credentials).status_code == 201
    again = sandbox.call("POST", "authentication", "/users", body=credentials)
    assert again.status_code == 409
    assert again.headers["Content-Type"] == "application/problem+json"


def test_metrics_that_boto3_sends_compressed_are_understood(sandbox):
    cloudwatch = sandbox.aws("cloudwatch")
    name = "a-metric-of-a-long-name-" * 8
    data = [{"MetricName": name, "Value": 1.0} for _ in range(100)]  # above 10 KB: botocore compresses the request
    cloudwatch.put_metric_data(Namespace="Test", MetricData=data)
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace="Test",
        MetricName=name,
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert sum(point["Sum"] for point in points) == 100


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm(sandbox):
    found = sandbox.aws("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms = found["MetricAlarms"] + found["CompositeAlarms"]
    # an index's alarms have the runbook of the table's, and its name after a slash
    alarmed = {re.sub("^dev-(authentication|location|profile)-|/.*", "", alarm["AlarmName"]) for alarm in alarms}
    assert alarmed == {page.stem for page in (ROOT / "docs/runbooks").glob("*.md")}
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:dev-alarms"]
