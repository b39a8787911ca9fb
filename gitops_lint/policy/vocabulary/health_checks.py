"""What Argo CD's health checks and other settings for single kinds say: scripts that fail, keys that match nothing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import get_args

from gitops_lint.dsl.types import TEXT, Field, ListType, TextType
from gitops_lint.dsl.world import Fact, Part, Spot, Stretch, Value
from gitops_lint.languages.failure import BeyondLimitError, LanguageError
from gitops_lint.languages.lua import parse
from gitops_lint.languages.lua.flow import endless_loops
from gitops_lint.languages.lua.names import Names, names_of
from gitops_lint.languages.lua.tree import Block, Repeat
from gitops_lint.model.argocdcm import (
    ACTION_FIELDS,
    BLOCK_FIELDS,
    COMPARE_FIELDS,
    COMPARE_STATUS,
    DEFINITION_FIELDS,
    DIFFERENCE_FIELDS,
    FATAL,
    PREFIX,
    TYPES,
    Customization,
    Script,
    Settings,
    customizations,
    inner_yaml,
    is_text,
    key_part,
    opens_libraries,
    scripts_in,
    settings_in,
)
from gitops_lint.model.builtinchecks import CLOSED_GROUPS, builtin_kinds, has_builtin_check
from gitops_lint.model.healthscript import ProblemKind, health_problems
from gitops_lint.model.luause import discovered_actions, unguarded_uses
from gitops_lint.model.resource import identity_of, is_of_other_kind
from gitops_lint.pattern import pattern
from gitops_lint.policy.subjects import Subject
from gitops_lint.policy.vocabulary import attribute, record
from gitops_lint.repo.index import Repo
from gitops_lint.text.nodes import Mapping, Node, Scalar
from gitops_lint.text.nodes import Sequence as SequenceNode
from gitops_lint.text.scalars import entries, get, items, templated, text_of, typed

_LUA = "argo-cd util/lua/lua.go"
_SETTINGS = "argo-cd util/settings/settings.go GetResourceOverrides"

LUA_PROBLEMS = (
    *get_args(ProblemKind),
    "syntax",
    "closed-library",
    "string-method",
    "unknown-global",
    "compared-global",
    "unknown-member",
    "endless-loop",
    "omitted-number",
    "concatenated-status",
)

LUA_PROBLEM = record(
    "LuaProblem",
    {
        "kind": Field(TextType(values=LUA_PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "text": Field(TEXT, optional=False, doc="the word, type or use that is spoken of, or for syntax the sentence"),
        "help": Field(TEXT, optional=False, doc="the cure, or empty"),
        "script": Field(
            TEXT, optional=False, doc="how a message calls the script, such as `the health check of Widget`"
        ),
        "what": Field(TextType(values=("health", "discovery", "action")), optional=False, doc="what the script is for"),
        "resource": Field(TEXT, optional=False, doc="the kind it judges, or empty"),
        "builtin": Field(
            TextType(values=("yes", "no")), optional=False, doc="whether Argo CD has a check of that kind"
        ),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
    },
    doc="something that is certainly wrong with a Lua script of Argo CD",
)

_STANDARD = frozenset(
    [
        "_G",
        "_VERSION",
        "_GOPHER_LUA_VERSION",
        "assert",
        "collectgarbage",
        "dofile",
        "error",
        "getfenv",
        "getmetatable",
        "ipairs",
        "load",
        "loadfile",
        "loadstring",
        "module",
        "newproxy",
        "next",
        "pairs",
        "pcall",
        "print",
        "rawequal",
        "rawget",
        "rawset",
        "require",
        "select",
        "setfenv",
        "setmetatable",
        "tonumber",
        "tostring",
        "type",
        "unpack",
        "xpcall",
        "table",
        "package",
        "obj",
        "actionParams",
    ]
)
_CLOSED = frozenset(["channel", "coroutine", "debug", "io", "math", "os", "string"])
_STRING_METHODS = frozenset(
    [
        "byte",
        "char",
        "dump",
        "find",
        "format",
        "gmatch",
        "gsub",
        "len",
        "lower",
        "match",
        "rep",
        "reverse",
        "sub",
        "upper",
    ]
)
_MEMBERS = {
    "table": frozenset(["concat", "getn", "insert", "maxn", "remove", "sort"]),
    "string": _STRING_METHODS | {"gfind"},
    "math": frozenset(
        [
            "abs",
            "acos",
            "asin",
            "atan",
            "atan2",
            "ceil",
            "cos",
            "cosh",
            "deg",
            "exp",
            "floor",
            "fmod",
            "frexp",
            "huge",
            "ldexp",
            "log",
            "log10",
            "max",
            "min",
            "mod",
            "modf",
            "pi",
            "pow",
            "rad",
            "random",
            "randomseed",
            "sin",
            "sinh",
            "sqrt",
            "tan",
            "tanh",
        ]
    ),
}


@attribute(("Document", "File"), "luaProblems", returns=ListType(LUA_PROBLEM), source=_LUA)
def lua_problems(subject: Subject) -> Sequence[Value]:
    """What is certainly wrong with the Lua scripts of Argo CD's settings, or with a file that is one."""
    return tuple(fact for script in _scripts(subject) for fact in _judged(script))


