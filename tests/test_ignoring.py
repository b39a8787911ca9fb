"""`--add-ignores`: afterwards a run reports nothing, no value has changed, and a second time nothing changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitops_lint.cli import main
from gitops_lint.errors import UsageError
from gitops_lint.ignoring import Silenced, add_ignores
from gitops_lint.options import Options
from gitops_lint.pipeline import job_of, run, with_baseline_written

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selectors:\n    app: web\n"
SHOP = Path(__file__).parent.parent / "examples" / "shop"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def silence(root: Path, *paths: str, reason: str = "", options: Options | None = None) -> Silenced:
    return add_ignores(job_of([str(root / path) for path in paths] or [str(root)], options or Options()), reason)


def texts(root: Path) -> dict[str, str]:
    return {str(one.relative_to(root)): one.read_text() for one in sorted(root.rglob("*")) if one.is_file()}


def test_a_repository_with_findings_of_every_kind_is_silent_afterwards(root: Path) -> None:
    for file in SHOP.rglob("*"):
        if file.is_file():
            target = root / file.relative_to(SHOP)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    count = len(run(["."], Options()).findings)
    silenced = silence(root, reason="known")

    assert count > 10
    assert (silenced.findings, silenced.left, silenced.outcome.findings) == (count, (), ())
    outcome = run(["."], Options())
    assert outcome.findings == ()
    assert {one.reason for one in outcome.suppressed} == {"known"}
    before = texts(root)
    assert silence(root).findings == 0
    assert before == texts(root)


def test_only_what_is_reported_is_written(root: Path) -> None:
    (root / "apps").mkdir()
    for file in ("old.yaml", "apps/new.yaml", "apps/known.yaml"):
        (root / file).write_text(SERVICE.format(name="web"))
    with_baseline_written(["apps/known.yaml"], Options())
    assert silence(root, "apps").findings == 1
    assert [file for file, text in texts(root).items() if "gitops-lint: " in text] == ["apps/new.yaml"]

    assert silence(root, options=Options(ignore=("unknown-field",))).findings == 0
    assert silence(root, options=Options(select=("unknown-field",))).findings == 1


def test_what_no_comment_takes_away_is_told_and_reported(root: Path) -> None:
    (root / ".gitops-lint.yaml").write_text("suppressions:\n  never: [duplicate-key]\n")
    (root / "twice.yaml").write_text(SERVICE.format(name="web") + "kind: Service\n")
    (root / "a.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"z": 1}})
    )
    (root / "idle.yaml").write_text("a: 1  # gitops-lint: ignore[unknown-field] nothing\n")
    silenced = silence(root)

    assert [(one.rule, one.file) for one in silenced.outcome.findings] == [
        ("unknown-field", "a.json"),
        ("unused-suppression", "idle.yaml"),
        ("duplicate-key", "twice.yaml"),
    ]
    assert silenced.left == (
        "a.json: 1 left (unknown-field): this kind of file has no comments",
        "idle.yaml: 1 left (unused-suppression): no comment takes them away",
        "twice.yaml: 1 left (duplicate-key): no comment takes them away",
    )
    assert "  selectors:  # gitops-lint: ignore[unknown-field]\n" in (root / "twice.yaml").read_text()


def test_where_a_reason_is_asked_for_one_must_be_given(root: Path) -> None:
    (root / ".gitops-lint.yaml").write_text("suppressions:\n  require-reason: true\n")
    (root / "web.yaml").write_text(SERVICE.format(name="web"))
    with pytest.raises(UsageError, match="wants ignore comments to say why"):
        silence(root)

    assert silence(root, reason="until=2030-01-01 moves").outcome.findings == ()
    assert "  # gitops-lint: ignore[unknown-field] until=2030-01-01 moves\n" in (root / "web.yaml").read_text()


def test_a_date_that_is_none_leaves_the_files_as_they_are(root: Path) -> None:
    (root / "web.yaml").write_text(SERVICE.format(name="web"))
    silenced = silence(root, reason="until=soon")

    assert silenced.findings == 0
    assert silenced.left == ("web.yaml: 1 left (unknown-field): no comment can stand where it would cover them",)
    assert (root / "web.yaml").read_text() == SERVICE.format(name="web")


def test_a_date_that_has_passed_leaves_the_files_as_they_are(root: Path) -> None:
    import datetime

    (root / "web.yaml").write_text(SERVICE.format(name="web"))
    silenced = silence(root, reason="until=2020-01-01 old", options=Options(today=datetime.date(2026, 1, 1)))

    assert silenced.left == ("web.yaml: 1 left (unknown-field): the comments would not take all of them away",)
    assert (root / "web.yaml").read_text() == SERVICE.format(name="web")


def test_encoding_and_line_ends_stay(root: Path) -> None:
    (root / "web.yaml").write_bytes(SERVICE.format(name="web").replace("\n", "\r\n").encode("utf-16"))
    silence(root)
    data = (root / "web.yaml").read_bytes()

    assert data.startswith(b"\xff\xfe")
    assert "  selectors:  # gitops-lint: ignore[unknown-field]\r\n" in data.decode("utf-16")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--add-ignores", "-"], "does not go with `-`"),
        (["--add-ignores", "--fix"], "does not go with `--fix`"),
        (["--add-ignores", "--diff"], "does not go with `--diff`"),
        (["--add-ignores", "--write-baseline"], "does not go with a flag that changes the files"),
        (["--add-ignores", "--watch"], "does not go with `--add-ignores`"),
        (["--reason", "x"], "`--reason` goes with `--add-ignores`"),
    ],
)
def test_flags_that_do_not_go_together(
    flags: list[str], words: str, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    from types import SimpleNamespace

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"a: 1\n")))

    assert main(["check", *flags]) == 2
    assert words in capsys.readouterr().err


def test_the_command_tells_what_it_did(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "web.yaml").write_text(SERVICE.format(name="web"))

    assert main(["check", "--add-ignores", "--reason", "later"]) == 0
    assert "ignored 1 finding in 1 file\n" in capsys.readouterr().err
    assert main(["check"]) == 0
