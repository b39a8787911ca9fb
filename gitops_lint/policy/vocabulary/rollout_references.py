"""What a Rollout names besides analysis templates, and whether it is there and fits: Services, its workload, what routes traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import MANAGED_BY, POD_HASH, Found, present
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import Reference, references_of
from gitops_lint.simulate.analyses import nearest, reach
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, templated, text_of, value

MANAGED_SERVICES = ("canaryService", "stableService", "activeService", "previewService", "pingService", "pongService")
"""The fields whose Services the controller changes. `rootService` is looked up by nobody."""

_LOOKED_UP = (
    *MANAGED_SERVICES,
    *("stableIngress", "stableIngresses", "ingress", "ingresses", "virtualService", "destinationRule", "workloadRef"),
)

UNREACHED = record(
    "UnreachedResource",
    {
        "relation": Field(TextType(values=_LOOKED_UP), optional=False, doc="the field that names it"),
        "kind": Field(TEXT, optional=False, doc="the kind that is meant"),
        "name": Field(TEXT, optional=False, doc="the name as written"),
        "exists": Field(
            TEXT, optional=False, doc="why what has the name is out of reach, as a clause; empty: nothing has it"
        ),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "other": Field(ANYTHING, optional=True, doc="the name of what is out of reach"),
    },
    doc="something that a Rollout names and that is known not to be where the controller looks; it points at the name",
)


@attribute(
    "Rollout",
    "unreachedResources",
    returns=ListType(UNREACHED),
    needs={"references"},
    source="argo-rollouts rollout/controller.go",
)
def unreached_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Services, Ingresses, VirtualServices, DestinationRules and the workload that it names and that are not there."""
    found: list[Value] = []
    rollout = resource_of(subject)
    for named in _references(subject, _LOOKED_UP):
        reached = reach(repo, rollout, named)
        if reached.status not in ("absent", "elsewhere"):
            continue
        close = closest(named.name, reached.candidates) if reached.status == "absent" else ""
        fields: dict[str, Value] = {
            "relation": named.relation,
            "kind": named.kinds[0],
            "name": named.node.text if isinstance(named.node, Scalar) else named.name,
            "exists": reached.reason if reached.status == "elsewhere" else "",
            "suggestion": f'; did you mean "{close}"?' if close else "",
        }
        if reached.status == "elsewhere":
            fields["other"] = get(get(reached.found[0].root, "metadata"), "name")
        found.append(Fact("UnreachedResource", named.node, fields))
    return found


def _references(subject: Subject, relations: Sequence[str]) -> Iterator[Reference]:
    root = subject.root
    for one in references_of("Rollout", root) if root is not None else ():
        if one.relation in relations and not templated(one.name):
            yield one


# ---- Services

SERVICE_MISFIT = record(
    "ServiceMisfit",
    {
        "kind": Field(TextType(values=("selector", "managed-by-other", "shared")), optional=False, doc="what is wrong"),
        "service": Field(TEXT, optional=False, doc="the Service's name"),
        "labels": Field(TEXT, optional=False, doc="what its selector asks for in vain, as words"),
        "rollout": Field(TEXT, optional=False, doc="the other Rollout that has it"),
        "other": Field(ANYTHING, optional=True, doc="where the Service, or the other Rollout, says so"),
    },
    doc="a Service that is there and that the Rollout cannot use; it points at the name in the Rollout",
)


