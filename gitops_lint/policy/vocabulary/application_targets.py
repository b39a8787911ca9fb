"""What the resources of an Application meet where they are applied: sizes, namespaces, children that nobody watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Spot, Value
from gitops_lint.model.appproject import LOCAL_NAME, known_text
from gitops_lint.model.argocd import GROUP
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_contents import Delivered, Held, contents_of, delivered_by
from gitops_lint.policy.vocabulary.application_folders import has_folder
from gitops_lint.policy.vocabulary.application_sources import sources_of
from gitops_lint.policy.vocabulary.applications import spec_of
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.policy.vocabulary.sync_options import application_options
from gitops_lint.repo.index import Repo
from gitops_lint.simulate.layers import inputs
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, entries, get, items, key_node, templated

LANDING = record(
    "LandingProblem",
    {
        "problem": Field(
            TextType(values=("too-big", "namespace-metadata", "child", "replicas")),
            optional=False,
            doc="too-big: manifests of Argo CD with a definition that a client-side apply cannot annotate; namespace-metadata: a manifest of the namespace that overwrites it; child: an Application in a namespace that its parent is not in; replicas: of something that is not in the build",
        ),
        "text": Field(TEXT, optional=False, doc="kind and name of the resource, or the name in question"),
        "file": Field(TEXT, optional=False, doc="its file, or empty"),
        "other": Field(TEXT, optional=False, doc="the namespace, or empty"),
        "number": Field(TEXT, optional=False, doc="` and 2 more`, a size, or empty"),
    },
    doc="something that an Application delivers of this repository and that lands otherwise than meant; it points into the Application",
)


def _landing(problem: str, at: Spot, text: str, file: str = "", other: str = "", number: str = "") -> Fact:
    fields: dict[str, Value] = {"problem": problem, "text": text, "file": file, "other": other, "number": number}
    return Fact("LandingProblem", at, fields, title=text)


@attribute(
    "Application",
    "landingProblems",
    returns=ListType(LANDING),
    needs={"kustomize"},
    source="argo-cd gitops-engine/pkg/sync/sync_context.go, docs/user-guide/sync-options.md",
    screen=has_folder,
)
def landing_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What of its folders in this repository is too big to apply, overwrites its settings, or lands where nobody looks."""
    root = subject.root
    if not isinstance(root, Mapping) or not has_folder(subject):
        return ()
    delivered = delivered_by(resource_of(subject), root, repo)
    return [
        *_argo_cd_itself(delivered, subject, repo),
        *_namespace_metadata(delivered, subject),
        *_children_elsewhere(delivered, subject, repo),
        *_replicas(subject, repo),
    ]


# Manifests of Argo CD that hold its definitions, as a kustomization names them: by a repository with a folder, or a file.
_INSTALLS = pattern(
    r"(?:https://)?(?:github\.com/|raw\.githubusercontent\.com/)argoproj/argo-cd(?:\.git)?/"
    r"(?:(?P<raw>[^/?]+)/|/?)manifests/(?:crds|(?:ha/)?(?:install|cluster-install|core-install(?:-with-hydrator)?|install-with-hydrator))"
    r"(?:\.yaml|/)?(?:\?(?:.*&)?ref=(?P<ref>[^&]+).*)?"
)
_RELEASE = pattern(r"(?:v|release-)(\d+)\.(\d+)(?:\.\d+)?(?:-[\w.]+)?")
_MOVING = ("HEAD", "main", "master", "stable")


def _argo_cd_itself(delivered: Delivered, subject: Subject, repo: Repo) -> Iterator[Fact]:
    """
    Kustomizations with Argo CD's own manifests, whose ApplicationSet definition is too big to be applied by the client.

    Source: argo-cd docs/operator-manual/upgrading/3.2-3.3.md; the definition has 340 kB as JSON in 3.3.0, 261 kB in 3.2.0.
    """
    options = {text for text, _ in application_options(spec_of(subject))}
    if options & {"ServerSideApply=true", "Replace=true"}:
        return
    for contents in delivered.contents:
        at = contents.source.path
        if contents.manner != "kustomize" or contents.folder is None or not isinstance(at, Scalar):
            continue
        for one in repo.kustomizations.closure(contents.folder):
            # a patch may put the option on the definition alone
            if any("annotations" in change.path or change.path in ((), ("metadata",)) for change in one.changes):
                return
            for entry in one.included():
                found = _INSTALLS.fullmatch(entry.text) if entry.status == "remote" else None
                version = (found["ref"] or found["raw"] or "HEAD") if found else ""
                release = _RELEASE.fullmatch(version)
                if version in _MOVING or (release and (int(release[1]), int(release[2])) >= (3, 3)):
                    yield _landing("too-big", at, version, one.file)
                    return


