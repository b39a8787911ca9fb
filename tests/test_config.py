"""The configuration: what it says, what is wrong with it and where, what counts for a file."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest

from gitops_lint.config import (
    Cluster,
    Config,
    Environment,
    ExternalName,
    Fixture,
    Limits,
    Suppressions,
    find_config,
    load_config,
    says_root,
)
from gitops_lint.config.check import config_schema
from gitops_lint.config.selection import exactness
from gitops_lint.config.show import shown
from gitops_lint.errors import ConfigurationError
from gitops_lint.findings import Severity
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.scalars import plain

FULL = """
root: true
profile: strict
select: [ALL]
ignore: [group:practice, floating-revision]
exclude: [vendor/, "*.tmpl.yaml"]
rule-folders: [policies]
rules:
  single-replica:
    severity: info
    params: {at-least: 2, names: [a, b]}
overrides:
  - files: ["clusters/dev/**"]
    select: [group:practice]
    ignore: [secrets]
    rules: {single-replica: {severity: warning}}
targets: {argo-cd: "2.13", kubernetes: v1.31.4}
external:
  Service: [shared/metrics-*, "?-gateway"]
  external-secrets.io/ClusterSecretStore: [vault]
closed: [AnalysisTemplate, argoproj.io/AppProject]
repositories: {"https://github.com/org/charts.git": ../charts}
clusters:
  - {name: prod, server: https://prod, project: p, labels: {env: prod}, annotations: {a: b}}
environments:
  prod:
    paths: ["clusters/prod/**"]
    clusters: [eu-*]
    cluster-labels: {tier: gold}
    namespaces: ["*-p"]
    projects: [shop]
  play: {production: true}
  dev: ["clusters/dev/**"]
generators:
  - {applicationset: "preview-*", generator: pullRequest, parameters: [{number: "1", branch: x}]}
  - {generator: plugin, parameters: []}
suppressions: {require-reason: true, never: [secrets]}
schema-locations: [schemas]
limits: {files: 10, file-bytes: 20, total-bytes: 30, applications: 40}
fail-on: warning
baseline: .gitops-lint-baseline.yaml
"""


def config_of(tmp_path: Path, text: str, name: str = ".gitops-lint.yaml") -> Config:
    (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    return load_config(tmp_path, tmp_path)


def test_every_key_is_read(tmp_path: Path) -> None:
    config = config_of(tmp_path, FULL)

    assert (config.file, config.root, config.profile, config.baseline) == (
        ".gitops-lint.yaml",
        True,
        "strict",
        ".gitops-lint-baseline.yaml",
    )
    assert (config.select, config.ignore) == (("ALL",), ("group:practice", "floating-revision"))
    assert (config.exclude, config.rule_folders, config.schema_locations) == (
        ("vendor/", "*.tmpl.yaml"),
        ("policies",),
        ("schemas",),
    )
    assert config.rules["single-replica"].severity is Severity.INFO
    assert config.param("single-replica", "at-least") == (2,)
    assert config.param("single-replica", "other") is None
    assert config.param("other", "at-least") is None
    assert config.targets == {"argo-cd": "2.13", "kubernetes": "1.31.4"}
    assert config.external == (
        ExternalName("Service", "metrics-*", "shared"),
        ExternalName("Service", "?-gateway"),
        ExternalName("external-secrets.io/ClusterSecretStore", "vault"),
    )
    assert config.repositories == {"https://github.com/org/charts.git": "../charts"}
    assert config.clusters == (Cluster("prod", "https://prod", "p", {"env": "prod"}, {"a": "b"}),)
    assert config.generators == (
        Fixture("pullRequest", ({"number": "1", "branch": "x"},), "preview-*"),
        Fixture("plugin", ()),
    )
    assert config.suppressions == Suppressions(True, ("secrets",))
    assert config.limits == Limits(10, 20, 30, 40)
    assert config.fail_on is Severity.WARNING
    assert config.said["profile"] == ".gitops-lint.yaml:3"
    assert config.said["limits"] == config.said["limits.files"]


def test_every_key_of_the_schema_is_tried_above() -> None:
    (document,) = parse_yaml(Source(FULL)).documents
    assert document.root is not None
    written = plain(document.root)
    assert isinstance(written, dict)

    assert set(written) == set(config_schema()["properties"])


def test_the_schema_is_one_and_says_what_every_key_is_for() -> None:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    def described(node: Any, path: str) -> list[str]:
        missing = []
        for name, one in node.get("properties", {}).items():
            target = schema["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else {}
            if "description" not in one and "description" not in target:
                missing.append(f"{path}.{name}")
            missing += described(one, f"{path}.{name}")
            missing += described(one.get("items", {}), f"{path}.{name}")
            other = one.get("additionalProperties")
            missing += described(other, f"{path}.{name}") if isinstance(other, dict) else []
        return missing

    assert described(schema, "") == []


def test_defaults_in_the_schema_are_those_of_the_code() -> None:
    limits = config_schema()["properties"]["limits"]["properties"]

    assert {name.replace("-", "_"): one["default"] for name, one in limits.items()} == {
        name: getattr(Limits(), name) for name in Limits.__dataclass_fields__
    }
    assert config_schema()["properties"]["fail-on"]["default"] == "error"
    assert Config().fail_on is Severity.ERROR


BROKEN: list[tuple[str, str, int, int, str]] = [
    # text, message, line, column, help
    ("slect: [a]", "`slect` is not a key in the configuration", 1, 1, "did you mean `select`?"),
    ("\nrule_folders: [a]", "`rule_folders` is not a key in the configuration", 2, 1, "did you mean `rule-folders`?"),
    ("xyz: 1", "`xyz` is not a key in the configuration", 1, 1, "known keys: baseline, closed,"),
    ("profile: stict", "`profile` must be one of `default`, `strict`, not `stict`", 1, 10, "did you mean `strict`?"),
    ("profile: 1", "`profile` must be one of `default`, `strict`, not `1`", 1, 10, ""),
    ("select: secrets", "`select` must be a list, not a text", 1, 9, ""),
    ("select: [1]", "`select[0]` must be a text, but YAML reads `1` as a number", 1, 10, 'write "1"'),
    ("select: ['']", "`select[0]` must not be empty", 1, 10, ""),
    ("root: 'yes'", "`root` must be `true` or `false`, not a text", 1, 7, ""),
    ("rules: {a: {severty: error}}", "`severty` is not a key in `rules.a`", 1, 13, "did you mean `severity`?"),
    (
        "rules: {a: {severity: fatal}}",
        "`rules.a.severity` must be one of `error`, `warning`, `info`, not `fatal`",
        1,
        23,
        "",
    ),
    ("rules: {a: error}", "`rules.a` must be a mapping, not a text", 1, 12, ""),
    ("overrides: [{ignore: [a]}]", "`overrides[0]` needs the key `files`", 1, 13, ""),
    ("overrides: [{files: []}]", "`overrides[0].files` needs at least one entry", 1, 21, ""),
    (
        "overrides: [{files: [a], rules: {b: {params: {}}}}]",
        "`params` is not a key in `overrides[0].rules.b`",
        1,
        38,
        "",
    ),
    (
        "targets: {argo-cd: 2.10}",
        '`targets.argo-cd` must be a version such as "2.13", but YAML reads `2.10` as a number',
        1,
        20,
        'write "2.10"',
    ),
    ("targets: {argo-cd: latest}", '`targets.argo-cd` must be a version such as "2.13", not `latest`', 1, 20, ""),
    ("targets: {argocd: '2.13'}", "`argocd` is not a key in `targets`", 1, 11, "did you mean `argo-cd`?"),
    ("rule-folders: [../rules]", "`rule-folders[0]` must be a path below the root", 1, 16, ""),
    ("rule-folders: [/etc]", "`rule-folders[0]` must be a path below the root", 1, 16, ""),
    ("schema-locations: ['https://h/x']", "`schema-locations[0]` must be a path below the root", 1, 20, ""),
    ("baseline: a/../../b", "`baseline` must be a path below the root", 1, 11, ""),
    ("repositories: {a: 'https://h'}", "`repositories.a` must be a folder relative to the root", 1, 19, ""),
    ("limits: {files: 0}", "`limits.files` must be at least 1, not 0", 1, 17, ""),
    ("limits: {files: many}", "`limits.files` must be a whole number, not a text", 1, 17, ""),
    (
        "generators: [{generator: git, parameters: []}]",
        "`generators[0].generator` must be one of `clusterDecisionResource`,",
        1,
        26,
        "",
    ),
    (
        "clusters: [{labels: {a: true}}]",
        "`clusters[0].labels.a` must be a text, but YAML reads `true` as true or false",
        1,
        25,
        'write "true"',
    ),
    (
        "rules:\n  a: {severity: error}\n  a: {severity: info}\n",
        "`a` is written twice; only one of them would count",
        3,
        3,
        "",
    ),
    (
        "environments: {prod: clusters/prod}",
        "`environments.prod` must be a list of patterns or a mapping of what belongs to it, not a text",
        1,
        22,
        "",
    ),
    (
        "environments: {prod: {namespace: [a]}}",
        "`namespace` is not a key in `environments.prod`",
        1,
        23,
        "did you mean `namespaces`?",
    ),
    ("environments: {prod: {paths: ['!']}}", "`!` is no pattern that Git could read", 1, 31, "patterns are those"),
    ("exclude: ['']", "`exclude[0]` must not be empty", 1, 11, ""),
    ("exclude: ['!']", "`!` is no pattern that Git could read", 1, 11, "patterns are those of .gitignore"),
    ("a: [", "", 1, 4, ""),
    ("- a", "the configuration must be a mapping of settings", 1, 1, ""),
    ("root: true\n---\nroot: false\n", "a configuration is one YAML document; this is a second one", 3, 1, ""),
    ("? [a]\n: b", "", 1, 3, ""),
]


@pytest.mark.parametrize(("text", "message", "line", "column", "help"), BROKEN)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, text: str, message: str, line: int, column: int, help: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        config_of(tmp_path, text)

    error = raised.value
    assert error.message.startswith(message)
    assert (error.file, error.line, error.column) == (".gitops-lint.yaml", line, column)
    assert error.help.startswith(help)


@pytest.mark.parametrize("text", [FULL, "", "# nothing\n", "select: []", "external: {}", "rules: {a: {}}"])
def test_the_small_checker_accepts_what_the_schema_accepts(tmp_path: Path, text: str) -> None:
    documents = [one for one in parse_yaml(Source(text)).documents if one.root is not None]
    for document in documents:
        assert document.root is not None
        jsonschema.validate(plain(document.root), dict(config_schema()))
    config_of(tmp_path, text)


@pytest.mark.parametrize(
    "row", [row for row in BROKEN if row[1].startswith("`") and "twice" not in row[1] and "pattern" not in row[1]]
)
def test_the_small_checker_refuses_what_the_schema_refuses(row: tuple[str, str, int, int, str]) -> None:
    (document,) = parse_yaml(Source(row[0])).documents
    assert document.root is not None

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(document.root), dict(config_schema()))


# ---- pyproject.toml

PYPROJECT: list[tuple[str, str, int, int]] = [
    ('[tool.gitops-lint]\nprofle = "strict"\n', "`profle` is not a key in the configuration", 2, 1),
    (
        '[project]\nname = "a"\n\n[tool.gitops-lint.targets]\nargo-cd = 2.13\n',
        "`targets.argo-cd` must be a version",
        5,
        1,
    ),
    ("[tool.gitops-lint]\nselect = [1]\n", "`select[0]` must be a text", 2, 1),
    ("[tool.gitops-lint]\nselect = [\n", "", 3, 1),
]


@pytest.mark.parametrize(("text", "message", "line", "column"), PYPROJECT)
def test_mistakes_in_pyproject_have_places_too(tmp_path: Path, text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(ConfigurationError) as raised:
        config_of(tmp_path, text, "pyproject.toml")

    assert raised.value.message.startswith(message)
    assert (raised.value.file, raised.value.line) == ("pyproject.toml", line)


def test_pyproject_holds_the_same_settings(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        [project]
        name = "x"
        [tool.gitops-lint]
        select = ["secrets"]
        fail-on = "never"
        root = true
        [tool.gitops-lint.rules.single-replica]
        severity = "error"
        [[tool.gitops-lint.overrides]]
        files = ["a/**"]
        ignore = ["ALL"]
        """,
        "pyproject.toml",
    )

    assert (config.file, config.select, config.fail_on, config.root) == ("pyproject.toml", ("secrets",), None, True)
    assert config.rules["single-replica"].severity is Severity.ERROR
    assert config.overrides[0].files == ("a/**",)


