"""What Argo CD's notifications say: keys that do not load, names that lead nowhere, annotations that are ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from gitops_lint.dataclass import dataclass
from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Value
from gitops_lint.languages.exprwords import BUILTINS, expr_names
from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.gotemplate.known import in_notifications
from gitops_lint.languages.templatewords import words
from gitops_lint.model.argocdcm import FATAL, inner_yaml
from gitops_lint.model.notifications import (
    ANNOTATION_FIELDS,
    CATALOG_TEMPLATES,
    CATALOG_TRIGGERS,
    CONDITION_FIELDS,
    CONFIG_MAP,
    DOMAIN,
    ENVIRONMENT,
    LEGACY,
    SECRET,
    SERVICES,
    SUBSCRIPTION_FIELDS,
    TEMPLATE_FIELDS,
    Configuration,
    Entry,
    chart_data,
    configuration,
    subscription_of,
)
from gitops_lint.model.resource import Found, identity_of, is_of_other_kind
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, UNKNOWN, entries, get, items, key_node, templated, text_of, typed

_ENGINE = "notifications-engine pkg/api/config.go ParseConfig"

PROBLEMS = (
    "not-yaml",
    "not-a-list",
    "unknown-field",
    "unknown-service-type",
    "number-wanted",
    "condition-syntax",
    "condition-empty",
    "condition-name",
    "condition-null",
    "template-syntax",
    "template-function",
    "unknown-context",
    "unknown-template",
    "unknown-trigger",
    "unknown-service",
    "secret-key",
    "annotation-key",
    "annotation-legacy",
    "recipients-not-split",
)

NOTIFICATION_PROBLEM = record(
    "NotificationProblem",
    {
        "kind": Field(TextType(values=PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "name": Field(TEXT, optional=False, doc="the word spoken of"),
        "text": Field(TEXT, optional=False, doc="more words for the message, or empty"),
        "help": Field(TEXT, optional=False, doc="the cure, or empty"),
        "known": Field(TEXT, optional=False, doc="what is there or allowed, as words, or empty"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
    },
    doc="something that is certainly wrong with a notification's configuration or subscription",
)


def _problem(
    kind: str, at: Spot, name: str = "", text: str = "", known: Sequence[str] = (), help: str = "", near: bool = True
) -> Fact:
    close = get_close_matches(name, list(known), 1, 0.6) if near else []
    fields: dict[str, Value] = {
        "kind": kind,
        "name": name,
        "text": text,
        "help": help,
        "known": ", ".join(f"`{one}`" for one in sorted(known)) if len(known) <= 25 else "",
        "suggestion": f'; did you mean "{close[0]}"?' if close else "",
    }
    return Fact("NotificationProblem", at, fields, title=name)


# ---- the ConfigMap


@attribute("Document", "notificationProblems", returns=ListType(NOTIFICATION_PROBLEM), source=_ENGINE)
def notification_problems(subject: Subject) -> Sequence[Value]:
    """What is certainly wrong with argocd-notifications-cm, or with the values that become it."""
    return tuple(fact for one in _configurations(subject) for fact in _judged(one))


_KINDS = frozenset(("ConfigMap",))


def _configurations(subject: Subject) -> Iterator[Configuration]:
    root = subject.root
    loaded = subject.text_of_file
    if not isinstance(root, Mapping) or loaded.role.name not in ("manifest", "patch", "values"):
        return
    if is_of_other_kind(root, _KINDS):
        return
    identity = identity_of(root)
    if identity is None:
        if loaded.role.name == "values":
            for part in chart_data(root):
                yield configuration(part, False)
        return
    if identity.group == "" and identity.kind == "ConfigMap" and identity.name == CONFIG_MAP:
        data = get(root, "data")
        if isinstance(data, Mapping):
            here = next((one for one in loaded.documents if one.number == subject.document), None)
            patch = here is None or here.classification.what == "kustomize-patch"
            yield configuration(data, not patch)


def _judged(found: Configuration) -> Iterator[Fact]:
    for entry in found.entries:
        broken = next((one for one in entry.mistakes if one.kind in FATAL), None)
        if broken is not None:
            at = Part(entry.value, broken.start, broken.end)
            yield _problem("not-yaml", at, entry.key.text, broken.message, help=broken.help)
        elif entry.part == "trigger":
            yield from _trigger(entry, found)
        elif entry.part == "template":
            yield from _template(entry, found)
        elif entry.part == "service":
            yield from _service(entry)
        elif entry.part == "defaultTriggers":
            yield from _triggers(entry.root, found, entry)
            if entry.name and found.complete and not found.partial and entry.name not in found.named("service"):
                at = Part(entry.key, len(entry.key.text) - len(entry.name), len(entry.key.text))
                yield _problem("unknown-service", at, entry.name, known=tuple(found.named("service")))
        elif entry.part == "subscriptions":
            yield from _subscriptions(entry, found)


def _unknown_fields(node: Node | None, known: Sequence[str], notes: Sequence[str] = ()) -> Iterator[Fact]:
    """Fields that are dropped. notes: fields that are dropped too, but that people write for other people."""
    lower = {one.lower() for one in (*known, *notes)}
    for name, key, _ in entries(node) if isinstance(node, Mapping) else ():
        if isinstance(key, Scalar) and name.lower() not in lower and not templated(name):
            yield _problem("unknown-field", key, name, known=known)


def _field(node: Node, name: str) -> Node | None:
    """A field, whatever the case of its key: Go's JSON decoder does not ask."""
    return next((value for key, _, value in entries(node) if key.lower() == name.lower()), None)


