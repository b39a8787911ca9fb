"""What a compiled rule finds: rows, checks, joins, places, messages, suggestions, fixes."""

from __future__ import annotations

from textwrap import indent

import pytest
from interpret import interpret
from small_world import SmallWorld, world

from gitops_lint.dsl.compile import CompiledRule, compile_rule
from gitops_lint.dsl.parse import parse_rules
from gitops_lint.dsl.tree import Check, ForEach, Kind, Message, Name, Report, Rule
from gitops_lint.dsl.world import DraftEdit, Part, Tally, Trail
from gitops_lint.text.nodes import Mapping, Scalar, Sequence, Unknown


def rule(clauses: str) -> Rule:
    (found,) = parse_rules("rule test {\n" + indent(clauses, "  ") + "\n}\n", "test.rule")
    return found


def compiled(clauses: str) -> CompiledRule:
    return compile_rule(rule(clauses))


def run(clauses: str, where: SmallWorld | str) -> Tally:
    """What a rule finds, which is also what the plain interpreter finds (but for suggestions)."""
    there = world(where) if isinstance(where, str) else where
    found = compiled(clauses).run(there)
    if "did_you_mean" not in clauses:
        other = interpret(rule(clauses), there)
        assert sorted(map(repr, other.drafts)) == sorted(map(repr, found.drafts))
        assert other.unverified == found.unverified
    return found


def messages(clauses: str, where: SmallWorld | str) -> list[str]:
    return [draft.message for draft in run(clauses, where).drafts]


def verdict(condition: str, fields: str) -> str:
    """right, wrong or unknown: what `require` makes of a condition on an App `a` with those fields."""
    found = run(f'for each App as a\nrequire {condition} report "no" at a', f"kind: App\n{fields}")
    return "unknown" if found.unverified else "wrong" if found.drafts else "right"


def shown(trail: Trail) -> str:
    """The text a trail ends at, and the steps that are missing from there."""
    node = trail.at
    assert isinstance(node, Scalar | Mapping | Sequence | Unknown)
    return " ".join((node.source.text[node.start : node.end], *map(str, trail.missing)))


# ---- conditions


