import asyncio
from collections import Counter
from typing import Any

import pytest

from sandbox.aws.dynamodb.governor import Governor
from sandbox.aws.dynamodb.outcome import measurements
from sandbox.aws.dynamodb.store import Store
from sandbox.aws.moto_backend import Moto
from sandbox.aws.provision import provision
from sandbox.aws.wire import ApiError
from sandbox.declaration import Declaration

from .conftest import ACCOUNT, REGION, a_table, an_index

ADA = {"user_id": {"S": "ada"}}


def item(user="ada", size=0, **attributes):
    """An item; `size` is its size in bytes, unless it is less than the key."""
    base = {"user_id": {"S": user}, **attributes}
    return {**base, "x": {"S": "-" * (size - len("user_id") - len(user) - 1)}} if size else base


class World:
    """Tables with their governor, at a time that a test sets."""

    def __init__(self, *tables):
        self.moto = Moto(account_id=ACCOUNT)
        none: Any = ()
        declaration = Declaration(ACCOUNT, REGION, "dev", none, tables, none, none, none, none, none, none, none)
        asyncio.run(provision(declaration, moto=self.moto))
        self.now = 1000.0
        store = Store(moto=self.moto, account_id=ACCOUNT, region=REGION)
        self.governor = Governor(tables=tables, store=store, now=self.now)

    def outcome(self, operation, **parameters):
        return self.governor.handle(operation, {"TableName": "dev-location", **parameters}, self.now)

    def batch(self, operation, **parameters):
        return self.governor.handle(operation, parameters, self.now)

    def units(self, operation, **parameters):
        return consumed(self.outcome(operation, **parameters))

    def drain(self, kind="Read", *, index=None, table="dev-location"):
        """Leaves nothing in a bucket."""
        for resource, bucket in self.governor._ledger._buckets.items():
            if (resource.table, resource.index, resource.kind) == (table, index, kind):
                bucket.take(bucket.level(self.now), self.now)


def consumed(outcome):
    if isinstance(outcome.answer, ApiError):
        assert outcome.answer.code in ("ConditionalCheckFailedException", "TransactionCanceledException")
    units = Counter()
    for charge in outcome.charges:
        units[charge.resource.index or charge.resource.table] += charge.units
    return dict(units)


@pytest.fixture
def world():
    made = []

    def make(*tables):
        made.append(World(*(tables or (a_table(read=10, write=10),))))
        return made[-1]

    yield make
    for world in made:
        world.moto.close()


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(100, False, 0.5), (100, True, 1), (5000, False, 1), (5000, True, 2)]
)
def test_a_read_costs_by_size_and_consistency(world, size, consistent, units):
    w = world()
    w.outcome("PutItem", Item=item(size=size))
    assert w.units("GetItem", Key=ADA, ConsistentRead=consistent) == {"dev-location": units}


def test_a_read_of_nothing_costs_as_much_as_the_smallest_item(world):
    outcome = world().outcome("GetItem", Key=ADA)
    assert (outcome.answer, consumed(outcome)) == ({}, {"dev-location": 0.5})


def test_a_projection_costs_the_whole_item(world):
    w = world()
    w.outcome("PutItem", Item=item(size=9000))
    outcome = w.outcome("GetItem", Key=ADA, ProjectionExpression="user_id")
    assert outcome.answer == {"Item": ADA}
    assert consumed(outcome) == {"dev-location": 1.5}


def test_every_type_of_attribute_comes_back_as_it_was_put(world):
    w = world()
    whole = item(
        n={"N": "1.5"},
        b={"B": "aGVsbG8="},
        t={"BOOL": True},
        z={"NULL": True},
        ss={"SS": ["a", "b"]},
        ns={"NS": ["1", "2"]},
        bs={"BS": ["aGVsbG8="]},
        l={"L": [{"S": "a"}, {"M": {"k": {"N": "1"}}}]},
        m={"M": {"k": {"L": [{"B": "aGVsbG8="}]}}},
    )
    w.outcome("PutItem", Item=whole)
    assert w.outcome("GetItem", Key=ADA).answer == {"Item": whole}


