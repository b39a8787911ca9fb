"""References: which resource a node names, ready for `follow`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, RecordType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.references import Reference, references_of

_FIELDS = {
    "relation": Field(TEXT, optional=False, doc="the field that names it, such as canaryService or volume"),
    "kind": Field(TEXT, optional=False, doc="the kind that is meant"),
    "name": Field(TEXT, optional=False, doc="the name as written"),
    "namespace": Field(TEXT, optional=True, doc="the namespace written beside the name; missing: the referrer's own"),
    "optional": Field(BOOL, optional=False, doc="whether Kubernetes goes on without it"),
    "key": Field(TEXT, optional=True, doc="what is asked of the target: a key, a port"),
}


def reference_record(name: str, kinds: Sequence[str], doc: str) -> RecordType:
    """Declares a record of references to kinds; `reference_fact` makes its facts."""
    return record(name, _FIELDS, doc=doc, reference=tuple(kinds))


REFERENCE = reference_record("Reference", ("Resource",), "a node that names another resource")
CONFIG_MAP_REFERENCE = reference_record("ConfigMapReference", ("ConfigMap",), "a node that names a ConfigMap")
SECRET_REFERENCE = reference_record("SecretReference", ("Secret",), "a node that names a Secret")
SERVICE_REFERENCE = reference_record("ServiceReference", ("Service",), "a node that names a Service")


def reference_fact(found: Reference, subject: Subject, of: RecordType = REFERENCE) -> Fact:
    """The fact of one reference; `follow` reads from it who asks and for what."""
    fields: dict[str, Value] = {
        "relation": found.relation,
        "kind": found.kinds[0],
        "kinds": found.kinds,
        "name": found.name,
        "optional": found.optional,
        "cluster": found.cluster,
        "from": subject,
    }
    if found.namespace is not None:
        fields["namespace"] = found.namespace
    if found.key is not None:
        fields["key"] = found.key
    return Fact(of.name, found.node, fields, title=found.name)


def references_to(subject: Subject, kinds: Iterable[str]) -> list[Reference]:
    """The references of a resource that may mean one of the kinds."""
    wanted = frozenset(kinds)
    return [one for one in _references(subject) if wanted.intersection(one.kinds)]


def _references(subject: Subject) -> list[Reference]:
    root = subject.root
    return references_of(resource_of(subject).kind, root) if root is not None else []


@attribute("Resource", "references", returns=ListType(REFERENCE))
def references(subject: Subject) -> Sequence[Value]:
    """Every node of the resource that names another resource."""
    return [reference_fact(one, subject) for one in _references(subject)]


@attribute("Resource", "configMapReferences", returns=ListType(CONFIG_MAP_REFERENCE))
def config_map_references(subject: Subject) -> Sequence[Value]:
    """ConfigMaps that its pods mount or read into their environment."""
    return [reference_fact(one, subject, CONFIG_MAP_REFERENCE) for one in references_to(subject, ("ConfigMap",))]


@attribute("Resource", "secretReferences", returns=ListType(SECRET_REFERENCE))
def secret_references(subject: Subject) -> Sequence[Value]:
    """Secrets that its pods mount, read into their environment or pull images with."""
    return [reference_fact(one, subject, SECRET_REFERENCE) for one in references_to(subject, ("Secret",))]


@attribute("Resource", "serviceReferences", returns=ListType(SERVICE_REFERENCE))
def service_references(subject: Subject) -> Sequence[Value]:
    """Services that it names: a Rollout's, an Ingress's backends."""
    return [reference_fact(one, subject, SERVICE_REFERENCE) for one in references_to(subject, ("Service",))]
