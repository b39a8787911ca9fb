"""What the routers besides Ingresses and Istio hold in Git that a Rollout cannot work with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import Found, strategy
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.policy.vocabulary.rollout_references import name_node
from gitops_lint.policy.vocabulary.traffic import known_text, names_in, same_place
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.analyses import nearest
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, value

ROUTER_KINDS = (
    "traffic-split",
    "mapping-weight",
    "weighted-targets",
    "traefik-service",
    "apisix-rule",
    "apisix-backend",
)

ROUTER_PROBLEM = record(
    "RouterProblem",
    {
        "kind": Field(TextType(values=ROUTER_KINDS), optional=False, doc="what is wrong"),
        "name": Field(TEXT, optional=False, doc="the name of the resource that is wrong"),
        "wanted": Field(TEXT, optional=False, doc="what is asked for, as words"),
        "actual": Field(TEXT, optional=False, doc="what is there, as words"),
        "other": Field(ANYTHING, optional=True, doc="the place in the Rollout"),
    },
    doc="a resource of a router that the Rollout cannot use",
)


@attribute("Rollout", "routerProblems", returns=ListType(ROUTER_PROBLEM), needs={"references"})
def router_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What SMI, Ambassador, App Mesh, Traefik and APISIX hold in Git and the controller cannot work with."""
    canary = strategy(subject.root or MISSING, "canary")
    routing = get(canary, "trafficRouting")
    rollout = resource_of(subject)
    return (
        *_smi(get(routing, "smi"), rollout, repo),
        *_ambassador(get(routing, "ambassador"), rollout, repo),
        *_app_mesh(get(routing, "appMesh"), rollout, repo),
        *_traefik(get(routing, "traefik"), canary, rollout, repo),
        *_apisix(get(routing, "apisix"), canary, rollout, repo),
    )


def _fact(kind: str, at: Node, name: str, other: Found, wanted: str = "", actual: str = "") -> Fact:
    fields: dict[str, Value] = {"kind": kind, "name": name, "wanted": wanted, "actual": actual, "other": other}
    return Fact("RouterProblem", at, fields)


def _beside(repo: Repo, groups: Sequence[str], kind: str, node: Found, rollout: Resource) -> Resource | None:
    """The one resource of a kind that a name in the Rollout means."""
    name = value(node)
    if not isinstance(name, str) or not name:
        return None
    found = [one for group in groups for one in repo.resources(group, kind) if name in repo.names_of(one)]
    return nearest([one for one in found if same_place(one, rollout, repo)], rollout.file)


def _smi(smi: Found, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    """rollout/trafficrouting/smi/smi.go: the TrafficSplit is the controller's own."""
    if not isinstance(smi, Mapping):
        return
    given = get(smi, "trafficSplitName")
    name = rollout.name if given is MISSING else value(given)
    if not isinstance(name, str) or not name:
        return
    for split in repo.named("split.smi-spec.io", "TrafficSplit", name):
        if same_place(split, rollout, repo):
            yield _fact("traffic-split", name_node(split), name, smi)


def _ambassador(ambassador: Found, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    for node in items(get(ambassador, "mappings")):
        for groups, kind in ((("getambassador.io",), "Mapping"), (("x.getambassador.io",), "AmbassadorMapping")):
            mapping = _beside(repo, groups, kind, node, rollout)
            weight = get(get(mapping.root, "spec"), "weight") if mapping is not None else MISSING
            if mapping is not None and isinstance(weight, Scalar) and value(weight) not in (0, UNKNOWN, None):
                yield _fact("mapping-weight", weight, mapping.name, node, actual=weight.text)


_ROUTE_TYPES = ("httpRoute", "tcpRoute", "http2Route", "grpcRoute")


def _app_mesh(mesh: Found, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    """validation_references.go ValidateAppMeshVirtualRouter: exactly two weighted targets in every route."""
    groups = ("appmesh.k8s.aws",)
    named = get(get(mesh, "virtualService"), "name")
    service = _beside(repo, groups, "VirtualService", named, rollout)
    if service is None:
        return
    provider = get(get(get(service.root, "spec"), "provider"), "virtualRouter")
    router = _beside(repo, groups, "VirtualRouter", get(get(provider, "virtualRouterRef"), "name"), rollout)
    for route in items(get(get(router.root, "spec"), "routes")) if router is not None else ():
        for kind in _ROUTE_TYPES:
            targets = get(get(get(route, kind), "action"), "weightedTargets")
            if (
                router is not None
                and isinstance(targets, SequenceNode)
                and not targets.open
                and len(targets.items) != 2
            ):
                yield _fact("weighted-targets", targets, router.name, named, actual=str(len(targets.items)))


def _traefik(traefik: Found, canary: Found, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    named = get(traefik, "weightedTraefikServiceName")
    service = _beside(repo, ("traefik.io", "traefik.containo.us"), "TraefikService", named, rollout)
    listed = get(get(get(service.root, "spec"), "weighted"), "services") if service is not None else UNKNOWN
    names = names_in(listed)
    if service is None or names is None or not isinstance(named, Scalar):
        return
    for field in ("canaryService", "stableService"):
        wanted = known_text(get(canary, field))
        if wanted is not None and wanted not in names:
            at = listed if isinstance(listed, SequenceNode) else name_node(service)
            yield _fact("traefik-service", at, service.name, get(canary, field), wanted=f"{field} `{wanted}`")


def _apisix(apisix: Found, canary: Found, rollout: Resource, repo: Repo) -> Iterator[Fact]:
    """rollout/trafficrouting/apisix/apisix.go processSetWeightRoutes."""
    named = get(get(apisix, "route"), "name")
    route = _beside(repo, ("apisix.apache.org",), "ApisixRoute", named, rollout)
    listed = get(get(route.root, "spec"), "http") if route is not None else UNKNOWN
    chosen = get(get(apisix, "route"), "rules")
    if route is None or not isinstance(listed, SequenceNode) or chosen is UNKNOWN or not isinstance(named, Scalar):
        return
    by_name = {value(get(one, "name")): one for one in listed.items}
    if UNKNOWN in by_name or listed.open:
        return
    for node in items(chosen) if isinstance(chosen, SequenceNode) else [named]:
        wanted = value(node)
        if not isinstance(wanted, str):
            continue
        rule = by_name.get(wanted)
        if rule is None:
            known = ", ".join(f"`{one}`" for one in by_name if isinstance(one, str))
            yield _fact("apisix-rule", node, route.name, listed, wanted=wanted, actual=known)
            continue
        backends = get(rule, "backends")
        there = [value(get(one, "serviceName")) for one in items(backends)]
        for field in ("canaryService", "stableService"):
            service = known_text(get(canary, field))
            if service is not None and service not in there and UNKNOWN not in there and backends is not UNKNOWN:
                at = backends if isinstance(backends, SequenceNode) else rule
                yield _fact("apisix-backend", at, route.name, get(canary, field), wanted=f"{field} `{service}`")
