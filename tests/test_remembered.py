"""What is kept between runs: the same report, nothing stale, no secret, and nothing believed that is not ours."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from dulwich import porcelain

from gitops_lint import pipeline
from gitops_lint.findings import Outcome
from gitops_lint.options import Options

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  project: default
  source:
    repoURL: https://git.example.com/org/repo.git
    path: {path}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: 1\n"
KEY = "AKIA" + "Q3EGRJ7LWXTCV5N2"
SECRET = f"""\
apiVersion: v1
kind: Secret
metadata:
  name: cloud
stringData:
  key: {KEY}
  password: correct-horse-battery-staple
"""

SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: demo, namespace: argocd}
spec:
  generators:
    - git:
        repoURL: https://git.example.com/org/repo.git
        revision: feature
        directories: [{path: apps/*}]
  template:
    metadata: {name: '{{path.basename}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/org/repo.git, targetRevision: feature, path: '{{path}}'}
      destination: {name: in-cluster, namespace: shop}
"""

Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs over `tmp_path/repo` with a cache beside it."""
    root = tmp_path / "repo"
    root.mkdir()

    def run(**options: object) -> Outcome:
        given = Options(root=str(root), cache=True, cache_dir=str(tmp_path / "cache"))
        return pipeline.run([str(root)], replace(given, **options))  # type: ignore[arg-type]

    return run


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were examined, in order."""
    found: list[str] = []
    judge = pipeline.Crew._examine_here

    def noted(crew: pipeline.Crew, file: str, role: object, told: object) -> object:
        found.append(file)
        return judge(crew, file, role, told)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.Crew, "_examine_here", noted)
    return found


def write(tmp_path: Path, **files: str) -> None:
    for name, text in files.items():
        (tmp_path / "repo" / f"{name}.yaml").write_text(text)


def places(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(one.rule, one.file, one.line) for one in outcome.findings]


def test_a_second_run_looks_at_no_file_and_says_the_same(tmp_path: Path, run: Run, looked_at: list[str]) -> None:
    write(tmp_path, app=APPLICATION.format(path="apps/shop"), settings=CONFIG_MAP)
    first = run()
    looked_at.clear()

    assert first.findings
    assert first == run()
    assert looked_at == []


def test_only_what_has_changed_is_looked_at_again(tmp_path: Path, run: Run, looked_at: list[str]) -> None:
    write(tmp_path, app=APPLICATION.format(path="apps/shop"), settings=CONFIG_MAP)
    run()
    looked_at.clear()
    write(tmp_path, settings=CONFIG_MAP.replace("a: 1", "a: '1'"))
    second = run()

    assert looked_at == ["settings.yaml"]
    assert places(second) == places(run(cache=False))


def test_a_folder_that_comes_to_be_changes_what_is_said_of_another_file(tmp_path: Path, run: Run) -> None:
    write(tmp_path, app=APPLICATION.format(path="apps/shop"))
    before = run()
    folder = tmp_path / "repo" / "apps" / "shop"
    folder.mkdir(parents=True)
    (folder / "settings.yaml").write_text(CONFIG_MAP)

    assert places(before) != places(run())
    assert places(run()) == places(run(cache=False))


@pytest.mark.parametrize(
    "options", [{"select": ("schema",)}, {"profile": "strict"}, {"targets": {"kubernetes": "1.20"}}]
)
def test_other_settings_are_another_run(tmp_path: Path, run: Run, options: dict[str, object]) -> None:
    write(tmp_path, app=APPLICATION.format(path="apps/shop"), settings=CONFIG_MAP)
    run()

    assert run(cache=False, **options) == run(**options)


def test_another_branch_is_another_run(tmp_path: Path, run: Run) -> None:
    """A git generator reads the files here for the branch that is checked out, and for no other."""
    root = tmp_path / "repo"
    porcelain.init(str(root))
    (root / "apps" / "Web").mkdir(parents=True)
    (root / "apps" / "Web" / "note.yaml").write_text("{}")
    write(tmp_path, set=SET)
    porcelain.add(str(root), [str(root / "set.yaml"), str(root / "apps" / "Web" / "note.yaml")])
    porcelain.commit(str(root), b"all", author=b"a <a@example.com>", committer=b"a <a@example.com>")
    with (root / ".git" / "config").open("a") as config:
        config.write('[remote "origin"]\n\turl = https://git.example.com/org/repo.git\n')
    before = [one.rule for one in run().findings]
    (root / ".git" / "HEAD").write_text("ref: refs/heads/feature\n")
    after = [one.rule for one in run().findings]

    assert ("invalid-application-name" in before, "invalid-application-name" in after) == (False, True)


def test_no_value_of_a_secret_lies_in_the_cache(tmp_path: Path, run: Run) -> None:
    write(tmp_path, secret=SECRET, settings=CONFIG_MAP.replace("a: 1", f"a: {KEY}"))
    outcome = run()
    kept = b"".join(file.read_bytes() for file in (tmp_path / "cache").iterdir())

    assert outcome.findings
    for secret in (KEY, "correct-horse-battery-staple"):
        assert secret.encode() not in kept
        assert base64.b64encode(secret.encode()) not in kept


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"\xc1", b"\x80", b"\x91" * 5000, b"\xdd\xff\xff\xff\xff", b"{}"]
)
@pytest.mark.parametrize("entry", ["files", "run"])
def test_a_cache_that_holds_nonsense_is_as_good_as_none(tmp_path: Path, run: Run, entry: str, content: bytes) -> None:
    write(tmp_path, app=APPLICATION.format(path="apps/shop"), settings=CONFIG_MAP)
    first = run()
    for file in (tmp_path / "cache").iterdir():
        if file.name.startswith(entry):
            file.write_bytes(content)

    assert first == run()
    assert first == run()


def test_a_cache_that_others_may_write_is_not_read(tmp_path: Path, run: Run, looked_at: list[str]) -> None:
    write(tmp_path, settings=CONFIG_MAP)
    run()
    looked_at.clear()
    (tmp_path / "cache").chmod(0o777)
    run()

    assert looked_at == ["settings.yaml"]


def test_without_a_cache_nothing_is_written(tmp_path: Path, run: Run) -> None:
    write(tmp_path, settings=CONFIG_MAP)
    run(cache=False)

    assert not (tmp_path / "cache").exists()
