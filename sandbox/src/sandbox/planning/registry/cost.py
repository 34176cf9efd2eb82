"""Cost: nothing costs anything on this machine."""

from sandbox.planning.registry.row import CheckedRow, Row

ROWS: dict[str, Row] = {
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
    "aws_budgets_budget": CheckedRow("nothing costs anything on this machine"),
}
