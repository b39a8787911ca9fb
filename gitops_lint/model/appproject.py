"""
What an AppProject permits, decided as Argo CD decides it; None wherever a part cannot be known. Callers: the vocabulary.

Source: argo-cd pkg/apis/application/v1alpha1/app_project_types.go, util/glob/glob.go (gobwas/glob), util/git/git.go.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gitops_lint.dataclass import dataclass
from gitops_lint.model.argocd import Found
from gitops_lint.pattern import pattern
from gitops_lint.text.nodes import Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import MISSING, get, items, templated

LOCAL_SERVER = "https://kubernetes.default.svc"
LOCAL_NAME = "in-cluster"

# ---- globs


@lru_cache(maxsize=1024)
def glob_expression(pattern: str, separator: str = "") -> re.Pattern[str] | None:
    """
    A glob of gobwas/glob as a regular expression; None where it does not compile there.

    `*` stays between separators (without one it crosses everything), `**` crosses all, `{a,b}` are alternatives, `[!ab]`
    negates, a backslash escapes.
    """
    made: list[str] = []
    depth = at = 0
    other = f"[^{re.escape(separator)}]" if separator else "."
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            if at + 1 == len(pattern):
                return None
            made.append(re.escape(pattern[at + 1]))
            at += 2
            continue
        if letter == "*":
            double = pattern[at : at + 2] == "**"
            made.append(".*" if double else f"{other}*")
            at += 2 if double else 1
            continue
        if letter == "[":
            end = pattern.find("]", at + 2)
            if end < 0:
                return None
            inner = pattern[at + 1 : end]
            negated = inner.startswith("!")
            body = re.sub(r"([]\[\\^&~|])", r"\\\1", inner[1:] if negated else inner)
            made.append(f"[^{body}]" if negated else f"[{body}]")
            at = end + 1
            continue
        if letter == "{":
            depth += 1
            made.append("(?:")
        elif letter == "}" and depth:
            depth -= 1
            made.append(")")
        elif letter == "," and depth:
            made.append("|")
        else:
            made.append(other if letter == "?" else re.escape(letter))
        at += 1
    if depth:
        return None
    try:
        return re.compile("".join(made), re.DOTALL)
    except re.error:
        return None


def glob_matches(pattern: str, text: str, separator: str = "") -> bool:
    """Whether a pattern fits, a leading `!` turning the answer round; one that does not compile fits nothing."""
    if pattern.startswith("!"):
        return not _plain(pattern[1:], text, separator)
    return pattern == "*" or _plain(pattern, text, separator)


def _plain(pattern: str, text: str, separator: str) -> bool:
    expression = glob_expression(pattern, separator)
    return expression is not None and expression.fullmatch(text) is not None


# ---- repositories

_SSH = pattern(r"(ssh://)?([^/:]*?)@[^@]+")


def normal_repository(url: str) -> str:
    """A repository URL or a pattern of one in the form in which Argo CD compares them: lower case, without `.git`."""
    url = url.strip().lower()
    if _SSH.fullmatch(url) and not url.startswith("ssh://"):
        url = "ssh://" + url.replace(":", "/", 1)
    url = url.removesuffix(".git")
    # Parsing and printing the URL escapes what may not stand in a path, so that braces no longer are alternatives.
    for letter in "{}|^`":
        url = url.replace(letter, f"%{ord(letter):02X}")
    return url.removeprefix("ssh://")


def repository_permitted(patterns: list[str], url: str) -> bool:
    """Whether a repository is one that `sourceRepos` permits. Source: AppProject.IsSourcePermitted."""
    wanted = normal_repository(url)
    matched = False
    for each in patterns:
        deny = each.startswith("!")
        normal = ("!" if deny else "") + normal_repository(each.removeprefix("!"))
        if glob_matches(normal, wanted, "/"):
            matched = True
        elif deny:
            return False
    return matched


# ---- destinations


@dataclass(frozen=True, slots=True)
class Target:
    """A destination: what is known of its cluster (None where one does not follow from the other) and its namespace."""

    server: str | None
    name: str | None
    namespace: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of `destinations`; absent fields are empty patterns."""

    server: str
    name: str
    namespace: str


def destination_permitted(entries: list[Allowed], target: Target) -> bool | None:
    """Whether the project permits a destination; None where that needs what is not known of the cluster."""
    if target.server is None or target.name is None:
        # The cluster is known by one of its two names; the other may be anything.
        answers = {_permitted(entries, guess) for guess in _guesses(entries, target)}
        return answers.pop() if len(answers) == 1 else None
    return _permitted(entries, target)


def _guesses(entries: list[Allowed], target: Target) -> list[Target]:
    """The destination with every kind of cluster that the patterns tell apart: one that none names, and each that one does."""
    unlike = "gitops-lint-no-such-cluster"
    if target.server is None:
        named = {one.server.removeprefix("!") for one in entries}
        return [Target(server, target.name, target.namespace) for server in sorted(named | {unlike}) if server]
    named = {one.name.removeprefix("!") for one in entries}
    return [Target(target.server, name, target.namespace) for name in sorted(named | {unlike}) if name]


def _permitted(entries: list[Allowed], target: Target) -> bool:
    """Source: AppProject.isDestinationMatched, its precedence of && and || kept."""
    matched = False
    server, name = target.server or "", target.name or ""
    for one in entries:
        name_fits = name != "" and glob_matches(one.name, name)
        server_fits = server != "" and glob_matches(one.server, server)
        namespace_fits = glob_matches(one.namespace, target.namespace)
        if (server_fits or name_fits) and namespace_fits:
            matched = True
        elif (
            (not name_fits and one.name.startswith("!"))
            or (not server_fits and one.server.startswith("!") and namespace_fits)
            or (not namespace_fits and one.namespace.startswith("!") and server_fits)
        ):
            return False
    return matched