def _words(held: Held) -> str:
    return f"{held.identity.kind} {held.name}"


def _namespace_metadata(delivered: Delivered, subject: Subject) -> Iterator[Fact]:
    policy = get(spec_of(subject), "syncPolicy")
    given = get(policy, "managedNamespaceMetadata")
    fields = [
        key for key in ("labels", "annotations") if isinstance(get(given, key), Mapping) and entries(get(given, key))
    ]
    options = {text for text, _ in application_options(spec_of(subject))}
    if not fields or "CreateNamespace=true" not in options or not delivered.namespace:
        return
    for _, held in delivered.held():
        if (held.identity.group, held.identity.kind) == ("", "Namespace") and held.name == delivered.namespace:
            at = key_node(policy, "managedNamespaceMetadata")
            if at is not None and held.sure and held.resource is not None:
                yield _landing("namespace-metadata", at, held.name, held.resource.file)
                return


def _children_elsewhere(delivered: Delivered, subject: Subject, repo: Repo) -> Iterator[Fact]:
    """Applications without a namespace of their own, delivered to another namespace than that of the one that delivers them."""
    home = repo.namespace_of(resource_of(subject))
    node = get(get(spec_of(subject), "destination"), "namespace")
    if delivered.cluster != LOCAL_NAME or not delivered.namespace or not isinstance(home, str) or templated(home):
        return
    if not isinstance(node, Scalar) or delivered.namespace == home:
        return
    lost = [
        held
        for contents, held in delivered.held()
        if (held.identity.group, held.identity.kind)
        in ((GROUP, "Application"), (GROUP, "ApplicationSet"), (GROUP, "AppProject"))
        and held.sure
        and held.namespace is None
        and (contents.manner == "directory" or contents.whole)
    ]
    if lost:
        first = lost[0]
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        file = first.resource.file if first.resource is not None else ""
        yield _landing("child", node, _words(first), file, home, more)


# Source: kustomize api/internal/konfig/builtinpluginconsts/replicas.go.
_SCALED = frozenset(("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"))


def _replicas(subject: Subject, repo: Repo) -> Iterator[Fact]:
    for source in sources_of(subject):
        wanted = items(get(source.kustomize, "replicas"))
        contents = contents_of(source, repo) if wanted else None
        if contents is None or contents.manner != "kustomize" or not contents.whole or contents.folder is None:
            continue
        kustomization = repo.kustomizations.at(contents.folder)
        components = get(source.kustomize, "components")
        if kustomization is None or components is not MISSING:
            continue
        names: set[str] = set()
        for member in inputs(repo, kustomization).members:
            if member.identity.kind in _SCALED:
                names.update(member.names)
                names.add(f"{kustomization.prefix}{member.name}{kustomization.suffix}")
        for entry in wanted:
            name = get(entry, "name")
            text = known_text(name)
            if isinstance(name, Scalar) and text and text not in names:
                yield _landing("replicas", name, text, contents.folder)


# ---- sync options that an older Argo CD does not know

# Source: argo-cd controller/sync.go and appcontroller.go at the tags of the releases.
_SINCE = {"ClientSideApplyMigration": (3, 1), "Prune": (3, 4), "Delete": (3, 4)}

YOUNG_OPTION = record(
    "YoungOption",
    {
        "text": Field(TEXT, optional=False, doc="the option as written"),
        "since": Field(TEXT, optional=False, doc="the first release that reads it in an Application"),
        "target": Field(TEXT, optional=False, doc="the release that is checked for"),
    },
    doc="a sync option of an Application that the Argo CD which is checked for does not read; it points at the option",
)


@attribute("Application", "youngOptions", returns=ListType(YOUNG_OPTION), source="argo-cd controller/sync.go")
def young_options(subject: Subject) -> Sequence[Value]:
    """Sync options of its syncPolicy that came later than the Argo CD that is checked for; none where none is named."""
    target = subject.context.targets.get("argo-cd", "")
    parts = [part for part in target.lstrip("v").split(".")[:2] if part.isdecimal()]
    if len(parts) != 2:
        return ()
    version = (int(parts[0]), int(parts[1]))
    found: list[Value] = []
    for text, at in application_options(spec_of(subject)):
        since = _SINCE.get(text.partition("=")[0])
        if since is not None and version < since and not text.endswith("=true"):
            fields: dict[str, Value] = {"text": text, "since": f"{since[0]}.{since[1]}", "target": target}
            found.append(Fact("YoungOption", at, fields, title=text))
    return found
