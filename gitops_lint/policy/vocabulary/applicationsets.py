"""What an ApplicationSet says by itself: generators and how they nest, tokens and who supplies them, its own template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from gitops_lint.dsl.types import ANYTHING, BOOL, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.fasttemplate import read
from gitops_lint.languages.gotemplate_fields import FUNCTIONS, chains, plain_name
from gitops_lint.model.applicationset import (
    Entry,
    Parameters,
    Rendered,
    elements_of,
    entries_of,
    every_entry,
    parameters_of,
    rendered_strings,
    template_overrides,
)
from gitops_lint.model.argocd import GENERATORS, Found, Generator, is_true
from gitops_lint.model.schema import verdict
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.text.nodes import Mapping, Node, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    UnknownValue,
    entries,
    get,
    is_null,
    items,
    key_node,
    plain,
    templated,
    text_of,
    typed,
    value,
)

_SOURCE = "argo-cd applicationset/generators"


def _spec(subject: Subject) -> Found:
    return get(subject.root or MISSING, "spec")


def _go(subject: Subject) -> bool | None:
    """Whether it uses Go templates; None where that cannot be known."""
    given = value(get(_spec(subject), "goTemplate"))
    if given is UNKNOWN:
        return None
    return given is True


# ---- generators

GENERATOR_ENTRY = record(
    "GeneratorEntry",
    {
        "parent": Field(
            TextType(values=("", "matrix", "merge")), optional=False, doc="what it lies in; empty at the top"
        ),
        "depth": Field(INTEGER, optional=False, doc="0 at the top, 1 inside a matrix or merge, …"),
        "number": Field(INTEGER, optional=False, doc="its number in its list, from 1"),
        "kinds": Field(ListType(TEXT), optional=False, doc="the generators it holds"),
        "nulls": Field(
            ListType(TEXT), optional=False, doc="generators that are written without a value, at their keys"
        ),
        "unknown": Field(ListType(TEXT), optional=False, doc="keys that are no generators, at their keys"),
        "known": Field(ListType(TEXT), optional=False, doc="all generators there are"),
        "second": Field(TEXT, optional=True, doc="the key of its second generator"),
        "template": Field(ANYTHING, optional=True, doc="the template of its generator"),
        "open": Field(BOOL, optional=False, doc="whether it may hold more than is shown"),
        "empty": Field(BOOL, optional=False, doc="whether nothing at all stands in it"),
    },
    doc="one item of a list of generators; it points at the item",
)


@attribute("ApplicationSet", "generatorEntries", returns=ListType(GENERATOR_ENTRY), source=f"{_SOURCE}/utils.go")
def generator_entries(subject: Subject) -> Sequence[Value]:
    """The items of `generators` at every depth, outer ones first."""
    return [_entry_fact(entry) for entry in every_entry(subject.root or MISSING)]


def _entry_fact(entry: Entry) -> Fact:
    fields: dict[str, Value] = {
        "parent": entry.parent,
        "depth": entry.depth,
        "number": entry.position + 1,
        "kinds": [one.kind for one in entry.generators],
        "nulls": list(entry.nulls),
        "unknown": list(entry.unknown),
        "known": list(GENERATORS),
        "open": entry.open,
        "empty": not entry.node.items,
    }
    if len(entry.generators) > 1:
        fields["second"] = entry.generators[1].key
    if entry.generators:
        template = get(entry.generators[0].node, "template")
        if template is not MISSING:
            fields["template"] = template
    return Fact("GeneratorEntry", entry.node, fields, title=f"entry {entry.position + 1}")


GENERATOR = record(
    "SetGenerator",
    {
        "kind": Field(TextType(values=GENERATORS), optional=False, doc="its key"),
        "key": Field(TEXT, optional=False, doc="its key, to point at"),
        "parent": Field(TEXT, optional=False, doc="matrix or merge where it lies in one, else empty"),
        "depth": Field(INTEGER, optional=False, doc="0 at the top, 1 inside a matrix or merge, …"),
        "number": Field(INTEGER, optional=False, doc="number of its entry in its list, from 1"),
        "children": Field(
            INTEGER, optional=True, doc="how many entries a matrix or merge has; missing where that is open"
        ),
        "spec": Field(ANYTHING, optional=False, doc="what stands under the key"),
        "providers": Field(
            ListType(TEXT),
            optional=True,
            doc="services that scmProvider or pullRequest is told to ask, at their keys, in the order in which the controller looks",
        ),
    },
    doc="one generator; it points at its key",
)

# Source: argo-cd applicationset/generators/scm_provider.go GenerateParams, pull_request.go selectServiceProvider.
_PROVIDERS = {
    "scmProvider": ("github", "gitlab", "gitea", "bitbucketServer", "azureDevOps", "bitbucket", "awsCodeCommit"),
    "pullRequest": ("github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops"),
}


@attribute("ApplicationSet", "generators", returns=ListType(GENERATOR), source=_SOURCE)
def generators(subject: Subject) -> Sequence[Value]:
    """Every generator of every depth, outer ones first."""
    return [_generator_fact(entry, one) for entry in every_entry(subject.root or MISSING) for one in entry.generators]


def _generator_fact(entry: Entry, one: Generator) -> Fact:
    fields: dict[str, Value] = {
        "kind": one.kind,
        "key": one.key,
        "parent": entry.parent,
        "depth": entry.depth,
        "number": entry.position + 1,
        "spec": one.node,
    }
    listed = get(one.node, "generators")
    if one.kind in ("matrix", "merge") and (
        listed is MISSING or (isinstance(listed, SequenceNode) and not listed.open)
    ):
        fields["children"] = len(items(listed))
    if one.kind in _PROVIDERS and isinstance(one.node, Mapping):
        there = {name: key for name, key, given in entries(one.node) if get(one.node, name) is not MISSING}
        fields["providers"] = (
            UNKNOWN if one.node.open else [there[name] for name in _PROVIDERS[one.kind] if name in there]
        )
    return Fact("SetGenerator", one.key, fields, title=one.kind)


# ---- list elements

LIST_MISTAKE = record(
    "ListMistake",
    {
        "problem": Field(
            TextType(values=("element", "value", "values", "inner", "yaml")),
            optional=False,
            doc="element: no map; value: no text; values: no map of texts; inner: an entry of values is no text; yaml: elementsYaml is no list of maps",
        ),
        "key": Field(TEXT, optional=False, doc="the key, or empty"),
        "type": Field(TEXT, optional=False, doc="what is there instead"),
    },
    doc="a value in a list generator that it refuses",
)


@attribute("ApplicationSet", "listMistakes", returns=ListType(LIST_MISTAKE), source=f"{_SOURCE}/list.go GenerateParams")
def list_mistakes(subject: Subject) -> Sequence[Value]:
    """What list generators refuse: elements that are no maps and, without goTemplate, values that are no texts."""
    go = _go(subject)
    if go is None:
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        for one in entry.generators:
            if one.kind == "list":
                for element in items(get(one.node, "elements")):
                    found += _element_mistakes(element, go)
                found += _yaml_mistake(get(one.node, "elementsYaml"))
    return found


def _element_mistakes(element: Node, go: bool) -> Iterator[Fact]:
    if not isinstance(element, Mapping):
        if isinstance(element, Scalar) and templated(element.text):
            return
        yield _list_mistake("element", "", element)
        return
    if go:
        return
    for name, _, given in entries(element):
        if name != "values":
            if not _is_text(given):
                yield _list_mistake("value", name, given)
        elif not isinstance(given, Mapping):
            if not (isinstance(given, Scalar) and templated(given.text)):
                yield _list_mistake("values", name, given)
        else:
            for inner, _, text in entries(given):
                if not _is_text(text):
                    yield _list_mistake("inner", f"values.{inner}", text)


def _yaml_mistake(node: Found) -> Iterator[Fact]:
    """`elementsYaml` that is written out and holds no list of maps."""
    if not isinstance(node, Scalar) or templated(node.text) or not node.text.strip():
        return
    parsed = parse_yaml(Source(node.text, inside=node))
    if parsed.mistakes or not parsed.documents:
        return
    root = parsed.documents[0].root
    if root is not None and not (
        isinstance(root, SequenceNode) and all(isinstance(one, Mapping) for one in root.items)
    ):
        words = "a list of something else" if isinstance(root, SequenceNode) else type_words(root)
        yield Fact("ListMistake", node, {"problem": "yaml", "key": "elementsYaml", "type": words})


def _is_text(node: Node) -> bool:
    return isinstance(node, Scalar) and (templated(node.text) or isinstance(typed(node), str))


def _list_mistake(problem: str, key: str, node: Node) -> Fact:
    return Fact("ListMistake", node, {"problem": problem, "key": key, "type": type_words(node)})


def type_words(node: Node) -> str:
    """What a value is, with its article: `a number`, `a list`."""
    if isinstance(node, Mapping):
        return "a map"
    if isinstance(node, SequenceNode):
        return "a list"
    given = typed(node) if isinstance(node, Scalar) else UNKNOWN
    if given is None:
        return "null"
    if isinstance(given, bool):
        return "a boolean"
    return "a number" if isinstance(given, (int, float)) else "text"


# ---- tokens

TOKEN_MISTAKE = record(
    "TokenMistake",
    {
        "problem": Field(
            TextType(values=("unclosed", "over-lines", "go-syntax", "plain-name", "unknown", "unrendered")),
            optional=False,
            doc="unclosed: `{{` without an end; over-lines: braces on different lines; go-syntax: a Go template where plain tokens are replaced; plain-name: a plain token where Go templates are; unknown: nothing supplies the parameter; unrendered: it stands where nothing is rendered",
        ),
        "text": Field(TEXT, optional=False, doc="the token as written"),
        "name": Field(TEXT, optional=False, doc="the parameter it asks for"),
        "known": Field(ListType(TEXT), optional=False, doc="parameters that are supplied, where that is known"),
        "supplier": Field(TEXT, optional=False, doc="what supplies the parameters, in words"),
        "strict": Field(BOOL, optional=False, doc="whether a missing key is an error (missingkey=error)"),
        "go": Field(BOOL, optional=False, doc="whether Go templates are on"),
    },
    doc="a `{{…}}` that does not do what it should; it points at the token",
)


@attribute(
    "ApplicationSet",
    "tokenMistakes",
    returns=ListType(TOKEN_MISTAKE),
    source="argo-cd applicationset/utils/utils.go Replace, applicationset/generators/matrix.go",
)
def token_mistakes(subject: Subject) -> Sequence[Value]:
    """Tokens of the template and of generators that are not replaced, or not by what is meant."""
    go = _go(subject)
    if go is None:
        return ()
    spec = _spec(subject)
    strict = "missingkey=error" in [text_of(one) for one in items(get(spec, "goTemplateOptions"))]
    top = entries_of(subject.root or MISSING)
    listed = get(spec, "generators")
    closed = isinstance(listed, SequenceNode) and not listed.open
    known = [(entry, parameters_of(entry, go)) for entry in top]
    judge = _Judge(go, strict)
    everything = Parameters(open=not closed)
    for _, given in known:
        everything = everything.joined(given)
    template = get(spec, "template")
    # A generator with a template of its own may replace the string that asks.
    asked = [
        (entry, given)
        for entry, given in known
        if all(get(one.node, "template") is MISSING for one in entry.generators)
    ]
    for one in rendered_strings(template):
        judge.syntax(one, everything)
        if closed:
            for entry, given in asked:
                judge.unknown(one, given, _supplier(entry))
    for entry in top:
        for generator in entry.generators:
            for one in rendered_strings(get(generator.node, "template")):
                judge.syntax(one, everything)
        judge.entry(entry)
    return judge.found


def _supplier(entry: Entry) -> str:
    kinds = [one.kind for one in entry.generators]
    if len(kinds) != 1:
        return "the generators"
    if kinds[0] in ("matrix", "merge"):
        inner = " and ".join(child.generators[0].kind for child in entry.children if len(child.generators) == 1)
        return f"the {kinds[0]} of {inner}" if inner else f"the {kinds[0]} generator"
    return f"the {kinds[0]} generator"


class _Judge:
    """Collects the mistakes; a place is told once, by the first cause."""

    def __init__(self, go: bool, strict: bool) -> None:
        self.go = go
        self.strict = strict
        self.found: list[Value] = []
        self._told: set[tuple[int, int]] = set()

    def syntax(self, one: Rendered, known: Parameters) -> None:
        if self.go:
            for start, end, name in plain_name(one.scalar.text):
                # A function that needs arguments fails as well; one that needs none is a call.
                if FUNCTIONS.get(name, 1) == 1:
                    self._tell("plain-name", one.scalar, start, end, name)
            return
        template = read(one.scalar.text)
        if template.unclosed is not None:
            self._tell("unclosed", one.scalar, template.unclosed, template.unclosed + 2, "")
        elif template.plain and (across := _across_lines(one.scalar.text)) is not None:
            # In text of others only where it is plainly a parameter of this set.
            if not one.free or (not known.open and known.has(one.scalar.text[across[0] + 2 : across[1] - 2].strip())):
                self._tell("over-lines", one.scalar, *across, "")
        for token in template.tokens:
            asked = _go_name(token.name)
            if asked is None or (one.free and asked not in known.names and not known.has(asked)):
                continue
            if one.free and known.open and asked not in known.names:
                continue
            self._tell("go-syntax", one.scalar, token.start, token.end, asked)

    def unknown(self, one: Rendered, known: Parameters, supplier: str) -> None:
        if known.open:
            return
        if self.go:
            for start, end, chain, bare in chains(one.scalar.text):
                if not self.strict and not bare:
                    continue
                lacking = known.lacks(chain)
                if lacking is not None:
                    self._tell("unknown", one.scalar, start, end, ".".join(lacking), _names(known, lacking), supplier)
            return
        for token in read(one.scalar.text).tokens:
            if not token.name or known.has(token.name) or _go_name(token.name) is not None:
                continue
            if one.free and not _meant(token.name, known):
                continue
            names = sorted([*known.names, *(f"{one}…" for one in known.families)])
            self._tell("unknown", one.scalar, token.start, token.end, token.name, names, supplier)

    def entry(self, entry: Entry) -> None:
        """The strings of generators: rendered in a matrix for its second child, with what the first one gives."""
        for one in entry.generators:
            if one.kind in ("matrix", "merge"):
                for child in entry.children:
                    if one.kind == "matrix" and child.position == 1:
                        self._second(entry, child)
                    else:
                        self.entry(child)
            else:
                self._unrendered(entry, one)

    def _second(self, entry: Entry, child: Entry) -> None:
        first = next((each for each in entry.children if each.position == 0), None)
        if first is None:
            return
        known = parameters_of(first, self.go)
        for one in _generator_strings(child):
            self.syntax(one, known)
            self.unknown(
                one, known, f"the first child of the matrix ({first.generators[0].kind})" if first.generators else ""
            )

    def _unrendered(self, entry: Entry, generator: Generator) -> None:
        for name, place in _FIXED.get(generator.kind, {}).items():
            for one in rendered_strings(get(generator.node, name)):
                template = read(one.scalar.text)
                for token in template.tokens:
                    self._tell("unrendered", one.scalar, token.start, token.end, token.name.lstrip("."), (), place)

    def _tell(
        self,
        problem: str,
        scalar: Scalar,
        start: int,
        end: int,
        name: str,
        known: Sequence[str] = (),
        supplier: str = "",
    ) -> None:
        if (id(scalar), start) in self._told:
            return
        self._told.add((id(scalar), start))
        fields: dict[str, Value] = {
            "problem": problem,
            "text": scalar.text[start:end],
            "name": name,
            "known": list(known),
            "supplier": supplier,
            "strict": self.strict,
            "go": self.go,
        }
        self.found.append(Fact("TokenMistake", Part(scalar, start, end), fields))


# What of a generator must be known before it gives parameters; words for a message.
_FIXED = {
    "clusters": {"selector": "the selector of a clusters generator"},
    "git": {
        "repoURL": "the repository of a git generator",
        "revision": "the revision of a git generator",
        "directories": "the directories of a git generator",
        "files": "the files of a git generator",
    },
    "clusterDecisionResource": {"labelSelector": "the selector of the generator", "name": "the name of the resource"},
}


def _generator_strings(entry: Entry) -> Iterator[Rendered]:
    """What of the second child of a matrix the first one's parameters go into, apart from values and templates."""
    for one in entry.generators:
        if one.kind in ("matrix", "merge", "plugin"):
            continue
        for name, _, given in entries(one.node):
            if name not in ("values", "template"):
                # plain text of elements may hold what the template's strings ask for, so it is text of others
                yield from rendered_strings(given, (name,), free=name == "elements")