# ---- where it lies


def test_the_nearest_file_wins_and_the_root_ends_the_search(tmp_path: Path) -> None:
    below = tmp_path / "root" / "team" / "apps"
    below.mkdir(parents=True)
    (tmp_path / ".gitops-lint.yaml").write_text("")
    root = tmp_path / "root"

    assert find_config(below, root) is None
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_config(below, root) is None
    (root / "pyproject.toml").write_text("[tool.gitops-lint]\n")
    assert find_config(below, root) == root / "pyproject.toml"
    (root / "gitops-lint.yaml").write_text("")
    assert find_config(below, root) == root / "gitops-lint.yaml"
    (root / ".gitops-lint.yaml").write_text("")
    assert find_config(below, root) == root / ".gitops-lint.yaml"
    (root / "team" / "gitops-lint.yaml").write_text("")
    (below / "a.yaml").write_text("")
    assert find_config(below / "a.yaml", root) == root / "team" / "gitops-lint.yaml"


def test_an_explicit_file_counts_and_isolated_reads_none(tmp_path: Path) -> None:
    (tmp_path / ".gitops-lint.yaml").write_text("profile: strict")
    other = tmp_path / "other.yaml"
    other.write_text("fail-on: info")

    assert load_config(tmp_path, tmp_path, other).file == "other.yaml"
    assert load_config(tmp_path, tmp_path, other).fail_on is Severity.INFO
    assert load_config(tmp_path, tmp_path, isolated=True) == Config()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_config(tmp_path, tmp_path, tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("text", "expected"), [("root: true", True), ("root: false", False), ("root: 'true'", False), ("", False)]
)
def test_a_folder_says_root(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / ".gitops-lint.yaml").write_text(text)

    assert says_root(tmp_path) is expected
    assert not says_root(tmp_path / "nowhere")


