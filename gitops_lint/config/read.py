"""Where the configuration lies, and its text to a `Config`; everything wrong in it is a ConfigurationError with a place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Any

from gitops_lint.config.check import check, mistake
from gitops_lint.config.globs import compiled
from gitops_lint.config.selection import Selector
from gitops_lint.config.settings import (
    Cluster,
    Config,
    Environment,
    ExternalName,
    Fixture,
    Limits,
    Override,
    RuleSettings,
    Suppressions,
)
from gitops_lint.errors import ConfigurationError
from gitops_lint.findings import Severity
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import MISSING, entries, get, items, plain, typed
from gitops_lint.text.source import decode

CONFIG_NAMES = (".gitops-lint.yaml", "gitops-lint.yaml", "pyproject.toml")
LARGEST_FILE = 1024 * 1024
_TABLE = "tool.gitops-lint"


def load_config(start: Path, root: Path, explicit: Path | None = None, isolated: bool = False) -> Config:
    """
    The configuration of a run.

    start: the first path of the command line, where the search begins; root: the folder where it ends, both absolute.
    explicit: the file to read instead; isolated: no file at all. Raises ConfigurationError.
    """
    if isolated:
        return Config()
    found = explicit if explicit is not None else find_config(start, root)
    if found is None:
        return Config()
    try:
        shown = Path(os.path.realpath(found)).relative_to(os.path.realpath(root)).as_posix()
    except ValueError:
        if explicit is None:
            # its text, parts of which a message would show, is none of the repository's
            message = f"the configuration `{found}` is a symbolic link that leaves the root"
            raise ConfigurationError(message, help="name the file itself with `--config`") from None
        shown = str(found)
    try:
        data = found.read_bytes() if found.stat().st_size <= LARGEST_FILE else None
    except OSError as error:
        raise ConfigurationError(f"the configuration `{found}` cannot be read: {error.strerror}") from error
    if data is None:
        raise ConfigurationError(f"the configuration `{found}` has more than {LARGEST_FILE} bytes")
    return read_config(data, shown)


def read_config(data: bytes, file: str) -> Config:
    """The configuration that a file of that name holds. Raises ConfigurationError."""
    tree = _tree(data, file)
    return Config(file=file) if tree is None else _config(tree, file)


def find_config(start: Path, root: Path) -> Path | None:
    """
    The nearest configuration file from `start` up to `root`; in one folder the first of CONFIG_NAMES counts.

    A pyproject.toml counts only with a table `tool.gitops-lint`.
    """
    folder = start if start.is_dir() else start.parent
    for one in (folder, *folder.parents):
        if not one.is_relative_to(root):
            return None
        if (found := _in_folder(one)) is not None:
            return found
    return None


def _in_folder(folder: Path) -> Path | None:
    for name in CONFIG_NAMES:
        path = folder / name
        try:
            if path.is_file() and (name != "pyproject.toml" or _has_table(path)):
                return path
        except OSError:
            continue
    return None


def _has_table(path: Path) -> bool:
    return path.stat().st_size <= LARGEST_FILE and _TABLE.encode() in path.read_bytes()


def says_root(folder: Path) -> bool:
    """
    Whether the configuration in this very folder says `root: true`; a link out of the folder does not.

    Raises ConfigurationError where it is broken.
    """
    found = _in_folder(folder)
    if found is None or not Path(os.path.realpath(found)).is_relative_to(os.path.realpath(folder)):
        return False
    try:
        tree = _tree(found.read_bytes(), str(found)) if found.stat().st_size <= LARGEST_FILE else None
    except OSError:
        return False
    said = get(tree, "root") if tree is not None else MISSING
    return isinstance(said, Scalar) and typed(said) is True


def _tree(data: bytes, file: str) -> Mapping | None:
    """The settings of a file as a mapping; None where it holds none."""
    text, mistakes = decode(data)
    source = Source(text, file)
    if not mistakes and file.endswith(".toml"):
        return _toml_tree(source)
    parsed = parse_yaml(source)
    for one in [*mistakes, *parsed.mistakes]:
        if one.kind == "duplicate-key":
            continue  # told by `check`, in its own words
        at = source.position(one.start)
        raise ConfigurationError(one.message, file=file, line=at.line, column=at.column, help=one.help)
    roots = [document.root for document in parsed.documents if document.root is not None]
    if not roots:
        return None
    if len(roots) > 1:
        raise mistake(roots[1], "a configuration is one YAML document; this is a second one")
    if not isinstance(roots[0], Mapping):
        raise mistake(roots[0], "the configuration must be a mapping of settings")
    return roots[0]


def _toml_tree(source: Source) -> Mapping | None:
    # not at the top: most configurations are YAML
    import tomllib

    try:
        table: Any = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (source.line_count, 1)
        message = re.sub(r" \(at .*\)$", "", str(error))
        message = message[:1].lower() + message[1:]
        raise ConfigurationError(message, file=source.file, line=line, column=column) from error
    except RecursionError as error:
        raise ConfigurationError("this is nested too deep", file=source.file) from error
    for part in _TABLE.split("."):
        table = table.get(part) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return None
    tree = _TomlNodes(source).node(table, _TABLE)
    return tree if isinstance(tree, Mapping) else None


_MOST_PLACES = 500
"""Keys whose places are looked for, each from the top of its table; all other keys stand at their table."""


class _TomlNodes:
    """
    TOML values as nodes, so that one checker reads both formats. tomllib tells no places: a key's is where its text
    stands first behind the header of its table, which is exact but for keys that are written twice in one table's text.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._looked_for = 0

    def node(self, value: object, table: str, at: int | None = None) -> Node:
        if isinstance(value, dict):
            header = self._header(table) if self._looked_for <= _MOST_PLACES else None
            start = header if header is not None else at or 0
            made: list[Node] = []
            for key, below in value.items():
                place = self._key(key, start, f"{table}.{key}")
                made += [
                    Scalar(self.source, place, place + len(key), key, '"'),
                    self.node(below, f"{table}.{key}", place),
                ]
            return Mapping(self.source, start, start, made)
        start = at or 0
        if isinstance(value, list):
            return Sequence(self.source, start, start, [self.node(item, table, start) for item in value])
        if isinstance(value, str):
            return Scalar(self.source, start, start, value, '"')
        text = str(value).lower() if isinstance(value, (bool, float)) else str(value)
        return Scalar(self.source, start, start, text)

    def _header(self, table: str) -> int | None:
        parts = r"\s*\.\s*".join(rf"[\"']?{re.escape(part)}[\"']?" for part in table.split("."))
        found = re.search(rf"^[ \t]*\[+\s*({parts})\s*\]+", self.text, re.MULTILINE)
        return found.start(1) if found else None

    def _key(self, key: str, start: int, table: str) -> int:
        self._looked_for += 1
        if self._looked_for > _MOST_PLACES:
            return start
        header = self._header(table)
        if header is not None:
            return header
        found = re.compile(rf"(?<![\w-]){re.escape(key)}[\"']?\s*[.=]").search(self.text, start)
        return found.start() if found else start

    @property
    def text(self) -> str:
        return self.source.text


