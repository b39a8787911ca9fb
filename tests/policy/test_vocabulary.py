"""The registry of the vocabulary, the kinds, and a few rules that the whole of it lets through or refuses."""

from __future__ import annotations

import pytest

import gitops_lint.policy.vocabulary as registry
from gitops_lint import shipped
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.tree import Kind, KindDeclaration
from gitops_lint.dsl.typecheck import CheckedRule, check
from gitops_lint.dsl.types import ANYTHING, TEXT, Field, ListType, RecordType
from gitops_lint.dsl.world import Attribute, KindEntry
from gitops_lint.errors import RuleError
from gitops_lint.model.resource import Identity, Resource
from gitops_lint.model.schema import Schemas
from gitops_lint.policy.binding import Binder
from gitops_lint.policy.subjects import Context, Subject
from gitops_lint.policy.vocabulary import Declared, GitopsVocabulary, attribute, declared, function, kind, record
from gitops_lint.text.nodes import Mapping, Source

VOCABULARY = GitopsVocabulary()


# ---- declarations


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Declared:
    """A registry of its own."""
    fresh = Declared()
    monkeypatch.setattr(registry, "_DECLARED", fresh)
    return fresh


def test_an_attribute_keeps_what_it_says_of_itself(empty: Declared) -> None:
    @attribute("Box", "lid", returns=TEXT, needs={"index"}, optional=True, indexed=True, source="box.go")
    def lid(box: object, repo: object) -> object:
        """What closes it."""
        return "lid"

    assert empty.attributes == {
        "Box": {"lid": Attribute("Box", "lid", TEXT, lid, True, frozenset({"index"}), "What closes it.", "box.go")}
    }
    assert empty.indexed == {"lid"}


@pytest.mark.usefixtures("empty")
def test_a_name_is_declared_once() -> None:
    kind("Box", None)
    record("Lid", {})
    attribute("Box", "lid", returns=TEXT)(str)
    function("lids", (), TEXT)(str)

    for again in (
        lambda: kind("Box", None),
        lambda: record("Lid", {}),
        lambda: attribute("Box", "lid", returns=TEXT)(str),
        lambda: function("lids", (), TEXT)(str),
    ):
        with pytest.raises(ValueError, match="declared twice"):
            again()


@pytest.mark.usefixtures("empty")
def test_needs_name_stages() -> None:
    with pytest.raises(ValueError, match="needs names no stage: indices"):
        attribute("Box", "lid", returns=TEXT, needs={"indices"})


@pytest.mark.usefixtures("empty")
def test_a_record_has_its_fields_and_the_attributes_of_its_name() -> None:
    lid = record("Lid", {"size": TEXT, "color": Field(TEXT)}, reference=("Box",))
    attribute("Lid", "weight", returns=TEXT, optional=True)(str)

    assert list(lid.names()) == ["color", "size", "weight"]
    assert lid.field_of("size") == Field(TEXT, optional=False)
    assert lid.field_of("weight") == Field(TEXT, optional=True, computed=True, doc=str.__doc__.splitlines()[0])
    assert lid.reference == ("Box",)


@pytest.mark.usefixtures("empty")
def test_records_may_hold_one_another() -> None:
    node = registry.record_named("Node")
    record("Node", {"children": ListType(node)})
    children = node.field_of("children")

    assert children is not None
    assert isinstance(children.type, ListType)
    assert isinstance(children.type.item, RecordType)
    assert list(children.type.item.names()) == ["children"]


# ---- kinds


@pytest.mark.parametrize(
    ("written", "group"),
    [
        (Kind("Rollout"), "argoproj.io"),
        (Kind("Service"), ""),
        (Kind("Gateway"), "networking.istio.io"),
        (Kind("Gateway", "gateway.networking.k8s.io"), "gateway.networking.k8s.io"),
        (Kind("Ingress", "extensions"), "extensions"),
        (Kind("ExternalSecret"), "external-secrets.io"),
        (Kind("TrafficSplit"), "split.smi-spec.io"),
        (Kind("HarnessPipeline"), None),
        (Kind("File"), None),
    ],
)
def test_a_kind_has_a_group(written: Kind, group: str | None) -> None:
    entry = VOCABULARY.kind(written)

    assert entry is not None
    assert entry.group == group


