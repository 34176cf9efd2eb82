import asyncio
import base64
import json

import pytest

from sandbox.declaration import InvokePermission, Stage

GATEWAY_RESPONSES = {
    "DEFAULT_4XX": {
        "responseParameters": {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.X-Request": "context.requestId",
            "gatewayresponse.header.X-Asked": "method.request.header.X-Ask",
        },
        "responseTemplates": {
            "application/json": '{"title": $context.error.messageString, "type": "$context.error.responseType", '
            '"problems": "$context.error.validationErrorString", "id": "$context.requestId", "at": "${context.stage}", '
            '"of": "$stageVariables.team"}'
        },
    },
    "MISSING_AUTHENTICATION_TOKEN": {"statusCode": "404", "responseTemplates": {"application/json": "{}"}},
    "INTEGRATION_FAILURE": {"statusCode": 503},
}


def test_the_event_is_the_one_that_api_gateway_sends(serve):
    stage = Stage(name="live", variables={"team": "blue"}, method_throttles={})

    async def scenario():
        async with serve(stage=stage) as served:
            return await served.request(
                path="/live/users/a%20b/?q=1&q=two%20words&empty=",
                headers={
                    "User-Agent": "test/1.0",
                    "X-Custom": "value",
                    "Connection": "keep-alive",
                    "content-length": "0",
                },
            )

    response = asyncio.run(scenario())
    event = json.loads(response.body)
    trace = event["headers"].pop("X-Amzn-Trace-Id")
    assert trace == event["multiValueHeaders"].pop("X-Amzn-Trace-Id")[0] == "Root=1-6955b900-c6af9ac67b6111e69a4193e8"
    resource_id = event["requestContext"].pop("resourceId")
    assert len(resource_id) == 6
    headers = {
        "Host": "127.0.0.1:8080",
        "User-Agent": "test/1.0",
        "X-Custom": "value",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": "8080",
        "X-Forwarded-Proto": "http",
    }
    assert event == {
        "resource": "/users/{user_id}",
        "path": "/users/a%20b/",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"q": "two words", "empty": ""},
        "multiValueQueryStringParameters": {"q": ["1", "two words"], "empty": [""]},
        "pathParameters": {"user_id": "a%20b"},
        "stageVariables": {"team": "blue"},
        "requestContext": {
            "resourcePath": "/users/{user_id}",
            "httpMethod": "GET",
            "extendedRequestId": "xq+axnthEeaaQZM=",
            "requestTime": "01/Jan/2026:00:00:00 +0000",
            "path": "/live/users/a%20b/",
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "live",
            "domainPrefix": "127",
            "requestTimeEpoch": 1767225600250,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {
                "cognitoIdentityPoolId": None,
                "accountId": None,
                "cognitoIdentityId": None,
                "caller": None,
                "sourceIp": "127.0.0.1",
                "principalOrgId": None,
                "accessKey": None,
                "cognitoAuthenticationType": None,
                "cognitoAuthenticationProvider": None,
                "userArn": None,
                "userAgent": "test/1.0",
                "user": None,
            },
            "domainName": "127.0.0.1",
            "deploymentId": "a1b2c3",
            "apiId": "a1b2c3d4e5",
        },
        "body": None,
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Root=1-6955b900-000000000000000000000001;Parent=0000000000000002;Sampled=1", True),
        ("Root=1-6955b900-000000000000000000000001", True),
        ("Root=1-\u4e16\u754c", False),
        ("anything", False),
    ],
)
def test_a_trace_goes_on_but_a_header_that_is_none_does_not(serve, sent, kept):
    async def scenario():
        async with serve() as served:
            return json.loads((await served.request(headers={"X-Amzn-Trace-Id": sent})).body)

    headers = asyncio.run(scenario())["headers"]
    assert (headers["X-Amzn-Trace-Id"] == sent) is kept
    assert headers["X-Amzn-Trace-Id"].startswith("Root=1-6955b900-")


def test_what_a_request_does_not_have_is_null(serve, openapi, operation):
    async def scenario():
        async with serve(openapi({"/users": {"get": operation()}})) as served:
            return json.loads((await served.request(path="/live/users")).body)

    event = asyncio.run(scenario())
    names = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert [event[name] for name in names] == [None] * 5