# ---- reading


def texts(node: Found) -> list[str] | None:
    """The texts of a list, wholly known; None where a part is not. An absent list is empty."""
    if node is MISSING:
        return []
    if not isinstance(node, SequenceNode) or node.open:
        return None
    found = [one.text for one in items(node) if isinstance(one, Scalar) and not templated(one.text)]
    return found if len(found) == len(items(node)) else None


def known_text(node: Found) -> str | None:
    """The text of a scalar without a template, "" where it is absent; None where it is not known."""
    if node is MISSING:
        return ""
    return node.text if isinstance(node, Scalar) and not templated(node.text) else None


def destinations(node: Found) -> list[Allowed] | None:
    """The entries of `destinations`; None where one is not wholly known."""
    if node is MISSING:
        return []
    if not isinstance(node, SequenceNode) or node.open:
        return None
    found = []
    for one in items(node):
        parts = [known_text(get(one, key)) for key in ("server", "name", "namespace")]
        if None in parts:
            return None
        found.append(Allowed(*(part for part in parts if part is not None)))
    return found


# ---- roles

RESOURCES = ("applications", "applicationsets", "clusters", "exec", "logs", "repositories")
ACTIONS = ("*", "create", "delete", "get", "override", "rollback", "sync", "update")
_ACTION_PATTERN = pattern(r"(?:action|update|delete)/")
_ROLE_NAME = pattern(r"[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?")


@dataclass(frozen=True, slots=True)
class PolicyMistake:
    """What is wrong with a policy: which part (`format`, `subject`, …), where in the text, and what was expected."""

    part: str
    start: int
    end: int
    expected: tuple[str, ...] = ()


def policy_mistake(policy: str, project: str, role: str) -> PolicyMistake | None:
    """The first thing that Argo CD's API refuses in a policy. Source: validatePolicy in types.go."""
    parts = policy.split(",")
    if len(parts) != 6 or parts[0].strip(" ") != "p":
        return PolicyMistake(
            "format", 0, len(policy), (f"p, proj:{project}:{role}, <resource>, <action>, {project}/<object>, allow",)
        )
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part) + 1)

    def mistake(number: int, name: str, expected: tuple[str, ...] = ()) -> PolicyMistake:
        text = parts[number]
        begin = starts[number] + len(text) - len(text.lstrip(" "))
        return PolicyMistake(name, begin, max(begin, starts[number] + len(text.rstrip(" "))), expected)

    subject, resource, action, wanted, effect = (part.strip(" ") for part in parts[1:])
    if subject != f"proj:{project}:{role}":
        return mistake(1, "subject", (f"proj:{project}:{role}",))
    if resource not in RESOURCES:
        return mistake(2, "resource", RESOURCES)
    if action not in ACTIONS and not _ACTION_PATTERN.search(action):
        return mistake(3, "action", ACTIONS)
    if not re.fullmatch(rf"{re.escape(project)}(/[*\w\-.]+)?/[*\w\-.]+", wanted, re.ASCII):
        return mistake(4, "object", (f"{project}/*", f"{project}/<application>"))
    if effect not in ("allow", "deny"):
        return mistake(5, "effect", ("allow", "deny"))
    return None


def role_name_fits(name: str) -> bool:
    return _ROLE_NAME.fullmatch(name) is not None


def group_mistake(group: str) -> str | None:
    """Why Argo CD refuses a group of a role, as a clause; None where it takes it. Source: validateGroupName in types.go."""
    name = group.strip()
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = name[1:-1]
    elif "," in name:
        return "holds a comma, so it must stand in double quotes of its own"
    if not name:
        return "is empty"
    if any(letter in name for letter in '"\n\r\t'):
        return "holds a quote, a tab or a line break"
    if group != group.strip():
        return "has a blank at its begin or end"
    return None


# ---- kinds


@lru_cache(maxsize=1024)
def path_pattern(pattern: str) -> re.Pattern[str] | None:
    """
    A pattern of Go's path/filepath.Match as a regular expression; None where it is malformed.

    `*` and `?` stop at a slash, `[^a]` negates, a backslash escapes; braces and `!` mean nothing.
    """
    made: list[str] = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            if at + 1 == len(pattern):
                return None
            made.append(re.escape(pattern[at + 1]))
            at += 2
            continue
        if letter == "[":
            end = pattern.find("]", at + 2)
            if end < 0:
                return None
            inner = pattern[at + 1 : end]
            body = re.sub(r"([]\[&~|\\])", r"\\\1", inner.removeprefix("^"))
            made.append(f"[{'^' if inner.startswith('^') else ''}{body}]")
            at = end + 1
            continue
        made.append({"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)))
        at += 1
    try:
        return re.compile("".join(made), re.DOTALL)
    except re.error:
        return None


def kind_listed(listed: Found, group: str, kind: str, name: str) -> bool | None:
    """
    Whether a list of groups and kinds has one; None where an entry is not known. An absent list has none.

    name: of the resource; entries of cluster-scoped kinds may say one. "" fits only entries without a name.
    Source: argo-cd pkg/apis/application/v1alpha1/types.go isResourceInList, isNamedResourceInList.
    """
    if listed is MISSING:
        return False
    if not isinstance(listed, SequenceNode):
        return None
    sure = not listed.open
    for entry in items(listed):
        parts = [known_text(get(entry, key)) for key in ("kind", "group", "name")]
        if None in parts:
            sure = False
            continue
        patterns = [path_pattern(part or "") for part in parts]
        fits = [
            one is not None and one.fullmatch(text) is not None
            for one, text in zip(patterns, (kind, group, name), strict=True)
        ]
        if fits[0] and fits[1] and (not parts[2] or fits[2]):
            return True
    return False if sure else None
