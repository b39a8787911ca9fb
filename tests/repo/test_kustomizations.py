"""The graph of kustomizations: what each names, who includes whom, where files end up."""

from __future__ import annotations

import pytest

from gitops_lint.repo.changes import ANY_NAME
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.kustomization import Kustomization, is_remote, read_kustomization
from gitops_lint.repo.kustomizations import Kustomizations, Placement, read_kustomizations
from gitops_lint.repo.patches import field_path_steps, pointer_steps

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"


def graph(files: dict[str, str]) -> Kustomizations:
    tree = MemoryTree(files)
    return read_kustomizations(tree, [file for file in tree.files() if file.endswith("kustomization.yaml")])


def read(text: str, **others: str) -> Kustomization:
    files = {"app/kustomization.yaml": text}
    files.update({name.replace("__", "/").replace("_yaml", ".yaml"): one for name, one in others.items()})
    return read_kustomization(MemoryTree(files), "app/kustomization.yaml")


ENTRIES: list[tuple[str, str, str, str | None]] = [
    # text, status and target of its only entry, in a tree with app/a.yaml, base/kustomization.yaml, bare/b.yaml
    ("resources: [a.yaml]", "resources", "file", "app/a.yaml"),
    ("resources: [./a.yaml]", "resources", "file", "app/a.yaml"),
    ("resources: [../base]", "resources", "directory", "base"),
    ("resources: [../base/]", "resources", "directory", "base"),
    ("bases: [../base]", "bases", "directory", "base"),
    ("components: [../base]", "components", "directory", "base"),
    ("resources: [../bare]", "resources", "bare-directory", "bare"),
    ("resources: [nowhere.yaml]", "resources", "missing", "app/nowhere.yaml"),
    ("resources: [../../else]", "resources", "outside", None),
    ("resources: [/etc/a.yaml]", "resources", "outside", None),
    ("resources: ['{{ x }}']", "resources", "unknown", None),
    ("resources: ['https://github.com/o/r//x?ref=1']", "resources", "remote", None),
    ("resources: ['github.com/o/r/x?ref=1']", "resources", "remote", None),
    ("patches: [{path: a.yaml}]", "patches", "file", "app/a.yaml"),
    ("configMapGenerator: [{name: c, files: [k=a.yaml]}]", "configMapGenerator.files", "file", "app/a.yaml"),
    ("secretGenerator: [{name: c, env: a.yaml}]", "secretGenerator.envs", "file", "app/a.yaml"),
    ("openapi: {path: a.yaml}", "openapi", "file", "app/a.yaml"),
    ("replacements: [{path: a.yaml}]", "replacements", "file", "app/a.yaml"),
    ("helmCharts: [{name: c, additionalValuesFiles: [a.yaml]}]", "helmCharts.valuesFile", "file", "app/a.yaml"),
]


@pytest.mark.parametrize(("text", "field", "status", "target"), ENTRIES)
def test_every_path_that_is_named_is_known_with_its_place(
    text: str, field: str, status: str, target: str | None
) -> None:
    found = read(text, app__a_yaml=SERVICE, base__kustomization_yaml="resources: []", bare__b_yaml=SERVICE)
    (entry,) = found.entries

    assert (entry.field, entry.status, entry.target) == (field, status, target)
    assert entry.text in text[entry.start : entry.end]


def test_inline_patches_are_no_paths() -> None:
    found = read(
        'patches: [{patch: \'[{"op": "add", "path": "/a"}]\', target: {kind: A}}]\npatchesStrategicMerge:\n- |-\n  kind: A\n'
    )

    assert found.entries == ()
    assert [(one.form, one.targeted, one.target.kind) for one in found.patches] == [
        ("strategic", False, "A"),
        ("json6902", True, "A"),
    ]


def test_a_patch_file_with_several_documents_is_several_patches() -> None:
    found = read(
        "patches: [{path: p.yaml}]", app__p_yaml="kind: A\nmetadata: {name: x}\n---\nkind: B\nmetadata: {name: y}\n"
    )

    assert [(one.target.kind, one.target.name, one.target.exact) for one in found.patches] == [
        ("A", "x", True),
        ("B", "y", True),
    ]


