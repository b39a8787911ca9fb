"""The reader of ordinary YAML and libyaml read the same: trees, places, documents and mistakes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_lint.text.lineforms import KNOWN, form_of
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source
from gitops_lint.text.parse import Parsed, parse_yaml
from gitops_lint.text.plainyaml import PlainReader
from gitops_lint.text.scalars import get, key_node


def nodes(root: Node | None) -> list[object]:
    """Everything that is known of a tree, node by node; the places of keys are made anew by a copy of its mappings."""
    made: list[object] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            made.append(("scalar", node.start, node.end, node.text, node.style, node.tag, node.origin))
        elif isinstance(node, (Mapping, Sequence)):
            made.append((type(node).__name__, node.start, node.end, node.flow, node.open, len(node.items)))
            if isinstance(node, Mapping):
                copy = Mapping(node.source, node.start, node.end, node.items)
                keys = [key.text for key in node.items[::2] if isinstance(key, Scalar)]
                for key in [*keys, "true", "8"]:
                    assert get(node, key) is get(copy, key) or node.open
                    assert key_node(node, key) is key_node(copy, key)
            stack.extend(reversed(node.items))
    return made


def known(parsed: Parsed) -> object:
    documents = [(one.number, one.start, one.end, nodes(one.root)) for one in parsed.documents]
    return documents, parsed.mistakes, parsed.starts


def assert_equal(text: str, open: bool = False) -> None:
    assert known(parse_yaml(Source(text), open=open)) == known(parse_yaml(Source(text), open=open, plain=False)), text


def taken(text: str) -> bool:
    """Whether the whole text is read without libyaml."""
    return PlainReader(Source(text), text, False).read(0, 0) is None


ORDINARY = [
    "",
    "\n\n# nothing\n",
    "---\n",
    "---\n---\n# two empty documents\n",
    "a: 1\n",
    "a: 1",
    "# comment\n---\na: 1\n--- # more\nb: 2\n---\n",
    "a:\nb:\n  - x\n  -\n  - y: 1\n    z:\nc: ~\n",
    "a:\n- x\n- y: 1\n  z:\n  - deep\n-\nb: 2\n",
    "-\n  a: 1\n-\n  - b\n- c\n",
    "  a:\n    b: 1\n  c: 2\n",
    "a: one\n  two # no\n".replace(" # no", ""),
    "a: one\n   two\n\n\n   three\nb: 2\n",
    "- one\n two\n- - \n".replace("- - \n", "- x\n"),
    "a:\n  text on the next line\n  and more\nb:\n  'quoted'\nc:\n  |\n   block\n",
    "a: 'it''s' # comment\nb: \"x # y\"   # comment\n'c': ''\n\"d e\": \"\"\n",
    'a: "say \\"hi\\"\\n\\t\\\\"\n',
    "a: {}\nb: []\nc: [ ]\nd: {a: 1, b: [x, 'y', \"z\"]} # comment\n- e: 1\n".replace("- e: 1\n", ""),
    "a: |\n  one\n   two\n\n  three\n\n\nb: |-\n  strip\n\nc: |+\n  keep\n\n\n",
    "a: |\n\n  leading\n \n  short blank\n     \n  spaces\n",
    "a: >\n  one\n  two\n\n  three\n    indented\n  four\n\n\n   more\n  end\nb: >-\n\n  x\n  y\n",
    "a: |\n  no end",
    "a: |\n  blank end\n   ",
    "a: |+\n  blank end\n ",
    "a: |\n  tab\there\n  \t\n",
    "- |\n a\n- >\n b\n c\n",
    "a:\n- |\n x\n- b: |\n   y\n",
    "on: 1\n8: 2\n010: 3\n? x\n".replace("? x\n", ""),
    "a: 1\na: 2\na: 3\nb:\n  c: 1\n  c: 2\n",
    "~: 1\nnull: 2\n<<: x\n",
    "<<:\n  a: 1\nb: 2\n",
    "a{{x}}: 1\n<b>: 2\n",
    "key: value with: colon\n".replace(": colon", ":colon"),
    "url: http://x:80/#y\nsystem:admin: x\n- a#b\n".replace("- a#b\n", ""),
    "ä: ö\nb: |\n  ü ☃\n",
    "a: -1\nb: --x\nc: -\n".replace("c: -\n", ""),
    "a: 1   \nb:   \n  c:  2  \n",
    "a: 'one\n  two'\nb: 'it''s\n\n\n  more  \n   end  ' # comment\nc: '\n  x\n  '\n- x\n".replace("- x\n", ""),
    'a: "one\n  two"\nb: "say \\"hi\\"\n\n  more\\n  \\\n   end  \\\n\n  \\\\\n  x"   # comment\nc: "\\\n  x\\t\\\n  "\n',
    "- 'x\n  y'\n-\n  \"x\n  y\"",
    "($error != null): true\nGetting Started: x\na: b c:d\n- x y: z\n".replace("- x y: z\n", ""),
    "a: yes\n\n---\n\nb: |\n  x\n---\nc: 1\n",
]

NOT_ORDINARY = [
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "? a\n: b\n",
    "a:\tb\n",
    "a: 1\r\nb: 2\r\n",
    "%YAML 1.1\n---\na: 1\n",
    "a: 1\n...\n",
    "a: 1\n...\n---\nb: 2\n",
    "a: {{ x }}\n",
    "{{- if x }}\na: 1\n",
    "a: 1\n b: 2\n",
    "a: 1\n  b: 2\n",
    "a: b: c\n",
    "a: 'x\ny'\n",
    "a: 'x\n--- y'\n",
    "a: 'x\n  y\n",
    "a: 'x\n  y' z\n",
    "a: 'x\n  y': z\n",
    "a: 'x\n  \ty'\n",
    "a: 'x\n  y' # \x07\n",
    'a: "x\\q\n  y"\n',
    'a: "x\n  \\x41"\n',
    'a: "x\\ \n  y"\n',
    "'a\n b': c\n",
    "a : b\n",
    "a: |2\n   x\n",
    "a: |\nb: 1\n",
    "a: |\n    \n  x\n",
    "a: |\n  x\n b\n",
    "a: |\n  \tx\n",
    "a: [b: c]\n",
    "a: [b,\n  c]\n",
    "a: {b, c}\n",
    "a: {b: 1, b: 2}\n",
    "a: 1\n- b\n",
    "- a\nb: 1\n",
    "- - a\n",
    "----\na: 1\n",
    "--- a\n",
    "---a: 1\n",
    "word\n",
    "a: x # comment\n  goes on\n",
    "a: x\n# comment\n  goes on\n",
    'a: "\\/"\n',
    'a: "\\x41"\n',
    "a: @x\n",
    "a: \x85b\n",
    "a: |\n  \u2028\n",
    "a: |\n  \x07\n",
    "a: 1\n\ufeffb: 2\n",
    "a: \ud800\n",
    "{}\n",
    '{"a": 1}\n{"b": 2}\n',
    "a: 1\n---\nb: &x 1\n---\nc: 3\n---\nd: [\n---\ne: 5\n",
    "x" * 1100 + ": 1\n",
    "- " * 300 + "a\n",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_yaml_is_read_as_libyaml_reads_it(text: str) -> None:
    assert taken(text)
    assert_equal(text)
    assert_equal(text, open=True)


@pytest.mark.parametrize("text", NOT_ORDINARY)
def test_what_is_not_ordinary_is_left_to_libyaml(text: str) -> None:
    assert not taken(text)
    assert_equal(text)


def test_reading_goes_back_to_ordinary_documents() -> None:
    text = "a: 1\n---\nb: &x 1\n---\nc: 3\n"
    reader = PlainReader(Source(text), text, False)

    assert reader.read(0, 0) == text.index("---")
    assert reader.read(text.rindex("---"), 2) is None
    assert [len(reader.roots), *reader.starts] == [1, text.rindex("---")]


def test_deep_nesting_is_left_to_libyaml() -> None:
    for depth in (150, 198, 199, 200, 201, 255, 256, 257, 400):
        assert_equal("".join(" " * level + "a:\n" for level in range(depth)))
        assert_equal("".join(" " * level + "-\n" for level in range(depth)))
        assert_equal("".join("  " * level + "- a:\n" for level in range(depth // 2)))


def test_lines_are_kept_up_to_a_number() -> None:
    for number in range(10_000):
        form_of(f"key{number}: value")

    assert len(KNOWN) <= 8192


LINES = st.sampled_from(
    [
        "a: 1", "b: x y", "c:", "d: 'q'", 'e: "q"', "f: {}", "g: []", "h: |", "h: |-", "h: |+", "i: >", "i: >-", "a:", "- 1",
        "-", "- a: 1", "- b:", "- |", "- >", "- - 1", "word", "two words", "# comment", "", "---", "--- #", "...", "on: 1",
        "1: x", "<<: y", "a: 1 # comment", "k: {a: 1}", "k: [a, 'b']", "k: a:b", "k: a #", "k: #", "k:#", "? x", ": y", "*a",
        "&a b", "!t c", "{{ x }}", "k: {{ x }}", "'k': v", '"k": v', "k : v", "k: -", "k: - 1", "k: ?", "k: 'a", "k: \"a",
        "b'", 'b"', "k: \ta", "\tk: a", "-\ta", "k: a\t", "%T", "@a", "k: %a", "k: | #", "k: |2", "k: |x", "ä: ö", "k: [a",
        "k: ,", "k: a, b", "[a]: b", "{a: b}: c", "k: \\", 'k: "\\n"', 'k: "\\q"', "-a: 1", "--", "-- a", "k: [a: b]", "k: [,]",
        "k: {a: }", "k: {a: [b, {c: d}]}", "k: {a:b}", "k: ['a' , b ]", "k: [a]b", "k: {a: 1} b", "k: |\x01", "k: ''''", "k: 'a''b'",
        "k: a''", "- 'a': b", "-   a: 1", "-  ", "k:   ", "k: a   ", "~: 1", ".: 1", "=: 1", "k: =", "k: .", "$a: b", "a b: c", "k: 'a  ", "a''  b' #", "  c'", 'k: "a\\', 'k: "\\n\\\\', 'b\\"c"', "'", '"', "k: '", 'k: "', "a  b:c: d",
    ]
)  # fmt: skip
INDENTED = st.tuples(st.integers(0, 5), LINES).map(lambda pair: " " * pair[0] + pair[1])


@given(st.lists(INDENTED, max_size=9), st.booleans())
@settings(max_examples=400, deadline=None)
def test_lines_in_any_order_are_read_alike(lines: list[str], ended: bool) -> None:
    assert_equal("\n".join(lines) + "\n" * ended)


KEYS = st.sampled_from(["a", "b", "name", "x-y", "a.b/c", "on", "8", "'q'", '"r"', "<<", "${v}", "t"])
FURTHER = "\n" + " " * 20
VALUES = st.sampled_from(
    [
        f"'x{FURTHER}y'",
        f'"x\\{FURTHER}y"',
        f"x{FURTHER}y",
        "1",
        "text",
        "two words",
        "'x'",
        '"y"',
        "{}",
        "[]",
        "[1, 2]",
        "a:b",
        "-1",
        "x # c",
        "",
        "~",
    ]
)
BODIES = st.lists(
    st.sampled_from(["x", "  y", "", " ", "\tz", "- a: 1", "# c", "    ", "'", "---"]), min_size=1, max_size=6
)


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, depth: int = 0) -> list[str]:
    """Lines of a mapping or sequence in block style, as people write them."""
    margin = " " * indent
    step = draw(st.integers(1, 3))
    lines: list[str] = []
    listed = draw(st.booleans())
    for _ in range(draw(st.integers(1, 4))):
        start = margin + ("-" if listed else draw(KEYS) + ":")
        sort = draw(st.integers(0, 5 if depth < 3 else 2))
        if sort <= 1:
            lines.append(f"{start} {draw(VALUES)}")
        elif sort == 2:
            lines.append(f"{start} {draw(st.sampled_from(['|', '>', '|-', '>-', '|+', '>+']))}")
            lines += [margin + " " * step + line if line.strip() else line for line in draw(BODIES)]
        elif listed and sort == 3:
            inner = draw(blocks(indent + 2, depth + 1))
            lines += [margin + "- " + inner[0].lstrip(" "), *inner[1:]]
        else:
            lines.append(start)
            lines += draw(blocks(indent + (step if listed or sort < 5 else 0), depth + 1))
        if draw(st.integers(0, 5)) == 0:
            lines.append(draw(st.sampled_from(["", "# c", margin + "# c", "  ", "---"])))
    return lines


@given(blocks(), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_blocks_and_their_broken_twins_are_read_alike(lines: list[str], chance: random.Random) -> None:
    assert_equal("\n".join(lines) + "\n")
    at = chance.randrange(len(lines))
    twin = list(lines)
    line = twin[at]
    spot = chance.randrange(len(line) + 1)
    twin[at] = chance.choice(
        [
            line[:spot] + line[spot + 1 :],
            line[:spot] + chance.choice(" :-#'\"\t|>{[&!,x") + line[spot:],
            " " + line,
            line[1:],
        ]
    )
    assert_equal("\n".join(twin))
    del twin[at]
    assert_equal("\n".join(twin) + "\n")
