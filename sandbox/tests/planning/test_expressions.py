import pytest

from sandbox.planning.expressions import Reference, expression

SOURCE = """
resource "aws_x" "this" {
  plain    = var.name # why
  keyed    = module.one["a.b"].arn
  template = "${aws_y.one[0].arn}/${var.stage}/*"
  list     = [aws_y.one.arn, "${aws_y.two.arn}:*"]
  function = upper(var.name)
  number   = 3
  escaped  = "$${var.name}"

  nested {
    plain = var.other
  }
}

output "short" { value = aws_x.this.arn }
"""


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("plain", (Reference("var.name"),)),
        ("keyed", (Reference('module.one["a.b"].arn'),)),
        ("template", (Reference("aws_y.one[0].arn"), "/", Reference("var.stage"), "/*")),
        ("list", [(Reference("aws_y.one.arn"),), (Reference("aws_y.two.arn"), ":*")]),
        ("function", None),
        ("number", None),
        ("escaped", None),
        ("absent", None),
    ],
)
def test_an_expression_of_references_is_read_and_any_other_is_not(tmp_path, attribute, expected):
    (tmp_path / "main.tf").write_text(SOURCE)
    assert expression(tmp_path, 'resource "aws_x" "this"', attribute) == expected


def test_a_block_on_one_line_is_read(tmp_path):
    (tmp_path / "outputs.tf").write_text(SOURCE)
    assert expression(tmp_path, 'output "short"', "value") == (Reference("aws_x.this.arn"),)


def test_a_block_that_is_not_there_has_no_expression(tmp_path):
    (tmp_path / "main.tf").write_text(SOURCE)
    assert expression(tmp_path, 'resource "aws_x" "other"', "plain") is None