def _trigger(entry: Entry, found: Configuration) -> Iterator[Fact]:
    if entry.root is None:
        return
    if not isinstance(entry.root, SequenceNode):
        yield _problem("not-a-list", entry.key, entry.key.text, "conditions")
        return
    templates = found.named("template")
    for condition in entry.root.items:
        yield from _unknown_fields(condition, CONDITION_FIELDS)
        if not isinstance(condition, Mapping):
            continue
        for name in ("when", "oncePer"):
            held = _field(condition, name)
            if isinstance(held, Scalar) and not (name == "oncePer" and not held.text):
                yield from _condition(held, name, key_node(condition, name) or held)
        sent = _field(condition, "send")
        if isinstance(sent, Scalar) and sent.text:
            yield _problem("not-a-list", sent, "send", "names of templates")
        for one in items(sent if sent is not None else MISSING):
            name_sent = text_of(one)
            if name_sent is None or (found.partial and name_sent in CATALOG_TEMPLATES):
                continue
            if name_sent and found.complete and name_sent not in templates and not templated(name_sent):
                yield _problem("unknown-template", one, name_sent, known=tuple(templates))


def _condition(held: Scalar, field: str, key: Node) -> Iterator[Fact]:
    tag = held.tag if held.tag is not None and held.tag.startswith("!") else None
    if not held.text.strip():
        if field == "when":
            yield _problem("condition-empty", key, field, "tag" if tag is not None else "")
        return
    if typed(held) in (True, False):
        return
    try:
        names = expr_names(held.text)
    except LanguageError as error:
        if tag is None:
            yield _problem(
                "condition-syntax", Part(held, error.start, error.end), field, error.message, help=error.help
            )
        else:
            why = f"YAML takes `{tag}` as a tag, and what is left is no expression"
            yield _problem("condition-syntax", key, field, why, help="put the condition in quotes")
        return
    seen: set[str] = set()
    for name in names:
        if name.text in ENVIRONMENT or name.text in seen or (name.text in BUILTINS and name.follows == "("):
            continue
        seen.add(name.text)
        at = Part(held, name.start, name.end)
        if name.text.lower() in ("null", "none", "undefined") and name.compared:
            yield _problem("condition-null", at, name.text)
        else:
            known = tuple(sorted(ENVIRONMENT))
            text = "read" if name.follows in (".", "[", "(") else "compared"
            yield _problem("condition-name", at, name.text, text, known=known)


def _template(entry: Entry, found: Configuration) -> Iterator[Fact]:
    if entry.root is None:
        return
    yield from _unknown_fields(entry.root, TEMPLATE_FIELDS, notes=("description",))
    context = found.context
    for one in _texts(entry.root) if isinstance(entry.root, Mapping) else ():
        if "{{" in one.text:
            yield from _template_text(one, context, found)


def _template_text(text: Scalar, context: frozenset[str], found: Configuration) -> Iterator[Fact]:
    try:
        named = words(text.text)
    except LanguageError as error:
        yield _problem("template-syntax", Part(text, error.start, error.end), "", error.message)
        return
    for word in named:
        at = Part(text, word.start, word.end)
        if word.kind == "function" and not in_notifications(word.text):
            known = tuple(ENVIRONMENT | {"serviceType", "recipient"})
            help = f"write `.{word.text}`" if word.text in known else ""
            yield _problem("template-function", at, word.text, help=help)
        elif word.kind == "field" and word.whole and found.complete:
            parts = word.text.lstrip("$").split(".")
            if len(parts) > 2 and parts[0] == "" and parts[1] == "context" and parts[2] not in context:
                if parts[2] != "notificationType":
                    yield _problem("unknown-context", at, parts[2], known=tuple(context))


