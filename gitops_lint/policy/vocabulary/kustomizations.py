"""What a kustomization answers: the paths it names, and what of it reaches nothing or collides."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from gitops_lint.dsl.types import ANYTHING, BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.languages.credentials import value_class
from gitops_lint.model.resource import Resource
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.changes import Target, matches_whole
from gitops_lint.repo.index import Repo
from gitops_lint.repo.kustomization import (
    INCLUDES,
    KUSTOMIZATION_NAMES,
    Entry,
    Kustomization,
    Patch,
    kustomization_files,
)
from gitops_lint.repo.kustomizations import Kustomizations
from gitops_lint.simulate.layers import Member, as_written, before_generating, inputs, transformed
from gitops_lint.text.nodes import Mapping, Node, Scalar, children
from gitops_lint.text.scalars import MISSING, entries, get, is_null, items, key_node, templated, text_of

BOTH = ("Kustomization", "Component")


def writes(*fields: str) -> Callable[[Subject], bool]:
    """Whether a kustomization has one of these fields; kustomize reads their names in any case."""
    wanted = frozenset(field.lower() for field in fields)

    def screen(subject: Subject) -> bool:
        return any(key.lower() in wanted for key, _, _ in entries(subject.root if subject.root else MISSING))

    return screen


PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")

# ---- paths

REACHES = ("file", "kustomization", "component", "folder", "nothing", "unknown")

KUSTOMIZE_PATH = record(
    "KustomizePath",
    {
        "field": Field(TEXT, optional=False, doc="where it stands, such as resources or configMapGenerator.files"),
        "path": Field(TEXT, optional=False, doc="the path as written"),
        "reaches": Field(
            TextType(values=REACHES),
            optional=False,
            doc="what lies there; `folder`: one without kustomization; `unknown`: remote, a template, or out of sight",
        ),
        "includes": Field(BOOL, optional=False, doc="whether the field brings resources: resources, bases, components"),
        "beside": Field(BOOL, optional=False, doc="whether it lies in or below the folder of the kustomization"),
        "isKustomization": Field(BOOL, optional=False, doc="whether it is the file of a kustomization"),
        "cycle": Field(BOOL, optional=False, doc="whether what lies there includes this kustomization again"),
        "suggestion": Field(
            TEXT, optional=False, doc="a clause that names a file beside it with another ending, or empty"
        ),
    },
    doc="a path that a kustomization names",
)


@attribute(BOTH, "paths", returns=ListType(KUSTOMIZE_PATH), needs={"kustomize"})
def paths(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Every path that it names, in the order of the text."""
    one = kustomization_of(subject, repo)
    return [_path(one, entry, subject, repo) for entry in one.entries] if one is not None else ()


def _path(one: Kustomization, entry: Entry, subject: Subject, repo: Repo) -> Fact:
    reaches = _reaches(one, entry, repo)
    target = entry.target or ""
    inside = not one.directory or target.startswith(f"{one.directory}/")
    fields: dict[str, Value] = {
        "field": entry.field,
        "path": entry.text,
        "reaches": reaches,
        "includes": entry.field in INCLUDES,
        "beside": inside or reaches != "file",
        "isKustomization": reaches == "file" and posixpath.basename(target) in KUSTOMIZATION_NAMES,
        "cycle": _closes_cycle(one, entry, repo),
        "suggestion": _other_ending(target, repo) if reaches == "nothing" else "",
    }
    return Fact("KustomizePath", node_at(subject.root, entry.start), fields, title=entry.text)


def _reaches(one: Kustomization, entry: Entry, repo: Repo) -> str:
    if entry.status == "directory":
        other = repo.kustomizations.at(entry.target or "")
        if other is None or other.broken:
            return "unknown"
        return "component" if other.component else "kustomization"
    if entry.status == "missing" and _comes_later(one, repo):
        return "unknown"
    known = {"file": "file", "bare-directory": "folder", "missing": "nothing"}
    return known.get(entry.status, "unknown")


