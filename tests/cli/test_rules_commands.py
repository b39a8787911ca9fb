"""`rules` and `explain` as commands: what they print, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_lint.cli import main

Run = Callable[..., tuple[int, str, str]]

BROKEN = 'rule broken {\n  tittle "x"\n  severity eror\n}\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder to work in, and a cache that all of these tests share."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITOPS_LINT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "rules-cache"))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def invoke(*args: str) -> tuple[int, str, str]:
        status = main(list(args))
        said = capsys.readouterr()
        return status, said.out, said.err

    return invoke


def new_rule(run: Run, id: str = "own-rule", area: str = "sync", folder: str = "policies") -> Path:
    assert run("rules", "new", area, id, "--dir", folder)[0] == 0
    return Path(folder) / area / f"{id}.rule"


# ---- list


def test_list_is_a_table(run: Run) -> None:
    status, out, _ = run("rules", "list")
    head, *rows = out.splitlines()

    assert status == 0
    assert head.split() == ["RULE", "SEVERITY", "GROUP", "AREA", "TITLE"]
    assert any(row.split()[:4] == ["unknown-field", "error", "correctness", "schema"] for row in rows)
    assert [row.split()[0] for row in rows] == sorted(row.split()[0] for row in rows)


def test_list_as_json_holds_the_same_rules(run: Run) -> None:
    rows = run("rules", "list")[1].splitlines()[1:]
    data = json.loads(run("rules", "list", "--format", "json")[1])

    assert [one["id"] for one in data["rules"]] == [row.split()[0] for row in rows]
    assert set(data["rules"][0]) == {"id", "severity", "group", "area", "title", "file"}


def test_list_knows_users_rules(run: Run) -> None:
    new_rule(run)

    assert "own-rule" not in run("rules", "list")[1]
    assert "own-rule" in run("rules", "list", "--rules", "policies")[1]

    Path(".gitops-lint.yaml").write_text("rule-folders: [policies]\n")

    assert "own-rule" in run("rules", "list")[1]


# ---- new, check, test


def test_a_new_rule_passes_check_and_fails_test_until_it_is_filled_in(run: Run) -> None:
    path = new_rule(run)

    assert run("rules", "check", str(path)) == (0, "1 rule checked, nothing wrong\n", "")
    assert run("rules", "test", str(path)) == (
        1,
        "policies/sync/own-rule.rule:18: own-rule, bad example `what is reported`\n"
        '  found "spec.replicas" in test.yaml, but not as expected:\n'
        '    message expected: "write here what the rule says"\n'
        '    message found:    "web runs 1 replica"\n'
        "1 rule, 2 examples: 1 failed\n",
        "",
    )

    path.write_text(path.read_text().replace("write here what the rule says", "web runs 1 replica"))

    assert run("rules", "test", "policies") == (0, "1 rule, 2 examples: all as expected\n", "")
    assert run("rules", "test", "own-rule", "--rules", "policies")[:2] == (0, "1 rule, 2 examples: all as expected\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("rollouts", "x"), "`rollouts` is no area of rules; did you mean `rollout`?"),
        (("sync", "MyRule"), "`MyRule` is no id of a rule: ids are lower-case words joined by `-`, such as `missing-canary-service`"),
        (("sync", "unknown-field"), "there is a rule `unknown-field` already, in `rules/schema/unknown-field.rule`"),
    ],
)  # fmt: skip
def test_new_refuses(run: Run, args: tuple[str, str], message: str) -> None:
    assert run("rules", "new", *args) == (2, "", f"error: {message}\n")


def test_new_overwrites_nothing(run: Run) -> None:
    path = new_rule(run)
    path.write_text("mine")
    status, _, said = run("rules", "new", "sync", "own-rule")

    assert (status, path.read_text()) == (2, "mine")
    assert said == f"error: `{path}` exists already\n"


def test_check_tells_all_mistakes_and_ends_with_2(run: Run) -> None:
    Path("policies/sync").mkdir(parents=True)
    Path("policies/sync/broken.rule").write_text(BROKEN)

    assert run("rules", "check", "policies") == (
        2,
        "",
        "error: policies/sync/broken.rule:2:3: `tittle` begins no clause\n"
        "  help: did you mean `title`?\n"
        "policies/sync/broken.rule:3:12: `eror` is no severity: write error, warning or info\n"
        "  help: did you mean `error`?\n",
    )


def test_check_says_what_a_rule_costs(run: Run) -> None:
    path = new_rule(run)

    assert run("rules", "check", "-v", str(path))[1].startswith("own-rule: one file at a time; Deployments\n")


def test_check_finds_an_id_that_is_taken(run: Run) -> None:
    path = new_rule(run)
    taken = path.with_name("unknown-field.rule")
    taken.write_text(path.read_text().replace("own-rule", "unknown-field"))
    status, _, said = run("rules", "check", "policies")

    assert status == 2
    assert "the id `unknown-field` is taken by the rule in `rules/schema/unknown-field.rule`" in said


@pytest.mark.parametrize("command", ["check", "test"])
def test_paths_must_hold_rules(run: Run, command: str, here: Path) -> None:
    (here / "empty").mkdir()

    assert run("rules", command, "nowhere/")[2] == "error: `nowhere` does not exist\n"
    assert run("rules", command, "empty/")[2].startswith("error: no rule file lies below `empty`\n")


def test_test_knows_ids(run: Run) -> None:
    assert run("rules", "test", "unknown-feld") == (
        2, "", "error: there is no rule `unknown-feld`\n  help: did you mean `unknown-field`?\n",
    )  # fmt: skip


# ---- docs


def test_docs_are_written_and_checked(run: Run, here: Path) -> None:
    new_rule(run)
    given = ("--output", "pages", "--rules", "policies")
    status, out, _ = run("rules", "docs", *given)

    assert status == 0
    assert out.endswith("pages and an index are written to pages\n")
    assert run("rules", "docs", "--check", *given) == (0, "", "")

    index = (here / "pages" / "index.md").read_text()

    assert "| [own-rule](own-rule.md) | warning | suspicious | One line that names what this rule reports |" in index

    (here / "pages" / "own-rule.md").write_text("changed")
    (here / "pages" / "unknown-field.md").unlink()
    (here / "pages" / "gone.md").write_text("<!-- Made by `gitops-lint rules docs` from sync/gone.rule. -->")
    (here / "pages" / "hand-written.md").write_text("# Ours")
    status, out, _ = run("rules", "docs", "--check", *given)

    assert status == 1
    assert out.splitlines()[:-1] == [
        "pages/own-rule.md is not what the rule says now",
        "pages/unknown-field.md is missing",
        "pages/gone.md belongs to no rule",
    ]

    run("rules", "docs", *given)

    assert run("rules", "docs", "--check", *given)[0] == 0
    assert (here / "pages" / "hand-written.md").exists()
    assert not (here / "pages" / "gone.md").exists()


# ---- vocabulary


def test_vocabulary_lists_kinds_functions_and_records(run: Run) -> None:
    status, out, _ = run("rules", "vocabulary")

    assert status == 0
    for part in (
        "Kinds (",
        "  Rollout ",
        "Functions:",
        "Records of facts:",
        "  SchemaProblem",
        "Products with versions",
    ):
        assert part in out


def test_vocabulary_of_a_kind_a_record_and_a_function(run: Run) -> None:
    kind = run("rules", "vocabulary", "Rollout")[1]

    assert kind.startswith("Rollout (argoproj.io)\n")
    assert "  name: text (may be missing)\n" in kind
    assert "\n  spec " in kind
    assert run("rules", "vocabulary", "apps/Deployment")[1].startswith("Deployment (apps)\n")
    assert run("rules", "vocabulary", "SchemaProblem")[1].startswith("SchemaProblem\n")
    assert run("rules", "vocabulary", "Rolout") == (
        2, "", "error: rules know no kind, record or function `Rolout`\n  help: did you mean `Rollout`?\n",
    )  # fmt: skip


# ---- explain


def test_explain_shows_the_page(run: Run) -> None:
    status, out, _ = run("explain", "unknown-field")
    lines = out.splitlines()

    assert status == 0
    assert lines[0] == "unknown-field"
    for heading in ("What it reports", "Why", "Example", "Instead", "Parameters", "Source"):
        assert heading in lines
    assert "    kind: Service" in lines
    assert all(len(line) <= 100 or line.startswith("    ") for line in lines)


def test_explain_in_colour(run: Run) -> None:
    assert "\x1b[1mWhat it reports\x1b[0m" in run("explain", "unknown-field", "--color", "always")[1]


def test_explain_knows_former_names(run: Run) -> None:
    path = new_rule(run)
    path.write_text(path.read_text().replace("  tags ", "  formerly old-rule\n  tags "))

    assert run("explain", "old-rule", "--rules", "policies")[1].startswith(
        "`old-rule` is called `own-rule` now.\n\nown-rule\n"
    )


def test_explain_of_an_unknown_rule(run: Run) -> None:
    assert run("explain", "unknown-feld") == (
        2, "", "error: there is no rule `unknown-feld`\n  help: did you mean `unknown-field`?\n",
    )  # fmt: skip


# ---- users' rules in a run


def test_configured_folders_are_relative_to_the_root_and_flags_to_the_current_folder(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "apps").mkdir()
    (here / "apps" / "web.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n"
    )
    new_rule(run, "configured-rule")
    new_rule(run, "flagged-rule", folder="apps/own")
    (here / ".gitops-lint.yaml").write_text("root: true\nrule-folders: [policies]\n")
    monkeypatch.chdir(here / "apps")
    _, out, _ = run(
        "check", ".", "--root", "..", "--rules", "own", "--select", "configured-rule,flagged-rule", "-f", "concise"
    )

    assert out.splitlines()[:2] == [
        f"{file}:4:18: warning[{rule}] web runs 1 replica"
        for file, rule in (("web.yaml", "configured-rule"), ("web.yaml", "flagged-rule"))
    ]