def test_unknown_kinds_are_none() -> None:
    assert VOCABULARY.kind(Kind("Rolout")) is None
    assert VOCABULARY.kind(Kind("Service", "serving.knative.dev")) is None
    with pytest.raises(KeyError):
        VOCABULARY.type_of(Kind("Rolout"))


def test_a_kind_that_a_definition_of_the_repository_gives_is_known_by_its_group() -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "crates.wood.example"},
        "spec": {
            "group": "wood.example",
            "names": {"kind": "Crate"},
            "versions": [
                {
                    "name": "v1",
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"nails": {"type": "integer"}}}},
                }
            ],
        },
    }
    vocabulary = GitopsVocabulary(Schemas(crds=[crd]))

    assert vocabulary.kind(Kind("Crate", "wood.example")) == KindEntry("Crate", "wood.example")
    assert vocabulary.type_of(Kind("Crate", "wood.example")).field_of("nails") is not None


def test_every_kind_has_a_type_and_every_class_has_members_that_are_kinds() -> None:
    for name in VOCABULARY.kind_names():
        entry = VOCABULARY.kind(Kind(name))
        assert entry is not None
        assert VOCABULARY.type_of(Kind(name)).name == name
        assert all(VOCABULARY.kind(Kind(member)) is not None for member in entry.members)


def test_every_kind_of_our_schemas_and_of_kubernetes_can_be_named() -> None:
    groups = {entry.group for name in VOCABULARY.kind_names() if (entry := VOCABULARY.kind(Kind(name)))}
    groups |= {folder.name for folder in shipped.folder("schemas").iterdir() if folder.is_dir()}
    schemas = Schemas()
    # what nobody keeps in a repository: requests and answers of the API server
    asked = (
        "AccessReview",
        "RulesReview",
        "TokenRe",
        "Binding",
        "Status",
        "Eviction",
        "Scale",
        "SubjectReview",
        "Request",
    )
    unnamed = [
        f"{group}/{known}"
        for group in sorted(group for group in groups if group is not None)
        for known in schemas.known_kinds(group)
        if VOCABULARY.kind(Kind(known, group)) is None
    ]

    assert [each for each in unnamed if not any(word in each for word in asked)] == []


def test_attributes_of_every_resource_are_those_of_a_kind_and_come_before_fields() -> None:
    answered = VOCABULARY.attributes(Kind("Rollout"))
    field = VOCABULARY.type_of(Kind("Rollout")).field_of("name")

    assert answered["name"].owner == "Resource"
    assert field is not None
    assert field.computed


def test_a_resource_without_a_schema_is_free_but_for_what_all_have() -> None:
    split = VOCABULARY.type_of(Kind("TrafficSplit"))

    assert split.field_of("backends") == Field(ANYTHING)
    metadata = split.field_of("metadata")
    assert metadata is not None
    assert isinstance(metadata.type, RecordType)
    assert metadata.type.field_of("lables") is None


def test_what_is_no_resource_is_closed_unless_it_is_a_document() -> None:
    assert VOCABULARY.type_of(Kind("File")).field_of("spec") is None
    assert VOCABULARY.type_of(Kind("HarnessPipeline")).field_of("pipeline") == Field(ANYTHING)
    assert VOCABULARY.type_of(Kind("Resource")).field_of("spec") == Field(ANYTHING)
    assert VOCABULARY.type_of(Kind("Resource")).field_of("sepc") is None


def test_a_rule_file_may_bring_a_schema_of_its_own() -> None:
    declaration = KindDeclaration("Crate", "wood.example", "crate.json")
    schema = '{"type": "object", "properties": {"nails": {"type": "integer"}}}'
    types = VOCABULARY.with_kinds([declaration], {"crate.json": schema}.__getitem__)

    assert types["Crate"].field_of("nails") is not None
    assert types["Crate"].field_of("screws") is None
    assert types["Crate"].field_of("name") is not None


