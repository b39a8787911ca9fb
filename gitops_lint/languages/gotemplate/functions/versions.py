"""
Versions and their constraints, as Masterminds/semver reads and compares them.

Source: Masterminds/semver v3.4.0 version.go, constraints.go; Masterminds/sprig v3.3.0 semver.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from gitops_lint.dataclass import dataclass
from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.characters import runes
from gitops_lint.languages.gotemplate.functions.structs import JsonStruct
from gitops_lint.languages.gotemplate.printing import type_name
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.pattern import pattern

_LARGEST = (1 << 64) - 1
_VERSION = pattern(
    r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
_OPERATORS = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_WRITTEN = (
    r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?"
    r"(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"
)
_OF_POINTERS = frozenset(
    ["Original", "Compare", "Equal", "LessThan", "LessThanEqual", "GreaterThan", "GreaterThanEqual"]
)
_ANY = ("x", "X", "*")


@dataclass(frozen=True, slots=True)
class Version(JsonStruct):
    """before: the pre-release, as `rc.1`; build: the metadata; original: as it was written."""

    major: int
    minor: int
    patch: int
    before: str
    build: str
    original: str

    go_type = "*semver.Version"

    def text(self) -> str:
        before = f"-{self.before}" if self.before else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{before}{build}"

    def json_text(self) -> str:
        return self.text()

    def members(self) -> Mapping[str, Function]:
        plain: dict[str, Callable[[], Value]] = {
            "Major": lambda: self.major,
            "Minor": lambda: self.minor,
            "Patch": lambda: self.patch,
            "Prerelease": lambda: self.before,
            "Metadata": lambda: self.build,
            "Original": lambda: self.original,
            "String": self.text,
            "IncMajor": lambda: self._next(self.major + 1, 0, 0),
            "IncMinor": lambda: self._next(self.major, self.minor + 1, 0),
            "IncPatch": lambda: self._next(self.major, self.minor, self.patch if self.before else self.patch + 1),
        }
        compared: dict[str, Callable[[int], Value]] = {
            "Compare": lambda order: order,
            "Equal": lambda order: order == 0,
            "LessThan": lambda order: order < 0,
            "LessThanEqual": lambda order: order <= 0,
            "GreaterThan": lambda order: order > 0,
            "GreaterThanEqual": lambda order: order >= 0,
        }
        return {
            **{name: Function(name, call, ()) for name, call in plain.items()},
            **{name: Function(name, self._against(say), ("any",)) for name, say in compared.items()},
            "SetPrerelease": Function("SetPrerelease", self._with_before, ("string",)),
            "SetMetadata": Function("SetMetadata", self._with_build, ("string",)),
        }

    def _against(self, say: Callable[[int], Value]) -> Callable[[Value], Value]:
        def call(other: Value) -> Value:
            if not isinstance(other, Version):
                raise FunctionError(f"wrong type for value; expected *semver.Version; got {type_name(other)}")
            return say(compare(self, other))

        return call

    def _next(self, major: int, minor: int, patch: int) -> Version:
        return self._renewed(replace(self, major=major, minor=minor, patch=patch, before="", build=""))

    def _with_before(self, before: str) -> Version:
        if before:
            _check_before(before)
        return self._renewed(replace(self, before=before))

    def _with_build(self, build: str) -> Version:
        if build:
            _check_build(build)
        return self._renewed(replace(self, build=build))

    def _renewed(self, made: Version) -> Version:
        original = ("v" if self.original.startswith("v") else "") + made.text()
        return _Copy(made.major, made.minor, made.patch, made.before, made.build, original)


class _Copy(Version):
    """A version that is no pointer, as methods of versions return it: what needs a pointer cannot be called on it."""

    __slots__ = ()
    go_type = "semver.Version"

    def members(self) -> Mapping[str, Function]:
        return {name: member for name, member in Version.members(self).items() if name not in _OF_POINTERS}


def version(text: str) -> Version:
    """A version as loosely as sprig takes it: `v1`, `1.2`, `01.2.3-rc.1+build`. Raises FunctionError."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise FunctionError("invalid semantic version")
    major, minor, patch = (_number(one or "0") for one in found.groups()[:3])
    before, build = found[4] or "", found[5] or ""
    if before:
        _check_before(before)
    if build:
        _check_build(build)
    return Version(major, minor, patch, before, build, text)