def _config(tree: Mapping, file: str) -> Config:
    check(tree)
    for globs in _all_globs(tree):
        _check_globs(globs)
    said = plain(tree)
    assert isinstance(said, dict)  # what `check` has just made sure of
    values: dict[str, Any] = said
    suppressions = values.get("suppressions", {})
    return Config(
        file=file,
        root=values.get("root", False),
        profile=values.get("profile", "default"),
        select=tuple(values["select"]) if "select" in values else None,
        ignore=tuple(values.get("ignore", ())),
        exclude=tuple(values.get("exclude", ())),
        rule_folders=tuple(values.get("rule-folders", ())),
        rules={rule: _rule(one) for rule, one in values.get("rules", {}).items()},
        overrides=tuple(_override(one) for one in values.get("overrides", ())),
        targets={product: version.removeprefix("v") for product, version in values.get("targets", {}).items()},
        external=tuple(_external(kind, name) for kind, names in values.get("external", {}).items() for name in names),
        closed=tuple(values.get("closed", ())),
        repositories=dict(values.get("repositories", {})),
        clusters=tuple(Cluster(**one) for one in values.get("clusters", ())),
        environments={name: _environment(one) for name, one in values.get("environments", {}).items()},
        generators=tuple(
            Fixture(one["generator"], tuple(one["parameters"]), one.get("applicationset", "*"))
            for one in values.get("generators", ())
        ),
        suppressions=Suppressions(suppressions.get("require-reason", False), tuple(suppressions.get("never", ()))),
        schema_locations=tuple(values.get("schema-locations", ())),
        limits=Limits(**{name.replace("-", "_"): number for name, number in values.get("limits", {}).items()}),
        fail_on=None if values.get("fail-on") == "never" else Severity.of(values.get("fail-on", "error")),
        baseline=values.get("baseline"),
        said=_said(tree),
        named=tuple(_named(tree)),
    )


