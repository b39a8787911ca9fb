"""Hooks of a sync: the words of their annotations, and what becomes of the objects that they leave."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gitops_lint.dsl.suggest import closest
from gitops_lint.dsl.types import BOOL, TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Value
from gitops_lint.model.argosync import (
    DELETE_PHASES,
    DELETE_POLICIES,
    DOMAIN,
    HELM_DELETE_POLICIES,
    HELM_DELETE_POLICY,
    HELM_HOOK,
    HELM_HOOKS,
    HELM_TESTS,
    HOOK,
    HOOK_DELETE_POLICY,
    HOOK_KEYS,
    HOOK_TYPES,
    KNOWN_KEYS,
    SYNC_KEYS,
    Hook,
    hook_of,
    known_annotations,
    wave_number,
    words,
)
from gitops_lint.model.kubernetes import POD_TEMPLATES, containers, pod_spec
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.policy.vocabulary.resources import resource_of
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Node, Scalar
from gitops_lint.text.scalars import MISSING, Missing, UnknownValue, entries, get, items, key_node, typed, value

Found = Node | Missing | UnknownValue

_HOOKS = "argo-cd gitops-engine/pkg/sync/hook/hook.go, hook/delete_policy.go, controller/hook.go"


def hook_of_subject(subject: Subject) -> Hook | None:
    """The hook that a resource is; None where its annotations are not known."""
    found = known_annotations(subject.root or MISSING, HOOK_KEYS)
    return hook_of(found) if found is not None else None


def _annotations(subject: Subject) -> Found:
    return get(get(subject.root or MISSING, "metadata"), "annotations")


# ---- words that are not known

HOOK_WORD = record(
    "HookWord",
    {
        "about": Field(
            TextType(values=("type", "policy", "skip", "helm")), optional=False, doc="which list it stands in"
        ),
        "word": Field(TEXT, optional=False, doc="the word as written; empty for a list without one"),
        "effect": Field(TEXT, optional=False, doc="what Argo CD does then, as a clause"),
        "known": Field(TEXT, optional=False, doc="the words that are known there"),
        "right": Field(TEXT, optional=False, doc="a close word, as a clause, or empty"),
        "cure": Field(TEXT, optional=True, doc="that word alone"),
    },
    doc="a word of a hook's annotations that Argo CD does not take as written; it points at the word",
)


@attribute("Resource", "unreadHookWords", returns=ListType(HOOK_WORD), source=_HOOKS)
def unread_hook_words(subject: Subject) -> Sequence[Value]:
    """The words of its hook annotations that Argo CD passes over."""
    annotations = _annotations(subject)
    if get(annotations, HOOK) is MISSING and get(annotations, HELM_HOOK) is MISSING:
        if get(annotations, HOOK_DELETE_POLICY) is MISSING:
            return ()
    hook = hook_of_subject(subject)
    if hook is None:
        return ()
    return [*_types(annotations, hook), *_helm_types(annotations, hook), *_policies(annotations, hook)]


def _list_of(annotations: Found, key: str) -> Scalar | None:
    node = get(annotations, key)
    return node if isinstance(node, Scalar) and isinstance(typed(node), str) else None


def _types(annotations: Found, hook: Hook) -> Iterator[Fact]:
    node = _list_of(annotations, HOOK)
    if node is None:
        return
    written = list(words(node.text))
    effect = _effect(hook)
    if not written:
        yield _word("type", "", node, effect, HOOK_TYPES)
    for word in written:
        part = Part(node, word.start, word.end)
        if word.text not in HOOK_TYPES:
            yield _word("type", word.text, part, effect, HOOK_TYPES, HELM_HOOKS.get(word.text, ""))
        elif word.text == "Skip" and len(hook.types) > 1:
            yield _word("skip", word.text, part, effect, HOOK_TYPES)


def _effect(hook: Hook) -> str:
    if hook.types == ("Skip",):
        return "the resource is skipped"
    if not hook.types:
        return "the resource is a hook of no phase and is never applied"
    return f"the resource is a hook of {_listed([one for one in hook.types if one != 'Skip'])}"


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _helm_types(annotations: Found, hook: Hook) -> Iterator[Fact]:
    """Words of Helm's annotation count only where they take the resource out of every sync, and are no tests."""
    node = _list_of(annotations, HELM_HOOK)
    if node is None or hook.types or not hook.is_hook or get(annotations, HOOK) is not MISSING:
        return
    written = list(words(node.text))
    for word in written:
        if word.text not in HELM_TESTS:
            yield _word("helm", word.text, Part(node, word.start, word.end), _effect(hook), tuple(HELM_HOOKS))