# ---- what counts for a file

RULE = ("weak-password", "secrets", "security")

SELECTION: list[tuple[str, bool]] = [
    ("", True),
    ("profile: strict", True),
    ("select: [weak-password]", True),
    ("select: [secrets]", True),
    ("select: ['group:security']", True),
    ("select: [ALL]", True),
    ("select: [other]", False),
    ("select: []", False),
    ("ignore: [weak-password]", False),
    ("ignore: [secrets]", False),
    ("ignore: ['group:security']", False),
    ("ignore: [ALL]", False),
    ("select: [secrets]\nignore: [ALL]", True),
    ("select: [weak-password]\nignore: [secrets]", True),
    ("select: [secrets]\nignore: [weak-password]", False),
    ("select: [secrets]\nignore: [secrets]", False),
    ("select: [other]\noverrides: [{files: [a.yaml], select: [secrets]}]", True),
    ("select: [other]\noverrides: [{files: [b.yaml], select: [secrets]}]", False),
    ("overrides: [{files: [a.yaml], ignore: [ALL]}]", False),
    ("overrides: [{files: ['*.yaml', '!a.yaml'], ignore: [ALL]}]", True),
    ("overrides: [{files: ['*'], ignore: [ALL]}, {files: [a.yaml], select: [secrets]}]", True),
    ("overrides: [{files: [a.yaml], select: [secrets]}, {files: ['*'], ignore: [ALL]}]", False),
]


