"""What an Application, or the template of an ApplicationSet, delivers: sources, references between them, where they lead."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from gitops_lint.dsl.types import ANYTHING, BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Value
from gitops_lint.model.applicationset import entries_of, template_overrides
from gitops_lint.model.argocd import ApplicationSource, Found, application_sources, application_spec
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applicationset_files import HERE, is_here
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, get, items, templated, text_of, value

BOTH = ("Application", "ApplicationSet")


def spec_of(subject: Subject) -> Found:
    """`spec` of an Application, or of the template of an ApplicationSet."""
    return application_spec(resource_of(subject).kind, subject.root) if subject.root is not None else MISSING


def complete(subject: Subject) -> bool:
    """Whether nothing else can add to the spec: no patch, no template of a generator."""
    return resource_of(subject).kind == "Application" or not template_overrides(subject.root or MISSING)


@attribute(BOTH, "delivers", returns=ANYTHING, optional=True)
def delivers(subject: Subject) -> Value:
    """The spec of the Application, or that of the template of the ApplicationSet; missing where there is none."""
    return spec_of(subject)


@attribute(BOTH, "isWhole", returns=BOOL)
def is_whole(subject: Subject) -> Value:
    """Whether the spec that is written is all there is: no templatePatch and no template of a generator adds to it."""
    return complete(subject)


# ---- sources

SOURCE = record(
    "ApplicationSource",
    {
        "words": Field(TEXT, optional=False, doc="how a message calls it: `the source`, `source 2`"),
        "several": Field(BOOL, optional=False, doc="whether it is one of `sources`"),
        "spec": Field(ANYTHING, optional=False, doc="its mapping"),
        "tools": Field(
            ListType(TEXT),
            optional=False,
            doc="the blocks helm, kustomize, directory, plugin that it has, at their keys",
        ),
        "form": Field(
            TextType(values=("repository", "chart", "oci")),
            optional=False,
            doc="Git or another repository; a chart; an image",
        ),
        "floating": Field(
            TextType(values=("", "any", "range")),
            optional=False,
            doc="whether a chart's version is any at all, or a range",
        ),
        "whole": Field(BOOL, optional=False, doc="whether what is not written is missing: nothing else adds to it"),
    },
    doc="one source that counts; it points at the source",
)

_RANGE = pattern(r"[\^~><=|*]|(?:^|\.)[xX](?:\.|$)|\s-\s")


@attribute(
    BOTH,
    "deliveredSources",
    returns=ListType(SOURCE),
    source="argo-cd pkg/apis/application/v1alpha1/types.go GetSources",
)
def delivered_sources(subject: Subject) -> Sequence[Value]:
    """The sources that count: those of `sources` where it has any, else `source`; none beside a sourceHydrator."""
    spec = spec_of(subject)
    if get(spec, "sourceHydrator") is not MISSING:
        return ()
    return [_source_fact(one, complete(subject)) for one in application_sources(spec)]


def _source_fact(one: ApplicationSource, whole: bool) -> Fact:
    words = "the source" if one.index is None else f"source {one.index + 1}"
    tools = [name for name in ("helm", "kustomize", "directory", "plugin") if _block(get(one.node, name))]
    revision = value(one.target_revision)
    url = text_of(one.repo_url) or ""
    chart = one.chart is not MISSING and text_of(one.chart) != ""
    floating = ""
    if chart and isinstance(revision, str):
        floating = (
            "any"
            if revision.strip() in ("*", "x", ">=0", ">=0.0.0", ">= 0.0.0")
            else "range"
            if _RANGE.search(revision)
            else ""
        )
    keys = [key for key in one.node.items[::2] if isinstance(key, Scalar) and key.text in tools]
    fields: dict[str, Value] = {
        "words": words,
        "several": one.index is not None,
        "spec": one.node,
        "tools": keys,
        "form": "chart" if chart else "oci" if url.startswith("oci://") else "repository",
        "floating": floating,
        "whole": whole and not one.node.open,
    }
    return Fact("ApplicationSource", one.node, fields, title=words)


def _block(node: Found) -> bool:
    """Whether a block of a tool counts: empty ones are removed before they are looked at."""
    return isinstance(node, Mapping) and bool(node.items)


@attribute(
    BOTH,
    "ignoredSource",
    returns=ANYTHING,
    optional=True,
    source="argo-cd pkg/apis/application/v1alpha1/types.go GetSources, GetSource",
)
def ignored_source(subject: Subject) -> Value:
    """`source` beside `sources` that hold any; missing where there is none."""
    spec = spec_of(subject)
    single = get(spec, "source")
    return single if items(get(spec, "sources")) and isinstance(single, Mapping) else MISSING


# ---- references between sources

REF_MISTAKE = record(
    "RefMistake",
    {
        "problem": Field(
            TextType(values=("undefined", "none", "single", "chart", "duplicate", "name")),
            optional=False,
            doc="undefined: no source has that ref; none: no source has one; single: `source` knows no refs; chart: a ref that is used is on a chart; duplicate, name: the ref itself",
        ),
        "ref": Field(TEXT, optional=False, doc="the ref, with its dollar sign where it is used"),
        "known": Field(ListType(TEXT), optional=False, doc="refs that there are, with their dollar signs"),
    },
    doc="a `ref` of a source, or the use of one, that fails; it points at it",
)


@attribute(
    BOTH,
    "refMistakes",
    returns=ListType(REF_MISTAKE),
    source="argo-cd reposerver/repository/repository.go, util/argo/argo.go GetRefSources",
)
def ref_mistakes(subject: Subject) -> Sequence[Value]:
    """What is wrong with refs and with value files that use them."""
    spec = spec_of(subject)
    sources = application_sources(spec)
    listed = get(spec, "sources")
    if get(spec, "sourceHydrator") is not MISSING or (isinstance(listed, SequenceNode) and listed.open):
        return ()
    refs: dict[str, ApplicationSource] = {}
    found: list[Value] = []
    open_ = False
    for one in sources:
        ref = text_of(one.ref)
        if one.ref is UNKNOWN or (ref is not None and templated(ref)):
            open_ = True
        elif ref:
            if not re.fullmatch(r"[a-zA-Z0-9_-]+", ref):
                found.append(_ref("name", one.ref, ref, refs))
            elif f"${ref}" in refs:
                found.append(_ref("duplicate", one.ref, ref, refs))
            refs.setdefault(f"${ref}", one)
    if open_ or not complete(subject):
        return found
    used: set[str] = set()
    for one in sources:
        for node in _referring(one):
            name = node.text.partition("/")[0]
            if one.index is None:
                if name != "$" and not re.match(r"\$\{?[A-Z_]+\}?$", name):
                    found.append(_ref("single", node, name, refs))
            elif name not in refs:
                found.append(_ref("undefined" if refs else "none", node, name, refs))
            elif refs[name].chart is not MISSING and name not in used:
                used.add(name)
                found.append(_ref("chart", refs[name].chart, name, refs))
    return found


def _referring(source: ApplicationSource) -> Iterator[Scalar]:
    """Value files, and files of parameters, that begin with a dollar sign."""
    files: list[Found] = [*source.value_files, *(get(one, "path") for one in items(get(source.helm, "fileParameters")))]
    for node in files:
        if isinstance(node, Scalar) and node.text.startswith("$") and not templated(node.text):
            yield node


def _ref(problem: str, at: Found, ref: str, refs: dict[str, ApplicationSource]) -> Fact:
    node = at if isinstance(at, (Scalar, Mapping, SequenceNode)) else None
    return Fact("RefMistake", node, {"problem": problem, "ref": ref, "known": sorted(refs)})


# ---- destinations

DESTINATION = record(
    "DestinationMistake",
    {
        "problem": Field(
            TextType(values=("both", "neither", "merged")),
            optional=False,
            doc="name and server; neither; one here and the other in the template that this overrides",
        )
    },
    doc="a destination that Argo CD refuses; it points at it",
)


@attribute(
    BOTH, "destinationMistakes", returns=ListType(DESTINATION), source="argo-cd util/argo/argo.go GetDestinationServer"
)
def destination_mistakes(subject: Subject) -> Sequence[Value]:
    """Destinations with both name and server, or with neither."""
    spec = spec_of(subject)
    destination = get(spec, "destination")
    name, server = _set(get(destination, "name")), _set(get(destination, "server"))
    found: list[Value] = []
    if isinstance(destination, Mapping):
        if name and server:
            found.append(_destination("both", get(destination, "name")))
        elif name is False and server is False and complete(subject):
            found.append(_destination("neither", destination))
    if resource_of(subject).kind == "ApplicationSet":
        for entry in entries_of(subject.root or MISSING):
            for one in entry.generators:
                over = get(get(get(one.node, "template"), "spec"), "destination")
                mine = _set(get(over, "name")), _set(get(over, "server"))
                if mine[0] and mine[1]:
                    found.append(_destination("both", get(over, "name")))
                elif mine[0] and server and not name:
                    found.append(_destination("merged", get(over, "name")))
                elif mine[1] and name and not server:
                    found.append(_destination("merged", get(over, "server")))
    return found


def _set(node: Found) -> bool | None:
    """Whether a text is there and not empty; None where that is not known."""
    if node is MISSING:
        return False
    return None if not isinstance(node, Scalar) else node.text != ""


def _destination(problem: str, at: Found) -> Fact:
    return Fact("DestinationMistake", at if isinstance(at, (Scalar, Mapping)) else None, {"problem": problem})


# ---- places in this repository

PLACE_MISTAKE = record(
    "SourcePlaceMistake",
    {
        "problem": Field(
            TextType(values=("absolute", "outside", "missing", "file", "value-file")),
            optional=False,
            doc="absolute, outside: of the path by itself; missing, file: what this repository holds there; value-file: a value file that is not there",
        ),
        "path": Field(TEXT, optional=False, doc="the path from the root of the repository"),
        "written": Field(TEXT, optional=False, doc="as it is written"),
        "near": Field(TEXT, optional=False, doc="a path that exists and is close, or empty"),
    },
    doc="a path of a source that leads nowhere; it points at the path",
)


@attribute(
    BOTH,
    "placeMistakes",
    returns=ListType(PLACE_MISTAKE),
    needs={"index"},
    source="argo-cd util/app/path/path.go, util/io/path/resolved.go",
)
def place_mistakes(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Paths of sources and value files that are wrong by themselves, or lead nowhere in this repository."""
    spec = spec_of(subject)
    if get(spec, "sourceHydrator") is not MISSING:
        return ()
    sources = application_sources(spec)
    found: list[Value] = []
    for one in sources:
        path = one.path
        chart = one.chart is not MISSING
        here = is_checked_out(one, repo)
        root: str | None = None
        if isinstance(path, Scalar) and path.text and not templated(path.text) and not chart:
            if path.text.startswith("/"):
                found.append(_place("absolute", path, path.text.strip("/")))
            else:
                root = posixpath.normpath(path.text)
                if root == ".." or root.startswith("../"):
                    found.append(_place("outside", path, root))
                    root = None
                elif here and root != "." and repo.unseen(root) is None and not repo.is_directory(root):
                    problem = "file" if repo.exists(root) else "missing"
                    found.append(_place(problem, path, root, "" if problem == "file" else _near(root, repo)))
                    root = None
        if complete(subject) and value(get(one.helm, "ignoreMissingValueFiles")) is not True:
            found += _value_files(one, sources, root if here else None, repo)
    return found


