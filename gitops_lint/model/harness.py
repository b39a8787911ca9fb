"""
Typed views of Harness entities: who they are, the stages and steps of a pipeline, what an event of a trigger says.

Nodes stay nodes, so that whoever judges can point at them. Sources: harness-schema v0; harness-core (last public source,
December 2023), classes named below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.scalars import (
    MISSING,
    UNKNOWN,
    Missing,
    UnknownValue,
    get,
    items,
    templated,
    text_of,
    typed,
    value,
)

Found = Node | Missing | UnknownValue
ScopeName = Literal["account", "org", "project"]

ROOT_KEYS = (
    *("pipeline", "template", "inputSet", "overlayInputSet", "trigger", "connector", "service", "environment"),
    *("infrastructureDefinition", "secret", "overrides", "serviceOverrides", "environmentGroup", "gitops"),
    *("gitExperience", "conflictResolution"),
)
GIT_CONNECTORS = ("AzureRepo", "Bitbucket", "Github", "Gitlab")

RESERVED = frozenset(
    (
        *("or", "and", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "not", "null", "true", "false", "new", "var"),
        *("return", "step", "parallel", "stepGroup", "org", "account", "class", "shellScriptProvisioner"),
    )
)
"""Words that no identifier and no variable may be: EntityIdentifierValidator.java, FilterCreatorHelper.java."""


def root_key(root: Found) -> str:
    """The key below which an entity stands; "" for a document that is none, or one of version 1 without such a key."""
    if not isinstance(root, Mapping):
        return ""
    written = [key.text for key in root.items[::2] if isinstance(key, Scalar)]
    return next((key for key in ROOT_KEYS if key in written), "")


def body(root: Found) -> Found:
    """The mapping below the root key."""
    key = root_key(root)
    return get(root, key) if key else MISSING


def is_version_1(root: Found) -> bool:
    """Whether a document is written in the newer syntax, of which nothing here holds."""
    version = get(root, "version")
    return isinstance(version, Scalar) and typed(version) == 1


def known_text(node: Found) -> str | None:
    """The text of a scalar that is no template; None for everything else."""
    found = text_of(node)
    return None if found is None or value(node) is UNKNOWN or templated(found) else found


# ---- scopes and references


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an entity lives: org and project, "" where it has none. Source: IdentifierRefHelper.java."""

    org: str
    project: str

    @property
    def name(self) -> ScopeName:
        return "project" if self.project else "org" if self.org else "account"


def scope_of(entity: Found) -> Scope | None:
    """The scope that an entity's own keys say; None where one of them is a template or cannot be seen."""
    names = []
    for key in ("orgIdentifier", "projectIdentifier"):
        node = get(entity, key)
        text = "" if node is MISSING else known_text(node)
        if text is None:
            return None
        names.append(text)
    return Scope(names[0], names[1])


@dataclass(frozen=True, slots=True)
class Name:
    """A reference taken apart. prefix: `account`, `org` or "" for the referrer's own scope."""

    prefix: str
    identifier: str

    def scope(self, own: Scope) -> Scope:
        """The scope in which it is looked up."""
        if self.prefix == "account":
            return Scope("", "")
        return Scope(own.org, "") if self.prefix == "org" else own


def name_of(text: str, *, secret: bool = False) -> Name | None:
    """
    A reference as written: `id`, `org.id` or `account.id`; None for any other form.

    secret: secrets are divided at the first dot only, so that the id may hold more. Source: IdentifierRefHelper.java,
    SecretRefData.java.
    """
    if not text or text != text.strip():
        return None
    parts = text.split(".", 1) if secret else text.split(".")
    if len(parts) == 1:
        return Name("", parts[0])
    if len(parts) == 2 and parts[0] in ("account", "org") and parts[1]:
        return Name(parts[0], parts[1])
    return None


# ---- pipelines


@dataclass(frozen=True, slots=True)
class Stage:
    """
    A stage with its place in the run: places are the positions in the lists that hold it, those of `parallel` included.
    """

    node: Mapping
    place: tuple[int, ...]

    @property
    def identifier(self) -> str | None:
        return known_text(get(self.node, "identifier"))

    @property
    def type(self) -> str | None:
        return known_text(get(self.node, "type"))

    @property
    def spec(self) -> Found:
        return get(self.node, "spec")