def _policies(annotations: Found, hook: Hook) -> Iterator[Fact]:
    if not hook.is_hook:
        return
    kept = "the policy is " + " and ".join(hook.policies)
    for key, known, others in (
        (HOOK_DELETE_POLICY, DELETE_POLICIES, HELM_DELETE_POLICIES),
        (HELM_DELETE_POLICY, tuple(HELM_DELETE_POLICIES), {of: word for word, of in HELM_DELETE_POLICIES.items()}),
    ):
        node = _list_of(annotations, key)
        for word in words(node.text) if node is not None else ():
            if node is not None and word.text not in known:
                part = Part(node, word.start, word.end)
                yield _word("policy", word.text, part, kept, known, others.get(word.text, ""))


def _word(about: str, word: str, at: Node | Part, effect: str, known: Sequence[str], right: str = "") -> Fact:
    close = right or closest(word, known)
    fields: dict[str, Value] = {
        "about": about,
        "word": word,
        "effect": effect,
        "known": ", ".join(known),
        "right": f'; did you mean "{close}"?' if close else "",
    }
    if close:
        fields["cure"] = close
    return Fact("HookWord", at, fields)


# ---- what a hook leaves behind

LEFT_HOOK_KINDS = ("nameless-delete", "left-behind", "never-again", "piles-up", "policy-without-hook")

LEFT_HOOK = record(
    "LeftHook",
    {
        "kind": Field(TextType(values=LEFT_HOOK_KINDS), optional=False, doc="what goes wrong"),
        "type": Field(TEXT, optional=False, doc="the types of the hook, as words; empty for what is no hook"),
        "policies": Field(TEXT, optional=False, doc="its delete policies, as words"),
        "after": Field(TEXT, optional=False, doc="after which end its object stays: `a success` or `a failure`"),
        "missing": Field(TEXT, optional=False, doc="the policy that would cure it, or empty"),
    },
    doc="a resource that a sync makes and does not clean away as its author expects; it points at what says so",
)

# Kinds that run once and then are done: applying them again unchanged does nothing.
_FINISHING = frozenset((("batch", "Job"), ("", "Pod"), ("argoproj.io", "Workflow")))


@attribute("Resource", "leftHooks", returns=ListType(LEFT_HOOK), source=_HOOKS)
def left_hooks(subject: Subject) -> Sequence[Value]:
    """What goes wrong with the names and delete policies of a hook."""
    root = subject.root or MISSING
    metadata = get(root, "metadata")
    annotations = get(metadata, "annotations")
    policy = get(annotations, HOOK_DELETE_POLICY)
    name, prefix = get(metadata, "name"), get(metadata, "generateName")
    if not (isinstance(policy, Scalar) or isinstance(prefix, Scalar) or get(annotations, HOOK) is not MISSING):
        return ()
    hook = hook_of_subject(subject)
    named = isinstance(name, Scalar)
    if (
        hook is None
        or (not named and name is not MISSING)
        or (policy is not MISSING and not isinstance(policy, Scalar))
    ):
        return ()
    generated = not named and isinstance(prefix, Scalar)
    if not hook.is_hook:
        if isinstance(policy, Scalar) and hook.types != ("Skip",):
            key = key_node(annotations, HOOK_DELETE_POLICY)
            return (_left("policy-without-hook", hook, key if key is not None else policy),)
        return ()
    if hook.skipped:
        return ()
    at = policy if isinstance(policy, Scalar) else next(iter(_hook_nodes(annotations)), None)
    cleaned = _cleans_itself(root) or at is None
    deleting = [one for one in hook.types if one in DELETE_PHASES]
    found: list[Value] = []
    if deleting and generated and isinstance(prefix, Scalar):
        found.append(_left("nameless-delete", hook, prefix))
    elif "PostDelete" in deleting and "HookSucceeded" not in hook.policies and not cleaned:
        found.append(_left("left-behind", hook, at, after="a success", missing="HookSucceeded"))
    if not hook.phases or cleaned:
        return found
    if generated and not deleting and "HookSucceeded" not in hook.policies and isinstance(prefix, Scalar):
        found.append(_left("piles-up", hook, prefix, after="a success", missing="HookSucceeded"))
    who = resource_of(subject)
    if named and (who.group, who.kind) in _FINISHING and "BeforeHookCreation" not in hook.policies:
        if "HookSucceeded" not in hook.policies:
            found.append(_left("never-again", hook, at, after="a success", missing="BeforeHookCreation"))
        elif "HookFailed" not in hook.policies:
            found.append(_left("never-again", hook, at, after="a failure", missing="BeforeHookCreation"))
    return found


