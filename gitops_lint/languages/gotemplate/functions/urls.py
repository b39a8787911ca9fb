"""
`urlParse` and `urlJoin`: URLs taken apart and put together as Go's net/url does it.

Source: Masterminds/sprig v3.3.0 url.go; Go 1.26 net/url/url.go.
"""

from __future__ import annotations

from typing import Literal

from gitops_lint.languages.gotemplate.function import Function, FunctionError
from gitops_lint.languages.gotemplate.functions.reflection import checked_kind
from gitops_lint.languages.gotemplate.quoting import from_utf8, quoted, utf8
from gitops_lint.languages.gotemplate.values import Value
from gitops_lint.pattern import pattern

_ALWAYS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
_BARE = {
    "path": frozenset(utf8(_ALWAYS + "$&+,/:;=@")),
    "host": frozenset(utf8(_ALWAYS + "!$&'()*+,;=:[]<>\"")),
    "user": frozenset(utf8(_ALWAYS + "$&+,;=")),
    "fragment": frozenset(utf8(_ALWAYS + "$&+,/:;=?@!()*")),
}
"""Bytes that stand unescaped in each part of a URL."""
_Part = Literal["path", "host", "user", "fragment"]
_ALSO_IN_WRITTEN = frozenset(utf8("!$&'()*+,;=:@[]%"))
_USER = frozenset(_ALWAYS + ":!$&'()*+,;=%@")
_SCHEME = pattern(r"([A-Za-z][A-Za-z0-9+.-]*)?:")
_PORT = pattern(r"(?::[0-9]*)?")
_HEX = frozenset(b"0123456789abcdefABCDEF")


class _UrlError(Exception):
    """message: Go's words, without the URL."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Url:
    def __init__(self) -> None:
        self.scheme = self.opaque = self.host = self.path = self.query = self.fragment = ""
        self.written_path = self.written_fragment = ""
        """As written, where writing them anew gives something else."""
        self.user: tuple[str, str | None] | None = None
        """Name and password."""


def parse(text: str) -> _Url:
    """Raises FunctionError in Go's words."""
    rest, _, fragment = text.partition("#")
    try:
        url = _parse(rest)
    except _UrlError as error:
        raise FunctionError(f"parse {quoted(rest)}: {error.message}") from None
    try:
        url.fragment = _unescaped(fragment, "fragment")
    except _UrlError as error:
        raise FunctionError(f"parse {quoted(text)}: {error.message}") from None
    url.written_fragment = "" if _escaped(url.fragment, "fragment") == fragment else fragment
    return url


