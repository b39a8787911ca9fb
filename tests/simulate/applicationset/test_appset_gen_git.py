"""The git generator: directories and files of the own repository, with plain tokens and with Go templates."""

from __future__ import annotations

import pytest
from generating import FILE, URL, appset, around, covered, expand, fails, said_of, sets, unknown

from gitops_lint.languages.gotemplate.values import StringList
from gitops_lint.repo.discover import MemoryTree
from gitops_lint.simulate.applicationset.surroundings import Surroundings, Switches
from gitops_lint.text.span import Place

FILES = {
    "apps/My_Web/config.yaml": "name: web\nport: 8080\nbig: 1000000\nzones: [a, {b: c}]\nnone: null\nempty: {}\non: yes\n",
    "apps/db/config.yaml": "- name: db1\n- {name: db2, path: mine, values: {env: own}}\n",
    "apps/.hidden/config.yaml": "name: hidden\n",
    "apps/none/config.yaml": "# nothing\n",
    "apps/two/config.yaml": "name: first\n---\nname: second\n",
    "apps/json/config.json": '{"name": "json", "replicas": 3}',
    "root.yaml": "name: root\n",
    "bad/text.yaml": "text\n",
    "bad/list.yaml": "- a\n",
    "bad/syntax.yaml": "a: [1\n",
    "bad/template.yaml": "name: {{ x }}\n",
}


def git(rest: str, more: str = "") -> str:
    return f"- git: {{repoURL: {URL}, revision: HEAD, {rest}}}{more}"


def here(**switches: bool) -> Surroundings:
    return around(FILES, switches=Switches(**switches))


# ---- directories


def test_directories_are_sets_in_the_order_of_the_walk() -> None:
    found = sets(git("directories: [{path: apps/*}, {path: bad}, {path: apps/none, exclude: true}]"), here())

    assert [one["path"] for one in found] == ["apps/My_Web", "apps/db", "apps/json", "apps/two", "bad"]
    assert found[0] == {
        "path": "apps/My_Web",
        "path.basename": "My_Web",
        "path.basenameNormalized": "my-web",
        "path[0]": "apps",
        "path[1]": "My_Web",
    }


def test_directories_of_go_templates() -> None:
    (found,) = sets(git("directories: [{path: apps/My*}]"), here(), go=True)

    assert found["path"] == {
        "path": "apps/My_Web",
        "basename": "My_Web",
        "basenameNormalized": "my-web",
        "segments": ["apps", "My_Web"],
    }
    assert type(found["path"]["segments"]) is StringList


def test_an_exclusion_counts_wherever_it_stands() -> None:
    text = git("directories: [{path: apps/db, exclude: true}, {path: apps/*}, {path: apps/db}]")

    assert "apps/db" not in [one["path"] for one in sets(text, here())]


def test_hidden_directories_take_a_switch() -> None:
    text = git("directories: [{path: apps/.hidden}]")

    assert sets(text, here()) == []
    assert [one["path"] for one in sets(text, here(hidden_directories=True))] == ["apps/.hidden"]


def test_a_malformed_pattern_names_nothing() -> None:
    assert sets(git("directories: [{path: 'apps/['}]"), here()) == []


def test_a_prefix_takes_the_place_of_path() -> None:
    text = git("directories: [{path: apps/db}], pathParamPrefix: app")

    assert sets(text, here()) == [
        {
            "app.path": "apps/db",
            "app.path.basename": "db",
            "app.path.basenameNormalized": "db",
            "app.path[0]": "apps",
            "app.path[1]": "db",
        }
    ]
    (found,) = sets(text, here(), go=True)
    assert list(found) == ["app"]
    assert found["app"]["path"]["path"] == "apps/db"


def test_a_set_of_a_directory_knows_the_pattern() -> None:
    text = git("directories: [{path: bad}, {path: apps/d*}]")
    (only,) = expand(text, here())

    assert [covered(appset(text), one.element) for one in only.sets if one.element] == ["apps/d*", "bad"]


# ---- files