def _service(entry: Entry) -> Iterator[Fact]:
    rest = entry.key.text.partition(".")[2]
    at = Part(entry.key, len("service."), len("service.") + len(entry.type))
    if entry.type not in SERVICES and not templated(entry.key.text):
        yield _problem("unknown-service-type", at, entry.type, known=tuple(SERVICES))
        return
    if rest.count(".") > 1:
        yield _problem("unknown-service-type", entry.key, rest, "parts")
        return
    options = SERVICES.get(entry.type, ())
    if options:
        yield from _unknown_fields(entry.root, options)
    if entry.type == "webhook" and isinstance(entry.root, Mapping):
        for name in ("retryWaitMin", "retryWaitMax", "retryMax"):
            held = _field(entry.root, name)
            if isinstance(held, Scalar) and isinstance(typed(held), str) and not re.search(r"[$]|\{\{", held.text):
                yield _problem("number-wanted", held, name, "nanoseconds" if "Wait" in name else "times")


def _triggers(node: Node | None, found: Configuration, entry: Entry) -> Iterator[Fact]:
    if node is None:
        return
    if isinstance(node, (Scalar, Mapping)) and not (isinstance(node, Scalar) and not node.text):
        yield _problem("not-a-list", entry.key if node is entry.root else node, entry.key.text, "names of triggers")
        return
    known = found.named("trigger")
    for one in items(node):
        name = text_of(one)
        if found.partial and name in CATALOG_TRIGGERS:
            continue
        if name and found.complete and name not in known and not templated(name):
            yield _problem("unknown-trigger", one, name, known=tuple(known))


def _subscriptions(entry: Entry, found: Configuration) -> Iterator[Fact]:
    services = found.named("service")
    if entry.root is not None and not isinstance(entry.root, SequenceNode):
        yield _problem("not-a-list", entry.key, entry.key.text, "subscriptions")
        return
    for one in items(entry.root if entry.root is not None else MISSING):
        yield from _unknown_fields(one, SUBSCRIPTION_FIELDS)
        if not isinstance(one, Mapping):
            continue
        for recipient in items(_field(one, "recipients") or MISSING):
            text = text_of(recipient)
            if isinstance(recipient, Scalar) and text and not templated(text):
                name = text.partition(":")[0]
                if found.complete and services and name not in services:
                    yield _problem("unknown-service", Part(recipient, 0, len(name)), name, known=tuple(services))
        yield from _triggers(_field(one, "triggers"), found, entry)


# ---- the Secret


@attribute("ConfigMap", "notificationSecretProblems", returns=ListType(NOTIFICATION_PROBLEM), needs={"index"})
def notification_secret_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """
    References `$key` of services to keys that argocd-notifications-secret does not have.

    Empty where no resource here makes that Secret, or where one of them may bring more keys.
    Source: notifications-engine pkg/api/config.go replaceServiceConfigSecrets.
    """
    if subject.resource is None or subject.resource.name != CONFIG_MAP:
        return ()
    data = get(subject.root or MISSING, "data")
    keys = _secret_keys(repo)
    if keys is None or not isinstance(data, Mapping):
        return ()
    found: list[Value] = []
    for entry in configuration(data, True).entries:
        if entry.part == "service" and entry.root is not None:
            for one in _texts(entry.root):
                for reference in re.finditer(r"\$([-A-Za-z0-9_]+)", one.text):
                    if reference[1] not in keys and not one.text.startswith("{", reference.start() + 1):
                        at = Part(one, reference.start(), reference.end())
                        rest = one.text[reference.end() :]
                        cut = (
                            "cut"
                            if rest[:1] in (".", ":") and any(key.startswith(reference[1] + ".") for key in keys)
                            else ""
                        )
                        found.append(_problem("secret-key", at, reference[1], cut, known=tuple(keys)))
    return found


def _texts(root: Node) -> list[Scalar]:
    found: list[Scalar] = []
    pending = [root]
    while pending:
        here = pending.pop()
        if isinstance(here, Scalar):
            found.append(here)
        elif isinstance(here, (Mapping, SequenceNode)):
            pending.extend(reversed(here.items))
    return found


def _secret_keys(repo: Repo) -> frozenset[str] | None:
    """The keys of the Secret; None where they are not known."""
    found: set[str] = set()
    makers = 0
    if repo.generated("Secret", SECRET):
        return None
    for group, kind, fields in (
        ("", "Secret", (("data",), ("stringData",))),
        ("bitnami.com", "SealedSecret", (("spec", "encryptedData"), ("spec", "template", "data"))),
    ):
        for resource in repo.named(group, kind, SECRET):
            makers += 1
            root = resource.root
            if root.open:
                return None
            for path in fields:
                node: Found = root
                for step in path:
                    node = get(node, step)
                if node is UNKNOWN or (isinstance(node, Mapping) and node.open):
                    return None
                if isinstance(node, Mapping):
                    found.update(key for key, _, _ in entries(node))
    for resource in repo.resources("external-secrets.io", "ExternalSecret"):
        spec = get(resource.root, "spec")
        target = get(spec, "target")
        if (text_of(get(target, "name")) or resource.name) != SECRET:
            continue
        makers += 1
        if get(spec, "dataFrom") is not MISSING or get(target, "template") is not MISSING or resource.root.open:
            return None
        found.update(text_of(get(one, "secretKey")) or "" for one in items(get(spec, "data")))
    return frozenset(found) if makers else None


