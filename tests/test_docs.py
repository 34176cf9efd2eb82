"""What the pages say of the repository and of commands: each file, link, target and command that they name is there."""

import json
import re
import subprocess

import pytest

from aws_commands import AwsCommand, aws_commands
from markdown_pages import Page, pages
from running_sandbox import ROOT, RunningSandbox, run
from sandbox.planning.engine import find_engine

PAGES = pages()
PARTS = "benchmarks|docs|lambda_lib|load|sandbox|services|terraform|tests"
PATH = re.compile(rf"(?<![\w./<>-])(?:\.\./)*(?:{PARTS})/[\w./<>{{}},*-]+")
MADE = (".tfstate", ".tfstate.tflock")  # keys of the state bucket, which are no files here
COMMANDS = re.compile(r"^(?:[+$] )?(sandbox|load|lambda-lib) ([a-z][a-z-]*)\b", re.MULTILINE)
MAKE = re.compile(r"(?:^|[\s`(])make ([a-z][a-z-]*)((?: [A-Z_]+=\S+)*)", re.MULTILINE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)


def test_the_pages_are_found():
    assert {"README.md", "docs/platform-guide.md", "docs/runbooks/read-throttle.md"} <= {page.path for page in PAGES}


@every_page
def test_a_link_leads_somewhere(page: Page):
    for link in page.links:
        if re.match(r"(https?|mailto):", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.file.parent / path).resolve() if path else page.file
        assert target.exists(), link
        if anchor:
            assert anchor in Page(str(target.relative_to(ROOT))).anchors, link


def is_there(path: str, page: Page) -> bool:
    """Whether a path is found from the root, from the page's folder, or in the page's package; `<name>` is any."""
    pattern = re.sub(r"<\w+>|\{\w+\}|\b[A-Z]+\b", "*", path.rstrip("/.,"))
    pattern = re.sub(r"^(\.\./)+", "", pattern)  # as seen from a root of Terraform
    patterns = [pattern]
    if braces := re.search(r"\{([\w,]+)\}", pattern):
        patterns = [pattern.replace(braces[0], name) for name in braces[1].split(",")]
    places = [ROOT, page.file.parent, page.file.parent / "src"]
    return all(any(list(place.glob(one)) for place in places if place.exists()) for one in patterns)


@every_page
def test_a_file_that_is_named_exists(page: Page):
    named = {path for code in page.code for path in PATH.findall(code) if not path.endswith(MADE)}
    assert sorted(path for path in named if not is_there(path, page)) == []


@every_page
def test_a_target_of_make_exists_and_takes_the_variables(page: Page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for target, variables in [found for code in page.code for found in MAKE.findall(code)]:
        assert target in targets, target
        for variable in re.findall(r"([A-Z_]+)=", variables):
            assert re.search(rf"\b{variable}\b", makefile), variable


@every_page
def test_a_command_of_aws_exists_with_its_options(page: Page):
    found = [(command, command.fault()) for code in page.code for command in aws_commands(code)]
    assert [(command, fault) for command, fault in found if fault] == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("aws dynamodb describe-table --table-name t --query 'Table'", None),
        ("arn=$(aws ssm get-parameter --name /dev/location/url --output text)", None),
        ("aws s3 cp - s3://bucket/key", None),
        ("aws dynamodb wait table-exists --table-name t", None),
        ("aws dynamodb wait table-made --table-name t", "there is no dynamodb wait table-made"),
        ("aws dynamodb describe-tables", "there is no dynamodb describe-tables"),
        ("aws dynamo list-tables", "there is no dynamo list-tables"),
        ("aws dynamodb describe-table --table t", "has no ['table']"),
        ("aws dynamodb describe-table --query Table", "needs ['table-name']"),
        ("aws dynamodb put-item --table-name t …", None),
    ],
)
def test_a_wrong_command_of_aws_is_told_from_a_right_one(code: str, fault: str | None):
    [command] = aws_commands(code)
    told = command.fault()
    assert (told is None) if fault is None else (told is not None and fault in told)


def test_commands_are_found_in_a_shells_code():
    code = "a=$(aws sts get-caller-identity --query Account) && aws logs tail \"$group\" | aws s3 ls --region 'x y'"
    assert list(aws_commands(code)) == [
        AwsCommand("sts", "get-caller-identity", frozenset({"query"}), shortened=False),
        AwsCommand("logs", "tail", frozenset(), shortened=False),
        AwsCommand("s3", "ls", frozenset({"region"}), shortened=False),
    ]


@pytest.mark.parametrize("command", ["sandbox", "load", "lambda-lib"])
def test_a_command_of_ours_exists(command: str):
    told = run(command, "--help").stdout
    named = {verb for page in PAGES for code in page.code for name, verb in COMMANDS.findall(code) if name == command}
    assert named, command
    assert {verb for verb in named if not re.search(rf"^ +{verb}\b", told, re.MULTILINE)} == set()


def test_a_command_of_terraform_exists():
    engine = find_engine({})
    done = subprocess.run([*engine.command, "-help"], text=True, capture_output=True, check=False)
    known = set(re.findall(r"^  ([a-z-]+)  ", done.stdout, re.MULTILINE))
    assert {"init", "plan", "apply"} <= known
    code = "\n".join(code for page in PAGES if page.path.startswith(("docs/", "terraform/")) for code in page.code)
    assert set(re.findall(r"(?:^|&& |\$ )terraform ([a-z][a-z-]*)", code, re.MULTILINE)) <= known


@pytest.mark.xdist_group("running sandbox")
def test_the_page_on_recovery_says_how_each_type_of_a_plan_is_imported(sandbox: RunningSandbox):
    plans = [json.loads(path.read_text()) for path in (sandbox.state / "terraform").glob("*.json")]
    types = {item["type"] for plan in plans for item in plan["resource_changes"] if item["mode"] == "managed"}
    page = Page("docs/recovery.md").text
    assert sorted(kind for kind in types if f"`{kind}`" not in page and not kind.startswith("aws_s3_bucket_")) == []