_SETTINGS_ROLES = frozenset(("manifest", "patch", "values"))
_SETTINGS_KINDS = frozenset(("ConfigMap", "ArgoCD"))


def where_of(subject: Subject) -> str:
    """Where a document keeps settings of Argo CD: a word of `argocdcm.Where`, or "" for a document that holds none."""
    root = subject.root
    role = subject.text_of_file.role.name
    if role not in _SETTINGS_ROLES or not isinstance(root, Mapping) or is_of_other_kind(root, _SETTINGS_KINDS):
        return ""
    identity = identity_of(root)
    if identity is None:
        return "values" if role == "values" or _like_values(root) else ""
    if identity.group == "" and identity.kind == "ConfigMap" and identity.name == "argocd-cm":
        return "patch" if role == "patch" or _is_patch(subject) else "configmap"
    if identity.group == "argoproj.io" and identity.kind == "ArgoCD":
        return "operator"
    return ""


def _is_patch(subject: Subject) -> bool:
    found = next((one for one in subject.text_of_file.documents if one.number == subject.document), None)
    return found is not None and found.classification.what == "kustomize-patch"


def _like_values(root: Mapping) -> bool:
    """Whether a document without a kind looks like values of the argo-cd chart."""
    for one in (root, get(root, "argo-cd"), get(root, "argocd")):
        data = get(get(one, "configs"), "cm")
        if isinstance(data, Mapping) and any(key.startswith(PREFIX + ".") for key, _, _ in entries(data)):
            return True
    return False


def _scripts(subject: Subject) -> Iterator[Script]:
    if subject.kind == "Document":
        where = where_of(subject)
        if where:
            yield from scripts_in(subject.root, where)
        return
    script = _file_script(subject)
    if script is not None:
        yield script


_FOLDER = pattern(r"(?:^|/)resource_customizations/([^/]+)/([^/]+)/(?:health|actions/(?:.*/)?(discovery|action))\.lua$")


def _file_script(subject: Subject) -> Script | None:
    """The script that a .lua file is: by its folder, or because it speaks of `obj` and health as only such scripts do."""
    loaded = subject.text_of_file
    if loaded.role.name != "lua":
        return None
    found = _FOLDER.search(subject.file)
    source = loaded.source
    if found is not None:
        what = found[3] or "health"
        return Script(what, found[1], found[2], source.text, None, source, what == "health")
    text = source.text
    speaks = re.search(r"\bobj\.(?:status|spec|metadata)\b", text) and re.search(
        r"\bstatus\s*=\s*[\"'](?:Healthy|Progressing|Degraded|Suspended)[\"']", text
    )
    return Script("health", "", "", text, None, source, None) if speaks else None