def _names(known: Parameters, lacking: tuple[str, ...]) -> list[str]:
    here: Parameters | None = known
    for name in lacking[:-1]:
        here = here.names.get(name) if here is not None else None
    lead = "".join(f".{name}" for name in lacking[:-1])
    return sorted(f"{lead}.{name}".lstrip(".") for name in here.names) if here is not None else []


_GO_WORD = re.compile(r"(?:if|range|with|else|end|define|template|block)\b|-|/\*|\$")


def _go_name(tag: str) -> str | None:
    """The parameter that a plain token asks for in the manner of Go templates; None for a plain name."""
    if dotted := re.match(r"\.([A-Za-z_][\w.]*)", tag):
        return dotted[1]
    if _GO_WORD.match(tag):
        return re.sub(r"^\W*\w*\W*", "", tag)
    if re.match(r"[\w.\[\]/-]+\s*\|", tag):
        return tag.partition("|")[0].strip()
    if re.match(r"[A-Za-z]\w*\s+\S", tag):
        found = re.search(r"\.(\w[\w.]*)", tag)
        return found[1] if found else tag
    return None


_LEADS = ("values.", "metadata.labels.", "metadata.annotations.", "path.", "path[")


def _meant(name: str, known: Parameters) -> bool:
    """Whether an unknown name in text of others is meant as a parameter: it looks like one of this set."""
    if name.startswith(_LEADS):
        return (
            any(one.startswith(name.partition(".")[0]) for one in (*known.names, *known.families)) or "values." in name
        )
    return bool(get_close_matches(name, list(known.names), 1, 0.8))