@pytest.mark.parametrize("text", ["resources: [", "{% if x %}\nresources: []\n{% endif %}", "- a", "", "text"])
def test_a_kustomization_that_cannot_be_read_is_broken(text: str) -> None:
    assert read(text).broken


def test_settings_of_a_kustomization() -> None:
    found = read(
        "kind: Component\nnamespace: n\nnamePrefix: p-\nnameSuffix: -s\nconfigurations: [c.yaml]\n"
        "generatorOptions: {disableNameSuffixHash: true}\n"
        "configMapGenerator: [{name: c, behavior: merge, literals: [a=b, c=d], files: [e.txt, f=g]}]\n"
        "secretGenerator: [{name: s, namespace: m, envs: [x.env]}]\n"
    )
    config, secret = found.generated

    assert (found.component, found.namespace, found.prefix, found.suffix, found.configured) == (
        True,
        "n",
        "p-",
        "-s",
        True,
    )
    assert (config.kind, config.name, config.behavior, config.hashed, config.keys) == (
        "ConfigMap",
        "c",
        "merge",
        False,
        ("e.txt", "f", "a", "c"),
    )
    assert (secret.kind, secret.namespace, secret.keys) == ("Secret", "m", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("resources: ['https://h/x.yaml']", "`https://h/x.yaml` lies outside of this repository"),
        ("helmCharts: [{name: c}]", "a Helm chart brings more resources"),
        ("generators: [g.yaml]", "`generators` run a plugin"),
    ],
)
def test_what_a_build_brings_from_elsewhere_is_told(text: str, why: str) -> None:
    ((found, start, end),) = read(text).unseen

    assert found == why
    assert text[start:end]


OVERLAYS = {
    "base/kustomization.yaml": "resources: [a.yaml]\nnamespace: base",
    "base/a.yaml": SERVICE,
    "dev/kustomization.yaml": "resources: [../base]\nnamespace: dev\nnamePrefix: dev-",
    "prod/kustomization.yaml": "resources: [../base, b.yaml]\nnameSuffix: -prod\ncomponents: [../extra]",
    "prod/b.yaml": SERVICE,
    "extra/kustomization.yaml": "kind: Component\nnamespace: extra",
    "all/kustomization.yaml": "resources: [../dev, ../prod]\nnamePrefix: all-",
    "alone/kustomization.yaml": "resources: ['https://h/r']",
}


def test_builds_are_what_nothing_includes() -> None:
    assert [one.directory for one in graph(OVERLAYS).builds] == ["all", "alone"]


def test_who_includes_whom() -> None:
    found = graph(OVERLAYS)

    assert [(one.directory, entry.text) for one, entry in found.includers("base")] == [
        ("dev", "../base"),
        ("prod", "../base"),
    ]
    assert [one.directory for one in found.closure("all")] == ["all", "dev", "prod", "base", "extra"]
    assert list(found.files_of("all")) == ["base/a.yaml", "prod/b.yaml"]
    assert list(found.unseen_in("all")) == []
    assert [why for _, why, _, _ in found.unseen_in("alone")] == ["`https://h/r` lies outside of this repository"]


def test_placements_are_the_ways_up_with_what_each_sets() -> None:
    found = graph(OVERLAYS)

    assert list(found.placements("base/a.yaml")) == [
        Placement("all", "dev", "all-dev-", ""),
        Placement("all", "extra", "all-", "-prod"),
    ]
    assert list(found.placements("prod/b.yaml")) == [Placement("all", "extra", "all-", "-prod")]
    assert list(found.placements("nowhere.yaml")) == []


def test_a_folder_that_is_built_for_itself_is_a_placement_too() -> None:
    found = graph(OVERLAYS).placements("base/a.yaml", frozenset({"dev"}))

    assert Placement("dev", "dev", "dev-", "") in found


