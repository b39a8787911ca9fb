"""How a Rollout's router and what it routes with agree: Ingresses, routes of Istio, and what other routers need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.resource import Resource
from gitops_lint.model.rollouts import Found, present, strategy
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.policy.vocabulary.rollout_references import name_node
from gitops_lint.repo.index import Repo
from gitops_lint.repo.references import references_of
from gitops_lint.simulate.analyses import nearest, reach
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, text_of, value

_VALIDATION = "argo-rollouts pkg/apis/rollouts/validation/validation_references.go"
_ISTIO = "argo-rollouts rollout/trafficrouting/istio/istio.go"

# ---- Ingresses

INGRESS_KINDS = ("without-service", "port", "canary-in-git")

INGRESS_PROBLEM = record(
    "IngressProblem",
    {
        "kind": Field(TextType(values=INGRESS_KINDS), optional=False, doc="what is wrong"),
        "ingress": Field(TEXT, optional=False, doc="the Ingress' name"),
        "service": Field(TEXT, optional=False, doc="the Service it must route to"),
        "field": Field(TEXT, optional=False, doc="the field of the Rollout that names the Service"),
        "port": Field(TEXT, optional=False, doc="the port that is written, where that is wrong"),
        "other": Field(ANYTHING, optional=True, doc="the Ingress' name, or the name in the Rollout, to point at"),
    },
    doc="an Ingress that a Rollout names and that does not fit it",
)


@attribute(
    "Rollout",
    "ingressProblems",
    returns=ListType(INGRESS_PROBLEM),
    needs={"references"},
    source=f"{_VALIDATION} ValidateIngress",
)
def ingress_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Ingresses without a rule for the Service, ports of an ALB that the controller cannot take over, and its own copies in Git."""
    root = subject.root or MISSING
    canary = strategy(root, "canary")
    routing = get(canary, "trafficRouting")
    rollout = resource_of(subject)
    found: list[Value] = []
    for named in references_of("Rollout", root):
        if named.relation not in ("stableIngress", "stableIngresses", "ingress", "ingresses"):
            continue
        alb = named.relation in ("ingress", "ingresses")
        field, wanted = "stableService", get(canary, "stableService")
        if alb:
            own = get(get(routing, "alb"), "rootService")
            if own is not MISSING and text_of(own) != "":
                field, wanted = "rootService", own
        service = value(wanted)
        if not isinstance(service, str) or not service:
            continue
        reached = reach(repo, rollout, named)
        ingresses = list(reached.found) if reached.status == "known" else []
        backends = [_backends(one, service) for one in ingresses]

        def problem(
            kind: str, at: Node, ingress: str, other: Found, port: str = "", service: str = service, field: str = field
        ) -> Fact:
            fields: dict[str, Value] = {"kind": kind, "ingress": ingress, "service": service, "field": field}
            return Fact("IngressProblem", at, fields | {"port": port, "other": other})

        if ingresses and all(one is not None and not one for one in backends):
            found.append(problem("without-service", named.node, named.name, name_node(ingresses[0])))
        ingress = nearest(ingresses, rollout.file)
        if alb and ingress is not None:
            for backend in _backends(ingress, service) or ():
                at, port = _port(backend)
                if at is not None and port not in (None, "use-annotation"):
                    found.append(problem("port", at, named.name, named.node, port or ""))
        if not alb and rollout.name:
            copy = f"{rollout.name}-{named.name}-canary"
            for one in repo.named("networking.k8s.io", "Ingress", copy):
                if same_place(one, rollout, repo):
                    found.append(problem("canary-in-git", name_node(one), copy, named.node))
    return found


def _backends(ingress: Resource, service: str) -> list[Node] | None:
    """The backends of the rules that name a Service, not the default one; None where more may be there than is shown."""
    rules = get(get(ingress.root, "spec"), "rules")
    if rules is MISSING:
        return []
    if not isinstance(rules, SequenceNode) or rules.open:
        return None
    found: list[Node] = []
    for rule in rules.items:
        paths = get(get(rule, "http"), "paths")
        if paths is UNKNOWN or (isinstance(paths, SequenceNode) and paths.open):
            return None
        for path in items(paths):
            backend = get(path, "backend")
            name = get(get(backend, "service"), "name")
            if name is MISSING:
                name = get(backend, "serviceName")
            known = value(name)
            if known is UNKNOWN:
                return None
            if known == service and isinstance(backend, Mapping):
                found.append(backend)
    return found