def _across_lines(text: str) -> tuple[int, int] | None:
    start = text.find("{{")
    end = text.find("}}", start + 2) if start >= 0 else -1
    return (start, end + 2) if end >= 0 else None


# ---- matrix and merge

CHILD_CONFLICT = record(
    "ChildConflict",
    {
        "name": Field(TEXT, optional=False, doc="the parameter that both children give"),
        "first": Field(TEXT, optional=False, doc="which generator the first child is"),
        "second": Field(TEXT, optional=False, doc="which generator the second child is"),
        "other": Field(TEXT, optional=True, doc="where the other child gives it"),
        "go": Field(BOOL, optional=False, doc="whether Go templates are on"),
    },
    doc="a parameter that both children of a matrix give with different values; it points at one of the two",
)


@attribute(
    "ApplicationSet",
    "childConflicts",
    returns=ListType(CHILD_CONFLICT),
    source=f"{_SOURCE}/matrix.go, applicationset/utils/map.go CombineStringMaps",
)
def child_conflicts(subject: Subject) -> Sequence[Value]:
    """Parameters that both children of a matrix give, where their values are sure to differ."""
    go = _go(subject)
    if go is None:
        return ()
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        matrix = entry.only("matrix")
        if matrix is not None and len(entry.children) == 2:
            first, second = entry.children
            found += _conflicts(first, second, go)
    return found


