"""
The vocabulary: every kind, attribute and function a rule may ask for, declared where it is computed.

A module of this package declares with the decorators below and is found by being here. `GitopsVocabulary` is what the checker
asks; the run takes `compute` from the same declarations.

    @attribute("Rollout", "analyses", returns=ListType(ANALYSIS), needs={"references"}, source="argo-rollouts …")
    def analyses(rollout: Subject, repo: Repo) -> Sequence[Fact]:
        \"\"\"All places where a Rollout runs analyses.\"\"\"
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cache
from importlib import import_module
from typing import TypeVar

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.tree import Kind, KindDeclaration
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, KindType, RecordType, Type, made_secret, shared
from gitops_lint.dsl.world import Attribute, Function, KindEntry, Parameter, Value
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.schematypes import SchemaTypes, record_of_text

Compute = TypeVar("Compute", bound=Callable[..., Value])

STAGES = frozenset(("index", "references", "kustomize", "deliveries", "applicationsets", "lua"))
"""What `needs` may name: stages that the repository makes at first use."""

ANY_GROUP = "*"
"""The group of a kind that a rule file declares without one: resources of that kind count, whatever their group."""


@dataclass(slots=True)
class Declared:
    """Everything the modules declared, by name. records: type, fields, doc. free_form: kinds whose documents hold anything."""

    kinds: dict[str, KindEntry] = field(default_factory=dict)
    groups: dict[tuple[str, str], KindEntry] = field(default_factory=dict)
    attributes: dict[str, dict[str, Attribute]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    records: dict[str, tuple[RecordType, dict[str, Field], str]] = field(default_factory=dict)
    indexed: set[str] = field(default_factory=set)
    free_form: set[str] = field(default_factory=set)


_DECLARED = Declared()


def attribute(
    owner: str | Sequence[str],
    name: str,
    *,
    returns: Type,
    needs: Collection[str] = (),
    optional: bool = False,
    indexed: bool = False,
    doc: str = "",
    source: str = "",
    screen: Callable[..., bool] | None = None,
) -> Callable[[Compute], Compute]:
    """
    Declares that `compute(subject)`, or `compute(subject, repo)` with needs, answers `<owner>.<name>`.

    owner: kind, kind class or record, or several. optional: it may be MISSING. indexed: `find … where x.<name> == …` may look
    it up. doc: what it is, else the first line of the function's docstring. screen: whether the document alone lets it
    be true or hold something (for attributes with needs). Raises ValueError on a name declared twice.
    """
    _known_stages(needs)

    def declare(compute: Compute) -> Compute:
        for each in (owner,) if isinstance(owner, str) else owner:
            known = _DECLARED.attributes.setdefault(each, {})
            if name in known:
                raise ValueError(f"{each}.{name} is declared twice")
            known[name] = Attribute(
                each, name, returns, compute, optional, frozenset(needs), doc or _first_line(compute), source, screen
            )
        if indexed:
            _DECLARED.indexed.add(name)
        return compute

    return declare


def function(
    name: str,
    params: Sequence[Parameter],
    returns: Type,
    *,
    variadic: bool = False,
    lenient: bool = False,
    optional: bool = False,
    needs: Collection[str] = (),
    doc: str = "",
    source: str = "",
    result_type: Callable[[Sequence[Type]], Type] | None = None,
) -> Callable[[Compute], Compute]:
    """Declares a function of the language; the words are those of `Function`. Raises ValueError on a name declared twice."""
    _known_stages(needs)

    def declare(compute: Compute) -> Compute:
        if name in _DECLARED.functions:
            raise ValueError(f"the function {name} is declared twice")
        _DECLARED.functions[name] = Function(
            name,
            tuple(params),
            returns,
            compute,
            variadic,
            lenient,
            optional,
            frozenset(needs),
            doc or _first_line(compute),
            source,
            result_type,
        )
        return compute

    return declare


def record(
    name: str, fields: Mapping[str, Field | Type], *, doc: str = "", reference: Sequence[str] = ()
) -> RecordType:
    """
    Declares a record of facts and gives its type. A type alone is a field that is always there.

    Attributes of the owner `name` are fields too. reference: kinds that the fact as a whole names, so that `follow` takes it.
    Raises ValueError on a name declared twice.
    """
    if name in _DECLARED.records:
        raise ValueError(f"the record {name} is declared twice")
    made = record_named(name, reference)
    own = {key: given if isinstance(given, Field) else Field(given, optional=False) for key, given in fields.items()}
    _DECLARED.records[name] = (made, own, doc)
    return made


def record_named(name: str, reference: Sequence[str] = ()) -> RecordType:
    """The type of a record by name, for records that hold one another; it is looked up when a rule asks for a field."""

    def field_of(wanted: str) -> Field | None:
        given = _DECLARED.attributes.get(name, {}).get(wanted)
        if given is not None:
            return as_field(given)
        return _DECLARED.records[name][1].get(wanted) if name in _DECLARED.records else None

    def names() -> Iterable[str]:
        own = _DECLARED.records[name][1] if name in _DECLARED.records else {}
        return sorted({*own, *_DECLARED.attributes.get(name, {})})

    return RecordType(name, field_of, names, thing=True, reference=tuple(reference))


def kind(
    name: str,
    group: str | None,
    *,
    members: Sequence[str] = (),
    everything: bool = False,
    also: Sequence[str] = (),
    free_form: bool = False,
    doc: str = "",
) -> KindEntry:
    """
    Declares a kind, or with `members` a class of kinds. also: other groups in which a kind of this name is known; a rule
    writes them out. free_form: no resource, but a document whose fields nobody lists; else what is no resource answers with
    attributes alone. Raises ValueError on a name declared twice.
    """
    if name in _DECLARED.kinds:
        raise ValueError(f"the kind {name} is declared twice")
    entry = KindEntry(name, group, tuple(members), everything, doc)
    _DECLARED.kinds[name] = entry
    if free_form:
        _DECLARED.free_form.add(name)
    for each in (group, *also):
        if each is not None and not members and not everything:
            _DECLARED.groups[each, name] = replace(entry, group=each)
    return entry


def as_field(given: Attribute) -> Field:
    """An attribute as the checker sees it: a field that is computed."""
    return Field(given.returns, given.optional, computed=True, needs=given.needs, doc=given.doc)


def resources(*kinds: str) -> KindType:
    """The type of an attribute that gives resources of these kinds."""
    return KindType(kinds)


def _known_stages(needs: Collection[str]) -> None:
    unknown = set(needs) - STAGES
    if unknown:
        raise ValueError(f"needs names no stage: {', '.join(sorted(unknown))}; stages are {', '.join(sorted(STAGES))}")


def _first_line(compute: Callable[..., Value]) -> str:
    return next((line.strip() for line in (compute.__doc__ or "").splitlines() if line.strip()), "")


@cache
def declared() -> Declared:
    """Everything the package's modules declare; they are imported at the first call, in the order of their names."""
    for name in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        import_module(f"{__name__}.{name}")
    return _DECLARED


