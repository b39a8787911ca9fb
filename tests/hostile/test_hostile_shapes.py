"""Any text and any shape: no crash, every place in its text, twice the same. `HYPOTHESIS_PROFILE=fuzz` tries many more."""

from __future__ import annotations

import json
import os

import promises
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MANY = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
few = settings(
    max_examples=2000 if MANY else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
fewer = settings(few, max_examples=2000 if MANY else 12)

_PIECES = st.sampled_from(
    [
        "---",
        "...",
        "a:",
        ":",
        "-",
        "[",
        "]",
        "{",
        "}",
        ",",
        "?",
        "|",
        ">",
        "|2-",
        "&",
        "*",
        "&a",
        "*a",
        "<<:",
        "!",
        "!!str",
        "%",
        "%YAML",
        "#",
        "'",
        '"',
        "\\",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "{{",
        "}}",
        "<+",
        ">",
        "${",
        "}",
        "~",
        "0x1",
        ".nan",
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
        "�",
        "é",
        "💥",
        "gitops-lint:",
        "apiVersion:",
        "kind:",
        "metadata:",
        "name:",
    ]
) | st.sampled_from([" ", "  ", "\n", "\n  ", "\n- ", "\n---\n"])
TEXTS = st.lists(_PIECES, max_size=40).map("".join)

_ODD = (
    st.none()
    | st.booleans()
    | st.sampled_from(
        [0, -1, 10**30, 1e400, "", "a", "*", "{{.a}}", "{{", "<+a>", "${a}", "9" * 5000, "1h", "50%", "../x", "("]
    )
)
VALUES = st.recursive(
    _ODD,
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["a", "name", "spec", "0"]), below, max_size=3)
    ),
    max_leaves=5,
)


@few
@given(text=TEXTS, name=st.sampled_from(["a.yaml", "a.json", "kustomization.yaml", "templates/a.yaml"]))
def test_any_text_is_read(text: str, name: str) -> None:
    promises.reads(text.encode("utf-8", "surrogatepass"), name)


@few
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    promises.reads(data, "a.yaml")


SEEDS: list[dict[str, object]] = [
    json.loads(text)
    for text in (
        '{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"a","namespace":"argocd","annotations":{"argocd.argoproj.io/sync-wave":"1"}},"spec":{"project":"a","destination":{"server":"x","namespace":"x"},"source":{"repoURL":"https://x/y","path":"a","targetRevision":"v1","directory":{"recurse":true,"include":"*"},"helm":{"valueFiles":["a"],"parameters":[{"name":"a","value":"b"}]}},"syncPolicy":{"automated":{"prune":true},"syncOptions":["A=true"]},"ignoreDifferences":[{"kind":"A","jsonPointers":["/a"],"jqPathExpressions":[".a"]}]}}',
        '{"apiVersion":"argoproj.io/v1alpha1","kind":"ApplicationSet","metadata":{"name":"a"},"spec":{"goTemplate":true,"generators":[{"list":{"elements":[{"a":"1"}]}},{"matrix":{"generators":[{"git":{"repoURL":"x","directories":[{"path":"*"}],"files":[{"path":"a"}]}},{"clusters":{"selector":{"matchLabels":{"a":"b"}},"values":{"a":"b"}}}]}}],"template":{"metadata":{"name":"{{.a}}"},"spec":{"project":"a"}},"templatePatch":"a"}}',
        '{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"a","namespace":"x"},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"strategy":{"canary":{"canaryService":"a","stableService":"b","maxSurge":"50%","steps":[{"setWeight":10},{"pause":{"duration":"1h"}},{"analysis":{"templates":[{"templateName":"t"}],"args":[{"name":"a","value":"b"}]}}],"trafficRouting":{"istio":{"virtualService":{"name":"v","routes":["p"]}}}}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":1}],"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}}}}',
        '{"apiVersion":"argoproj.io/v1alpha1","kind":"AnalysisTemplate","metadata":{"name":"t","namespace":"x"},"spec":{"args":[{"name":"a"}],"metrics":[{"name":"m","interval":"1m","count":1,"successCondition":"result[0] > 1","provider":{"prometheus":{"address":"http://x","query":"up"}}}]}}',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"argocd-cm","namespace":"argocd","labels":{"app.kubernetes.io/part-of":"argocd"}},"data":{"resource.customizations":"a: {health.lua: return 1}","resource.customizations.health.x_Y":"hs = {} return hs","accounts.a":"login","trigger.a":"- when: a","template.a":"message: a"}}',
        '{"apiVersion":"external-secrets.io/v1","kind":"ExternalSecret","metadata":{"name":"e","namespace":"x"},"spec":{"refreshInterval":"1h","secretStoreRef":{"name":"s","kind":"SecretStore"},"target":{"name":"t","template":{"data":{"a":"{{ .b }}"}}},"data":[{"secretKey":"a","remoteRef":{"key":"k"}}],"dataFrom":[{"extract":{"key":"k"}}]}}',
        '{"apiVersion":"kustomize.config.k8s.io/v1beta1","kind":"Kustomization","resources":["a.yaml","../b"],"patches":[{"path":"p.yaml","target":{"kind":"A"}},{"patch":"[]"}],"images":[{"name":"i","newTag":"1"}],"configMapGenerator":[{"name":"c","literals":["a=b"],"files":["f"]}],"replacements":[{"source":{"kind":"A"},"targets":[{"select":{"kind":"B"},"fieldPaths":["a"]}]}],"namespace":"x"}',
        '{"pipeline":{"identifier":"p","name":"p","orgIdentifier":"o","projectIdentifier":"q","stages":[{"stage":{"identifier":"s","name":"s","type":"Deployment","spec":{"deploymentType":"Kubernetes","service":{"serviceRef":"a"},"environment":{"environmentRef":"e","infrastructureDefinitions":[{"identifier":"i"}]},"execution":{"steps":[{"step":{"identifier":"x","type":"ShellScript","timeout":"1m","spec":{"shell":"Bash"}}}]}}}}],"variables":[{"name":"v","type":"String","value":"<+input>"}]}}',
    )
]


