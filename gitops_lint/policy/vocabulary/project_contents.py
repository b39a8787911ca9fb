"""What an AppProject's lists of kinds say, who uses it, and which resources of its Applications it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.model.appproject import (
    LOCAL_NAME,
    LOCAL_SERVER,
    Target,
    destination_permitted,
    destinations,
    kind_listed,
    known_text,
    texts,
)
from gitops_lint.model.argocd import GROUP, Found, application_spec, destination_of
from gitops_lint.model.kubernetes import CLUSTER_SCOPED
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_contents import Held, delivered_by, scope_of
from gitops_lint.policy.vocabulary.application_sources import is_placeholder
from gitops_lint.policy.vocabulary.applications import spec_of
from gitops_lint.policy.vocabulary.ignored_differences import group_problems
from gitops_lint.policy.vocabulary.projects import has_global_projects, project_named
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, templated, text_of, value

_LISTS = (
    "clusterResourceWhitelist",
    "clusterResourceBlacklist",
    "namespaceResourceWhitelist",
    "namespaceResourceBlacklist",
)


def _spec(subject: Subject) -> Found:
    return get(subject.root or MISSING, "spec")


# ---- lists of kinds

KIND_MISTAKE = record(
    "ProjectKindMistake",
    {
        "problem": Field(
            TextType(values=("group", "scope", "both")),
            optional=False,
            doc="group: no such kind in the group; scope: a list of the other scope; both: permitted and refused",
        ),
        "list": Field(TEXT, optional=False, doc="the list"),
        "text": Field(TEXT, optional=False, doc="the group or kind in question"),
        "why": Field(TEXT, optional=False, doc="a clause behind it"),
        "right": Field(TEXT, optional=False, doc="what was probably meant, as a clause or a list's name; or empty"),
        "harmless": Field(
            BOOL,
            optional=False,
            doc="whether the entry would do nothing with the right group as well: a list of the other scope",
        ),
        "first": Field(TEXT, optional=True, doc="the other entry, where there is one"),
    },
    doc="an entry of a list of kinds that does nothing; it points at the group, the kind or the entry",
)


def _kind(
    problem: str,
    at: Spot,
    listed: str,
    text: str,
    why: str = "",
    right: str = "",
    first: Found = MISSING,
    *,
    harmless: bool = False,
) -> Fact:
    fields: dict[str, Value] = {
        "problem": problem,
        "list": listed,
        "text": text,
        "why": why,
        "right": right,
        "harmless": harmless,
    }
    if isinstance(first, (Scalar, Mapping)):
        fields["first"] = first
    return Fact("ProjectKindMistake", at, fields, title=text)


@attribute(
    "AppProject",
    "kindMistakes",
    returns=ListType(KIND_MISTAKE),
    needs={"index"},
    source="argo-cd pkg/apis/application/v1alpha1/app_project_types.go IsGroupKindNamePermitted",
)
def kind_mistakes(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Entries of its lists of kinds, and of the orphaned resources that it ignores, that match nothing or are overruled."""
    spec = _spec(subject)
    found: list[Value] = []
    for name in _LISTS:
        for entry in items(get(spec, name)):
            wrong = [_of_group(one, name, entry) for one in group_problems(entry, subject.context.schemas)]
            found += wrong or list(_wrong_scope(entry, name, spec, repo))
    for entry in items(get(get(spec, "orphanedResources"), "ignore")):
        for one in group_problems(entry, subject.context.schemas):
            found.append(_of_group(one, "orphanedResources.ignore", entry))
    for scope in ("cluster", "namespace"):
        found += _overruled(spec, f"{scope}ResourceWhitelist", f"{scope}ResourceBlacklist")
    return found


_CLUSTER_KINDS = frozenset(kind for _, kind in CLUSTER_SCOPED)


def _of_group(one: Fact, listed: str, entry: Node) -> Fact:
    harmless = listed.startswith("cluster") and known_text(get(entry, "kind")) not in _CLUSTER_KINDS
    fields = {"problem": "group", "list": listed, "why": one.fields["problem"], "harmless": harmless}
    fields |= {key: one.fields[key] for key in ("text", "right")}
    return Fact("ProjectKindMistake", one.at, fields, title=one.title)


def _wrong_scope(entry: Node, listed: str, spec: Found, repo: Repo) -> Iterator[Fact]:
    group, kind_node = known_text(get(entry, "group")), get(entry, "kind")
    kind = known_text(kind_node)
    if group is None or not kind or not isinstance(kind_node, Scalar):
        return
    scope = scope_of(group, kind, repo)
    mine = "cluster" if listed.startswith("cluster") else "namespace"
    if scope in ("unknown", mine):
        return
    other = listed.replace(mine, scope)
    # what stands in the right list as well is only said twice
    if get(spec, other) is UNKNOWN or kind_listed(get(spec, other), group, kind, "") is not False:
        return
    why = "belongs to no namespace" if scope == "cluster" else "belongs to a namespace"
    # without a whitelist of their own, kinds of namespaces are permitted anyway
    harmless = other == "namespaceResourceWhitelist" and get(spec, other) is MISSING
    yield _kind("scope", kind_node, listed, kind, why, other, harmless=harmless)