@pytest.mark.parametrize(
    ("condition", "fields", "expected"),
    [
        # absence
        ("a.x is missing", "", "right"),
        ("a.x is missing", "x: null", "right"),
        ("a.x is null", "x: null", "right"),
        ("a.x is null", "", "wrong"),
        ("a.x.q is null", "x: {q: ~}", "right"),
        ("a.x.q is null", "x: 5", "unknown"),
        ("a.x is present", "x: '{{ v }}'", "right"),
        ("a.x is present", "'{{ k }}': 1", "unknown"),
        ("a.x is not present", "", "right"),
        ("a.x.q is missing", "x: null", "right"),
        ("a.x.q is missing", "x: '{{ v }}'", "unknown"),
        ("a.x[1] is missing", "x: [1]", "right"),
        ("a.x == 1", "", "wrong"),
        ("a.x default 1 == 1", "", "right"),
        ("a.x default 1 == 1", "x: null", "right"),
        ("a.x default 1 == 1", "x: 2", "wrong"),
        ("a.x default 1 == 1", "x: '{{ v }}'", "unknown"),
        ("a.x is empty", "", "wrong"),
        ("a.x is empty", "x: []", "right"),
        ("a.x is not true", "", "right"),
        ("a.x is true", "x: yes", "right"),
        ("a.x is false", "", "wrong"),
        ("a.x is true", "x: 'true'", "unknown"),
        ("a.x", "x: true", "right"),
        ("a.x", "", "wrong"),
        ("a.x", "x: text", "unknown"),
        # templates
        ("a.x == 1", "x: '{{ v }}'", "unknown"),
        ("a.x is templated", "x: '{{ v }}'", "right"),
        ("a.x is templated", "x: v", "wrong"),
        ("a.x is templated", "", "wrong"),
        ("a.x is plaintext", "x: v", "right"),
        ("a.x is plaintext", "x: 'ENC[v]'", "wrong"),
        ("a.x is encrypted", "x: 'ENC[v]'", "right"),
        ("a.x is plaintext", "", "wrong"),
        ("a.x is plaintext", "'{{ k }}': v", "unknown"),
        # logic
        ("a.x == 1 and a.q == 1", "x: 2\nq: '{{ v }}'", "wrong"),
        ("a.x == 1 and a.q == 1", "x: 1\nq: '{{ v }}'", "unknown"),
        ("a.q == 1 and a.x == 1", "x: 2\nq: '{{ v }}'", "wrong"),
        ("a.x == 1 or a.q == 1", "x: 1\nq: '{{ v }}'", "right"),
        ("a.x == 1 or a.q == 1", "x: 2\nq: '{{ v }}'", "unknown"),
        ("a.q == 1 or a.x == 1", "x: 1\nq: '{{ v }}'", "right"),
        ("not a.x == 1", "x: '{{ v }}'", "unknown"),
        ("not a.x == 1", "x: 2", "right"),
        ("not (a.x == 1 and a.q == 1)", "x: 2\nq: '{{ v }}'", "right"),
        # domains
        ("a.x > 50%", "x: 60", "right"),
        ("a.x > 50%", "x: '60%'", "right"),
        ("a.x <= 90s", "x: 2m", "wrong"),
        ("a.x < 5m", "x: 10s", "right"),
        ("a.x >= 1Gi", "x: 1024Mi", "right"),
        ("a.x == 1d", "x: 24h", "right"),
        ("a.x > 500m", "x: '0.5'", "wrong"),
        ("a.x > 50%", "x: soon", "unknown"),
        ("a.x + 1m > 5m", "x: 4m30s", "right"),
        ("a.x - 1 == 2", "x: 3", "right"),
        ("a.x != 5m", "x: 300s", "wrong"),
        # types
        ("a.x == 5", "x: '5'", "unknown"),
        ("a.x == \"5\"", "x: 5", "unknown"),
        ("a.x < 5", "x: text", "unknown"),
        ("a.x matches /5/", "x: 5", "unknown"),
        # membership
        ('a.x in ["a", "b"]', "x: a", "right"),
        ('a.x in ["a", "b"]', "x: c", "wrong"),
        ('a.x in ["a", "b"]', "x: '{{ v }}'", "unknown"),
        ('a.x in ["a", "b"]', "", "wrong"),
        ('a.x not in ["a", "b"]', "x: c", "right"),
        ('a.x not in ["a", "b"]', "", "wrong"),
        ("a.x in [5m, 1]", "x: 300s", "right"),
        ('a.x in a.q', "x: a\nq: [a]", "right"),
        ('a.x contains "b"', "x: [a, b]", "right"),
        ('a.x contains "b"', "x: abc", "right"),
        ('a.x contains "b"', "x: {b: 1}", "right"),
        ('a.x contains "b"', "x: [a, '{{ v }}']", "unknown"),
        ('a.x starts with "ab"', "x: abc", "right"),
        ('a.x ends with "bc"', "x: abc", "right"),
        ('a.x like "a*c"', "x: a/b/c", "right"),
        ('a.x like "a*c"', "x: abcd", "wrong"),
        ("a.x matches /^a.c$/", "x: abc", "right"),
        ("a.x matches /^b/", "", "wrong"),
        # lists
        ("every e in a.x satisfies (e == 1)", "", "right"),
        ("some e in a.x satisfies (e == 1)", "", "wrong"),
        ("no e in a.x satisfies (e == 1)", "", "right"),
        ("every e in a.x satisfies (e == 1)", "x: []", "right"),
        ("some e in a.x satisfies (e == 1)", "x: []", "wrong"),
        ("no e in a.x satisfies (e == 1)", "x: null", "right"),
        ("every e in a.x satisfies (e == 1)", "x: [1, 1]", "right"),
        ("every e in a.x satisfies (e == 1)", "x: [1, '{{ v }}']", "unknown"),
        ("every e in a.x satisfies (e == 1)", "x: ['{{ v }}', 2]", "wrong"),
        ("some e in a.x satisfies (e == 1)", "x: ['{{ v }}', 1]", "right"),
        ("some e in a.x satisfies (e == 1)", "x: ['{{ v }}', 2]", "unknown"),
        ("no e in a.x satisfies (e == 1)", "x: ['{{ v }}', 1]", "wrong"),
        ("no e in a.x satisfies (e == 1)", "x: ['{{ v }}', 2]", "unknown"),
        ("some e in a.x satisfies (e == 1)", "x: '{{ v }}'", "unknown"),
        ("some e in a.x satisfies (e == 1)", "x: {a: 1}", "unknown"),
        ("every e in a.x satisfies (no f in e satisfies (f == 2))", "x: [[1], [], [3]]", "right"),
        ("every e in a.x satisfies (no f in e satisfies (f == 2))", "x: [[1], [2]]", "wrong"),
        ('some e in a.x[*].q satisfies (e == 2)', "x: [{q: [1]}, {}, {q: [2]}]", "right"),
        ('a.x[*].q contains 3', "x: [{q: [1]}, {q: [2]}]", "wrong"),
        ('a.x[*].q contains 3', "x: [{q: [1]}, '{{ v }}']", "unknown"),
        ('a.x["odd key"] == 1', "x: {odd key: 1}", "right"),
        ("a.x[0].q == 1", "x: [{q: 1}]", "right"),
        ("a.x[0][1] == 2", "x: [[1, 2]]", "right"),
    ],
)  # fmt: skip
def test_conditions(condition: str, fields: str, expected: str) -> None:
    assert verdict(condition, fields) == expected