def _conflicts(first: Entry, second: Entry, go: bool) -> Iterator[Fact]:
    if len(first.generators) != 1 or len(second.generators) != 1:
        return
    one, two = first.generators[0], second.generators[0]
    if "selector" in [name for entry in (first, second) for name, _, _ in entries(entry.node)]:
        return
    left, right = _element_nodes(first), _element_nodes(second)
    fields: dict[str, Value] = {"first": one.kind, "second": two.kind, "go": go}
    if left is not None and right is not None:
        for name in left:
            for mine in left[name]:
                different = next((other for other in right.get(name, ()) if _differ(mine, other)), None)
                if different is not None:
                    yield Fact("ChildConflict", different, {**fields, "name": name, "other": mine})
                    break
    for nodes, other in ((left, two), (right, one)):
        # Not with goTemplate: there a list child may mean to be overridden, or to override.
        if nodes is not None and other.kind == "clusters" and not go and not is_true(get(other.node, "flatList")):
            for name in ("name", "server"):
                for node in nodes.get(name, ())[:1]:
                    yield Fact("ChildConflict", node, {**fields, "name": name, "other": other.key})


def _element_nodes(entry: Entry) -> dict[str, list[Scalar]] | None:
    """The values that a written list gives each key; None for another generator."""
    if elements_of(entry) is None:
        return None
    found: dict[str, list[Scalar]] = {}
    for element in items(get(entry.generators[0].node, "elements")):
        for name, _, given in entries(element):
            if isinstance(given, Scalar):
                found.setdefault(name, []).append(given)
    return found


