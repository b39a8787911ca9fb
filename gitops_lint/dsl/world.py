"""
What the rule language is given from outside: the vocabulary it may speak (for the checker) and the world it runs in (for
compiled rules). `policy` supplies both; this room knows no Kubernetes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal, Protocol

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.tree import Kind, Origin
from gitops_lint.dsl.types import RecordType, Type
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.source import Source

# ---- what a row's names can stand for


@dataclass(frozen=True, slots=True)
class Part:
    """
    Some characters of a scalar's value (code points, end exclusive): where an embedded text is wrong.

    secret: what they say is never printed.
    """

    scalar: Scalar
    start: int
    end: int
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    Some characters of a file that no node covers: a syntax mistake, a comment.

    secret: what they say is never printed. whole: it is told of the whole document, whatever node lies around it.
    """

    source: Source
    start: int
    end: int
    document: int = 0
    secret: bool = False
    whole: bool = False


Spot = Node | Part | Stretch


class Thing(Protocol):
    """A subject (resource, file, document, entity) or a fact: it has a place and answers by name."""

    @property
    def node(self) -> Spot | None:
        """Where it is written; None where it has no place."""

    def ask(self, name: str) -> Value:
        """The attribute or field of that name; MISSING where it has none."""

    def words(self) -> str:
        """How messages call it: `Rollout shop/web`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """
    A record that Python computed. record: its declared name; at: where it points; fields: values by name (a field that
    is not there is missing). Facts compare by identity of meaning: same record, same fields.
    """

    record: str
    at: Spot | None
    fields: Mapping[str, Value]
    title: str = ""

    @property
    def node(self) -> Spot | None:
        return self.at

    def ask(self, name: str) -> Value:
        from_fields = self.fields.get(name, MISSING)
        return MISSING if from_fields is None else from_fields

    def words(self) -> str:
        return self.title or self.record


# A value: a node of the file (its place is known), a thing, a plain Python value, a domain value of `dsl.values`, a list of
# values, MISSING or UNKNOWN of `text.scalars`.
Value = object

from gitops_lint.text.scalars import MISSING  # noqa: E402  (after Value, which it is one of)

# ---- the vocabulary


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    A value that Python computes of one subject or record.

    owner: kind, kind class (`workload`, `Resource`) or record it is asked of. needs: stages (`references`, `kustomize`,
    `deliveries`, `applicationsets`, `lua`, `index`); empty: computed from the document alone. compute: takes the subject,
    and the repo where needs is not empty; returns a Value, MISSING or UNKNOWN. screen: whether the subject's own document
    lets it be true or hold something, so that it is worth asking; None: always.
    """

    owner: str
    name: str
    returns: Type
    compute: Callable[..., Value]
    optional: bool = False
    needs: frozenset[str] = frozenset()
    doc: str = ""
    source: str = ""
    screen: Callable[..., bool] | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: Type
    optional: bool = False
    literal: bool = False  # only a literal (or a rule's parameter) is taken: patterns and names checked before the run


@dataclass(frozen=True, slots=True)
class Function:
    """
    A function of the language. variadic: the last parameter may be repeated. lenient: gets MISSING and UNKNOWN as they are;
    otherwise an argument whose value is UNKNOWN (a scalar that is a template as well) makes the result UNKNOWN, and one whose
    value is MISSING makes it MISSING, without a call.
    result_type: computes the type from the argument types where it depends on them (`entries`, `before`), else `returns`.
    """

    name: str
    params: tuple[Parameter, ...]
    returns: Type
    compute: Callable[..., Value]
    variadic: bool = False
    lenient: bool = False
    optional: bool = False
    needs: frozenset[str] = frozenset()
    doc: str = ""
    source: str = ""
    result_type: Callable[[Sequence[Type]], Type] | None = None


@dataclass(frozen=True, slots=True)
class KindEntry:
    """
    A kind that rules may name. group: its API group, or "" for core, or None for what is no Kubernetes resource (`File`,
    `HarnessPipeline`). members: for a kind class, the kinds it stands for; empty list and `everything` for `Resource`.
    """

    name: str
    group: str | None
    members: tuple[str, ...] = ()
    everything: bool = False
    doc: str = ""


class Vocabulary(Protocol):
    """What the checker may know. Unknown names answer None."""

    def kind(self, kind: Kind) -> KindEntry | None: ...
    def kind_names(self) -> Iterable[str]: ...
    def is_generated(self, kind: Kind) -> bool:
        """Whether there can be things of a kind that no file holds: what an ApplicationSet makes."""

    def type_of(self, kind: Kind) -> RecordType:
        """Fields of the schema and attributes of the vocabulary, together."""

    def function(self, name: str) -> Function | None: ...
    def function_names(self) -> Iterable[str]: ...
    def indexed(self) -> frozenset[str]:
        """Attributes that `find … where x.<attribute> == …` may look up without a scan: name, namespace, file, …"""

    def targets(self) -> Iterable[str]:
        """Products that `applies to` and `target.` may name."""


# ---- the world at run time


@dataclass(frozen=True, slots=True)
class Followed:
    """
    What a reference reaches. status known: `found` holds it; absent: the repository is the only place it could be and it is
    not there; elsewhere: something of that name exists but cannot be reached (`found` holds it, a reason says why);
    unknown: another repository, a chart, an operator or a cluster may supply it.
    """

    status: Literal["known", "absent", "elsewhere", "unknown"]
    found: Sequence[Thing] = ()
    candidates: Sequence[str] = ()
    reason: str = ""


class World(Protocol):
    """Everything a running rule may ask. Answers are kept by the world; a rule may ask again."""

    def subjects(self, kinds: Sequence[Kind], origin: Origin) -> Iterable[Thing]: ...
    def lookup(self, kinds: Sequence[Kind], origin: Origin, attribute: str, key: str) -> Iterable[Thing]:
        """
        Subjects whose indexed attribute has that text, and those for which it is unknown or no text: whoever looks up asks
        the whole condition again, so that a name that is a template is never taken for one that is not there.
        """

    def call(self, function: str, args: Sequence[Value]) -> Value: ...
    def follow(self, reference: Value) -> Followed: ...
    def param(self, rule: str, name: str) -> Value:
        """A parameter's value from the configuration, or MISSING: then the rule's default counts."""

    def target(self, product: str) -> str:
        """The version rules are judged for, such as `3.2`."""


# ---- what a rule that found something hands over


@dataclass(frozen=True, slots=True)
class Trail:
    """
    How far a path could be walked. thing: the subject or fact it began at. at: the last spot that exists. missing: the
    steps from there that do not exist (keys and indexes); empty where `at` is the end of the path.
    """

    thing: Thing | None
    at: Spot | None
    missing: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftEdit:
    op: Literal["set", "append", "remove", "rename"]
    place: Trail
    value: object = None


@dataclass(frozen=True, slots=True)
class DraftFix:
    title: str
    safe: bool
    edits: tuple[DraftEdit, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding before it has lines and columns. severity "": the rule's own. subject: what `for each` bound."""

    subject: Thing
    severity: Literal["", "error", "warning", "info"]
    message: str
    at: Trail
    see: tuple[tuple[Trail, str], ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fix: DraftFix | None = None


@dataclass(slots=True)
class Tally:
    """
    What running one rule came to: drafts in order, and how often it had to pass over something unknown: a condition, a list
    that is unknown or may hold more than was looked at, a reference or a look-up that may reach something else.
    """

    drafts: list[Draft] = field(default_factory=list)
    unverified: int = 0
