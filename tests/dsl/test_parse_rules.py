"""Text of rule files to trees: every construct, spans, defines, texts; and that nothing but RuleError comes out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_rules import CANARY, SMALL, told, with_clause

from gitops_lint.dsl import tree
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.printer import print_expression
from gitops_lint.errors import RuleError


def rule(text: str) -> tree.Rule:
    (found,) = parse_rules(text, "demo.rule")
    return found


def condition(text: str) -> tree.Expr:
    """What a condition is read as."""
    clause = rule(with_clause(f"when {text}")).clauses[-1]
    assert isinstance(clause, tree.When)
    return clause.condition


def name(word: str) -> tree.Name:
    return tree.Name(word)


def path(text: str) -> tree.Path:
    first, *rest = text.split(".")
    return tree.Path(tree.Name(first), tuple(tree.Key(key) for key in rest))


def message(text: str) -> tree.Message:
    clause = rule(with_clause(f'forbid x report "{text}" at x')).clauses[-1]
    assert isinstance(clause, tree.Check)
    return clause.report.message


# ---- the whole of a rule


def test_facts_of_a_rule_are_read() -> None:
    found = rule(CANARY)

    assert found.name == "unanalysed-canary-weight"
    assert found.title == "A canary must be analysed before it gets most of the traffic"
    assert (found.group, found.severity, found.confidence) == ("suspicious", "error", "medium")
    assert found.tags == ("rollout", "canary")
    assert found.formerly == ("blind-canary", "hasty-canary")
    assert found.applies_to == (
        tree.AppliesTo("argo-rollouts", ((">=", "1.2"), ("<", "2"))),
        tree.AppliesTo("kubernetes", ((">=", "1.25"),)),
    )
    assert found.what == (
        "Reports steps that send much traffic to a canary nothing has looked at.\n\n  - background analysis counts"
    )
    assert found.sources == ("argo-rollouts docs/features/canary.md, v1.7", "a second one")
    assert found.links == ("https://example.com/canary",)
    assert found.params == (
        tree.Param("limit", "percent", tree.Quantity("50", "%"), "highest weight allowed without a prior analysis"),
        tree.Param("kinds", "list", tree.ListOf((tree.Text("a"), tree.Text("b")))),
    )


def test_clauses_keep_their_order() -> None:
    kinds = [type(clause).__name__ for clause in rule(CANARY).clauses]

    assert kinds == ["ForEach", "When", "WithEach", "When", "Let", "Follow", "Find", "Check", "Check", "Check"]


def test_sources_of_rows_are_read() -> None:
    clauses = rule(CANARY).clauses

    assert clauses[0] == tree.ForEach(
        (tree.Kind("Rollout"), tree.Kind("Deployment", "apps"), tree.Kind("Pod", "")), "both", "ro"
    )
    assert clauses[2] == tree.WithEach(path("ro.spec.strategy.canary.steps"), "step", "n")
    follow = clauses[5]
    assert isinstance(follow, tree.Follow)
    assert follow.report is not None
    assert follow.report.severity == "warning"
    assert follow.report.message.parts == ("no ", name("owner"), " here", name("did_you_mean"))
    find = clauses[6]
    assert isinstance(find, tree.Find)
    assert (find.quantifier, find.origin, find.name) == ("one", "generated", "template")
    assert find.report is not None
    assert find.report.message.parts == ("there is {no} template",)


def test_a_report_is_read_with_everything_that_follows_it() -> None:
    check = rule(CANARY).clauses[7]
    assert isinstance(check, tree.Check)
    report = check.report

    assert (check.forbidden, report.severity) == (False, "info")
    assert report.message.parts == (
        "step ",
        name("n"),
        " sends ",
        path("step.setWeight"),
        '% to "',
        tree.Call("before", (path("ro.name"), tree.Text("-"))),
        '"',
    )
    assert [see.message.parts for see in report.see] == [("the first step",), ("the template",)]
    assert len(report.notes) == 1
    assert report.help is not None
    assert report.fix is not None
    assert (report.fix.safe, report.fix.title.parts) == (False, ("wait ", name("limit")))
    assert [edit.op for edit in report.fix.edits] == ["set", "append", "remove", "rename"]
    assert report.fix.edits[2].value is None


def test_examples_are_read_and_dedented() -> None:
    bad, good = rule(CANARY).examples

    assert bad == tree.Example(
        True,
        "one step",
        (
            tree.Given("a.yaml", 'kind: Rollout\n  indented: "{{ braces }}"\n'),
            tree.Given("b.yaml", "kind: X"),
        ),
        (tree.Expect("spec", "x", "m", "b.yaml", 2), tree.Expect("", "kind", "m")),
        "kind: Rollout\n",
    )
    assert good == tree.Example(False, "no step", (tree.Given("test.yaml", "a: 1\n"),))


def test_several_rules_and_the_kinds_they_share() -> None:
    first, second = parse_rules('kind Foo in "a.b" from "foo.json"\nkind Bar untyped\nrule one {}\nrule two {}', "x")

    assert (first.name, second.name) == ("one", "two")
    assert (
        first.kinds
        == second.kinds
        == (tree.KindDeclaration("Foo", "a.b", "foo.json"), tree.KindDeclaration("Bar", "", ""))
    )


def test_a_file_may_hold_no_rule() -> None:
    assert parse_rules("# nothing yet\n", "x") == []


# ---- expressions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b default 0 > 0", tree.Compare(">", tree.Default(path("a.b"), tree.Number(0)), tree.Number(0))),
        ("a default 1 default 2", tree.Default(tree.Default(name("a"), tree.Number(1)), tree.Number(2))),
        ("a - b - 1 == c + 2", tree.Compare(
            "==",
            tree.Sum("-", tree.Sum("-", name("a"), name("b")), tree.Number(1)),
            tree.Sum("+", name("c"), tree.Number(2)),
        )),
        ("a -1 == 3-1", tree.Compare("==", tree.Sum("-", name("a"), tree.Number(1)), tree.Sum("-", tree.Number(3), tree.Number(1)))),
        ("not a == b", tree.Not(tree.Compare("==", name("a"), name("b")))),
        ("a and b and c or d", tree.Or((tree.And((name("a"), name("b"), name("c"))), name("d")))),
        ("a and (b and c)", tree.And((name("a"), tree.And((name("b"), name("c")))))),
        ("not not a", tree.Not(tree.Not(name("a")))),
        ("a is not missing", tree.Is(name("a"), "missing", True)),
        ("a is true", tree.Is(name("a"), "true", False)),
        ("a == true", tree.Compare("==", name("a"), tree.Bool(True))),
        ("a not in [5m, 50%, -1.5]", tree.Test("not in", name("a"), tree.ListOf(
            (tree.Quantity("5", "m"), tree.Quantity("50", "%"), tree.Number(-1.5))
        ))),
        ("a matches /x\\/{2}\"/", tree.Matches(name("a"), 'x\\/{2}"', False)),
        ('a like "*.yaml"', tree.Matches(name("a"), "*.yaml", True)),
        ("f() starts with g(a)[2]", tree.Test(
            "starts with", tree.Call("f", ()), tree.Path(tree.Call("g", (name("a"),)), (tree.Index(2),))
        )),
        ('a["x/y"][*].$patch == "é\\u00e9\\n"', tree.Compare(
            "==",
            tree.Path(name("a"), (tree.Key("x/y", quoted=True), tree.AllItems(), tree.Key("$patch"))),
            tree.Text("éé\n"),
        )),
        ("target.argo-cd >= \"2.8\"", tree.Compare(">=", path("target.argo-cd"), tree.Text("2.8"))),
        ("no x in xs satisfies (x.title is when.every)", None),
        ("(some x in xs satisfies (x)) == true", tree.Compare(
            "==", tree.Quantified("some", "x", name("xs"), "", "", name("x")), tree.Bool(True)
        )),
        ("every x in xs after y satisfies (x)", tree.Quantified("every", "x", name("xs"), "after", "y", name("x"))),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: tree.Expr | None) -> None:
    if expected is None:
        with pytest.raises(RuleError):
            condition(text)
    else:
        assert condition(text) == expected


@pytest.mark.parametrize("word", ["title", "rule", "at", "text", "error", "missing", "source", "is", "kind", "default"])
def test_keywords_are_names_where_names_may_stand(word: str) -> None:
    assert condition(f"{word}.{word} == 1") == tree.Compare("==", path(f"{word}.{word}"), tree.Number(1))


# ---- messages


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ("plain",)),
        ("", ()),
        ("{a}{b}", (name("a"), name("b"))),
        ("{{a}} {{{{ }}", ("{a} {{ }",)),
        ("{{{a}}}", ("{", name("a"), "}")),
        ("{ a.b }%", (path("a.b"), "%")),
        ('{f(\\"}\\")}', (tree.Call("f", (tree.Text("}"),)),)),
        ("{3}", (tree.Number(3),)),
    ],
)
def test_messages(text: str, parts: tuple[str | tree.Expr, ...]) -> None:
    assert message(text).parts == parts


# ---- places


def spans(node: object) -> list[tuple[object, tree.Span]]:
    found: list[tuple[object, tree.Span]] = []
    if isinstance(node, tuple):
        return [one for item in node for one in spans(item)]
    if is_dataclass(node) and not isinstance(node, type):
        span = getattr(node, "span", None)
        if isinstance(span, tuple):
            found.append((node, span))
        for field in fields(node):
            if field.name != "span":
                found += spans(getattr(node, field.name))
    return found


def test_every_span_covers_what_it_stands_for() -> None:
    text = CANARY.replace("\n", "\n\n", 3)
    for node, (start, end) in spans(rule(text)):
        written = text[start:end]
        if isinstance(node, tree.Name):
            assert written == node.name
        elif isinstance(node, tree.Key):
            assert written == (node.name if not node.quoted else f'"{node.name}"')
        elif isinstance(node, tree.Quantity):
            assert written == node.number + node.unit
        elif isinstance(node, tree.Path) and '\\"' not in written:
            assert written == print_expression(node)
        assert start < end, node


def test_spans_inside_of_messages_count_escapes() -> None:
    text = with_clause('forbid x report "\\"é\\u00e9\\" {ro.name} {f(\\"a\\", ro.b)}" at x')
    clause = rule(text).clauses[-1]
    assert isinstance(clause, tree.Check)
    found = {
        text[start:end] for node, (start, end) in spans(clause.report.message) if not isinstance(node, tree.Message)
    }

    assert found == {"ro", "name", "ro.name", 'f(\\"a\\", ro.b)', '\\"a\\"', "ro.b", "b"}


# ---- defines

DEFINES = """
define quiet(step) = step.pause is present and step.setWeight is missing
define first(things) = things.items[0]
define early(steps, mark) = some one in steps before mark satisfies (quiet(one))
rule demo {{
  for each Rollout as ro
  when {}
}}
"""


def defined(text: str) -> str:
    clause = rule(DEFINES.format(text)).clauses[-1]
    assert isinstance(clause, tree.When)
    return print_expression(clause.condition)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("quiet(ro.a)", "ro.a.pause is present and ro.a.setWeight is missing"),
        ("not quiet(ro)", "not (ro.pause is present and ro.setWeight is missing)"),
        ("first(ro.a).b == 1", "ro.a.items[0].b == 1"),
        ("first(f(ro)).b == 1", "f(ro).items[0].b == 1"),
        ("first(first(ro)) == 1", "ro.items[0].items[0] == 1"),
        (
            "early(ro.steps, it)",
            "some one in ro.steps before it satisfies (one.pause is present and one.setWeight is missing)",
        ),
        ("unknown(ro)", "unknown(ro)"),
    ],
)
def test_defines_are_expanded(text: str, expanded: str) -> None:
    assert defined(text) == expanded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quiet()", "`quiet` takes 1 argument, not 0"),
        ("early(ro)", "`early` takes 2 arguments, not 1"),
        ("quiet(3)", "this stands for a condition or a literal, which has no fields"),
        ("quiet(ro).x", "this stands for a condition or a literal, which has no fields"),
        ("early(one.steps, it)", "`one` means an item inside `early` and something else here"),
        ("early(ro.steps, ro.it)", "`early` needs the name of an item as its argument `mark`"),
    ],
)
def test_wrong_uses_of_defines(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        defined(text)

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("define f(a) = f(a)", "`f` calls itself"),
        ("define f(a) = b", "`b` is no argument of `f`"),
        ("define f(a, a) = a", "`f` has two arguments of one name"),
        ("define f(a) = a\ndefine f(b) = b", "`f` is defined twice"),
        ("define f(a) = some a in a satisfies (a)", "`a` is an argument of `f` and the name of an item"),
        ("define f(a) = some x in a before y satisfies (x)", "`y` is no argument of `f`"),
    ],
)
def test_wrong_defines(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rules(text, "x")

    assert caught.value.message == message


def test_defines_cannot_grow_without_bound() -> None:
    lines = ["define f0(a) = g(a, a)"]
    lines += [f"define f{n}(a) = g(f{n - 1}(a), f{n - 1}(a))" for n in range(1, 40)]
    with pytest.raises(RuleError, match="this expression has more than 5000 parts"):
        parse_rules("\n".join(lines), "x")


# ---- nothing but RuleError


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "a" + ")" * 5000,
        "not " * 5000 + "a",
        " + ".join(["a"] * 5000),
        "f(" * 5000 + ")" * 5000,
        "a == " + "[" * 5000 + "]" * 5000,
        "a" + " default 1" * 5000,
        "some x in xs satisfies (" * 1000 + "a" + ")" * 1000,
        "a == " + "9" * 5000,
        'a == "' + "{" * 5000 + '"',
        " and ".join(["a"] * 6000),
    ],
)
def test_what_is_too_large_is_refused(text: str) -> None:
    error = told(with_clause(f"when {text}"))

    assert error is None or error.file == "demo.rule"


WORDS = st.sampled_from(
    [
        *"{}()[]<>=!+-*/.,:#\"'\\|&;$%", '"""', "==", ">=", "\n", " ", "é", "\u2028", "3", "5m", "2.8.1", "rule", "title",
        "severity", "error", "for", "each", "as", "at", "when", "require", "report", "some", "in", "satisfies", "is", "not",
        "missing", "and", "or", "bad", "expect",
    ]
)  # fmt: skip


@given(st.text(max_size=60) | st.lists(WORDS, max_size=25).map(" ".join) | st.lists(WORDS, max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_no_text_crashes_the_parser(text: str) -> None:
    for wrapped in (text, with_clause(text)):
        error = told(wrapped)

        assert error is None or error.message


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_mutation_of_a_rule_crashes_the_parser(data: st.DataObject) -> None:
    text = CANARY
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.just("") | WORDS) + text[end:]
    error = told(text)

    assert error is None or error.line is None or 1 <= error.line <= text.count("\n") + 1


def test_lark_is_imported_by_the_first_rule_text_only() -> None:
    code = (
        "import sys; from gitops_lint.dsl.parse import parse_rules; import gitops_lint.dsl.rulefile;"
        "import gitops_lint.policy.rulepack; assert 'lark' not in sys.modules;"
        "parse_rules('rule a {}', 'x'); assert 'lark' in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_small_rules_are_small() -> None:
    assert len(rule(SMALL).clauses) == 2