def _port(backend: Node) -> tuple[Node | None, str | None]:
    """Where a backend says its port, and what; networking.k8s.io/v1 has a name or a number, older versions `servicePort`."""
    port = get(get(backend, "service"), "port")
    if isinstance(port, Mapping):
        for field in ("name", "number"):
            node = get(port, field)
            if isinstance(node, Scalar):
                return node, None if value(node) is UNKNOWN else node.text
        return None, None
    node = get(backend, "servicePort")
    return (node, None if value(node) is UNKNOWN else node.text) if isinstance(node, Scalar) else (None, None)


def same_place(one: Resource, other: Resource, repo: Repo) -> bool:
    first, second = repo.namespace_of(one), repo.namespace_of(other)
    return first is None or second is None or (isinstance(first, str) and first == second)


# ---- Istio

ROUTE_KINDS = (
    *("without-routes", "not-found", "ambiguous", "no-canary", "no-stable", "no-canary-subset", "no-stable-subset"),
    *("extra-destination", "made-by-hand"),
)

ROUTE_PROBLEM = record(
    "RouteProblem",
    {
        "kind": Field(TextType(values=ROUTE_KINDS), optional=False, doc="what is wrong"),
        "virtualService": Field(TEXT, optional=False, doc="the VirtualService's name"),
        "route": Field(TEXT, optional=False, doc="how a message calls the route"),
        "wanted": Field(TEXT, optional=False, doc="the Service, subset or route that is asked for"),
        "known": Field(TEXT, optional=False, doc="what there is instead, as words"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "other": Field(ANYTHING, optional=True, doc="the place in the other resource"),
    },
    doc="a VirtualService that a Rollout names and that does not fit it",
)

_SECTIONS = (("http", "routes"), ("tls", "tlsRoutes"), ("tcp", "tcpRoutes"))


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    """What must stand in a route: hosts of the two Services, or subsets of a DestinationRule; None where it is unknown."""

    canary: str | None
    stable: str | None
    subsets: bool


@attribute(
    "Rollout",
    "routeProblems",
    returns=ListType(ROUTE_PROBLEM),
    needs={"references"},
    source=f"{_ISTIO} ValidateHTTPRoutes",
)
def route_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Where its VirtualServices lack routes or destinations that the controller sets weights on."""
    root = subject.root or MISSING
    canary = strategy(root, "canary")
    routing = get(canary, "trafficRouting")
    istio = get(routing, "istio")
    weights = _weights(canary, get(istio, "destinationRule"))
    managed = names_in(get(routing, "managedRoutes"))
    rollout = resource_of(subject)
    listed = [get(istio, "virtualService"), *items(get(istio, "virtualServices"))]
    found: list[Value] = []
    for named in references_of("Rollout", root):
        use = next((one for one in listed if isinstance(one, Mapping) and get(one, "name") is named.node), None)
        if named.relation != "virtualService" or use is None or weights is None or managed is None:
            continue
        reached = reach(repo, rollout, named)
        services = [one for one in reached.found if one.group == "networking.istio.io"]
        service = nearest(services, rollout.file) if reached.status == "known" else None
        if service is not None:
            found += _routes(use, named.node, service, weights, managed, _experiments(canary))
    return found


def _weights(canary: Found, rule: Found) -> _Weights | None:
    if rule is UNKNOWN:
        return None
    if isinstance(rule, Mapping):
        return _Weights(known_text(get(rule, "canarySubsetName")), known_text(get(rule, "stableSubsetName")), True)
    ping_pong = get(canary, "pingPong")
    first, second = get(canary, "canaryService"), get(canary, "stableService")
    if first is MISSING and second is MISSING and isinstance(ping_pong, Mapping):
        first, second = get(ping_pong, "pingService"), get(ping_pong, "pongService")
    return _Weights(known_text(first), known_text(second), False)


def known_text(node: Found) -> str | None:
    """The text of a node that is known and not empty; else None."""
    found = value(node)
    return found if isinstance(found, str) and found else None


def names_in(node: Found) -> list[str] | None:
    """The names of a list of mappings; None where one of them cannot be known."""
    if node is UNKNOWN or (isinstance(node, SequenceNode) and node.open):
        return None
    found = [value(get(one, "name")) for one in items(node)]
    return [str(one) for one in found if isinstance(one, str)] if UNKNOWN not in found else None


def _experiments(canary: Found) -> bool:
    """Whether a step runs an experiment: it adds destinations of its own."""
    return any(present(step, "experiment") is not False for step in items(get(canary, "steps")))


def _problem(kind: str, at: Node, service: Resource, other: Found, **words: str) -> Fact:
    fields: dict[str, Value] = {"kind": kind, "virtualService": service.name, "other": other}
    fields |= {"route": "", "wanted": "", "known": "", "suggestion": "", **words}
    return Fact("RouteProblem", at, fields)


def _routes(
    use: Node, name: Node, service: Resource, weights: _Weights, managed: list[str], experiments: bool
) -> Iterator[Fact]:
    spec = get(service.root, "spec")
    sections = {section: get(spec, section) for section, _ in _SECTIONS}
    if all(one is MISSING for one in sections.values()):
        yield _problem("without-routes", name, service, name_node(service))
        return
    for section, field in _SECTIONS:
        routes, chosen = sections[section], get(use, field)
        if not isinstance(routes, SequenceNode) or routes.open or chosen is UNKNOWN:
            continue
        if isinstance(chosen, SequenceNode) and chosen.items:
            for selector in chosen.items:
                matching = _matching(section, selector, routes)
                if matching is None:
                    continue
                if not matching:
                    yield _not_found(section, selector, service, routes)
                for route in matching[:1] if section == "http" else matching:
                    yield from _destinations(route, selector, service, weights, experiments)
        elif section == "http":
            yield from _unnamed(routes, use, name, service, weights, managed, experiments)
        elif len(routes.items) > 1:
            yield _problem("ambiguous", name, service, routes, route=section, known=field)
        elif routes.items:
            yield from _destinations(routes.items[0], name, service, weights, experiments)
    for at in _made_by_hand(sections["http"], managed):
        yield _problem("made-by-hand", at, service, name, wanted=text_of(at) or "")


def _unnamed(
    routes: SequenceNode,
    use: Node,
    name: Node,
    service: Resource,
    weights: _Weights,
    managed: list[str],
    experiments: bool,
) -> Iterator[Fact]:
    """HTTP routes where the Rollout chooses none: exactly one besides those the controller manages (getHttpRouteIndexesToPatch)."""
    own = [one for one in routes.items if text_of(get(one, "name")) not in managed or get(one, "name") is MISSING]
    if any(get(one, "name") is UNKNOWN for one in own):
        return
    if len(own) > 1:
        known = ", ".join(f"`{text}`" for one in own if (text := text_of(get(one, "name"))) is not None)
        yield _problem("ambiguous", name, service, routes, route="http", known="routes", suggestion=known)
    elif own and (len(routes.items) == 1 or get(own[0], "name") is MISSING):
        yield from _destinations(own[0], name, service, weights, experiments)


def _matching(section: str, selector: Node, routes: SequenceNode) -> list[Node] | None:
    """The routes that a selector of the Rollout means; None where that cannot be known."""
    if section == "http":
        wanted = value(selector)
        names = [value(get(one, "name")) for one in routes.items]
        if not isinstance(wanted, str) or UNKNOWN in names:
            return None
        return [one for one, name in zip(routes.items, names, strict=True) if name == wanted]
    port = value(get(selector, "port"))
    hosts = [value(one) for one in items(get(selector, "sniHosts"))]
    if port is UNKNOWN or UNKNOWN in hosts:
        return None
    found = []
    for route in routes.items:
        matches = items(get(route, "match"))
        ports = {value(get(one, "port")) for one in matches}
        sni = {value(host) for one in matches for host in items(get(one, "sniHosts"))}
        if UNKNOWN in ports or UNKNOWN in sni:
            return None
        numbers = {0 if one is MISSING else one for one in ports}
        if (
            len(numbers) <= 1
            and (numbers or {0}) == {0 if port is MISSING else port}
            and (section == "tcp" or sni == set(hosts))
        ):
            found.append(route)
    return found


def _not_found(section: str, selector: Node, service: Resource, routes: SequenceNode) -> Fact:
    wanted = text_of(selector) or ""
    if section != "http":
        hosts = ", ".join(f"`{text_of(one)}`" for one in items(get(selector, "sniHosts")))
        port = text_of(get(selector, "port"))
        wanted = " and ".join(
            part for part in (f"port {port}" if port else "", f"hosts {hosts}" if hosts else "") if part
        )
    names = [text for one in routes.items if (text := text_of(get(one, "name"))) is not None]
    close = closest(wanted, names) if section == "http" else ""
    known = ", ".join(f"`{one}`" for one in names)
    suggestion = f'; did you mean "{close}"?' if close else ""
    return _problem(
        "not-found", selector, service, routes, route=section, wanted=wanted, known=known, suggestion=suggestion
    )


def _destinations(route: Node, at: Node, service: Resource, weights: _Weights, experiments: bool) -> Iterator[Fact]:
    """The two destinations that must be there, then the others that the first weight would take away."""
    listed = get(route, "route")
    if listed is UNKNOWN or (isinstance(listed, SequenceNode) and listed.open):
        return
    named = text_of(get(route, "name"))
    words = f"the route `{named}`" if named else "the route"
    keys = [_destination(one, weights.subsets) for one in items(listed)]
    if None in keys:
        return
    known = ", ".join(f"`{one}`" for one in dict.fromkeys(keys) if one)
    lacking = False
    for wanted, role in ((weights.canary, "canary"), (weights.stable, "stable")):
        if wanted is not None and wanted not in keys and not lacking:
            lacking = True
            kind = f"no-{role}-subset" if weights.subsets else f"no-{role}"
            yield _problem(
                kind, at, service, listed if listed is not MISSING else route, route=words, wanted=wanted, known=known
            )
    if lacking or experiments or weights.canary is None or weights.stable is None:
        return
    for one, key in zip(items(listed), keys, strict=True):
        weight = value(get(one, "weight"))
        # without a DestinationRule subsets play no part, with one the names of other subsets may be kept by the Rollout
        if (
            key not in (weights.canary, weights.stable)
            and not weights.subsets
            and isinstance(weight, int)
            and weight != 0
        ):
            yield _problem("extra-destination", one, service, at, route=words, wanted=key or "")


def _destination(one: Node, subsets: bool) -> str | None:
    """The subset, or the host up to its first dot; "" for none, None where it cannot be known (istio.go getHost)."""
    node = get(get(one, "destination"), "subset" if subsets else "host")
    found = value(node)
    if node is MISSING:
        return ""
    if not isinstance(found, str):
        return None
    return found if subsets else found.partition(".")[0]


def _made_by_hand(routes: Found, managed: Sequence[str]) -> list[Node]:
    """The names of HTTP routes in Git that the Rollout lists as routes the controller makes and removes."""
    names = [get(one, "name") for one in items(routes)]
    return [one for one in names if isinstance(one, Scalar) and one.text in managed]


SUBSET = record(
    "LostSubset",
    {
        "field": Field(TEXT, optional=False, doc="the field of the Rollout"),
        "name": Field(TEXT, optional=False, doc="the subset it names"),
        "rule": Field(TEXT, optional=False, doc="the DestinationRule"),
        "known": Field(TEXT, optional=False, doc="the subsets that are defined, as words"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "other": Field(ANYTHING, optional=False, doc="where the subsets are defined"),
    },
    doc="a subset that a Rollout names and its DestinationRule does not define; it points at the name",
)


@attribute("Rollout", "lostSubsets", returns=ListType(SUBSET), needs={"references"}, source=f"{_ISTIO} UpdateHash")
def lost_subsets(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The subsets of `istio.destinationRule` that the DestinationRule lacks."""
    root = subject.root or MISSING
    rule = get(get(get(strategy(root, "canary"), "trafficRouting"), "istio"), "destinationRule")
    rollout = resource_of(subject)
    found: list[Value] = []
    for named in references_of("Rollout", root):
        if named.relation != "destinationRule":
            continue
        reached = reach(repo, rollout, named)
        target = nearest(reached.found, rollout.file) if reached.status == "known" else None
        subsets = get(get(target.root, "spec"), "subsets") if target is not None else UNKNOWN
        names = names_in(subsets)
        if target is None or names is None:
            continue
        for field in ("canarySubsetName", "stableSubsetName"):
            node = get(rule, field)
            name = value(node)
            if isinstance(node, Scalar) and isinstance(name, str) and name not in names:
                close = closest(name, names)
                fields: dict[str, Value] = {
                    "field": field,
                    "name": name,
                    "rule": target.name,
                    "known": ", ".join(f"`{one}`" for one in names),
                    "suggestion": f'; did you mean "{close}"?' if close else "",
                    "other": subsets if isinstance(subsets, SequenceNode) else name_node(target),
                }
                found.append(Fact("LostSubset", node, fields))
    return found
