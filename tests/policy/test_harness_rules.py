"""What rules say of Harness entities across files, and when they hold their tongue: templates, other scopes, version 1."""

from __future__ import annotations

import pytest

from gitops_lint.config import Config
from gitops_lint.dsl.tree import Kind
from gitops_lint.options import Options
from gitops_lint.pipeline import check_tree
from gitops_lint.policy.rulefiles import FolderOfRules, check_all, rule_texts
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary import GitopsVocabulary
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.shipped import folder as shipped

PACK = RulePack(
    check_all(
        [
            one
            for one in rule_texts(FolderOfRules(shipped("rules"), "rules", built_in=True))
            if one.file.startswith("rules/harness/")
        ]
    )
)

SCOPE = "  orgIdentifier: default\n  projectIdentifier: shop\n"


def entity(kind: str, identifier: str, more: str = "", scope: str = SCOPE) -> str:
    return f"{kind}:\n  name: {identifier}\n  identifier: {identifier}\n{scope}{more}"


def pipeline(variables: str = "", steps: str = "", identifier: str = "deploy") -> str:
    return entity(
        "pipeline",
        identifier,
        f"{variables}  stages:\n    - stage:\n        name: Build\n        identifier: build\n        type: Custom\n"
        "        spec:\n          execution:\n            steps:\n" + (steps or step("wait", "Wait", "duration: 1m")),
    )


def step(identifier: str, kind: str, spec: str) -> str:
    return (
        f"              - step:\n                  name: {identifier}\n                  identifier: {identifier}\n"
        f"                  type: {kind}\n                  timeout: 10m\n                  spec:\n"
        f"                    {spec}\n"
    )


def variable(name: str, value: str, kind: str = "String") -> str:
    return f"    - name: {name}\n      type: {kind}\n      value: {value}\n"


def findings(files: dict[str, str], *rules: str) -> list[tuple[str, str, str]]:
    """File, path and message of everything that these rules say; all rules of the area without any."""
    config = Config().with_flags(select=rules or tuple(rule.id for rule in PACK))
    outcome = check_tree(MemoryTree(files), config, Options(), PACK)
    assert not outcome.crashed
    return [(one.region.file, one.region.path, one.message) for one in outcome.findings]


def test_an_entity_is_a_class_and_no_kubernetes_resource() -> None:
    vocabulary = GitopsVocabulary()

    assert "schemaProblems" in vocabulary.attributes(Kind("HarnessTrigger"))
    assert "namespace" not in vocabulary.attributes(Kind("HarnessTrigger"))
    assert "namespace" not in set(vocabulary.type_of(Kind("HarnessEntity")).names())


@pytest.mark.parametrize(
    "text",
    [
        pipeline(),
        entity("service", "web", "  serviceDefinition:\n    type: <+input>\n    spec: {}\n"),
        entity("environment", "prod", "  type: <+input>\n"),
        "version: 1\npipeline:\n  id: x\n  stages: []\n",
        "service:\n  port: 80\n",
    ],
)
def test_what_is_right_or_cannot_be_known_is_silent(text: str) -> None:
    assert findings({".harness/x.yaml" if "port" not in text else "values.yaml": text}) == []


# ---- names between entities

ENVIRONMENT = entity("environment", "prod", "  type: Production\n")


def infrastructure(environment: str) -> str:
    return entity(
        "infrastructureDefinition",
        "cluster",
        f"  environmentRef: {environment}\n  deploymentType: Kubernetes\n  type: KubernetesDirect\n  spec:\n"
        "    connectorRef: account.cluster\n    namespace: shop\n    releaseName: shop\n",
    )


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("prod", ""),
        ("prd", "no environment of project `default/shop` in this repository is called `prd`; did you mean `prod`?"),
        ("account.live", ""),
        ("<+input>", ""),
    ],
)
def test_a_name_is_looked_up_in_its_scope(reference: str, message: str) -> None:
    files = {".harness/environments/prod.yaml": ENVIRONMENT, ".harness/infra.yaml": infrastructure(reference)}

    assert [one[2] for one in findings(files, "harness-target-not-found")] == ([message] if message else [])


def test_nothing_is_missing_where_a_name_is_a_template() -> None:
    files = {
        "a.yaml": ENVIRONMENT,
        "b.yaml": entity("environment", "<+x>", "  type: Production\n"),
        "c.yaml": infrastructure("test"),
    }

    assert findings(files, "harness-target-not-found") == []


