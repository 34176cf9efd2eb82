import socket
from dataclasses import replace

import pytest
import requests
from botocore.exceptions import ClientError

from sandbox.aws.endpoint import MAX_BODY_BYTES
from sandbox.declaration import Metric

from .conftest import Server

ITEM = {"user_id": {"S": "ada"}, "latitude": {"N": "51.5"}}
KEY = {"user_id": {"S": "ada"}}


def refusal(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_the_administrator_writes_and_reads_an_item(client):
    dynamodb = client("dynamodb")
    dynamodb.put_item(TableName="dev-location", Item=ITEM)
    assert dynamodb.get_item(TableName="dev-location", Key=KEY)["Item"] == ITEM


def test_a_throttled_read_reaches_the_client_with_its_reason_and_the_metrics(client, server):
    dynamodb = client("dynamodb")
    for _ in range(3):  # 100 units each: strongly consistent reads of up to 100 items
        keys = [{"user_id": {"S": f"user-{n}"}} for n in range(100)]
        dynamodb.batch_get_item(RequestItems={"dev-location": {"Keys": keys, "ConsistentRead": True}})

    def read_on():
        for _ in range(1000):
            dynamodb.get_item(TableName="dev-location", Key=KEY)

    with pytest.raises(dynamodb.exceptions.ProvisionedThroughputExceededException) as caught:
        read_on()
    assert caught.value.response["ThrottlingReasons"] == [
        {
            "reason": "TableReadProvisionedThroughputExceeded",
            "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location",
        }
    ]
    now = server.clock()
    throttles = Metric("AWS/DynamoDB", "ReadThrottleEvents", (("TableName", "dev-location"),))
    consumed = Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", (("TableName", "dev-location"),))
    assert sum(value for _, value in server.metrics.statistic(throttles, "Sum", 60, now - 120, now + 60)) >= 1
    assert sum(value for _, value in server.metrics.statistic(consumed, "Sum", 60, now - 120, now + 60)) >= 300


def test_a_role_does_what_its_policy_allows(client, as_role):
    client("dynamodb").put_item(TableName="dev-location", Item=ITEM)
    assert client("dynamodb", as_role("reader")).get_item(TableName="dev-location", Key=KEY)["Item"] == ITEM


def test_a_role_is_refused_another_table_in_the_words_of_aws(client, as_role):
    reader = client("dynamodb", as_role("reader"))
    assert refusal(reader.get_item, TableName="dev-indexed", Key=KEY) == (
        "AccessDeniedException",
        (
            "User: arn:aws:sts::123456789012:assumed-role/reader/test is not authorized to perform: dynamodb:GetItem "
            "on resource: arn:aws:dynamodb:us-east-1:123456789012:table/dev-indexed because no identity-based policy "
            "allows the dynamodb:GetItem action"
        ),
        400,
    )


def test_an_index_is_a_resource_of_its_own(client, as_role):
    reader = client("dynamodb", as_role("reader"))
    _, message, _ = refusal(
        reader.query,
        TableName="dev-location",
        IndexName="by-city",
        KeyConditionExpression="city = :c",
        ExpressionAttributeValues={":c": {"S": "London"}},
    )
    assert "on resource: arn:aws:dynamodb:us-east-1:123456789012:table/dev-location/index/by-city " in message


def test_an_explicit_deny_wins_over_an_allow(client, as_role):
    _, message, _ = refusal(client("dynamodb", as_role("denied")).delete_item, TableName="dev-location", Key=KEY)
    assert message.endswith("table/dev-location with an explicit deny in an identity-based policy")


def test_a_permissions_boundary_limits_what_the_policies_allow(client, as_role):
    _, message, _ = refusal(client("dynamodb", as_role("bounded")).get_item, TableName="dev-location", Key=KEY)
    assert message.endswith("because no permissions boundary allows the dynamodb:GetItem action")


def test_a_transaction_needs_the_permissions_of_its_parts(client, as_role):
    denied = client("dynamodb", as_role("denied"))
    _, message, _ = refusal(
        denied.transact_write_items, TransactItems=[{"Delete": {"TableName": "dev-location", "Key": KEY}}]
    )
    assert "perform: dynamodb:DeleteItem" in message


def test_a_batch_needs_permission_for_each_table(client, as_role):
    reader = client("dynamodb", as_role("reader"))
    _, message, _ = refusal(reader.batch_get_item, RequestItems={"dev-location": {"Keys": [KEY]}})
    assert (
        "perform: dynamodb:BatchGetItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/dev-loc" in message
    )


def test_members_of_another_operation_do_not_widen_a_permission(as_role, signed):
    body = '{"TableName":"dev-indexed","Key":{"user_id":{"S":"a"}},"RequestItems":{"dev-location":{}}}'
    response = signed(body, credentials=as_role("reader"))
    assert response.json()["__type"].endswith("#AccessDeniedException")


def test_a_parameter_is_read_by_the_role_that_may(client, as_role):
    ssm = client("ssm", as_role("configured"))
    assert ssm.get_parameter(Name="/dev/location/url")["Parameter"]["Value"] == "http://127.0.0.1:1/live"


def test_another_parameter_is_refused(client, as_role):
    _, message, _ = refusal(client("ssm", as_role("configured")).get_parameter, Name="/dev/profile/url")
    assert "on resource: arn:aws:ssm:us-east-1:123456789012:parameter/dev/profile/url " in message


def test_an_unsigned_request_is_refused(server):
    headers = {"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0"}
    response = requests.post(server.url, data="{}", headers=headers, timeout=5)
    assert response.status_code == 400
    assert response.json() == {
        "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
        "message": "Missing Authentication Token",
    }


def test_a_wrong_secret_is_refused(client, server):
    wrong = replace(server.identities.administrator, secret_access_key="wrong")
    code, message, status = refusal(client("dynamodb", wrong).list_tables)
    assert (code, status) == ("InvalidSignatureException", 400)
    assert message.startswith("The request signature we calculated does not match the signature you provided.")


def test_an_unknown_key_is_refused(client, server):
    unknown = replace(server.identities.administrator, access_key_id="AKIAUNKNOWNUNKNOWNXX")
    assert refusal(client("dynamodb", unknown).list_tables) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        400,
    )


