"""The three matchers of git generators: Go's path.Match, Git's pathspecs, doublestar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.repo.discover import MemoryTree
from gitops_lint.simulate.applicationset.git_globs import PatternError, directory_expression, literal_end, literal_start
from gitops_lint.simulate.applicationset.gittrees import GitTree

FILES = (
    ".ci/job.yaml", "README.md", "app/a.yaml", "app/web/a.yaml", "app/web/b.json", "app/web/deep/a.yaml", "app-x/a.yaml",
    "odd/[1]/a.yaml", "odd/a{b}.yaml", "odd/é.yaml", "top.yaml",
)  # fmt: skip
TREE = GitTree(MemoryTree(dict.fromkeys(FILES, "")))


def test_directories_come_depth_first_and_by_name() -> None:
    assert TREE.directories == (".ci", "app", "app/web", "app/web/deep", "app-x", "odd", "odd/[1]")


@pytest.mark.parametrize(
    ("pattern", "directories"),
    [
        ("*", (".ci", "app", "app-x", "odd")),
        ("app", ("app",)),
        ("app/*", ("app/web",)),
        ("app*", ("app", "app-x")),
        ("*/*", ("app/web", "odd/[1]")),
        ("**", (".ci", "app", "app-x", "odd")),
        ("app/**", ("app/web",)),
        ("app/**/deep", ("app/web/deep",)),
        ("app/w?b", ("app/web",)),
        ("app/[v-x]eb", ("app/web",)),
        ("app/[^a]eb", ("app/web",)),
        ("app/[!a]eb", ()),  # `!` is a character like any other
        ("app[^a]web", ("app/web",)),  # a class matches a slash
        ("odd/\\[1\\]", ("odd/[1]",)),
        ("odd/[[]1]", ("odd/[1]",)),
        ("{app,odd}", ()),
        ("./app", ()),
        ("/app", ()),
        ("app/", ()),
        ("app//web", ()),
        ("", ()),
        ("app/web/deep/*", ()),
        ("app/[", ()),
        ("app/[]", ()),
        ("app/[a", ()),
        ("app/[a-]", ()),
        ("app\\", ()),
    ],
)
def test_directories_are_matched_as_path_match_does(pattern: str, directories: tuple[str, ...]) -> None:
    assert directories == TREE.matching_directories(pattern)


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[a", "[a-", "[-a]", "[a-]", "x\\", "[\\", "[^]"])
def test_go_refuses_patterns_that_are_not_closed(pattern: str) -> None:
    with pytest.raises(PatternError, match="syntax error in pattern"):
        directory_expression(pattern)


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("app", ("app/a.yaml", "app/web/a.yaml", "app/web/b.json", "app/web/deep/a.yaml")),
        ("app/", ("app/a.yaml", "app/web/a.yaml", "app/web/b.json", "app/web/deep/a.yaml")),
        ("app/a.yaml", ("app/a.yaml",)),
        ("app/a.yaml/", ()),
        ("./app/../app//a.yaml", ("app/a.yaml",)),
        ("app/*.yaml", ("app/a.yaml", "app/web/a.yaml", "app/web/deep/a.yaml")),
        ("app/**/a.yaml", ("app/web/a.yaml", "app/web/deep/a.yaml")),
        ("**/*.json", ("app/web/b.json",)),
        ("*.md", ("README.md",)),
        ("app?web/b.json", ("app/web/b.json",)),
        ("app[/]a.yaml", ("app/a.yaml",)),
        ("app/[!w]*", ("app/a.yaml",)),
        ("app/[^w]*", ("app/a.yaml",)),
        ("[[:alpha:]]pp/a.yaml", ("app/a.yaml",)),
        ("[[:nope:]]pp/a.yaml", ()),
        ("odd/[1]/a.yaml", ("odd/[1]/a.yaml",)),  # letter by letter
        ("odd/[1]", ("odd/[1]/a.yaml",)),
        ("odd/??.yaml", ("odd/é.yaml",)),  # two bytes
        ("odd/?.yaml", ()),
        ("{app,odd}/a.yaml", ()),
        ("odd/a{b}.yaml", ("odd/a{b}.yaml",)),
        (".ci", (".ci/job.yaml",)),
        ("*/job.yaml", (".ci/job.yaml",)),
        (".", FILES),
        ("", FILES),
        ("nope", ()),
        ("app/[", ()),
    ],
)
def test_files_are_matched_as_git_ls_files_does(pattern: str, files: tuple[str, ...]) -> None:
    assert tuple(sorted(files)) == TREE.matching_files(pattern, new=False)


@pytest.mark.parametrize("pattern", ["/app", "../app", "app/../../x"])
def test_git_refuses_what_lies_outside(pattern: str) -> None:
    with pytest.raises(PatternError, match="is outside repository"):
        TREE.matching_files(pattern, new=False)


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("app/a.yaml", ("app/a.yaml",)),
        ("/app/a.yaml", ("app/a.yaml",)),
        ("./app/./a.yaml", ("app/a.yaml",)),
        ("app/*.yaml", ("app/a.yaml",)),
        ("app/**/*.yaml", ("app/a.yaml", "app/web/a.yaml", "app/web/deep/a.yaml")),
        ("**/*.json", ("app/web/b.json",)),
        ("**/deep/*", ("app/web/deep/a.yaml",)),
        ("{app,app-x}/a.yaml", ("app-x/a.yaml", "app/a.yaml")),
        ("app/{web/{deep/,},}a.yaml", ("app/a.yaml", "app/web/a.yaml", "app/web/deep/a.yaml")),
        ("app/web/[!a].json", ("app/web/b.json",)),
        ("app**/a.yaml", ("app-x/a.yaml", "app/a.yaml")),
        ("odd/?.yaml", ("odd/é.yaml",)),
        ("odd/\\[1\\]/a.yaml", ("odd/[1]/a.yaml",)),
        ("odd/[1]/a.yaml", ()),
        ("../a.yaml", ()),
        ("nope/**/a.yaml", ()),
    ],
)
def test_the_newer_globbing_is_doublestars(pattern: str, files: tuple[str, ...]) -> None:
    assert files == TREE.matching_files(pattern, new=True)


@pytest.mark.parametrize("pattern", ["app", "app/*", "app/**", "*", "**"])
def test_the_newer_globbing_fails_for_a_directory(pattern: str) -> None:
    with pytest.raises(PatternError, match="is a directory"):
        TREE.matching_files(pattern, new=True)


@pytest.mark.parametrize("pattern", ["{a", "a}", "[a", "[]a]", "[!]a]", "a\\", "app/[/]a.yaml"])
def test_the_newer_globbing_refuses_what_is_not_closed(pattern: str) -> None:
    with pytest.raises(PatternError, match="syntax error in pattern"):
        TREE.matching_files(pattern, new=True)


@pytest.mark.parametrize(
    ("pattern", "start", "end"),
    [
        ("a/b/*.yaml", "a/b", ".yaml"),
        ("./a/*", "a", ""),
        ("a/**/x/config.json", "a", "/x/config.json"),
        ("*", "", ""),
        ("a/{b,c}/d", "a", "/d"),
        ("a/*/./d", "a", ""),
        ("a/*/", "a", ""),
    ],
)
def test_what_every_match_begins_and_ends_with(pattern: str, start: str, end: str) -> None:
    assert (start, end) == (literal_start(pattern), literal_end(pattern))


@given(st.sampled_from(FILES), st.data())
def test_a_file_with_signs_replaced_by_wildcards_is_still_matched(file: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(file) - 1))
    ascii_name = "".join(sign if sign.isalnum() or sign in "/.-" else "?" for sign in file if sign.isascii())
    if len(ascii_name) != len(file):
        return
    wild = data.draw(st.sampled_from("?*"))
    pattern = ascii_name[:at] + wild + ascii_name[at + 1 :]

    assert file in TREE.matching_files(pattern, new=False)
    if file[at] != "/":
        assert file in TREE.matching_files(pattern, new=True)