@pytest.mark.parametrize(
    ("condition", "fields", "expected"),
    [
        ("a.q is missing", "x: 1", "unknown"),
        ("a.q is present", "x: 1", "unknown"),
        ("a.x == 1", "x: 1", "right"),
        ("a.x.q is missing", "x: {z: 1}", "unknown"),
        ("every e in a.x satisfies (e == 1)", "x: [1]", "unknown"),
        ("every e in a.x satisfies (e == 1)", "x: [2]", "wrong"),
        ("some e in a.x satisfies (e == 1)", "x: [1]", "right"),
        ("some e in a.x satisfies (e == 1)", "x: [2]", "unknown"),
        ("no e in a.x satisfies (e == 1)", "x: [2]", "unknown"),
        ("no e in a.x satisfies (e == 1)", "x: [1]", "wrong"),
        ("a.x[3] is missing", "x: [1]", "unknown"),
        ("a.x is empty", "x: []", "unknown"),
        ("a.x is empty", "x: [1]", "wrong"),
    ],
)
def test_an_open_tree_never_says_what_is_not_there(condition: str, fields: str, expected: str) -> None:
    found = run(f'for each App as a\nrequire {condition} report "no" at a', world(f"kind: App\n{fields}", open=True))

    assert ("unknown" if found.unverified else "wrong" if found.drafts else "right") == expected


# ---- rows


def test_a_filter_keeps_rows_and_counts_what_it_cannot_know() -> None:
    clauses = """
        for each App as a
        when a.x == 1
        unless a.q is true
        forbid a.name is present report "{a.name}" at a
    """
    text = """
kind: App
metadata: {name: kept}
x: 1
---
kind: App
metadata: {name: other}
x: 2
---
kind: App
metadata: {name: left-out}
x: 1
q: true
---
kind: App
metadata: {name: unsure}
x: "{{ v }}"
---
kind: App
metadata: {name: unsure-too}
x: 1
q: "{{ v }}"
---
kind: Other
x: 1
"""
    found = run(clauses, text)

    assert [draft.message for draft in found.drafts] == ["kept"]
    assert found.unverified == 2


def test_items_come_in_order_with_their_number() -> None:
    clauses = """
        for each App as a
        with each a.steps as step at n
        with each step.parts as part at m
        forbid part is present report "{n}.{m} {part}" at part
    """

    assert messages(clauses, "kind: App\nsteps: [{parts: [a, b]}, {}, {parts: [c]}]") == ["1.1 a", "1.2 b", "3.1 c"]