# ---- annotations


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ConfigMaps of the repository configure, all together; services None where they come from elsewhere."""

    triggers: frozenset[str]
    services: frozenset[str] | None


def _known(repo: Repo) -> _Known | None:
    """None where the repository holds no argocd-notifications-cm, or one that something else adds to."""
    triggers: set[str] = set()
    services: set[str] = set()
    maps = repo.named("", "ConfigMap", CONFIG_MAP)
    if not maps or repo.generated("ConfigMap", CONFIG_MAP):
        return None
    for resource in maps:
        data = get(resource.root, "data")
        if not isinstance(data, Mapping) or data.open:
            return None
        found = configuration(data, True)
        triggers.update(found.named("trigger"))
        services.update(found.named("service"))
    if not services:
        return _Known(frozenset(triggers | CATALOG_TRIGGERS), None)
    return _Known(frozenset(triggers), frozenset(services))


@attribute(
    ("Application", "AppProject"),
    "subscriptionProblems",
    returns=ListType(NOTIFICATION_PROBLEM),
    needs={"index"},
    source="notifications-engine pkg/subscriptions/annotations.go",
)
def subscription_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """What is certainly wrong with the annotations that subscribe to notifications."""
    annotations = get(get(subject.root or MISSING, "metadata"), "annotations")
    written = [
        (key, node, value)
        for key, node, value in entries(annotations)
        if isinstance(node, Scalar) and DOMAIN in key and not templated(key)
    ]
    if not written:
        return ()
    known = _known(repo)
    return tuple(fact for key, node, value in written for fact in _annotation(subject, key, node, value, known))


def _annotation(subject: Subject, key: str, node: Node, value: Node, known: _Known | None) -> Iterator[Fact]:
    if not isinstance(node, Scalar):
        return
    if key.endswith("." + LEGACY) or key == LEGACY:
        if subject.kind == "Application":
            yield _problem("annotation-legacy", node, key)
        return
    prefix, _, rest = key.partition("/")
    if prefix != DOMAIN:
        return
    found = subscription_of(node, value)
    if found is None:
        if not rest.startswith("subscriptions"):
            word = rest.partition(".")[0]
            yield _problem(
                "annotation-key", Part(node, len(DOMAIN) + 1, len(key)), rest, near=False, known=(), text=word
            )
        elif isinstance(value, Scalar):
            yield from _annotation_list(value, known)
        return
    if known is not None:
        if found.trigger and found.trigger not in known.triggers:
            at = Part(node, *found.trigger_at)
            yield _problem("unknown-trigger", at, found.trigger, known=tuple(known.triggers))
        if known.services is not None and found.service not in known.services:
            text = "alone" if not found.trigger else ""
            yield _problem(
                "unknown-service", Part(node, *found.service_at), found.service, text, known=tuple(known.services)
            )
            return
    if isinstance(value, Scalar) and "," in value.text and ";" not in value.text and not templated(value.text):
        if found.service.startswith(
            ("slack", "email", "teams", "telegram", "mattermost", "opsgenie", "webex", "pagerduty")
        ):
            yield _problem("recipients-not-split", value, value.text)


def _annotation_list(value: Scalar, known: _Known | None) -> Iterator[Fact]:
    root, mistakes = inner_yaml(value)
    broken = next((one for one in mistakes if one.kind in FATAL), None)
    if broken is not None:
        yield _problem("not-yaml", Part(value, broken.start, broken.end), "subscriptions", broken.message)
        return
    for one in items(root if root is not None else MISSING):
        yield from _unknown_fields(one, ANNOTATION_FIELDS)
        if not isinstance(one, Mapping) or known is None:
            continue
        for trigger in items(_field(one, "trigger") or MISSING):
            name = text_of(trigger)
            if name and name not in known.triggers:
                yield _problem("unknown-trigger", trigger, name, known=tuple(known.triggers))
        for destination in items(_field(one, "destinations") or MISSING):
            service = _field(destination, "service")
            name = text_of(service) if service is not None else None
            if service is not None and name and known.services is not None and name not in known.services:
                yield _problem("unknown-service", service, name, known=tuple(known.services))
