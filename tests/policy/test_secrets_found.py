"""Facts about Secrets, and that no report of any format shows what a rule calls a credential."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_lint.findings import Outcome
from gitops_lint.model.secrets import credentials_in, credentials_of_lines
from gitops_lint.options import Options
from gitops_lint.pipeline import check
from gitops_lint.policy.credentials import credentials_of, stretch_of
from gitops_lint.repo.load import load_bytes
from gitops_lint.report import ReportSettings, names, render
from gitops_lint.text.nodes import Source
from gitops_lint.text.parse import parse_yaml

SECRET = "glint-7hX2pQ9vKzR4"
TOKEN = "ghp_FAKEglintFAKEglintFAKEglint000000000"
KEY = "RkFLRSBnaXRvcHMtbGludCB0ZXN0IGRhdGEsIG5vdCBhIGtleS4gRkFLRSBnaXRv"
IN_BASE64 = "Z2xpbnQtN2hYMnBROXZLelI0"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"a: {{password: {SECRET}}}", ["password"]),
        (f"env: [{{name: DB_PASSWORD, value: {SECRET}}}]", ["DB_PASSWORD"]),
        (f"parameters: [{{name: postgresql.auth.password, value: {SECRET}}}]", ["password"]),
        (f"secretGenerator: [{{literals: [USER=a, DB_PASSWORD={SECRET}]}}]", ["DB_PASSWORD"]),
        (f"args: [--password={SECRET}, --user=a]", ["password"]),
        (f"values: |\n  a:\n    password: {SECRET}\n", ["password"]),
        (f'config: \'{{"clientSecret": "{SECRET}"}}\'', ["clientSecret"]),
        (f"config.env: |\n  export A_PASSWORD={SECRET}\n  B=c\n", ["A_PASSWORD"]),
        (f"apiVersion: v1\nkind: Secret\ndata: {{password: {IN_BASE64}}}", ["password"]),
        (f"a: &x {{password: {SECRET}}}\nb: *x", ["password"]),
        (f"accessKey: a\nsecretKey: {SECRET}", []),
        ("data: [{secretKey: internalDatabasePassword1, remoteRef: {key: a}}]", []),
        (f"metadata: {{labels: {{password: {SECRET}}}}}", []),
        ("passwordSecretRef: {name: a, password: b}", []),
        ("password: 12345678\ntoken: true", []),
        ("password: !vault glint-7hX2pQ9vKzR4", []),
    ],
)
def test_names_give_credentials_away(text: str, names: list[str]) -> None:
    root = parse_yaml(Source(text)).documents[0].root
    assert root is not None

    assert [one.name for one in credentials_in(root)] == names


def test_lines_give_credentials_away() -> None:
    found = credentials_of_lines(Source(f"# PASSWORD=no\nUSER=a\nDB_PASSWORD='{SECRET}'\nX_TOKEN=$(cat t)\n", "a.env"))

    assert [one.name for one in found] == ["DB_PASSWORD"]


def test_each_part_of_a_text_is_found_once_and_where_it_stands() -> None:
    text = f"token: {TOKEN} # {TOKEN}\npassword: {SECRET}\n"
    found = credentials_of(load_bytes(text.encode(), "a.yaml"))

    assert [text[slice(*stretch_of(one))] for one in found] == [TOKEN, TOKEN, SECRET]


@pytest.mark.parametrize("mark", ["gitleaks:allow", "pragma: allowlist secret", "notsecret", "nosecret"])
def test_lines_that_other_scanners_pass_over(mark: str) -> None:
    loaded = load_bytes(f"password: {SECRET} # {mark}\n".encode(), "a.yaml")

    assert credentials_of(loaded) == []
    assert len(credentials_of(loaded, everything=True)) == 1


FILES = {
    "app.yaml": (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n  password: {SECRET}\n  other: {SECRET}\n"
        f"---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: b64\ndata:\n  password: {IN_BASE64}\n  broken: {SECRET}\n"
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\ndata:\n  a/b: x\n  url: postgres://a:{SECRET}@db/x\n"
        f"  token: {TOKEN}\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    {KEY}\n    -----END PRIVATE KEY-----\n"
    ),
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
    "chart/values.yaml": f"db:\n  password: {SECRET}\n",
    "db.env": f"DB_PASSWORD={SECRET}\nTOKEN={TOKEN}\n",
    "allowed.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a b: c\n  password: {SECRET} # nosecret\n",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    root: Path = tmp_path_factory.mktemp("repository")
    for file, text in FILES.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return check(root, options=Options(root=str(root)))


@pytest.mark.parametrize("format", names())
def test_no_report_of_a_run_shows_a_credential(format: str, outcome: Outcome) -> None:
    text = render(format, outcome, ReportSettings(width=200, version="1"))

    assert {"plaintext-credential", "provider-token", "private-key", "credential-in-url"} <= {
        one.rule for one in outcome.findings
    }
    assert [word for word in (SECRET, TOKEN, KEY, IN_BASE64) if word in text] == []
