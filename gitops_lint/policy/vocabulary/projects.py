"""What an AppProject says of roles, windows and what it permits; and which Applications it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.appproject import (
    LOCAL_NAME,
    LOCAL_SERVER,
    Target,
    destination_permitted,
    destinations,
    glob_expression,
    glob_matches,
    group_mistake,
    known_text,
    normal_repository,
    policy_mistake,
    repository_permitted,
    role_name_fits,
    texts,
)
from gitops_lint.model.argocd import GROUP, Found, application_sources, destination_of
from gitops_lint.model.resource import Resource
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applications import BOTH, complete, spec_of
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, get, items, plain, templated, text_of, value

_SOURCE = "argo-cd pkg/apis/application/v1alpha1/app_project_types.go ValidateProject"


def _spec(subject: Subject) -> Found:
    return get(subject.root or MISSING, "spec")


# ---- roles

ROLE_MISTAKE = record(
    "RoleMistake",
    {
        "problem": Field(
            TextType(values=("format", "subject", "resource", "action", "object", "effect", "group", "name")),
            optional=False,
            doc="which part of a policy is wrong, or a group, or the role's name",
        ),
        "text": Field(TEXT, optional=False, doc="the part as written"),
        "expected": Field(ListType(TEXT), optional=False, doc="what is allowed there"),
        "why": Field(TEXT, optional=False, doc="a clause about a group; else empty"),
    },
    doc="something in a role that Argo CD refuses; it points at the part",
)


@attribute(
    "AppProject",
    "roleMistakes",
    returns=ListType(ROLE_MISTAKE),
    source="argo-cd pkg/apis/application/v1alpha1/types.go validatePolicy, validateGroupName",
)
def role_mistakes(subject: Subject) -> Sequence[Value]:
    """The first mistake of each policy, the groups that are refused, and the names of roles."""
    project = resource_of(subject).name
    found: list[Value] = []
    for role in items(get(_spec(subject), "roles")):
        name = get(role, "name")
        known = value(name)
        if isinstance(name, Scalar) and isinstance(known, str) and not role_name_fits(known):
            found.append(_role("name", name, known))
        for group in items(get(role, "groups")):
            text = value(group)
            why = group_mistake(text) if isinstance(text, str) else None
            if why is not None:
                found.append(_role("group", group, text_of(group) or "", why=why))
        if not isinstance(known, str) or not project or templated(project):
            continue
        for policy in items(get(role, "policies")):
            text = value(policy)
            if isinstance(text, str) and isinstance(policy, Scalar):
                mistake = policy_mistake(text, project, known)
                if mistake is not None:
                    at = Part(policy, mistake.start, mistake.end) if mistake.end > mistake.start else policy
                    written = text[mistake.start : mistake.end]
                    found.append(_role(mistake.part, at, written, mistake.expected))
    return found


def _role(problem: str, at: Node | Part, text: str, expected: Sequence[str] = (), why: str = "") -> Fact:
    return Fact("RoleMistake", at, {"problem": problem, "text": text, "expected": list(expected), "why": why})


# ---- entries that are there twice

REPEATED = record(
    "RepeatedEntry",
    {
        "what": Field(TEXT, optional=False, doc="what is repeated, in words"),
        "text": Field(TEXT, optional=False, doc="the entry in short"),
        "first": Field(TEXT, optional=True, doc="the first one"),
    },
    doc="an entry of a project that an earlier one equals; it points at the later one",
)

# Fields of a sync window that do not make it another window. Source: types.go SyncWindow.HashIdentity.
_NO_IDENTITY = ("manualSync", "description", "syncOverrun")


@attribute("AppProject", "repeatedEntries", returns=ListType(REPEATED), source=_SOURCE)
def repeated_entries(subject: Subject) -> Sequence[Value]:
    """Entries of the lists of a project that equal an earlier one in what makes them different."""
    spec = _spec(subject)
    found: list[Value] = []
    found += _repeated("destination", items(get(spec, "destinations")), _destination_key)
    found += _repeated("service account", items(get(spec, "destinationServiceAccounts")), _account_key)
    found += _repeated("source repository", items(get(spec, "sourceRepos")), _text_key)
    found += _repeated("source namespace", items(get(spec, "sourceNamespaces")), _text_key)
    found += _repeated("sync window", items(get(spec, "syncWindows")), _window_key)
    roles = items(get(spec, "roles"))
    found += _repeated("role", [name for role in roles if isinstance(name := get(role, "name"), Scalar)], _text_key)
    for role in roles:
        found += _repeated("policy", items(get(role, "policies")), _text_key)
        found += _repeated("group", items(get(role, "groups")), _text_key)
    return found


def _repeated(what: str, listed: Sequence[Node], key: object) -> Iterator[Fact]:
    seen: dict[str, Node] = {}
    for one in listed:
        found = key(one) if callable(key) else None
        if not isinstance(found, str):
            continue
        if found in seen:
            yield Fact("RepeatedEntry", one, {"what": what, "text": _short(one, found), "first": seen[found]})
        else:
            seen[found] = one


def _short(node: Node, key: str) -> str:
    if isinstance(node, Scalar):
        return node.text
    return key if not isinstance(get(node, "schedule"), Scalar) else text_of(get(node, "schedule")) or key


def _text_key(node: Node) -> str | None:
    found = value(node)
    return found if isinstance(found, str) else None


def _destination_key(node: Node) -> str | None:
    server, name, namespace = (known_text(get(node, key)) for key in ("server", "name", "namespace"))
    if server is None or name is None or namespace is None:
        return None
    return f"{server or name}/{namespace}"


def _account_key(node: Node) -> str | None:
    server, namespace = known_text(get(node, "server")), known_text(get(node, "namespace"))
    return None if server is None or namespace is None else f"{server}/{namespace}"


def _window_key(node: Node) -> str | None:
    if not isinstance(node, Mapping) or node.open or "{{" in node.source.text[node.start : node.end]:
        return None
    found = plain(node)
    if not isinstance(found, dict):
        return None
    return repr(
        sorted(
            (key, repr(one))
            for key, one in found.items()
            if key not in _NO_IDENTITY and one not in (None, False, "", [])
        )
    )


# ---- destinations, repositories, accounts

PATTERN = record(
    "ProjectPattern",
    {
        "problem": Field(
            TextType(
                values=(
                    "no-namespace",
                    "no-cluster",
                    "deny-all",
                    "braces",
                    "narrow-deny",
                    "account-deny",
                    "account",
                    "glob",
                )
            ),
            optional=False,
            doc="no-namespace, no-cluster: a destination that permits nothing; deny-all: `!*`; braces: in a repository; narrow-deny: a denial that stops at a slash; account-deny, account, glob: of destinationServiceAccounts",
        ),
        "text": Field(TEXT, optional=False, doc="the pattern"),
        "field": Field(TEXT, optional=False, doc="the field"),
        "instead": Field(TEXT, optional=False, doc="what to write, or empty"),
    },
    doc="a pattern of a project that does something else than it says; it points at the pattern",
)


@attribute("AppProject", "patternMistakes", returns=ListType(PATTERN), source=_SOURCE)
def pattern_mistakes(subject: Subject) -> Sequence[Value]:
    """Patterns of destinations, repositories and service accounts that permit or deny nothing, or are refused."""
    spec = _spec(subject)
    return [
        *_destination_patterns(items(get(spec, "destinations"))),
        *_repository_patterns(get(spec, "sourceRepos")),
        *_account_patterns(items(get(spec, "destinationServiceAccounts"))),
    ]


def _pattern(problem: str, at: Node, text: str, field: str, instead: str = "") -> Fact:
    return Fact("ProjectPattern", at, {"problem": problem, "text": text, "field": field, "instead": instead})


def _destination_patterns(listed: Sequence[Node]) -> Iterator[Fact]:
    for one in listed:
        server, name, namespace = (known_text(get(one, key)) for key in ("server", "name", "namespace"))
        for field in ("server", "name", "namespace"):
            node = get(one, field)
            if isinstance(node, Scalar) and node.text == "!*":
                yield _pattern("deny-all", node, node.text, field)
        if server == "" and name == "" and namespace is not None:
            yield _pattern("no-cluster", one, namespace, "server")
        elif namespace == "" and (server or name):
            yield _pattern("no-namespace", one, server or name or "", "namespace")


def _repository_patterns(listed: Found) -> Iterator[Fact]:
    known = texts(listed)
    for one in items(listed):
        text = value(one)
        if not isinstance(text, str):
            continue
        if text == "!*":
            yield _pattern("deny-all", one, text, "sourceRepos")
        elif "{" in text and "}" in text:
            yield _pattern("braces", one, text, "sourceRepos")
        elif _is_narrow(text) and known is not None and any(_allows_deeper(other, text) for other in known):
            yield _pattern("narrow-deny", one, text, "sourceRepos", f"{text}*")


def _is_narrow(pattern: str) -> bool:
    """`!https://host/*`: a denial of everything below a host or group that stops at the first slash."""
    return pattern.startswith("!") and pattern.endswith("/*") and pattern.count("*") == 1 and pattern.count("/") == 3


def _allows_deeper(pattern: str, deny: str) -> bool:
    deeper = deny[1:-1] + "group/project"
    return not pattern.startswith("!") and glob_matches(normal_repository(pattern), normal_repository(deeper), "/")


def _account_patterns(listed: Sequence[Node]) -> Iterator[Fact]:
    for one in listed:
        for field in ("server", "namespace"):
            node = get(one, field)
            text = value(node)
            if isinstance(node, Scalar) and isinstance(text, str):
                if "!" in text:
                    yield _pattern("account-deny", node, text, field)
                elif glob_expression(text) is None:
                    yield _pattern("glob", node, text, field)
        account = get(one, "defaultServiceAccount")
        text = value(account)
        if (
            isinstance(account, Scalar)
            and isinstance(text, str)
            and (not text.strip(" ") or set(text) & set("!*[]{}\\/"))
        ):
            yield _pattern("account", account, text, "defaultServiceAccount")


# ---- sync windows

WINDOW = record(
    "SyncWindow",
    {
        "covers": Field(BOOL, optional=False, doc="whether it names applications, namespaces or clusters"),
        "duration": Field(TEXT, optional=True, doc="its duration"),
        "never": Field(BOOL, optional=False, doc="whether its duration is zero or negative"),
    },
    doc="a sync window; it points at the window",
)


@attribute("AppProject", "windows", returns=ListType(WINDOW), source=_SOURCE)
def windows(subject: Subject) -> Sequence[Value]:
    """The sync windows that are wholly known."""
    found: list[Value] = []
    for one in items(get(_spec(subject), "syncWindows")):
        if not isinstance(one, Mapping) or one.open:
            continue
        lists = [get(one, key) for key in ("applications", "namespaces", "clusters")]
        covers = any(
            node is not MISSING and (not isinstance(node, SequenceNode) or node.open or node.items) for node in lists
        )
        duration = get(one, "duration")
        text = (text_of(duration) or "").strip()
        never = bool(text) and (
            text.startswith("-") or (not any(digit in text for digit in "123456789") and "0" in text)
        )
        fields: dict[str, Value] = {"covers": covers, "never": never and not templated(text)}
        if isinstance(duration, Scalar):
            fields["duration"] = duration
        found.append(Fact("SyncWindow", one, fields))
    return found


# ---- Applications and their project

REFUSAL = record(
    "ProjectRefusal",
    {
        "what": Field(
            TextType(values=("source", "destination", "namespace")),
            optional=False,
            doc="what the project does not permit",
        ),
        "project": Field(TEXT, optional=False, doc="name of the project"),
        "text": Field(TEXT, optional=False, doc="what is refused, in words"),
        "permitted": Field(ListType(TEXT), optional=False, doc="what the project permits"),
        "list": Field(TEXT, optional=True, doc="the list of the project that decides"),
    },
    doc="something in an Application that its project does not permit; it points at it",
)


@attribute(
    BOTH,
    "projectRefusals",
    returns=ListType(REFUSAL),
    needs={"kustomize"},
    source="argo-cd util/argo/argo.go ValidatePermissions, app_project_types.go",
)
def project_refusals(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What the project of an Application, where this repository defines it once, does not permit."""
    spec = spec_of(subject)
    project = project_named(get(spec, "project"), repo)
    if project is None or not complete(subject) or has_global_projects(repo):
        return ()
    name, rules = project.name, get(project.root, "spec")
    found: list[Value] = []
    repositories = texts(get(rules, "sourceRepos"))
    if repositories is not None and get(spec, "sourceHydrator") is MISSING:
        for one in application_sources(spec):
            url = known_text(one.repo_url)
            if url and isinstance(one.repo_url, Scalar) and not repository_permitted(repositories, url):
                found.append(_refusal("source", one.repo_url, name, url, repositories, get(rules, "sourceRepos")))
    found += _destination_refusal(spec, name, rules)
    if resource_of(subject).kind == "Application":
        found += _namespace_refusal(subject, project, rules)
    return found