class GitopsVocabulary:
    """What rules may say of GitOps repositories: the schemas' fields and the declarations of this package, as one."""

    def __init__(self, schemas: Schemas | None = None) -> None:
        self._declared = declared()
        self._types = SchemaTypes(schemas or Schemas())
        self._made: dict[tuple[str, str | None], RecordType] = {}

    # ---- what the checker asks

    def kind(self, kind: Kind) -> KindEntry | None:
        """The entry of a kind as written; with a group, any kind that a schema or a declaration has in that group."""
        if kind.group is None:
            return self._declared.kinds.get(kind.name)
        known = self._declared.groups.get((kind.group, kind.name))
        if known is not None:
            return known
        return KindEntry(kind.name, kind.group) if self._types.versions(kind.group, kind.name) else None

    def kind_names(self) -> Iterable[str]:
        return sorted(self._declared.kinds)

    def is_generated(self, kind: Kind) -> bool:
        """Whether a kind is, or stands for, the one that ApplicationSets generate."""
        entry = self.kind(kind)
        if entry is None:
            return False
        return entry.everything or "Application" in (entry.name, *entry.members)

    def type_of(self, kind: Kind) -> RecordType:
        """
        Fields of the schema and attributes of the vocabulary, together; an attribute stands before a field of its name.

        Raises KeyError for a kind that `kind` does not know.
        """
        entry = self.kind(kind)
        if entry is None:
            raise KeyError(f"{kind.group}/{kind.name}" if kind.group else kind.name)
        key = (entry.name, entry.group)
        if key not in self._made:
            self._made[key] = self._type_of_class(entry) if entry.members else self._type_of_kind(entry)
        return self._made[key]

    def function(self, name: str) -> Function | None:
        return self._declared.functions.get(name)

    def function_names(self) -> Iterable[str]:
        return sorted(self._declared.functions)

    def indexed(self) -> frozenset[str]:
        return frozenset(self._declared.indexed)

    def targets(self) -> Iterable[str]:
        return TARGETS

    # ---- what the run and the printed list ask

    def attributes(self, kind: Kind) -> Mapping[str, Attribute]:
        """All attributes that resources of a kind answer: its own, those of its classes, those of every resource."""
        entry = self.kind(kind)
        found: dict[str, Attribute] = {}
        for owner in self.owners(entry) if entry is not None else (kind.name,):
            for name, each in self._declared.attributes.get(owner, {}).items():
                found.setdefault(name, each)
        return found

    def record_attributes(self, record: str) -> Mapping[str, Attribute]:
        """Attributes declared of a record of facts."""
        return self._declared.attributes.get(record, {})

    def owners(self, entry: KindEntry) -> tuple[str, ...]:
        """The names under which attributes of a kind are declared: itself, its classes, `Resource` where it is one."""
        classes = [each.name for each in self._declared.kinds.values() if entry.name in each.members]
        everything = [
            each.name for each in self._declared.kinds.values() if each.everything and each.name != entry.name
        ]
        resource = entry.everything or entry.group is not None
        return (entry.name, *sorted(classes), *(sorted(everything) if resource else ()))

    def with_kinds(
        self, declarations: Sequence[KindDeclaration], read: Callable[[str], str]
    ) -> Mapping[str, RecordType]:
        """
        Types of the kinds that a rule file declares itself. read: gives the text of a schema file named there.

        Raises what `read` raises, and RuleError where the text is no JSON schema.
        """
        base = self._free("Resource", ())
        made = {}
        for each in declarations:
            fields = record_of_text(read(each.schema), each.name) if each.schema else base
            made[each.name] = self._with_attributes(fields, each.name, ("Resource",))
        return made

    # ---- types

    def _type_of_class(self, entry: KindEntry) -> RecordType:
        members = [self.type_of(Kind(name)) for name in entry.members]
        common = shared(members, entry.name)
        return self._with_attributes(common, entry.name, self.owners(entry)[1:])

    def _type_of_kind(self, entry: KindEntry) -> RecordType:
        owners = self.owners(entry)
        if entry.everything:
            fields = self._any(entry.name)
        elif entry.group is None:
            fields = self._bare(entry)
        else:
            fields = self._types.record(entry.group, entry.name) or self._free(entry.name, owners[1:])
            fields = _with_secrets(fields, _SECRETS.get(entry.name, frozenset()))
        return self._with_attributes(fields, entry.name, owners[1:])

    def _with_attributes(self, fields: RecordType, name: str, also: tuple[str, ...]) -> RecordType:
        owners = (name, *also)

        def field_of(wanted: str) -> Field | None:
            for owner in owners:
                given = self._declared.attributes.get(owner, {}).get(wanted)
                if given is not None:
                    return as_field(given)
            return fields.field_of(wanted)

        def names() -> Iterable[str]:
            computed = {each for owner in owners for each in self._declared.attributes.get(owner, {})}
            return sorted(computed.union(fields.names()))

        return RecordType(name, field_of, names, thing=True, also=also)

    def _free(self, name: str, also: tuple[str, ...]) -> RecordType:
        """A resource without a schema: what every resource has is known, the rest is free."""
        fixed = self._of_every_resource()
        return RecordType(
            name, lambda wanted: fixed.get(wanted, Field(ANYTHING)), lambda: sorted(fixed), thing=True, also=also
        )

    def _any(self, name: str) -> RecordType:
        """A resource of whatever kind: what every resource has, and the parts that most have, which may hold anything."""
        fixed = {**self._of_every_resource(), **{part: Field(ANYTHING) for part in ("data", "spec", "status")}}
        return RecordType(name, fixed.get, lambda: sorted(fixed), thing=True)

    def _of_every_resource(self) -> dict[str, Field]:
        return {
            "apiVersion": Field(TEXT, optional=False),
            "kind": Field(TEXT, optional=False),
            "metadata": Field(self._types.metadata()),
        }

    def _bare(self, entry: KindEntry) -> RecordType:
        """What is no Kubernetes resource: a document that holds anything, or a thing that answers with attributes alone."""
        free = Field(ANYTHING) if entry.name in self._declared.free_form else None
        return RecordType(entry.name, lambda wanted: free, tuple, thing=True)


def _with_secrets(fields: RecordType, secret: Collection[str]) -> RecordType:
    def field_of(wanted: str) -> Field | None:
        found = fields.field_of(wanted)
        return replace(found, type=made_secret(found.type)) if found is not None and wanted in secret else found

    return replace(fields, field_of=field_of) if secret else fields


_SECRETS = {"Secret": frozenset(("data", "stringData"))}  # fields that hold secrets in clear text, by kind

TARGETS = (
    "argo-cd",
    "argo-rollouts",
    "external-secrets",
    "gateway-api",
    "harness",
    "helm",
    "istio",
    "keda",
    "kubernetes",
    "kustomize",
    "sealed-secrets",
    "sops",
    "vault-secrets-operator",
)
