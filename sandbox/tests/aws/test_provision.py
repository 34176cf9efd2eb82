import asyncio
import json
from dataclasses import replace

import pytest

from sandbox.aws.dynamodb.store import Store
from sandbox.aws.moto_backend import Moto
from sandbox.aws.provision import provision
from sandbox.errors import PlanError

from .conftest import ACCOUNT, DECLARATION, REGION, a_role, a_table, allow, an_index

JSON = {"content-type": "application/x-amz-json-1.1"}


@pytest.fixture
def moto():
    moto = Moto(account_id=ACCOUNT)
    yield moto
    moto.close()


def provisioned(moto, **changes):
    asyncio.run(provision(replace(DECLARATION, **changes), moto=moto))
    return Store(moto=moto, account_id=ACCOUNT, region=REGION)


def test_a_table_has_its_keys_index_capacity_and_expiry(moto):
    table = replace(
        a_table(read=3, write=2, indexes=(an_index(projection_type="INCLUDE", non_key_attributes=("label",)),)),
        range_key="at",
        attribute_types={"user_id": "S", "at": "N", "city": "S"},
        ttl_attribute="expires_at",
    )
    store = provisioned(moto, tables=(table,))
    _, described = store.call("DescribeTable", {"TableName": "dev-location"})
    assert described["Table"]["KeySchema"] == [
        {"AttributeName": "user_id", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    assert described["Table"]["ProvisionedThroughput"]["WriteCapacityUnits"] == 2
    assert described["Table"]["GlobalSecondaryIndexes"][0]["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["label"],
    }
    _, expiry = store.call("DescribeTimeToLive", {"TableName": "dev-location"})
    assert expiry["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_parameter_keeps_its_type(moto):
    provisioned(moto)
    headers = {**JSON, "x-amz-target": "AmazonSSM.GetParameter"}
    answer = json.loads(moto.call("ssm", REGION, headers, '{"Name": "/dev/location/url"}').body)
    assert answer["Parameter"]["Type"] == "String"


def test_a_role_has_its_path_and_policies(moto):
    role = replace(a_role("reader", allow("dynamodb:GetItem")), arn=f"arn:aws:iam::{ACCOUNT}:role/team/reader")
    provisioned(moto, roles=(role,))
    form = {"content-type": "application/x-www-form-urlencoded"}
    policies = moto.call("iam", REGION, form, "Action=ListRolePolicies&Version=2010-05-08&RoleName=reader").body
    described = moto.call("iam", REGION, form, "Action=GetRole&Version=2010-05-08&RoleName=reader").body
    assert b"<member>reader-1</member>" in policies
    assert f"<Arn>{role.arn}</Arn>".encode() in described


def test_a_policy_that_is_not_emulated_stops_the_start_with_the_name_of_its_role(moto):
    dated = allow("s3:*", Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})
    with pytest.raises(PlanError, match="role odd: policy statement number 1: the condition operator DateLessThan"):
        provisioned(moto, roles=(a_role("odd", dated),))


@pytest.mark.parametrize(
    "role",
    [
        a_role("odd", {"Sid": "Wrong", "Effect": "Allow", "Action": "s3:*"}),
        a_role("odd", allow("s3:*", Principal="*", Sid="Wrong")),
        a_role("odd", boundary={"Statement": {"Sid": "Wrong", "Effect": "Allow", "Action": "s3:*"}}),
        replace(a_role("odd"), trust_policy={"Statement": allow("sts:AssumeRole", Sid="Wrong")}),
    ],
)
def test_a_policy_that_iam_would_refuse_in_its_place_stops_the_start(moto, role):
    with pytest.raises(PlanError, match=r"role odd: .*Wrong"):
        provisioned(moto, roles=(role,))


def test_what_moto_refuses_stops_the_start(moto):
    with pytest.raises(PlanError, match=r"moto refuses DynamoDB_20120810\.CreateTable"):
        provisioned(moto, tables=(replace(a_table(), attribute_types={}),))