@dataclass(frozen=True, slots=True)
class Step:
    """
    A step or step group of a stage.

    place: positions in the lists down to it, each with whether that list is run in parallel. rollback: below
    `rollbackSteps`. group: identifiers of the step groups around it. is_group: a step group itself.
    """

    node: Mapping
    place: tuple[tuple[int, bool], ...]
    rollback: bool
    group: tuple[str, ...]
    is_group: bool

    @property
    def identifier(self) -> str | None:
        return known_text(get(self.node, "identifier"))

    @property
    def type(self) -> str | None:
        return known_text(get(self.node, "type"))


def stages(pipeline: Found) -> Iterator[Stage]:
    """The stages of a pipeline in the order of the text, those in `parallel` too."""
    yield from _stages(get(pipeline, "stages"), ())


def _stages(listed: Found, place: tuple[int, ...]) -> Iterator[Stage]:
    for at, wrapper in enumerate(items(listed)):
        stage = get(wrapper, "stage")
        if isinstance(stage, Mapping):
            yield Stage(stage, (*place, at))
        yield from _stages(get(wrapper, "parallel"), (*place, at))
        yield from _stages(get(get(wrapper, "insert"), "stages"), (*place, at))


def steps(stage: Found) -> Iterator[Step]:
    """The steps and step groups of a stage's execution, in the order of the text."""
    execution = get(get(stage, "spec"), "execution")
    yield from _steps(get(execution, "steps"), (), False, False, ())
    yield from _steps(get(execution, "rollbackSteps"), (), False, True, ())


def _steps(
    listed: Found, place: tuple[tuple[int, bool], ...], parallel: bool, rollback: bool, group: tuple[str, ...]
) -> Iterator[Step]:
    for at, wrapper in enumerate(items(listed)):
        here = (*place, (at, parallel))
        step = get(wrapper, "step")
        if isinstance(step, Mapping):
            yield Step(step, here, rollback, group, False)
        holder = get(wrapper, "stepGroup")
        if isinstance(holder, Mapping):
            yield Step(holder, here, rollback, group, True)
            inner = (*group, known_text(get(holder, "identifier")) or "")
            yield from _steps(get(holder, "steps"), here, False, rollback, inner)
            yield from _steps(get(holder, "rollbackSteps"), here, False, True, inner)
        yield from _steps(get(wrapper, "parallel"), here, True, rollback, group)
        yield from _steps(get(get(wrapper, "insert"), "steps"), here, False, rollback, group)


def runs_later(step: Step, other: Step) -> bool:
    """Whether `step` begins only after `other` has ended, by the lists that hold both."""
    if step.rollback != other.rollback:
        return False
    for (mine, parallel), (its, _) in zip(step.place, other.place):
        if mine != its:
            return mine > its and not parallel
    return False


def has_unseen_steps(stage: Stage) -> bool:
    """Whether the stage or one of its step groups comes from a template, so that it has steps which are not written here."""
    if get(stage.node, "template") is not MISSING:
        return True
    return any(step.is_group and get(step.node, "template") is not MISSING for step in steps(stage.node))


def uses_templates(pipeline: Found) -> bool:
    """Whether stages or steps of a pipeline come from a template, so that more names are there than can be seen."""
    return get(pipeline, "template") is not MISSING or any(has_unseen_steps(stage) for stage in stages(pipeline))


def variables(holder: Found) -> list[Mapping]:
    """The variables of a pipeline, stage, service or environment."""
    return [one for one in items(get(holder, "variables")) if isinstance(one, Mapping)]


def variable_names(holder: Found) -> list[str] | None:
    """Their names; None where one cannot be known."""
    given = get(holder, "variables")
    if given is MISSING:
        return []
    if given is UNKNOWN or getattr(given, "open", False) or isinstance(given, Scalar):
        return None
    names = [known_text(get(one, "name")) for one in items(given)]
    return None if None in names else [name for name in names if name is not None]


# ---- triggers


@dataclass(frozen=True, slots=True)
class Event:
    """
    What starts a trigger.

    source: Webhook, Scheduled, Artifact, …; provider: Github, …, "" for none; type: Push, PullRequest, …, "" for none.
    spec: the mapping that holds conditions and connector; flat: they stand beside `type`, one level too high.
    """

    source: str
    provider: str
    type: str
    spec: Found
    flat: bool


EVENT_PROVIDERS = frozenset(("Github", "Gitlab", "Bitbucket", "AzureRepo", "AwsCodeCommit", "Harness"))
"""Providers whose events have a type and settings below it; the others have settings alone."""

_EVENT_KEYS = ("connectorRef", "repoName", "payloadConditions", "headerConditions", "jexlCondition", "actions")


