"""What stays known of a resource that kustomizations change: everything that no patch touches."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.model.resource import Identity, Resource, identity_of
from gitops_lint.repo.changes import ANY_NAME, AS_WRITTEN, Change, Effect, Step, Target, matches_whole
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.repo.load import load
from gitops_lint.repo.openness import image_name, opened
from gitops_lint.repo.roles import roles_of
from gitops_lint.text.nodes import Mapping, Node, Scalar, Sequence, Source, Unknown
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import parse as parse_path
from gitops_lint.text.scalars import MISSING, UNKNOWN, get

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry:5000/shop/web:1
          ports: [{containerPort: 80}]
        - name: side
          image: side@sha256:0
"""

ROLLOUT = DEPLOYMENT.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")


def built(kustomization: str, base: str = DEPLOYMENT, **others: str) -> Mapping:
    """The resource in base/a.yaml as it is loaded, with `kustomization` as overlay over a base that lists it."""
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]",
        "base/a.yaml": base,
        "over/kustomization.yaml": "resources: [../base]\n" + dedent(kustomization),
    }
    files.update({name.replace("__", "/").replace("_yaml", ".yaml"): dedent(text) for name, text in others.items()})
    tree = MemoryTree(files)
    (resource,) = load(tree, "base/a.yaml", roles_of(tree).of("base/a.yaml")).resources
    return resource.root


def at(root: Node, path: str) -> object:
    """The text of a scalar, `unknown`, `missing`, or the kind of the node, with `+` where it is open."""
    found: object = root
    for step in parse_path(path):
        if isinstance(step, int):
            found = found.items[step] if isinstance(found, Sequence) else UNKNOWN
        elif isinstance(found, (Scalar, Mapping, Sequence, Unknown)):
            found = get(found, step)
    if found is UNKNOWN or isinstance(found, Unknown):
        return "unknown"
    if found is MISSING:
        return "missing"
    if isinstance(found, Scalar):
        return found.text
    assert isinstance(found, (Mapping, Sequence))
    return ("mapping" if isinstance(found, Mapping) else "list") + ("+" if found.open else "")


TEMPLATE = "spec.template.spec"

