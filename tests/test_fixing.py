"""`--fix` and `--diff`: what is written, what is left as it is, and what is taken back."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gitops_lint.cli import main
from gitops_lint.fixing import diff, fix, write
from gitops_lint.options import Options
from gitops_lint.pipeline import Job, job_of

BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: web # the only one
  namespace: shop
roleRef:
  apiGroup: rbac # short
  kind: ClusterRole
  name: view
subjects: []
"""
FIXED = BINDING.replace("apiGroup: rbac #", "apiGroup: rbac.authorization.k8s.io #")
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selectors: {app: web}
  ports: [{port: "80"}]
"""
ONLY = ("role-reference-group", "unknown-field", "wrong-type", "duplicate-key", "unused-suppression")


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "CI", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def job(root: Path, *paths: str, select: tuple[str, ...] = ONLY) -> Job:
    return job_of([str(root / path) for path in paths] or [str(root)], Options(root=str(root), select=select))


def run(root: Path, *args: str) -> int:
    return main(["--root", str(root), "--select", ",".join(ONLY), *args, *(() if "-" in args else (str(root),))])


def test_a_safe_fix_is_written_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BINDING)

    assert run(tmp_path, "--fix") == 0
    assert (tmp_path / "a.yaml").read_text() == FIXED


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_mark_line_ends_and_mode_stay(tmp_path: Path, encoding: str, mark: bytes, newline: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(mark + BINDING.replace("\n", newline).encode(encoding))
    file.chmod(0o640)

    run(tmp_path, "--fix")

    assert file.read_bytes() == mark + FIXED.replace("\n", newline).encode(encoding)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(BINDING)
    (tmp_path / "link.yaml").symlink_to("real.yaml")

    run(tmp_path, "--fix")

    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == FIXED


def test_an_unsafe_fix_waits_for_its_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)

    assert run(tmp_path, "--fix") == 1
    assert (tmp_path / "a.yaml").read_text() == SERVICE.replace('"80"', "80")
    assert "fixed 1 finding in 1 file; 1 more with --unsafe-fixes" in capsys.readouterr().err

    assert run(tmp_path, "--fix", "--unsafe-fixes") == 0
    assert (tmp_path / "a.yaml").read_text() == SERVICE.replace('"80"', "80").replace("selectors", "selector")


def test_a_second_run_has_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)
    run(tmp_path, "--fix", "--unsafe-fixes")
    before = (tmp_path / "a.yaml").stat().st_mtime_ns
    capsys.readouterr()

    run(tmp_path, "--fix", "--unsafe-fixes")

    assert (tmp_path / "a.yaml").stat().st_mtime_ns == before
    assert capsys.readouterr().err == "nothing fixed\n"


def test_a_diff_changes_nothing_and_git_applies_it(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text(BINDING.rstrip("\n"))
    (tmp_path / "b.yaml").write_text(SERVICE.replace("\n", "\r\n"), newline="")

    assert run(tmp_path, "--diff", "--unsafe-fixes") == 1
    said = capfdbinary.readouterr()

    assert (tmp_path / "sub" / "a.yaml").read_text() == BINDING.rstrip("\n")
    assert said.err == b"would fix 3 findings in 2 files\n"
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=said.out, check=True)
    assert (tmp_path / "sub" / "a.yaml").read_text() == FIXED.rstrip("\n")
    assert (tmp_path / "b.yaml").read_bytes().count(b"\r\n") == SERVICE.count("\n")
    assert run(tmp_path, "--diff", "--unsafe-fixes") == 0


def test_show_fixes_lists_files_and_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)

    run(tmp_path, "--diff", "--unsafe-fixes", "--show-fixes")

    said = capsys.readouterr().err.splitlines()
    assert said[0] == "would fix 2 findings in 1 file"
    assert said[1].endswith("a.yaml")
    assert said[2:] == ["    1 × unknown-field", "    1 × wrong-type"]


@pytest.mark.parametrize("flag", ["--unsafe-fixes", "--show-fixes"])
def test_flags_of_fixes_need_one(tmp_path: Path, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, flag) == 2
    assert f"`{flag}` goes with `--fix` or `--diff`" in capsys.readouterr().err


def test_fixing_and_writing_a_baseline_are_two_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--fix", "--write-baseline") == 2
    assert "`--write-baseline` does not go with a flag that changes the files" in capsys.readouterr().err


def test_standard_input_comes_back_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("kept: as it is\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(SERVICE.encode())))

    status = run(tmp_path, "-", "--fix", "--stdin-filename", str(tmp_path / "a.yaml"))
    said = capsys.readouterr()

    assert status == 1
    assert said.out == SERVICE.replace('"80"', "80")
    assert "error[unknown-field]" in said.err
    assert (tmp_path / "a.yaml").read_text() == "kept: as it is\n"


def test_what_has_nothing_to_fix_comes_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a: \xff\n")))

    run(tmp_path, "-", "--fix", "--stdin-filename", str(tmp_path / "a.yaml"))

    assert capfdbinary.readouterr().out == b"a: \xff\n"


def test_only_files_that_were_asked_for_are_written(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(BINDING.replace("web", name[0]))

    fixed = fix(job(tmp_path, "a.yaml"), unsafe=True)

    assert [one.file for one in fixed.changes] == ["a.yaml"]


def test_what_a_comment_takes_away_is_not_fixed(tmp_path: Path) -> None:
    text = BINDING.replace("# short", "# gitops-lint: ignore[role-reference-group] until we know better")
    (tmp_path / "a.yaml").write_text(text)

    assert fix(job(tmp_path), unsafe=True).changes == ()


def test_a_comment_that_takes_nothing_away_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIXED.replace("# short", "# gitops-lint: ignore[role-reference-group] why"))

    assert [one.text for one in fix(job(tmp_path), unsafe=False).changes] == [FIXED.replace(" # short", "")]


def test_a_fix_that_brings_an_error_is_taken_back_and_the_others_stay(tmp_path: Path) -> None:
    # spelled right, the field is read: then its value is wrong
    wrong = SERVICE.replace("selectors: {app: web}", "selectors: [app]")
    (tmp_path / "a.yaml").write_text(wrong)
    (tmp_path / "b.yaml").write_text(BINDING)

    fixed = fix(job(tmp_path), unsafe=True)

    assert [(one.file, one.text) for one in fixed.changes] == [
        ("a.yaml", wrong.replace('"80"', "80")),
        ("b.yaml", FIXED),
    ]
    assert len(fixed.left_out) == 1
    assert fixed.left_out[0].startswith("fix of unknown-field at a.yaml:5 left out: it would bring wrong-type: `")
    assert sorted(one.rule for one in fixed.made) == ["role-reference-group", "wrong-type"]
    assert [one.rule for one in fixed.outcome.findings] == ["unknown-field"]


def test_three_equal_keys_are_two_fixes(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: x\n  a: x # two\n  a: x # three\n"
    (tmp_path / "a.yaml").write_text(text)

    fixed = fix(job(tmp_path), unsafe=False)

    assert fixed.changes[0].text == text.replace("  a: x\n", "").replace("  a: x # two\n", "")
    assert len(fixed.made) == 2


def test_a_file_that_changed_meanwhile_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text(BINDING)
    prepared = job(tmp_path)
    fixed = fix(prepared, unsafe=False)
    (tmp_path / "a.yaml").write_text("somebody: else\n")

    with pytest.raises(Exception, match="has changed since it was read"):
        write(prepared, fixed.changes)
    assert (tmp_path / "a.yaml").read_text() == "somebody: else\n"


def test_a_diff_shows_no_secret(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n"
        "  password: correct-horse-battery\nimmutable: 'true'\n"
    )
    (tmp_path / "a.yaml").write_text(text)

    fixed = fix(job(tmp_path), unsafe=True)

    assert fixed.changes[0].text == text.replace("'true'", "true")
    assert diff(fixed.changes, "deploy/") == [
        "--- a/deploy/a.yaml",
        "+++ b/deploy/a.yaml",
        "@@ -4,4 +4,4 @@",
        "   name: a",
        " stringData:",
        "   password: ••••",
        "-immutable: 'true'",
        "+immutable: true",
    ]


def test_a_fix_of_the_line_with_a_secret_shows_none(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: correct-horse, password: battery-staple}\n"
    (tmp_path / "a.yaml").write_text(text)

    fixed = fix(job(tmp_path), unsafe=True)
    said = "\n".join(diff(fixed.changes))

    assert fixed.changes[0].text == text.replace("password: correct-horse, ", "")
    assert "horse" not in said
    assert "battery" not in said
    assert "+stringData: {password: ••••}" in said


def test_a_file_with_nul_characters_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_bytes(b"-- gitops-lint: ignore[wrong-type] why\nx = '\0'\n")

    fixed = fix(job(tmp_path), unsafe=True)

    assert fixed.changes == ()


def test_an_entry_of_the_baseline_that_fits_nothing_is_taken_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BINDING)
    run(tmp_path, "--write-baseline")
    (tmp_path / "a.yaml").write_text(FIXED)
    kept = [line for line in (tmp_path / ".gitops-lint-baseline.yaml").read_text().splitlines() if "{rule" not in line]

    main(["--root", str(tmp_path), "--fix", "--select", f"{','.join(ONLY)},stale-baseline-entry", str(tmp_path)])

    assert (tmp_path / ".gitops-lint-baseline.yaml").read_text().splitlines() == kept
