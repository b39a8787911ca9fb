"""Folders of rule files to checked rules, with what the cache remembers of them. Parsing is imported only where it must run."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitops_lint import __version__
from gitops_lint.cache import Cache
from gitops_lint.dataclass import dataclass
from gitops_lint.dsl import data
from gitops_lint.dsl.screens import screens_of
from gitops_lint.dsl.tree import ForEach
from gitops_lint.errors import RuleError
from gitops_lint.policy.packedrule import LAYOUT, PackedRule, body_of, lines_of, with_keys
from gitops_lint.policy.vocabulary import GitopsVocabulary

if TYPE_CHECKING:  # it takes its time, and only annotations name it
    from importlib.resources.abc import Traversable

SUFFIX = ".rule"
_LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class FolderOfRules:
    """A folder that holds `<area>/<id>.rule`. shown: how messages call it."""

    path: Traversable
    shown: str
    built_in: bool


@dataclass(frozen=True, slots=True)
class RuleText:
    """The text of a rule file. file: its path, as messages show it; folder: where a schema that it names may lie."""

    file: str
    area: str
    text: str
    folder: Traversable
    built_in: bool


def read_folder(folder: FolderOfRules, cache: Cache, vocabulary: GitopsVocabulary | None) -> list[PackedRule]:
    """
    The rules of a folder, checked, in the order of area and name.

    A file that was checked before by the same gitops-lint comes from the cache. vocabulary: None is the built-in one; with
    another nothing is cached. Raises RuleErrors with everything that is wrong in the folder.
    """
    name = f"rules-{hashlib.sha256(str(folder.path).encode()).hexdigest()[:16]}"
    # the rules of a checkout are many, and only who works on them has one: that their files look the same is enough
    stamp = _stamp(folder.path) if folder.built_in and vocabulary is None else ""
    kept, known = _known(cache, name) if vocabulary is None else ("", {})
    if stamp and stamp == kept:
        return list(known.values())
    texts = rule_texts(folder)
    keys = [_key(one) for one in texts]
    missing = [one for one, key in zip(texts, keys, strict=True) if key not in known]
    made = (
        {one.file: rule for one, rule in zip(missing, check_all(missing, vocabulary), strict=True)} if missing else {}
    )
    rules = [made[one.file] if one.file in made else known[key] for one, key in zip(texts, keys, strict=True)]
    if vocabulary is None and (missing or len(known) != len(texts) or stamp != kept):
        entries = {key: rule for key, rule in zip(keys, rules, strict=True) if not _reads_schemas(rule)}
        if len(entries) < len(rules):
            stamp = ""
        cache.write(name, "\n".join([stamp, lines_of(list(entries.values()), list(entries))]).encode())
    return rules


def rule_texts(folder: FolderOfRules) -> list[RuleText]:
    """
    Every `.rule` file of a folder, by area and name; files of other suffixes are left alone.

    Raises RuleError where the folder does not exist, or a file lies in no area or cannot be read.
    """
    if not folder.path.is_dir():
        raise RuleError(f"the folder of rules `{folder.shown}` does not exist")
    found = []
    for area in sorted(folder.path.iterdir(), key=lambda one: one.name):
        if area.name.endswith(SUFFIX) and area.is_file():
            raise RuleError(
                "a rule file lies in the folder of an area",
                file=_shown(folder, area.name),
                help=f"such as `{folder.shown}/sync/{area.name}`",
            )
        if area.name.startswith(".") or not area.is_dir():
            continue
        for file in sorted(area.iterdir(), key=lambda one: one.name):
            if file.name.endswith(SUFFIX) and not file.name.startswith(".") and file.is_file():
                shown = _shown(folder, area.name, file.name)
                found.append(RuleText(shown, area.name, read_text(file, shown), folder.path, folder.built_in))
    return found


def read_text(file: Traversable, shown: str) -> str:
    """The text of a rule file. Raises RuleError where it cannot be read."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RuleError(f"the file cannot be read: {error.strerror or error}", file=shown) from error
    if len(content) > _LARGEST_FILE:
        raise RuleError(f"a rule file has at most {_LARGEST_FILE} bytes", file=shown)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleError(f"the file is not UTF-8: byte {error.start} does not belong", file=shown) from error


