"""The user's cache folder: where it is, and what is not trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitops_lint.cache import Cache, user_cache


def test_what_was_written_is_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a" / "b")
    cache.write("name", b"first")
    cache.write("name", b"second")

    assert cache.read("name") == b"second"
    assert cache.read("other") is None
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["name"]


def test_a_cache_without_a_folder_keeps_nothing() -> None:
    cache = Cache(None)
    cache.write("name", b"x")

    assert cache.read("name") is None


def test_the_folder_is_named_by_argument_environment_or_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITOPS_LINT_CACHE_DIR", str(tmp_path / "environment"))
    user_cache(str(tmp_path / "argument")).write("a", b"x")
    user_cache().write("b", b"x")
    monkeypatch.delenv("GITOPS_LINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "system"))
    user_cache().write("c", b"x")

    assert (tmp_path / "argument" / "a").exists()
    assert (tmp_path / "environment" / "b").exists()
    assert os.name == "nt" or list((tmp_path / "system").rglob("c"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_may_write_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = Cache(tmp_path / "cache")
    cache.write("name", b"x")
    (tmp_path / "cache").chmod(mode)
    cache.write("other", b"x")

    assert cache.read("name") is None
    assert not (tmp_path / "cache" / "other").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    cache.write("name", b"x")
    monkeypatch.setattr(os, "getuid", lambda: 54321)

    assert cache.read("name") is None