@pytest.mark.parametrize(("text", "expected"), SELECTION)
def test_the_more_exact_word_and_the_later_place_win(tmp_path: Path, text: str, expected: bool) -> None:
    assert config_of(tmp_path, text).for_file("a.yaml").selects(*RULE) is expected


def test_practice_is_for_the_strict_profile() -> None:
    rule = ("single-replica", "rollout", "practice")

    assert not Config().for_file("a.yaml").selects(*rule)
    assert Config(profile="strict").for_file("a.yaml").selects(*rule)
    assert Config().with_flags(profile="strict").for_file("a.yaml").selects(*rule)


FLAGS: list[tuple[dict[str, list[str]], str, bool]] = [
    ({"select": ["secrets"]}, "select: [other]", True),
    ({"select": ["other"]}, "select: [secrets]", False),
    ({"ignore": ["secrets"]}, "select: [weak-password]", False),
    ({"extend_select": ["secrets"]}, "select: [other]", True),
    ({"extend_select": ["other"]}, "", True),
    ({"select": ["secrets"]}, "overrides: [{files: ['*'], ignore: [secrets]}]", False),
    ({"select": ["other"]}, "overrides: [{files: ['*'], select: [secrets]}]", False),
    ({}, "select: [other]", False),
]


@pytest.mark.parametrize(("flags", "text", "expected"), FLAGS)
def test_flags_win_over_the_file_but_not_over_its_overrides(
    tmp_path: Path, flags: dict[str, list[str]], text: str, expected: bool
) -> None:
    assert config_of(tmp_path, text).with_flags(**flags).for_file("a.yaml").selects(*RULE) is expected


