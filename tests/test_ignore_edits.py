"""Where an ignore comment is written, so that it covers a finding and changes no value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_lint.findings import Region
from gitops_lint.ignore_edits import Form, Wanted, ignored
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import plain


def wanted(text: str, *covered: str) -> list[Wanted]:
    """Findings `text` or `rule=text`, each at the first place where its text stands."""
    found = []
    for one in covered:
        rule, equals, words = one.rpartition("=") if one.startswith("rule-") else ("", "", one)
        start = text.index(words)
        position = Source(text, "a.yaml").position(start)
        region = Region("a.yaml", start, start + len(words), position.line, position.column, 1, 1)
        found.append(Wanted(region, rule if equals else "rule-a"))
    return found


CASES = {
    "behind the value": ("a: 1\nb: 2\n", ["1"], "a: 1  # gitops-lint: ignore[rule-a]\nb: 2\n"),
    "behind the key of a mapping": ("a:\n  b: 2\n", ["a"], "a:  # gitops-lint: ignore[rule-a]\n  b: 2\n"),
    "without a last line end": ("a: 1", ["1"], "a: 1  # gitops-lint: ignore[rule-a]"),
    "with Windows' line ends": ("a: 1\r\nb: 2\r\n", ["1"], "a: 1  # gitops-lint: ignore[rule-a]\r\nb: 2\r\n"),
    "behind another comment": ("a: 1 # why\n", ["1"], "a: 1 # why  # gitops-lint: ignore[rule-a]\n"),
    "several rules in one comment": (
        "a: 1\n",
        ["rule-b=1", "rule-a=a", "rule-b=a"],
        "a: 1  # gitops-lint: ignore[rule-a, rule-b]\n",
    ),
    "a comment that is there gets the rule": (
        "a: 1  # gitops-lint: ignore[rule-b, rule-c] why\n",
        ["1"],
        "a: 1  # gitops-lint: ignore[rule-b, rule-c, rule-a] why\n",
    ),
    "a comment above the entry gets the rule": (
        "# gitops-lint: ignore[rule-b]\n# more\na:\n  b: 1\n",
        ["a"],
        "# gitops-lint: ignore[rule-b, rule-a]\n# more\na:\n  b: 1\n",
    ),
    "a comment that ends one day does not": (
        "a: 1  # gitops-lint: ignore[rule-b] until=2030-01-01 why\n",
        ["1"],
        "# gitops-lint: ignore[rule-a]\na: 1  # gitops-lint: ignore[rule-b] until=2030-01-01 why\n",
    ),
    "a comment about something else stays": (
        "# gitops-lint: ignore[rule-b]\na: 1\nb: 2\n",
        ["2"],
        "# gitops-lint: ignore[rule-b]\na: 1\nb: 2  # gitops-lint: ignore[rule-a]\n",
    ),
    "behind the head of a block scalar": (
        "a: |\n  x # 1\n  y\nb: 2\n",
        ["y"],
        "a: |  # gitops-lint: ignore[rule-a]\n  x # 1\n  y\nb: 2\n",
    ),
    "behind the head of a folded one in a list": (
        "- a\n- >-\n  x\n  y\n",
        ["y"],
        "- a\n- >-  # gitops-lint: ignore[rule-a]\n  x\n  y\n",
    ),
    "behind a quoted text of several lines": (
        'a: "x\n  # y\n  z"\nb: 2\n',
        ["y"],
        'a: "x\n  # y\n  z"  # gitops-lint: ignore[rule-a]\nb: 2\n',
    ),
    "behind a plain text of several lines": (
        "a: x\n  y\nb: 2\n",
        ["x"],
        "a: x\n  y  # gitops-lint: ignore[rule-a]\nb: 2\n",
    ),
    "in a flow mapping": ("a: {b: 1,\n  c: 2}\n", ["1"], "a: {b: 1,  # gitops-lint: ignore[rule-a]\n  c: 2}\n"),
    "in JSON inside YAML": ('{"a": 1,\n "b": 2}\n', ["2"], '{"a": 1,\n "b": 2}  # gitops-lint: ignore[rule-a]\n'),
    "an empty value": ("a:\nb: 2\n", ["a"], "a:  # gitops-lint: ignore[rule-a]\nb: 2\n"),
    "an item": ("a:\n- b: 1\n  c: 2\n", ["2"], "a:\n- b: 1\n  c: 2  # gitops-lint: ignore[rule-a]\n"),
    "an anchor and an alias": (
        "a: &x {b: 1}\nc: *x\n",
        ["1"],
        "a: &x {b: 1}  # gitops-lint: ignore[rule-a]\nc: *x\n",
    ),
    "the second document": ("a: 1\n---\nb: 2\n", ["2"], "a: 1\n---\nb: 2  # gitops-lint: ignore[rule-a]\n"),
    "a document mark": ("---\na: 1\n", ["---"], "---  # gitops-lint: ignore[rule-a]\na: 1\n"),
    "trailing blanks": ("a: 1   \nb: 2\n", ["1"], "a: 1  # gitops-lint: ignore[rule-a]   \nb: 2\n"),
    "a text that is broken": ("a: 1\nb: [\n", ["["], "a: 1\nb: [  # gitops-lint: ignore[rule-a]\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_place_of_a_comment(name: str) -> None:
    text, covered, expected = CASES[name]
    made = ignored(text, "a.yaml", "yaml", wanted(text, *covered))

    assert (made.text, made.left) == (expected, ())


@pytest.mark.parametrize(
    ("file", "form", "text", "covered", "expected"),
    [
        ("a.lua", "lua", "x = 1\ny = 2\n", ["1"], "x = 1  -- gitops-lint: ignore[rule-a]\ny = 2\n"),
        (
            "a.lua",
            "lua",
            "x = [[\n  y\n]]\n",
            ["y"],
            "-- gitops-lint: ignore-file[rule-a]\nx = [[\n  y\n]]\n",
        ),
        (".env", "lines", "A=1\nB=2\n", ["2"], "A=1\n# gitops-lint: ignore[rule-a]\nB=2\n"),
        ("t.yaml", "template", "{{ if x }}\na: 1\n", ["1"], "# gitops-lint: ignore-file[rule-a]\n{{ if x }}\na: 1\n"),
    ],
)
def test_other_files_have_comments_of_their_own(
    file: str, form: Form, text: str, covered: list[str], expected: str
) -> None:
    made = ignored(text, file, form, wanted(text, *covered))

    assert (made.text, made.left) == (expected, ())


def test_a_reason_stands_behind_new_brackets_on_one_line() -> None:
    made = ignored("a: 1\n", "a.yaml", "yaml", wanted("a: 1\n", "1"), "until=2030-01-01 moved\nlater")

    assert made.text == "a: 1  # gitops-lint: ignore[rule-a] until=2030-01-01 moved later\n"


LINES = st.sampled_from(
    [
        *(
            "a: 1",
            "b: x y",
            "c:",
            "d: |",
            "e: >-",
            "  text # no comment",
            "- 1",
            "- x: 1",
            "  y: 2",
            "f: 'q",
            "  r'",
            'g: "s',
        ),
        *(
            '  t"',
            "h: {i: 1,",
            "  j: 2}",
            "k: [1,",
            "  2]",
            "---",
            "",
            "# note",
            "  # note",
            "l: &m 1",
            "n: *m",
            "o: p",
            "  q",
        ),
        *(
            "r: 1  # gitops-lint: ignore[rule-a] why",
            "# gitops-lint: ignore[rule-b]",
            "s: # gitops-lint: see",
            "\t",
            "? t",
            ": u",
        ),
        *(
            "v: 1 # gitops-lint: ignore[rule-a] until=2020-01-01",
            "# gitops-lint: ignore",
            "%YAML 1.1",
            "...",
            "w: |+",
            "x: |2",
        ),
    ]
)


@settings(max_examples=300)
@given(st.lists(LINES, min_size=1, max_size=9), st.data(), st.sampled_from(["\n", "\r\n"]))
def test_every_finding_is_covered_and_no_value_changes(lines: list[str], data: st.DataObject, newline: str) -> None:
    text = newline.join([*lines, ""])
    places = [match.start() for match in re.finditer(r"\S", text)]
    if not places:
        return
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(places), st.sampled_from(["rule-a", "rule-b"])), max_size=4))
    asked = [Wanted(Region("a.yaml", at, at + 1, 1, 1, 1, 1), rule) for at, rule in sorted(chosen)]
    made = ignored(text, "a.yaml", "yaml", asked)

    before, after = parse_yaml(Source(text, "a.yaml")), parse_yaml(Source(made.text, "a.yaml"))
    assert [one.root and plain(one.root) for one in before.documents] == [
        one.root and plain(one.root) for one in after.documents
    ]
    assert [one.kind for one in before.mistakes] == [one.kind for one in after.mistakes]
    assert made.left == ()
    # what was there is there: only comments came
    kept = iter(made.text)
    assert all(char in kept for char in text)