def _hook_nodes(annotations: Found) -> Iterator[Scalar]:
    for key in (HOOK, HELM_HOOK):
        node = get(annotations, key)
        if isinstance(node, Scalar):
            yield node


def _cleans_itself(root: Found) -> bool:
    """Whether a Job or Workflow is deleted by its own controller once it is done, or might be."""
    spec = get(root, "spec")
    return any(get(spec, key) is not MISSING for key in ("ttlSecondsAfterFinished", "ttlStrategy"))


def _left(kind: str, hook: Hook, at: Node | None, *, after: str = "", missing: str = "") -> Fact:
    fields: dict[str, Value] = {
        "kind": kind,
        "type": ", ".join(hook.types),
        "policies": " and ".join(hook.policies),
        "after": after,
        "missing": missing,
    }
    return Fact("LeftHook", at, fields)


# ---- waves


@attribute(
    "Resource", "unreadWave", returns=TEXT, optional=True, source="argo-cd gitops-engine/pkg/sync/syncwaves/waves.go"
)
def unread_wave(subject: Subject) -> Value:
    """The text of its sync wave where that is no number, so that Argo CD passes over it."""
    node = get(_annotations(subject), "argocd.argoproj.io/sync-wave")
    if not isinstance(node, Scalar):
        return MISSING
    text = value(node)
    return node if isinstance(text, str) and wave_number(text) is None else MISSING


# ---- annotations that nothing reads

STRAY_ANNOTATION = record(
    "StrayAnnotation",
    {
        "kind": Field(TextType(values=("key", "place")), optional=False, doc="whether its key or its place is wrong"),
        "key": Field(TEXT, optional=False, doc="the key as written"),
        "right": Field(TEXT, optional=False, doc="the key that Argo CD reads"),
        "place": Field(TEXT, optional=False, doc="where it stands, as words"),
    },
    doc="an annotation that is meant for Argo CD's sync and is not read; it points at its key",
)

# Words behind the `/` that nobody else uses so; of other domains only those that speak of Argo count.
_UNMISTAKABLE = {key.removeprefix(DOMAIN): key for key in SYNC_KEYS} | {"compare-options": f"{DOMAIN}compare-options"}
_ARGO_DOMAIN = pattern(r"(argo|argo-?cd)([.-][a-z.-]*)?|argoproj[a-z.-]*|argocd[a-z.-]*")


@attribute("Resource", "strayAnnotations", returns=ListType(STRAY_ANNOTATION), source="argo-cd common/common.go")
def stray_annotations(subject: Subject) -> Sequence[Value]:
    """Annotations meant for Argo CD under a key that nothing reads, or on something that is not applied itself."""
    root = subject.root or MISSING
    metadata = get(root, "metadata")
    own = get(metadata, "annotations")
    found: list[Value] = []
    for key, node, _ in entries(own):
        right = _right_key(key)
        if right and get(own, right) is MISSING:
            found.append(_stray("key", key, right, "", node))
    for key, node, _ in entries(get(metadata, "labels")):
        if key in SYNC_KEYS and get(own, key) is MISSING:
            found.append(_stray("place", key, key, "a label", node))
    for place, holder in _templates(resource_of(subject).kind, root):
        for key, node, _ in entries(get(get(holder, "metadata"), "annotations")):
            # the same on the resource itself: somebody, or a tool, wrote it on both
            if key in SYNC_KEYS and get(own, key) is MISSING:
                found.append(_stray("place", key, key, place, node))
    return found


