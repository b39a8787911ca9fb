"""Bytes become text with places; lines and columns are those of editors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_lint.text.source import Source, decode
from gitops_lint.text.span import Place, Position, Span


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("", 0, Position(1, 1)),
        ("ab", 2, Position(1, 3)),
        ("a\nb", 1, Position(1, 2)),
        ("a\nb", 2, Position(2, 1)),
        ("a\nb\n", 4, Position(3, 1)),
        ("a\r\nb", 3, Position(2, 1)),
        ("a\r\nb", 2, Position(1, 3)),
        ("a\rb", 2, Position(2, 1)),
        ("a\r\rb", 3, Position(3, 1)),
        ("é\U0001f600x", 2, Position(1, 3)),
        ("a\u2028b\x85c\u2029d", 6, Position(1, 7)),
    ],
)
def test_lines_break_at_lf_crlf_and_cr_only(text: str, offset: int, position: Position) -> None:
    source = Source(text)

    assert source.position(offset) == position


@given(st.text(alphabet="ab\n\ré\u2028"), st.data())
def test_position_and_offset_are_inverse(text: str, data: st.DataObject) -> None:
    source = Source(text)
    offset = data.draw(st.integers(0, len(text)))
    position = source.position(offset)
    # The place between CR and LF has the column behind the line's end.
    inside_break = text[offset - 1 : offset + 1] == "\r\n"

    assert inside_break or source.offset(position.line, position.column) == offset
    assert 1 <= position.line <= source.line_count


def test_a_line_is_returned_without_its_break() -> None:
    source = Source("a\r\nbc\rd\n")

    assert [source.line(number) for number in range(1, source.line_count + 1)] == ["a", "bc", "d", ""]


def test_places_outside_of_a_text_are_refused() -> None:
    source = Source("a\nb")

    with pytest.raises(ValueError, match="offset 4 lies outside"):
        source.position(4)
    with pytest.raises(ValueError, match="offset -1 lies outside"):
        source.position(-1)
    with pytest.raises(ValueError, match="line 1 has no column 3"):
        source.offset(1, 3)
    with pytest.raises(ValueError, match="no line 3"):
        source.line(3)


def test_places_sort_by_file_and_offset() -> None:
    places = [Place("b", 0, 1), Place("a", 5, 6), Place("a", 2, 3)]

    assert sorted(places) == [Place("a", 2, 3), Place("a", 5, 6), Place("b", 0, 1)]
    assert Span(1, 2) < Span(1, 3)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a: 1\r\n", "a: 1\r\n"),
        (b"\xef\xbb\xbfa: 1\n", "a: 1\n"),
        ("é: \U0001f600\n".encode(), "é: \U0001f600\n"),
    ],
)
def test_utf8_is_decoded_and_its_byte_order_mark_removed(data: bytes, text: str) -> None:
    assert decode(data) == (text, [])


BROKEN = [
    (
        b"a: caf\xe9\n",
        "a: caf\ufffd\n",
        "\ufffd",
        "the file is not valid UTF-8: byte 0xE9 does not belong here",
    ),
    ("é".encode() + b": \xff", "é: \ufffd", "\ufffd", "the file is not valid UTF-8: byte 0xFF does not belong here"),
    (b"a: \x00\n", "a: \x00\n", "\x00", "the file contains a NUL character"),
    (b"\x00\x00\x00\x00", "\x00" * 4, "\x00", "the file contains 4 NUL characters"),
    (
        b"\xff\xfe" + "a: 1\n".encode("utf-16-le"),
        "a: 1\n",
        "a",
        "the file is written in UTF-16, but tools that read manifests expect UTF-8",
    ),
    (
        b"\xfe\xff" + "a: 1\n".encode("utf-16-be"),
        "a: 1\n",
        "a",
        "the file is written in UTF-16, but tools that read manifests expect UTF-8",
    ),
    (
        "a: 1\n\n".encode("utf-16-le"),
        "a: 1\n\n",
        "a",
        "the file is written in UTF-16, but tools that read manifests expect UTF-8",
    ),
    (
        "a: 1\n\n".encode("utf-16-be"),
        "a: 1\n\n",
        "a",
        "the file is written in UTF-16, but tools that read manifests expect UTF-8",
    ),
    (
        "a: 1\n".encode("utf-32"),
        "a: 1\n",
        "a",
        "the file is written in UTF-32, but tools that read manifests expect UTF-8",
    ),
]


@pytest.mark.parametrize(("data", "text", "covers", "message"), BROKEN)
def test_other_bytes_are_mistakes_with_a_place(data: bytes, text: str, covers: str, message: str) -> None:
    decoded, mistakes = decode(data)

    assert decoded == text
    assert [(one.kind, text[one.start : one.end], one.message) for one in mistakes] == [("encoding", covers, message)]
    assert mistakes[0].help


@given(st.binary(max_size=60))
def test_no_bytes_crash_decode(data: bytes) -> None:
    text, mistakes = decode(data)

    assert all(0 <= one.start <= one.end <= len(text) for one in mistakes)