def _judged(script: Script) -> Iterator[Fact]:
    def problem(kind: str, start: int, end: int, text: str = "", help: str = "", suggestion: str = "") -> Fact:
        at: Spot
        if script.scalar is not None:
            at = Part(script.scalar, start, end)
        else:
            at = Stretch(script.source, start, end)
        fields: dict[str, Value] = {
            "kind": kind,
            "text": text,
            "help": help,
            "script": script.words,
            "what": script.what,
            "resource": script.kind,
            "builtin": "yes" if has_builtin_check(script.group, script.kind) else "no",
            "suggestion": suggestion,
        }
        return Fact("LuaProblem", at, fields, title=script.words)

    try:
        block = parse(script.text)
    except BeyondLimitError:
        return
    except LanguageError as error:
        if not templated(script.text):
            yield problem("syntax", error.start, error.end, error.message, error.help)
        return
    names = names_of(block)
    if script.what == "health":
        for one in health_problems(block, names):
            if one.kind == "no-return" and not script.text.strip():
                continue
            yield problem(one.kind, one.start, one.end, one.text, suggestion=_status_like(one.text))
        for use in unguarded_uses(block):
            yield problem(use.kind, use.start, use.end, use.text)
    for loop in endless_loops(block, names):
        word = "repeat" if isinstance(loop, Repeat) else "while"
        yield problem("endless-loop", loop.start, loop.start + len(word), word)
    for kind, start, end, text, suggestion in _names(block, names, script):
        yield problem(kind, start, end, text, suggestion=suggestion)


def _status_like(word: str) -> str:
    close = {"healthy": "Healthy", "ready": "Healthy", "failed": "Degraded", "pending": "Progressing"}
    from_case = next(
        (
            one
            for one in ("Degraded", "Healthy", "Missing", "Progressing", "Suspended", "Unknown")
            if one.lower() == word.lower()
        ),
        "",
    )
    found = from_case or next(iter(get_close_matches(word, list(close.values()), 1, 0.75)), "")
    return f'; did you mean "{found}"?' if found else ""


def _names(block: Block, names: Names, script: Script) -> Iterator[tuple[str, int, int, str, str]]:
    """Globals that are not there. One report a name and kind: the first."""
    written = names.written_globals
    seen: set[str] = set()
    for read in names.reads:
        name = read.name.text
        if name in written or name in _STANDARD or name in seen:
            continue
        if name in _CLOSED:
            if script.open_libraries is not False or (read.compared and not read.called):
                continue
            seen.add(name)
            yield "closed-library", read.name.start, read.name.end, name, ""
            continue
        seen.add(name)
        known = sorted({*written, *_STANDARD, *(one.name for one in names.variables.values())} - {name})
        close = get_close_matches(name, known, 1, 0.75)
        suggestion = f'; did you mean "{close[0]}"?' if close else ""
        yield "compared-global" if read.compared else "unknown-global", read.name.start, read.name.end, name, suggestion
    for base, index in names.members:
        if base.text in written or not index.dotted:
            continue
        known_members = _MEMBERS.get(base.text)
        key = getattr(index.key, "text", "")
        opened = base.text == "table" or script.open_libraries is True
        if known_members is not None and opened and key not in known_members and key not in names.defined_methods:
            close = get_close_matches(key, sorted(known_members), 1, 0.75)
            suggestion = f'; did you mean "{base.text}.{close[0]}"?' if close else ""
            yield "unknown-member", index.start, index.end, f"{base.text}.{key}", suggestion
    if script.open_libraries is False and "string" not in written:
        for call in names.method_calls:
            if call.method.text in _STRING_METHODS and call.method.text not in names.defined_methods:
                yield "string-method", call.method.start - 1, call.method.end, call.method.text, ""
                return


# ---- keys and values

SETTING_PROBLEMS = (
    "short-key",
    "unknown-type",
    "key-characters",
    "several-underscores",
    "matches-nothing",
    "not-yaml",
    "open-libraries-value",
    "not-text",
    "unknown-field",
    "given-twice",
    "overlap",
    "action-without-definition",
    "compare-status",
)

