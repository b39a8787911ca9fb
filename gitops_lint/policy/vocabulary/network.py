"""What a NetworkPolicy and a VirtualService say that does not work as it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, INTEGER, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import destinations, service_host
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    Missing,
    UnknownValue,
    entries,
    get,
    items,
    key_node,
    templated,
    text_of,
    value,
)

Found = Node | Missing | UnknownValue

# ---- NetworkPolicy

PROBLEMS = ("mixed-peer", "ignored-rules", "empty-rule", "separate-selectors")

POLICY_PROBLEM = record(
    "PolicyProblem",
    {
        "kind": Field(TextType(values=PROBLEMS), optional=False, doc="what does not work as it reads"),
        "direction": Field(TEXT, optional=False, doc="`ingress` or `egress`"),
    },
    doc="a part of a NetworkPolicy that does not do what it seems to; it points at that part",
)


@attribute(
    "NetworkPolicy",
    "policyProblems",
    returns=ListType(POLICY_PROBLEM),
    source="kubernetes/api networking/v1/types.go; kubernetes pkg/apis/networking/validation",
)
def policy_problems(subject: Subject) -> Sequence[Value]:
    """Peers that cannot be, rules without effect, rules that open everything."""
    spec = get(subject.root or MISSING, "spec")
    if not isinstance(spec, Mapping):
        return ()
    return [*_direction(spec, "ingress", "from", "Ingress"), *_direction(spec, "egress", "to", "Egress")]


def _direction(spec: Mapping, field: str, peers_field: str, policy_type: str) -> Iterator[Fact]:
    rules = items(get(spec, field))
    types = get(spec, "policyTypes")
    if isinstance(types, SequenceNode) and not types.open and rules:
        names = [text_of(one) for one in types.items]
        if policy_type not in names and not any(name is None or templated(name) for name in names):
            yield _policy_problem("ignored-rules", key_node(spec, field) or spec, field)
    for rule in rules:
        peers = get(rule, peers_field)
        if isinstance(rule, Mapping) and not rule.open and not rule.items and len(rules) > 1:
            yield _policy_problem("empty-rule", rule, field)
        kinds = []
        for peer in items(peers):
            with_block = get(peer, "ipBlock") is not MISSING
            pods, spaces = get(peer, "podSelector"), get(peer, "namespaceSelector")
            if with_block and (isinstance(pods, Mapping) or isinstance(spaces, Mapping)):
                yield _policy_problem("mixed-peer", peer, field)
            if pods is UNKNOWN or spaces is UNKNOWN or with_block:
                kinds.append("other")
            elif isinstance(pods, Mapping) and isinstance(spaces, Mapping):
                kinds.append("both")
            else:
                kinds.append("pods" if isinstance(pods, Mapping) else "namespaces")
        if kinds in (["namespaces", "pods"], ["pods", "namespaces"]):
            yield _policy_problem("separate-selectors", items(peers)[1], field)


def _policy_problem(kind: str, at: Node, direction: str) -> Fact:
    fields: dict[str, Value] = {"kind": kind, "direction": direction}
    return Fact("PolicyProblem", at, fields)


REMOTE_SELECTION = record(
    "RemoteSelection",
    {
        "label": Field(TEXT, optional=False, doc="the label that is asked for, as `key: value`"),
        "secret": Field(ANYTHING, optional=False, doc="a cluster Secret that has it"),
    },
    doc="a namespaceSelector that asks for a label which only clusters of Argo CD have here",
)


@attribute("NetworkPolicy", "remoteSelections", returns=ListType(REMOTE_SELECTION), needs={"index"})
def remote_selections(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Its namespaceSelectors with a label of Argo CD's cluster Secrets that no Namespace here has."""
    clusters = repo.labelled("argocd.argoproj.io/secret-type", "cluster")
    if not clusters:
        return ()
    spec = get(subject.root or MISSING, "spec")
    found: list[Value] = []
    for field, peers in (("ingress", "from"), ("egress", "to")):
        for rule in items(get(spec, field)):
            for peer in items(get(rule, peers)):
                selector = get(peer, "namespaceSelector")
                for key, _, wanted in entries(get(selector, "matchLabels")):
                    if isinstance(wanted, Scalar) and isinstance(selector, Mapping):
                        found += _remote(selector, key, wanted.text, clusters, repo)
    return found


