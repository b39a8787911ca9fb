"""What a resource has wrong with its schema: kind, path, covered text and message of each problem."""

from __future__ import annotations

import inspect
import sys

import pytest

from gitops_lint.model.resource import identity_of
from gitops_lint.model.schema import KindSchema, SchemaProblem, Schemas, Verdict, verdict
from gitops_lint.model.schemas.doubt import doubtful
from gitops_lint.model.schemas.explain import explained
from gitops_lint.model.schemas.ground import Ground
from gitops_lint.model.schemas.words import quotable
from gitops_lint.text.nodes import Mapping, Origin, Scalar, Source, Unknown
from gitops_lint.text.parse import parse_yaml
from gitops_lint.text.path import render
from gitops_lint.text.scalars import Reader, plain

SCHEMAS = Schemas()


def root_of(text: str) -> Mapping:
    root = parse_yaml(Source(text, "a.yaml")).documents[0].root
    assert isinstance(root, Mapping)
    return root


def verdict_of(root: Mapping, schemas: Schemas = SCHEMAS, reader: Reader = "v2") -> Verdict:
    who = identity_of(root)
    assert who is not None
    schema = schemas.schema_for(who.group, who.version, who.kind)
    assert schema is not None
    return verdict(root, schema, reader)


def found(text: str, schemas: Schemas = SCHEMAS) -> list[tuple[str, str, str, str]]:
    """Kind, path, covered text and message of each problem, in order."""
    return [
        (problem.kind, render(problem.path), covered(problem), problem.message)
        for problem in verdict_of(root_of(text), schemas).problems
    ]


def covered(problem: SchemaProblem) -> str:
    return problem.node.source.text[problem.node.start : problem.node.end]


def config_map(rest: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n{rest}\n"


def pod(container: str, rest: str = "") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: a}}
spec:
  containers:
  - name: web
    image: nginx
    {container}
  {rest}