def _comes_later(one: Kustomization, repo: Repo) -> bool:
    """
    Whether files may be put beside the kustomization before it is built.

    In the folder of a chart, a plugin writes what Helm printed. And where several files are named, none of which is there,
    and nothing includes or delivers the folder, it is a list to be copied to where they are.
    """
    if one.directory in repo.roles.charts:
        return True
    local = [each for each in one.entries if each.status in ("missing", "file", "directory", "bare-directory")]
    return (
        len(local) > 1
        and all(each.status == "missing" for each in local)
        and not repo.kustomizations.included_by_any(one.directory)
        and not any(
            use.path is not None and posixpath.normpath(use.path.text) == one.directory for use in repo.own_sources
        )
    )


def _closes_cycle(one: Kustomization, entry: Entry, repo: Repo) -> bool:
    """Told once for each cycle: at its kustomization whose folder comes first."""
    if entry.status != "directory" or entry.field not in INCLUDES or entry.target is None:
        return False
    graph = repo.kustomizations
    around = {each.directory for each in graph.closure(entry.target)}
    if one.directory not in around:
        return False
    return one.directory == min(around & _leading_to(one.directory, graph))


def _leading_to(directory: str, graph: Kustomizations) -> set[str]:
    """The folder and those of the kustomizations that include it, at however many steps."""
    found: set[str] = set()
    waiting = [directory]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [by.directory for by, entry in graph.includers(at) if entry.status == "directory"]
    return found


def _other_ending(target: str, repo: Repo) -> str:
    stem, ending = posixpath.splitext(target)
    for other in {".yaml": (".yml",), ".yml": (".yaml",), "": (".yaml", ".yml")}.get(ending, ()):
        if repo.exists(stem + other):
            return f"; `{posixpath.basename(stem + other)}` does"
    return ""


def kustomization_of(subject: Subject, repo: Repo) -> Kustomization | None:
    """What the kustomization file says; None where it could not be read."""
    one = repo.kustomizations.of_file(subject.file)
    return None if one is None or one.broken else one


def node_at(root: Node | None, start: int) -> Node | None:
    """The value below a root that starts at an offset, the outermost; the root where none does."""
    pending: list[Node] = [*children(root)] if root is not None else []
    while pending:
        node = pending.pop()
        if node.start == start:
            return node
        pending.extend(reversed(children(node)))
    return root


# ---- the file as a whole


@attribute(BOTH, "hasContent", returns=BOOL, source="kustomize api/types/kustomization.go CheckEmpty")
def has_content(subject: Subject) -> Value:
    """Whether any field but apiVersion and kind is written and not null."""
    root = subject.root
    return any(
        key not in ("apiVersion", "kind") and not is_null(node) for key, _, node in entries(root if root else MISSING)
    )


@attribute(BOTH, "otherFile", returns=TEXT, optional=True, needs={"kustomize"})
def other_file(subject: Subject, repo: Repo) -> Value:
    """The kustomization file that stands before this one in the same folder; missing where this one is the first."""
    files = kustomization_files(repo.tree, posixpath.dirname(subject.file))
    return posixpath.basename(files[0]) if files and files[0] != subject.file else MISSING


@attribute(BOTH, "isRestricted", returns=BOOL, needs={"kustomize"}, source="kustomize api/loader/fileloader.go")
def is_restricted(subject: Subject, repo: Repo) -> Value:
    """
    Whether files outside of its folder are refused, as far as this repository shows.

    Flux builds without the restriction; Argo CD takes it away by the option LoadRestrictionsNone.
    """
    return repo.once(_restricts)


def _restricts(repo: Repo) -> bool:
    if any(group == "kustomize.toolkit.fluxcd.io" for group, _ in repo.kinds()):
        return False
    return "LoadRestrictionsNone" not in repo.once(_build_options)


@attribute(
    BOTH, "argocdHelm", returns=BOOL, optional=True, needs={"kustomize"}, source="argo-cd util/kustomize/kustomize.go"
)
def argocd_helm(subject: Subject, repo: Repo) -> Value:
    """Whether Argo CD's configuration lets kustomize use Helm; missing where the repository does not hold it whole."""
    maps = [one for one in repo.named("", "ConfigMap", "argocd-cm") if not repo.roles.of(one.file).changes]
    if (
        not maps
        or len(maps) != len(repo.named("", "ConfigMap", "argocd-cm"))
        or repo.resources("argoproj.io", "ArgoCD")
    ):
        return MISSING
    return "--enable-helm" in repo.once(_build_options)


