"""The benchmark: what it measures on is the same for the same seed and has the mistakes put into it; no time is asserted."""

from __future__ import annotations

import collections
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from benchmarks import budgets, kubeconform, mix, performance_page, processes
from benchmarks.compose import yaml_files
from benchmarks.figures import Figures, Yardstick, changeable, idle_rule
from benchmarks.generate import REFERENCE_FILES, repository, write
from benchmarks.processes import ProgramError, Run
from gitops_lint import check
from gitops_lint.options import Options
from gitops_lint.pipeline import run_example
from gitops_lint.policy.exampletest import disagreements
from gitops_lint.policy.rulefiles import RuleText, check_one
from gitops_lint.policy.rulepack import RulePack
from gitops_lint.policy.vocabulary import GitopsVocabulary

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return {file.path: file.text for file in repository(1)}


def test_the_same_seed_gives_the_same_repository() -> None:
    assert list(repository(0.05, 7)) == list(repository(0.05, 7))
    assert [one.text for one in repository(0.05, 7)] != [one.text for one in repository(0.05, 8)]


def test_the_same_seed_gives_the_same_commit(tmp_path: Path) -> None:
    heads = []
    for name in ("a", "b"):
        write(tmp_path / name, 0.005, commit=True)
        (head,) = (tmp_path / name / ".git" / "refs" / "heads").iterdir()
        heads.append((head.name, head.read_text()))

    assert heads[0] == heads[1]
    assert heads[0][0] == "main"


def test_no_file_is_written_twice(reference: dict[str, str]) -> None:
    assert len(list(repository(1))) == len(reference)


@pytest.mark.parametrize(("factor", "least", "most"), [(0.005, 15, 30), (0.05, 180, 240), (1, 3900, 4300)])
def test_a_factor_is_a_share_of_the_reference_files(factor: float, least: int, most: int) -> None:
    files = [file.path for file in repository(factor) if file.path.endswith(".yaml")]

    assert least <= len(files) <= most
    assert abs(REFERENCE_FILES - 4070) < 100


