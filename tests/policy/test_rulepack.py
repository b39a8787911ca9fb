"""Packs of rules: folders read and checked, what the cache remembers, what the wheel ships."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from gitops_lint import shipped
from gitops_lint.cache import Cache
from gitops_lint.cli.skeleton import skeleton
from gitops_lint.dsl.data import DataError
from gitops_lint.errors import GitopsLintError, RuleError
from gitops_lint.policy import packedrule, rulefiles, rulepack
from gitops_lint.policy.packedrule import PackedRule, digest_of, entry_of, packed, unpacked
from gitops_lint.policy.rulefiles import FolderOfRules, read_folder
from gitops_lint.policy.rulepack import RulePack, check_unique, load_pack

NOTHING = Cache(None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two rules."""
    for area, id in (("sync", "first-rule"), ("rollout", "second-rule")):
        path = tmp_path / "policies" / area / f"{id}.rule"
        path.parent.mkdir(parents=True)
        path.write_text(skeleton(area, id))
    return tmp_path / "policies"


def read(folder: Path, cache: Cache = NOTHING) -> list[PackedRule]:
    return read_folder(FolderOfRules(folder, "policies", built_in=False), cache, None)


def test_a_folder_of_rules_is_read(folder: Path) -> None:
    second, first = read(folder)

    assert (first.id, first.area, first.file) == ("first-rule", "sync", "policies/sync/first-rule.rule")
    assert (first.group, first.severity, first.built_in, first.local) == ("suspicious", "warning", False, True)
    assert [kind.name for kind in first.kinds] == ["Deployment"]
    assert first.rule.name == "first-rule"
    assert first.card.what == "Say what is reported, and what is left alone."
    assert second.area == "rollout"