def test_a_service_without_a_scope_fits_every_project() -> None:
    service = "service:\n  name: web\n  identifier: web\n"
    other = entity("service", "api")
    deploy = pipeline(steps=step("roll", "K8sRollingDeploy", "skipDryRun: true")).replace(
        "          execution:", "          service:\n            serviceRef: web\n          execution:"
    )

    assert findings({"web.yaml": service, "api.yaml": other, "p.yaml": deploy}, "harness-target-not-found") == []


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (".harness/services/a.yaml", ".harness/services/b.yaml", 1),
        ("a/.harness/services/a.yaml", "b/.harness/services/b.yaml", 0),
        ("blue/service.yaml", "green/service.yaml", 0),
    ],
)
def test_an_entity_is_defined_twice_within_one_harness_folder(first: str, second: str, found: int) -> None:
    files = {first: entity("service", "web"), second: entity("service", "web")}

    assert found == len(findings(files, "duplicate-harness-entity"))


def test_the_path_gives_a_scope_where_the_entity_says_none() -> None:
    text = pipeline().replace(SCOPE, "")
    inside = ".harness/orgs/default/projects/shop/pipelines/deploy.yaml"

    assert findings({inside: text}, "pipeline-without-scope") == []
    assert len(findings({".harness/pipelines/deploy.yaml": text}, "pipeline-without-scope")) == 1


# ---- inputs


def input_set(variables: str = "", stages: str = "") -> str:
    return entity("inputSet", "prod", f"  pipeline:\n    identifier: deploy\n{variables}{stages}")


ASKED = "  variables:\n" + variable("region", "<+input>.allowedValues(a,b)") + variable("owner", "team")


def given(text: str) -> str:
    return "    variables:\n" + "".join(f"  {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("inputs", "path", "message"),
    [
        (given(variable("region", "a")), "", ""),
        (given(variable("region", "<+trigger.branch>")), "", ""),
        (
            given(variable("region", "c")),
            "inputSet.pipeline.variables[0].value",
            "`c` is none of `a`, `b`, which `variables.region` asks for in the pipeline",
        ),
        (
            given(variable("owner", "me")),
            "inputSet.pipeline.variables[0].value",
            "`variables.owner` is fixed in the pipeline, so it takes no input",
        ),
        (
            given(variable("regio", "a")),
            "inputSet.pipeline.variables[0].name",
            "the pipeline has no `variables.regio`; did you mean `region`?",
        ),
        (
            given(variable("region", "a", "Number")),
            "inputSet.pipeline.variables[0].type",
            "`Number` is not the type that the pipeline gives this variable, which is String",
        ),
        (
            "    stages:\n      - stage:\n          identifier: test\n          type: Custom\n",
            "inputSet.pipeline.stages[0].stage.identifier",
            "the pipeline has no `stages.test`; it has `build`",
        ),
        ("    stages:\n      - stage:\n          identifier: build\n          type: Custom\n", "", ""),
        ("    template:\n      templateInputs:\n        anything: goes\n", "", ""),
    ],
)
def test_inputs_are_held_against_the_pipeline(inputs: str, path: str, message: str) -> None:
    files = {"set.yaml": input_set(inputs), "pipeline.yaml": pipeline(ASKED)}

    assert findings(files, "input-not-taken", "input-refused", "input-of-other-type") == (
        [("set.yaml", path, message)] if message else []
    )


def test_inputs_for_a_pipeline_that_is_not_here_are_not_judged() -> None:
    assert findings({"set.yaml": input_set(given(variable("x", "y")))}, "input-not-taken") == []


# ---- expressions


def script(text: str) -> str:
    return step(
        "say",
        "ShellScript",
        "shell: Bash\n                    source:\n                      type: Inline\n                      spec:\n"
        f"                        script: {text}",
    )


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("echo <+pipeline.variables.region>", []),
        ("echo <+pipeline.variables.regoin>", ["the pipeline has no variable `regoin`; did you mean `region`?"]),
        ("echo <+build.spec.x>", []),
        ("echo <+execution.steps.say.name>", []),
        ("echo <+execution.steps.sya.name>", ["stage `build` has no step `sya`; did you mean `say`?"]),
        ("echo <+execution.steps.say.output.x>", ["step `say` uses its own output, which is not there while it runs"]),
        ("echo <+nothing>", []),
        (
            "echo <+whatever.it.is>",
            ["no expression begins with `whatever`: it is no root of Harness, and no stage or step of this pipeline"],
        ),
        (
            "echo <+pipeline.variables.a-b>",
            ["Harness reads the hyphen of `a-b` as a minus, so the expression is a subtraction"],
        ),
        ('echo <+secrets.getValue("account.x.y")>', []),
    ],
)
def test_expressions_of_a_pipeline(text: str, messages: list[str]) -> None:
    files = {".harness/pipelines/p.yaml": pipeline("  variables:\n" + variable("region", "x"), script(text))}

    assert messages == [one[2] for one in findings(files)]