@pytest.mark.parametrize(("old", "new", "units"), [(0, 100, 1), (0, 1025, 2), (5000, 100, 5), (100, 5000, 5)])
def test_a_put_costs_the_larger_of_the_old_and_the_new_item(world, old, new, units):
    w = world()
    if old:
        w.outcome("PutItem", Item=item(size=old))
    assert w.units("PutItem", Item=item(size=new)) == {"dev-location": units}


def test_an_update_costs_the_whole_item(world):
    w = world()
    w.outcome("PutItem", Item=item(size=3000))
    update = {"UpdateExpression": "SET y = :y", "ExpressionAttributeValues": {":y": {"S": "-" * 100}}}
    assert w.units("UpdateItem", Key=ADA, **update) == {"dev-location": 4}


def test_a_delete_costs_the_item_that_was_there(world):
    w = world()
    w.outcome("PutItem", Item=item(size=3000))
    assert w.units("DeleteItem", Key=ADA) == {"dev-location": 3}
    assert w.units("DeleteItem", Key=ADA) == {"dev-location": 1}


def test_a_condition_that_is_not_met_costs_the_existing_item(world):
    w = world()
    w.outcome("PutItem", Item=item(size=3000))
    outcome = w.outcome("PutItem", Item=item(size=100), ConditionExpression="attribute_not_exists(user_id)")
    assert outcome.answer.code == "ConditionalCheckFailedException"
    assert consumed(outcome) == {"dev-location": 3}


def test_an_invalid_request_costs_nothing(world):
    outcome = world().outcome("PutItem", Item={"x": {"S": "no key"}})
    assert outcome.answer.code == "ValidationException"
    assert outcome.charges == ()


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("GetItem", {}, "Missing required parameter"),
        ("GetItem", {"Key": "ada"}, "Invalid type for parameter Key"),
        ("GetItem", {"Key": {"user": {"S": "ada"}}}, "does not match the schema"),
        ("GetItem", {"Key": {**ADA, "more": {"S": "x"}}}, "does not match the schema"),
        ("GetItem", {"Key": {"user_id": {"N": "1"}}}, "does not match the schema"),
        ("PutItem", {"Item": {**ADA, "x": {}}}, "not an attribute value"),
        ("PutItem", {"Item": {**ADA, "x": {"S": 5}}}, "Invalid type for parameter Item.x.S"),
    ],
)
def test_malformed_parameters_are_refused(world, operation, parameters, message):
    outcome = world().outcome(operation, **parameters)
    assert outcome.answer.code == "ValidationException"
    assert message in outcome.answer.message


def test_a_table_that_is_not_declared_is_not_found(world):
    assert world().outcome("GetItem", TableName="other", Key=ADA).answer.code == "ResourceNotFoundException"


def test_an_exhausted_table_refuses_reads_as_aws_does(world):
    w = world()
    w.drain()
    outcome = w.outcome("GetItem", Key=ADA)
    assert outcome.answer.code == "ProvisionedThroughputExceededException"
    assert outcome.answer.message.startswith(
        "The level of configured provisioned throughput for the table was exceeded."
    )
    assert outcome.answer.members == {
        "ThrottlingReasons": [
            {
                "reason": "TableReadProvisionedThroughputExceeded",
                "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location",
            }
        ]
    }
    assert outcome.charges == ()


def test_reads_and_writes_have_capacities_of_their_own(world):
    w = world()
    w.drain("Read")
    assert w.units("PutItem", Item=item()) == {"dev-location": 1}
    w.drain("Write")
    w.now += 1
    assert w.units("GetItem", Key=ADA) == {"dev-location": 0.5}