SETTING_PROBLEM = record(
    "CustomizationProblem",
    {
        "kind": Field(TextType(values=SETTING_PROBLEMS), optional=False, doc="what sort of mistake it is"),
        "name": Field(TEXT, optional=False, doc="the word spoken of"),
        "why": Field(TEXT, optional=False, doc="more words for the message, or empty"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
        "known": Field(TEXT, optional=False, doc="what is allowed, as words, or empty"),
    },
    doc="something that is certainly wrong with a setting of argocd-cm for a kind",
)


def _setting(kind: str, at: Spot, name: str, why: str = "", suggestion: str = "", known: str = "") -> Fact:
    fields: dict[str, Value] = {"kind": kind, "name": name, "why": why, "suggestion": suggestion, "known": known}
    return Fact("CustomizationProblem", at, fields, title=name)


@attribute("Document", "customizationProblems", returns=ListType(SETTING_PROBLEM), source=_SETTINGS)
def customization_problems(subject: Subject) -> Sequence[Value]:
    """What is certainly wrong with the keys and values of Argo CD's settings for single kinds."""
    where = where_of(subject)
    if not where:
        return ()
    return tuple(fact for one in settings_in(subject.root, where) for fact in _settings_problems(one))


def _settings_problems(settings: Settings) -> Iterator[Fact]:
    for key, node, value in entries(settings.data):
        if not isinstance(node, Scalar) or templated(key):
            continue
        if key == PREFIX:
            yield from _block_problems(value)
        elif key.startswith(PREFIX + "."):
            yield from _key_problems(key, node)
        elif key == "resource.compareoptions" and isinstance(value, Scalar):
            yield from _compare_problems(value)
    found = list(customizations(settings.data))
    for one in found:
        yield from _target_problems(one)
        yield from _value_problems(one)
    yield from _overlaps(found)


def _key_problems(key: str, node: Scalar) -> Iterator[Fact]:
    strange = re.search(r"[^-._a-zA-Z0-9]", key)
    if strange is not None:
        yield _setting("key-characters", Part(node, strange.start(), strange.end()), strange.group())
        return
    parts = key.split(".", 3)
    if len(parts) < 4 or not parts[3]:
        yield _setting("short-key", node, key)
        return
    if parts[2] not in TYPES:
        start = len(PREFIX) + 1
        at = Part(node, start, start + len(parts[2]))
        yield _setting("unknown-type", at, parts[2], suggestion=_close(parts[2], TYPES), known=_listed(TYPES))
    if parts[3].count("_") > 1:
        yield _setting("several-underscores", Part(node, len(key) - len(parts[3]), len(key)), parts[3])


def _target_problems(one: Customization) -> Iterator[Fact]:
    known = one.group_kind
    start, end = key_part(one)
    if known is None or one.target == "all" or one.type not in TYPES or re.search(r"[*?\[\]{}]", one.target):
        return
    if not one.block and re.search(r"[^-._a-zA-Z0-9]", one.target):
        return
    group, kind = known
    why, meant = _matches_nothing(group, kind, one)
    if why:
        yield _setting(
            "matches-nothing", Part(one.key, start, end), one.target, why, f'; did you mean "{meant}"?' if meant else ""
        )


def _matches_nothing(group: str, kind: str, one: Customization) -> tuple[str, str]:
    """Why no kind can have this group and name, and what may be meant; ("", "") where one can."""
    separator = "/" if one.block else "_"

    def written(group: str, kind: str) -> str:
        return f"{group}{separator}{kind}" if group else kind

    if separator in one.target and (group == "" or group in ("v1", "core")):
        shown = f"`{group}`" if group else "an empty group"
        return f"kinds of the core group are looked up by kind alone, and {shown} is no group of any", kind
    if separator not in one.target and "." in kind:
        head, _, tail = kind.rpartition(".")
        what = f"group and kind are joined by `{separator}`; this means a kind `{kind}` of the core group"
        return what, written(head, tail)
    if separator not in one.target and "/" in kind:
        return "", ""
    close = {(each.lower(), word.lower()): (each, word) for each, word in _known_kinds()}
    exact = close.get((group.lower(), kind.lower()))
    if exact is not None and exact != (group, kind):
        return "group and kind are compared exactly, capital letters included", written(*exact)
    kinds = CLOSED_GROUPS.get(group)
    if kinds is not None and kind not in kinds and exact is None:
        others = sorted({each for each, word in _known_kinds() if word == kind})
        name = f"`{group}`" if group else "the core group"
        near = get_close_matches(kind, kinds, 1, 0.75)
        return f"{name} has no kind `{kind}`", written(others[0], kind) if others else written(
            group, near[0]
        ) if near else ""
    return "", ""


def _known_kinds() -> list[tuple[str, str]]:
    return [*builtin_kinds(), *((group, kind) for group, kinds in CLOSED_GROUPS.items() for kind in kinds)]


def _value_problems(one: Customization) -> Iterator[Fact]:
    value = one.value
    if not isinstance(value, Scalar):
        return
    if one.block:
        return  # judged with its block
    if one.type == "useOpenLibs" and not opens_libraries(value) and not templated(value.text):
        yield _setting("open-libraries-value", value, value.text)
    if one.type in ("ignoreDifferences", "ignoreResourceUpdates", "knownTypeFields", "actions"):
        yield from _inner_problems(one.type, value)


def _inner_problems(type_: str, value: Scalar) -> Iterator[Fact]:
    """Problems of the YAML that a setting's text holds."""
    root, mistakes = inner_yaml(value)
    for mistake in mistakes:
        if mistake.kind in FATAL:
            yield _setting("not-yaml", Part(value, mistake.start, mistake.end), type_, mistake.message)
            return
    if type_ in ("ignoreDifferences", "ignoreResourceUpdates"):
        yield from _unknown_fields(root, DIFFERENCE_FIELDS)
    elif type_ == "actions":
        yield from _unknown_fields(root, ACTION_FIELDS)
        for definition in items(get(root, "definitions")) if root is not None else ():
            yield from _unknown_fields(definition, DEFINITION_FIELDS)
        if root is not None:
            yield from _undefined_actions(root)


def _unknown_fields(node: Node | None, known: Sequence[str]) -> Iterator[Fact]:
    for name, key, _ in entries(node) if isinstance(node, Mapping) else ():
        # Go's JSON decoder takes a field in any case
        if isinstance(key, Scalar) and name.lower() not in {one.lower() for one in known} and not templated(name):
            yield _setting("unknown-field", key, name, suggestion=_close(name, known), known=_listed(known))


def _block_problems(value: Node) -> Iterator[Fact]:
    if not isinstance(value, Scalar):
        return
    root, mistakes = inner_yaml(value)
    for mistake in mistakes:
        if mistake.kind in FATAL:
            yield _setting("not-yaml", Part(value, mistake.start, mistake.end), PREFIX, mistake.message)
            return
    for mistake in mistakes:
        if mistake.kind == "duplicate-key":
            shown = value.text[mistake.start : mistake.end].strip("\"'")
            yield _setting("given-twice", Part(value, mistake.start, mistake.end), shown)
    for _, _, fields in entries(root) if isinstance(root, Mapping) else ():
        yield from _unknown_fields(fields, BLOCK_FIELDS)
        for name, key, held in entries(fields) if isinstance(fields, Mapping) else ():
            if not isinstance(key, Scalar):
                continue
            if name in ("actions", "health.lua", "ignoreDifferences", "ignoreResourceUpdates"):
                if isinstance(held, (Mapping, SequenceNode)) or (isinstance(held, Scalar) and not is_text(held)):
                    yield _setting("not-text", key, name, "a text")
                elif isinstance(held, Scalar) and name != "health.lua":
                    yield from _inner_problems(name, held)
            elif name == "health.lua.useOpenLibs" and isinstance(held, Scalar) and not isinstance(typed(held), bool):
                yield _setting("not-text", key, name, "`true` or `false` without quotes")


def _compare_problems(value: Scalar) -> Iterator[Fact]:
    root, mistakes = inner_yaml(value)
    for mistake in mistakes:
        if mistake.kind in FATAL:
            yield _setting(
                "not-yaml", Part(value, mistake.start, mistake.end), "resource.compareoptions", mistake.message
            )
            return
    if not isinstance(root, Mapping):
        return
    yield from _unknown_fields(root, COMPARE_FIELDS)
    status = get(root, "ignoreResourceStatusField")
    if isinstance(status, Scalar) and not templated(status.text):
        plain = typed(status)
        if plain is not False and status.text not in COMPARE_STATUS and status.text != "":
            known = COMPARE_STATUS[:3]
            yield _setting(
                "compare-status", status, status.text, suggestion=_close(status.text, known), known=_listed(known)
            )


def _overlaps(found: Sequence[Customization]) -> Iterator[Fact]:
    """Two wildcard keys with health checks that can match the same kind."""
    wild = [one for one in found if one.block and one.type == "health" and re.search(r"[*?\[{]", one.target)]
    for at, one in enumerate(wild):
        for earlier in wild[:at]:
            if _may_meet(one.target, earlier.target):
                yield _setting("overlap", one.key, one.target, earlier.target)
                break


def _may_meet(one: str, other: str) -> bool:
    """Whether some group and kind fit both patterns; only `*` is understood, other wildcards say no."""
    if re.search(r"[?\[\]{}]", one + other):
        return False
    mine, theirs = ((each, "*") if each == "*" else tuple(each.split("/")) for each in (one, other))
    return len(mine) == len(theirs) == 2 and all(map(_have_common_text, mine, theirs))


def _have_common_text(one: str, other: str) -> bool:
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        left, right = pending.pop()
        if left == len(one) and right == len(other):
            return True
        steps = []
        if left < len(one) and one[left] == "*":
            steps.append((left + 1, right))
            if right < len(other):
                steps.append((left, right + 1))
        if right < len(other) and other[right] == "*":
            steps.append((left, right + 1))
            if left < len(one):
                steps.append((left + 1, right))
        if left < len(one) and right < len(other) and one[left] == other[right]:
            steps.append((left + 1, right + 1))
        for step in steps:
            if step not in reached:
                reached.add(step)
                pending.append(step)
    return False


def _undefined_actions(root: Node) -> Iterator[Fact]:
    """Actions that discovery offers and nothing defines."""
    discovery = get(root, "discovery.lua")
    merged = get(root, "mergeBuiltinActions")
    if not isinstance(discovery, Scalar) or (isinstance(merged, Scalar) and typed(merged) is not False):
        return
    definitions = get(root, "definitions")
    names = [text_of(get(one, "name")) for one in items(definitions)]
    if None in names or templated(discovery.text):
        return
    try:
        offered = discovered_actions(parse(discovery.text))
    except LanguageError:
        return
    for name, start, end in offered:
        if name not in names:
            known = _listed([one for one in names if one])
            yield _setting(
                "action-without-definition",
                Part(discovery, start, end),
                name,
                suggestion=_close(name, [one for one in names if one]),
                known=known,
            )


def _close(word: str, known: Sequence[str]) -> str:
    found = get_close_matches(word, list(known), 1, 0.6)
    return f'; did you mean "{found[0]}"?' if found else ""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"`{one}`" for one in sorted(words))