def test_the_query_protocol_has_its_own_names_for_the_same_refusals(client, server):
    unknown = replace(server.identities.administrator, access_key_id="AKIAUNKNOWNUNKNOWNXX")
    assert refusal(client("sts", unknown).get_caller_identity) == (
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
    )


def test_an_expired_session_is_refused(client, server):
    role = "arn:aws:iam::123456789012:role/reader"
    session = server.identities.assume(role, "test", now=server.clock() - 1000, duration_s=900)
    assert refusal(client("dynamodb", session).get_item, TableName="dev-location", Key=KEY) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
        400,
    )


def test_an_old_signature_is_refused(client, server):
    server.clock.offset_s = 400
    _, message, _ = refusal(client("dynamodb").list_tables)
    assert message.startswith("Signature expired: ")


def test_a_signature_for_another_region_is_refused(client):
    _, message, _ = refusal(client("dynamodb", region="eu-west-1").list_tables)
    assert "valid region, not 'eu-west-1'" in message


def test_a_changed_body_is_refused(signed):
    response = signed("{}", sent="{ }")
    assert response.json()["__type"] == "com.amazon.coral.service#InvalidSignatureException"


def test_a_body_that_is_not_json_is_refused(signed):
    assert signed("{").json()["__type"].endswith("#SerializationException")


def test_an_unknown_operation_is_refused(signed):
    response = signed("{}", target="DynamoDB_20120810.DropEverything")
    assert response.json()["__type"].endswith("#UnknownOperationException")


def test_a_table_cannot_be_made_beside_the_plans(client):
    code, message, status = refusal(
        client("dynamodb").update_table,
        TableName="dev-location",
        ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 9},
    )
    assert (code, status) == ("UnknownOperationException", 501)
    assert "tables are what the plans declare" in message


def test_the_caller_is_told_who_it_is(client, as_role):
    assert client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/administrator"
    session = client("sts", as_role("reader")).get_caller_identity()
    assert session["Arn"] == "arn:aws:sts::123456789012:assumed-role/reader/test"
    assert session["UserId"].endswith(":test")
    assert session["Account"] == "123456789012"


def test_an_assumed_role_has_keys_that_work(client, server):
    answer = client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="ops")
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/reader/ops"
    assert answer["Credentials"]["Expiration"].timestamp() == pytest.approx(server.clock() + 3600, abs=30)
    session, _ = server.identities.find(answer["Credentials"]["AccessKeyId"])
    assert session.secret_access_key == answer["Credentials"]["SecretAccessKey"]
    assert client("sts", session).get_caller_identity()["Arn"].endswith("/ops")