@pytest.mark.parametrize(
    ("steps", "rows", "unverified"),
    [("", 0, 0), ("null", 0, 0), ("[]", 0, 0), ("[1, 2]", 2, 0), ("'{{ v }}'", 0, 1), ("text", 0, 1), ("{a: 1}", 0, 1)],
)
def test_a_list_that_cannot_be_known_is_counted(steps: str, rows: int, unverified: int) -> None:
    found = run(
        'for each App as a\nwith each a.steps as step\nforbid a is present report "x" at step',
        f"kind: App\nsteps: {steps}",
    )

    assert (len(found.drafts), found.unverified) == (rows, unverified)


def test_an_open_list_gives_what_it_shows_and_is_counted() -> None:
    clauses = 'for each App as a\nwith each a.steps as step\nforbid step is present report "{step}" at step'
    found = run(clauses, world("kind: App\nsteps: [1, 2]", open=True))

    assert ([draft.message for draft in found.drafts], found.unverified) == (["1", "2"], 1)


@pytest.mark.parametrize(("position", "expected"), [("before", ["3", "4"]), ("after", ["1", "2"])])
def test_what_stands_before_or_after_an_item(position: str, expected: list[str]) -> None:
    clauses = f"""
        for each App as a
        with each a.steps as step at n
        forbid some other in a.steps {position} step satisfies (other.pause is present)
          report "{{n}}" at step
    """
    pauses = "[{x: 1}, {pause: 1}, {x: 1}, {x: 1}]" if position == "before" else "[{x: 1}, {x: 1}, {pause: 1}, {x: 1}]"

    assert messages(clauses, f"kind: App\nsteps: {pauses}") == expected


def test_position_is_the_items_own_also_where_an_alias_stands_twice() -> None:
    clauses = """
        for each App as a
        with each a.steps as step at n
        require some other in a.steps before step satisfies (other.pause is present) report "{n}" at step
    """

    assert messages(clauses, "kind: App\nsteps: [&s {x: 1}, {pause: 1}, *s]") == ["1", "2"]


def test_a_marker_from_elsewhere_is_looked_for_in_the_list() -> None:
    clauses = """
        for each App as a
        let last = a.steps[-1]
        require no other in a.steps before last satisfies (other == 1) report "x" at last
    """.replace("[-1]", "[2]")

    assert len(run(clauses, "kind: App\nsteps: [2, 1, 3]").drafts) == 1
    assert len(run(clauses, "kind: App\nsteps: [2, 2, 1]").drafts) == 0
    assert run(clauses.replace("before last", "before a"), "kind: App\nsteps: [2, 2, 1]").unverified == 1


def test_every_check_of_a_row_is_made() -> None:
    clauses = """
        for each App as a
        require a.x == 1 report "first" at a
        require a.q == 1 report "second" at a
        forbid a.z == 1 report warning "third" at a
    """
    found = run(clauses, "kind: App\nx: 2\nq: '{{ v }}'\nz: 1")

    assert [(draft.severity, draft.message) for draft in found.drafts] == [("", "first"), ("warning", "third")]
    assert found.unverified == 1


def test_facts_answer_like_fields() -> None:
    clauses = """
        for each App as a
        with each entries(a.x, a.q) as entry
        forbid entry.value == 1 report "{entry} {entry.key} {entry.value}" at entry
    """
    found = run(clauses, "kind: App\nx: {a: 1, b: 2}\nq: {c: 1}")

    assert [draft.message for draft in found.drafts] == ["a a 1", "c c 1"]
    assert [shown(draft.at) for draft in found.drafts] == ["a", "c"]


def test_one_subject_is_judged_by_itself() -> None:
    made = compiled('for each App as a\nforbid a.x is present report "{a.x}" at a.x')
    where = world("kind: App\nx: 1\n---\nkind: App\nx: 2")

    assert [draft.message for draft in made.run(where).drafts] == ["1", "2"]
    assert [draft.message for draft in made.run(where, where.documents[1]).drafts] == ["2"]
    assert made.run(where).drafts[1].subject is where.documents[1]


