import asyncio
import json

import pytest

from sandbox.errors import PlanError
from sandbox.gateway.contract import methods
from sandbox.gateway.routes import Routes

TEMPLATES = (
    "/",
    "/users",
    "/users/me",
    "/users/{user_id}",
    "/users/{user_id}/locations/{place}",
    "/users/me/friends",
    "/files/{path+}",
)


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/", "/", {}),
        ("", "/", {}),
        ("/users", "/users", {}),
        ("/users/", "/users", {}),
        ("/users/me", "/users/me", {}),
        ("/users/ada", "/users/{user_id}", {"user_id": "ada"}),
        ("/users/a%20b", "/users/{user_id}", {"user_id": "a%20b"}),
        ("/users/ada/locations/home", "/users/{user_id}/locations/{place}", {"user_id": "ada", "place": "home"}),
        ("/users/me/locations/home", "/users/{user_id}/locations/{place}", {"user_id": "me", "place": "home"}),
        ("/users/me/friends", "/users/me/friends", {}),
        ("/files/a", "/files/{path+}", {"path": "a"}),
        ("/files/a/b/c", "/files/{path+}", {"path": "a/b/c"}),
    ],
)
def test_a_literal_segment_goes_before_a_variable_and_that_before_a_greedy_one(
    openapi, operation, path, resource, parameters
):
    routes = Routes(methods(openapi({template: {"get": operation()} for template in TEMPLATES})))
    route = routes.match("GET", path)
    assert (route.method.resource, route.path_parameters) == (resource, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/absent"),
        ("POST", "/users"),
        ("GET", "/users/ada/locations"),
        ("GET", "/files"),
        ("get", "/users"),
        ("GET", "//users"),
        ("GET", "/users//"),
        ("GET", "/users//friends"),
        ("GET", "/files//a"),
    ],
)
def test_other_paths_and_methods_have_no_route(openapi, operation, method, path):
    routes = Routes(methods(openapi({template: {"get": operation()} for template in TEMPLATES})))
    assert routes.match(method, path) is None


def test_any_serves_the_methods_that_a_resource_does_not_have(openapi, operation):
    paths = {"/users": {"get": operation(), "x-amazon-apigateway-any-method": operation()}}
    routes = Routes(methods(openapi(paths)))
    assert [routes.match(name, "/users").method.http_method for name in ("GET", "POST")] == ["GET", "ANY"]


@pytest.mark.parametrize("path", ["/live/absent", "/live/users", "/live/users/ada/extra"])
def test_an_unknown_route_is_403_missing_authentication_token(serve, path):
    async def scenario():
        async with serve() as served:
            return await served.request(path=path)

    response = asyncio.run(scenario())
    assert response.status == 403
    assert json.loads(response.body) == {"message": "Missing Authentication Token"}
    assert ("x-amzn-ErrorType", "MissingAuthenticationTokenException") in response.headers


def test_an_unknown_stage_is_forbidden_and_leaves_no_trace(serve):
    async def scenario():
        async with serve() as served:
            return await served.request(path="/test/users/ada"), served.metrics.list()

    response, metrics = asyncio.run(scenario())
    assert (response.status, json.loads(response.body)) == (403, {"message": "Forbidden"})
    assert metrics == []


SCHEMES = {
    "securitySchemes": {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        "sigv4": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
        },
    }
}


def without(operation, *keys):
    return {key: value for key, value in operation.items() if key not in keys}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"x-amazon-apigateway-auth": {"type": "CUSTOM"}}, "authorization CUSTOM is not emulated"),
        ({"x-amazon-apigateway-integration": {"type": "mock"}}, "integration type mock is not emulated"),
        ({"x-amazon-apigateway-api-key-source": "HEADER"}, "x-amazon-apigateway-api-key-source is not emulated"),
        ({"x-amazon-apigateway-request-validator": "absent"}, "no request validator is called absent"),
        ({"security": [{"unknown": []}]}, "the security scheme unknown is not emulated"),
        ({"security": [{"key": []}]}, "the security scheme key is not emulated: apiKey"),
        ({"security": [{"sigv4": []}], "x-amazon-apigateway-auth": {"type": "NONE"}}, "says awsSigv4, .* NONE"),
        (
            {"x-amazon-apigateway-integration": {"type": "aws_proxy", "credentials": "arn:aws:iam::1:role/x"}},
            "credentials of an integration is not emulated",
        ),
        (
            {
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": "${integration_uri}",
                }
            },
            r"\$\{integration_uri\} does not name a function",
        ),
        (
            {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "GET", "uri": ""}},
            "invoked by POST, not by GET",
        ),
    ],
)
def test_what_is_not_emulated_is_refused_by_its_method(openapi, operation, change, complaint):
    with pytest.raises(PlanError, match=f"GET /users: .*{complaint}"):
        methods(openapi({"/users": {"get": operation(**change)}}, components=SCHEMES))


SIGNED, BEARER = [{"sigv4": []}], [{"bearer": []}]


@pytest.mark.parametrize(
    ("declared", "shared", "signed"),
    [
        ({"security": SIGNED}, [], True),
        ({"security": SIGNED, "x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, [], True),
        ({}, SIGNED, True),
        ({"security": []}, SIGNED, False),
        ({"security": BEARER}, SIGNED, False),
        ({"security": BEARER, "x-amazon-apigateway-auth": {"type": "NONE"}}, [], False),
    ],
)
def test_security_signs_a_method_where_its_scheme_is_aws_sigv4(openapi, operation, declared, shared, signed):
    document = openapi({"/users": {"get": operation(**declared)}}, components=SCHEMES, security=shared)
    assert [method.signed for method in methods(document)] == [signed]


def test_a_method_without_an_integration_is_refused(openapi):
    with pytest.raises(PlanError, match="GET /users: it has no x-amazon-apigateway-integration"):
        methods(openapi({"/users": {"get": {}}}))


@pytest.mark.parametrize("key", ["$ref", "x-amazon-apigateway-cors"])
def test_what_is_not_emulated_of_a_path_is_refused(openapi, operation, key):
    with pytest.raises(PlanError, match=r"/users: .*not emulated"):
        methods(openapi({"/users": {"get": operation(), key: "x"}}))
