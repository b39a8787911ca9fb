"""What is certain about the result of a Lua health check."""

from __future__ import annotations

import pytest

from gitops_lint.languages.lua import parse
from gitops_lint.languages.lua.names import names_of
from gitops_lint.model.healthscript import health_problems
from gitops_lint.model.luause import discovered_actions, unguarded_uses


def found(text: str) -> list[tuple[str, str]]:
    block = parse(text)
    return [(one.kind, text[one.start : one.end]) for one in health_problems(block, names_of(block))]


@pytest.mark.parametrize(
    "text",
    [
        "hs = {} hs.status = 'Progressing' if obj.status ~= nil then hs.status = 'Healthy' end return hs",
        "local hs = {} if obj.status == nil then hs.status = 'Progressing' return hs end hs.status = obj.status.x return hs",
        "local s = (obj.status or {}).phase if s == 'Ready' then return {status = 'Healthy'} end return {status = 'Missing'}",
        "local hs = {} local function set(s) hs.status = s end set('Progressing') return hs",
        "local hs = {status = 'Progressing'} fill(hs) return hs",
        "local hs = {} hs.status, hs.message = obj.spec.a and 'Healthy' or 'Progressing', 'm' return hs",
        "local status = obj.status and obj.status.phase or 'none' return {status = 'Progressing', message = status}",
        "local hs = {} for _, c in ipairs((obj.status or {}).conditions or {}) do hs.status = 'Healthy' end "
        "if hs.status == nil then hs.status = 'Progressing' end return hs",
        "if obj.spec.suspend == true then return {status = 'Suspended'} end return {status = 'Progressing'}",
        "local hs = {Status = 'Progressing'} return hs",
        "local x = obj.metadata.annotations['a'] return {status = 'Progressing', message = x}",
    ],
)
def test_nothing_is_certainly_wrong(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return 'Healthy'", [("wrong-return", "'Healthy'")]),
        ("return {status = 'Progressing'}, 1", [("wrong-return", "1")]),
        ("return nil", [("return-nothing", "nil")]),
        ("return {status = 'ready'}", [("unknown-status", "'ready'")]),
        (
            "local hs = {status = 'ready'} hs.status = 'Progressing' return hs",  # never returned
            [],
        ),
        ("return {message = 'x'}", [("status-not-set", "{message = 'x'}")]),
        ("local hs = {status = 'Progressing', message = 1 + 2} return hs", [("message-not-text", "1 + 2")]),
        ("local s = obj.status if s.phase == 'x' then end return {status = 'Progressing'}", [("nil-status", "s")]),
        (
            "for _, c in ipairs(obj.status) do end return {status = 'Progressing'}",
            [("nil-status", "obj.status")],
        ),
        ("if obj.spec.x then local y = obj.status.z end return {status = 'Progressing'}", []),
        (
            "local hs = {} if obj.status then hs.status = 'Progressing' end return hs",
            [("status-not-set", "hs")],
        ),
        (
            "local hs = {} if obj.status then hs.status = 'Healthy' end hs.status = 'Progressing' return hs",
            [("healthy-lost", "'Healthy'")],
        ),
        ("return {status = 'Healthy'}", [("healthy-before-status", "'Healthy'")]),
    ],
)
def test_what_is_certainly_wrong(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("if obj.status.readyReplicas < 3 then end", ["omitted-number"]),
        ("if (obj.status.readyReplicas or 0) < 3 then end", []),
        ("if obj.status.readyReplicas ~= nil and obj.status.readyReplicas < 3 then end", []),
        ("if obj.status.phaseCount < 3 then end", []),
        ("m = 'x' .. obj.status.phase", ["concatenated-status"]),
        ("if obj.status.phase == 'x' then m = 'x' .. obj.status.phase end", []),
        ("m = 'x' .. c.message", []),
    ],
)
def test_fields_that_may_be_missing(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in unguarded_uses(parse(text))] == kinds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("local a = {} a['grow'] = {} a.shrink = {} return a", ["grow", "shrink"]),
        ("return {grow = {}}", ["grow"]),
        ("local a = {grow = {}} local b = {other = {}} return a", ["grow"]),
        ("local a = {} a[obj.kind] = {} return a", []),
    ],
)
def test_actions_that_are_offered(text: str, names: list[str]) -> None:
    assert [name for name, _, _ in discovered_actions(parse(text))] == names