def test_a_rule_that_finds_nothing_to_look_at_says_nothing() -> None:
    assert run('for each App as a\nforbid a.x is present report "x" at a', "kind: Other\nx: 1") == Tally()


# ---- parameters and versions


def test_a_parameter_is_the_configurations_or_the_default() -> None:
    clauses = """
        param limit : percent = 50% "most"
        param names : list = ["a"] "names"
        for each App as a
        require a.x <= limit and a.name in names report "{a.x} {limit} {names}" at a.x
    """
    text = "kind: App\nmetadata: {name: a}\nx: 60"

    assert messages(clauses, text) == ["60 50% a"]
    assert messages(clauses, world(text, params={"limit": "60%"})) == []
    assert messages(clauses, world(text, params={"limit": 70, "names": ["b", "c"]})) == ["60 70% b, c"]
    assert messages(clauses, world(text, params={"limit": "a lot"})) == ["60 50% a"]


@pytest.mark.parametrize(
    ("target", "applies"),
    [("2.9", False), ("v2.10.3", True), ("3.0", False), ("3.0.0-rc1", True), ("", True), ("latest", True)],
)
def test_a_rule_speaks_of_some_versions(target: str, applies: bool) -> None:
    made = compiled('applies to argo-cd >= 2.10 < 3.0\nfor each App as a\nforbid a is present report "x" at a')
    where = world("kind: App", targets={"argo-cd": target})

    assert made.applies(where) is applies
    assert len(made.run(where).drafts) == applies


def test_a_target_is_a_version() -> None:
    clauses = 'for each App as a\nforbid target.argo-cd >= "2.9" report "since {target.argo-cd}" at a'

    assert messages(clauses, world("kind: App", targets={"argo-cd": "2.10"})) == ["since 2.10"]
    assert messages(clauses, world("kind: App", targets={"argo-cd": "2.8"})) == []
    assert run(clauses, world("kind: App")).unverified == 1


# ---- joins

APPS = """
kind: App
metadata: {name: web}
spec: {uses: [db, nowhere, "{{ t }}", far, out]}
---
kind: Store
metadata: {name: db}
size: 1
---
kind: Store
metadata: {name: far}
"""


def test_a_reference_is_followed_reported_or_left_open() -> None:
    clauses = """
        for each App as a
        with each a.uses as use
        follow use as store
          else report "no {use.name}, {reason}; have {target}{did_you_mean}" at use.name see store "here"
        forbid store.size is present report "{store} {store.size}" at store.size see use "used here"
    """
    found = run(clauses, world(APPS, elsewhere=frozenset({"far"}), outside=frozenset({"out"})))

    assert [draft.message for draft in found.drafts] == [
        "Store db 1",
        "no nowhere, ; have (none)",
        "no far, it is in another namespace; have Store far",
    ]
    assert [shown(draft.at) for draft in found.drafts] == ["1", "nowhere", "far"]
    assert shown(found.drafts[0].see[0][0]) == "db"
    assert shown(found.drafts[2].see[0][0]).startswith("kind: Store")
    assert found.unverified == 2


def test_a_followed_name_suggests_what_there_is() -> None:
    clauses = """
        for each App as a
        with each a.uses as use
        follow use as store else report "no {use.name}{did_you_mean}" at use.name
    """

    assert messages(clauses, "kind: App\nmetadata: {name: web}\nspec: {uses: [wbe]}") == ['no wbe; did you mean "web"?']


def test_nothing_is_followed_where_nothing_is_named() -> None:
    clauses = 'for each App as a\nfollow a.store as store else report "no store" at a'

    assert run(clauses, "kind: App") == Tally()
    assert run(clauses, "kind: App\nstore: null") == Tally()
    assert run(clauses, "kind: App\nstore: '{{ s }}'") == Tally(unverified=1)
    assert messages(clauses, "kind: App\nstore: s") == ["no store"]