def _remote(selector: Mapping, key: str, wanted: str, clusters: Sequence[Resource], repo: Repo) -> Iterator[Fact]:
    holders = [one for one in repo.labelled(key, wanted) if one in clusters]
    spaces = [one for one in repo.resources("", "Namespace") if key in repo.facts_of(one).labels]
    managed = any(
        "managedNamespaceMetadata" in repo.load(one.file).source.text
        for one in repo.resources("argoproj.io", "Application")
    )
    if holders and not spaces and not managed:
        fields: dict[str, Value] = {
            "label": f"{key}: {wanted}",
            "secret": get(get(holders[0].root, "metadata"), "name"),
        }
        yield Fact("RemoteSelection", selector, fields)


# ---- VirtualService

MESH_PROBLEM = record(
    "VirtualServiceProblem",
    {
        "kind": Field(
            TextType(values=("no-weight", "unreachable", "mesh-wildcard", "delegate")),
            optional=False,
            doc="what Istio refuses, or never comes to",
        ),
        "number": Field(INTEGER, optional=True, doc="number of the rule that is meant, from 1"),
        "what": Field(TEXT, optional=False, doc="the field that is meant, or empty"),
    },
    doc="a part of a VirtualService that Istio refuses or never reaches; it points at that part",
)


@attribute(
    "VirtualService",
    "meshProblems",
    returns=ListType(MESH_PROBLEM),
    source="istio pkg/config/validation/validation.go ValidateVirtualService, analyzeUnreachableHTTPRules",
)
def mesh_problems(subject: Subject) -> Sequence[Value]:
    """Weights of nothing, rules behind one that takes everything, hosts and gateways that do not go together."""
    spec = get(subject.root or MISSING, "spec")
    if not isinstance(spec, Mapping) or spec.open:
        return ()
    return [*_hosts(spec), *_weights(spec), *_unreachable(spec)]


def _hosts(spec: Mapping) -> Iterator[Fact]:
    hosts, gateways = get(spec, "hosts"), get(spec, "gateways")
    if hosts is MISSING or (isinstance(hosts, SequenceNode) and not hosts.open and not hosts.items):
        for field in ("gateways", "tls", "tcp"):
            node = get(spec, field)
            if isinstance(node, SequenceNode) and node.items:
                yield _route_problem("delegate", node, what=field)
        return
    names = [text_of(one) for one in items(gateways)]
    in_mesh = gateways is MISSING or "mesh" in names
    for host in items(hosts):
        if in_mesh and text_of(host) == "*":
            yield _route_problem("mesh-wildcard", host)


def _weights(spec: Mapping) -> Iterator[Fact]:
    for protocol in ("http", "tcp", "tls"):
        for rule in items(get(spec, protocol)):
            route = get(rule, "route")
            if not isinstance(route, SequenceNode) or route.open or len(route.items) < 2:
                continue
            weights = [get(one, "weight") for one in route.items]
            numbers = [0 if one is MISSING else value(one) for one in weights]
            if all(number == 0 and number is not False for number in numbers):
                yield _route_problem("no-weight", route)


def _unreachable(spec: Mapping) -> Iterator[Fact]:
    rules = get(spec, "http")
    taken: int | None = None
    for number, rule in enumerate(items(rules), 1):
        if taken is not None:
            yield _route_problem("unreachable", rule, number=taken)
            return
        match = get(rule, "match")
        if isinstance(rule, Mapping) and not rule.open and (match is MISSING or _is_empty(match)):
            taken = number


def _is_empty(match: Found) -> bool:
    return isinstance(match, SequenceNode) and not match.open and not match.items


