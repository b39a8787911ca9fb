"""Runtime inputs `<+input>` of Harness entities: their form, their patterns and defaults, and what values they refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.harness import (
    INPUT,
    RuntimeInput,
    pattern_error,
    runtime_input,
    scan,
    whole_match,
)
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.harness_entities import listed
from gitops_lint.policy.vocabulary.harness_expressions import sites
from gitops_lint.text.nodes import Scalar

INPUT_PROBLEM = record(
    "HarnessInputProblem",
    {
        "problem": Field(
            TextType(values=("form", "pattern", "default", "text")), optional=False, doc="what sort of mistake it is"
        ),
        "why": Field(TEXT, optional=False, doc="what is wrong, a clause"),
        "near": Field(TEXT, optional=False, doc="the modifier that was probably meant, or empty"),
    },
    doc="a runtime input that does not say what it seems to; it points at the part that is wrong",
)

_FREE_TEXT = frozenset(
    ("script", "command", "body", "content", "message", "approvalMessage", "requestBody", "inputYaml")
)


@attribute(
    "HarnessEntity",
    "inputProblems",
    returns=ListType(INPUT_PROBLEM),
    source="harness-core NGRuntimeInputUtils.java, InputSetValidatorType.java",
)
def input_problems(subject: Subject) -> Sequence[Value]:
    """Runtime inputs of a wrong form, with patterns that do not compile, or defaults that their own validators refuse."""
    found: list[Value] = []
    for site in sites(subject):
        text = site.scalar.text
        given = runtime_input(text)
        if given is not None:
            found += _input_facts(site.scalar, given)
        elif INPUT in text and "\n" not in text and site.key not in _FREE_TEXT and len(text) < 200:
            for one in scan(text).expressions:
                if one.depth == 0 and one.content == "input":
                    fields = _problem("text", "has text before `<+input>`")
                    found.append(Fact("HarnessInputProblem", Part(site.scalar, 0, one.start), fields))
                    break
    return found


def _problem(kind: str, why: str, near: str = "") -> dict[str, Value]:
    return {"problem": kind, "why": why, "near": near}


def _input_facts(scalar: Scalar, given: RuntimeInput) -> Iterator[Fact]:
    if given.problem:
        yield Fact(
            "HarnessInputProblem", Part(scalar, given.start, given.end), _problem("form", given.problem, given.near)
        )
        return
    pattern, default = given.modifier("regex"), given.modifier("default")
    if pattern is not None:
        wrong = "" if "<+" in pattern.argument else pattern_error(pattern.argument)
        if wrong:
            yield Fact("HarnessInputProblem", Part(scalar, pattern.start, pattern.end), _problem("pattern", wrong))
            return
    if default is not None and "<+" not in default.argument and default.argument.strip():
        refused = refusal(given, default.argument.strip())
        if refused:
            yield Fact("HarnessInputProblem", Part(scalar, default.start, default.end), _problem("default", refused))


def refusal(given: RuntimeInput, text: str) -> str:
    """
    Why the validators of a runtime input refuse a value, a clause; "" where they take it or nobody can tell.

    Source: harness-core RuntimeInputValuesValidator.java.
    """
    if "<+" in text:
        return ""
    for name in ("allowedValues", "selectOneFrom", "selectManyFrom"):
        allowed = given.modifier(name)
        if allowed is not None and "<+" not in allowed.argument:
            values = allowed.values
            parts = [part.strip().strip("\"'") for part in text.split(",")]
            if text not in values and any(part not in values for part in parts):
                return f"is none of {listed(values)}"
    pattern = given.modifier("regex")
    if pattern is not None and "<+" not in pattern.argument and whole_match(pattern.argument, text) is False:
        return f"does not match `{pattern.argument}` as a whole"
    return ""
