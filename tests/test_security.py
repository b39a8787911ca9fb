"""
What is promised about security, each as a test: the command runs in a process whose audit hook writes down what it opens,
starts and connects to. `SECURITY.md` names these tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

import gitops_lint
from gitops_lint import pipeline
from gitops_lint.config import Config
from gitops_lint.options import Options
from gitops_lint.policy.rulepack import load_pack
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.report import names

PROJECT = Path(__file__).parents[1]
SHOP = PROJECT / "examples" / "shop"

# runs the command line behind the first argument, and writes the events of the hook into the file that it names
WATCHED = """
import json, os, sys
events = []
STARTS = ("subprocess.Popen", "os.exec", "os.system", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn")

def watch(name, arguments):
    if name.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")) or name in STARTS:
        events.append([name, repr(arguments)[:200]])
    elif name == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        events.append(["open", os.path.abspath(os.fsdecode(arguments[0]))])

log = sys.argv.pop(1)
sys.addaudithook(watch)
from gitops_lint.cli import main
status = main()
kept = list(events)
with open(log, "w") as file:
    json.dump(kept, file)
raise SystemExit(status)
"""
COMMANDS = [
    ["check", ".", "--jobs", "1"],
    ["check", ".", "--jobs", "1", "--format", "sarif", "--no-suppressions", "--select", "ALL"],
    ["check", ".", "--show-files"],
    ["explain", "unknown-field"],
    ["rules", "list"],
    ["rules", "vocabulary"],
]


def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "PYTHONPATH", "LANG")}
    return {**kept, "GITOPS_LINT_CACHE_DIR": str(tmp_path / "cache"), "HOME": str(tmp_path), "GITHUB_ACTIONS": ""}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop")


def watched(arguments: list[str], folder: Path, tmp_path: Path) -> list[tuple[str, str]]:
    log = tmp_path / "events.json"
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), *arguments],
        cwd=folder,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    return [(name, what) for name, what in json.loads(log.read_text())]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_nothing_is_connected_started_or_read_elsewhere(arguments: list[str], shop: Path, tmp_path: Path) -> None:
    """No socket, no program, and no file but those of the root, the installation, the cache and the system's own."""
    paths = sysconfig.get_paths()
    allowed = [shop, tmp_path / "cache", Path(gitops_lint.__file__).parents[1], PROJECT]
    allowed += [Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    allowed += [Path(one) for one in sys.path if one]
    allowed += [Path("/usr/share/zoneinfo"), Path("/etc/localtime"), Path(os.devnull)]
    real = [str(one) for each in allowed for one in {each, each.resolve()}]

    events = watched(arguments, shop, tmp_path)

    assert [(name, what) for name, what in events if name != "open"] == []
    elsewhere = [
        what
        for name, what in events
        if name == "open" and not any(what == one or what.startswith(one + os.sep) for one in real)
    ]
    assert elsewhere == []


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_the_output_is_the_same_without_any_network(shop: Path, tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody make a network namespace")
    command = [sys.executable, "-m", "gitops_lint", "check", ".", "--format", "json"]
    settings = {"cwd": shop, "env": environment(tmp_path), "capture_output": True, "timeout": 120}

    plain = subprocess.run(command, check=False, **settings)  # type: ignore[call-overload]
    alone = subprocess.run([unshare, "-rn", *command], check=False, **settings)  # type: ignore[call-overload]

    assert (alone.returncode, alone.stdout, alone.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert json.loads(alone.stdout)["findings"]


SECRET = "sw0rdfish-Kx9vQ2mLr8TzP4"
PLANTED = {
    "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: x}\n"
    f"stringData:\n  password: {SECRET}\n  token: {SECRET}\n  other: [{SECRET}]\n",
    "values.yaml": f"database:\n  password: {SECRET}\n",
    "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: x}\n"
    "spec: {template: {spec: {containers: [{name: c, image: c, env: "
    f"[{{name: DB_PASSWORD, value: {SECRET}}}]}}]}}}}}}\n",
    "broken.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: b}}\nstringData:\n  password: {SECRET}\n  x: [\n",
}


def test_no_report_and_no_cache_holds_a_secret(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name, text in PLANTED.items():
        (root / name).write_text(text)
    reports = {form: tmp_path / f"report.{form}" for form in names()}

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gitops_lint",
            "--traceback",
            "check",
            ".",
            "-v",
            "--select",
            "ALL",
            *(f"--format={form}={file}" for form, file in reports.items()),
            "--show-unverified",
            "--max-per-rule",
            "0",
            "--no-suppressions",
        ],
        cwd=root,
        env=environment(tmp_path),
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1, done.stderr
    assert SECRET.encode() not in done.stdout + done.stderr
    for file in reports.values():
        assert b"plaintext-credential" in file.read_bytes(), file
    for path in (*reports.values(), *(tmp_path / "cache").rglob("*")):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_a_configuration_cannot_name_what_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / ".gitops-lint.yaml").write_text(f"exclude: !!python/object/apply:os.mkdir [{mark}]\n")

    pipeline.run([str(tmp_path)], Options(root=str(tmp_path)))

    assert not mark.exists()


def test_patterns_from_the_repository_run_in_linear_time() -> None:
    kind = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.example.com}\nspec:\n"
    schema = "{type: object, properties: {spec: {type: object, properties: {a: {type: string, pattern: '^(a+)+$'}}}}}"
    names = "{kind: Foo, plural: foos, singular: foo}"
    version = f"{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}"
    files = {
        "crd.yaml": f"{kind}  group: example.com\n  scope: Namespaced\n  names: {names}\n  versions: [{version}]\n",
        "foo.yaml": "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: f, namespace: x}\n"
        f"spec: {{a: {'a' * 20_000}!}}\n",
    }
    begun = time.monotonic()

    outcome = pipeline.check_tree(MemoryTree(files), Config(), Options(), load_pack())

    assert time.monotonic() - begun < 20
    assert [(one.rule, one.file, one.region.path) for one in outcome.findings] == [
        ("wrong-value", "foo.yaml", "spec.a")
    ]


def test_a_cache_that_others_may_write_is_not_used(shop: Path, tmp_path: Path) -> None:
    if not hasattr(os, "getuid"):
        pytest.skip("this system has no such permissions")
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(0o777)

    events = watched(["check", ".", "--jobs", "1"], shop, tmp_path)

    assert [what for name, what in events if name == "open" and what.startswith(str(folder))] == []


def test_a_hostile_cache_is_a_miss(shop: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gitops_lint", "check", ".", "--format", "json"]

    def run() -> tuple[int, bytes, bytes]:
        done = subprocess.run(
            command, cwd=shop, env=environment(tmp_path), capture_output=True, check=False, timeout=120
        )
        return done.returncode, done.stdout, done.stderr

    first = run()
    for junk in (b"\x80\x04cos\nabort\n.", b'{"layout": 1, "rules": []}', b"[" * 100_000):
        for path in (tmp_path / "cache").rglob("*"):
            if path.is_file():
                path.write_bytes(junk)
        assert run() == first