def _templates(kind: str, root: Found) -> Iterator[tuple[str, Found]]:
    path = POD_TEMPLATES.get(kind, ())
    holder = root
    for step in path:
        holder = get(holder, step)
        if step in ("template", "jobTemplate"):
            yield ("the pod template" if step == "template" else "the template of its Jobs"), holder


@lru_cache(maxsize=4096)
def _right_key(key: str) -> str:
    """The key that was meant; "" for one that is known, or is nothing like one."""
    if key in KNOWN_KEYS:
        return ""
    domain, slash, name = key.rpartition("/")
    if key.startswith(DOMAIN):
        return _close_key(name)
    if slash and name in _UNMISTAKABLE and _ARGO_DOMAIN.fullmatch(domain):
        return _UNMISTAKABLE[name]
    return ""


def _close_key(name: str) -> str:
    squeezed = {one.removeprefix(DOMAIN).replace("-", ""): one for one in sorted(KNOWN_KEYS)}
    bare = re.sub(r"[-_. ]", "", name).lower()
    if bare in squeezed:
        return squeezed[bare]
    close = difflib.get_close_matches(bare, squeezed, n=1, cutoff=0.85)
    return squeezed[close[0]] if close else ""


def _stray(kind: str, key: str, right: str, place: str, at: Node) -> Fact:
    return Fact("StrayAnnotation", at, {"kind": kind, "key": key, "right": right, "place": place}, title=key)


# ---- templates that nobody fills in

UNFILLED = record(
    "UnfilledTemplate",
    {"text": Field(TEXT, optional=False, doc="the token, such as `{{.app.metadata.name}}`")},
    doc="a token in the environment of a hook that speaks of Argo CD's or Helm's objects; it points at the token",
)

_TOKEN = pattern(r"\{\{-?\s*\.(app|metadata|spec|status|context|Values|Release|Chart|Capabilities)\b[^{}]*\}\}")


@attribute("Resource", "unfilledTemplates", returns=ListType(UNFILLED))
def unfilled_templates(subject: Subject) -> Sequence[Value]:
    """Tokens in the environment of an Argo CD hook's containers; files that are templates themselves have none."""
    annotations = _annotations(subject)
    kind = resource_of(subject).kind
    if get(annotations, HOOK) is MISSING or kind not in POD_TEMPLATES:
        return ()
    found: list[Value] = []
    for container in containers(pod_spec(kind, subject.root or MISSING)):
        for variable in items(get(container, "env")):
            node = get(variable, "value")
            if isinstance(node, Scalar) and node.origin is None:
                for token in _TOKEN.finditer(node.text):
                    found.append(Fact("UnfilledTemplate", Part(node, *token.span()), {"text": token.group()}))
    return found


# ---- names

NAMELESS = record(
    "NamelessResource",
    {"delivered": Field(BOOL, optional=False, doc="whether an Application of this repository delivers it")},
    doc="a resource with `generateName` alone that is no hook; it points at the prefix",
)

# Of other kinds people keep such manifests to submit them by hand.
_APPLIED_GROUPS = ("", "apps", "batch")


def _prefix(subject: Subject) -> Scalar | None:
    """The `generateName` of a resource without a name."""
    metadata = get(subject.root or MISSING, "metadata")
    prefix = get(metadata, "generateName")
    return prefix if isinstance(prefix, Scalar) and get(metadata, "name") is MISSING else None


@attribute(
    "Resource",
    "namelessResources",
    returns=ListType(NAMELESS),
    needs={"index"},
    screen=lambda subject: _prefix(subject) is not None,
    source="argo-cd gitops-engine/pkg/sync/sync_context.go getSyncTasks",
)
def nameless_resources(subject: Subject, repo: Repo) -> Sequence[Value]:
    """The resource itself, where it has only `generateName` and Argo CD would not make a name of it."""
    prefix = _prefix(subject)
    if prefix is None:
        return ()
    hook = hook_of_subject(subject)
    if hook is None or hook.is_hook or hook.skipped:
        return ()
    delivered = bool(repo.delivering(subject.file))
    if not delivered and resource_of(subject).group not in _APPLIED_GROUPS:
        return ()
    return (Fact("NamelessResource", prefix, {"delivered": delivered}),)