def _differ(one: Scalar, other: Scalar) -> bool:
    return "{{" not in one.text and "{{" not in other.text and one.text != other.text


GIT_PAIR = record(
    "GitPair",
    {
        "go": Field(BOOL, optional=False, doc="whether Go templates are on"),
        "prefix": Field(TEXT, optional=False, doc="pathParamPrefix of both, or empty"),
        "first": Field(TEXT, optional=False, doc="the key of the first one"),
    },
    doc="two git generators in one matrix that give the same path parameters; it points at the second",
)


@attribute(
    "ApplicationSet",
    "gitPairs",
    returns=ListType(GIT_PAIR),
    source="argo-cd docs/operator-manual/applicationset/Generators-Matrix.md",
)
def git_pairs(subject: Subject) -> Sequence[Value]:
    """Matrices of two git generators whose path parameters have the same names."""
    go = _go(subject)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        if go is None or entry.only("matrix") is None or len(entry.children) != 2:
            continue
        one, two = (child.only("git") for child in entry.children)
        if one is None or two is None:
            continue
        prefixes = [get(each.node, "pathParamPrefix") for each in (one, two)]
        if any(given is UNKNOWN or value(given) is UNKNOWN for given in prefixes):
            continue
        first, second = (text_of(given) or "" for given in prefixes)
        if first == second:
            found.append(Fact("GitPair", two.key, {"go": go, "prefix": first, "first": one.key}))
    return found


MERGE_KEY = record(
    "MergeKey",
    {
        "name": Field(TEXT, optional=False, doc="the key as written"),
        "nested": Field(
            BOOL,
            optional=False,
            doc="whether it is a dotted name with goTemplate on, where only top-level names are found",
        ),
        "child": Field(
            INTEGER, optional=True, doc="number of the first child that cannot give it, from 1; missing where all may"
        ),
        "kind": Field(TEXT, optional=True, doc="which generator that child is"),
    },
    doc="one item of mergeKeys; it points at the item",
)


@attribute(
    "ApplicationSet", "mergeKeys", returns=ListType(MERGE_KEY), source=f"{_SOURCE}/merge.go getParamSetsByMergeKey"
)
def merge_keys(subject: Subject) -> Sequence[Value]:
    """The merge keys of all merge generators."""
    go = _go(subject)
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        merge = entry.only("merge")
        if go is None or merge is None:
            continue
        given = [(child, parameters_of(child, go)) for child in entry.children]
        for node in items(get(merge.node, "mergeKeys")):
            name = value(node)
            if not isinstance(name, str):
                continue
            fields: dict[str, Value] = {"name": name, "nested": go and "." in name}
            lacking = next((child for child, known in given if not known.has(name)), None)
            if lacking is not None:
                fields["child"] = lacking.position + 1
                fields["kind"] = lacking.generators[0].kind
            found.append(Fact("MergeKey", node, fields, title=name))
    return found