def project_named(node: Found, repo: Repo) -> Resource | None:
    """The project of a name, where this repository defines it once and no name of a project is a template."""
    name = known_text(node)
    if not name:
        return None
    defined = repo.named(GROUP, "AppProject", name)
    if len(defined) != 1 or any(templated(one.name) for one in repo.resources(GROUP, "AppProject")):
        return None
    return defined[0]


def has_global_projects(repo: Repo) -> bool:
    """As `_has_global_projects`, looked for once."""
    return repo.once(_has_global_projects)


def _has_global_projects(repo: Repo) -> bool:
    """
    Whether some file speaks of `globalProjects`, which make the lists of other projects count as well: argocd-cm, the
    values of a chart, the ArgoCD resource of an operator.
    """
    for facts in repo.files():
        try:
            if b"globalProjects" in repo.tree.read(facts.file):
                return True
        except OSError:
            continue
    return False


def _destination_refusal(spec: Found, name: str, rules: Found) -> Iterator[Fact]:
    target = destination_of(spec)
    server, cluster, namespace = known_text(target.server), known_text(target.name), known_text(target.namespace)
    allowed = destinations(get(rules, "destinations"))
    if server is None or cluster is None or namespace is None or allowed is None or bool(server) == bool(cluster):
        return
    known = Target(
        server or (LOCAL_SERVER if cluster == LOCAL_NAME else None),
        cluster or (LOCAL_NAME if server.rstrip("/") == LOCAL_SERVER else None),
        namespace,
    )
    if destination_permitted(allowed, known) is False:
        node = get(spec, "destination")
        words = f"namespace {namespace} of {server or cluster}" if namespace else (server or cluster)
        listed = [f"{one.server or one.name or '(no cluster)'}, {one.namespace or '(no namespace)'}" for one in allowed]
        yield _refusal("destination", node, name, words, listed, get(rules, "destinations"))


