"""
Files that somebody wrote to stop the tool: each ends in a clear finding or a skip, in bounded time, and the file beside it
is still judged. Every room is a real folder that goes through the whole pipeline.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_lint import pipeline
from gitops_lint.errors import ConfigurationError, GitopsLintError
from gitops_lint.findings import Outcome
from gitops_lint.options import Options

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: x}\n"
WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong, namespace: x}\ndata: {a: 1}\n"
LONGEST = 30
"""Seconds for one room on a busy machine; without bounds each of them takes minutes, hours or all memory."""

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links, FIFOs and sockets need rights there")


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def lint(root: Path, *select: str) -> Outcome:
    """What is said of a room, apart from the file that is wrong in an ordinary way; that one is checked here."""
    write(root / "wrong.yaml", WRONG)
    begun = time.monotonic()
    outcome = pipeline.run([str(root)], Options(root=str(root), select=select or None))
    assert time.monotonic() - begun < LONGEST
    assert not outcome.crashed
    ordinary = [(one.rule, one.line) for one in outcome.findings if one.file == "wrong.yaml"]
    assert ordinary == [("wrong-type", 4)]
    return outcome


def told(outcome: Outcome, file: str) -> list[tuple[str, str]]:
    return [(one.rule, one.message) for one in outcome.findings if one.file == file]


def _bomb(levels: int) -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return HEAD + "\n".join(rows)


def _merge_bomb(levels: int) -> str:
    rows = ["a0: &a0 {k: v}"]
    rows += [f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return HEAD + "\n".join(rows)


DEEP = 100_000
TEXTS: dict[str, tuple[str, str | bytes, str, str]] = {
    # room: file, content, rule, a part of the message
    "aliases of aliases": ("a.yaml", _bomb(12), "excessive-aliasing", "expand to 1,234,567,901,100 nodes"),
    "merges of merges": ("a.yaml", _merge_bomb(30), "excessive-aliasing", "Kubernetes refuses this"),
    "many documents of aliases": (
        "a.yaml",
        "---\n".join([HEAD + f"big: &b [{','.join(['x'] * 9000)}]\nu: [{','.join(['*b'] * 10)}]\n"] * 20),
        "excessive-aliasing",
        "the aliases of this file expand to over 400,000 nodes",
    ),
    "deep block": ("a.yaml", HEAD + "d:\n" + "- " * DEEP + "x", "yaml-syntax", "nested in more than 256"),
    "deep flow": ("a.yaml", HEAD + "d: " + "{a: " * DEEP + "}" * DEEP, "yaml-syntax", "nested in more than 256"),
    "deep JSON": (
        "a.json",
        '{"apiVersion":"v1","kind":"X","d":' + '{"a":' * DEEP + "1" + "}" * DEEP + "}",
        "yaml-syntax",
        "nested in more than 256",
    ),
    "broken documents": ("a.yaml", "a: [\n---\n" * 20_000, "yaml-syntax", "the rest of the file is not looked at"),
    "one key": (
        "a.yaml",
        HEAD + "data:\n" + "  k: v\n" * 2_000,
        "duplicate-key",
        "1979 more keys of this mapping are written twice",
    ),
    "unknown fields": (
        "a.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c, namespace: x}\nspec:\n"
        + "".join(f"  k{i}: v\n" for i in range(10_000)),
        "unknown-field",
        "`k0` is not a field",
    ),
    "NUL": ("a.yaml", HEAD + "d: \0\n", "undecodable-text", "NUL character"),
    "only NUL": ("a.yaml", b"\0" * 1_000_000, "undecodable-text", "NUL characters"),
    "no UTF-8": ("a.yaml", HEAD.encode() + b"d: \xff\xfe\n", "undecodable-text", "byte 0xFF"),
    "half characters": ("a.yaml", b"\xc3" * 1_000_000, "undecodable-text", "byte 0xC3"),
    "UTF-16 LE": ("a.yaml", b"\xff\xfe" + HEAD.encode("utf-16-le"), "undecodable-text", "UTF-16"),
    "UTF-16 BE": ("a.yaml", b"\xfe\xff" + HEAD.encode("utf-16-be"), "undecodable-text", "UTF-16"),
    "UTF-16 LE without mark": ("a.yaml", HEAD.encode("utf-16-le"), "undecodable-text", "UTF-16"),
    "UTF-16 BE without mark": ("a.yaml", HEAD.encode("utf-16-be"), "undecodable-text", "UTF-16"),
    "UTF-32": ("a.yaml", HEAD.encode("utf-32"), "undecodable-text", "UTF-32"),
    "tab": ("a.yaml", "a:\n\tb: c\n", "yaml-syntax", "indented with a tab"),
    "tabs": ("a.yaml", "\t" * 300_000, "", ""),
    "CRLF": ("a.yaml", HEAD.replace("\n", "\r\n") + "data: {a: 1}\r\n", "wrong-type", "`1` is read as a number"),
    "CR": ("a.yaml", HEAD.replace("\n", "\r") + "data: {a: 1}\r", "wrong-type", "`1` is read as a number"),
    "text before the first document": ("a.yaml", "%YAML 1.2\n-\x04--\nkind\n---\na: 1\n", "", ""),
    "a tag that would run code": (
        "a.yaml",
        HEAD + "data: {a: !!python/object/apply:os.abort []}\n",
        "wrong-type",
        "`data.a` must be a string",
    ),
    "comments": ("a.yaml", HEAD + "# gitops-lint: ignore[] b\n" * 3000, "malformed-suppression", "1000 before this"),
    "a comment of names": (
        "a.yaml",
        HEAD + f"# gitops-lint: ignore[{'ab,' * 50_000}]\n",
        "malformed-suppression",
        "200",
    ),
}


@pytest.mark.parametrize("room", TEXTS)
def test_a_hostile_text(tmp_path: Path, room: str) -> None:
    file, content, rule, message = TEXTS[room]
    write(tmp_path / file, content)

    found = told(lint(tmp_path), file)

    if rule:
        assert any(one == rule and message in words for one, words in found), found[:5]
    assert len(found) <= 1010


APP = "apiVersion: argoproj.io/v1alpha1\nkind: %s\nmetadata: {name: a, namespace: argocd}\n"


def _health(script: str) -> str:
    labels = "labels: {app.kubernetes.io/part-of: argocd}"
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: argocd-cm, namespace: argocd, {labels}}}\n"
    return f"{head}data:\n  resource.customizations.health.example.com_Foo: |\n    {script}\n"


def _set(text: str, go: bool, field: str) -> str:
    patch = f"  templatePatch: '{text}'\n" if field == "templatePatch" else ""
    name = text if field == "name" else "a"
    return (
        APP % "ApplicationSet"
        + f"spec:\n  goTemplate: {str(go).lower()}\n{patch}  generators: [{{list: {{elements: [{{a: '1'}}]}}}}]\n"
        + f"  template: {{metadata: {{name: '{name}'}}, spec: {{project: a, destination: {{server: x}}}}}}\n"
    )


def _generator(generator: str) -> str:
    return (
        APP % "ApplicationSet"
        + f"spec:\n  generators: [{generator}]\n  template: {{metadata: {{name: a}}, spec: {{}}}}\n"
    )


def _list(key: str) -> str:
    return "{{list: {{elements: [{}]}}}}".format(", ".join(f"{{{key}: '{i}'}}" for i in range(1000)))


STARS = "*a" * 60 + "b"
FIELDS: dict[str, str] = {
    "Lua nested": _health("x = " + "(" * 30_000),
    "Lua chain": _health("a" + ".b" * 30_000),
    "Lua sum": _health("return 1" + " + 1" * 30_000),
    "Lua calls": _health("a" + "()" * 30_000),
    "Lua not": _health("x = " + "not " * 30_000 + "a"),
    "actions that do not end": _set("{{" * 30_000, True, "name"),
    "tokens that do not end": _set("{{" * 30_000, False, "name"),
    "blanks in an action": _set("{{" + " " * 30_000, True, "name"),
    "patch of actions": _set("{{ .a }} x" * 5000, True, "templatePatch"),
    "calls in calls": _set("{{ " + "(.a " * 10_000 + ")" * 10_000 + " }}", True, "name"),
    "matrix of matrices": _generator(
        "{{matrix: {{generators: [{}, {{matrix: {{generators: [{}, {}]}}}}]}}}}".format(
            _list("a"), _list("b"), _list("c")
        )
    ),
    "pattern of folders": _generator(
        f"{{git: {{repoURL: https://example.com/x, revision: HEAD, directories: [{{path: '{STARS}'}}]}}}}"
    ),
    "pattern of files": _generator(
        "{{git: {{repoURL: https://example.com/x, revision: HEAD, files: [{{path: '{}'}}, {{path: '{}'}}]}}}}".format(
            STARS, "{a,b}" * 40 + "*"
        )
    ),
    "schedule": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a, namespace: x}\nspec: {schedule: '%s * * * *'}\n"
    % ("9" * 5000),
    "time zone": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a, namespace: x}\n"
    "spec: {schedule: '* * * * *', timeZone: ../../../../etc/passwd}\n",
    "quantity": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, namespace: x}\n"
    f"spec: {{resources: {{requests: {{storage: {'1' * 20_000}x}}}}}}\n",
    "condition": "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: a, namespace: x}\n"
    f"spec: {{metrics: [{{name: m, successCondition: '{'(' * 20_000}', provider: {{prometheus: {{query: '{'(' * 20_000}'}}}}}}]}}\n",
    "regular expression": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: x}\n"
    "spec: {hosts: [a], http: [{match: [{uri: {regex: '(a+)+$'}}, {uri: {regex: '(a{1,1000}){1,1000}'}}]}]}\n",
    "jq": APP % "Application"
    + f"spec: {{ignoreDifferences: [{{kind: A, jqPathExpressions: ['{'(' * 20_000}', '{'.a' * 20_000}']}}]}}\n",
    "expression": "pipeline: {identifier: a, name: a, orgIdentifier: a, projectIdentifier: a, "
    f"variables: [{{name: v, type: String, value: '{'<+' * 10_000}'}}, {{name: w, type: String, value: '<+input>.regex((a+)+$)'}}]}}\n",
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_hostile_field(tmp_path: Path, field: str) -> None:
    (tmp_path / ("a" * 120)).mkdir()
    write(tmp_path / ("a" * 120) / "x.yaml", "a: 1\n")
    write(tmp_path / ".harness" / "a.yaml" if field == "expression" else tmp_path / "a.yaml", FIELDS[field])

    lint(tmp_path)


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Foo, plural: foos, singular: foo}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: %s
"""


