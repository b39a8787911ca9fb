"""What is odd about the sources of an Application by themselves: repositories, revisions, blocks of helm and kustomize."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.model.appproject import known_text, normal_repository
from gitops_lint.model.argocd import ApplicationSource, Found, application_sources
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.applications import spec_of
from gitops_lint.text.nodes import Mapping, Scalar, Source
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, entries, get, is_null, items, key_node, plain, templated, text_of, value

SOURCE_PROBLEMS = (
    "page",
    "no-scheme",
    "git-chart",
    "oci-chart",
    "remote-name",
    "release-name",
    "values",
    "parameter",
    "image",
    "patch-empty",
    "patch-both",
    "repeated",
    "unused-ref",
    "old-helm-version",
    "chart-tool",
)

SOURCE_ODDITY = record(
    "SourceOddity",
    {
        "problem": Field(
            TextType(values=SOURCE_PROBLEMS),
            optional=False,
            doc="page: a web page in the place of a repository; no-scheme: a host without https://; git-chart: a chart of a Git repository; oci-chart: a chart beside oci://; remote-name: a revision with the name of a remote; release-name: one that Helm refuses; values: a text that is no mapping; parameter: one that is there twice; image: an override without a tag; patch-empty, patch-both: a patch without or with two contents; repeated: a source that an earlier one equals; unused-ref: a source that only has a ref, and nobody uses it; old-helm-version: the field version; chart-tool: a chart with a block that is not for charts",
        ),
        "text": Field(TEXT, optional=False, doc="the text in question"),
        "right": Field(TEXT, optional=False, doc="what was probably meant, or empty"),
        "why": Field(TEXT, optional=False, doc="a clause that says more, or empty"),
        "first": Field(TEXT, optional=True, doc="the earlier one, where something is repeated"),
    },
    doc="something in a source that fails or does nothing; it points at it",
)


def _odd(problem: str, at: Spot, text: str, right: str = "", why: str = "", first: Found = MISSING) -> Fact:
    fields: dict[str, Value] = {"problem": problem, "text": text, "right": right, "why": why}
    if isinstance(first, (Scalar, Mapping)):
        fields["first"] = first
    return Fact("SourceOddity", at, fields, title=text)


_PLACEHOLDER = pattern(r"[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|.*(?:[<>{}$%@]|__).*", re.DOTALL)


def is_placeholder(text: str) -> bool:
    """Whether a text that should be a name or an address waits to be filled in: `<cluster>`, `${NAME}`, `CLUSTER_NAME`."""
    return _PLACEHOLDER.fullmatch(text) is not None


def sources_of(subject: Subject) -> list[ApplicationSource]:
    """The sources of an Application; none beside a sourceHydrator, which takes their place."""
    spec = spec_of(subject)
    return [] if get(spec, "sourceHydrator") is not MISSING else application_sources(spec)


@attribute(
    "Application",
    "sourceOddities",
    returns=ListType(SOURCE_ODDITY),
    source="argo-cd reposerver/repository/repository.go, util/helm/cmd.go, util/kustomize/kustomize.go",
)
def source_oddities(subject: Subject) -> Sequence[Value]:
    """What fails or does nothing in its sources, as far as they say it themselves."""
    sources = sources_of(subject)
    found: list[Value] = []
    for one in sources:
        found += _repository(one)
        found += _revision(one)
        found += _release(one, subject)
        found += _values(one)
        found += _parameters(one)
        found += _kustomize(one)
        found += _chart(one)
        version = get(one.helm, "version")
        if isinstance(version, Scalar) and version.text:
            key = key_node(one.helm, "version")
            found.append(_odd("old-helm-version", key or version, version.text))
    found += _repeated(sources)
    found += _unused_refs(subject, sources)
    return found


# ---- repository and revision

_PAGE = pattern(r"https?://[^/]+/[^?#]+?(?=/(?:-/)?(?:tree|blob|raw|commits?)/[^/]|/src/(?:branch|tag|commit)/)")
_BARE_HOST = pattern(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::\d+)?/.+")
_SCP = pattern(r"[^/@:]+@[^/:]+:.+")


def _repository(one: ApplicationSource) -> Iterator[Fact]:
    url = known_text(one.repo_url)
    node = one.repo_url
    if not url or not isinstance(node, Scalar):
        return
    chart = bool(known_text(one.chart))
    if one.chart is MISSING:
        page = _PAGE.match(url)
        if page:
            start = page.end()
            at = Part(node, start, len(node.text)) if node.text == url else node
            yield _odd("page", at, url[start:], page.group(0))
        elif _BARE_HOST.fullmatch(url) and "@" not in url and "://" not in url:
            yield _odd("no-scheme", node, url, f"https://{url}")
    elif chart and url.startswith("oci://"):
        key = key_node(one.node, "chart")
        yield _odd("oci-chart", key or node, known_text(one.chart) or "", url.removeprefix("oci://"))
    elif chart and (url.endswith(".git") or _SCP.fullmatch(url) or url.startswith("ssh://")):
        yield _odd("git-chart", node, url)


def _revision(one: ApplicationSource) -> Iterator[Fact]:
    revision, node = known_text(one.target_revision), one.target_revision
    if not revision or not isinstance(node, Scalar) or one.chart is not MISSING:
        return
    for prefix in ("refs/remotes/origin/", "remotes/origin/", "origin/", "upstream/"):
        rest = revision.removeprefix(prefix)
        if rest != revision and rest:
            yield _odd("remote-name", Part(node, 0, len(prefix)), prefix, rest)
            return


# ---- helm

# Source: helm pkg/chart/common/util/validate_name.go ValidateReleaseName.
_RELEASE = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_LONGEST_RELEASE = 53


def _release(one: ApplicationSource, subject: Subject) -> Iterator[Fact]:
    if not isinstance(one.helm, Mapping) and not known_text(one.chart):
        return
    name = get(one.helm, "releaseName")
    text = known_text(name)
    if isinstance(name, Scalar) and text:
        if is_placeholder(text):
            return
        if len(text) > _LONGEST_RELEASE:
            yield _odd("release-name", name, text, why=f"has {len(text)} characters, and Helm takes at most 53")
        elif not _RELEASE.fullmatch(text):
            yield _odd("release-name", name, text, why="holds more than lower-case letters, digits, `-` and `.`")
        return
    own = get(get(subject.root or MISSING, "metadata"), "name")
    text = known_text(own)
    if text == "" or name is not MISSING or not isinstance(own, Scalar) or text is None:
        return
    if len(text) > _LONGEST_RELEASE and _RELEASE.fullmatch(text):
        why = f"is the name of the Helm release as well: it has {len(text)} characters, and Helm takes at most 53"
        yield _odd("release-name", own, text, why=why)


_FATAL = ("syntax", "tab-indentation", "unknown-alias")


def _values(one: ApplicationSource) -> Iterator[Fact]:
    node = get(one.helm, "values")
    if not isinstance(node, Scalar) or not node.text.strip() or templated(node.text):
        return
    if get(one.helm, "valuesObject") is not MISSING:
        return
    parsed = parse_yaml(Source(node.text, inside=node))
    broken = [each for each in parsed.mistakes if each.kind in _FATAL]
    if broken:
        first = broken[0]
        end = min(first.end, len(node.text))
        at = Part(node, first.start, end) if first.start < end else node
        yield _odd("values", at, "", why=f"is no YAML: {first.message}")
        return
    roots = [each.root for each in parsed.documents if each.root is not None]
    if len(roots) == 1 and isinstance(roots[0], (Scalar, SequenceNode)) and not is_null(roots[0]):
        kind = "a list" if isinstance(roots[0], SequenceNode) else "one text"
        yield _odd("values", node, "", why=f"is {kind} and no mapping")


def _parameters(one: ApplicationSource) -> Iterator[Fact]:
    seen: dict[str, Scalar] = {}
    for entry in items(get(one.helm, "parameters")):
        name = get(entry, "name")
        known = value(name)
        if not isinstance(name, Scalar) or not isinstance(known, str) or not known:
            continue
        if known in seen:
            yield _odd("parameter", name, known, first=seen[known])
        seen[known] = name


# ---- kustomize


def _kustomize(one: ApplicationSource) -> Iterator[Fact]:
    for entry in items(get(one.kustomize, "images")):
        text = value(entry)
        if isinstance(entry, Scalar) and isinstance(text, str) and text and "$" not in text and not _overrides(text):
            yield _odd("image", entry, text)
    for entry in items(get(one.kustomize, "patches")):
        if not isinstance(entry, Mapping) or entry.open:
            continue
        patch, path = known_text(get(entry, "patch")), known_text(get(entry, "path"))
        if patch is None or path is None:
            continue
        if not patch.strip() and not path:
            yield _odd("patch-empty", entry, "")
        elif patch.strip() and path:
            yield _odd("patch-both", key_node(entry, "path") or entry, path)


def _overrides(text: str) -> bool:
    """Whether an image override says anything. Source: kustomize kustomize/commands/edit/set/setimage.go parse."""
    _, equals, new = text.partition("=")
    image = new if equals else text
    name = image.partition("@")[0]
    return bool(equals) or "@" in image or ":" in name.rpartition("/")[2]


# ---- sources together

_NOT_FOR_CHARTS = ("kustomize", "directory")


def _chart(one: ApplicationSource) -> Iterator[Fact]:
    if not known_text(one.chart):
        return
    for tool in _NOT_FOR_CHARTS:
        block = get(one.node, tool)
        if isinstance(block, Mapping) and any(
            isinstance(each, (Scalar, Mapping, SequenceNode)) for each in block.items
        ):
            if not _says_nothing(block):
                yield _odd("chart-tool", key_node(one.node, tool) or block, tool)


def _says_nothing(block: Mapping) -> bool:
    """Whether normalising removes the block: nothing in it but what is empty."""
    return not block.open and all(
        (isinstance(node, Scalar) and value(node) in (None, False, ""))
        or (isinstance(node, (Mapping, SequenceNode)) and not node.items and not node.open)
        for _, _, node in entries(block)
    )


def _repeated(sources: Sequence[ApplicationSource]) -> Iterator[Fact]:
    seen: dict[str, ApplicationSource] = {}
    for one in sources:
        key = _key(one.node)
        if key is None or (one.path is MISSING and one.chart is MISSING):
            continue
        if key in seen:
            words = known_text(one.chart) or known_text(one.path) or ""
            yield _odd("repeated", one.node, words, first=seen[key].node)
        seen.setdefault(key, one)


def _key(node: Mapping) -> str | None:
    """What makes a source another one: all its fields but `name` and `ref`; None where a part is not known."""
    if node.open or "{{" in node.source.text[node.start : node.end]:
        return None
    found = plain(node)
    if not isinstance(found, dict):
        return None
    kept = {key: each for key, each in found.items() if key not in ("name", "ref") and each not in (None, "", {}, [])}
    url = kept.get("repoURL")
    if isinstance(url, str):
        kept["repoURL"] = normal_repository(url)
    return repr(sorted((key, repr(each)) for key, each in kept.items()))


def _unused_refs(subject: Subject, sources: Sequence[ApplicationSource]) -> Iterator[Fact]:
    listed = get(spec_of(subject), "sources")
    if isinstance(listed, SequenceNode) and listed.open:
        return
    used: set[str] = set()
    for one in sources:
        files: list[Found] = [*one.value_files]
        files += [get(each, "path") for each in items(get(one.helm, "fileParameters"))]
        for node in files:
            text = text_of(node)
            if text is None or templated(text):
                return
            if text.startswith("$"):
                used.add(text[1:].partition("/")[0])
        if isinstance(one.plugin, Mapping) or one.node.open:
            return
    if not used <= {text_of(one.ref) for one in sources} and any(one.index is not None for one in sources):
        return  # a value file names a ref that there is not, perhaps this one under another name
    for one in sources:
        ref = known_text(one.ref)
        if ref and ref not in used and one.path is MISSING and one.chart is MISSING and isinstance(one.ref, Scalar):
            yield _odd("unused-ref", one.ref, ref, why="" if one.index is not None else "single")


# ---- revisions of refs

REF_REVISION = record(
    "RefRevision",
    {
        "ref": Field(TEXT, optional=False, doc="the ref, with its dollar sign"),
        "revision": Field(TEXT, optional=False, doc="its revision"),
        "other": Field(TEXT, optional=False, doc="the other ref, or empty where it is the source itself"),
        "otherRevision": Field(TEXT, optional=False, doc="the revision of the other"),
        "first": Field(TEXT, optional=True, doc="where the other one's revision stands"),
        "itself": Field(BOOL, optional=False, doc="whether the other one is the source that names the value file"),
    },
    doc="a value file of a repository that the same source reads at another revision; it points at the value file",
)


@attribute(
    "Application",
    "refRevisions",
    returns=ListType(REF_REVISION),
    source="argo-cd reposerver/repository/repository.go runManifestGenAsync",
)
def ref_revisions(subject: Subject) -> Sequence[Value]:
    """Value files through refs of one repository at two revisions, in one source."""
    sources = [one for one in sources_of(subject) if one.index is not None]
    refs = {name: one for one in sources if (name := known_text(one.ref)) and one.chart is MISSING}
    found: list[Value] = []
    for one in sources:
        known: dict[str, tuple[str, ApplicationSource]] = {}
        own = known_text(one.repo_url) if one.chart is MISSING else ""
        if own:
            known[normal_repository(own)] = ("", one)
        told: set[str] = set()
        for node in one.value_files:
            name = node.text[1:].partition("/")[0] if node.text.startswith("$") else ""
            target = refs.get(name)
            url = known_text(target.repo_url) if target is not None else None
            if target is None or not url or name in told:
                continue
            told.add(name)
            key = normal_repository(url)
            other_name, other = known.setdefault(key, (f"${name}", target))
            mine, theirs = known_text(target.target_revision), known_text(other.target_revision)
            if mine is None or theirs is None or (mine or "HEAD") == (theirs or "HEAD"):
                continue
            fields: dict[str, Value] = {
                "ref": f"${name}",
                "revision": mine or "HEAD",
                "other": other_name,
                "otherRevision": theirs or "HEAD",
                "itself": other is one,
            }
            if isinstance(other.target_revision, Scalar):
                fields["first"] = other.target_revision
            found.append(Fact("RefRevision", node, fields))
    return found