def _route_problem(kind: str, at: Node, *, number: int | None = None, what: str = "") -> Fact:
    fields: dict[str, Value] = {"kind": kind, "what": what}
    if number is not None:
        fields["number"] = number
    return Fact("VirtualServiceProblem", at, fields)


LOST_ROUTE_SUBSET = record(
    "LostRouteSubset",
    {
        "subset": Field(TEXT, optional=False, doc="the subset that is named"),
        "host": Field(TEXT, optional=False, doc="the host that it is a subset of"),
        "known": Field(TEXT, optional=False, doc="the subsets that there are, as words"),
        "rule": Field(ANYTHING, optional=False, doc="the name of the DestinationRule for the host"),
    },
    doc="a subset that no DestinationRule for the host defines; it points at the name",
)


@attribute(
    "VirtualService",
    "undefinedSubsets",
    returns=ListType(LOST_ROUTE_SUBSET),
    needs={"index"},
    source="istio pkg/config/analysis/analyzers/virtualservice/destinationrules.go",
)
def undefined_subsets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The subsets of its destinations that the known DestinationRules for the host do not have."""
    who = resource_of(subject)
    home = repo.namespace_of(who)
    rules = repo.resources("networking.istio.io", "DestinationRule")
    found: list[Value] = []
    for destination in destinations(get(subject.root or MISSING, "spec")):
        subset, host = get(destination, "subset"), text_of(get(destination, "host")) or ""
        if not isinstance(subset, Scalar) or templated(subset.text) or templated(host) or not host:
            continue
        for_host = [one for one in rules if _same_host(host, home, one, repo)]
        names = [_subsets(one.root) for one in for_host]
        if not names or any(each is None or subset.text in each for each in names):
            continue
        if any((one.name, subset.text) in repo.once(_told_at_rollouts) for one in for_host):
            continue
        known = sorted({name for each in names if each is not None for name in each})
        fields: dict[str, Value] = {
            "subset": subset.text,
            "host": host,
            "known": ", ".join(f"`{name}`" for name in known[:6]) or "no subsets",
            "rule": get(get(for_host[0].root, "metadata"), "name"),
        }
        found.append(Fact("LostRouteSubset", subset, fields))
    return found


def _told_at_rollouts(repo: Repo) -> frozenset[tuple[str, str]]:
    """Names of DestinationRules with the subsets that Rollouts name: one that lacks it is told there (`lostSubsets`)."""
    found: set[tuple[str, str]] = set()
    for rollout in repo.resources("argoproj.io", "Rollout"):
        canary = get(get(get(rollout.root, "spec"), "strategy"), "canary")
        rule = get(get(get(canary, "trafficRouting"), "istio"), "destinationRule")
        name = text_of(get(rule, "name"))
        subsets = [text_of(get(rule, field)) for field in ("canarySubsetName", "stableSubsetName")]
        found.update((name, subset) for subset in subsets if name is not None and subset is not None)
    return frozenset(found)


def _same_host(host: str, home: str | UnknownValue | None, rule: Resource, repo: Repo) -> bool:
    """Whether a DestinationRule may be for a host: short names count in the namespace of who writes them."""
    other = text_of(get(get(rule.root, "spec"), "host")) or ""
    one, two = service_host(host), service_host(other)
    if one is None or two is None:
        return host == other or templated(other) or "*" in other
    spaces = [given if given is not None else own for (_, given), own in ((one, home), (two, repo.namespace_of(rule)))]
    return one[0] == two[0] and (not all(isinstance(space, str) for space in spaces) or spaces[0] == spaces[1])


def _subsets(root: Node) -> frozenset[str] | None:
    spec = get(root, "spec")
    listed = get(spec, "subsets")
    if listed is UNKNOWN or getattr(listed, "open", False) or not isinstance(spec, Mapping):
        return None
    names = [text_of(get(one, "name")) for one in items(listed)]
    known = [name for name in names if name is not None]
    return None if len(known) != len(names) or any(templated(name) for name in known) else frozenset(known)