def test_the_event_names_the_caller_but_holds_no_signature(serve, openapi, operation, caller):
    signed = openapi({"/users/{user_id}": {"get": operation(**{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})}})

    async def scenario():
        async with serve(signed) as served:
            credentials = served.session(caller)
            return credentials, json.loads((await served.signed(credentials)).body)

    credentials, event = asyncio.run(scenario())
    identity = event["requestContext"]["identity"]
    assert identity["userArn"] == "arn:aws:sts::123456789012:assumed-role/caller/test"
    assert identity["accountId"] == "123456789012"
    assert identity["accessKey"] == credentials.access_key_id
    assert identity["caller"] == identity["user"]
    assert identity["caller"].startswith("AROA")
    assert identity["caller"].endswith(":test")
    assert not any(name.lower() == "authorization" for name in event["headers"])


def test_a_bearer_token_reaches_the_function_of_an_unsigned_method(serve):
    async def scenario():
        async with serve() as served:
            return json.loads((await served.request(headers={"Authorization": "Bearer token"})).body)

    assert asyncio.run(scenario())["headers"]["Authorization"] == "Bearer token"


def test_a_body_is_passed_as_text_and_a_binary_one_as_base64(serve, openapi, operation):
    body = openapi({"/files": {"post": operation()}})

    async def scenario(content, content_type):
        async with serve(body, binary_media_types=("image/png",)) as served:
            headers = {"Content-Type": content_type}
            event = json.loads((await served.request("POST", "/live/files", headers=headers, body=content)).body)
            return event["body"], event["isBase64Encoded"]

    assert asyncio.run(scenario('{"å": 1}'.encode(), "application/json")) == ('{"å": 1}', False)
    assert asyncio.run(scenario(b"\x89PNG\xff", "image/png")) == (base64.b64encode(b"\x89PNG\xff").decode(), True)


def respond(serve, answer, *, binary_media_types=(), **headers):
    async def scenario():
        async with serve(binary_media_types=binary_media_types) as served:
            return await served.told(answer, **headers)

    return asyncio.run(scenario())


def test_the_response_is_what_the_function_returns(serve):
    answer = {
        "statusCode": 201,
        "headers": {"Location": "/users/ada", "X-Many": "single", "Date": "today", "X-Flag": True},
        "multiValueHeaders": {"X-Many": ["one", "two"], "Set-Cookie": ["a=1", "b=2"]},
        "body": "é",
    }
    response = respond(serve, answer)
    assert (response.status, response.body) == (201, "é".encode())
    ours = [
        (name, value)
        for name, value in response.headers
        if not name.lower().startswith(("x-amz-apigw", "x-amzn-requestid", "x-amzn-trace"))
    ]
    assert ours == [
        ("Location", "/users/ada"),
        ("x-amzn-Remapped-Date", "today"),
        ("X-Flag", "true"),
        ("X-Many", "one"),
        ("X-Many", "two"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Type", "application/json"),
    ]
    assert ("x-amzn-RequestId", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef") in response.headers


def test_no_field_of_a_proxy_response_is_mandatory(serve):
    response = respond(serve, {})
    assert (response.status, response.body) == (200, b"")


def test_a_base64_body_is_decoded_only_for_a_client_that_accepts_binary(serve):
    answer = {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True}
    assert respond(serve, answer, binary_media_types=("image/png",), Accept="image/png, */*").body == b"\xff"
    assert respond(serve, answer, binary_media_types=("*/*",)).body == b"\xff"
    assert respond(serve, answer, binary_media_types=("image/png",), Accept="text/html").body == b"/w=="
    assert respond(serve, answer, Accept="image/png").body == b"/w=="


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {"statusCode": "many"},
        {"statusCode": 1000},
        {"body": {"not": "a string"}},
        {"headers": {"X": {"not": "a string"}}},
        {"statusCode": 100},
        {"statusCode": float("inf")},
        {"headers": {"X": "two\r\nlines"}},
        {"headers": {"X": "nul\0"}},
        {"headers": {"X-A\r\nX-B: 1": "two names"}},
        {"headers": {"two words": "x"}},
        {"headers": {"": "x"}},
        {"headers": ["X"]},
        {"multiValueHeaders": {"X": "not a list"}},
        {"statusCode": 200, "message": "an unknown field"},
    ],
)
def test_a_malformed_answer_is_a_bad_gateway(serve, answer):
    response = respond(serve, answer)
    assert (response.status, json.loads(response.body)) == (502, {"message": "Internal server error"})


