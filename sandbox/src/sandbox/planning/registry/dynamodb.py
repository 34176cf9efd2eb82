"""DynamoDB: tables in provisioned mode, behind a capacity governor."""

from sandbox.planning.registry.row import RUN, CheckedRow, NotEmulated, Row, Run, RunRow

_INDEX = "global_secondary_index"
_UNSCALED = "a table keeps the capacity that it is made with, which is the least that it would scale to"

ROWS: dict[str, Row] = {
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    "aws_appautoscaling_policy": CheckedRow(_UNSCALED),
    "aws_appautoscaling_target": CheckedRow(_UNSCALED),
    "aws_dynamodb_table": RunRow(
        source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html",
        attributes={
            "attribute.name": RUN,
            "attribute.type": RUN,
            "billing_mode": Run(only=("PROVISIONED",)),
            "deletion_protection_enabled": NotEmulated("a sandbox deletes its tables when it goes down"),
            f"{_INDEX}.hash_key": RUN,
            f"{_INDEX}.name": RUN,
            f"{_INDEX}.non_key_attributes": RUN,
            f"{_INDEX}.projection_type": RUN,
            f"{_INDEX}.range_key": RUN,
            f"{_INDEX}.read_capacity": RUN,
            f"{_INDEX}.write_capacity": RUN,
            "hash_key": RUN,
            "name": RUN,
            "point_in_time_recovery": NotEmulated("backups are not taken"),
            "range_key": RUN,
            "read_capacity": RUN,
            "server_side_encryption": NotEmulated("items are in memory only"),
            "ttl.attribute_name": RUN,
            "ttl.enabled": RUN,
            "write_capacity": RUN,
        },
    ),
}