@pytest.mark.parametrize(
    "schema",
    [
        "{$ref: '#'}",
        "{$ref: 'http://127.0.0.1:1/x.json'}",
        "{$ref: 'file:///etc/passwd'}",
        "{allOf: [{$ref: '#'}, {$ref: '#'}]}",
        "{$dynamicRef: '#x', $id: 'http://x/y'}",
        "{type: 5}",
        "{required: 5}",
        "{properties: 5}",
        "{properties: {a: {properties: [1]}}}",
        "{multipleOf: 0}",
        "{minimum: .nan}",
        "{pattern: 5}",
        "{items: [1]}",
        "{anyOf: {a: 1}}",
        "{x-since: 5, x-until: 5, x-elsewhen: 5}",
        "[1, 2]",
        "null",
        "{properties: {a: {type: string, pattern: '^(a+)+$'}, b: {pattern: '(?=x)['}, c: {pattern: '(a{1,999}){1,999}'}}}",
        f"{{enum: [{', '.join(map(str, range(20_000)))}]}}",
    ],
)
def test_a_hostile_definition(tmp_path: Path, schema: str) -> None:
    write(tmp_path / "crd.yaml", CRD % schema)
    spec = f"{{a: {'a' * 30_000}!, b: x, c: x, spec: {{spec: {{}}}}}}"
    write(
        tmp_path / "foo.yaml",
        f"apiVersion: example.com/v1\nkind: Foo\nmetadata: {{name: f, namespace: x}}\nspec: {spec}\n",
    )

    lint(tmp_path)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(200 << 20)  # no byte of it is on the disk

    outcome = lint(tmp_path)

    assert told(outcome, "a.yaml") == [
        ("unread-file", "`a.yaml` was not read: the file has 209715200 bytes, more than the limit of 4194304")
    ]