STORES = """
kind: App
store: db
---
kind: Store
metadata: {name: db}
size: 1
---
kind: Store
metadata: {name: db}
size: 2
---
kind: Store
metadata: {name: cache}
size: 1
"""


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("any Store as s where s.name == a.store", ["1", "2"]),
        ("any Store as s where a.store == s.name and s.size > 1", ["2"]),
        ("one Store as s where s.name == a.store and s.size == 2", ["2"]),
        ("one Store as s where s.name == a.store", ["told"]),
        ('one Store as s where s.name == "nowhere"', ["told"]),
        ('any Store as s where s.name == "nowhere"', ["told"]),
        ("any Store as s where s.name == a.missing", ["told"]),
        ("every Store as s where s.name == a.store", ["Store db, Store db"]),
        ('every Store as s where s.name == "nowhere"', ["told", "(none)"]),
    ],
)
def test_things_are_found_by_a_condition(where: str, found: list[str]) -> None:
    shows = "{s}" if where.startswith("every") else "{s.size}"
    clauses = f"""
        for each App as a
        find {where} else report "told" at a.store
        forbid a is present report "{shows}" at a
    """

    assert messages(clauses, STORES) == ([*found[:-1], ""] if found[-1] == "(none)" else found)


def test_an_equality_is_looked_up_and_the_name_first() -> None:
    where = world(STORES)
    clauses = """
        for each App as a
        find any Store as s where s.size == 1 and (s.kind == "Store" and s.name == a.store)
        forbid s is present report "{s.size}" at s
    """
    found = compile_rule(rule(clauses), frozenset({"name", "kind"})).run(where)

    assert [draft.message for draft in found.drafts] == ["1"]
    assert where.lookups == [("name", "db")]


@pytest.mark.parametrize(
    ("quantifier", "drafts", "unverified"),
    [("any", ["Store db"], 1), ("one", [], 1), ("every", [], 1)],
)
def test_what_may_also_fit_leaves_the_answer_open(quantifier: str, drafts: list[str], unverified: int) -> None:
    text = """
kind: App
store: db
---
kind: Store
metadata: {name: db}
---
kind: Store
metadata: {name: "{{ n }}"}
"""
    check = "require every x in s satisfies (x.name == a.store)" if quantifier == "every" else "forbid s is present"
    clauses = f"""
        for each App as a
        find {quantifier} Store as s where s.name == a.store else report "told" at a
        {check} report "{{s}}" at s
    """
    found = run(clauses, text)

    assert ([draft.message for draft in found.drafts], found.unverified) == (drafts, unverified)


def test_a_name_that_is_not_known_finds_nothing_and_is_counted() -> None:
    clauses = """
        for each App as a
        find any Store as s where s.name == a.store else report "told" at a
    """

    assert run(clauses, STORES.replace("store: db", "store: '{{ s }}'")) == Tally(unverified=1)


def test_a_found_name_suggests_what_there_is() -> None:
    clauses = """
        for each App as a
        find one Store as s where s.name == a.store else report "no {a.store}{did_you_mean}" at a.store
    """

    assert messages(clauses, STORES.replace("store: db", "store: cashe")) == ['no cashe; did you mean "cache"?']


def test_pairs_are_reported_at_the_later_one() -> None:
    clauses = """
        for each Store as s
        find any Store as twin where twin.name == s.name
        when twin.number < s.number
        forbid twin is present report "{s.name} is there twice" at s.metadata.name see twin.metadata.name "also here"
    """
    found = run(clauses, STORES)

    assert [draft.message for draft in found.drafts] == ["db is there twice"]
    assert found.drafts[0].subject.ask("number") == 2