TABLE: list[tuple[str, str, dict[str, object]]] = [
    # a patch touches the paths that it writes, and nothing else
    (
        "a strategic merge patch",
        "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3}}'}]",
        {"spec.replicas": "unknown", "spec.paused": "missing", "metadata.name": "web", "spec": "mapping"},
    ),
    (
        "a patch that adds a field",
        "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true}}'}]",
        {"spec.paused": "unknown", "spec.minReadySeconds": "missing", "spec.replicas": "1", "spec": "mapping"},
    ),
    (
        "a patch that adds a field within another that is not there",
        "patches: [{patch: '{kind: Deployment, metadata: {name: web, annotations: {a: b}}}'}]",
        {"metadata.annotations": "unknown", "metadata.namespace": "missing"},
    ),
    (
        "a patch of one container",
        """
        patches:
          - patch: |
              apiVersion: apps/v1
              kind: Deployment
              metadata: {name: web}
              spec: {template: {spec: {containers: [{name: web, image: other}]}}}
        """,
        {
            f"{TEMPLATE}.containers[0].image": "unknown",
            f"{TEMPLATE}.containers[0].name": "web",
            f"{TEMPLATE}.containers[1].image": "side@sha256:0",
            f"{TEMPLATE}.containers": "list",
        },
    ),
    (
        "a patch that adds a container",
        "patches: [{patch: '{kind: Deployment, apiVersion: apps/v1, metadata: {name: web}, spec: {template: {spec: {containers: [{name: new, image: x}]}}}}'}]",
        {f"{TEMPLATE}.containers": "list+", f"{TEMPLATE}.containers[0].image": "registry:5000/shop/web:1"},
    ),
    (
        "a patch that deletes the resource",
        "patches: [{patch: '{kind: Deployment, metadata: {name: web}, $patch: delete}'}]",
        {"spec": "mapping+", "spec.replicas": "1", "spec.paused": "unknown"},
    ),
    (
        "a patch in a file",
        "patchesStrategicMerge: [p.yaml]",
        {"spec.replicas": "unknown", f"{TEMPLATE}.containers": "list"},
    ),
    # whom it is for
    (
        "a patch of another resource",
        "patches: [{patch: '{kind: Deployment, metadata: {name: other}, spec: {replicas: 3}}'}]",
        {"spec.replicas": "1"},
    ),
    (
        "a patch of another kind",
        "patches: [{patch: '{kind: Rollout, metadata: {name: web}, spec: {replicas: 3}}'}]",
        {"spec.replicas": "1"},
    ),
    (
        "a target that is a regular expression for the whole name",
        "patches: [{target: {kind: Deploy.*, name: we.}, patch: '{spec: {replicas: 3}}'}]",
        {"spec.replicas": "unknown"},
    ),
    (
        "a target that fits only a part of the name",
        "patches: [{target: {kind: Deployment, name: we}, patch: '{spec: {replicas: 3}}'}]",
        {"spec.replicas": "1"},
    ),
    (
        "a target by label that does not fit",
        "patches: [{target: {labelSelector: app=other}, patch: '{spec: {replicas: 3}}'}]",
        {"spec.replicas": "1"},
    ),
    (
        "a target by label that nobody can judge",
        "patches: [{target: {labelSelector: 'app in (web, b)'}, patch: '{spec: {replicas: 3}}'}]",
        {"spec.replicas": "unknown"},
    ),
    (
        "a target in another group",
        "patches: [{target: {group: argoproj.io, kind: Deployment}, patch: '{spec: {replicas: 3}}'}]",
        {"spec.replicas": "1"},
    ),
    # JSON patches
    (
        "a JSON patch that replaces a value in a list",
        """
        patches:
          - target: {kind: Deployment}
            patch: |
              - {op: replace, path: /spec/template/spec/containers/0/image, value: x}
        """,
        {f"{TEMPLATE}.containers[0].image": "unknown", f"{TEMPLATE}.containers[1].image": "side@sha256:0"},
    ),
    (
        "a JSON patch that adds to the end of a list",
        """
        patches:
          - target: {kind: Deployment}
            patch: |
              - {op: add, path: /spec/template/spec/containers/-, value: {name: x}}
        """,
        {f"{TEMPLATE}.containers": "list+", f"{TEMPLATE}.containers[0].name": "web", f"{TEMPLATE}": "mapping"},
    ),
    (
        "a JSON patch that removes an item",
        """
        patches:
          - target: {kind: Deployment}
            patch: |
              - {op: remove, path: /spec/template/spec/containers/0}
        """,
        {f"{TEMPLATE}.containers": "list+", f"{TEMPLATE}.containers[0]": "unknown"},
    ),
    (
        "a JSON patch with an escaped slash",
        """
        patchesJson6902:
          - target: {kind: Deployment, name: web, version: v1}
            patch: |
              - {op: add, path: /metadata/annotations/a.b~1c, value: x}
              - {op: test, path: /spec/replicas, value: 1}
        """,
        {"metadata.annotations": "unknown", "spec.replicas": "1"},
    ),
    (
        "a patch that cannot be read",
        "patches: [{path: missing.yaml, target: {kind: Deployment}}]",
        {"spec": "mapping+", "spec.replicas": "1", "spec.paused": "unknown"},
    ),
    # transformers
    (
        "images by name",
        "images: [{name: registry:5000/shop/web, newTag: '2'}]",
        {f"{TEMPLATE}.containers[0].image": "unknown", f"{TEMPLATE}.containers[1].image": "side@sha256:0"},
    ),
    (
        "images by a regular expression",
        "images: [{name: si.e, newTag: '2'}]",
        {f"{TEMPLATE}.containers[0].image": "registry:5000/shop/web:1", f"{TEMPLATE}.containers[1].image": "unknown"},
    ),
    ("replicas", "replicas: [{name: web, count: 3}]", {"spec.replicas": "unknown"}),
    ("replicas of another", "replicas: [{name: other, count: 3}]", {"spec.replicas": "1"}),
    (
        "commonLabels",
        "commonLabels: {team: shop, app: shop}",
        {
            "metadata.labels.app": "unknown",
            "metadata.labels.team": "unknown",
            "metadata.labels.other": "missing",
            "spec.selector.matchLabels.app": "unknown",
            "spec.template.metadata.labels.team": "unknown",
            "spec.replicas": "1",
        },
    ),
    (
        "labels of metadata only",
        "labels: [{pairs: {team: shop}}]",
        {
            "metadata.labels.team": "unknown",
            "metadata.labels.app": "web",
            "spec.selector.matchLabels.team": "missing",
            "spec.template.metadata.labels.team": "missing",
        },
    ),
    (
        "labels of templates",
        "labels: [{pairs: {team: shop}, includeTemplates: true}]",
        {"spec.template.metadata.labels.team": "unknown", "spec.selector.matchLabels.team": "missing"},
    ),
    (
        "annotations",
        "commonAnnotations: {a: b}",
        {"metadata.annotations": "unknown", "spec.template.metadata.annotations": "unknown", "spec.replicas": "1"},
    ),
    (
        "replacements",
        """
        replacements:
          - source: {kind: ConfigMap, name: c}
            targets:
              - select: {kind: Deployment}
                fieldPaths: ['spec.template.spec.containers.[name=web].image']
        """,
        {f"{TEMPLATE}.containers[0].image": "unknown", f"{TEMPLATE}.containers[1].image": "side@sha256:0"},
    ),
    ("a transformer nobody knows", "transformers: [t.yaml]", {"spec": "mapping+", "spec.replicas": "1"}),
    ("vars", "vars: [{name: A, objref: {}}]", {"spec": "mapping+"}),
    # what changes nothing in the tree
    (
        "namespace, prefix and suffix",
        "namespace: n\nnamePrefix: a-\nnameSuffix: -b\n",
        {"metadata.name": "web", "metadata": "mapping"},
    ),
    ("generators", "configMapGenerator: [{name: c, literals: [a=b]}]", {"spec": "mapping", "spec.paused": "missing"}),
]