def test_what_a_called_pipeline_gives_back_is_its_own() -> None:
    text = entity(
        "pipeline",
        "deploy",
        "  stages:\n    - stage:\n        name: Call\n        identifier: call\n        type: Pipeline\n        spec:\n"
        "          org: default\n          project: shop\n          pipeline: other\n          outputs:\n"
        "            - name: tag\n              value: <+pipeline.variables.theirs>\n",
    )

    assert findings({".harness/pipelines/p.yaml": text}) == []


# ---- triggers

TRIGGER = entity(
    "trigger",
    "push",
    "  pipelineIdentifier: deploy\n  pipelineBranchName: main\n  encryptedWebhookSecretIdentifier: hook\n  source:\n"
    "    type: Webhook\n    spec:\n      type: Github\n      spec:\n        type: Push\n        spec:\n"
    "          connectorRef: git\n",
)


def test_keys_that_stand_too_high_are_told_once() -> None:
    flat = TRIGGER.replace(
        "        spec:\n          connectorRef: git\n", "        connectorRef: git\n        repoName: x\n"
    )

    assert [one[1] for one in findings({"t.yaml": flat})] == ["trigger.source.spec.spec"]


def test_a_place_in_the_inputs_of_a_trigger_is_a_place_in_the_file() -> None:
    text = TRIGGER + "  inputYaml: |\n    pipeline:\n      identifier: other\n"
    outcome = check_tree(
        MemoryTree({"t.yaml": text}), Config().with_flags(select=("inputs-of-other-pipeline",)), Options(), PACK
    )
    (found,) = outcome.findings

    assert text[found.region.start : found.region.end] == "other"
    assert found.region.path == "trigger.inputYaml"


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ("hook", []),
        ("account.hook", []),
        (
            '""',
            [
                "without `encryptedWebhookSecretIdentifier` the signature of an event is not checked, so whoever knows the URL can start this pipeline"
            ],
        ),
    ],
)
def test_the_secret_of_a_webhook(given_: str, words: list[str]) -> None:
    text = TRIGGER.replace("Identifier: hook", f"Identifier: {given_}")

    assert words == [one[2] for one in findings({"t.yaml": text})]


# ---- manifests of Argo CD


def application(plugin: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  namespace: argocd\nspec:\n"
        "  project: default\n  source:\n    repoURL: https://git.example.com/org/repo.git\n    path: web\n"
        f"{plugin}  destination:\n    server: https://kubernetes.default.svc\n    namespace: web\n"
    )


PLUGIN = "    plugin:\n      name: argocd-harness-plugin\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  k: <+{}>\n"


@pytest.mark.parametrize(
    ("plugin", "expression", "found"),
    [
        (PLUGIN, "env.name", 0),
        (PLUGIN, "pipeline.name", 1),
        (PLUGIN, 'secrets.getValue("a")', 1),
        ("    plugin:\n      name: other\n", "pipeline.name", 0),
        ("", "env.name", 1),
    ],
)
def test_expressions_in_manifests(plugin: str, expression: str, found: int) -> None:
    files = {"app.yaml": application(plugin), "web/x.yaml": MAP.format(expression)}

    assert found == len(findings(files, "harness-expression-in-manifest"))


def test_a_file_in_the_folder_stands_for_the_plugin() -> None:
    files = {"app.yaml": application(""), "web/x.yaml": MAP.format("env.name"), "web/.harness.yaml": "tool: native\n"}

    assert findings(files, "harness-expression-in-manifest") == []


def test_a_manifest_that_nothing_here_delivers_is_unknown() -> None:
    assert findings({"web/x.yaml": MAP.format("env.name")}, "harness-expression-in-manifest") == []