def _number(digits: str) -> int:
    number = int(digits) if len(digits.lstrip("0")) <= 20 else _LARGEST + 1
    if number > _LARGEST:
        raise FunctionError(f'error parsing version segment: strconv.ParseUint: parsing "{digits}": value out of range')
    return number


def _check_before(text: str) -> None:
    for part in text.split("."):
        if part.isascii() and part.isdigit():
            if len(part) > 1 and part[0] == "0":
                raise FunctionError("version segment starts with 0")
        elif not _allowed(part):
            raise FunctionError("invalid prerelease string")


def _check_build(text: str) -> None:
    if not all(map(_allowed, text.split("."))):
        raise FunctionError("invalid metadata string")


def _allowed(part: str) -> bool:
    return part != "" and part.isascii() and all(one.isalnum() or one == "-" for one in part)


def compare(one: Version, other: Version) -> int:
    """-1, 0 or 1; the metadata does not count."""
    mine, yours = (one.major, one.minor, one.patch), (other.major, other.minor, other.patch)
    if mine != yours:
        return -1 if mine < yours else 1
    if not (one.before and other.before):
        return bool(other.before) - bool(one.before)
    return _compare_before(one.before, other.before)


def _compare_before(one: str, other: str) -> int:
    mine, yours = one.split("."), other.split(".")
    for at in range(max(len(mine), len(yours))):
        a, b = mine[at] if at < len(mine) else "", yours[at] if at < len(yours) else ""
        if a != b:
            return _compare_part(a, b)
    return 0


def _compare_part(a: str, b: str) -> int:
    """A part that is not there is least, numbers are below words."""
    if not a or not b:
        return -1 if not a else 1
    number_a, number_b = _small_number(a), _small_number(b)
    if number_a is None and number_b is None:
        return 1 if a > b else -1
    if number_a is None or number_b is None:
        return -1 if number_b is None else 1
    return 1 if number_a > number_b else -1


def _small_number(part: str) -> int | None:
    if not (part.isascii() and part.isdigit()) or len(part.lstrip("0")) > 20:
        return None
    return int(part) if int(part) <= _LARGEST else None


@dataclass(frozen=True, slots=True)
class Constraint:
    """One comparison. loose: how many of the numbers are not given, or `x`: 3 for `*`, 2 for `1`, 1 for `1.2`."""

    operator: str
    bound: Version
    loose: int

    def admits(self, tried: Version, with_before: bool) -> bool:
        """with_before: a pre-release may be meant, because some bound of the group has one."""
        if tried.before and not with_before:
            return False
        return _CHECKS[self.operator](tried, self)


def _differs(tried: Version, one: Constraint) -> bool:
    bound = one.bound
    if not one.loose:
        return compare(tried, bound) != 0
    if bound.major != tried.major:
        return True
    if one.loose == 2:
        return False
    if one.loose == 3:
        # `*` is 0.0.0 here, with no part said to be loose
        return bound.minor != tried.minor or bound.patch != tried.patch or compare(tried, bound) != 0
    if bound.minor != tried.minor:
        return True
    if tried.before or bound.before:
        return _compare_before(tried.before, bound.before) != 0
    return False


def _above(tried: Version, one: Constraint) -> bool:
    bound = one.bound
    if one.loose in (0, 3):
        return compare(tried, bound) > 0
    if tried.major != bound.major:
        return tried.major > bound.major
    return one.loose == 1 and tried.minor > bound.minor


def _not_above(tried: Version, one: Constraint) -> bool:
    bound = one.bound
    if not one.loose:
        return compare(tried, bound) <= 0
    if tried.major != bound.major:
        return tried.major < bound.major
    return one.loose == 2 or tried.minor <= bound.minor