def test_capacity_comes_back_with_time(world):
    w = world(a_table(read=1))
    w.drain()
    assert w.outcome("GetItem", Key=ADA).throttled
    w.now += 0.5
    assert not w.outcome("GetItem", Key=ADA).throttled
    assert w.outcome("GetItem", Key=ADA).throttled


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("PutItem", {"Item": item(changed={"BOOL": True})}),
        ("DeleteItem", {"Key": ADA}),
        (
            "UpdateItem",
            {"Key": ADA, "UpdateExpression": "SET changed = :x", "ExpressionAttributeValues": {":x": {"BOOL": True}}},
        ),
    ],
)
def test_a_refused_write_leaves_the_table_as_it_was(world, operation, parameters):
    w = world()
    before = item(size=100, l={"L": [{"N": "1"}]})
    w.outcome("PutItem", Item=before)
    w.drain("Write")
    refused = w.outcome(operation, **parameters)
    assert refused.answer.members["ThrottlingReasons"][0]["reason"] == "TableWriteProvisionedThroughputExceeded"
    assert w.outcome("GetItem", Key=ADA).answer == {"Item": before}


def test_a_refused_put_of_a_new_item_leaves_none(world):
    w = world()
    w.drain("Write")
    assert w.outcome("PutItem", Item=item()).throttled
    assert w.outcome("GetItem", Key=ADA).answer == {}


def test_a_write_whose_condition_is_not_met_is_throttled_like_any_other(world):
    w = world()
    w.outcome("PutItem", Item=item())
    w.drain("Write")
    outcome = w.outcome("PutItem", Item=item(), ConditionExpression="attribute_not_exists(user_id)")
    assert outcome.answer.code == "ProvisionedThroughputExceededException"


def test_a_scan_costs_the_sum_of_what_it_looks_at_rounded_once(world):
    w = world()
    for user in ("ada", "bob", "eve"):
        w.outcome("PutItem", Item=item(user, size=2000))
    assert w.units("Scan") == {"dev-location": 1}
    assert w.units("Scan", ConsistentRead=True) == {"dev-location": 2}
    assert w.units("Scan", Limit=1) == {"dev-location": 0.5}


def test_a_filter_a_projection_and_a_count_do_not_make_a_scan_cheaper(world):
    w = world()
    for user in ("ada", "bob", "eve"):
        w.outcome("PutItem", Item=item(user, size=4000))
    filtered = w.outcome(
        "Scan",
        FilterExpression="#u = :u",
        ExpressionAttributeNames={"#u": "user_id"},
        ExpressionAttributeValues={":u": {"S": "bob"}},
    )
    assert filtered.answer["Count"] == 1
    assert consumed(filtered) == {"dev-location": 1.5}
    assert w.units("Scan", ProjectionExpression="user_id") == {"dev-location": 1.5}
    assert w.units("Scan", Select="COUNT") == {"dev-location": 1.5}


def test_a_query_costs_what_it_looks_at(world):
    w = world()
    w.outcome("PutItem", Item=item(size=5000))
    query = {
        "KeyConditionExpression": "#u = :u",
        "FilterExpression": "#f = :f",
        "ExpressionAttributeNames": {"#u": "user_id", "#f": "x"},
        "ExpressionAttributeValues": {":u": {"S": "ada"}, ":f": {"S": "none"}},
    }
    outcome = w.outcome("Query", **query)
    assert outcome.answer["Items"] == []
    assert consumed(outcome) == {"dev-location": 1}


CITY = {"city": {"S": "London"}}


def indexed(**index):
    return a_table(read=10, write=10, indexes=(an_index(read_capacity=5, write_capacity=5, **index),))


def test_a_query_of_an_index_is_paid_by_the_index(world):
    w = world(indexed())
    w.outcome("PutItem", Item=item(size=5000, **CITY))
    query = {"KeyConditionExpression": "city = :c", "ExpressionAttributeValues": {":c": {"S": "London"}}}
    outcome = w.outcome("Query", IndexName="by-city", ReturnConsumedCapacity="INDEXES", **query)
    assert consumed(outcome) == {"by-city": 1}
    assert outcome.answer["ConsumedCapacity"] == {
        "TableName": "dev-location",
        "CapacityUnits": 1,
        "GlobalSecondaryIndexes": {"by-city": {"CapacityUnits": 1}},
    }