def test_severities_by_file(tmp_path: Path) -> None:
    config = config_of(tmp_path, FULL)

    assert config.for_file("clusters/dev/a.yaml").severity("single-replica") is Severity.WARNING
    assert config.for_file("clusters/prod/a.yaml").severity("single-replica") is Severity.INFO
    assert config.for_file("a.yaml").severity("other") is None


def test_other_flags_join_what_the_file_says(tmp_path: Path) -> None:
    config = config_of(tmp_path, FULL).with_flags(
        fail_on=Severity.INFO,
        targets={"argo-cd": "3.0"},
        rule_folders=["more"],
        schema_locations=["s"],
        baseline="b.yaml",
    )

    assert (config.fail_on, config.baseline) == (Severity.INFO, "b.yaml")
    assert config.targets == {"argo-cd": "3.0", "kubernetes": "1.31.4"}
    assert (config.rule_folders, config.schema_locations) == (("policies", "more"), ("schemas", "s"))


def test_words_that_name_rules_are_kept_with_their_places(tmp_path: Path) -> None:
    config = config_of(tmp_path, FULL).with_flags(ignore=["x"])
    places = {(one.word, one.setting): (one.line, one.column) for one in config.named}

    assert places[("floating-revision", "ignore")] == (5, 26)
    assert places[("single-replica", "rules")] == (9, 3)
    assert places[("secrets", "overrides[0].ignore")] == (15, 14)
    assert places[("secrets", "suppressions.never")] == (37, 46)
    assert places[("x", "--ignore")] == (None, None)