def test_a_file_is_a_set_of_its_leaves_as_text() -> None:
    (found,) = sets(git("files: [{path: apps/My_Web/config.yaml}]"), here())

    assert found == {
        "name": "web",
        "port": "8080",
        "big": "1e+06",
        "zones.0": "a",
        "zones.1.b": "c",
        "none": "<nil>",
        "true": "true",
        "path": "apps/My_Web",
        "path.basename": "My_Web",
        "path.basenameNormalized": "my-web",
        "path.filename": "config.yaml",
        "path.filenameNormalized": "config.yaml",
        "path[0]": "apps",
        "path[1]": "My_Web",
    }


def test_a_file_of_go_templates_stays_nested() -> None:
    (found,) = sets(git("files: [{path: apps/My_Web/config.yaml}]"), here(), go=True)

    assert {key: found[key] for key in ("name", "port", "zones", "none", "empty")} == {
        "name": "web",
        "port": 8080.0,
        "zones": ["a", {"b": "c"}],
        "none": None,
        "empty": {},
    }
    assert found["path"]["filename"] == "config.yaml"


def test_a_list_is_a_set_for_each_item_and_the_path_of_the_file_wins() -> None:
    text = git("files: [{path: apps/db/*}], values: {env: '{{name}}'}")

    assert [(one["name"], one["path"], one["values.env"]) for one in sets(text, here())] == [
        ("db1", "apps/db", "db1"),
        ("db2", "apps/db", "db2"),
    ]


def test_values_of_go_templates_replace_those_of_the_data() -> None:
    text = git("files: [{path: apps/db/*}], values: {tier: '{{.name}}'}")

    assert [one["values"] for one in sets(text, here(), go=True)] == [{"tier": "db1"}, {"tier": "db2"}]


def test_a_file_in_the_root() -> None:
    (found,) = sets(git("files: [{path: root.yaml}]"), here())

    assert (
        found["path"],
        found["path.basename"],
        found["path.basenameNormalized"],
        found["path[0]"],
    ) == (".", ".", "", ".")


def test_an_empty_file_is_a_set_and_only_the_first_document_counts() -> None:
    (none,) = sets(git("files: [{path: apps/none/*}]"), here(), go=True)
    (two,) = sets(git("files: [{path: apps/two/*}]"), here(), go=True)

    assert list(none) == ["path"]
    assert two["name"] == "first"


def test_files_are_sorted_and_come_once_without_the_excluded_ones() -> None:
    text = git("files: [{path: apps/two}, {path: 'apps/*.yaml'}, {path: apps/none, exclude: true}]")

    assert [one["path"] for one in sets(text, here())] == [
        "apps/.hidden",
        "apps/My_Web",
        "apps/db",
        "apps/db",
        "apps/two",
    ]


def test_the_newer_globbing_takes_a_switch() -> None:
    text = git("files: [{path: 'apps/*.yaml'}]")

    assert sets(text, here(new_globbing=True)) == []
    assert len(sets(text, here())) == 6


def test_a_set_of_a_file_knows_where_its_map_stands() -> None:
    (only,) = expand(git("files: [{path: apps/db/config.yaml}]"), here())
    text = FILES["apps/db/config.yaml"]

    assert [text[one.element.start : one.element.end] for one in only.sets if one.element] == [
        "name: db1",
        "{name: db2, path: mine, values: {env: own}}",
    ]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("text", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type []map[string]interface {}"),
        ("list", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}"),
        ("syntax", "error converting YAML to JSON: yaml"),
        ("template", "error converting YAML to JSON: yaml"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_map_fails_everything(file: str, words: str) -> None:
    error = fails(git(f"files: [{{path: root.yaml}}, {{path: bad/{file}.yaml}}]"), here())

    assert error.message.startswith(
        f"unable to process file 'bad/{file}.yaml' from repository '{URL}': unable to parse file: {words}"
    )
    assert [f"bad/{file}.yaml", FILE] == [place.file for place in error.places]


def test_a_directory_that_the_newer_globbing_names_fails_everything() -> None:
    message, text = said_of(git("files: [{path: apps/*}]"), here(new_globbing=True))

    assert message.endswith("read apps/.hidden: is a directory")
    assert text == "apps/*"


def test_a_path_that_leaves_the_repository_fails_everything() -> None:
    message, text = said_of(git("files: [{path: ../x.yaml}]"), here())

    assert message.endswith("'../x.yaml' is outside repository")
    assert text == "../x.yaml"


def test_neither_directories_nor_files() -> None:
    assert fails(git("values: {a: b}"), here()).message == "ApplicationSet is empty"


def test_directories_win_over_files() -> None:
    text = git("directories: [{path: bad}], files: [{path: root.yaml}]")

    assert [one["path"] for one in sets(text, here())] == ["bad"]


# ---- what is not known


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "- git: {repoURL: https://git.example.com/org/other.git, revision: HEAD, files: [{path: a}]}",
            "the files of `https://git.example.com/org/other.git` are not here;"
            " `repositories:` in the configuration can say where they lie",
        ),
        (git("files: [{path: ':(glob)**/x'}]"), "`:(glob)**/x` is a pathspec with magic, which is not followed here"),
        (
            f"- git: {{repoURL: {URL}, revision: {'a' * 40}, files: [{{path: a}}]}}",
            f"`{'a' * 40}` is a commit, and may hold other files than what is checked out",
        ),
        ("- git: {repoURL: '{{url}}', revision: HEAD, files: [{path: a}]}", "its `repoURL` or `revision` still holds a token"),
    ],
)  # fmt: skip
def test_other_files_than_those_here(text: str, why: str) -> None:
    assert [why] == unknown(text, here())