def _places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, below in inner for one in _places(below, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """A document of a kind that is known, with odd values in one to three places: file name and JSON text."""
    number = draw(st.integers(0, len(SEEDS) - 1))
    made = json.loads(json.dumps(SEEDS[number]))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_places(made)[1:]))
        at = made
        for segment in path[:-1]:
            at = at[segment]
        at[path[-1]] = draw(VALUES)
    name = {6: "kustomization.yaml", 7: ".harness/p.yaml"}.get(number, f"a{number}.yaml")
    return name, json.dumps(made).replace("Infinity", ".inf")


@pytest.fixture(scope="module")
def rules() -> promises.RulePack:
    return promises.pack()


@fewer
@given(files=st.lists(mutated(), min_size=1, max_size=4))
def test_any_shape_of_a_known_kind_is_judged(rules: promises.RulePack, files: list[tuple[str, str]]) -> None:
    promises.judges(dict(files), rules)


_WORDS = st.sampled_from(
    [
        "rule",
        "demo",
        "{",
        "}",
        "title",
        '"x"',
        "severity",
        "error",
        "group",
        "practice",
        "why",
        '"""',
        "for",
        "each",
        "Rollout",
        "as",
        "r",
        "when",
        "unless",
        "require",
        "every",
        "some",
        "in",
        "satisfies",
        "else",
        "report",
        "at",
        "fix",
        "safe",
        "set",
        "remove",
        "to",
        "let",
        "with",
        "(",
        ")",
        "[",
        "]",
        "==",
        "!=",
        "<",
        ">",
        "+",
        "-",
        "not",
        "and",
        "or",
        "is",
        "missing",
        "present",
        "r.spec.a",
        "x",
        "1",
        "5%",
        "1h",
        '"a{x}b"',
        ",",
        ":",
        ".",
        "#",
        "param",
        "kind",
        "bad",
        "good",
        "expect",
        "covers",
        "message",
        "\\",
        "\x00",
    ]
) | st.sampled_from(["\n", "  "])


@few
@given(words=st.lists(_WORDS, max_size=60), whole=st.booleans())
def test_any_text_is_a_rule_or_a_rule_error(words: list[str], whole: bool) -> None:
    text = " ".join(words)
    promises.reads_rule(f'rule demo {{\n title "x"\n for each Rollout as r\n when {text}\n}}' if whole else text)
