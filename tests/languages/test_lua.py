"""Lua scripts: what parses, where the others are wrong, and what is certain of names and loops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.languages.failure import LanguageError
from gitops_lint.languages.lua import parse
from gitops_lint.languages.lua.flow import endless_loops, falls_through
from gitops_lint.languages.lua.names import names_of


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";;; return",
        "local a, b = 1, 'x' .. \"y\" .. [==[ ]] ]==]",
        "for i = 1, 3 do goto continue; print(i) ::continue:: end",
        "for _, c in ipairs(obj.status.conditions) do if c.type == 'Ready' then break end end",
        "function a.b:c(...) return select('#', ...) end",
        "local t = {1, x = 2, [3] = 4; 5}; t.x, t['y'] = 1, 2",
        "local f = function() end f() (f or print) 'text' {}",
        "return not a == b and -x ^ 2 .. y < #z",
        "--[[ long\ncomment ]] return 0xFF + 1e3 + .5",
        "repeat local x = 1 until x",
        "local a = b\n(c)()",
    ],
)
def test_gopher_lua_accepts(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    ("text", "covered", "message"),
    [
        ("if a && b then end", "&&", "`&&` is not Lua"),
        ("if a != b then end", "!=", "`!=` is not Lua"),
        ("# comment\nreturn 1", "#", "`#` starts no comment in Lua"),
        ("a += 1", "+=", "`+=` is not Lua"),
        ("x = 1 // 2", "//", "`//` is not Lua"),
        ("local s = 'abc\nreturn s", "'abc", "this string is never closed by `'` in its line"),
        ("--[[ open", "--[[", "this comment is never closed by `]]`"),
        ("if a then\n  b()", "if", "this `if` is never closed by `end`"),
        ("if a then b() end end", "end", "`end` closes nothing: no block is open here"),
        ("if a = b then end", "=", "expected `then` after the condition of `if`, found `=`"),
        ("if a\n  b()\nend", "b", "expected `then` after the condition of `if`, found `b`"),
        ("return 1\nlocal x", "return", "`return` must be the last statement of its block"),
        ("break", "break", "`break` stands in no loop"),
        ("goto nowhere", "nowhere", "no label `nowhere` can be reached from here"),
        ("function f() return ... end", "...", "`...` stands in a function without `...`"),
        ("hs.status == 'x'", "==", "expected `=`, found `==`: a comparison is no statement"),
        ("local end = 1", "end", "expected a name after `local`; `end` is a word of the language, found `end`"),
        ("f() = 1", "f()", "nothing can be assigned to this"),
        ("t = {a = 1 b = 2}", "b", "expected `,` or `}` in a table, found `b`"),
        ("f()\n(g)()", "(", "`(` at the start of a line could be a call of what stands before or a new statement"),
        ("hs.message", "hs.message", "`hs.message` alone is no statement"),
    ],
)
def test_what_does_not_compile_is_told_with_its_place(text: str, covered: str, message: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text)

    error = caught.value
    assert (text[error.start : error.end], error.message) == (covered, message)


def test_else_if_without_its_end_is_explained() -> None:
    with pytest.raises(LanguageError) as caught:
        parse("if a then\n  b()\nelse if c then\n  d()\nend\nreturn 1")

    assert caught.value.help.startswith("`elseif` is one word")


@given(st.text(alphabet="if then end else while do for in ()={}[]'\"\\.,:;-~#\n1ax", max_size=60))
def test_every_text_parses_or_has_a_place(text: str) -> None:
    try:
        block = parse(text)
        place = (block.start, block.end)
    except LanguageError as error:
        place = (error.start, error.end)

    assert 0 <= place[0] <= place[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("local a = b; return a", ["b"]),
        ("local a = a", ["a"]),
        ("x = 1; return x", ["x"]),
        ("local function f() return f end", []),
        ("for i = 1, n do print(i) end", ["n", "print"]),
        ("do local a = 1 end return a", ["a"]),
        ("repeat local a = f() until a", ["f"]),
    ],
)
def test_globals_that_are_read(text: str, reads: list[str]) -> None:
    assert [one.name.text for one in names_of(parse(text)).reads] == reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return 1", False),
        ("if a then return 1 end", True),
        ("if a then return 1 else return 2 end", False),
        ("if a then return 1 else error('x') end", False),
        ("while true do f() end", False),
        ("while true do break end", True),
        ("function f() return 1 end", True),
        ("do return 1 end", False),
    ],
)
def test_whether_the_end_is_reached(text: str, expected: bool) -> None:
    assert falls_through(parse(text)) is expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("local i = 1 while i <= #c do x = 1 end", 1),
        ("local i = 1 while i <= #c do i = i + 1 end", 0),
        ("while true do local x = 1 end", 1),
        ("while true do f() end", 0),
        ("while a.b do a.b = nil end", 0),
        ("while a do break end", 0),
        ("while false do end", 0),
        ("local t = {} while #t > 0 do table.remove(t) end", 0),
        ("repeat local done = true until done", 0),
    ],
)
def test_loops_that_never_end(text: str, count: int) -> None:
    block = parse(text)

    assert len(list(endless_loops(block, names_of(block)))) == count