def _overruled(spec: Found, white: str, black: str) -> Iterator[Fact]:
    refused = {}
    for entry in items(get(spec, black)):
        key = _entry_key(entry)
        if key is not None:
            refused[key] = entry
    for entry in items(get(spec, white)):
        key = _entry_key(entry)
        if key in refused and isinstance(entry, Mapping):
            node = get(entry, "kind")
            yield _kind(
                "both",
                node if isinstance(node, Scalar) else entry,
                white,
                key[1] if key else "",
                "",
                black,
                refused[key],
            )


def _entry_key(entry: Node) -> tuple[str, str, str] | None:
    group, kind, name = (known_text(get(entry, key)) for key in ("group", "kind", "name"))
    return None if group is None or not kind or name is None else (group, kind, name)


# ---- what a project permits as a whole

BREADTH = record(
    "ProjectBreadth",
    {
        "problem": Field(
            TextType(
                values=("everything", "argocd", "finalizer", "action", "empty-role", "any-cluster", "no-repository")
            ),
            optional=False,
            doc="everything: all repositories, destinations and kinds; argocd: Applications of other namespaces may reach Argo CD's own; finalizer: one that nobody removes; action: one that the resource of a policy does not have; empty-role: a role without policies; any-cluster: a destination that permits every cluster by one of its two fields; no-repository: an address that is that of no repository",
        ),
        "text": Field(TEXT, optional=False, doc="the list, namespace, finalizer, action or role in question"),
        "other": Field(TEXT, optional=False, doc="the resource of the action, or empty"),
        "allowed": Field(ListType(TEXT), optional=False, doc="what would do"),
    },
    doc="a project that permits everything or too much, or that says something which has no effect",
)


def _breadth(problem: str, at: Spot, text: str, other: str = "", allowed: Sequence[str] = ()) -> Fact:
    return Fact("ProjectBreadth", at, {"problem": problem, "text": text, "other": other, "allowed": list(allowed)})


_FINALIZER = "resources-finalizer.argocd.argoproj.io"