@needs_links
def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside / "secret.yaml", "password: swordfish-in-another-place\n")
    root = tmp_path / "root"
    root.mkdir()
    targets = {
        "file.yaml": "../outside/secret.yaml",
        "folder": "../outside",
        "etc": "/etc",
        "zero.yaml": "/dev/zero",
        "self.yaml": "self.yaml",
        "one": "two",
        "two": "one",
        "up": "..",
        "gone.yaml": "nothing",
    }
    for name, target in targets.items():
        (root / name).symlink_to(target)
    (root / "here").symlink_to(".")
    named = ", ".join(["file.yaml", "etc/passwd", "../outside/secret.yaml", "here/here/here/wrong.yaml"])
    write(root / "kustomization.yaml", f"resources: [{named}]\npatches: [{{path: /etc/passwd}}, {{path: zero.yaml}}]\n")

    outcome = lint(root)

    refused = [one.file for one in outcome.findings if one.rule == "link-outside-root"]
    assert refused == sorted(targets)
    assert not any("swordfish" in text for text in outcome.sources.values())


@needs_links
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.yaml")
    os.mkfifo(tmp_path / ".gitignore")
    os.mkfifo(tmp_path / ".gitops-lint.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path is short
        try:
            made.bind("s.yaml")
        finally:
            os.chdir(here)

    outcome = lint(tmp_path)

    skipped = {one.file for one in outcome.findings if one.rule == "unread-file"}
    assert skipped == {"fifo.yaml", ".gitignore", ".gitops-lint.yaml", "s.yaml"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "a: 1\n")
    (tmp_path / "a.yaml").chmod(0)

    assert [rule for rule, _ in told(lint(tmp_path), "a.yaml")] == ["unread-file"]


@needs_links
@pytest.mark.parametrize(
    "name",
    [b"new\nline.yaml", b"\x1b[31mred.yaml", b"::error::x.yaml", b"-dash.yaml", "\u202ertl.yaml".encode(), b"%0A.yaml"],
)
def test_a_file_name_cannot_speak(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))  # noqa: PTH118 (bytes)
    write(path, "a: [\n")

    assert [rule for rule, _ in told(lint(tmp_path), os.fsdecode(name))] == ["yaml-syntax"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_no_text_is_skipped(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff.yaml"
    with open(path, "wb") as file:  # noqa: PTH123 (bytes)
        file.write(b"a: [")

    rules = [(one.rule, one.file) for one in lint(tmp_path).findings if one.file != "wrong.yaml"]
    assert rules == [("unread-file", "bad\ufffd.yaml")]


@needs_links
def test_very_long_paths(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(40):  # past PATH_MAX, so that no call can name the last ones
            os.mkdir("d" * 200)  # noqa: PTH102 (relative on purpose)
            os.chdir("d" * 200)
    finally:
        os.chdir(here)

    assert [one.rule for one in lint(tmp_path).findings if one.file != "wrong.yaml"] == ["unread-file"]


# ---- Git's own files


def _git(root: Path) -> Path:
    folder = root / ".git"
    folder.mkdir()
    write(root / ".gitignore", "x.yaml\n")
    write(root / "x.yaml", "a: [\n")
    repository = "repoURL: https://example.com/x, path: a, targetRevision: main"
    write(
        root / "app.yaml",
        APP % "Application" + f"spec: {{project: a, destination: {{server: x}}, source: {{{repository}}}}}\n",
    )
    return folder


@needs_links
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_git_files_that_never_end(tmp_path: Path, make: Callable[[Path], None]) -> None:
    folder = _git(tmp_path)
    (folder / "info").mkdir()
    for name in ("config", "index", "info/exclude", "commondir", "HEAD"):
        make(folder / name)

    lint(tmp_path)


@needs_links
def test_a_git_file_that_never_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    write(tmp_path / ".gitignore", "x.yaml\n")
    write(tmp_path / "x.yaml", "a: [\n")

    lint(tmp_path)


@pytest.mark.parametrize(
    "text", ["gitdir: .git\n", "gitdir: /etc\n", "gitdir: a\0b\n", f"gitdir: {'x' * 5000}\n", "x" * 9]
)
def test_a_git_file_that_leads_astray(tmp_path: Path, text: str) -> None:
    write(tmp_path / ".git", text)
    write(tmp_path / ".gitignore", "x.yaml\n")
    write(tmp_path / "x.yaml", "a: [\n")

    lint(tmp_path)


def test_a_git_configuration_starts_nothing(tmp_path: Path) -> None:
    folder = _git(tmp_path)
    mark = tmp_path / "mark"
    run = f"touch {mark}"
    write(
        folder / "config",
        f"[core]\n\tfsmonitor = {run}\n\thooksPath = {tmp_path}\n\tworktree = /etc\n\tsshCommand = {run}\n"
        f'[include]\n\tpath = /dev/zero\n[alias]\n\tx = !{run}\n[remote "origin"]\n\turl = ext::{run}\n',
    )
    write(folder / "HEAD", "garbage\0\n")
    write(folder / "objects" / "info" / "alternates", "/etc\n")
    write(folder / "packed-refs", "x" * 1_000_000)
    write(folder / "index", b"DIRC" + (2).to_bytes(4, "big") + b"\xff\xff\xff\xff" + b"\0" * 1_000_000)

    lint(tmp_path)

    assert not mark.exists()


@pytest.mark.parametrize(
    "patterns",
    [
        "*a" * 60 + "b\n",
        "**/" * 500 + "a\n",
        "[!" * 100 + "\n(a+)+$\n",
        "*a" * 30_000 + "b\n",
        "".join(f"**/a{i}/**/b*\n" for i in range(3000)),
        "".join(f"x{i}*\n" for i in range(60_000)),
    ],
)
def test_patterns_of_gitignore(tmp_path: Path, patterns: str) -> None:
    write(tmp_path / ".gitignore", patterns)
    write(tmp_path / ("a" * 120 + ".yaml"), "a: 1\n")

    lint(tmp_path)


# ---- configuration, rules


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (".gitops-lint.yaml", "rules: " + "{a: " * DEEP, "nested in more than 256"),
        (".gitops-lint.yaml", _bomb(12), "expand to"),
        (".gitops-lint.yaml", "# x\n" * 400_000, "has more than 1048576 bytes"),
        (".gitops-lint.yaml", "limits: {file-bytes: 99999999999999999999999999}\n", "limits.file-bytes"),
        (".gitops-lint.yaml", "rule-folders: [/etc]\n", "below the root"),
        (".gitops-lint.yaml", "rule-folders: [../x]\n", "below the root"),
        (".gitops-lint.yaml", 'rule-folders: ["a\\0b"]\n', "does not exist"),
        (".gitops-lint.yaml", f"exclude: ['{'*a' * 60_000}']\n", "no pattern that Git could read"),
        ("pyproject.toml", "[tool.gitops-lint]\nexclude = " + "[" * DEEP, "nested too deep"),
        ("pyproject.toml", "[tool.gitops-lint]\n" + "".join(f"k{i} = 1\n" for i in range(20_000)), "k0"),
    ],
)
def test_a_hostile_configuration(tmp_path: Path, file: str, content: str, message: str) -> None:
    write(tmp_path / file, content)
    begun = time.monotonic()

    with pytest.raises(GitopsLintError) as error:
        pipeline.run([str(tmp_path)], Options(root=str(tmp_path)))

    assert message in str(error.value)
    assert time.monotonic() - begun < LONGEST


@needs_links
def test_a_configuration_from_elsewhere_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "outside.yaml", "password: swordfish\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / ".gitops-lint.yaml").symlink_to("../outside.yaml")

    with pytest.raises(ConfigurationError) as error:
        pipeline.run([str(root)], Options(root=str(root)))

    assert "is a symbolic link that leaves the root" in str(error.value)
    assert "swordfish" not in str(error.value)


def test_tags_of_a_configuration_make_nothing(tmp_path: Path) -> None:
    write(tmp_path / ".gitops-lint.yaml", "exclude: !!python/object/apply:os.abort [a]\n")

    lint(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "rule deep {\n  when " + "(" * 50_000,
        'rule deep {\n  title "x"\n  when ' + "not " * 50_000 + "a\n}\n",
        "# x\n" * 400_000,
        "\0" * 1000,
        'rule x {\n  title "' + "\\" * 100_001 + '"\n}',
    ],
)
def test_a_hostile_rule(tmp_path: Path, text: str) -> None:
    write(tmp_path / ".gitops-lint.yaml", "rule-folders: [policies]\n")
    write(tmp_path / "policies" / "layout" / "deep.rule", text)
    begun = time.monotonic()

    with pytest.raises(GitopsLintError) as error:
        pipeline.run([str(tmp_path)], Options(root=str(tmp_path)))

    assert "policies/layout/deep.rule" in str(error.value)
    assert time.monotonic() - begun < LONGEST


# ---- kustomizations


def test_kustomizations_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "a/kustomization.yaml", "resources: [../b]\n")
    write(tmp_path / "b/kustomization.yaml", "resources: [../a, ../b, .]\ncomponents: [../b, ../a]\n")
    for i in range(60):
        write(tmp_path / f"k{i}/kustomization.yaml", f"resources: [../k{(i + 1) % 60}, ../k{(i + 2) % 60}]\n")

    lint(tmp_path)


def test_kustomizations_that_double(tmp_path: Path) -> None:
    for i in range(20):
        write(tmp_path / f"k{i}/kustomization.yaml", f"resources: [../m{i}a, ../m{i}b]\n")
        for side in "ab":
            write(tmp_path / f"m{i}{side}/kustomization.yaml", f"resources: [../k{i + 1}]\nnamePrefix: {side}-\n")
    write(tmp_path / "k20/kustomization.yaml", "resources: [x.yaml]\n")
    write(tmp_path / "k20/x.yaml", HEAD)

    lint(tmp_path)
