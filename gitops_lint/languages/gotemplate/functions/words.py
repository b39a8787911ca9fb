"""
`snakecase`, `kebabcase`, `camelcase`: a text taken apart into words of capitals, letters, numbers and marks.

Source: huandu/xstrings v1.5.0 convert.go (ToSnakeCase, ToKebabCase, ToPascalCase), which sprig v3.3.0 calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gitops_lint.languages.gotemplate.functions.characters import (
    SPACES,
    is_letter,
    is_number,
    is_punctuation,
    is_upper,
    lower_rune,
    runes,
    upper_rune,
)

_UPPER, _LETTERS, _NUMBER, _JOINT, _MARKS, _OTHER, _END = "upper", "letters", "number", "joint", "marks", "other", ""
_NONE = (_END, "")
_CHINESE = (("\u4e00", "\u9fcc"), ("\u3400", "\u4d85"), ("\U00020000", "\U0002b81d"))


def snakecase(text: str) -> str:
    return _joined(runes(text), "_")


def kebabcase(text: str) -> str:
    return _joined(runes(text), "-")


def camelcase(text: str) -> str:
    """Every word begins with a capital; joints in front and all but one of several between words stay."""
    text = runes(text)
    at = 0
    while at < len(text) and _joins(text[at]):
        at += 1
    if at == len(text):
        return text + text[-1:]  # of joints alone, the last is written twice
    made = [text[:at]]
    capital = is_upper(text[at])
    here = upper_rune(text[at])
    for rune in text[at + 1 :]:
        before, here = here, rune
        if _joins(here) and _joins(before):
            made.append(before)
            continue
        if _joins(before):
            capital = is_upper(here)
            here = upper_rune(here)
            continue
        if capital:
            if is_upper(here):
                here = lower_rune(here)
            else:
                capital = False
        made.append(before)
    made.append(here)
    return "".join(made)


def _joins(rune: str) -> bool:
    return rune in "-_" or rune in SPACES


def _words(text: str) -> list[tuple[str, str]]:
    """The words of a text: what each is made of, and its text."""
    found = []
    at = 0
    while at < len(text):
        kind, end = _word(text, at)
        found.append((kind, text[at:end]))
        at = end
    return found


def _word(text: str, at: int) -> tuple[str, int]:
    rune = text[at]
    if _joins(rune):
        return _JOINT, _run(text, at, _joins)
    if is_punctuation(rune):
        return _MARKS, _run(text, at, is_punctuation)
    if is_upper(rune):
        end = _run(text, at, is_upper)
        if end > at + 1:
            # HTTPServer is HTTP and Server: the last capital belongs to the letters behind it
            return _UPPER, end - 1 if end < len(text) and _is_alphabet(text[end]) else end
        return _UPPER, _run(text, end, _small) if end < len(text) else end
    if _is_alphabet(rune):
        return _LETTERS, _run(text, at + 1, _small)
    if is_number(rune):
        return _NUMBER, _run(text, at, is_number)
    return _OTHER, _run(text, at + 1, _is_other)


def _is_alphabet(rune: str) -> bool:
    """A letter that is none of the Chinese characters."""
    return is_letter(rune) and not any(first <= rune <= last for first, last in _CHINESE)


def _small(rune: str) -> bool:
    return _is_alphabet(rune) and not is_upper(rune)


def _is_other(rune: str) -> bool:
    return not (_joins(rune) or _is_alphabet(rune) or is_number(rune) or is_punctuation(rune))


def _run(text: str, at: int, belongs: Callable[[str], bool]) -> int:
    """Where the run of runes that belong ends."""
    while at < len(text) and belongs(text[at]):
        at += 1
    return at


def _joined(text: str, joint: str) -> str:
    """Source: camelCaseToLowerCase; the words are taken in turn, and some tell what happens to those behind them."""
    if not text:
        return ""
    words = iter(_words(text))
    made: list[str] = []
    kind, word = next(words)
    while (following := next(words, _NONE)) != _NONE:
        if kind != _JOINT:
            made.append(_lowered(kind, word, joint))
        before, last = kind, word
        kind, word = following
        if before == _NUMBER:
            kind, word = _through_letters(kind, word, words, made, joint)
            if kind not in (_END, _MARKS, _JOINT):
                made.append(joint)
        elif before == _JOINT:
            made.append(_lowered(before, last, joint))
        elif before != _MARKS:
            kind, word = _behind_letters(kind, word, words, made, joint)
    made.append(_lowered(kind, word, joint))
    return "".join(made)


def _through_letters(
    kind: str, word: str, words: Iterator[tuple[str, str]], made: list[str], joint: str
) -> tuple[str, str]:
    """Writes the letters and numbers that follow a number; returns the word behind them."""
    while kind in (_LETTERS, _NUMBER):
        made.append(_lowered(kind, word, joint))
        kind, word = next(words, _NONE)
    return kind, word


def _behind_letters(
    kind: str, word: str, words: Iterator[tuple[str, str]], made: list[str], joint: str
) -> tuple[str, str]:
    """A number behind letters belongs to them (`bld4_floor`), but not with small letters behind it (`http_2xx`)."""
    if kind != _NUMBER:
        if kind not in (_JOINT, _MARKS):
            made.append(joint)
        return kind, word
    following = next(words, _NONE)
    if following == _NONE:
        return kind, word
    number, (kind, word) = word, following
    if kind != _LETTERS:
        made.append(number)
        if kind not in (_JOINT, _MARKS):
            made.append(joint)
        return kind, word
    made += (joint, number)
    kind, word = _through_letters(kind, word, words, made, joint)
    if kind not in (_END, _JOINT, _MARKS):
        made.append(joint)
    return kind, word


def _lowered(kind: str, word: str, joint: str) -> str:
    if kind not in (_UPPER, _JOINT):
        return word
    return "".join(joint if _joins(rune) else lower_rune(rune) if is_upper(rune) else rune for rune in word)