@pytest.mark.parametrize(("fact", "kustomization", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_only_what_a_kustomization_touches_is_unknown(
    fact: str, kustomization: str, expected: dict[str, object]
) -> None:
    root = built(
        kustomization,
        over__p_yaml="{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2}}",
        over__t_yaml="{apiVersion: example.com/v1, kind: Plugin, metadata: {name: t}}",
    )

    assert {path: at(root, path) for path in expected} == expected


def test_lists_of_custom_resources_are_replaced_as_a_whole() -> None:
    patch = "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web}, spec: {template: {spec: {containers: [{name: web}]}}}}"

    assert at(built(f"patches: [{{patch: '{patch}'}}]", ROLLOUT), f"{TEMPLATE}.containers") == "unknown"


def test_common_labels_do_not_reach_a_rollout_unless_configurations_say_so() -> None:
    path = "spec.template.metadata.labels.team"

    assert at(built("commonLabels: {team: shop}", ROLLOUT), path) == "missing"
    assert at(built("commonLabels: {team: shop}\nconfigurations: [c.yaml]", ROLLOUT), path) == "unknown"


BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects:
  - {kind: ServiceAccount, name: web}
  - {kind: ServiceAccount, name: web, namespace: other}
"""

WEBHOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks:
  - clientConfig: {service: {name: web, namespace: shop}}
  - clientConfig: {url: https://x}
"""

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {}}]}]
"""

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: b}}"

REACHED: list[tuple[str, str, dict[str, object]]] = [
    (
        BINDING,
        "namespace: n",
        {"subjects[0].namespace": "unknown", "subjects[1].namespace": "unknown", "roleRef.name": "web"},
    ),
    (
        CONFIG,
        "configMapGenerator: [{name: web, behavior: merge, literals: [a=c]}]",
        {"data": "unknown", "metadata.name": "web"},
    ),
    (CONFIG, "configMapGenerator: [{name: other, behavior: merge, literals: [a=c]}]", {"data.a": "b"}),
    (
        WEBHOOK,
        "namespace: n",
        {"webhooks[0].clientConfig.service.namespace": "unknown", "webhooks[1].clientConfig.service": "missing"},
    ),
    (
        POLICY,
        "commonLabels: {team: a}",
        {
            "spec.podSelector.matchLabels": "missing",
            "spec.ingress[0].from[0].podSelector.matchLabels.team": "unknown",
            "spec.ingress[0].from[0].podSelector.matchLabels.app": "web",
            "spec.ingress[0].from[1].podSelector": "missing",
        },
    ),
]


@pytest.mark.parametrize(("base", "kustomization", "expected"), REACHED)
def test_other_fields_that_a_namespace_or_labels_reach(
    base: str, kustomization: str, expected: dict[str, object]
) -> None:
    root = built(kustomization, base)

    assert {path: at(root, path) for path in expected} == expected


def test_a_component_changes_what_its_includer_holds() -> None:
    component = """
        apiVersion: kustomize.config.k8s.io/v1alpha1
        kind: Component
        patches: [{target: {kind: Deployment}, patch: '{spec: {replicas: 3}}'}]
    """

    assert at(built("components: [../c]", c__kustomization_yaml=component), "spec.replicas") == "unknown"
    assert at(built("", c__kustomization_yaml=component), "spec.replicas") == "1"


def test_a_kustomization_that_does_not_include_the_file_changes_nothing() -> None:
    other = "resources: []\npatches: [{target: {kind: Deployment}, patch: '{spec: {replicas: 3}}'}]"

    assert at(built("", else__kustomization_yaml=other), "spec.replicas") == "1"


def test_a_patch_may_name_a_resource_by_any_name_it_had() -> None:
    middle = "resources: [../base]\nnamePrefix: dev-\n"
    for name, expected in (("web", "unknown"), ("dev-web", "unknown"), ("top-web", "1"), ("top-dev-web", "1")):
        files = {
            "base/kustomization.yaml": "resources: [a.yaml]",
            "base/a.yaml": DEPLOYMENT,
            "mid/kustomization.yaml": middle,
            "top/kustomization.yaml": (
                f"resources: [../mid]\nnamePrefix: top-\npatches: [{{target: {{name: {name}}}, patch: '{{spec: {{replicas: 3}}}}'}}]"
            ),
        }
        tree = MemoryTree(files)
        (resource,) = load(tree, "base/a.yaml", roles_of(tree).of("base/a.yaml")).resources

        assert at(resource.root, "spec.replicas") == expected, name


def test_items_of_a_list_are_patched_one_by_one() -> None:
    base = f"apiVersion: v1\nkind: List\nitems:\n- {DEPLOYMENT.strip().replace(chr(10), chr(10) + '  ')}\n"
    tree = MemoryTree(
        {
            "base/kustomization.yaml": "resources: [a.yaml]\nreplicas: [{name: web, count: 2}]",
            "base/a.yaml": base,
        }
    )
    loaded = load(tree, "base/a.yaml", roles_of(tree).of("base/a.yaml"))

    assert [at(one.root, "spec.replicas") for one in loaded.resources] == ["unknown"]


def test_what_is_unknown_says_who_changes_it_and_keeps_its_place() -> None:
    root = built("replicas: [{name: web, count: 3}]")
    found = get(get(root, "spec"), "replicas")

    assert isinstance(found, Unknown)
    assert found.why == "`over/kustomization.yaml` changes it"
    assert found.source.text[found.start : found.end] == "1"


def test_a_key_that_may_be_added_points_at_the_kustomization() -> None:
    root = built("commonAnnotations: {a: b}")
    found = get(get(root, "metadata"), "annotations")

    assert isinstance(found, Unknown)
    assert found.origin is not None
    assert [place.file for place in found.origin.made_from] == ["over/kustomization.yaml"]


# ---- properties

_KEYS = st.sampled_from(["a", "b", "c"])
_TREES = st.recursive(
    st.sampled_from(["1", "x"]),
    lambda below: st.dictionaries(_KEYS, below, max_size=3) | st.lists(below, max_size=3),
    max_leaves=12,
)
_EFFECTS: st.SearchStrategy[Effect] = st.sampled_from(("set", "grow", "any"))
_PATHS: st.SearchStrategy[list[Step]] = st.lists(
    _KEYS | st.integers(0, 2) | st.tuples(_KEYS, st.just("1")) | st.just("*"), max_size=4
)


def _scalars(node: Node) -> list[tuple[int, int, str]]:
    if isinstance(node, Scalar):
        return [(node.start, node.end, node.text)] if node.origin is None else []
    if isinstance(node, Unknown):
        return []
    return [one for item in node.items for one in _scalars(item)]


@given(tree=_TREES, path=_PATHS, effect=_EFFECTS)
def test_what_is_shown_after_a_change_was_written(tree: object, path: list[Step], effect: Effect) -> None:
    text = json.dumps({"apiVersion": "v1", "kind": "A", "metadata": {"name": "n"}, "spec": tree})
    root = parse_yaml(Source(text)).documents[0].root
    assert isinstance(root, Mapping)
    before = _scalars(root)
    change = Change("k", 0, 0, Target(), effect, ("spec", *path))
    after = opened(root, Identity("", "v1", "A", None, "n"), [change])

    assert set(_scalars(after)) <= set(before)
    assert _scalars(root) == before
    assert identity_of(after) == identity_of(root)


def test_nothing_is_copied_where_nothing_fits() -> None:
    root = parse_yaml(Source(DEPLOYMENT)).documents[0].root
    assert isinstance(root, Mapping)
    identity = identity_of(root)
    assert identity is not None
    change = Change("k", 0, 0, Target(kind="Service"), "any")

    assert opened(root, identity, [change]) is root
    assert Resource(identity, "a", 0, root).root is root


def test_any_name_fits_where_the_ways_up_are_too_many() -> None:
    identity = Identity("", "v1", "A", None, "n")

    assert Target(name="x").fits(identity, {}, ANY_NAME)
    assert not Target(name="x").fits(identity, {}, AS_WRITTEN)
    assert not Target(kind="B", name="x").fits(identity, {}, ANY_NAME)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("web", "web"),
        ("web:1", "web"),
        ("registry:5000/web", "registry:5000/web"),
        ("registry:5000/web:1@sha256:0", "registry:5000/web"),
        ("web@sha256:0", "web"),
    ],
)
def test_the_name_of_an_image_has_no_tag_and_no_digest(image: str, name: str) -> None:
    assert image_name(image) == name


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("web", "web", True),
        ("we", "web", False),
        ("w.*", "web", True),
        ("a|web", "web", True),
        ("(", "web", True),
        ("[^w]eb", "web", False),
    ],
)
def test_patterns_match_the_whole_name(pattern: str, text: str, expected: bool) -> None:
    assert matches_whole(pattern, text) is expected