def event_of(trigger: Found) -> Event | None:
    """The event of a trigger; None where its kind cannot be known."""
    source = get(trigger, "source")
    kind = known_text(get(source, "type"))
    if kind is None:
        return None
    spec = get(source, "spec")
    if kind != "Webhook":
        return Event(kind, "", "", spec, False)
    provider = known_text(get(spec, "type"))
    if provider is None:
        return None
    inner = get(spec, "spec")
    if provider == "Custom":
        return Event(kind, provider, "", inner, False)
    event = known_text(get(inner, "type"))
    flat = (
        event is not None
        and provider in EVENT_PROVIDERS
        and get(inner, "spec") is MISSING
        and any(get(inner, key) is not MISSING for key in _EVENT_KEYS)
    )
    return Event(kind, provider, event or "", inner if flat else get(inner, "spec"), flat)


# ---- schedules


_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_WORDS = {
    "month": ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "day of the week": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
SHORTEST_INTERVAL = 5
"""Minutes between two runs of a schedule: NGTriggerServiceImpl.java."""


def schedule_problem(expression: str, quartz: bool) -> str:
    """What is wrong with the form of a schedule, a clause; "" where nothing is known to be."""
    fields = expression.split()
    if quartz:
        return (
            "" if len(fields) in (6, 7) else f"has {len(fields)} fields, and a schedule of type QUARTZ has six or seven"
        )
    if len(fields) != 5:
        return f"has {len(fields)} fields, and a schedule of type UNIX has five" + (
            "; with seconds it needs `type: QUARTZ`" if len(fields) in (6, 7) else ""
        )
    for (name, low, high), text in zip(_FIELDS, fields):
        if _values(text, name, low, high) is None:
            return f"has `{text}` as {name}, which must be {low} to {high}, a list, a range or a step of them"
    return ""


def shortest_gap(expression: str) -> int | None:
    """The least number of minutes between two runs within an hour, or over its end; None where that is no question."""
    fields = expression.split()
    if len(fields) in (6, 7):
        fields = fields[1:]
    if len(fields) < 2:
        return None
    minutes, hours = _values(fields[0], "minute", 0, 59), _values(fields[1].replace("?", "*"), "hour", 0, 23)
    if not minutes or not hours:
        return None
    ordered = sorted(minutes)
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    if any((hour + 1) % 24 in hours for hour in hours):
        gaps.append(60 - ordered[-1] + ordered[0])
    return min(gaps, default=None)


def _values(text: str, name: str, low: int, high: int) -> frozenset[int] | None:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isdigit() and int(step)):
            return None
        if span in ("*", "?"):
            first, last = low, high
        else:
            begin, dash, end = span.partition("-")
            numbers = [_number(each, name) for each in ((begin, end) if dash else (begin,))]
            if any(each is None or not low <= each <= high for each in numbers):
                return None
            first = numbers[0] or 0
            last = (numbers[1] or 0) if dash else (high if slash else first)
            if last < first:
                return None
        found.update(range(first, last + 1, int(step) if slash else 1))
    return frozenset(found)


def _number(text: str, name: str) -> int | None:
    if re.fullmatch(r"\d{1,2}", text, re.ASCII):
        return int(text)
    words = _WORDS.get(name, ())
    return words.index(text.lower()) if text and text.lower() in words else None


# ---- secrets

_TOKEN = pattern(
    r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|(?:pat|sat)\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9]{10,}\.[A-Za-z0-9]{10,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}"
    r"|ATBB[A-Za-z0-9]{20,}|sk-[A-Za-z0-9]{20,}|hvs\.[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----",
)

_TOKEN_WORDS = {
    "gh": "a GitHub token",
    "github_pat_": "a GitHub token",
    "glpat-": "a GitLab token",
    "xox": "a Slack token",
    "pat.": "a Harness API key",
    "sat.": "a Harness API key",
    "AKIA": "an AWS access key",
    "AIza": "a Google API key",
    "ATBB": "a Bitbucket password",
    "sk-": "an API key",
    "hvs.": "a Vault token",
    "-----": "a private key",
}


def credential(text: str) -> str:
    """What sort of credential a text plainly is, by its form; "" for none."""
    found = _TOKEN.search(text)
    if found is None:
        return ""
    return next(words for start, words in _TOKEN_WORDS.items() if found[0].startswith(start))


# ---- connectors

_REPOSITORY = pattern(r"^(?:https?://|ssh://)?(?:[^@/\s]+@)?[^/:\s]+(?::\d+)?[/:](?P<path>[^\s?#]+?)(?:\.git)?/?$")


def repository_path(url: str) -> list[str] | None:
    """The parts of a Git URL behind its host, without `.git`; None for a text that is no such URL."""
    found = _REPOSITORY.match(url)
    return found["path"].split("/") if found else None
