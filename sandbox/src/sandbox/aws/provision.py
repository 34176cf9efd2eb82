"""Makes what the plans declare visible through moto's APIs: tables, parameters, roles, topics.

What other parts of the sandbox keep themselves (functions, APIs, logs, metrics, alarms) is not given to moto.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sandbox.access.statements import compile_policy
from sandbox.aws.moto_backend import Moto
from sandbox.aws.wire import Response
from sandbox.declaration import Declaration, Index, Parameter, Role, Table
from sandbox.errors import PlanError


async def provision(declaration: Declaration, *, moto: Moto) -> None:
    """Creates everything, once.

    Raises:
        PlanError: A role has a policy that is not valid or not emulated, or moto refuses a resource.
    """
    for role in declaration.roles:
        _check_policies(role)
    await moto.run(_provision, declaration, moto)


def _provision(declaration: Declaration, moto: Moto) -> None:
    for table in declaration.tables:
        _json(moto, declaration.region, "dynamodb", "DynamoDB_20120810.CreateTable", _table(table))
        if table.ttl_attribute is not None:
            specification = {"AttributeName": table.ttl_attribute, "Enabled": True}
            time_to_live = {"TableName": table.name, "TimeToLiveSpecification": specification}
            _json(moto, declaration.region, "dynamodb", "DynamoDB_20120810.UpdateTimeToLive", time_to_live)
    for parameter in declaration.parameters:
        _json(moto, declaration.region, "ssm", "AmazonSSM.PutParameter", _parameter(parameter))
    for role in declaration.roles:
        for request in _role(role):
            _query(moto, declaration.region, "iam", {"Version": "2010-05-08", **request})
    for topic in declaration.topics:
        _query(moto, declaration.region, "sns", {"Version": "2010-03-31", "Action": "CreateTopic", "Name": topic.name})


def _table(table: Table) -> dict[str, Any]:
    indexes: list[dict[str, Any]] = [
        {"IndexName": index.name, **_shape(index), "Projection": _projection(index)} for index in table.indexes
    ]
    return {
        "TableName": table.name,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in table.attribute_types.items()
        ],
        **_shape(table),
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _shape(part: Table | Index) -> dict[str, Any]:
    schema = [{"AttributeName": part.hash_key, "KeyType": "HASH"}]
    if part.range_key is not None:
        schema.append({"AttributeName": part.range_key, "KeyType": "RANGE"})
    return {
        "KeySchema": schema,
        "ProvisionedThroughput": {
            "ReadCapacityUnits": part.read_capacity,
            "WriteCapacityUnits": part.write_capacity,
        },
    }


def _projection(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection_type}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = list(index.non_key_attributes)
    return projection


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"Name": parameter.name, "Type": parameter.type, "Value": parameter.value}


def _check_policies(role: Role) -> None:
    try:
        trust = compile_policy(role.trust_policy)
        identity = [
            statement
            for policy in (*role.policies, role.permissions_boundary)
            if policy is not None
            for statement in compile_policy(policy)
        ]
    except PlanError as error:
        raise PlanError(f"role {role.name}: {error}") from error
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    for statement in trust:
        if statement.principals is None:
            raise PlanError(f"role {role.name}: its trust policy has a statement without a principal: {statement.sid}")
    for statement in identity:
        if statement.resources is None or statement.principals is not None:
            raise PlanError(
                f"role {role.name}: statement {statement.sid} of a policy of an identity has resources and no principal"
            )


def _role(role: Role) -> list[dict[str, str]]:
    path = role.arn.partition(":role")[2].removesuffix(role.name)
    created = {
        "Action": "CreateRole",
        "RoleName": role.name,
        "Path": path,
        "AssumeRolePolicyDocument": json.dumps(role.trust_policy),
    }
    inline = [
        {
            "Action": "PutRolePolicy",
            "RoleName": role.name,
            "PolicyName": f"{role.name}-{number}",
            "PolicyDocument": json.dumps(policy),
        }
        for number, policy in enumerate(role.policies, start=1)
    ]
    return [created, *inline]


def _json(moto: Moto, region: str, service: str, target: str, parameters: Mapping[str, Any]) -> None:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    _check_answer(target, parameters, moto.call(service, region, headers, json.dumps(parameters)))


def _query(moto: Moto, region: str, service: str, parameters: Mapping[str, str]) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    _check_answer(parameters["Action"], parameters, moto.call(service, region, headers, urlencode(parameters)))


def _check_answer(operation: str, parameters: Mapping[str, Any], response: Response) -> None:
    if response.status != HTTPStatus.OK:
        raise PlanError(f"moto refuses {operation} of {parameters}: {response.body.decode()}")