def check_all(texts: Sequence[RuleText], vocabulary: GitopsVocabulary | None = None) -> list[PackedRule]:
    """The rules of these files, parsed and checked. Raises RuleErrors with what is wrong in any of them."""
    from gitops_lint.dsl.rule_errors import raise_all

    speaks = vocabulary if vocabulary is not None else GitopsVocabulary()
    rules: list[PackedRule] = []
    errors: list[RuleError] = []
    for text in texts:
        try:
            rules.append(check_one(text, speaks))
        except RuleError as error:
            errors.append(error)
    raise_all(errors)
    return rules


def check_one(text: RuleText, vocabulary: GitopsVocabulary) -> PackedRule:
    """The rule of one file, parsed and checked. Raises RuleError or RuleErrors."""
    from gitops_lint.dsl.rulefile import load_rule_file
    from gitops_lint.dsl.typecheck import check

    rule = load_rule_file(text.text, text.file, text.area)
    declared = vocabulary.with_kinds(rule.kinds, functools.partial(_schema, text))
    checked = check(rule, vocabulary, text.file, text.text, declared)
    first = next(clause for clause in checked.rule.clauses if isinstance(clause, ForEach))
    return PackedRule(
        id=rule.name,
        area=text.area,
        file=text.file,
        built_in=text.built_in,
        group=rule.group,
        severity=rule.severity,
        title=rule.title,
        formerly=rule.formerly,
        first=first.kinds,
        origin=first.origin,
        kinds=checked.kinds,
        needs=checked.needs,
        local=checked.local,
        screens=screens_of(checked.rule),
        cost=checked.cost,
        reads=checked.fields,
        body=body_of(checked.rule),
    )


def _schema(text: RuleText, name: str) -> str:
    """The schema file that a rule names, which lies below its folder of rules."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
        raise RuleError(f"the schema `{name}` does not lie in the folder of rules", file=text.file, line=1, column=1)
    file = text.folder.joinpath(*parts)
    if (
        isinstance(file, Path)
        and isinstance(text.folder, Path)
        and not file.resolve().is_relative_to(text.folder.resolve())
    ):
        raise RuleError(f"the schema `{name}` does not lie in the folder of rules", file=text.file, line=1, column=1)
    if not file.is_file():
        raise RuleError(f"there is no schema `{name}` in the folder of rules", file=text.file, line=1, column=1)
    return read_text(file, name)


def _shown(folder: FolderOfRules, *names: str) -> str:
    return "/".join((folder.shown.rstrip("/"), *names))


# ---- what the cache remembers


def _key(text: RuleText) -> str:
    """Of everything that a check depends on: the file, where it lies, and the gitops-lint that checks it."""
    parts = [_checker(), text.file, text.area, str(text.built_in), text.text]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _checker() -> str:
    """
    The version of gitops-lint; in a checkout also when its modules and schemas were changed, since that shows in no version.
    """
    package = Path(__file__).parent.parent
    parts = [__version__, str(LAYOUT), str(data.VERSION)]
    if (package.parent / "pyproject.toml").is_file():
        for folder in (package / "dsl", package / "policy", package / "model", package.parent / "schemas"):
            parts.extend(_stamps(folder.rglob("*"), ".py", ".lark", ".json"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _stamps(files: Iterable[Path], *suffixes: str) -> list[str]:
    found = []
    for file in files:
        if file.suffix in suffixes:
            at = file.stat()
            found.append(f"{file} {at.st_size} {at.st_mtime_ns}")
    return sorted(found)


def _stamp(folder: Traversable) -> str:
    """Of all that shows from outside that a rule, or what checks it, was changed."""
    if not isinstance(folder, Path):
        return ""
    return hashlib.sha256("\n".join([_checker(), *_stamps(folder.rglob("*"), SUFFIX)]).encode()).hexdigest()


def _known(cache: Cache, name: str) -> tuple[str, dict[str, PackedRule]]:
    """The stamp and the rules by key, as the cache has them; nothing where it holds something else."""
    content = cache.read(name)
    if content is None:
        return "", {}
    try:
        stamp, lines = content.decode().split("\n", 1)
        return stamp, dict(with_keys(lines))
    except (ValueError, data.DataError):
        return "", {}


def _reads_schemas(rule: PackedRule) -> bool:
    """A rule whose check depends on further files, which the key does not know."""
    return any(kind.schema for kind in rule.rule.kinds)
