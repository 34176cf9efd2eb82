import pytest

from sandbox.cli import main


def usage_error(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_the_help_tells_of_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert all(f"    {command} " in printed for command in ("up", "check", "down", "status", "logs", "env"))


@pytest.mark.parametrize("command", ["up", "check", "down", "status", "logs", "env"])
def test_every_command_has_help(capsys, command):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert "--state-dir DIR" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "COMMAND"),
        (["upp"], "invalid choice: 'upp'"),
        (["up", "--port", "70000"], "argument --port: is 0 to 65535, not '70000'"),
        (["up", "--port", "http"], "argument --port: is 0 to 65535, not 'http'"),
        (["up", "--services", ","], "argument --services: names at least one service"),
        (["check", "--services", ","], "argument --services: names at least one service"),
        (["up", "--alarm-period-factor", "0.5"], "argument --alarm-period-factor: is a number of 1 or more, not '0.5'"),
        (["up", "--alarm-period-factor", "nan"], "argument --alarm-period-factor: is a number of 1 or more, not 'nan'"),
        (["up", "--missing-data", "dropped"], "argument --missing-data: invalid choice: 'dropped'"),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(capsys, arguments, reason):
    assert reason in usage_error(capsys, *arguments)


def test_down_may_be_asked_for_where_nothing_runs(capsys, tmp_path):
    assert main(["down", "--if-running", "--state-dir", str(tmp_path / "state")]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", ["down", "status", "logs", "env"])
def test_a_command_without_a_sandbox_says_so_in_one_line(capsys, tmp_path, command):
    assert main([command, "--state-dir", str(tmp_path / "state")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("sandbox: no sandbox is up in ")
    assert printed.err.count("\n") == 1


def test_check_says_in_one_line_that_there_is_nothing_to_check(capsys, tmp_path):
    assert main(["check", "--source", str(tmp_path), "--state-dir", str(tmp_path / "state")]) == 1
    assert capsys.readouterr().err.startswith(f"sandbox: {tmp_path} holds no terraform/ with services/")