def test_the_mix_is_the_one_of_public_repositories(reference: dict[str, str]) -> None:
    kinds = collections.Counter(kind for text in reference.values() for kind in re.findall(r"^kind: (\w+)", text, re.M))
    sizes = sorted(len(text) for path, text in reference.items() if path.endswith(".yaml"))

    assert {kind for kind, _ in kinds.most_common(8)} >= {
        "Kustomization",
        "ClusterRole",
        "RoleBinding",
        "ServiceAccount",
    }
    assert 1100 < kinds["Kustomization"] < 1300
    assert 100 < kinds["CustomResourceDefinition"] < 300
    assert 200 < sizes[len(sizes) // 2] < 500
    assert 10e6 < sum(sizes) < 12e6


def test_everything_but_templates_of_charts_is_yaml() -> None:
    for file in repository(0.1):
        if "/templates/" not in file.path:
            list(yaml.compose_all(file.text, yaml.CSafeLoader))


def test_exactly_the_mistakes_put_in_are_found(tmp_path: Path) -> None:
    planted = write(tmp_path, 0.12, seed=3)
    outcome = check(tmp_path, options=Options(root=str(tmp_path)))

    assert sorted((one.file, one.rule) for one in outcome.findings) == sorted(
        (path, rule) for path, rules in planted.items() for rule in rules
    )
    assert len(planted) > 1
    assert not outcome.crashed


def test_the_yardstick_counts_what_is_in_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n---\nb: 2\n")
    (tmp_path / "b.yml").write_text("a: [\n")
    (tmp_path / "c.json").write_text("{}\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "d.yaml").write_text("a: 1\n")
    command = (sys.executable, "-m", "benchmarks.compose", str(tmp_path))
    told = yaml.safe_load(processes.run(command, folder=ROOT).output)

    assert {name: told[name] for name in ("files", "documents", "broken", "bytes")} == {
        "files": 2,
        "documents": 2,
        "broken": 1,
        "bytes": 19,
    }
    assert changeable(tmp_path) == tmp_path / "b.yml"


def test_a_program_that_fails_says_what_it_wrote() -> None:
    with pytest.raises(ProgramError, match=r"ended with 3: no such thing"):
        processes.run((sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is needed")
def test_the_memory_of_children_counts() -> None:
    child = "import time; held = b'x' * 60_000_000; time.sleep(0.3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    memory = processes.run((sys.executable, "-c", parent), watched=True).memory

    assert memory > 60e6


def figures(files: int, cold: float, memory: int = 300_000_000) -> Figures:
    yardstick = Yardstick(1.0, 0.9, files, 2 * files, 1000 * files)
    return Figures("1x", yardstick, Run(cold, cold, 0), Run(0.5, 0.4, 0), Run(1.1, 1.0, 0), memory, 3)


def test_every_budget_of_the_reference_is_a_line_with_its_verdict() -> None:
    lines = budgets.of_repository(figures(4000, 3.5), reference=True)

    assert [(line.what, line.met) for line in lines] == [
        ("cold run, against PyYAML's C loader", False),
        ("second run, nothing changed", True),
        ("one file changed", True),
        ("peak memory, all processes", True),
    ]
    assert budgets.table(lines[:1]).splitlines()[-1] == (
        "| cold run, against PyYAML's C loader | 3 times, and 2 s | 3.50 times, 3.50 s (processors 3.89 times, 3.50 s) | NOT MET |"
    )


def test_another_repository_has_figures_and_no_verdicts() -> None:
    assert {line.verdict for line in budgets.of_repository(figures(50, 3.5), reference=False)} == {"-"}


def test_growth_is_judged_by_the_number_of_files() -> None:
    lines = budgets.of_growth(figures(4000, 2.0), figures(40000, 22.5))

    assert (lines[0].what, lines[0].budget, lines[0].figure, lines[0].met) == (
        "cold run, 10.0 times the files",
        "11.0 times the time",
        "11.2 times",
        False,
    )


def test_rules_that_make_no_difference_beyond_what_runs_differ_by_are_no_change() -> None:
    without = [Run(1, 1.00, 0), Run(1, 1.05, 0)]

    assert budgets.of_idle_rules(without, [Run(1, 1.04, 0)], 100).met is True
    assert budgets.of_idle_rules(without, [Run(1, 1.20, 0)], 100).met is False


def test_the_idle_rule_is_a_right_one() -> None:
    rule = check_one(RuleText("idle-5.rule", "layout", idle_rule(5), Path(), built_in=False), GitopsVocabulary())
    examples = rule.rule.examples

    assert [disagreements(one, *run_example(RulePack([rule]), rule.id, one)) for one in examples] == [[], []]


def test_kinds_are_found_for_which_kubeconform_needs_schemas(tmp_path: Path) -> None:
    write(tmp_path / "repository", 0.005)
    (tmp_path / "schemas").mkdir()
    count = kubeconform.write_schemas(tmp_path / "repository", tmp_path / "schemas")
    written = {file.relative_to(tmp_path / "schemas").as_posix() for file in (tmp_path / "schemas").rglob("*.json")}

    assert len(written) == count
    assert {"apps/deployment_v1.json", "service_v1.json", "argoproj.io/application_v1alpha1.json"} <= written


def test_a_mix_counts_layers_and_kinds(tmp_path: Path) -> None:
    write(tmp_path, 0.05)
    counted = mix.mix_of(tmp_path)

    assert len(counted.sizes) == len(yaml_files(tmp_path))
    assert max(counted.depths) == 3
    assert counted.kinds["Deployment"] > 1
    assert f"| {len(counted.sizes)} " in mix.table([counted]).splitlines()[2]


def test_the_page_has_a_place_for_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text((ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))
    monkeypatch.setattr(performance_page, "PAGE", page)
    performance_page.write("| new |\n")

    assert "<!-- figures: begin -->\n| new |\n<!-- figures: end -->" in page.read_text()


def test_the_whole_command_prints_its_tables(tmp_path: Path) -> None:
    command = f"{sys.executable} -m gitops_lint"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--factors", "0.005", "--command", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    told = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")]
    assert "`gitops-lint --version`" in told
    assert "cold run, against PyYAML's C loader" in told
    assert "0.005x" in told