# ---- the template

TEMPLATE_NAME = record(
    "TemplateName",
    {
        "sets": Field(INTEGER, optional=True, doc="how many parameter sets there are, where all are written out"),
        "several": Field(
            BOOL,
            optional=False,
            doc="whether more than one set is likely: another generator than list, or a list of several",
        ),
    },
    doc="a name in the template that is the same for every parameter set; it points at the name",
)


@attribute(
    "ApplicationSet",
    "fixedNames",
    returns=ListType(TEMPLATE_NAME),
    source="argo-cd applicationset/controllers/applicationset_controller.go validateGeneratedApplications",
)
def fixed_names(subject: Subject) -> Sequence[Value]:
    """The template's name where it holds no token and nothing else can change it."""
    root = subject.root or MISSING
    name = get(get(get(_spec(subject), "template"), "metadata"), "name")
    listed = get(_spec(subject), "generators")
    if not isinstance(name, Scalar) or templated(name.text) or template_overrides(root):
        return ()
    if not isinstance(listed, SequenceNode) or listed.open:
        return ()
    counts = [_count(entry) for entry in entries_of(root)]
    if UNKNOWN in counts:
        return ()
    if None not in counts:
        total = sum(one for one in counts if isinstance(one, int))
        return (Fact("TemplateName", name, {"sets": total, "several": total > 1}),)
    return (Fact("TemplateName", name, {"several": True}),)


def _count(entry: Entry) -> int | UnknownValue | None:
    """How many sets an entry gives: None where it is made to give any number, UNKNOWN where it may be made to give one."""
    elements = elements_of(entry)
    if elements is not None:
        return len(elements) if get(entry.node, "selector") is MISSING else UNKNOWN
    if len(entry.generators) != 1 or get(entry.node, "selector") is not MISSING:
        return UNKNOWN
    one = entry.generators[0]
    if one.kind == "clusters":
        if is_true(get(one.node, "flatList")):
            return 1
        return None if get(one.node, "selector") is MISSING else UNKNOWN
    if one.kind == "git":
        listed = [*items(get(one.node, "directories")), *items(get(one.node, "files"))]
        return None if any("*" in (text_of(get(item, "path")) or "") for item in listed) else UNKNOWN
    return None if one.kind in ("pullRequest", "scmProvider") else UNKNOWN


TEMPLATE_TEXT = record(
    "TemplateText",
    {
        "field": Field(TEXT, optional=False, doc="what it is, such as `metadata.name`"),
        "parameter": Field(TEXT, optional=False, doc="the parameter it prints as it is"),
        "instead": Field(TEXT, optional=False, doc="the parameter or function that makes a name of it"),
        "kind": Field(TEXT, optional=False, doc="the generator it comes from"),
    },
    doc="a raw branch or title where an object's name is expected; it points at the token",
)

_RAW = {
    "pullRequest": {"branch": "branch_slug", "target_branch": "target_branch_slug", "title": "number"},
    "scmProvider": {"branch": "branchNormalized"},
}


@attribute(
    "ApplicationSet", "rawNames", returns=ListType(TEMPLATE_TEXT), source=f"{_SOURCE}/pull_request.go, scm_provider.go"
)
def raw_names(subject: Subject) -> Sequence[Value]:
    """Branches and titles that go into the name of the Application or its namespace without being made a name."""
    go = _go(subject)
    kinds = [one.kind for entry in every_entry(subject.root or MISSING) for one in entry.generators if one.kind in _RAW]
    if go is None or not kinds:
        return ()
    template = get(_spec(subject), "template")
    places = (
        ("the name", get(get(template, "metadata"), "name")),
        ("the namespace", get(get(get(template, "spec"), "destination"), "namespace")),
    )
    found: list[Value] = []
    for words, node in places:
        if not isinstance(node, Scalar):
            continue
        for start, end, name in _printed(node.text, go):
            for kind in kinds:
                if name in _RAW[kind]:
                    fields: dict[str, Value] = {
                        "field": words,
                        "parameter": name,
                        "instead": _RAW[kind][name],
                        "kind": kind,
                    }
                    found.append(Fact("TemplateText", Part(node, start, end), fields))
                    break
    return found


def _printed(text: str, go: bool) -> Iterator[tuple[int, int, str]]:
    if go:
        for start, end, chain, bare in chains(text):
            if bare and len(chain) == 1:
                yield start, end, chain[0]
    else:
        for token in read(text).tokens:
            yield token.start, token.end, token.name