def test_an_index_that_holds_keys_only_is_cheap_to_read(world):
    w = world(indexed(projection_type="KEYS_ONLY"))
    w.outcome("PutItem", Item=item(size=5000, **CITY))
    query = {"KeyConditionExpression": "city = :c", "ExpressionAttributeValues": {":c": {"S": "London"}}}
    assert w.units("Query", IndexName="by-city", **query) == {"by-city": 0.5}


def test_a_write_is_paid_by_each_index_that_it_changes(world):
    w = world(indexed(projection_type="INCLUDE", non_key_attributes=("label",)))
    london, paris = {"S": "London"}, {"S": "Paris"}
    assert w.units("PutItem", Item=item()) == {"dev-location": 1}
    assert w.units("PutItem", Item=item(city=london)) == {"dev-location": 1, "by-city": 1}
    assert w.units("PutItem", Item=item(city=london, other=paris)) == {"dev-location": 1}
    assert w.units("PutItem", Item=item(city=london, label=paris)) == {"dev-location": 1, "by-city": 1}
    assert w.units("PutItem", Item=item(city=paris, label=paris)) == {"dev-location": 1, "by-city": 2}
    assert w.units("DeleteItem", Key=ADA) == {"dev-location": 1, "by-city": 1}


def test_an_exhausted_index_refuses_the_write_of_its_table(world):
    w = world(indexed())
    w.drain("Write", index="by-city")
    outcome = w.outcome("PutItem", Item=item(**CITY))
    assert outcome.answer.members["ThrottlingReasons"] == [
        {
            "reason": "IndexWriteProvisionedThroughputExceeded",
            "resource": "arn:aws:dynamodb:us-east-1:123456789012:table/dev-location/index/by-city",
        }
    ]
    assert w.outcome("GetItem", Key=ADA).answer == {}


def test_a_transaction_costs_double(world):
    w = world()
    assert consumed(w.batch("TransactWriteItems", TransactItems=[put("ada"), put("bob")])) == {"dev-location": 4}
    assert consumed(w.batch("TransactGetItems", TransactItems=[get("ada"), get("eve")])) == {"dev-location": 4}


def put(user):
    return {"Put": {"TableName": "dev-location", "Item": item(user)}}


def get(user):
    return {"Get": {"TableName": "dev-location", "Key": {"user_id": {"S": user}}}}


def test_a_throttled_transaction_is_cancelled_as_a_whole(world):
    w = world(a_table(write=10, read=10), a_table("dev-other", write=10))
    w.drain("Write")
    other = {"Put": {"TableName": "dev-other", "Item": item()}}
    outcome = w.batch("TransactWriteItems", TransactItems=[other, put("ada")])
    assert outcome.answer.code == "TransactionCanceledException"
    codes = [reason["Code"] for reason in outcome.answer.members["CancellationReasons"]]
    assert codes == ["None", "ProvisionedThroughputExceeded"]
    assert w.outcome("GetItem", TableName="dev-other", Key=ADA).answer == {}