def _build_options(repo: Repo) -> str:
    """Everything that the repository says of kustomize's options, in one text."""
    found: list[str] = []
    for one in repo.named("", "ConfigMap", "argocd-cm"):
        found += [
            text_of(node) or ""
            for key, _, node in entries(get(one.root, "data"))
            if key.startswith("kustomize.buildOptions")
        ]
    for one in repo.resources("argoproj.io", "ArgoCD"):
        found.append(text_of(get(get(one.root, "spec"), "kustomizeBuildOptions")) or "")
    for facts in repo.files():
        if facts.role in ("values", "patch", "generated-data") and "argo" in facts.file.lower():
            text = repo.load(facts.file).source.text
            if "buildOptions" in text or "BuildOptions" in text:
                found.append(text)
    return "\n".join(found)


# ---- patches that reach nothing

LOST_PATCH = record(
    "LostPatch",
    {
        "wanted": Field(TEXT, optional=False, doc="what the patch is for, as words"),
        "targeted": Field(BOOL, optional=False, doc="whether the entry has a `target`"),
        "hint": Field(TEXT, optional=False, doc="a clause that says what is close, or empty"),
    },
    doc="a patch that fits none of the resources that its kustomization works on; it points at what does not fit",
)


@attribute(
    "Kustomization",
    "lostPatches",
    returns=ListType(LOST_PATCH),
    needs={"kustomize"},
    source="kustomize api/internal/builtins/PatchTransformer.go",
    screen=writes(*PATCHES),
)
def lost_patches(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Its patches that reach nothing, where all resources of the build are known."""
    one = kustomization_of(subject, repo)
    if one is None or not one.patches:
        return ()
    layer = inputs(repo, one)
    if layer.unseen:
        return ()
    found = []
    for patch in one.patches:
        # without a kind or a name a text is no patch of its own, which is another mistake
        if patch.form == "unreadable" or (not patch.targeted and not (patch.target.kind and patch.target.name)):
            continue
        if templated(patch.target.name) or templated(patch.target.kind) or patch.target.labels:
            continue
        reach = Member.may_be if patch.targeted else Member.is_exactly
        reached = any(reach(member, patch.target) for member in layer.members)
        if not reached and not _is_switched_off(patch.target, one, repo):
            found.append(_lost(subject, patch, layer.members))
    return found


def _is_switched_off(target: Target, one: Kustomization, repo: Repo) -> bool:
    """Whether the resource is in a file that a kustomization of the build names in a comment: one that can be chosen."""
    if not target.name:
        return False
    for each in repo.kustomizations.closure(one.directory):
        text = repo.load(each.file).source.text
        for path in _COMMENTED.findall(text):
            file = posixpath.normpath(posixpath.join(each.directory, path))
            if any(who.name == target.name and target.kind in (None, "", who.kind) for who in repo.in_file(file)):
                return True
    return False


_COMMENTED = pattern(r"^[ \t]*#[# \t]*-[ \t]+[\"']?([\w./-]+\.ya?ml)\b", re.MULTILINE)


def _lost(subject: Subject, patch: Patch, members: Sequence[Member]) -> Fact:
    target = patch.target
    fields: dict[str, Value] = {
        "wanted": _wanted(target),
        "targeted": patch.targeted,
        "hint": _hint(target, members, targeted=patch.targeted),
    }
    at: Node | None = node_at(subject.root, patch.start)
    if patch.targeted:
        at = _target_beside(subject.root, at) or at
    return Fact("LostPatch", at, fields)


def _wanted(target: Target) -> str:
    words = f"{target.kind or 'resource'} `{target.name}`" if target.name else f"kind `{target.kind}`"
    if not target.name and not target.kind:
        words = "resource"
    if target.group:
        words += f" of group `{target.group}`"
    return f"{words} in namespace `{target.namespace}`" if target.namespace else words


def _hint(target: Target, members: Sequence[Member], *, targeted: bool) -> str:
    same_name = [one for one in members if target.name in one.names]
    for one in same_name:
        if one.identity.kind == target.kind and one.identity.group == target.group and not targeted:
            if target.version and target.version != one.identity.version:
                return f"; the one there has version `{one.identity.version}`"
            where = one.namespaces[0]
            return f"; the one there is in namespace `{where}`" if where else "; the one there has no namespace"
    differs = _difference(target, same_name)
    if differs:
        return differs
    if target.name and same_name:
        return f"; `{target.name}` is a {same_name[0].identity.kind} of group `{same_name[0].identity.group}`"
    names = sorted({one.name for one in members if not target.kind or one.identity.kind == target.kind})
    return "; there is " + ", ".join(f"`{name}`" for name in names[:3]) if names else ""


def _difference(target: Target, same_name: Sequence[Member]) -> str:
    """What keeps a selector from the resource that has its name, kind and group; empty where there is none."""
    for one in same_name:
        if target.kind != one.identity.kind or target.group not in (None, "", one.identity.group):
            continue
        if target.version and target.version != one.identity.version:
            return f"; the one there has version `{one.identity.version}`, not `{target.version}`"
        if target.namespace:
            where = one.namespaces[-1]
            return f"; the one there is in namespace `{where}`" if where else "; the one there has no namespace yet"
    return ""


def _target_beside(root: Node | None, written: Node | None) -> Node | None:
    """The `target` of the entry whose path or text is at hand."""
    for field in ("patches", "patchesJson6902"):
        for item in items(get(root if root is not None else MISSING, field)):
            if isinstance(item, Mapping) and any(item.items[at] is written for at in range(1, len(item.items), 2)):
                found = get(item, "target")
                return found if isinstance(found, Mapping) else None
    return None


# ---- resources that collide

COLLISION = record(
    "Collision",
    {
        "what": Field(TEXT, optional=False, doc="the resource that is there twice, as words"),
        "moved": Field(BOOL, optional=False, doc="whether they collide only once `namespace` has moved them"),
        "same": Field(BOOL, optional=False, doc="whether it is the same file that is named twice"),
    },
    doc="two resources of one build that have the same identity; it points at what brings the second",
)


@attribute(
    "Kustomization",
    "collisions",
    returns=ListType(COLLISION),
    needs={"kustomize"},
    source="kustomize api/resmap/reswrangler.go Append; api/internal/builtins/NamespaceTransformer.go",
)
def collisions(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Resources that are there twice among what it includes and generates; a component adds no claim."""
    one = kustomization_of(subject, repo)
    if one is None:
        return ()
    layer = inputs(repo, one)
    found: dict[str, Fact] = {}
    before: dict[tuple[str, ...], Member] = {}
    after: dict[tuple[str, ...], Member] = {}
    for member in layer.members:
        if not member.sure or not member.name or templated(member.name) or member.identity.generates_name:
            continue
        first = before.setdefault(member.key, member)
        if first is not member:
            place = str(member.entry[0])
            found.setdefault(place, _collision(subject, first, member, node_at(subject.root, member.entry[0])))
        if not one.namespace or not transformed(member, one).sure:
            continue
        moved = (*member.key[:3], one.namespace, member.name) if member.scoped else member.key
        second = after.setdefault(moved, member)
        if second is not member and first is member:
            found.setdefault(
                "namespace", _collision(subject, second, member, get(subject.root or MISSING, "namespace"))
            )
    return tuple(found.values())


def _collision(subject: Subject, first: Member, second: Member, at: Value) -> Fact:
    same = first.resource is not None and first.resource is second.resource
    where = f" in namespace `{second.namespaces[-1]}`" if second.namespaces[-1] else ""
    fields: dict[str, Value] = {
        "what": f"{second.identity.kind} `{second.name}`{where}",
        "moved": first.key != second.key,
        "same": same,
    }
    spot: Node | None = at if isinstance(at, Scalar | Mapping) else subject.root
    # what generates a resource is shown by its name
    name = get(spot, "name") if isinstance(spot, Mapping) else MISSING
    return Fact("Collision", name if isinstance(name, Scalar) else spot, fields)


# ---- generators

GENERATOR = record(
    "Generator",
    {
        "name": Field(TEXT, optional=False, doc="the name of what is made, as written"),
        "kind": Field(TEXT, optional=False, doc="ConfigMap or Secret"),
        "behavior": Field(ANYTHING, optional=True, doc="`behavior` as written"),
        "hasBase": Field(
            BOOL, optional=False, doc="whether there is something to merge into, or whether nobody can tell"
        ),
        "badLiterals": Field(ListType(ANYTHING), optional=False, doc="literals without a key or without `=`"),
    },
    doc="an entry of configMapGenerator or secretGenerator",
)


@attribute(
    BOTH,
    "generated",
    returns=ListType(GENERATOR),
    needs={"kustomize"},
    source="kustomize api/kv/kv.go",
    screen=writes("configMapGenerator", "secretGenerator"),
)
def generated(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What it generates."""
    one = kustomization_of(subject, repo)
    if one is None or not one.generated:
        return ()
    layer = before_generating(repo, one)
    found = []
    for made in one.generated:
        node = node_at(subject.root, made.start) or MISSING
        earlier = [
            each
            for each in one.generated
            if each.start < made.start and (each.kind, each.name) == (made.kind, made.name)
        ]
        target = Target("", "v1", made.kind, made.name, made.namespace or "", exact=True)
        base = bool(layer.unseen or earlier or not made.name or templated(made.name))
        base = base or any(member.is_exactly(target) for member in layer.members)
        # a namespace that only one of the two says may still be the same once `namespace` is set
        fields: dict[str, Value] = {
            "name": made.name,
            "kind": made.kind,
            "behavior": get(node, "behavior"),
            "hasBase": base,
            "badLiterals": [each for each in items(get(node, "literals")) if _is_bad_literal(each)],
        }
        found.append(Fact("Generator", node if isinstance(node, Mapping) else subject.root, fields, title=made.name))
    return found


def _is_bad_literal(node: Node) -> bool:
    return isinstance(node, Scalar) and not templated(node.text) and ("=" not in node.text or node.text.startswith("="))


# ---- replacements


@attribute(
    "Kustomization",
    "lostSources",
    returns=ListType(ANYTHING),
    needs={"kustomize"},
    source="kustomize api/filters/replacement/replacement.go selectSourceNode",
    screen=writes("replacements"),
)
def lost_sources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The `source` of replacements that select nothing, where all resources of the build are known."""
    one = kustomization_of(subject, repo)
    written = items(get(subject.root or MISSING, "replacements"))
    if one is None or not written:
        return ()
    layer = inputs(repo, one)
    if layer.unseen:
        return ()
    found: list[Value] = []
    for item in written:
        source = get(item, "source")
        wanted = {key: text_of(get(source, key)) or "" for key in ("group", "version", "kind", "name", "namespace")}
        if not isinstance(source, Mapping) or any(templated(text) for text in wanted.values()):
            continue
        if not any(_is_selected(member, wanted, one) for member in layer.members):
            found.append(source)
    return found


def _is_selected(member: Member, wanted: dict[str, str], one: Kustomization) -> bool:
    who = member.identity
    names = {*member.names, one.prefix + member.name + one.suffix}
    spaces = {(each or "default") for each in (*member.namespaces, one.namespace)}
    return (
        wanted["group"] in ("", who.group)
        and wanted["version"] in ("", who.version)
        and wanted["kind"] in ("", who.kind)
        and (not wanted["name"] or wanted["name"] in names)
        and (not wanted["namespace"] or not member.scoped or wanted["namespace"] in spaces)
    )


# ---- images

_IMAGE_KEYS = ("image", "reference")


@attribute(
    "Kustomization",
    "lostImages",
    returns=ListType(TEXT),
    needs={"kustomize"},
    source="kustomize api/internal/image/image.go IsImageMatched, api/filters/imagetag",
    screen=writes("images"),
)
def lost_images(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The names under `images` that no container of the build has, where all resources of the build are known."""
    one = kustomization_of(subject, repo)
    written = items(get(subject.root or MISSING, "images"))
    if one is None or not written or one.configured:
        return ()
    layer = inputs(repo, one)
    closure = repo.kustomizations.closure(one.directory)
    if layer.unseen or any(_may_bring_images(each) for each in closure):
        return ()
    trees = [as_written(repo, member.resource) for member in layer.members if member.resource is not None]
    used = {text for tree in trees if tree is not None for text in _images(tree)}
    if not used or any(templated(text) for text in used):
        return ()
    for each in closure:
        if each is not one:
            used |= _renamed(each, repo)
    names = [get(item, "name") for item in written]
    return [
        name
        for at, name in enumerate(names)
        if isinstance(name, Scalar)
        and not templated(name.text)
        and not any(_matches(name.text, text) for text in used)
        and name.text not in {text_of(get(item, "newName")) for item in written[:at]}
    ]


def _may_bring_images(one: Kustomization) -> bool:
    words = {"containers", "initContainers", "image", "volumes"}
    for patch in one.patches:
        for path, _ in patch.paths:
            if not path or path[-1] in ("spec", "template", "jobTemplate") or words.intersection(map(str, path)):
                return True
    return any(patch.form == "unreadable" for patch in one.patches)


def _renamed(one: Kustomization, repo: Repo) -> set[str]:
    root = next((each.root for each in repo.load(one.file).documents if each.root is not None), None)
    return {
        text for item in items(get(root or MISSING, "images")) if (text := text_of(get(item, "newName"))) is not None
    }


def _images(root: Node) -> Iterator[str]:
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            for key, _, value in entries(node, "v3"):
                if key in _IMAGE_KEYS and isinstance(value, Scalar):
                    yield value.text
        pending.extend(children(node))


def _matches(name: str, image: str) -> bool:
    return matches_whole(f"(?:{name})(:[a-zA-Z0-9_.{{}}-]*)?(@[a-zA-Z0-9:+._-]*)?", image)


# ---- manifests that nothing includes


def _is_applied_by_nobody(subject: Subject) -> bool:
    role = subject.text_of_file.role
    return role.name == "manifest" and not role.applied


@attribute("Resource", "isOrphan", returns=BOOL, needs={"kustomize"}, screen=_is_applied_by_nobody)
def is_orphan(subject: Subject, repo: Repo) -> Value:
    """Whether it is the first resource of a file that no kustomization names although one is built from its folder."""
    who = resource_of(subject)
    in_file = repo.in_file(who.file)
    first = in_file[0] if in_file else None
    if first is None or (first.document, first.identity) != (who.document, who.identity):
        return False
    if not repo.is_orphan(who.file):
        return False
    beside = repo.kustomizations.at(posixpath.dirname(who.file))
    if beside is None:
        return True
    # a line that is commented out is a decision, and a list under a misspelt field is another mistake
    if posixpath.basename(who.file) in repo.load(beside.file).source.text:
        return False
    return not (_starts_its_folder(who, repo) or _is_filled_in_by_hand(who) or _is_built(in_file, beside, repo))


def _starts_its_folder(who: Resource, repo: Repo) -> bool:
    """Whether it is an Application or set that reads its own folder: somebody applies the first one by hand."""
    folder = posixpath.dirname(who.file)
    return any(
        use.file == who.file and use.path is not None and posixpath.normpath(use.path.text) == folder
        for use in repo.roles.sources
    )


def _is_filled_in_by_hand(who: Resource) -> bool:
    """Whether it is a Secret with an empty value or one to be replaced: a form, not to be applied as it stands."""
    if who.kind != "Secret":
        return False
    values = [node for field in ("data", "stringData") for _, _, node in entries(get(who.root, field))]
    return any(value_class(text_of(node) or "") in ("empty", "placeholder", "name") for node in values)


def _is_built(in_file: Sequence[Resource], beside: Kustomization, repo: Repo) -> bool:
    """Whether the build brings a resource of the file anyway: the file is a print of the build, or an older form."""
    built = {
        (one.identity.group, one.identity.kind, name) for one in inputs(repo, beside).members for name in one.names
    }
    return any((one.group, one.kind, one.name) in built for one in in_file)


def kind_key(root: Node | None) -> Value:
    """The key `kind` of a document, else the document."""
    return (key_node(root, "kind") if root is not None else None) or root


@attribute(BOTH, "place", returns=ANYTHING)
def place(subject: Subject) -> Value:
    """Where a report about the whole kustomization points: its kind, else its first line."""
    return kind_key(subject.root)