@attribute(
    "ApplicationSet",
    "outsideSources",
    returns=ListType(TEXT),
    source="argo-cd docs/operator-manual/applicationset/Security.md",
)
def outside_sources(subject: Subject) -> Sequence[Value]:
    """Its generators whose parameters come from people who can push or open pull requests: git, scmProvider, pullRequest."""
    outside = ("git", "scmProvider", "pullRequest")
    return [
        one.kind for entry in every_entry(subject.root or MISSING) for one in entry.generators if one.kind in outside
    ]


DROPPED_NULL = record(
    "DroppedNull",
    {"key": Field(TEXT, optional=False, doc="the key")},
    doc="a null in valuesObject; it points at the null",
)


@attribute(
    "ApplicationSet",
    "droppedNulls",
    returns=ListType(DROPPED_NULL),
    source="argo-cd applicationset/utils/utils.go RenderTemplateParams",
)
def dropped_nulls(subject: Subject) -> Sequence[Value]:
    """Nulls in the `valuesObject` of the template's sources: rendering drops the keys before Helm sees them."""
    spec = get(get(_spec(subject), "template"), "spec")
    found: list[Value] = []
    for source in (get(spec, "source"), *items(get(spec, "sources"))):
        found += _nulls(get(get(source, "helm"), "valuesObject"))
    return found


def _nulls(node: Found) -> Iterator[Fact]:
    if isinstance(node, Mapping):
        for name, key, given in entries(node):
            if isinstance(given, Scalar) and typed(given) is None:
                yield Fact("DroppedNull", key, {"key": name}, title=name)
            else:
                yield from _nulls(given)
    elif isinstance(node, SequenceNode):
        for one in node.items:
            yield from _nulls(one)


@attribute("ApplicationSet", "mayOverride", returns=BOOL)
def may_override(subject: Subject) -> Value:
    """Whether a templatePatch or a generator's own template may change what `spec.template` says."""
    return template_overrides(subject.root or MISSING)


STEP_KEY = record(
    "StepKey",
    {
        "key": Field(TEXT, optional=False, doc="the label asked for"),
        "labels": Field(ListType(TEXT), optional=False, doc="labels that the template writes"),
    },
    doc="a label that a step of RollingSync selects by and no generated Application has; it points at the key",
)


@attribute(
    "ApplicationSet",
    "missingStepLabels",
    returns=ListType(STEP_KEY),
    source="argo-cd applicationset/progressivesync/progressive_sync.go buildAppDependencyList",
)
def missing_step_labels(subject: Subject) -> Sequence[Value]:
    """Labels that steps ask for with `In` although the template writes none of that name."""
    root = subject.root or MISSING
    metadata = get(get(_spec(subject), "template"), "metadata")
    labels = get(metadata, "labels")
    if template_overrides(root) or labels is UNKNOWN or metadata is UNKNOWN:
        return ()
    names = [name for name, _, _ in entries(labels)]
    if any("{{" in name for name in names) or (isinstance(labels, Mapping) and labels.open):
        return ()
    found: list[Value] = []
    for step in items(get(get(get(_spec(subject), "strategy"), "rollingSync"), "steps")):
        for one in items(get(step, "matchExpressions")):
            key = get(one, "key")
            known = value(key)
            if (
                isinstance(key, Scalar)
                and isinstance(known, str)
                and known not in names
                and value(get(one, "operator")) == "In"
            ):
                found.append(Fact("StepKey", key, {"key": known, "labels": names}))
    return found


# ---- selectors

SELECTOR = record(
    "GeneratorSelector",
    {
        "operator": Field(TEXT, optional=False, doc="the operator"),
        "values": Field(INTEGER, optional=False, doc="how many values there are"),
        "key": Field(TEXT, optional=False, doc="the key"),
        "labels": Field(
            BOOL, optional=False, doc="whether it selects clusters by their labels; else it filters parameter sets"
        ),
    },
    doc="one item of matchExpressions in a generator; it points at the item",
)


@attribute(
    "ApplicationSet",
    "selectorExpressions",
    returns=ListType(SELECTOR),
    source="argo-cd applicationset/utils/selector.go",
)
def selector_expressions(subject: Subject) -> Sequence[Value]:
    """The expressions of selectors, of clusters generators and behind generators, that are wholly known."""
    found: list[Value] = []
    for entry in every_entry(subject.root or MISSING):
        selectors = [(get(entry.node, "selector"), False)]
        selectors += [(get(one.node, "selector"), True) for one in entry.generators if one.kind == "clusters"]
        for selector, labels in selectors:
            for one in items(get(selector, "matchExpressions")):
                operator, key, given = value(get(one, "operator")), value(get(one, "key")), get(one, "values")
                if not isinstance(operator, str) or not isinstance(key, str):
                    continue
                if given is not MISSING and (not isinstance(given, SequenceNode) or given.open):
                    continue
                fields: dict[str, Value] = {
                    "operator": operator,
                    "values": len(items(given)),
                    "key": key,
                    "labels": labels,
                }
                found.append(Fact("GeneratorSelector", one, fields))
    return found