"""


# ---- fields


def test_a_mistyped_field_is_shown_by_its_key() -> None:
    assert found(config_map("dta: {a: b}")) == [
        ("unknown-field", "dta", "dta", "`dta` is not a field of `ConfigMap`; did you mean `data`?")
    ]


def test_a_field_that_nothing_resembles_gets_the_list_of_fields() -> None:
    problem = verdict_of(root_of(config_map("xyz: 1"))).problems[0]

    assert problem.message == (
        "`xyz` is not a field of `ConfigMap`; it has: apiVersion, binaryData, data, immutable, kind, metadata"
    )
    assert problem.expected == ("apiVersion", "binaryData", "data", "immutable", "kind", "metadata")
    assert (problem.did_you_mean, problem.elsewhere) == ("", "")


@pytest.mark.parametrize(
    ("text", "message", "elsewhere"),
    [
        (
            "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {}, template: {spec: {containers: [], replicas: 2}}}}",
            "`replicas` is not a field of `spec.template.spec`; it belongs under `spec`",
            "spec",
        ),
        (
            "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {}, containers: [], template: {}}}",
            "`containers` is not a field of `spec`; it belongs under `spec.template.spec`",
            "spec.template.spec",
        ),
        (
            "{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, spec: {generators: [], template: {metadata: {}, spec: "
            "{project: a, destination: {}, syncPolicy: {preserveResourcesOnDeletion: true}}}}}",
            "`preserveResourcesOnDeletion` is not a field of `spec.template.spec.syncPolicy`; it belongs under "
            "`spec.syncPolicy`",
            "spec.syncPolicy",
        ),
        (
            "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {strategy: {canary: {autoPromotionEnabled: true}}}}",
            "`autoPromotionEnabled` is not a field of `spec.strategy.canary`; it belongs under `spec.strategy.blueGreen`",
            "spec.strategy.blueGreen",
        ),
    ],
)
def test_a_field_at_the_wrong_level_is_sent_where_it_belongs(text: str, message: str, elsewhere: str) -> None:
    problems = [problem for problem in verdict_of(root_of(text)).problems if problem.kind == "unknown-field"]

    assert [problem.message for problem in problems] == [message]
    assert problems[0].elsewhere == elsewhere


def test_a_field_that_many_places_take_is_sent_nowhere() -> None:
    text = "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {}, labels: {a: b}, template: {}}}"
    problem = next(problem for problem in verdict_of(root_of(text)).problems if problem.name == "labels")

    assert problem.elsewhere == ""


def test_a_field_of_another_kind_of_value_is_sent_nowhere() -> None:
    text = "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {}, containers: 3, template: {}}}"
    problem = next(problem for problem in verdict_of(root_of(text)).problems if problem.name == "containers")

    assert problem.elsewhere == ""


def test_a_spelling_that_differs_in_case_comes_before_another_place() -> None:
    assert found(pod("imagepullpolicy: Always"))[0][3] == (
        "`imagepullpolicy` is not a field of `spec.containers[0]`; did you mean `imagePullPolicy`?"
    )


def test_a_missing_field_is_shown_at_the_mapping_that_lacks_it() -> None:
    assert found(pod("ports: [{name: http}]")) == [
        (
            "missing-field",
            "spec.containers[0].ports[0].containerPort",
            "{name: http}",
            "`spec.containers[0].ports[0]` needs the field `containerPort`",
        )
    ]


def test_a_null_is_an_absent_field() -> None:
    assert found(config_map("data:\nimmutable: null")) == []


def test_a_null_where_a_value_is_needed_is_a_missing_field_at_its_key() -> None:
    assert found(pod("env: [{name: , value: x}]")) == [
        (
            "missing-field",
            "spec.containers[0].env[0].name",
            "name",
            "`name` is empty, and `spec.containers[0].env[0]` needs a value for it",
        )
    ]


def test_a_list_item_without_a_value_is_told_as_such() -> None:
    assert found(pod("args:\n    - a\n    -")) == [
        (
            "null-item",
            "spec.containers[0].args[1]",
            "",
            "`spec.containers[0].args[1]` is empty, and a list item needs a value",
        )
    ]


# ---- types


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("true", "`true` is read as a boolean, `data.a` must be a string: quote it"),
        ("on", "`on` is read as a boolean, `data.a` must be a string: quote it"),
        ("8080", "`8080` is read as a number, `data.a` must be a string: quote it"),
        ("1e3", "`1e3` is read as a number, `data.a` must be a string: quote it"),
        ("[a]", "`data.a` must be a string, not a list"),
        ("{b: c}", "`data.a` must be a string, not a mapping"),
    ],
)
def test_text_that_yaml_reads_as_something_else_should_be_quoted(written: str, message: str) -> None:
    assert found(config_map(f"data: {{a: {written}}}")) == [("wrong-type", "data.a", written, message)]


@pytest.mark.parametrize(
    ("field", "covers", "message"),
    [
        (
            'stdin: "true"',
            '"true"',
            '`"true"` is a string, `spec.containers[0].stdin` must be a boolean: remove the quotes',
        ),
        ("stdin: maybe", "maybe", "`maybe` is a string, `spec.containers[0].stdin` must be a boolean"),
        ("stdin: 1", "1", "`1` is a number, `spec.containers[0].stdin` must be a boolean"),
        (
            "ports: [{containerPort: '80'}]",
            "'80'",
            "`'80'` is a string, `ports[0].containerPort` must be a whole number: remove the quotes",
        ),
        ("ports: [{containerPort: 8.5}]", "8.5", "`8.5` is a number, `ports[0].containerPort` must be a whole number"),
        (
            "ports: {containerPort: 80}",
            "{containerPort: 80}",
            "`spec.containers[0].ports` must be a list, not a mapping: each entry starts with `- `",
        ),
        ("args: run", "run", "`run` is a string, `spec.containers[0].args` must be a list"),
        ("env: [A]", "A", "`A` is a string, `spec.containers[0].env[0]` must be a mapping"),
        ("resources: true", "true", "`true` is a boolean, `spec.containers[0].resources` must be a mapping"),
    ],
)
def test_a_value_of_the_wrong_type_says_what_it_is_and_must_be(field: str, covers: str, message: str) -> None:
    assert [(kind, text, words) for kind, _, text, words in found(pod(field))] == [("wrong-type", covers, message)]


def test_a_wrong_type_silences_what_is_below_it() -> None:
    assert [kind for kind, *_ in found(pod("env: {nme: A, vale: b}"))] == ["wrong-type"]


def test_kustomize_reads_other_words_as_booleans() -> None:
    assert verdict_of(root_of(config_map("data: {a: on}")), reader="v3").problems == ()
    assert len(verdict_of(root_of(config_map("data: {a: on}"))).problems) == 1


def test_int_or_string_takes_both() -> None:
    service = "{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, targetPort: %s}]}}"

    assert found(service % "http") == []
    assert found(service % "8080") == []
    assert found(service % "[1]") == [
        (
            "wrong-type",
            "spec.ports[0].targetPort",
            "[1]",
            "`spec.ports[0].targetPort` must be a string or a whole number, not a list",
        )
    ]


# ---- values


@pytest.mark.parametrize(
    ("text", "path", "covers", "message"),
    [
        (
            pod("imagePullPolicy: always"),
            "spec.containers[0].imagePullPolicy",
            "always",
            "`always` is not a value of `spec.containers[0].imagePullPolicy`; did you mean `Always`?",
        ),
        (
            pod("imagePullPolicy: Sometimes"),
            "spec.containers[0].imagePullPolicy",
            "Sometimes",
            "`Sometimes` is not a value of `spec.containers[0].imagePullPolicy`; it takes: Always, IfNotPresent, Never",
        ),
        (
            pod("ports: [{containerPort: 80800}]"),
            "spec.containers[0].ports[0].containerPort",
            "80800",
            "`80800` is not a value of `ports[0].containerPort`: it must be at most 65535",
        ),
        (
            pod("resources: {limits: {memory: 512MB}}"),
            "spec.containers[0].resources.limits.memory",
            "512MB",
            "`512MB` is not a quantity: its suffix is not one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei; write `512M` "
            "(`limits.memory`)",
        ),
        (
            "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {}, schedule: '0 0 * *'}}",
            "spec.schedule",
            "'0 0 * *'",
            "`'0 0 * *'` is not a schedule: it has 4 fields, needed are 5 (minute, hour, day of month, month, day of week) "
            "(`spec.schedule`)",
        ),
        (
            "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, spec: {refreshInterval: 1d}}",
            "spec.refreshInterval",
            "1d",
            "`1d` is not a duration: it takes numbers with the units ns, us, ms, s, m or h; write `24h` "
            "(`spec.refreshInterval`)",
        ),
        (
            "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, spec: {target: {name: My_Secret}}}",
            "spec.target.name",
            "My_Secret",
            "`My_Secret` is not a value of `spec.target.name`: it must be a name of lower-case letters, digits, `-` and `.`, "
            "with a letter or digit at both ends",
        ),
        (
            "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, spec: {target: {name: ''}}}",
            "spec.target.name",
            "''",
            "`spec.target.name` must not be empty",
        ),
    ],
)
def test_a_value_that_is_not_taken_says_what_is(text: str, path: str, covers: str, message: str) -> None:
    assert [each for each in found(text) if each[0] == "wrong-value"] == [("wrong-value", path, covers, message)]


def test_who_refuses_a_value_is_told() -> None:
    text = "{apiVersion: argoproj.io/v1alpha1, kind: AppProject, spec: {syncWindows: [{kind: maybe}]}}"
    problem = next(each for each in verdict_of(root_of(text)).problems if each.name == "kind")

    assert (problem.kind, problem.expected, problem.enforced_by) == ("wrong-value", ("allow", "deny"), "controller")


# ---- counts and forms


def test_one_field_of_many_is_asked_for() -> None:
    store = "{apiVersion: external-secrets.io/v1, kind: SecretStore, spec: {provider: %s}}"

    assert found(store % "{}")[0][3].startswith(
        "`spec.provider` is empty and needs exactly one of: akeyless, aws, azurekv"
    )
    assert found(
        store % "{fake: {data: []}, chef: {auth: {secretRef: {privateKeySecretRef: {}}}, serverUrl: a, username: b}}"
    ) == [
        (
            "exclusive",
            "spec.provider",
            "{fake: {data: []}, chef: {auth: {secretRef: {privateKeySecretRef: {}}}, serverUrl: a, username: b}}",
            "`spec.provider` takes only one field, it has `fake` and `chef`",
        )
    ]


def test_fields_that_exclude_each_other_are_named() -> None:
    text = "{apiVersion: networking.istio.io/v1, kind: VirtualService, spec: {http: [{match: [{uri: {exact: a, prefix: b}}]}]}}"

    assert found(text) == [
        (
            "exclusive",
            "spec.http[0].match[0].uri",
            "prefix",
            "`spec.http[0].match[0].uri` takes only one of `exact` and `prefix`",
        )
    ]


def test_one_of_several_fields_is_asked_for() -> None:
    text = (
        "{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, spec: {secretStoreRefs: [], selector: "
        "{secret: {name: a}}, dataTo: [{storeRef: {}}]}}"
    )

    assert found(text) == [
        ("exclusive", "spec.dataTo[0].storeRef", "{}", "`spec.dataTo[0].storeRef` needs one of: labelSelector, name")
    ]


# ---- what cannot be known


@pytest.mark.parametrize(
    ("text", "unverified"),
    [
        (pod("stdin: '{{ .stdin }}'"), 1),
        (pod("stdin: ${STDIN}"), 1),
        (pod("stdin: <+stage.variables.stdin>"), 1),
        (pod("ports: [{containerPort: $(PORT)}]"), 1),
        (pod("imagePullPolicy: '{{policy}}'"), 1),
        (pod("resources: {limits: {memory: $(MEMORY)}}"), 0),
        (pod("'{{ key }}': 1"), 1),
        (pod("ports: [{name: http, '{{ key }}': 1}]"), 2),
        (config_map("sops: {mac: a}\nimmutable: ENC[AES256_GCM,data:x]"), 1),
    ],
)
def test_what_a_template_may_cure_is_counted_and_not_reported(text: str, unverified: int) -> None:
    assert verdict_of(root_of(text)) == Verdict((), unverified)


def test_an_open_mapping_may_hold_what_is_missing() -> None:
    root = root_of(pod("ports: [{name: http}]"))
    ports = verdict_of(root).problems[0].node
    assert isinstance(ports, Mapping)
    ports.open = True

    assert verdict_of(root) == Verdict((), 1)


def test_a_value_that_no_engine_could_compute_is_unknown() -> None:
    root = root_of(pod("stdin: 1"))
    spec = root.items[7]
    assert isinstance(spec, Mapping)
    spec.items[1] = Unknown(spec.source, spec.start, spec.end, "a chart's output")

    assert verdict_of(root) == Verdict((), 1)


def test_what_is_left_over_after_rendering_is_known_text() -> None:
    root = root_of("{apiVersion: batch/v1, kind: Job, spec: {template: {}, parallelism: '{{n}}'}}")
    value = verdict_of(root)
    assert value == Verdict((), 1)
    spec = root.items[5]
    assert isinstance(spec, Mapping)
    leftover = spec.items[3]
    assert isinstance(leftover, Scalar)
    leftover.origin = Origin("ApplicationSet shop")

    assert [problem.message for problem in verdict_of(root).problems] == [
        "`{{n}}` is a string, `spec.parallelism` must be a whole number"
    ]


# ---- secrets and merges


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: v1, kind: Secret, stringData: {pin: 12345678}}",
        "{apiVersion: v1, kind: ConfigMap, data: {db-password: 12345678}}",
        pod("env: [{name: API_TOKEN, value: 12345678}]"),
    ],
)
def test_a_credential_is_never_quoted(text: str) -> None:
    messages = [message for *_, message in found(text)]

    assert len(messages) == 1
    assert messages[0].startswith("this value is read as a number")
    assert "1234" not in messages[0]


def test_a_field_that_a_merge_brings_is_shown_where_it_is_written() -> None:
    text = config_map("x: &x {dta: {a: b}}\n<<: *x")

    assert [(path, covers) for _, path, covers, _ in found(text)] == [("x", "x"), ("dta", "dta")]


def test_a_key_written_twice_counts_with_its_last_value() -> None:
    assert [path for _, path, *_ in found(config_map("immutable: true\nimmutable: 3"))] == ["immutable"]
    assert found(config_map("immutable: 3\nimmutable: true")) == []


def test_kustomize_makes_text_of_what_stands_in_annotations() -> None:
    root = root_of(
        "{apiVersion: v1, kind: Pod, metadata: {annotations: {a: 5}, labels: {b: 5}}, spec: {containers: [{name: c}]}}"
    )

    assert [render(problem.path) for problem in verdict_of(root, reader="v3").problems] == ["metadata.labels.b"]


def test_a_part_that_may_add_fields_may_add_them_below_too() -> None:
    root = root_of("{apiVersion: apps/v1, kind: Deployment, spec: {template: {spce: {}}}}")
    root.open = True

    assert [problem.name for problem in verdict_of(root).problems] == ["spce"]
    assert verdict_of(root).unverified == 1


def test_a_credential_is_in_no_field_of_a_problem() -> None:
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"password": {"maxLength": 3}}}},
    }
    version = {"name": "v1", "schema": {"openAPIV3Schema": schema}}
    definition = {"spec": {"group": "example.com", "names": {"kind": "Login"}, "versions": [version]}}
    root = root_of("{apiVersion: example.com/v1, kind: Login, spec: {password: FAKEpassword}}")
    problem = verdict_of(root, Schemas(crds=[definition])).problems[0]

    assert (problem.actual, problem.message) == ("", "`spec.password` must be at most 3 characters long, it has 12")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("spec", "password"), False),
        (("spec", "secretName"), True),
        (("spec", "tokenRef", "name"), True),
        (("spec", "certSecretRef", "namespace"), True),
        (("spec", "apiKey", "value"), False),
        (("spec", "env", 0, "value"), False),
        (("spec", "env", 1, "value"), True),
    ],
)
def test_a_name_tells_a_credential_from_what_only_names_one(path: tuple[str | int, ...], shown: bool) -> None:
    root = {"kind": "Thing", "spec": {"env": [{"name": "DB_PASSWORD", "value": 1}, {"name": "PORT", "value": 1}]}}

    assert quotable(path, root) is shown


def test_a_resource_that_is_nested_too_deep_to_explain_is_not_reported() -> None:
    deep = "{bad: 1}"
    for _ in range(60):
        deep = "{properties: {a: " + deep + "}}"
    root = root_of(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, spec: {group: a, scope: Namespaced, "
        "names: {kind: A, plural: as}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: "
        f"{deep}}}}}]}}}}"
    )

    schema = SCHEMAS.schema_for("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
    assert schema is not None
    instance = plain(root)

    def explained_below(frames: int) -> Verdict:
        return explained_below(frames - 1) if frames else explained(Ground(root, schema, instance, "v2"))

    assert len(explained_below(0).problems) == 1
    assert explained_below(sys.getrecursionlimit() - len(inspect.stack()) - 150) == Verdict((), 1)


def test_a_key_that_is_no_unicode_text_is_an_unknown_field_and_no_crash() -> None:
    schema = SCHEMAS.schema_for("", "v1", "ConfigMap")
    assert schema is not None

    assert not schema.accepts({"apiVersion": "v1", "kind": "ConfigMap", "\ud800": 1})


DOUBTFUL = (
    ("{apiVersion: apps/v1, kind: Deployment, spec: {replicas: '{{ n }}', paused: '${P}'}}", True),
    ("{apiVersion: apps/v1, kind: Deployment, spec: {}}", True),
    ("{apiVersion: apps/v1, kind: Deployment}", True),
    ("{apiVersion: v1, kind: Service, spec: {ports: [{port: '{{ p }}'}, {port: '${P}', protocol: '<+p>'}]}}", False),
)
CERTAIN = (
    "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: '{{ n }}'}}",
    "{apiVersion: v1, kind: Service, spec: {ports: [{port: '{{ p }}'}, {port: x}]}}",
    "{apiVersion: v1, kind: Service, spec: {prots: []}}",
)


@pytest.mark.parametrize(("text", "open"), DOUBTFUL)
def test_mistakes_that_are_all_doubtful_are_counted_as_the_explaining_library_counts_them(
    text: str, open: bool
) -> None:
    ground, schema = _ground(text, open)

    uncertain = doubtful(ground, schema.refusals(ground.instance))

    assert uncertain
    assert explained(ground) == Verdict((), uncertain)


@pytest.mark.parametrize("text", CERTAIN)
def test_one_certain_mistake_is_left_to_the_explaining_library(text: str) -> None:
    ground, schema = _ground(text)

    assert doubtful(ground, schema.refusals(ground.instance)) is None
    assert explained(ground).problems


def _ground(text: str, open: bool = False) -> tuple[Ground, KindSchema]:
    root = parse_yaml(Source(text, "a.yaml"), open=open).documents[0].root
    assert root is not None
    identity = identity_of(root)
    assert identity is not None
    schema = SCHEMAS.schema_for(identity.group, identity.version, identity.kind)
    assert schema is not None
    return Ground(root, schema, plain(root), "v2"), schema