def is_checked_out(source: ApplicationSource, repo: Repo) -> bool:
    """Whether the files here are the ones that the source names: this repository, at its main branch."""
    url, revision = text_of(source.repo_url), source.target_revision
    name = "" if revision is MISSING else text_of(revision)
    return bool(url) and not templated(url or "") and name in HERE and is_here(repo, url or "")


def _value_files(
    source: ApplicationSource, sources: Sequence[ApplicationSource], root: str | None, repo: Repo
) -> Iterator[Fact]:
    for node in source.value_files:
        name = node.text
        if templated(name) or "://" in name or any(mark in name for mark in "*?[") or "$ARGOCD" in name:
            continue
        if name.startswith("$"):
            ref, slash, rest = name[1:].partition("/")
            target = next((one for one in sources if source.index is not None and text_of(one.ref) == ref), None)
            if not slash or target is None or target.chart is not MISSING or not is_checked_out(target, repo):
                continue
            path = posixpath.normpath(rest)
        elif root is None:
            continue
        elif name.startswith("/"):
            path = posixpath.normpath(name.lstrip("/"))
        else:
            path = posixpath.normpath(posixpath.join(root, name))
        if not path.startswith("..") and repo.unseen(path) is None and not repo.exists(path):
            yield _place("value-file", node, path, _near(path, repo))