def test_a_checkout_of_another_repository_is_looked_at() -> None:
    others = {"git.example.com/org/other": MemoryTree({"a/x.yaml": "k: v"})}
    text = "- git: {repoURL: git@git.example.com:org/other.git, revision: v1, files: [{path: a}]}"
    (only,) = expand(text, around(FILES, other_trees=others))

    assert [one.values["k"] for one in only.sets] == ["v"]
    assert [one.element for one in only.sets] == [None]


def test_only_a_branch_that_is_checked_out_is_known() -> None:
    surroundings = around(FILES, branches=frozenset(("", "HEAD", "main")))
    text = f"- git: {{repoURL: {URL}, revision: %s, files: [{{path: root.yaml}}]}}"

    assert unknown(text % "prod", surroundings) == ["`prod` is not the branch that is checked out"]
    assert len(sets(text % "main", surroundings)) == 1
    assert len(sets(text % "''", surroundings)) == 1


def test_without_remotes_a_path_that_exists_decides() -> None:
    surroundings = around(FILES, own_urls=None)
    text = "- git: {repoURL: https://any.example.com/x, revision: HEAD, directories: [{path: %s}]}"

    assert [one["path"] for one in sets(text % "bad", surroundings)] == ["bad"]
    assert len(sets(text % "apps/*", surroundings)) == 5
    assert unknown(text % "nope/*", surroundings)


def test_place_of_a_file_is_its_map() -> None:
    (only,) = expand(git("files: [{path: root.yaml}]"), here())

    assert [Place("root.yaml", 0, 10)] == [one.element for one in only.sets]


@pytest.mark.parametrize(
    ("text", "words", "covered"),
    [
        ('{"a": "b\\/c"}', "yaml: found unknown escape character", "\\/"),
        ("a: .nan\n", "cannot decode `.nan`", ".nan"),
        ("a: !!int x\n", "cannot decode `x` as a tag:yaml.org,2002:int", "x"),
        ("%YAML 1.2\n---\na: b\n", "yaml: the directive", "%YAML 1.2"),
        ("a: {{ b }}\n", "yaml: ", "{{ b }}"),
    ],
)
def test_texts_that_the_library_refuses(text: str, words: str, covered: str) -> None:
    error = fails(git("files: [{path: x.yaml}]"), around({"x.yaml": text}))
    place = error.places[0]

    assert f"unable to parse file: error converting YAML to JSON: {words}" in error.message
    assert text[place.start : place.end] == covered


@pytest.mark.parametrize(
    "text", ['a: "b\\\\/c"\n', "a: 'b\\/c'\n", "%YAML 1.1\n---\na: b\n", "a: x.inf\n", "a: !odd b\n"]
)
def test_texts_that_look_odd_and_are_read(text: str) -> None:
    assert len(sets(git("files: [{path: x.yaml}]"), around({"x.yaml": text}))) == 1


def test_a_pattern_that_is_too_large_is_not_known() -> None:
    deep = "{" * 40 + "a" + "}" * 40
    text = f"- git: {{repoURL: {URL}, revision: HEAD, files: [{{path: '{deep}'}}]}}"

    assert unknown(text, here(new_globbing=True)) == ["the pattern of a git generator is too deep to be followed"]