def test_a_transaction_whose_condition_is_not_met_tells_why_and_costs(world):
    w = world()
    check = {"ConditionCheck": {"TableName": "dev-location", "Key": ADA, "ConditionExpression": "attribute_exists(x)"}}
    outcome = w.batch("TransactWriteItems", TransactItems=[put("bob"), check])
    codes = [reason["Code"] for reason in outcome.answer.members["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]
    assert consumed(outcome) == {"dev-location": 4}


def keys(*users):
    return {"dev-location": {"Keys": [{"user_id": {"S": user}} for user in users]}}


def test_a_batch_reads_each_item_at_its_own_price(world):
    w = world()
    w.outcome("PutItem", Item=item("ada", size=1500))
    w.outcome("PutItem", Item=item("bob", size=6500))
    outcome = w.batch("BatchGetItem", RequestItems=keys("ada", "bob", "eve"), ReturnConsumedCapacity="TOTAL")
    assert len(outcome.answer["Responses"]["dev-location"]) == 2
    assert outcome.answer["UnprocessedKeys"] == {}
    assert outcome.answer["ConsumedCapacity"] == [{"TableName": "dev-location", "CapacityUnits": 2}]


def test_what_a_batch_cannot_afford_stays_unprocessed(world):
    w = world(a_table(read=1))
    w.drain()
    w.now += 1
    outcome = w.batch("BatchGetItem", RequestItems=keys("ada", "bob", "eve"))
    assert outcome.answer["UnprocessedKeys"] == keys("eve")
    assert consumed(outcome) == {"dev-location": 1}
    assert len(outcome.throttled) == 1


def test_a_batch_that_can_afford_nothing_is_throttled(world):
    w = world()
    w.drain()
    outcome = w.batch("BatchGetItem", RequestItems=keys("ada", "bob"))
    assert outcome.answer.code == "ProvisionedThroughputExceededException"
    assert len(outcome.throttled) == 2


def test_a_batch_writes_what_it_can_afford(world):
    w = world(a_table(read=10, write=1))
    w.outcome("PutItem", Item=item("eve"))
    w.drain("Write")
    w.now += 1
    puts = [{"PutRequest": {"Item": item("ada")}}, {"DeleteRequest": {"Key": {"user_id": {"S": "eve"}}}}]
    outcome = w.batch("BatchWriteItem", RequestItems={"dev-location": puts})
    assert outcome.answer["UnprocessedItems"] == {"dev-location": [puts[1]]}
    assert w.outcome("Scan").answer["Count"] == 2


@pytest.mark.parametrize("users", [["ada", "ada"], [f"user-{n}" for n in range(101)]])
def test_batches_with_duplicates_or_too_many_items_are_refused(world, users):
    outcome = world().batch("BatchGetItem", RequestItems=keys(*users))
    assert outcome.answer.code == "ValidationException"


def test_consumed_capacity_is_told_when_asked_for(world):
    w = world()
    assert "ConsumedCapacity" not in w.outcome("GetItem", Key=ADA).answer
    assert w.outcome("GetItem", Key=ADA, ReturnConsumedCapacity="TOTAL").answer["ConsumedCapacity"] == {
        "TableName": "dev-location",
        "CapacityUnits": 0.5,
    }


def metrics(operation, outcome):
    return {
        (m.name, *sorted(m.dimensions.items())): m.value
        for m in measurements(operation, {"dev-location"}, outcome, 1.5)
    }


TABLE = ("TableName", "dev-location")


def test_a_served_request_is_measured(world):
    outcome = world().outcome("GetItem", Key=ADA)
    assert metrics("GetItem", outcome) == {
        ("ConsumedReadCapacityUnits", TABLE): 0.5,
        ("SuccessfulRequestLatency", ("Operation", "GetItem"), TABLE): 1.5,
    }


def test_a_throttled_request_is_measured_with_its_cause(world):
    w = world()
    w.drain()
    assert metrics("GetItem", w.outcome("GetItem", Key=ADA)) == {
        ("ReadThrottleEvents", TABLE): 1,
        ("ReadProvisionedThroughputThrottleEvents", TABLE): 1,
        ("ThrottledRequests", ("Operation", "GetItem"), TABLE): 1,
    }


def test_a_batch_that_is_served_in_part_has_throttle_events_but_is_no_throttled_request(world):
    w = world(a_table(read=1))
    w.drain()
    w.now += 0.5
    names = {name for name, *_ in metrics("BatchGetItem", w.batch("BatchGetItem", RequestItems=keys("ada", "bob")))}
    assert "ReadThrottleEvents" in names
    assert "ThrottledRequests" not in names


def test_the_events_of_an_index_have_its_dimension(world):
    w = world(indexed())
    w.drain("Write", index="by-city")
    measured = metrics("PutItem", w.outcome("PutItem", Item=item(**CITY)))
    assert measured["WriteThrottleEvents", ("GlobalSecondaryIndexName", "by-city"), TABLE] == 1
    assert ("WriteThrottleEvents", TABLE) not in measured


def test_a_condition_that_is_not_met_is_measured(world):
    w = world()
    w.outcome("PutItem", Item=item())
    outcome = w.outcome("PutItem", Item=item(), ConditionExpression="attribute_not_exists(user_id)")
    assert metrics("PutItem", outcome)["ConditionalCheckFailedRequests", TABLE] == 1