def test_a_failed_function_is_a_bad_gateway_that_says_nothing_of_it(serve):
    async def scenario():
        async with serve() as served:
            return await served.request(headers={"X-Respond": "raise"}), served.metric("5XXError", Stage="live")

    response, errors = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (502, {"message": "Internal server error"})
    assert b"secret" not in response.body
    assert errors == 1


def test_a_function_slower_than_its_integration_is_a_timeout_but_runs_on(serve, openapi, operation, until, tmp_path):
    slow = operation()
    slow["x-amazon-apigateway-integration"]["timeoutInMillis"] = 50

    async def scenario():
        async with serve(openapi({"/slow": {"get": slow}})) as served:
            response = await served.request(path="/live/slow", headers={"X-Respond": f"wait:{tmp_path / 'go'}"})
            (tmp_path / "go").touch()
            await until(lambda: any(message.startswith("REPORT") for message in served.output))
            return response, served.output

    response, messages = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (504, {"message": "Endpoint request timed out"})
    assert not any("Status:" in message for message in messages)


def test_a_throttled_function_is_an_internal_error(serve):
    async def scenario(body=None):
        async with serve(body, reserved_concurrency=0) as served:
            return await served.request()

    response = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (500, {"message": "Internal server error"})


def test_an_api_can_say_what_a_throttled_function_is(serve, openapi):
    async def scenario():
        async with serve(
            openapi(**{"x-amazon-apigateway-gateway-responses": GATEWAY_RESPONSES}), reserved_concurrency=0
        ) as served:
            return await served.request()

    assert asyncio.run(scenario()).status == 503


@pytest.mark.parametrize(
    "permissions",
    [
        (),
        (InvokePermission("lambda:InvokeFunction", "apigateway.amazonaws.com", None, None),),
        (
            InvokePermission(
                "lambda:InvokeFunction",
                "apigateway.amazonaws.com",
                "live",
                "arn:aws:execute-api:us-east-1:123456789012:another/*",
            ),
        ),
    ],
)
def test_without_a_permission_for_the_alias_the_function_is_not_invoked(serve, permissions):
    async def scenario():
        async with serve(permissions=permissions) as served:
            return await served.request(), served.logs.groups

    response, groups = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (500, {"message": "Internal server error"})
    assert groups == {}


def test_a_body_beyond_ten_megabytes_is_refused(serve, openapi, operation):
    async def scenario():
        async with serve(openapi({"/files": {"post": operation()}})) as served:
            return await served.request("POST", "/live/files", body=b"x" * (10 * 1024 * 1024 + 1))

    response = asyncio.run(scenario())
    assert response.status == 413
    assert json.loads(response.body) == {"message": "HTTP content length exceeded 10485760 bytes."}


def test_an_event_too_large_for_lambda_is_refused(serve, openapi, operation):
    async def scenario():
        async with serve(openapi({"/files": {"post": operation()}})) as served:
            return await served.request("POST", "/live/files", body=b"x" * (7 * 1024 * 1024))

    response = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (413, {"message": "Request Too Long"})


def test_gateway_responses_say_what_the_api_declares(serve, openapi, operation):
    validated = operation(parameters=[{"in": "query", "name": "unit", "required": True}])
    body = openapi(
        {"/users": {"get": validated}},
        **{
            "x-amazon-apigateway-request-validators": {"all": {"validateRequestParameters": True}},
            "x-amazon-apigateway-request-validator": "all",
            "x-amazon-apigateway-gateway-responses": GATEWAY_RESPONSES,
        },
    )
    stage = Stage(name="live", variables={"team": "blue"}, method_throttles={})

    async def scenario():
        async with serve(body, stage=stage) as served:
            invalid = await served.request(path="/live/users", headers={"X-Ask": "asked"})
            return invalid, await served.request(path="/live/absent")

    invalid, unknown = asyncio.run(scenario())
    assert invalid.status == 400
    assert json.loads(invalid.body) == {
        "title": "Missing required request parameters: [unit]",
        "type": "BAD_REQUEST_PARAMETERS",
        "problems": "",
        "id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "at": "live",
        "of": "blue",
    }
    headers = dict(invalid.headers)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Request"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert headers["X-Asked"] == "asked"
    assert (unknown.status, unknown.body) == (404, b"{}")