# ---- places


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("a.x", "1"),
        ("a.list[1].k", "v"),
        ("a.list", "[{k: u}, {k: v}]"),
        ("a.list[*].k", "u"),
        ("a.list[7].k", "[{k: u}, {k: v}] 7 k"),
        ("a.sub.no.such", "{m: n} no such"),
        ('a.sub["my key"][0]', "{m: n} my key 0"),
        ("a.sub.no[*].such", "{m: n} no"),
        ("a.empty.below", "~ below"),
        ("a.empty", "~"),
        ("a.text.below", "'{{ t }}' below"),
        ("item", "{k: u}"),
        ("item.k", "u"),
        ("item.z", "{k: u} z"),
        ("plain", "1"),
        ("number", "[{k: u}, {k: v}]"),
        ("word", "tail"),
        ("use", "db"),
        ("use.name", "db"),
        ("use.nothing", "db"),
        ("use.from", "db"),
        ("part", "wide tail"),
        ("a.number", "WHOLE"),
        ("a.nothing", "WHOLE nothing"),
        ("a", "WHOLE"),
    ],
)
def test_a_place_is_the_nearest_that_exists(at: str, expected: str) -> None:
    text = """
kind: App
x: 1
list: [{k: u}, {k: v}]
sub: {m: n}
empty: ~
text: '{{ t }}'
words: wide tail
spec: {uses: [db]}
"""
    clauses = f"""
        for each App as a
        let plain = a.x
        let word = second_word(a.words)
        let part = before(a.words, " ")
        with each a.list as item at number
        when number == 1
        with each a.uses as use
        forbid a is present report "x" at {at}
    """
    (draft,) = run(clauses, text).drafts
    trail = draft.at
    if at == "word":
        assert trail.thing is not None
        assert trail.at is trail.thing.node
        return

    assert shown(trail).replace(text.strip(), "WHOLE") == expected


def test_a_part_of_a_scalar_can_be_pointed_at() -> None:
    clauses = """
        for each App as a
        let word = second_word(a.words)
        forbid word is present report "{word.text}" at word.place see word "the whole fact"
    """
    (draft,) = run(clauses, "kind: App\nwords: wide tail").drafts

    assert draft.message == "tail"
    assert draft.at.at == draft.see[0][0].at
    assert isinstance(draft.at.at, Part)
    assert draft.at.at.start == 5


def test_the_thing_of_a_place_is_what_the_path_began_at() -> None:
    clauses = """
        for each App as a
        with each a.list as item
        with each a.uses as use
        forbid item is present report "x" at item.k see use.name "fact" see a.x "subject"
    """
    (draft,) = run(clauses, "kind: App\nlist: [{k: u}]\nspec: {uses: [db]}").drafts

    assert draft.at.thing is draft.subject
    assert getattr(draft.see[0][0].thing, "record", "") == "Use"
    assert draft.see[1][0] == Trail(draft.subject, draft.subject.node, ("x",))


# ---- messages


def test_secrets_are_not_told() -> None:
    clauses = """
        for each Secret as s
        with each entries(s.data) as entry
        forbid entry.value is plaintext
          report "{entry.key} is {entry.value}, {s.data.password}" at entry.value
          fix unsafe "take it away" { set s.other to entry.value }
    """
    (draft,) = run(clauses, "kind: Secret\nmetadata: {name: s}\ndata: {password: hunter2}").drafts

    assert draft.message == "password is ••••, ••••"
    assert shown(draft.at) == "hunter2"
    assert draft.fix is None


def test_a_secret_is_never_suggested() -> None:
    clauses = """
        for each Secret as s
        require "hunter3" == s.data.password report "no{did_you_mean}" at s
    """

    assert messages(clauses, "kind: Secret\ndata: {password: hunter2}") == ["no"]