# ---- the patch

PATCH_MISTAKE = record(
    "TemplatePatchMistake",
    {
        "problem": Field(
            TextType(values=("empty-spec", "project", "namespace", "field", "list")),
            optional=False,
            doc="empty-spec: `spec:` without a value; project, namespace: a field that is put back; field: no field of an Application; list: a list that replaces one of the template",
        ),
        "name": Field(TEXT, optional=False, doc="the field"),
        "known": Field(ListType(TEXT), optional=False, doc="fields that are known there"),
        "other": Field(TEXT, optional=True, doc="the list of the template that is lost"),
    },
    doc="a line of templatePatch that does something else than it says; it points at the key",
)


@attribute("ApplicationSet", "patchIsGoTemplate", returns=BOOL, source="argo-cd applicationset/utils/utils.go Replace")
def patch_is_go_template(subject: Subject) -> Value:
    """Whether templatePatch holds what only Go templates know: a field with a dot, a function, control flow."""
    patch = get(_spec(subject), "templatePatch")
    return isinstance(patch, Scalar) and any(_go_name(token.name) is not None for token in read(patch.text).tokens)


_LINE_ACTION = re.compile(r"(?m)^[ \t]*\{\{.*?\}\}[ \t]*$", re.DOTALL)
_ANY_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def _as_yaml(patch: Scalar) -> Mapping | None:
    """The patch with its actions replaced by text of the same length, as a tree; None where that is no YAML mapping."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    made = _LINE_ACTION.sub(blank, patch.text)
    made = _ANY_ACTION.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), made)
    parsed = parse_yaml(Source(made, inside=patch))
    if parsed.mistakes or len(parsed.documents) != 1:
        return None
    root = parsed.documents[0].root
    return root if isinstance(root, Mapping) else None


@attribute(
    "ApplicationSet",
    "patchMistakes",
    returns=ListType(PATCH_MISTAKE),
    source="argo-cd applicationset/controllers/template/patch.go applyTemplatePatch",
)
def patch_mistakes(subject: Subject) -> Sequence[Value]:
    """What templatePatch says in vain, or says more than it means."""
    patch = get(_spec(subject), "templatePatch")
    if not isinstance(patch, Scalar):
        return ()
    root = _as_yaml(patch)
    if root is None:
        return ()
    found: list[Value] = []
    for name, key, given in entries(root):
        if name == "spec" and is_null(given) and not _ANY_ACTION.search(patch.text[key.start :]):
            found.append(_patch_fact("empty-spec", patch, key, name))
    project = key_node(get(root, "spec"), "project")
    if project is not None:
        found.append(_patch_fact("project", patch, project, "spec.project"))
    namespace = key_node(get(root, "metadata"), "namespace")
    if namespace is not None:
        found.append(_patch_fact("namespace", patch, namespace, "metadata.namespace"))
    schema = subject.context.schemas.schema_for("argoproj.io", "v1alpha1", "Application")
    if schema is not None:
        for problem in verdict(root, schema).problems:
            at = problem.node
            if problem.kind == "unknown-field" and not problem.name.startswith("$") and "xxxx" not in problem.name:
                where = f"{problem.where}.{problem.name}" if problem.where else problem.name
                found.append(_patch_fact("field", patch, at, where, problem.expected))
    found += _lost_lists(patch, get(root, "spec"), get(get(_spec(subject), "template"), "spec"), "spec")
    return found


def _patch_fact(
    problem: str, patch: Scalar, at: Node, name: str, known: Sequence[str] = (), other: Value = None
) -> Fact:
    fields: dict[str, Value] = {"problem": problem, "name": name, "known": list(known)}
    if other is not None:
        fields["other"] = other
    return Fact("TemplatePatchMistake", Part(patch, at.start, at.end), fields)


def _lost_lists(patch: Scalar, mine: Found, theirs: Found, path: str) -> Iterator[Fact]:
    """Lists of the template that a list of the patch replaces without holding what they hold."""
    for name, key, given in entries(mine):
        written = get(theirs, name)
        if isinstance(given, SequenceNode) and isinstance(written, SequenceNode) and written.items and given.items:
            there = [plain(one) for one in given.items]
            if any(plain(one) not in there for one in written.items):
                yield _patch_fact("list", patch, key, f"{path}.{name}", other=key_node(theirs, name))
        elif isinstance(given, Mapping) and isinstance(written, Mapping) and key_node(given, "$patch") is None:
            yield from _lost_lists(patch, given, written, f"{path}.{name}")
