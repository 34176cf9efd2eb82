"""IAM: roles whose policies are enforced on every call."""

from sandbox.planning.registry.row import RUN, NotEmulated, Row, RunRow

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"

ROWS: dict[str, Row] = {
    "aws_iam_policy": RunRow(
        source=_GUIDE + "access_policies.html",
        attributes={
            "description": NotEmulated("a description has no effect"),
            "name": RUN,
            "path": RUN,
            "policy": RUN,
        },
    ),
    "aws_iam_role": RunRow(
        source=_GUIDE + "reference_policies_evaluation-logic.html",
        attributes={
            "assume_role_policy": RUN,
            "description": NotEmulated("a description has no effect"),
            "force_detach_policies": NotEmulated("nothing is destroyed but the whole sandbox"),
            "max_session_duration": NotEmulated("sessions last as long as they ask for, an hour unless they do"),
            "name": RUN,
            "path": RUN,
            "permissions_boundary": RUN,
        },
    ),
    "aws_iam_role_policy": RunRow(
        source=_GUIDE + "access_policies_managed-vs-inline.html",
        attributes={"name": RUN, "policy": RUN, "role": RUN},
    ),
    "aws_iam_role_policy_attachment": RunRow(
        source=_GUIDE + "access_policies_managed-vs-inline.html",
        attributes={"policy_arn": RUN, "role": RUN},
    ),
}