def _namespace_refusal(subject: Subject, project: Resource, rules: Found) -> Iterator[Fact]:
    who = resource_of(subject)
    given = texts(get(rules, "sourceNamespaces"))
    if who.namespace is None or project.namespace is None or given is None or who.namespace == project.namespace:
        return
    if templated(who.namespace) or templated(project.namespace) or any(one.startswith("/") for one in given):
        return
    if not any(glob_matches(one, who.namespace) for one in given):
        node = get(get(subject.root or MISSING, "metadata"), "namespace")
        yield _refusal("namespace", node, project.name, who.namespace, given, get(rules, "sourceNamespaces"))


def _refusal(what: str, at: Found, project: str, text: str, permitted: Sequence[str], listed: Found) -> Fact:
    fields: dict[str, Value] = {"what": what, "project": project, "text": text, "permitted": list(permitted)}
    if isinstance(listed, (SequenceNode, Scalar)):
        fields["list"] = listed
    return Fact("ProjectRefusal", at if isinstance(at, (Scalar, Mapping)) else None, fields)


@attribute(BOTH, "knownProjects", returns=ListType(TEXT), needs={"index"})
def known_projects(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Names of the projects that this repository defines, with `default`; empty where it defines none or a name is a template."""
    names = sorted({one.name for one in repo.resources(GROUP, "AppProject") if one.name})
    return [] if not names or any(templated(name) for name in names) else sorted({*names, "default"})