@attribute(
    "AppProject",
    "breadth",
    returns=ListType(BREADTH),
    needs={"index"},
    source="argo-cd pkg/apis/application/v1alpha1/app_project_types.go",
)
def breadth(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Where it permits everything or Argo CD's own namespace, and what of its roles and finalizers does nothing."""
    root, spec = subject.root or MISSING, _spec(subject)
    who = resource_of(subject)
    found: list[Value] = []
    for node in items(get(get(root, "metadata"), "finalizers")):
        text = known_text(node)
        if isinstance(node, Scalar) and text and "argocd" in text and text != _FINALIZER:
            found.append(_breadth("finalizer", node, text, _FINALIZER))
    found += _actions(spec)
    found += _any_cluster(get(spec, "destinations"))
    found += _no_repository(get(spec, "sourceRepos"))
    if not isinstance(spec, Mapping) or spec.open or has_global_projects(repo):
        return found
    at = get(get(root, "metadata"), "name")
    if isinstance(at, Scalar):
        found += _extremes(spec, at, who.name)
        found += _reaches_argocd(spec, who.namespace)
    return found


def _extremes(spec: Mapping, at: Scalar, name: str) -> Iterator[Fact]:
    if name == "default":
        return  # the project of everything
    repositories, targets = texts(get(spec, "sourceRepos")), destinations(get(spec, "destinations"))
    kinds = get(spec, "clusterResourceWhitelist")
    if (
        repositories is not None
        and targets is not None
        and "*" in repositories
        and not any(one.startswith("!") for one in repositories)
        and any("*" in (one.server, one.name) and one.namespace == "*" for one in targets)
        and not any(part.startswith("!") for one in targets for part in (one.server, one.name, one.namespace))
        and any(_entry_key(one) == ("*", "*", "") for one in items(kinds))
        and all(get(spec, one) is MISSING for one in ("clusterResourceBlacklist", "namespaceResourceBlacklist"))
    ):
        yield _breadth("everything", at, name)


def _reaches_argocd(spec: Mapping, home: str | None) -> Iterator[Fact]:
    listed = get(spec, "sourceNamespaces")
    given, targets = texts(listed), destinations(get(spec, "destinations"))
    home = home or "argocd"
    if not given or not targets or templated(home) or all(one == home for one in given):
        return
    node = next((one for one in items(listed) if text_of(one) != home), None)
    if isinstance(node, Scalar) and destination_permitted(targets, Target(LOCAL_SERVER, LOCAL_NAME, home)) is True:
        yield _breadth("argocd", node, home)


def _any_cluster(listed: Found) -> Iterator[Fact]:
    """Destinations with name and server, one of which is a star: it is enough that one of them fits."""
    for entry in items(listed):
        name, server = get(entry, "name"), get(entry, "server")
        known = known_text(name), known_text(server)
        if not known[0] or not known[1] or (known[0] == "*") == (known[1] == "*"):
            continue
        star, other = (name, known[1]) if known[0] == "*" else (server, known[0])
        if isinstance(star, Scalar) and not other.startswith("!"):
            yield _breadth("any-cluster", star, "name" if star is name else "server", other)


_FORGE = pattern(
    r"https://(?:github\.com|bitbucket\.org|gitlab\.com|codeberg\.org)/([^/*?\[\]{}!]+)(/[^*?\[\]{}!]+)?(/)?"
)


def _no_repository(listed: Found) -> Iterator[Fact]:
    """Addresses of an owner without a repository, or with a slash behind it, which are compared as they are."""
    known = texts(listed) or []
    for node in items(listed):
        text = known_text(node)
        found = _FORGE.fullmatch(text) if text and not is_placeholder(text) else None
        if found is None or not isinstance(node, Scalar) or not text:
            continue
        base = text.rstrip("/")
        if not found[2]:
            if f"{base}/*" not in known and f"{base}/**" not in known:
                yield _breadth("no-repository", node, text, f"{base}/*")
        elif text.endswith("/"):
            yield _breadth("no-repository", node, text, base)


# What the API server of Argo CD asks for. Source: argo-cd docs/operator-manual/rbac.md, server/application, util/rbac/rbac.go.
_PLAIN_ACTIONS = ("create", "delete", "get", "update")
_ACTIONS_OF = {
    "applicationsets": _PLAIN_ACTIONS,
    "clusters": _PLAIN_ACTIONS,
    "exec": ("create",),
    "logs": ("get",),
    "repositories": _PLAIN_ACTIONS,
}


def _actions(spec: Found) -> Iterator[Fact]:
    for role in items(get(spec, "roles")):
        policies = get(role, "policies")
        name = get(role, "name")
        groups = get(role, "groups")
        empty = policies is MISSING or (isinstance(policies, SequenceNode) and not policies.items and not policies.open)
        if empty and isinstance(name, Scalar) and isinstance(groups, SequenceNode) and groups.items:
            yield _breadth("empty-role", name, name.text)
        for policy in items(policies):
            text = value(policy)
            parts = text.split(",") if isinstance(text, str) else []
            if len(parts) != 6 or not isinstance(policy, Scalar):
                continue
            resource, action = parts[2].strip(), parts[3].strip()
            allowed = _ACTIONS_OF.get(resource)
            if allowed is None or action in ("*", *allowed) or not re.fullmatch(r"[a-z]+(?:/.*)?", action):
                continue
            start = len(",".join(parts[:3])) + 1 + len(parts[3]) - len(parts[3].lstrip())
            yield _breadth("action", Part(policy, start, start + len(action)), action, resource, allowed)


# ---- who uses it


def _uses(repo: Repo) -> tuple[frozenset[str], bool]:
    """The projects that Applications and ApplicationSets name, and whether these are all that may be named."""
    used: set[str] = set()
    known = True
    for kind in ("Application", "ApplicationSet"):
        for one in repo.resources(GROUP, kind):
            root = one.root
            name = known_text(get(application_spec(kind, root), "project"))
            spec = get(root, "spec")
            whole = kind == "Application" or (
                get(spec, "templatePatch") is MISSING and "template" not in _generator_keys(get(spec, "generators"))
            )
            if name is None or not whole:
                known = False
            else:
                used.add(name or "default")
    for facts in repo.files():
        # charts and other templates may name any project
        if known and (facts.template or facts.role in ("chart-template", "template")):
            try:
                data = repo.tree.read(facts.file)
            except OSError:
                continue
            known = not (b"kind: Application" in data or b"argoproj.io/v1alpha1" in data)
    return frozenset(used), known


def _generator_keys(node: Found, depth: int = 0) -> set[str]:
    """Keys at any depth of generators, to see whether one has a template of its own."""
    found: set[str] = set()
    if depth > 12:
        return found
    if isinstance(node, Mapping):
        for key, each in zip(node.items[::2], node.items[1::2], strict=True):
            found.add(text_of(key) or "")
            found |= _generator_keys(each, depth + 1)
    elif isinstance(node, SequenceNode):
        for each in node.items:
            found |= _generator_keys(each, depth + 1)
    return found


@attribute("AppProject", "isUsed", returns=BOOL, needs={"index"})
def is_used(subject: Subject, repo: Repo) -> Value:
    """Whether an Application or ApplicationSet here names it; true as well where that cannot be told, or none is here."""
    name = resource_of(subject).name
    used, known = repo.once(_uses)
    return not known or not used or not name or templated(name) or name in used or has_global_projects(repo)


# ---- resources that a project refuses

REFUSED = record(
    "RefusedResource",
    {
        "what": Field(
            TextType(values=("cluster", "kind", "namespace")),
            optional=False,
            doc="cluster: a cluster-scoped kind; kind: a namespaced one; namespace: the namespace of the resource",
        ),
        "project": Field(TEXT, optional=False, doc="name of the project"),
        "text": Field(TEXT, optional=False, doc="kind and name of the first resource"),
        "kind": Field(TEXT, optional=False, doc="its kind with its group, or the namespace that is refused"),
        "file": Field(TEXT, optional=False, doc="its file"),
        "more": Field(TEXT, optional=False, doc="` and 2 more`, or empty"),
        "list": Field(TEXT, optional=True, doc="the list of the project that decides"),
    },
    doc="a resource that an Application delivers of this repository and its project refuses; it points at the project's name",
)


@attribute(
    "Application",
    "refusedResources",
    returns=ListType(REFUSED),
    needs={"kustomize"},
    source="argo-cd controller/sync.go validateSyncPermissions, app_project_types.go IsGroupKindNamePermitted",
)
def refused_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Resources of its folders that its project, which this repository defines once, does not permit; one fact for each kind."""
    at = get(spec_of(subject), "project")
    root = subject.root
    project = project_named(at, repo)
    if project is None or not isinstance(root, Mapping) or not isinstance(at, Scalar) or has_global_projects(repo):
        return ()
    rules = get(project.root, "spec")
    delivered = delivered_by(resource_of(subject), root, repo)
    refused: dict[tuple[str, str], list[tuple[Held, str]]] = {}
    for contents, held in delivered.held():
        if not held.sure or (contents.manner != "directory" and not contents.whole):
            continue
        verdict = _verdict(held, delivered.namespace, rules, spec_of(subject), repo)
        if verdict is not None:
            refused.setdefault(verdict[:2], []).append((held, verdict[2]))
    return [_refused(at, project.name, what, text, several, rules) for (what, text), several in refused.items()]


def _refused(at: Scalar, project: str, what: str, text: str, several: Sequence[tuple[Held, str]], rules: Found) -> Fact:
    held, listed = several[0]
    fields: dict[str, Value] = {
        "what": what,
        "project": project,
        "text": f"{held.identity.kind} {held.name}",
        "kind": text,
        "file": held.resource.file if held.resource is not None else "",
        "more": f" and {len(several) - 1} more" if len(several) > 1 else "",
    }
    node = get(rules, listed)
    if isinstance(node, (SequenceNode, Scalar)):
        fields["list"] = node
    return Fact("RefusedResource", at, fields, title=text)


def _verdict(held: Held, home: str | None, rules: Found, spec: Found, repo: Repo) -> tuple[str, str, str] | None:
    """What of a resource is refused, a word for it, and the list that decides; None where it is permitted or not known."""
    who = held.identity
    scope = scope_of(who.group, who.kind, repo)
    words = f"{who.group}/{who.kind}" if who.group else who.kind
    if scope == "cluster":
        white, black = get(rules, "clusterResourceWhitelist"), get(rules, "clusterResourceBlacklist")
        if kind_listed(white, who.group, who.kind, held.name) is False:
            return "cluster", words, "clusterResourceWhitelist"
        if kind_listed(black, who.group, who.kind, held.name) is True:
            return "cluster", words, "clusterResourceBlacklist"
        return None
    if scope != "namespace":
        return None
    white, black = get(rules, "namespaceResourceWhitelist"), get(rules, "namespaceResourceBlacklist")
    if white is not MISSING and kind_listed(white, who.group, who.kind, held.name) is False:
        return "kind", words, "namespaceResourceWhitelist"
    if kind_listed(black, who.group, who.kind, held.name) is True:
        return "kind", words, "namespaceResourceBlacklist"
    if held.namespace and home is not None and held.namespace != home and not templated(held.namespace):
        allowed = destinations(get(rules, "destinations"))
        target = destination_of(spec)
        server, name = known_text(target.server), known_text(target.name)
        if allowed is None or server is None or name is None or bool(server) == bool(name):
            return None
        known = Target(
            server or (LOCAL_SERVER if name == LOCAL_NAME else None),
            name or (LOCAL_NAME if server.rstrip("/") == LOCAL_SERVER else None),
            held.namespace,
        )
        # where the Application's own namespace is refused too, that is told of the Application
        if destination_permitted(allowed, known) is False:
            own = destination_permitted(allowed, Target(known.server, known.name, home))
            if own is not False:
                return "namespace", held.namespace, "destinations"
    return None
