"""Tokens of an ApplicationSet: how they are written, who supplies their parameters, what nobody renders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.languages.fasttemplate import read
from gitops_lint.languages.gotemplate.fields import chains, plain_name
from gitops_lint.languages.gotemplate.known import stands_alone
from gitops_lint.model.applicationset import (
    Entry,
    Parameters,
    Rendered,
    entries_of,
    looks_meant,
    parameters_of,
    rendered_strings,
)
from gitops_lint.model.argocd import Generator
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationsets import set_spec, uses_go
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import (
    MISSING,
    entries,
    get,
    items,
    text_of,
)

# ---- tokens

TOKEN_MISTAKE = record(
    "TokenMistake",
    {
        "problem": Field(
            TextType(
                values=("unclosed", "unfinished", "over-lines", "go-syntax", "plain-name", "unknown", "unrendered")
            ),
            optional=False,
            doc="unclosed: `{{` without an end, behind a token; unfinished: one in a text without any token, which stays as it is; over-lines: braces on different lines; go-syntax: a Go template where plain tokens are replaced; plain-name: a plain token where Go templates are; unknown: nothing supplies the parameter; unrendered: it stands where nothing is rendered",
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
    go = uses_go(subject)
    if go is None:
        return ()
    spec = set_spec(subject)
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
                if not stands_alone(name):
                    self._tell("plain-name", one.scalar, start, end, name)
            return
        template = read(one.scalar.text)
        if template.unclosed is not None:
            self._tell("unclosed", one.scalar, template.unclosed, template.unclosed + 2, "")
        elif template.plain and (across := _across_lines(one.scalar.text)) is not None:
            # In text of others only where it is plainly a parameter of this set.
            if not one.free or (not known.open and known.has(one.scalar.text[across[0] + 2 : across[1] - 2].strip())):
                self._tell("over-lines", one.scalar, *across, "")
        elif template.plain and not one.free and (at := one.scalar.text.find("{{")) >= 0:
            self._tell("unfinished", one.scalar, at, at + 2, "")
        for token in template.tokens:
            asked = go_name(token.name)
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
            if not token.name or known.has(token.name) or go_name(token.name) is not None:
                continue
            if one.free and not looks_meant(token.name, [*known.names, *known.families]):
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


_GO_WORD = pattern(r"(?:if|range|with|else|end|define|template|block)\b|-|/\*|\$")


def go_name(tag: str) -> str | None:
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


def _across_lines(text: str) -> tuple[int, int] | None:
    start = text.find("{{")
    end = text.find("}}", start + 2) if start >= 0 else -1
    return (start, end + 2) if end >= 0 else None