def test_a_circle_of_kustomizations_ends() -> None:
    found = graph(
        {
            "a/kustomization.yaml": "resources: [../b, x.yaml]\nnamePrefix: a-",
            "a/x.yaml": SERVICE,
            "b/kustomization.yaml": "resources: [../a]",
        }
    )

    assert list(found.placements("a/x.yaml")) == []
    assert found.changes_to("a/x.yaml") == ()
    assert [one.directory for one in found.closure("a")] == ["a", "b"]


def test_circles_of_every_shape_end() -> None:
    names = ["a", "b", "c", "d"]
    for shape in ("ab bc ca", "ab ba bc cb", "ad da bd", "aa ab bb", "ab bc cd db"):
        files = {f"{name}/kustomization.yaml": f"namePrefix: {name}-\nresources: [x.yaml" for name in names}
        for one, other in shape.split():
            files[f"{one}/kustomization.yaml"] += f", ../{other}"
        files = {file: text + "]" for file, text in files.items()} | {f"{name}/x.yaml": SERVICE for name in names}
        found = graph(files)

        for name in names:
            found.placements(f"{name}/x.yaml")
            assert found.changes_to(f"{name}/x.yaml") == ()


def test_a_component_that_includes_itself_ends() -> None:
    found = graph(
        {"a/kustomization.yaml": "kind: Component\ncomponents: [../a]\nresources: [x.yaml]", "a/x.yaml": SERVICE}
    )

    assert list(found.placements("a/x.yaml")) == []


def test_the_first_of_two_kustomizations_in_a_folder_counts() -> None:
    tree = MemoryTree({"a/kustomization.yaml": "namespace: one", "a/kustomization.yml": "namespace: two"})
    found = read_kustomizations(tree, tree.files()).at("a")

    assert found is not None
    assert found.namespace == "one"


def test_a_base_that_hundreds_include_is_told_quickly() -> None:
    files = {"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": SERVICE}
    below = ["base"]
    for layer in range(12):
        names = [f"l{layer}-{number}" for number in range(8)]
        for name in names:
            listed = ", ".join(f"../{one}" for one in below)
            files[f"{name}/kustomization.yaml"] = f"resources: [{listed}]\nnamePrefix: {name}-"
        below = names
    files["top/kustomization.yaml"] = (
        f"resources: [../{below[0]}]\npatches: [{{target: {{name: x}}, patch: '{{spec: {{a: b}}}}'}}]"
    )
    found = graph(files)

    assert list(found.placements("base/a.yaml")) == []
    assert [(change.by, change.renames) for change in found.changes_to("base/a.yaml")] == [
        ("top/kustomization.yaml", ANY_NAME)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/o/r", True),
        ("http://h/a.yaml", True),
        ("git@github.com:o/r.git", True),
        ("git::https://h/r", True),
        ("ssh://git@h/r", True),
        ("github.com/o/r/path?ref=v1", True),
        ("github.com/o/r", True),
        ("example.com/o/r//path", True),
        ("path/to/x?ref=main", True),
        ("../base", False),
        ("base/a.yaml", False),
        ("my.app/base", False),
        ("./x.git-sync/a", False),
    ],
)
def test_a_path_that_is_not_there_is_remote_by_its_form(text: str, expected: bool) -> None:
    assert is_remote(text) is expected


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("spec.replicas", ("spec", "replicas")),
        ("spec.containers.[name=web].image", ("spec", "containers", ("name", "web"), "image")),
        ("spec.containers.0.env.*.value", ("spec", "containers", 0, "env", "*", "value")),
        (r"metadata.annotations.a\.b/c", ("metadata", "annotations", "a.b/c")),
        ("metadata.annotations.[a.b/c]", ("metadata", "annotations", "a.b/c")),
    ],
)
def test_field_paths_of_replacements(text: str, steps: tuple[object, ...]) -> None:
    assert field_path_steps(text) == steps


@pytest.mark.parametrize(
    ("pointer", "steps"),
    [("/a/0/b", ("a", 0, "b")), ("/a~1b/c~0d", ("a/b", "c~d")), ("/a/-", ("a", "-")), ("", ()), ("/", ("",))],
)
def test_json_pointers(pointer: str, steps: tuple[object, ...]) -> None:
    assert pointer_steps(pointer) == steps