def test_other_files_are_left_alone(folder: Path) -> None:
    (folder / "README.md").write_text("# Ours")
    (folder / "sync" / "first-rule.rule~").write_text("rule {")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.rule").write_text("rule {")

    assert [rule.id for rule in read(folder)] == ["second-rule", "first-rule"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("loose.rule", "", "a rule file lies in the folder of an area"),
        ("syncs/a.rule", skeleton("syncs", "a"), "`syncs` is no area of rules; did you mean `sync`?"),
        ("sync/broken.rule", "rule broken {", "the rule `broken` that begins in line 1 is not closed: a `}` is missing at the end of the file"),
        ("sync/wrong.rule", skeleton("sync", "wrong").replace("it.spec.replicas >", "it.spec.replica >"), '"replica" is not a field of it.spec; did you mean "replicas"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_folder(folder: Path, file: str, text: str, message: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(text)
    with pytest.raises(RuleError) as caught:
        read(folder)

    assert caught.value.message == message
    assert caught.value.file == f"policies/{file}"


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "sync" / "x.rule").write_bytes(b"rule \xff")
    with pytest.raises(RuleError, match="the file is not UTF-8: byte 5 does not belong"):
        read(folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="the folder of rules `nowhere` does not exist"):
        load_pack(["nowhere"], root=tmp_path, cache=NOTHING)


# ---- what the cache remembers


def test_the_second_time_nothing_is_parsed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    before = [digest_of(rule) for rule in read(folder, cache)]
    monkeypatch.setattr(rulefiles, "check_all", lambda *_: pytest.fail("parsed again"))

    assert [digest_of(rule) for rule in read(folder, cache)] == before


def test_a_changed_file_is_parsed_again(folder: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    read(folder, cache)
    path = folder / "sync" / "first-rule.rule"
    path.write_text(path.read_text().replace("suspicious", "security"))

    assert [rule.group for rule in read(folder, cache)] == ["suspicious", "security"]


def test_a_broken_cache_is_no_error(folder: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    read(folder, cache)
    (kept,) = (tmp_path / "cache").iterdir()
    good = kept.read_text()
    wrong_key = good.replace('"keys":["', '"keys":["x","')
    for content in (
        "",
        "[]",
        "\n{}",
        '\n{"layout": 2, "rules": {"x": 3}}',
        "\n" + "[" * 100_000,
        good + "\n",
        wrong_key,
    ):
        kept.write_text(content)

        assert len(read(folder, cache)) == 2


def test_the_cache_is_the_users_own(folder: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    read(folder, cache)

    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700

    (kept,) = (tmp_path / "cache").iterdir()
    kept.chmod(0o666)

    assert cache.read(kept.name) is None

    kept.chmod(0o600)
    (tmp_path / "cache").chmod(0o777)

    assert cache.read(kept.name) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    cache.write("a", b"x")

    assert cache.read("a") is None


# ---- packs


def test_ids_and_former_names_are_unique(folder: Path) -> None:
    one, other = read(folder)
    with pytest.raises(RuleError, match="the id `second-rule` is taken by the rule in `policies/rollout/second-rule"):
        check_unique([one, other, replace(other, id="second-rule")])
    with pytest.raises(RuleError, match="the name `second-rule` is taken"):
        check_unique([one, replace(other, formerly=("second-rule",))])


def test_a_rule_is_found_by_its_former_name(folder: Path) -> None:
    one, other = read(folder)
    pack = RulePack([replace(one, formerly=("old-rule",)), other])

    assert [rule.id for rule in pack] == ["first-rule", "second-rule"]
    assert pack.find("old-rule") is pack.find("second-rule")
    assert pack.find("nothing") is None
    assert list(pack.cards(["second-rule", "nothing"])) == ["second-rule"]


def test_the_digest_of_a_pack_follows_its_rules(folder: Path) -> None:
    before = RulePack(read(folder)).digest
    path = folder / "sync" / "first-rule.rule"
    path.write_text(path.read_text().replace("> 1", "> 2"))

    assert RulePack(read(folder)).digest != before


def test_rules_travel_to_other_processes(folder: Path) -> None:
    rule = read(folder)[0]
    again = pickle.loads(pickle.dumps(rule))

    assert digest_of(again) == digest_of(rule)
    assert again.rule == rule.rule


def test_a_rule_travels_without_its_tree(folder: Path) -> None:
    rule = read(folder)[0]
    before = len(pickle.dumps(rule))

    assert rule.rule.name == rule.id
    assert len(pickle.dumps(rule)) == before


def test_a_body_that_is_none_is_an_error_of_that_rule(folder: Path) -> None:
    for body in ("", "[", "[1]", '[1,["Import","os"]]', "[" * 100_000):
        rule = replace(read(folder)[0], body=body, _rule=None)
        with pytest.raises(GitopsLintError, match="rule `second-rule` cannot be read"):
            assert rule.rule


@pytest.mark.parametrize(
    ("clauses", "attributes"),
    [
        ("with each it.schemaProblems as one require one.message is present", ("schemaProblems",)),
        ("with each it.spec.template.spec.containers as one require one.image is present", ()),
        ("let n = it.name with each it.schemaProblems as one require one.message == n", ("schemaProblems",)),
        ("forbid it.name is present", ()),
        ('forbid it.name == "x"', ()),
    ],
)
def test_what_a_rule_asks_before_all_else_is_known(folder: Path, clauses: str, attributes: tuple[str, ...]) -> None:
    path = folder / "sync" / "first-rule.rule"
    text = path.read_text()
    start, end = text.index("  when"), text.index("  bad")
    path.write_text(text[:start] + clauses + ' else report "x" at it\n' + text[end:])

    assert read(folder)[1].screens == attributes


def test_the_rules_of_a_checkout_are_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, ours = Cache(tmp_path / "cache"), FolderOfRules(folder, "rules", built_in=True)
    before = [digest_of(rule) for rule in read_folder(ours, cache, None)]
    with monkeypatch.context() as patched:
        patched.setattr(rulefiles, "rule_texts", lambda *_: pytest.fail("read again"))

        assert [digest_of(rule) for rule in read_folder(ours, cache, None)] == before

    path = folder / "sync" / "first-rule.rule"
    path.write_text(path.read_text().replace("> 1", "> 20"))

    assert [digest_of(rule) for rule in read_folder(ours, cache, None)] != before

    path.unlink()

    assert [rule.id for rule in read_folder(ours, cache, None)] == ["second-rule"]


# ---- what the wheel ships


def test_packed_rules_come_back(folder: Path) -> None:
    rules = read(folder)
    again = unpacked(packed(rules))

    assert [digest_of(rule) for rule in again] == [digest_of(rule) for rule in sorted(rules, key=lambda one: one.id)]


def test_shipped_data_is_used_where_there_is_some(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = packed(read(folder))
    monkeypatch.setattr(shipped, "text", lambda name: made if name == "rules.jsonl" else None)

    assert list(load_pack(cache=NOTHING).ids) == ["first-rule", "second-rule"]


@pytest.mark.parametrize(
    "heads", [None, [], {}, {"layout": 99}, {"layout": packedrule.LAYOUT, "tree": 0, "rules": [], "keys": []}]
)
def test_data_of_another_layout_is_refused(heads: object) -> None:
    with pytest.raises(DataError):
        unpacked(json.dumps(heads))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", 3),
        ("group", "x"),
        ("severity", "fatal"),
        ("kinds", [["a"]]),
        ("kinds", [["a", 3]]),
        ("needs", "x"),
        ("screens", None),
        ("first", {}),
    ],
)
def test_entries_of_other_shapes_are_refused(folder: Path, key: str, value: object) -> None:
    entry = {**entry_of(read(folder)[0]), key: value}
    with pytest.raises(DataError):
        packedrule.rule_of_entry(entry, "")


def test_the_packs_names_are_reexported() -> None:
    assert rulepack.PackedRule is PackedRule
