"""A file gets a new text and keeps all else, or stays as it is and the reason is told."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.errors import GitopsLintError
from gitops_lint.repo.rewriting import encoded, rewrite
from gitops_lint.text.source import decode


def test_the_new_text_stands_in_the_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\r\n")

    rewrite(tmp_path, "a.yaml", b"a: 1\r\n", "a: 2\r\n")

    assert (tmp_path / "a.yaml").read_bytes() == b"a: 2\r\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664])
def test_the_mode_stays(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\n")
    file.chmod(mode)

    rewrite(tmp_path, "a.yaml", b"a: 1\n", "a: 2\n")

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")

    rewrite(tmp_path, "a.yaml", None, "ä: 1\n")

    assert (tmp_path / "a.yaml").read_bytes() == "ä: 1\n".encode()
    assert (tmp_path / "a.yaml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_and_its_target_gets_the_text(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "link.yaml").symlink_to("real/a.yaml")

    rewrite(tmp_path, "link.yaml", b"a: 1\n", "a: 2\n")

    assert (tmp_path / "link.yaml").readlink() == Path("real/a.yaml")
    assert (tmp_path / "real" / "a.yaml").read_bytes() == b"a: 2\n"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("ä: 1\n".encode(), id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + "ä: 1\n".encode(), id="UTF-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + "ä: 1\n".encode("utf-16-le"), id="UTF-16, little end first"),
        pytest.param(codecs.BOM_UTF16_BE + "ä: 1\n".encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param("aä: 1\n".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("aä: 1\n".encode("utf-16-be"), id="UTF-16 without a mark, big end first"),
        pytest.param(codecs.BOM_UTF32_LE + "ä: 1\n".encode("utf-32-le"), id="UTF-32"),
    ],
)
def test_encoding_and_mark_stay(before: bytes) -> None:
    text, _ = decode(before)

    assert encoded(before, text, "a.yaml") == before
    assert decode(encoded(before, text.replace("1", "2"), "a.yaml"))[0] == text.replace("1", "2")


@given(st.binary(max_size=40))
def test_bytes_come_back_from_their_text_or_are_refused(before: bytes) -> None:
    text, _ = decode(before)
    back = before
    with contextlib.suppress(GitopsLintError):
        back = encoded(before, text, "a.yaml")

    assert back == before


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(GitopsLintError, match="not valid UTF-8"):
        encoded(b"a: \xff\n", "a: 2\n", "a.yaml")


def _refusal(root: Path, file: str, before: bytes | None) -> str:
    with pytest.raises(GitopsLintError) as caught:
        rewrite(root, file, before, "a: 2\n")
    assert caught.value.file == file
    return caught.value.message


def test_what_changed_since_it_was_read_stays(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 3\n")

    assert _refusal(tmp_path, "a.yaml", b"a: 1\n") == "is not written: it has changed since it was read"
    assert (tmp_path / "a.yaml").read_bytes() == b"a: 3\n"


def test_what_is_gone_does_not_come_back(tmp_path: Path) -> None:
    assert _refusal(tmp_path, "a.yaml", b"a: 1\n") == "is not written: it is gone since it was read"
    assert not list(tmp_path.iterdir())


def test_what_nobody_expected_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")

    assert _refusal(tmp_path, "a.yaml", None) == "is not written: there is a file of that name"


@pytest.mark.parametrize("file", ["link.yaml", "folder/a.yaml", "../out/a.yaml"])
def test_nothing_is_written_outside_of_the_root(tmp_path: Path, file: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "out"
    root.mkdir()
    outside.mkdir()
    (outside / "a.yaml").write_bytes(b"a: 1\n")
    (root / "link.yaml").symlink_to(outside / "a.yaml")
    (root / "folder").symlink_to(outside, target_is_directory=True)

    assert _refusal(root, file, b"a: 1\n") == "is not written: it lies outside the root, behind a symbolic link perhaps"
    assert (outside / "a.yaml").read_bytes() == b"a: 1\n"


def test_nothing_is_written_where_git_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"a: 1\n")

    assert _refusal(tmp_path, ".git/config", b"a: 1\n") == "is not written: it belongs to Git itself"


def test_what_is_no_file_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")

    assert _refusal(tmp_path, "a.yaml", b"") == "is not written: it is not a regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_what_is_read_only_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\n")
    file.chmod(0o444)

    assert _refusal(tmp_path, "a.yaml", b"a: 1\n") == "cannot be written: Permission denied"
    assert file.read_bytes() == b"a: 1\n"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    assert _refusal(tmp_path, "a.yaml", b"a: 1\n") == "cannot be written: No space left on device"
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.yaml", b"a: 1\n")]