@pytest.mark.parametrize(
    ("declaration", "group", "found"),
    [
        ('kind Crate in "wood.example" untyped', "wood.example", True),
        ('kind Crate in "iron.example" untyped', "wood.example", False),
        ("kind Crate untyped", "wood.example", True),
    ],
)
def test_a_kind_that_a_rule_file_declares_is_bound_by_its_group_or_by_its_name(
    declaration: str, group: str, found: bool
) -> None:
    rule = checked(f'{declaration}\nrule a {{ for each Crate as c forbid c.spec.nails == 1 report "x" at c }}')
    root = Mapping(Source("", "a.yaml"), 0, 0, [], False)
    crate = Resource(Identity(group, "v1", "Crate", None, "a"), "a.yaml", 0, root)
    binder = Binder(VOCABULARY, Context(Schemas(), {}))
    subject = Subject("Crate", {}, Context(Schemas(), {}), "a.yaml", 0, root, crate)

    assert binder.means(rule.kinds, subject) is found


def test_everything_that_is_declared_says_what_it_is() -> None:
    found = declared()

    assert [
        f"{each.owner}.{each.name}" for own in found.attributes.values() for each in own.values() if not each.doc
    ] == []
    assert [each.name for each in found.functions.values() if not each.doc] == []
    assert [name for name, (_, _, doc) in found.records.items() if not doc] == []


# ---- rules


def checked(text: str) -> CheckedRule:
    (rule,) = parse_rules(text, "a.rule")
    return check(rule, VOCABULARY, "a.rule", text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "for each ApplicationSet as set\n  when set.spec.goTemplates is true",
            'a.rule:3:17: "goTemplates" is not a field of set.spec; did you mean "goTemplate"?',
        ),
        (
            "for each ApplicationSet as set\n  when set.spec.template.spec.syncPolicy.preserveResourcesOnDeletion is true",
            'a.rule:3:42: "preserveResourcesOnDeletion" is not a field of set.spec.template.spec.syncPolicy; '
            "it has: automated, managedNamespaceMetadata, retry, syncOptions",
        ),
        (
            "for each Rollout as set\n  when set.spec.strategy.canary.step is present",
            'a.rule:3:33: "step" is not a field of set.spec.strategy.canary; did you mean "steps"?',
        ),
        (
            "for each Rollout as set\n  when set.metadata.nmae is present",
            'a.rule:3:21: "nmae" is not a field of set.metadata; did you mean "name"?',
        ),
        (
            "for each workload as set\n  when set.spec.paused is true",
            'a.rule:3:17: "paused" is a field of set.spec only in Deployment and Rollout',
        ),
        ("for each Rolout as set", 'a.rule:2:10: "Rolout" is not a known kind; did you mean "Rollout"?'),
        (
            'for each "serving.knative.dev/Service" as set',
            'a.rule:2:10: "serving.knative.dev/Service" is not a known kind',
        ),
        (
            "applies to argocd >= 2.8\nfor each Rollout as set",
            'a.rule:2:1: "argocd" is not a product with a version; did you mean "argo-cd"?',
        ),
    ],
)
def test_a_mistake_is_told_as_the_schema_knows_it(body: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        checked(f'rule a {{\n{body}\n  forbid set.metadata is missing report "x" at set\n}}')

    assert str(caught.value).split("\n")[0] == message


def test_a_rule_over_fields_is_local_and_says_what_it_reads() -> None:
    rule = checked(
        """rule unanalysed-canary-weight {
          param    limit : percent = 50% "highest weight allowed without a prior analysis"
          for each Rollout as ro
          unless   ro.spec.strategy.canary.analysis is present
          with each ro.spec.strategy.canary.steps as step at n
          when     step.setWeight is present and step.setWeight > limit
          require  some earlier in ro.spec.strategy.canary.steps before step satisfies (earlier.analysis is present)
            else report "step {n} sends {step.setWeight}%, and nothing has analysed it yet" at step.setWeight
        }"""
    )

    assert (rule.local, rule.cost) == (True, "Rollouts × steps")
    assert rule.kinds == (Kind("Rollout", "argoproj.io"),)
    assert rule.fields == (
        "Rollout.spec.strategy.canary.analysis",
        "Rollout.spec.strategy.canary.steps",
        "Rollout.spec.strategy.canary.steps[].analysis",
        "Rollout.spec.strategy.canary.steps[].setWeight",
    )