def test_a_role_is_not_assumed_by_whom_it_does_not_trust(client):
    assume = client("sts").assume_role
    assert refusal(assume, RoleArn="arn:aws:iam::123456789012:role/for-lambda", RoleSessionName="ops") == (
        "AccessDenied",
        (
            "User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole on "
            "resource: arn:aws:iam::123456789012:role/for-lambda"
        ),
        403,
    )


def test_a_role_that_no_plan_declares_is_not_assumed(client):
    code, _, _ = refusal(
        client("sts").assume_role, RoleArn="arn:aws:iam::123456789012:role/nobody", RoleSessionName="ops"
    )
    assert code == "AccessDenied"


def test_a_role_whose_account_is_trusted_needs_leave_to_assume(client, as_role):
    code, _, _ = refusal(
        client("sts", as_role("reader")).assume_role,
        RoleArn="arn:aws:iam::123456789012:role/bounded",
        RoleSessionName="ops",
    )
    assert code == "AccessDenied"


@pytest.mark.parametrize("wrong", [{"RoleSessionName": "a b"}, {"DurationSeconds": 901 * 3600}, {"Policy": "{}"}])
def test_invalid_parameters_of_a_session_are_refused(client, wrong):
    parameters = {"RoleArn": "arn:aws:iam::123456789012:role/reader", "RoleSessionName": "ops", **wrong}
    code, _, _ = refusal(client("sts").assume_role, **parameters)
    assert code == "ValidationError"


def test_an_operation_of_another_part_is_answered_in_the_protocol(client):
    assert client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_an_error_of_another_part_is_answered_in_the_protocol(client):
    code, message, _ = refusal(client("logs").get_log_events, logGroupName="none", logStreamName="none")
    assert (code, message) == ("ResourceNotFoundException", "The specified log group does not exist.")


@pytest.mark.parametrize(
    ("service", "method", "operation"),
    [
        ("cloudwatch", "list_dashboards", "cloudwatch:ListDashboards"),
        ("lambda", "list_functions", "lambda:ListFunctions"),
    ],
)
def test_what_the_sandbox_keeps_elsewhere_is_not_answered_from_an_empty_moto(client, service, method, operation):
    code, message, status = refusal(getattr(client(service), method))
    assert (code, status) == ("UnknownOperationException", 501)
    assert f"{operation} is not emulated" in message


def test_what_moto_lacks_is_a_clear_error(client):
    code, message, status = refusal(client("codepipeline").list_rule_types)
    assert (code, status) == ("NotImplemented", 501)
    assert "list_rule_types" in message


def test_a_service_that_nobody_knows_is_a_clear_error(signed):
    response = signed("{}", service="no-such-service")
    assert response.json()["__type"].endswith("#UnknownOperationException")
    assert "no-such-service" in response.json()["message"]


def test_what_is_declared_shows_in_the_apis(client):
    assert client("dynamodb").list_tables()["TableNames"] == ["dev-location", "dev-indexed"]
    table = client("dynamodb").describe_table(TableName="dev-indexed")["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 10
    assert table["GlobalSecondaryIndexes"][0]["IndexName"] == "by-city"
    assert client("iam").get_role(RoleName="reader")["Role"]["Arn"] == "arn:aws:iam::123456789012:role/reader"
    assert client("sns").list_topics()["Topics"] == [{"TopicArn": "arn:aws:sns:us-east-1:123456789012:dev-alarms"}]


def test_an_object_of_s3_survives_the_way(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="a folder/ö&+.txt", Body=b"content")
    assert s3.get_object(Bucket="artifacts", Key="a folder/ö&+.txt")["Body"].read() == b"content"


def test_a_client_that_waits_for_100_continue_gets_it(server):
    # botocore waits so before it sends an object to S3: a second each time where it does not come.
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            b"PUT /artifacts/key HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        )
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"x")
        assert connection.recv(1000).startswith(b"HTTP/1.1 403 ")


def test_a_body_beyond_the_bound_is_refused_before_anything_else(server):
    headers = {"content-type": "application/x-amz-json-1.0"}
    answer = requests.post(server.url, data=b"x" * (MAX_BODY_BYTES + 1), headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["__type"]) == (413, "RequestEntityTooLargeException")


def test_a_request_that_never_ends_does_not_hold_up_the_stop():
    with Server() as server:
        host, port = server.url.removeprefix("http://").split(":")
        half_sent = socket.create_connection((host, int(port)))
        half_sent.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        assert requests.get(server.url, timeout=5).status_code == 403  # by now the other is being read
    assert half_sent.recv(1) == b""
    half_sent.close()