@attribute(
    "Rollout",
    "serviceMisfits",
    returns=ListType(SERVICE_MISFIT),
    needs={"references"},
    source="argo-rollouts pkg/apis/rollouts/validation/validation_references.go ValidateService",
)
def service_misfits(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The Services that select other pods than the Rollout makes, or that another Rollout has."""
    rollout = resource_of(subject)
    labels = template_labels(rollout, repo)
    found: list[Value] = []
    for named in _references(subject, MANAGED_SERVICES):
        reached = reach(repo, rollout, named)
        services = [one for one in reached.found if one.group == ""] if reached.status == "known" else []
        if not services:
            continue
        misses = [_selector_misses(get(get(one.root, "spec"), "selector"), labels) for one in services]
        # with several of that name the one that is meant may be another
        if all(misses):
            words = ", ".join(f"`{key}: {wanted.text}`" for key, wanted in misses[0])
            found.append(_misfit("selector", named, misses[0][0][1], labels=words))
        service = nearest(services, rollout.file)
        if service is not None:
            found += _owned(named, service, rollout, repo)
    return found


def _misfit(kind: str, named: Reference, other: Found, labels: str = "", rollout: str = "") -> Fact:
    fields: dict[str, Value] = {
        "kind": kind,
        "service": named.name,
        "labels": labels,
        "rollout": rollout,
        "other": other,
    }
    return Fact("ServiceMisfit", named.node, fields)


def _selector_misses(selector: Found, labels: Found) -> list[tuple[str, Scalar]]:
    """The pairs of a Service's selector that labels do not hold; none where that cannot be known."""
    found = []
    for key, _, wanted in entries(selector):
        given = get(labels, key)
        if key == POD_HASH or given is UNKNOWN or value(given) is UNKNOWN or value(wanted) is UNKNOWN:
            continue
        if isinstance(wanted, Scalar) and text_of(given) != wanted.text:
            found.append((key, wanted))
    return found


def template_labels(rollout: Resource, repo: Repo) -> Found:
    """The labels of the pods: of its own template, or of the workload's that it names; UNKNOWN where they cannot be known."""
    spec = get(rollout.root, "spec")
    referenced = present(spec, "workloadRef")
    if referenced is None:
        return UNKNOWN
    if referenced:
        target = workload_of(rollout, repo)
        if target is None:
            return UNKNOWN
        root = target.root
        template = get(root, "template") if target.kind == "PodTemplate" else get(get(root, "spec"), "template")
        return get(get(template, "metadata"), "labels")
    return get(get(get(spec, "template"), "metadata"), "labels")


def workload_of(rollout: Resource, repo: Repo) -> Resource | None:
    """The one workload that `workloadRef` names; None where it names none, or none or several are known."""
    for named in references_of("Rollout", rollout.root):
        if named.relation == "workloadRef":
            reached = reach(repo, rollout, named)
            return nearest(reached.found, rollout.file) if reached.status == "known" else None
    return None


def _owned(named: Reference, service: Resource, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    owner = service.annotations.get(MANAGED_BY)
    name = value(owner) if owner is not None else MISSING
    if isinstance(name, str) and name and rollout.name and name not in repo.names_of(rollout):
        yield _misfit("managed-by-other", named, owner or MISSING, rollout=name)
    for other in repo.resources("argoproj.io", "Rollout"):
        if other.name == rollout.name or (other.file, other.document) >= (rollout.file, rollout.document):
            continue
        if not _together(rollout, other, repo):
            continue
        for one in references_of("Rollout", other.root):
            if one.relation in MANAGED_SERVICES and one.name == named.name:
                yield _misfit("shared", named, one.node, rollout=other.name)
                return


def _together(one: Resource, other: Resource, repo: Repo) -> bool:
    """Whether two resources surely live in one namespace."""
    first, second = repo.namespace_of(one), repo.namespace_of(other)
    if isinstance(first, str) or isinstance(second, str):
        return first == second
    return first is None and second is None and one.file == other.file


# ---- the workload

DOUBLED = record(
    "DoubledPods",
    {
        "kind": Field(TEXT, optional=False, doc="kind of the workload"),
        "name": Field(TEXT, optional=False, doc="its name"),
        "replicas": Field(TEXT, optional=False, doc="how many pods it keeps, as words"),
        "other": Field(ANYTHING, optional=True, doc="where the workload says so"),
    },
    doc="a workload whose pods run beside those of the Rollout that took it over; it points at workloadRef",
)


@attribute(
    "Rollout",
    "doubledPods",
    returns=ListType(DOUBLED),
    needs={"references"},
    source="argo-rollouts rollout/controller.go, rollout/replicaset.go scaleDownDeployment",
)
def doubled_pods(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The workload of `workloadRef` where it keeps pods of its own and nothing scales it down."""
    rollout = resource_of(subject)
    reference = get(get(subject.root or MISSING, "spec"), "workloadRef")
    if not isinstance(reference, Mapping):
        return ()
    scale_down = get(reference, "scaleDown")
    if scale_down is UNKNOWN or value(scale_down) not in (MISSING, "never"):
        return ()
    target = workload_of(rollout, repo)
    if target is None or target.kind not in ("Deployment", "ReplicaSet"):
        return ()
    replicas = get(get(target.root, "spec"), "replicas")
    number = 1 if replicas is MISSING else value(replicas)
    if not isinstance(number, int) or number <= 0:
        return ()
    fields: dict[str, Value] = {
        "kind": target.kind,
        "name": target.name,
        "replicas": f"{number} pods" if number != 1 else "1 pod",
        "other": replicas if isinstance(replicas, Scalar) else get(get(target.root, "metadata"), "name"),
    }
    return (Fact("DoubledPods", reference, fields),)


def name_node(resource: Resource) -> Node:
    """Where a report about a whole resource points: its name, else its document."""
    found = get(get(resource.root, "metadata"), "name")
    return found if isinstance(found, Scalar) else resource.root