@pytest.mark.parametrize(
    ("check", "fields", "suggestion"),
    [
        ('require a.x in ["Prune", "Replace"]', "x: Prunne", "Prune"),
        ('require a.x in ["Prune", "Replace"]', "x: prune", "Prune"),
        ('require a.x in ["Prune", "Replace"]', "x: Something", ""),
        ('forbid a.x not in ["Prune", "Replace"]', "x: Repalce", "Replace"),
        ('require a.x == "Always"', "x: Alway", "Always"),
        ('require a.list contains "missingkey=error"', "x: z\nlist: [a, missingkey=eror]", "missingkey=error"),
        ("require options() contains a.x", "x: Replace=tru", "Replace=true"),
        ("require some e in a.list satisfies (e.name == a.x)", "x: wbe\nlist: [{name: db}, {name: web}]", "web"),
        ("require some e in a.list satisfies (e.k == 1 and a.x == e.name)", "x: wbe\nlist: [{name: web}]", "web"),
        ("require a.x in a.map", "x: wbe\nmap: {web: 1}", "web"),
        ('require a.x == "Always" and a.q in ["Never"]', "x: Alway\nq: Nevr", "Never"),
        ('require a.x == "Always" and a.q in ["Never"]', "x: Alway\nq: Never", "Always"),
        ("require fits", "x: Nevr", "Never"),
        ("forbid a.x is present", "x: Onc", "Once"),
    ],
)
def test_a_suggestion_is_the_closest_of_what_was_expected(check: str, fields: str, suggestion: str) -> None:
    clauses = f"""
        for each App as a
        when a.x not in ["Once"]
        let fits = a.x in ["Never"]
        {check} report "no{{did_you_mean}}" at a.x
    """
    expected = f'no; did you mean "{suggestion}"?' if suggestion else "no"

    assert messages(clauses, f"kind: App\n{fields}") == [expected]


def test_notes_help_and_related_places_have_messages_too() -> None:
    clauses = """
        for each App as a
        require a.x == 2
          else report "x is {a.x}" at a.x see a.q "y is {a.q}" note "seen {a.x}" help "make it {a.q}"
    """
    (draft,) = run(clauses, "kind: App\nx: 1\nq: 2").drafts

    assert (draft.message, draft.notes, draft.help) == ("x is 1", ("seen 1",), "make it 2")
    assert [(shown(trail), words) for trail, words in draft.see] == [("2", "y is 2")]


# ---- fixes


def test_a_fix_is_data() -> None:
    clauses = """
        for each App as a
        require a.x == 2
          else report "x" at a.x
          fix safe "set {a.name}" {
            set a.x to a.q
            append [1, "b"] to a.list
            remove a.old
            rename key a.odd to "even"
            set a.limit to 5m
            set a.copy to a.map
          }
    """
    (draft,) = run(
        clauses, "kind: App\nmetadata: {name: web}\nx: 1\nq: 2\nlist: [z]\nold: 1\nodd: 1\nmap: {k: [~]}"
    ).drafts

    assert draft.fix is not None
    assert (draft.fix.title, draft.fix.safe) == ("set web", True)
    assert [(edit.op, edit.value) for edit in draft.fix.edits] == [
        ("set", 2), ("append", [1, "b"]), ("remove", None), ("rename", "even"), ("set", "5m"), ("set", {"k": [None]}),
    ]  # fmt: skip
    assert draft.fix.edits[4] == DraftEdit("set", Trail(draft.subject, draft.subject.node, ("limit",)), "5m")


@pytest.mark.parametrize("fields", ["x: 1", "x: 1\nq: '{{ v }}'", "x: 1\nq: ~"])
def test_a_fix_without_its_value_is_left_out(fields: str) -> None:
    clauses = """
        for each App as a
        require a.x == 2 else report "x" at a.x fix safe "set it" { remove a.old set a.x to a.q }
    """
    (draft,) = run(clauses, f"kind: App\n{fields}").drafts

    assert draft.fix is None


# ---- what the checker keeps out


def test_a_name_that_nothing_binds_is_refused_when_compiled() -> None:
    with pytest.raises(LookupError, match="b is not bound"):
        compiled('for each App as a\nrequire b.x == 1 report "x" at a')


def test_a_subject_is_no_condition() -> None:
    told = Check(Name("a"), True, Report("", Message(("x",)), Name("a")))
    made = compile_rule(Rule("test", clauses=(ForEach((Kind("App"),), "written", "a"), told)))

    assert made.name == "test"
    assert made.run(world("kind: App")).unverified == 1