def _near(path: str, repo: Repo) -> str:
    """A path that exists and differs in its last or one other part only."""
    folder, _, last = path.rpartition("/")
    beside = {
        file[len(folder) + 1 if folder else 0 :].partition("/")[0]
        for file in repo.tree.files()
        if not folder or file.startswith(f"{folder}/")
    }
    close = get_close_matches(last, sorted(beside), 1, 0.7)
    return posixpath.join(folder, close[0]) if close else ""


def _place(problem: str, at: Scalar, path: str, near: str = "") -> Fact:
    return Fact("SourcePlaceMistake", at, {"problem": problem, "path": path, "written": at.text, "near": near})


# ---- others of the same name

TWIN = record(
    "ApplicationTwin",
    {"file": Field(TEXT, optional=False, doc="its file")},
    doc="an earlier one of the same kind and name that is applied together with this one; it points at its name",
)


@attribute(("Application", "AppProject"), "twins", returns=ListType(TWIN), needs={"kustomize"})
def twins(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Earlier ones of its kind with its name and namespace in the same folder or the same builds."""
    who = resource_of(subject)
    if not who.name or templated(who.name):
        return ()
    mine = builds_of(who.file, repo)
    for other in repo.named(who.group, who.kind, who.name):
        if (other.file, other.document) == (who.file, who.document):
            break
        if (
            other.namespace == who.namespace
            and mine & builds_of(other.file, repo)
            and mine == builds_of(other.file, repo)
        ):
            name = get(get(other.root, "metadata"), "name")
            if isinstance(name, Scalar):
                return (Fact("ApplicationTwin", name, {"file": other.file}),)
    return ()


def builds_of(file: str, repo: Repo) -> frozenset[tuple[str, str]]:
    """What applies a file: the kustomizations that are built with it, else its own folder."""
    placements = repo.placements(file)
    if placements:
        return frozenset((one.build, f"{one.prefix}|{one.suffix}|{one.namespace}") for one in placements)
    return frozenset([("", posixpath.dirname(file))])


@attribute(
    "Application",
    "unknownFinalizers",
    returns=ListType(TEXT),
    source="argo-cd pkg/apis/application/v1alpha1/application_defaults.go",
)
def unknown_finalizers(subject: Subject) -> Sequence[Value]:
    """Finalizers of argocd.argoproj.io, or without a domain, that Argo CD does not know."""
    return list(_unknown_finalizers(get(subject.root or MISSING, "metadata")))


@attribute(
    "ApplicationSet",
    "unknownFinalizers",
    returns=ListType(TEXT),
    source="argo-cd pkg/apis/application/v1alpha1/application_defaults.go",
)
def unknown_finalizers_of_template(subject: Subject) -> Sequence[Value]:
    """Those of the template."""
    return list(_unknown_finalizers(get(get(get(subject.root or MISSING, "spec"), "template"), "metadata")))


_KNOWN_FINALIZER = pattern(
    r"resources-finalizer\.argocd\.argoproj\.io(?:/(?:foreground|background))?"
    r"|(?:pre|post)-delete-finalizer\.argocd\.argoproj\.io(?:/.+)?"
)


def _unknown_finalizers(metadata: Found) -> Iterator[Node]:
    for one in items(get(metadata, "finalizers")):
        known = value(one)
        # Finalizers of Kubernetes and of other controllers have their own owners.
        if isinstance(known, str) and "argo" in known and not _KNOWN_FINALIZER.fullmatch(known):
            yield one


@attribute(BOTH, "twiceNamedSources", returns=ListType(TEXT), source="argo-cd server/application/application.go")
def twice_named_sources(subject: Subject) -> Sequence[Value]:
    """The `name` of sources that an earlier source has as well."""
    seen: set[str] = set()
    found: list[Value] = []
    for one in application_sources(spec_of(subject)):
        name = get(one.node, "name")
        known = value(name)
        if isinstance(known, str) and known:
            if known in seen:
                found.append(name)
            seen.add(known)
    return found
