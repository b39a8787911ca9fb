"""What is odd about an Application beside its sources: sync policy, destination, annotations, names of ignored differences."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.units import parse_duration
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.model.appproject import LOCAL_SERVER, known_text
from gitops_lint.model.argocd import Found, destination_of
from gitops_lint.model.argosync import DOMAIN
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.application_sources import is_placeholder, sources_of
from gitops_lint.policy.vocabulary.applications import is_checked_out, spec_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Scalar
from gitops_lint.text.scalars import MISSING, entries, get, get_written, is_null, items, key_node, value

SETTING_PROBLEMS = (
    "automation",
    "backoff",
    "factor",
    "server-name",
    "local-server",
    "ignored-name",
    "operation",
    "status",
    "one-time",
)

SETTING_ODDITY = record(
    "SettingOddity",
    {
        "problem": Field(
            TextType(values=SETTING_PROBLEMS),
            optional=False,
            doc="automation: `automated` without a value; backoff: a first wait longer than the longest; factor: a backoff without waiting; server-name: a name in the place of an address; local-server: an address of the local cluster that Argo CD does not know; ignored-name: a pattern where names are compared; operation, status: what a controller writes; one-time: an annotation that is a request",
        ),
        "text": Field(TEXT, optional=False, doc="the text in question"),
        "other": Field(TEXT, optional=False, doc="what it is compared with, or what was meant; or empty"),
    },
    doc="a setting of an Application that fails, does nothing or does not belong into Git; it points at it",
)


def _odd(problem: str, at: Spot, text: str = "", other: str = "") -> Fact:
    return Fact("SettingOddity", at, {"problem": problem, "text": text, "other": other}, title=text)


@attribute(
    "Application",
    "settingOddities",
    returns=ListType(SETTING_ODDITY),
    source="argo-cd controller/appcontroller.go, pkg/apis/application/v1alpha1/types.go",
)
def setting_oddities(subject: Subject) -> Sequence[Value]:
    """What fails, does nothing or does not belong into Git beside its sources."""
    spec = spec_of(subject)
    return [
        *_automation(get(spec, "syncPolicy")),
        *_backoff(get(get(spec, "syncPolicy"), "retry")),
        *_server(spec),
        *_ignored_names(spec),
        *([] if _is_copy(subject) else _written_by_controllers(subject.root or MISSING, ("operation",))),
        *_requests(subject.root or MISSING, ("refresh", "hydrate")),
    ]


def _automation(policy: Found) -> Iterator[Fact]:
    """`automated:` with nothing behind it. A null that is spelt out says that it is meant."""
    node = get_written(policy, "automated")
    if isinstance(node, Scalar) and node.text == "" and is_null(node):
        yield _odd("automation", key_node(policy, "automated") or node)


# Source: argo-cd pkg/apis/application/v1alpha1/types.go RetryStrategy.NextRetryAt and its defaults.
_FIRST_WAIT, _LONGEST_WAIT = "5s", "3m"


def _backoff(retry: Found) -> Iterator[Fact]:
    backoff = get(retry, "backoff")
    first, longest, factor = (get(backoff, key) for key in ("duration", "maxDuration", "factor"))
    texts = [known_text(first), known_text(longest)]
    if not isinstance(backoff, Mapping) or None in texts:
        return
    waits = [parse_duration(texts[0] or _FIRST_WAIT, bare_seconds=True)]
    waits.append(parse_duration(texts[1] or _LONGEST_WAIT, bare_seconds=True))
    if waits[0] is not None and waits[1] is not None and 0 < waits[1].nanoseconds < waits[0].nanoseconds:
        at = first if texts[0] else longest
        if isinstance(at, Scalar):
            yield _odd("backoff", at, texts[0] or _FIRST_WAIT, texts[1] or _LONGEST_WAIT)
    number = value(factor)
    if isinstance(factor, Scalar) and isinstance(number, int) and not isinstance(number, bool) and number < 1:
        yield _odd("factor", factor, factor.text)


# ---- destination

_LOCAL = pattern(r"https?://kubernetes(?:\.default(?:\.svc(?:\.cluster\.local\.?)?)?)?(?::\d+)?/*")


def _server(spec: Found) -> Iterator[Fact]:
    node = destination_of(spec).server
    text = known_text(node)
    if not isinstance(node, Scalar) or not text or is_placeholder(text):
        return
    if "://" not in text:
        yield _odd("server-name", node, text)
    elif _LOCAL.fullmatch(text) and text.rstrip("/") != LOCAL_SERVER:
        yield _odd("local-server", node, text, LOCAL_SERVER)


# ---- ignored differences


def _ignored_names(spec: Found) -> Iterator[Fact]:
    for entry in items(get(spec, "ignoreDifferences")):
        for field in ("name", "namespace"):
            node = get(entry, field)
            text = known_text(node)
            if isinstance(node, Scalar) and text and any(sign in text for sign in "*?[]"):
                yield _odd("ignored-name", node, text, field)


# ---- what does not belong into Git


def _is_copy(subject: Subject) -> bool:
    """Whether this is a live object, kept as a record: it has its uid, and nothing here applies the file."""
    uid = get(get(subject.root or MISSING, "metadata"), "uid")
    return uid is not MISSING and not (subject.loaded is not None and subject.text_of_file.role.applied)


def _written_by_controllers(root: Found, fields: Sequence[str]) -> Iterator[Fact]:
    for field in fields:
        node = get(root, field)
        if isinstance(node, Mapping) and node.items:
            yield _odd(field, key_node(root, field) or node, field)


def _requests(root: Found, names: Sequence[str]) -> Iterator[Fact]:
    annotations = get(get(root, "metadata"), "annotations")
    for name in names:
        key = key_node(annotations, DOMAIN + name)
        if key is not None and not is_null(get_written(annotations, DOMAIN + name)):
            yield _odd("one-time", key, key.text)


@attribute(("Application", "AppProject"), "committedStatus", returns=ListType(SETTING_ODDITY))
def committed_status(subject: Subject) -> Sequence[Value]:
    """Its `status`, where it is written and holds something."""
    return [] if _is_copy(subject) else list(_written_by_controllers(subject.root or MISSING, ("status",)))


# ---- annotations

_WEB = pattern(r"(?i:https?)://")
_LINK = "link.argocd.argoproj.io/"


@attribute("Resource", "deadLinks", returns=ListType(TEXT), source="argo-cd controller/cache/info.go populateNodeInfo")
def dead_links(subject: Subject) -> Sequence[Value]:
    """Values of its annotations `link.argocd.argoproj.io/…` that are no address of the web, so that no link is shown."""
    annotations = get(get(subject.root or MISSING, "metadata"), "annotations")
    found: list[Value] = []
    for key, _, node in entries(annotations) if isinstance(annotations, Mapping) else ():
        text = value(node)
        if (
            not key.startswith(_LINK)
            or not isinstance(node, Scalar)
            or not isinstance(text, str)
            or is_placeholder(text)
        ):
            continue
        _, bar, behind = text.partition("|")
        address = behind if bar else text
        if address and not _WEB.match(address):
            found.append(node)
    return found


GENERATE_PATH = record(
    "GeneratePath",
    {
        "problem": Field(
            TextType(values=("comma", "missing")),
            optional=False,
            doc="comma: several paths that are read as one; missing: nothing of that path here",
        ),
        "text": Field(TEXT, optional=False, doc="the path as written"),
        "path": Field(TEXT, optional=False, doc="the path from the root of the repository"),
        "right": Field(TEXT, optional=False, doc="what was probably meant, as a clause; or empty"),
    },
    doc="a path of the annotation manifest-generate-paths under which nothing changes; it points at the path",
)


@attribute(
    "Application",
    "generatePathMistakes",
    returns=ListType(GENERATE_PATH),
    needs={"index"},
    source="argo-cd util/app/path/path.go GetSourceRefreshPaths, AppFilesHaveChanged",
)
def generate_path_mistakes(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Paths of `argocd.argoproj.io/manifest-generate-paths` that are no list, or that this repository does not have."""
    node = get(get(get(subject.root or MISSING, "metadata"), "annotations"), f"{DOMAIN}manifest-generate-paths")
    text = value(node)
    if not isinstance(node, Scalar) or not isinstance(text, str):
        return ()
    sources = [one for one in sources_of(subject) if one.chart is MISSING]
    if len(sources) != 1 or sources[0].index not in (None, 0):
        return ()
    here = is_checked_out(sources[0], repo)
    base = known_text(sources[0].path)
    found: list[Value] = []
    at = 0
    for part in text.split(";"):
        bare = part.strip()
        start = at + (part.index(bare) if bare else 0)
        at += len(part) + 1
        if not bare or base is None:
            continue
        spot = Part(node, start, start + len(bare))
        if "," in bare:
            found.append(_generate_path("comma", spot, bare, ""))
            continue
        path = posixpath.normpath(bare[1:] if bare.startswith("/") else posixpath.join(base, bare))
        if not here or path == "." or any(sign in path for sign in "*?[\\") or path.startswith("../"):
            continue
        if repo.unseen(path) is None and not repo.exists(path):
            meant = bare.strip("/") if repo.exists(bare.strip("/")) else ""
            right = f"; did you mean `{'.' if meant == posixpath.normpath(base) else f'/{meant}'}`?" if meant else ""
            found.append(_generate_path("missing", spot, bare, path, right))
    return found


def _generate_path(problem: str, at: Spot, text: str, path: str, right: str = "") -> Fact:
    return Fact("GeneratePath", at, {"problem": problem, "text": text, "path": path, "right": right}, title=text)


# ---- names

# Source: kubernetes/apimachinery pkg/util/validation/validation.go IsDNS1123Subdomain.
_SUBDOMAIN = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


@attribute(("Application", "AppProject"), "nameMistake", returns=TEXT, optional=True)
def name_mistake(subject: Subject) -> Value:
    """A clause about a name that the API server refuses; missing where it takes it, or where it is not known."""
    node = get(get(subject.root or MISSING, "metadata"), "name")
    text = value(node)
    if not isinstance(node, Scalar) or not isinstance(text, str) or not text or is_placeholder(text):
        return MISSING
    if len(text) > 253:
        return f"has {len(text)} characters, and 253 are allowed"
    if not _SUBDOMAIN.fullmatch(text):
        return (
            "holds more than lower-case letters, digits, `-` and `.`, or does not begin and end with a letter or digit"
        )
    return MISSING