def _about(tried: Version, one: Constraint) -> bool:
    bound = one.bound
    if compare(tried, bound) < 0:
        return False
    if bound.major == bound.minor == bound.patch == 0 and one.loose in (0, 3):
        return True
    return tried.major == bound.major and (tried.minor == bound.minor or one.loose == 2)


def _about_or_equal(tried: Version, one: Constraint) -> bool:
    return _about(tried, one) if one.loose else compare(tried, one.bound) == 0


def _compatible(tried: Version, one: Constraint) -> bool:
    bound = one.bound
    if compare(tried, bound) < 0:
        return False
    if bound.major > 0 or one.loose == 2:
        return tried.major == bound.major
    if tried.major > 0:
        return False
    if bound.minor > 0 or one.loose == 1:
        return tried.minor == bound.minor
    return tried.minor == 0 and tried.patch == bound.patch


_CHECKS: Mapping[str, Callable[[Version, Constraint], bool]] = {
    "": _about_or_equal,
    "=": _about_or_equal,
    "!=": _differs,
    ">": _above,
    "<": lambda tried, one: compare(tried, one.bound) < 0,
    ">=": lambda tried, one: compare(tried, one.bound) >= 0,
    "=>": lambda tried, one: compare(tried, one.bound) >= 0,
    "<=": _not_above,
    "=<": _not_above,
    "~": _about,
    "~>": _about,
    "^": _compatible,
}


@lru_cache(maxsize=1)
def _expressions() -> tuple[Any, Any, Any, Any]:
    """Of one constraint, of a range with a dash, of those in a text, of a whole text of them."""
    # RE2, as the last of them would go astray in Python's own engine; slow to load, and few templates need it
    import re2

    return (
        re2.compile(rf"^\s*({_OPERATORS})\s*({_WRITTEN})\s*$"),
        re2.compile(rf"\s*({_WRITTEN})\s+-\s+({_WRITTEN})\s*"),
        re2.compile(rf"({_OPERATORS})\s*({_WRITTEN})"),
        re2.compile(rf"^(\s*({_OPERATORS})\s*({_WRITTEN})\s*)((?:\s+|,\s*)({_OPERATORS})\s*({_WRITTEN})\s*)*$"),
    )


@lru_cache(maxsize=64)
def constraints(text: str) -> tuple[tuple[Constraint, ...], ...]:
    """Groups, of which one has to hold, of comparisons, which all have to. Raises FunctionError."""
    single, dashed, inside, whole = _expressions()
    written = runes(text)
    for found in list(dashed.finditer(written)):
        written = written.replace(found.group(0), f">= {found.group(1)}, <= {found.group(11)} ", 1)
    groups = []
    for group in written.split("||"):
        if whole.search(group) is None:
            raise FunctionError(f"improper constraint: {group}")
        parts = [one.group(0) for one in inside.finditer(group)] or [group]
        groups.append(tuple(_constraint(part, single) for part in parts))
    return tuple(groups)


def _constraint(text: str, single: Any) -> Constraint:
    found = single.search(text)
    if found is None:
        raise FunctionError(f"improper constraint: {text}")
    written, major, minor, patch, before = (found.group(at) or "" for at in (2, 3, 4, 5, 6))
    loose = 0
    if major in (*_ANY, ""):
        written, loose = f"0.0.0{before}", 3
    elif minor.removeprefix(".") in (*_ANY, ""):
        written, loose = f"{major}.0.0{before}", 2
    elif patch.removeprefix(".") in (*_ANY, ""):
        written, loose = f"{major}{minor}.0{before}", 1
    try:
        return Constraint(found.group(1), version(written), loose)
    except FunctionError:
        raise FunctionError("constraint parser error") from None


def satisfies(constraint: str, text: str) -> bool:
    groups = constraints(constraint)
    tried = version(text)
    return any(all(one.admits(tried, any(other.bound.before for other in group)) for one in group) for group in groups)


VERSIONS = (
    Function("semver", version, ("string",)),
    Function("semverCompare", satisfies, ("string", "string")),
)
