"""The rule expression of a composite alarm, parsed.

    expression = conjunction {"OR" conjunction}
    conjunction = negation {"AND" negation}
    negation = "NOT" negation | "(" expression ")" | "TRUE" | "FALSE" | STATE "(" alarm ")"

STATE is a state of an alarm; an alarm is named by its name or ARN, in double quotes or not. Source: AlarmRule in
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.monitoring.alarms.state import State

_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[^\s()\"]+))\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()]))"
)
_ARN = re.compile(r"arn:[^:]+:cloudwatch:[^:]+:[^:]+:alarm:(.+)")

type States = Mapping[str, State]
"""The state of each alarm, by its name."""

type Test = Callable[[States], bool]


class RuleError(Exception):
    """What is not a rule expression."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule expression: the names of the alarms that it refers to, and whether it is true of their states."""

    names: frozenset[str]
    holds: Test


def parse(text: str) -> Rule:
    """Parse a rule expression.

    Raises:
        RuleError: It is none.
    """
    parser = _Parser(text)
    test = parser.expression()
    parser.expect("")
    return Rule(frozenset(parser.names), test)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self._position = 0
        self.names: set[str] = set()

    def expression(self) -> Test:
        test = self._conjunction()
        while self._accept("OR"):
            test = _either(test, self._conjunction())
        return test

    def expect(self, word: str) -> None:
        """Go on after `word`; the empty word is the end."""
        if not (self._accept(word) if word else self._position == len(self._text)):
            found = self._text[self._position :].strip() or "the end"
            raise RuleError(f"expected {word or 'AND, OR or the end'}, found {found}")

    def _conjunction(self) -> Test:
        test = self._negation()
        while self._accept("AND"):
            test = _both(test, self._negation())
        return test

    def _negation(self) -> Test:
        match = self._match()
        if match is None:
            found = self._text[self._position :].strip() or "the end"
            raise RuleError(f"expected ALARM, OK or INSUFFICIENT_DATA of an alarm, found {found}")
        self._position = match.end()
        if match["state"]:
            return self._state(match)
        word = match["word"] or match["bracket"]
        if word == "NOT":
            return _not(self._negation())
        if word == "(":
            test = self.expression()
            self.expect(")")
            return test
        if word in {"TRUE", "FALSE"}:
            return _always(word == "TRUE")
        raise RuleError(f"expected ALARM, OK or INSUFFICIENT_DATA of an alarm, found {word}")

    def _state(self, match: re.Match[str]) -> Test:
        named = match["quoted"] or match["bare"]
        arn = _ARN.fullmatch(named)
        name, state = arn[1] if arn else named, State(match["state"])
        self.names.add(name)
        return lambda states: states[name] is state

    def _accept(self, word: str) -> bool:
        match = self._match()
        if match is None or word not in {match["word"], match["bracket"]}:
            return False
        self._position = match.end()
        return True

    def _match(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._position)


def _either(left: Test, right: Test) -> Test:
    return lambda states: left(states) or right(states)


def _both(left: Test, right: Test) -> Test:
    return lambda states: left(states) and right(states)


def _not(test: Test) -> Test:
    return lambda states: not test(states)


def _always(value: bool) -> Test:  # noqa: FBT001 - TRUE or FALSE
    return lambda _: value