@pytest.mark.parametrize(
    ("kind", "name", "namespace", "expected"),
    [
        (("", "Service"), "metrics-a", "shared", True),
        (("", "Service"), "metrics-a", None, True),
        (("", "Service"), "metrics-a", "other", False),
        (("", "Service"), "x-gateway", "any", True),
        (("", "Service"), "xy-gateway", "any", False),
        (("external-secrets.io", "ClusterSecretStore"), "vault", None, True),
        (("example.com", "ClusterSecretStore"), "vault", None, False),
        (("", "Secret"), "metrics-a", "shared", False),
    ],
)
def test_what_exists_elsewhere(
    tmp_path: Path, kind: tuple[str, str], name: str, namespace: str | None, expected: bool
) -> None:
    assert config_of(tmp_path, FULL).is_external(*kind, name, namespace) is expected


def test_environments_hold_what_any_of_their_lists_names(tmp_path: Path) -> None:
    environments = config_of(tmp_path, FULL).environments
    prod, play, dev = (environments[name] for name in ("prod", "play", "dev"))

    assert [one.is_production(name) for name, one in environments.items()] == [True, True, False]
    assert (prod.holds_path("clusters/prod"), prod.holds_path("clusters/prod/a"), prod.holds_path("clusters")) == (
        True,
        True,
        False,
    )
    assert prod.holds_cluster("eu-1", None, {})
    assert prod.holds_cluster(None, None, {"tier": "gold", "a": "b"})
    assert not prod.holds_cluster("us-1", "https://eu-1", {"tier": "tin"})
    assert (prod.holds_namespace("a-p"), prod.holds_namespace("a-q")) == (True, False)
    assert (prod.holds_project("shop"), play.holds_project("shop")) == (True, False)
    assert not play.holds_cluster(None, None, {})
    assert dev == Environment(("clusters/dev/**",))


def test_environments_are_shown_as_they_could_be_written(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        """
        environments:
          prod: {clusters: [eu-*], cluster-labels: {tier: gold}, production: true}
          dev: ["clusters/dev/**"]
        """,
    )
    lines = shown(config, {})

    assert [line.strip() for line in lines[lines.index("environments:") + 1 :][:2]] == [
        'prod: {"clusters": ["eu-*"], "cluster-labels": {"tier": "gold"}, "production": true}  # .gitops-lint.yaml:3',
        'dev: ["clusters/dev/**"]  # .gitops-lint.yaml:4',
    ]


def test_closed_kinds_and_environments(tmp_path: Path) -> None:
    config = config_of(tmp_path, FULL)

    assert config.is_closed("argoproj.io", "AnalysisTemplate")
    assert config.is_closed("argoproj.io", "AppProject")
    assert not config.is_closed("other.io", "AppProject")
    assert [config.environment_of(path) for path in ("clusters/prod/a.yaml", "clusters/dev/x/b.yaml", "a.yaml")] == [
        "prod",
        "dev",
        None,
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), -1),
        (("ALL",), 0),
        (("group:security", "ALL"), 1),
        (("secrets", "group:security"), 2),
        (("weak-password", "ALL"), 3),
    ],
)
def test_exactness_of_words(words: tuple[str, ...], expected: int) -> None:
    assert exactness(words, *RULE) == expected


def test_a_pattern_with_many_stars_is_quick(tmp_path: Path) -> None:
    config = config_of(tmp_path, json.dumps({"external": {"Service": ["*a" * 40 + "b"]}}))

    assert not config.is_external("", "Service", "a" * 5000)


def test_the_page_has_a_section_for_every_key_and_its_example_is_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    headings = [line for line in page.splitlines() if line.startswith("###")]

    assert config_of(tmp_path, example).profile == "strict"
    (document,) = parse_yaml(Source(example)).documents
    assert document.root is not None
    written = plain(document.root)
    assert isinstance(written, dict)
    assert set(written) == set(config_schema()["properties"])
    assert [key for key in config_schema()["properties"] if not any(f"`{key}`" in line for line in headings)] == []
    assert [name for name in config_schema()["properties"]["targets"]["properties"] if f"`{name}`" not in page] == []