def _parse(text: str) -> _Url:
    url = _Url()
    if any(one < " " or one == "\x7f" for one in text):
        raise _UrlError("net/url: invalid control character in URL")
    if text == "*":
        url.path = "*"
        return url
    found = _SCHEME.match(text)
    rest = text
    if found is not None:
        if found[1] is None:
            raise _UrlError("missing protocol scheme")
        url.scheme, rest = found[1].lower(), text[found.end() :]
    rest, _, url.query = rest.partition("?")
    if not rest.startswith("/"):
        if url.scheme:
            url.opaque = rest
            return url
        if ":" in rest.partition("/")[0]:
            raise _UrlError("first path segment in URL cannot contain colon")
    if rest.startswith("//") and (url.scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        _read_authority(url, authority)
    url.path = _unescaped(rest, "path")
    url.written_path = "" if _escaped(url.path, "path") == rest else rest
    return url


def _read_authority(url: _Url, authority: str) -> None:
    userinfo, at, host = authority.rpartition("@")
    url.host = _host(url.scheme, host)
    if not at:
        return
    if not all(one in _USER for one in userinfo):
        raise _UrlError("net/url: invalid userinfo")
    name, colon, password = userinfo.partition(":")
    url.user = (_unescaped(name, "user"), _unescaped(password, "user") if colon else None)


def _host(scheme: str, host: str) -> str:
    opening = host.rfind("[")
    if opening > 0:
        raise _UrlError("invalid IP-literal")
    if opening == 0:
        return _literal_host(host)
    first = host.find(":")
    if first >= 0:
        # several hosts with ports are let through for whoever is not http
        port = host[first if scheme in ("http", "https") else host.rfind(":") :]
        if _PORT.fullmatch(port) is None:
            raise _UrlError(f"invalid port {quoted(port)} after host")
    return _unescaped(host, "host")


def _literal_host(host: str) -> str:
    from ipaddress import IPv6Address  # slow to load, and seldom asked

    closing = host.rfind("]")
    if closing < 0:
        raise _UrlError("missing ']' in host")
    port = host[closing + 1 :]
    if _PORT.fullmatch(port) is None:
        raise _UrlError(f"invalid port {quoted(port)} after host")
    name, percent, zone = host[1:closing].partition("%25")
    address = _unescaped(name, "host")
    try:
        IPv6Address(address)
    except ValueError:
        raise _UrlError(f"invalid host: ParseAddr({quoted(address)}): unable to parse IP") from None
    return f"[{address}{'%' + _unescaped(zone, 'path') if percent else ''}]{port}"


def _unescaped(text: str, part: _Part) -> str:
    data = utf8(text)
    made = bytearray()
    at = 0
    while at < len(data):
        one = data[at]
        if one == ord("%"):
            if at + 2 >= len(data) or data[at + 1] not in _HEX or data[at + 2] not in _HEX:
                raise _UrlError(f"invalid URL escape {quoted(from_utf8(data[at : at + 3]))}")
            byte = int(data[at + 1 : at + 3], 16)
            if part == "host" and byte < 0x80 and data[at : at + 3] != b"%25":
                raise _UrlError(f"invalid URL escape {quoted(from_utf8(data[at : at + 3]))}")
            made.append(byte)
            at += 3
            continue
        if part == "host" and one < 0x80 and one not in _BARE["host"]:
            raise _UrlError(f"invalid character {quoted(chr(one))} in host name")
        made.append(one)
        at += 1
    return from_utf8(bytes(made))


def _escaped(text: str, part: _Part) -> str:
    bare = _BARE[part]
    return "".join(chr(one) if one in bare else f"%{one:02X}" for one in utf8(text))


def _as_written(text: str, written: str, part: _Part) -> str:
    if written and all(one in _BARE[part] or one in _ALSO_IN_WRITTEN for one in utf8(written)):
        return written
    return "*" if text == "*" and part == "path" else _escaped(text, part)


def text_of_user(user: tuple[str, str | None]) -> str:
    name, password = user
    return _escaped(name, "user") + ("" if password is None else f":{_escaped(password, 'user')}")


def url_parse(text: str) -> dict[str, Value]:
    try:
        url = parse(text)
    except FunctionError as error:
        raise FunctionError(f"unable to parse url: {error}") from None
    return {
        "scheme": url.scheme,
        "host": url.host,
        "hostname": _hostname(url.host),
        "path": url.path,
        "query": url.query,
        "opaque": url.opaque,
        "fragment": url.fragment,
        "userinfo": "" if url.user is None else text_of_user(url.user),
    }


def _hostname(host: str) -> str:
    before, colon, port = host.rpartition(":")
    if colon and _PORT.fullmatch(f":{port}") is not None:
        host = before
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def url_join(parts: dict[str, Value]) -> str:
    url = _Url()
    url.scheme, url.host = _text(parts, "scheme"), _text(parts, "host")
    url.path, url.query = _text(parts, "path"), _text(parts, "query")
    url.opaque, url.fragment = _text(parts, "opaque"), _text(parts, "fragment")
    userinfo = _text(parts, "userinfo")
    if userinfo:
        try:
            url.user = parse(f"proto://{userinfo}@host").user
        except FunctionError as error:
            raise FunctionError(f"unable to parse userinfo in dict: {error}") from None
    return _joined(url)


def _text(parts: dict[str, Value], key: str) -> str:
    if key not in parts:
        return ""
    value = parts[key]
    kind = checked_kind(value)
    if kind != "string":
        raise FunctionError(f"unable to parse {key} key, must be of type string, but {kind} found")
    return str(value)


def _joined(url: _Url) -> str:
    made = f"{url.scheme}:" if url.scheme else ""
    if url.opaque:
        made += url.opaque
    else:
        if (url.scheme or url.host or url.user) and (url.host or url.path or url.user):
            made += "//"
        if url.user is not None:
            made += f"{text_of_user(url.user)}@"
        made += _escaped(url.host, "host")
        path = _as_written(url.path, url.written_path, "path")
        if path and path[0] != "/" and url.host:
            made += "/"
        if not made and ":" in path.partition("/")[0]:
            made += "./"
        made += path
    if url.query:
        made += f"?{url.query}"
    if url.fragment:
        made += f"#{_as_written(url.fragment, url.written_fragment, 'fragment')}"
    return made


URLS = (
    Function("urlParse", url_parse, ("string",)),
    Function("urlJoin", url_join, ("map",)),
)