# ---- test files

TEST_PROBLEM = record(
    "HealthTestProblem",
    {
        "kind": Field(TextType(values=("input-missing", "unknown-status")), optional=False, doc="what is wrong"),
        "name": Field(TEXT, optional=False, doc="the path or word as written"),
        "suggestion": Field(TEXT, optional=False, doc="a close name, as a clause, or empty"),
    },
    doc="something that is certainly wrong with a health_test.yaml or action_test.yaml",
)

_TESTS = ("health_test.yaml", "action_test.yaml")
_PATHS = ("inputPath", "expectedOutputPath")


@attribute(
    "Document",
    "healthTestProblems",
    returns=ListType(TEST_PROBLEM),
    needs={"index"},
    source="argo-cd util/lua/health_test.go",
    screen=lambda subject: posixpath.basename(subject.file) in _TESTS,
)
def health_test_problems(subject: Subject, repo: Repo) -> Sequence[Value]:
    """Inputs of the tests of Lua scripts that are not there, and statuses that no script can give."""
    if posixpath.basename(subject.file) not in _TESTS or subject.root is None:
        return ()
    found: list[Value] = []
    folder = posixpath.dirname(subject.file)
    for part in ("tests", "discoveryTests", "actionTests"):
        for test in items(get(subject.root, part)):
            for key, _, value in entries(test):
                if key.lower() in {one.lower() for one in _PATHS} and isinstance(value, Scalar) and value.text:
                    path = posixpath.normpath(posixpath.join(folder, value.text))
                    if not path.startswith("..") and not repo.exists(path) and repo.unseen(path) is None:
                        near = [
                            one.file[len(folder) + 1 :] for one in repo.files() if one.file.startswith(folder + "/")
                        ]
                        found.append(_test_problem("input-missing", value, _close(value.text, near)))
            status = get(get(test, "healthStatus"), "status")
            if isinstance(status, Scalar) and status.text not in _STATUSES and status.text:
                found.append(_test_problem("unknown-status", status, _close(status.text, _STATUSES)))
    return found


_STATUSES = ("Degraded", "Healthy", "Missing", "Progressing", "Suspended", "Unknown")


def _test_problem(kind: str, at: Scalar, suggestion: str) -> Fact:
    return Fact("HealthTestProblem", at, {"kind": kind, "name": at.text, "suggestion": suggestion}, title=at.text)
