"""YAML becomes documents of nodes with places; one broken document does not hide the others."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitops_lint.text.mistakes import Mistake
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, children, pairs
from gitops_lint.text.parse import Parsed, parse_json, parse_yaml
from gitops_lint.text.scalars import UNKNOWN, Plain, get, plain, value
from gitops_lint.text.source import Source, decode


def parse(text: str) -> Parsed:
    return parse_yaml(Source(text))


def trees(text: str) -> dict[int, Plain]:
    return {one.number: None if one.root is None else plain(one.root) for one in parse(text).documents}


def told(text: str) -> list[tuple[str, int, str, str]]:
    return [(one.kind, one.document, text[one.start : one.end], one.message) for one in parse(text).mistakes]


def root_of(text: str) -> Node:
    root = parse(text).documents[0].root
    assert root is not None
    return root


def all_nodes(root: Node) -> list[Node]:
    found: dict[int, Node] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found[id(node)] = node
            stack.extend(children(node))
    return list(found.values())


def covered(text: str) -> list[str]:
    """The text of every node, in the order of their starts; a collection before what it holds."""
    nodes = [
        node for document in parse(text).documents if document.root is not None for node in all_nodes(document.root)
    ]
    return [text[node.start : node.end] for node in sorted(nodes, key=lambda node: (node.start, -node.end))]


SPANS = [
    ("a: 1\n", ["a: 1", "a", "1"]),
    ("a: 1 # c\n\n# d\n", ["a: 1", "a", "1"]),
    (
        "a:\n  b: 'x'\n\n# c\nc: [1, 2] # d\n",
        ["a:\n  b: 'x'\n\n# c\nc: [1, 2]", "a", "b: 'x'", "b", "'x'", "c", "[1, 2]", "1", "2"],
    ),
    ("- 1\n- - 2\n  - 3\n", ["- 1\n- - 2\n  - 3", "1", "- 2\n  - 3", "2", "3"]),
    ("a:\n- 1\nb:\n", ["a:\n- 1\nb:", "a", "- 1", "1", "b", ""]),
    ("a: |\n  x\n\n  y\n\n\nb: 1\n", ["a: |\n  x\n\n  y\n\n\nb: 1", "a", "|\n  x\n\n  y", "b", "1"]),
    ("a: |+ # c\n  x\n\n", ["a: |+ # c\n  x", "a", "|+ # c\n  x"]),
    ("a: >-\n\nb: 1\n", ["a: >-\n\nb: 1", "a", ">-", "b", "1"]),
    ("a: &x 1\nb: *x\n", ["a: &x 1\nb: *x", "a", "1", "b"]),
    ("a: &x !!str # c\n  v\n", ["a: &x !!str # c\n  v", "a", "v"]),
    ("a: &x\n  b: 1\n", ["a: &x\n  b: 1", "a", "b: 1", "b", "1"]),
    ("a: !!map {b: 1}\n", ["a: !!map {b: 1}", "a", "{b: 1}", "b", "1"]),
    ("a: !!null\nb: 1\n", ["a: !!null\nb: 1", "a", "", "b", "1"]),
    ("&k a: 1\n", ["&k a: 1", "a", "1"]),
    ("a: x\n  y\n", ["a: x\n  y", "a", "x\n  y"]),
    ("é: \U0001f600\n\u2028", ["é: \U0001f600", "é", "\U0001f600"]),
    ("a: 1\r\nb:\r\n  - c\r\n", ["a: 1\r\nb:\r\n  - c", "a", "1", "b", "- c", "c"]),
]


@pytest.mark.parametrize(("text", "expected"), SPANS)
def test_nodes_cover_their_text(text: str, expected: list[str]) -> None:
    assert covered(text) == expected


@pytest.mark.parametrize("style", ["plain", "'", '"', "|", ">"])
def test_scalars_know_their_style(style: str) -> None:
    written = {"plain": "x", "'": "'x'", '"': '"x"', "|": "|-\n  x", ">": ">-\n  x"}[style]
    node = get(root_of(f"a: {written}\n"), "a")

    assert isinstance(node, Scalar)
    assert (node.text, node.style, node.tag) == ("x", style, None)


def test_tags_are_kept_even_when_unknown() -> None:
    root = root_of("a: !Ref x\nb: !!int '1'\n")
    nodes = [get(root, "a"), get(root, "b")]

    assert [node.tag for node in nodes if isinstance(node, Scalar)] == ["!Ref", "tag:yaml.org,2002:int"]


def test_an_alias_is_the_node_of_its_anchor() -> None:
    root = root_of("a: &x {b: 1}\nc: *x\n")

    assert get(root, "a") is get(root, "c")


def test_an_anchor_may_be_defined_twice() -> None:
    text = "a: &x 1\nb: *x\nc: &x 2\nd: *x\n"

    assert trees(text) == {0: {"a": 1, "b": 1, "c": 2, "d": 2}}
    assert told(text) == []


def test_open_marks_every_collection() -> None:
    root = parse_yaml(Source("a: [{b: 1}]\n"), open=True).documents[0].root
    assert root is not None

    assert all(node.open for node in all_nodes(root) if isinstance(node, (Mapping, Sequence)))
    assert not any(node.open for node in all_nodes(root_of("a: [{b: 1}]\n")) if isinstance(node, (Mapping, Sequence)))


DOCUMENTS: list[tuple[str, dict[int, Plain]]] = [
    ("", {}),
    ("# only a comment\n", {}),
    ("a: 1\n", {0: {"a": 1}}),
    ("---\na: 1\n---\nb: 2\n", {0: {"a": 1}, 1: {"b": 2}}),
    ("---\n---\nb: 2\n---\n", {0: None, 1: {"b": 2}, 2: None}),
    ("# c\n--- # c\na: 1\n...\n---\nb: 2\n", {0: {"a": 1}, 1: {"b": 2}}),
    ("a: 1\n---   \nb: 2\n", {0: {"a": 1}, 1: {"b": 2}}),
    ("a: 1\r\n---\r\nb: 2\r\n", {0: {"a": 1}, 1: {"b": 2}}),
    ("a: 1\r---\rb: 2\r", {0: {"a": 1}, 1: {"b": 2}}),
    ("~\n", {0: None}),
    ("- 1\n", {0: [1]}),
    ('{"a": 1}\n{"b": 2}\n', {0: {"a": 1}, 1: {"b": 2}}),
    ('{"a": 1, }\n', {0: {"a": 1}}),
    ('{\n\t"a": 1\n}\n', {0: {"a": 1}}),
    ("a:\t1\t\n", {0: {"a": 1}}),
    ("a: |\n  ---\n  x\n", {0: {"a": "---\nx\n"}}),
]


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_documents_are_counted_from_zero_with_the_empty_ones(text: str, expected: dict[int, Plain]) -> None:
    assert trees(text) == expected
    assert told(text) == []


SURVIVORS = [
    ("a: [\n---\nb: 2\n", {1: {"b": 2}}),
    ("a: 1\n---\nb: [\n---\nc: 3\n", {0: {"a": 1}, 2: {"c": 3}}),
    ("a: 1\n---\n\tb: [\n---\nc: 3\n", {0: {"a": 1}, 2: {"c": 3}}),
    ("---\nb: {\n--- # c\nc: 3\n---\n@\n---\nd: 4\n", {1: {"c": 3}, 3: {"d": 4}}),
    ("a: 'x\n---\nb: 2\n", {1: {"b": 2}}),
    ("a: 1\n---\n# c\n\nx:\n  b: 1\n c: 2\n---\nd: 3\n", {0: {"a": 1}, 2: {"d": 3}}),
    ("a: \x07\n---\nb: 2\n", {1: {"b": 2}}),
    ("a: 1\n---\nb: *x\n---\nc: 3\n", {0: {"a": 1}, 2: {"c": 3}}),
    ("a: [\r\n---\r\nb: 2\r\n", {1: {"b": 2}}),
    ("%YAML 9.9\n---\na: 1\n---\nb: 2\n", {1: {"b": 2}}),
    ("a: 1\n---\n%foo\n---\nb: 2\n", {0: {"a": 1}, 2: {"b": 2}}),
]


@pytest.mark.parametrize(("text", "expected"), SURVIVORS)
def test_documents_around_a_broken_one_survive(text: str, expected: dict[int, Plain]) -> None:
    mistakes = parse(text).mistakes
    numbers = set(range(max(expected) + 1)) - set(expected)

    assert trees(text) == expected
    assert {one.document for one in mistakes} == numbers


def test_documents_tile_the_text() -> None:
    text = "# a\nb: 1\n# c\n---\nd: [\n---\n# e\nf: 1\n"
    parsed = parse(text)

    assert parsed.starts == (0, 13, 22)
    assert [(one.start, one.end) for one in parsed.documents] == [(0, 13), (22, len(text))]
    assert [parsed.number_at(offset) for offset in (0, 12, 13, 21, 22, len(text))] == [0, 0, 1, 1, 2, 2]


TOLERATED: list[tuple[str, Plain, list[tuple[str, int, str, str]]]] = [
    (
        "a: 1\nb: 2\na: 3\n",
        {"a": 3, "b": 2},
        [("duplicate-key", 0, "a", "key `a` is written twice in this mapping; only the last value counts")],
    ),
    (
        "on: 1\nyes: 2\n",
        {"true": 2},
        [("duplicate-key", 0, "yes", "keys `on` and `yes` both mean `true`; only the last value counts")],
    ),
    (
        "a: {x: 1, 'x': 2}\n",
        {"a": {"x": 2}},
        [("duplicate-key", 0, "'x'", "keys `x` and `'x'` both mean `x`; only the last value counts")],
    ),
    (
        "~: 1\na: 2\n",
        {"a": 2},
        [("null-key", 0, "~", "key `~` is read as null, and a key must be a text")],
    ),
    ("? \n: 1\n? a\n: 2\n", {"a": 2}, [("null-key", 0, "", "this entry has no key, and a key must be a text")]),
    (
        "<<: 5\na: 2\n",
        {"a": 2},
        [("merge-value", 0, "5", "`<<` merges a mapping or a list of mappings, and this is neither")],
    ),
    (
        "x: &x [1]\n<<: *x\n",
        {"x": [1]},
        [("merge-value", 0, "<<", "`<<` merges a mapping or a list of mappings, and this is neither")],
    ),
    ("[a]: 1\nb: 2\n", {"b": 2}, [("complex-key", 0, "[a]", "a list is used as a key, and a key must be a text")]),
    (
        "{a: b}: 1\nb: 2\n",
        {"b": 2},
        [("complex-key", 0, "{a: b}", "a mapping is used as a key, and a key must be a text")],
    ),
    (
        "--- {a: 1}\n",
        {"a": 1},
        [
            (
                "document-separator",
                0,
                "--- {a: 1}",
                "only a comment may follow `---` on its line; kubectl and Argo CD refuse the file",
            )
        ],
    ),
    (
        "%YAML 1.1\n---\na: 1\n",
        {"a": 1},
        [("version-directive", 0, "%YAML 1.1", "the directive `%YAML` is refused by kubectl and Argo CD")],
    ),
    (
        "%TAG ! tag:x,2000:\n---\na: 1\n",
        {"a": 1},
        [
            (
                "version-directive",
                0,
                "%TAG ! tag:x,2000:",
                "the directive `%TAG` is refused by kubectl and Argo CD",
            )
        ],
    ),
    (
        'a: "x\\/y"\n',
        {"a": "x/y"},
        [("unknown-escape", 0, "\\/", "`\\/` is no escape for go-yaml: kubectl and Argo CD refuse the document")],
    ),
    (
        "a: {{ x }}\nb: 2\n",
        {"a": "{{ x }}", "b": 2},
        [
            (
                "unquoted-template",
                0,
                "{{ x }}",
                "`{{ x }}` needs quotes: without them YAML reads the braces as a mapping",
            )
        ],
    ),
    (
        "a: 1\nb:\n- {{ x }}\n",
        {"a": 1, "b": ["{{ x }}"]},
        [
            (
                "unquoted-template",
                0,
                "{{ x }}",
                "`{{ x }}` needs quotes: without them YAML reads the braces as a mapping",
            )
        ],
    ),
]


@pytest.mark.parametrize(("text", "tree", "mistakes"), TOLERATED)
def test_mistakes_that_leave_a_tree_come_beside_it(
    text: str, tree: Plain, mistakes: list[tuple[str, int, str, str]]
) -> None:
    assert trees(text) == {0: tree}
    assert told(text) == mistakes


GOOD = [
    'a: 1\nb: 2\n"c": 3\n',
    "on: 1\nno: 2\n",
    '"~": 1\n',
    "x: &x {a: 1}\n<<: *x\n",
    "x: &x {a: 1}\n<<: [*x]\nb: 1\n",
    "x: &x {a: 1}\n<<: *x\n<<: {b: 1}\n",
    '"[a]": 1\n',
    "--- # comment\na: 1\n",
    "---\n{a: 1}\n",
    "a: '---x'\n",
    'a: "x\\\\/y"\n',
    "a: x\\/y\n",
    "a: \"{{ x }}\"\nb: '{{ x }}'\nc: x{{ y }}\nd: |\n  {{ z }}\n",
]


@pytest.mark.parametrize("text", GOOD)
def test_the_correct_twins_are_silent(text: str) -> None:
    assert told(text) == []


def test_a_duplicate_key_points_at_the_first() -> None:
    (mistake,) = parse("a: 1\na: 2\n").mistakes

    assert (mistake.start, mistake.related) == (5, ((0, 1, "written here first"),))
    assert mistake.help == "remove one of them"


REFUSED = [
    ("a: *x\n", "unknown-alias", "*x", "alias `*x` has no anchor `&x` before it in this document", ""),
    (
        "a: &name 1\nb: *nane\n",
        "unknown-alias",
        "*nane",
        "alias `*nane` has no anchor `&nane` before it in this document",
        "did you mean `*name`?",
    ),
    ("a: &x 1\n---\nb: *x\n", "unknown-alias", "*x", "alias `*x` has no anchor `&x` before it in this document", ""),
    ("a: &x [*x]\n", "unknown-alias", "*x", "alias `*x` stands inside the value that it names", ""),
    (
        "a: \x07b\n",
        "encoding",
        "\x07",
        "U+0007, a control character, is not allowed in YAML",
        "remove it, or write it as an escape such as `\\x1b` in double quotes",
    ),
    (
        "a: 1 # \ud800\x01\n",
        "encoding",
        "\ud800",
        "U+D800, a surrogate, is not allowed in YAML (and 1 more in this document)",
        "remove it, or write it as an escape such as `\\x1b` in double quotes",
    ),
    (
        "a: 1\n-----\nb: 2\n",
        "document-separator",
        "-----",
        "a document separator has three dashes, this line has 5",
        "write `---`",
    ),
]


@pytest.mark.parametrize(("text", "kind", "covers", "message", "cure"), REFUSED)
def test_what_cannot_be_read_is_said_with_its_place(text: str, kind: str, covers: str, message: str, cure: str) -> None:
    (mistake,) = parse(text).mistakes

    assert (mistake.kind, text[mistake.start : mistake.end], mistake.message) == (kind, covers, message)
    assert mistake.help == cure


DROPPED = [
    (
        "a: 1\n...\nb: 2\n---\nc: 3\n",
        {0: {"a": 1}, 1: {"c": 3}},
        "b: 2",
        "this text behind `...` is dropped: a new document starts with `---`",
        "write `---` on a line before it",
    ),
    (
        "{a: 1}\nb: 2\n",
        {0: {"a": 1}},
        "b: 2",
        "this text behind the end of the document is dropped: a new document starts with `---`",
        "write `---` on a line before it",
    ),
    (
        "  a: 1\n b: 2\n---\nc: 3\n",
        {0: {"a": 1}, 1: {"c": 3}},
        "b: 2",
        "this line is indented less than the first line of its document: it and all that follows is dropped",
        "indent it like the first line",
    ),
]


@pytest.mark.parametrize(("text", "expected", "covers", "message", "cure"), DROPPED)
def test_text_behind_a_document_is_told_and_is_no_document(
    text: str, expected: dict[int, Plain], covers: str, message: str, cure: str
) -> None:
    (mistake,) = parse(text).mistakes

    assert trees(text) == expected
    assert (mistake.kind, mistake.document, text[mistake.start : mistake.end]) == ("dropped-after-end", 0, covers)
    assert (mistake.message, mistake.help) == (message, cure)


def test_a_byte_order_mark_inside_a_text_is_accepted() -> None:
    text = "a: 1\n---\nb: x\ufeffy\n"

    assert trees(text) == {0: {"a": 1}, 1: {"b": "x\ufeffy"}}
    assert told(text) == []


def test_deep_nesting_is_refused_in_either_style() -> None:
    for text in ("[" * 300 + "]" * 300, "".join(" " * depth + "a:\n" for depth in range(300))):
        (mistake,) = parse(text).mistakes

        assert mistake.kind == "too-deep"
        assert mistake.message == "this is nested in more than 256 collections; the document is not read any further"
    assert told("[" * 256 + "]" * 256) == []


def test_deep_nesting_through_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x]\n", *(f"a{one}: &a{one} [*a{one - 1}]\n" for one in range(1, 400))]
    (mistake,) = parse("".join(lines)).mistakes

    assert mistake.kind == "too-deep"


def test_an_alias_bomb_is_refused_without_being_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"a{one}: &a{one} [{', '.join([f'*a{one - 1}'] * 9)}]\n" for one in range(1, 40)]
    text = "".join(lines)
    (mistake,) = parse(text).mistakes

    assert mistake.kind == "excessive-aliasing"
    assert text[mistake.start : mistake.end] == "*a38"
    assert mistake.message.endswith("Kubernetes refuses this as excessive aliasing")


def test_modest_use_of_aliases_is_fine() -> None:
    text = "a: &a {b: 1, c: [1, 2, 3]}\nd: [" + ", ".join(["*a"] * 500) + "]\n"

    assert told(text) == []


def test_a_template_action_as_value_is_unknown_text() -> None:
    root = root_of("a: {{ .x }}\n")

    assert value(get(root, "a")) is UNKNOWN


def test_other_actions_of_a_document_are_related() -> None:
    text = "kind: ApplicationSet\na: {{ x }}/y\nb: {{ z }}\n"
    (mistake,) = parse(text).mistakes

    assert mistake.kind == "unquoted-template"
    assert text[mistake.start : mistake.end] == "{{ x }}/y"
    assert mistake.help == 'write `"{{ x }}/y"`'
    assert [(text[start:end], words) for start, end, words in mistake.related] == [
        ("{{ z }}", "this one needs quotes too")
    ]


TEMPLATES = [
    "{{- if .x }}\na: 1\n{{- end }}\n",
    "a: 1\n{{ if x }}\nb: 2\n{{ end }}\n",
    "a: {{ x }}\nb: {{- y }}\n",
    "{% if x %}\na: 1\n{% endif %}\n",
    "a:\n- {{ x }}\n- {{ y }}\n",
    "a: 1\n<TOKEN>\nb: 2\n",
    "a: 1\n  ${VAR}\nb: 2\nc\n",
    "a: 1\n%%TOKEN%%\nb: 2\n",
    "a: b: c\n---\n{{- if x }}\nb: {{ x }}\n{{- end }}\n",
    "a:\n  {{- toYaml .Values.a | nindent 2 }}\n",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_are_told_apart_from_broken_yaml(text: str) -> None:
    assert {one.kind for one in parse(text).mistakes} == {"template-file"}


NO_TEMPLATES = [
    ("a: |\n  {{- if x }}\n  {{ end }}\nb: c: d\n", "syntax"),
    ("a: '{{- x }}'\nb: c: d\n", "syntax"),
    ("# {{- x }}\nb: c: d\n", "syntax"),
    ("- a: |\n    {{- x }}\n  b: {{ y }}\n", "unquoted-template"),
    ("a: <TOKEN>\nb: c: d\n", "syntax"),
]


@pytest.mark.parametrize(("text", "kind"), NO_TEMPLATES)
def test_template_text_in_a_value_makes_no_template_of_the_file(text: str, kind: str) -> None:
    assert [one.kind for one in parse(text).mistakes] == [kind]


def check_mistakes(mistakes: list[Mistake], text: str) -> None:
    for mistake in mistakes:
        assert 0 <= mistake.start <= mistake.end <= len(text)
        assert mistake.message
        assert "\n" not in mistake.message
        assert (
            mistake.message[0] == "`" or not mistake.message[0].isupper() or mistake.message.startswith(("U+", "JSON"))
        )
        assert not mistake.message.endswith(".")
        assert all(0 <= start <= end <= len(text) and words for start, end, words in mistake.related)


YAMLISH = st.text(alphabet=st.sampled_from("ab:-?[]{},#&*!|>'\"%@`~<.= \t\n\r\\\ufeff\x00é\u2028{}"), max_size=40)


@settings(max_examples=400)
@given(YAMLISH)
@example("a: {{ x }}\n\ufeff")
@example('"\\')
@example("--- |")
@example("- |\n\n")
def test_no_text_crashes_the_parsers_and_spans_stay_inside(text: str) -> None:
    for parsed in (parse_yaml(Source(text)), parse_json(Source(text))):
        check_mistakes(parsed.mistakes, text)
        for document in parsed.documents:
            assert 0 <= document.start <= document.end <= len(text)
            for node in all_nodes(document.root) if document.root is not None else []:
                assert 0 <= node.start <= node.end <= len(text)
                if isinstance(node, Mapping):
                    assert len(list(pairs(node))) * 2 == len(node.items)


@settings(max_examples=200)
@given(st.binary(max_size=40))
def test_no_bytes_crash_reading(data: bytes) -> None:
    text, _ = decode(data)
    for parsed in (parse_yaml(Source(text)), parse_json(Source(text))):
        check_mistakes(parsed.mistakes, text)


@settings(max_examples=100)
@given(YAMLISH)
def test_parsing_twice_gives_the_same(text: str) -> None:
    one, two = parse(text), parse(text)

    assert one.mistakes == two.mistakes
    assert [(d.number, d.start, d.end) for d in one.documents] == [(d.number, d.start, d.end) for d in two.documents]
    assert [plain(d.root) for d in one.documents if d.root] == [plain(d.root) for d in two.documents if d.root]