def _rule(said: MappingOf[str, Any]) -> RuleSettings:
    return RuleSettings(Severity.of(said["severity"]) if "severity" in said else None, dict(said.get("params", {})))


def _override(said: MappingOf[str, Any]) -> Override:
    return Override(
        tuple(said["files"]),
        tuple(said.get("select", ())),
        tuple(said.get("ignore", ())),
        tuple((rule, Severity.of(one["severity"])) for rule, one in said.get("rules", {}).items() if "severity" in one),
    )


def _environment(said: MappingOf[str, Any] | list[str]) -> Environment:
    """An environment, of which a list is the patterns of its files."""
    if isinstance(said, list):
        return Environment(tuple(said))
    lists = {name: tuple(said.get(name, ())) for name in ("paths", "clusters", "namespaces", "projects")}
    return Environment(**lists, cluster_labels=dict(said.get("cluster-labels", {})), production=said.get("production"))


def _external(kind: str, name: str) -> ExternalName:
    namespace, slash, bare = name.rpartition("/")
    return ExternalName(kind, bare, namespace if slash else None)


def _said(tree: Mapping, above: str = "") -> dict[str, str]:
    """The places of the settings, and of the entries of those that are tables: `targets`, and `targets.argo-cd`."""
    found = {}
    for key, node, value in entries(tree):
        found[above + key] = f"{node.source.file}:{node.source.position(node.start).line}"
        if isinstance(value, Mapping) and not above:
            found |= _said(value, f"{key}.")
    return found


def _all_globs(tree: Mapping) -> list[Node]:
    found = [get(tree, "exclude")]
    found += [get(one, "files") for one in items(get(tree, "overrides"))]
    for _, _, environment in entries(get(tree, "environments")):
        found.append(get(environment, "paths") if isinstance(environment, Mapping) else environment)
    return [one for one in found if isinstance(one, Sequence)]


def _check_globs(globs: Node) -> None:
    for glob in items(globs):
        if not isinstance(glob, Scalar):
            continue
        try:
            compiled((glob.text,))
        except ValueError as error:
            help = "patterns are those of .gitignore, as `tests/**` or `*.tmpl.yaml`"
            raise mistake(glob, f"`{glob.text}` is no pattern that Git could read", help) from error


def _named(tree: Mapping) -> list[Selector]:
    """Every word that should name a rule, an area or a group, with its place."""
    lists = [("select", get(tree, "select")), ("ignore", get(tree, "ignore"))]
    lists.append(("suppressions.never", get(get(tree, "suppressions"), "never")))
    tables = [("rules", get(tree, "rules"))]
    for number, override in enumerate(items(get(tree, "overrides"))):
        lists += [(f"overrides[{number}].{key}", get(override, key)) for key in ("select", "ignore")]
        tables.append((f"overrides[{number}].rules", get(override, "rules")))
    nodes = [(setting, node) for setting, found in lists for node in items(found)]
    nodes += [(setting, key) for setting, table in tables for _, key, _ in entries(table)]
    return [_selector(setting, node) for setting, node in nodes if isinstance(node, Scalar)]


def _selector(setting: str, node: Scalar) -> Selector:
    at = node.source.position(node.start)
    return Selector(node.text, setting, node.source.file, at.line, at.column)
