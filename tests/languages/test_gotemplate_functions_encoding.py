"""base64, base32, digests, paths and URLs. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{b64enc "hello"}}', "aGVsbG8="),
    ('{{b64enc "é"}}', "w6k="),
    ('{{b64dec "aGVsbG8="}}', "hello"),
    ('{{b64dec "aGVs\\nbG8="}}', "hello"),
    ('{{b64dec "aGVsbG8"}}', "illegal base64 data at input byte 4"),
    ('{{b64dec "a"}}', "illegal base64 data at input byte 0"),
    ('{{b64dec "a*"}}', "illegal base64 data at input byte 1"),
    ('{{b64dec "aGVsbG8=x"}}', "illegal base64 data at input byte 8"),
    ('{{b64dec "aGVsbA=="}}', "hell"),
    ('{{b64dec "aGVsbA="}}', "illegal base64 data at input byte 7"),
    ('{{b64dec "aG=sbA=="}}', "illegal base64 data at input byte 2"),
    ('{{b64dec ""}}', ""),
    ('{{b64dec "===="}}', "illegal base64 data at input byte 0"),
    ('{{toJson (b64dec "//79")}}', '"\\ufffd\\ufffd\\ufffd"'),
    ('{{b32enc "hello"}}', "NBSWY3DP"),
    ('{{b32dec "NBSWY3DP"}}', "hello"),
    ('{{b32dec "NBSWY3A="}}', "hell"),
    ('{{b32dec "NB"}}', "illegal base32 data at input byte 0"),
    ('{{b32dec "nbswy3dp"}}', "illegal base32 data at input byte 0"),
    ('{{b32dec "NBSWY3D="}}', "hell"),
    ('{{b32dec "NBSWYXXX="}}', "illegal base32 data at input byte 8"),
    ('{{b32dec "NBSW===="}}', "he"),
    ('{{b32dec "NBS=x==="}}', "illegal base32 data at input byte 3"),
    ('{{b32dec "NBS====="}}', "illegal base32 data at input byte 3"),
    ('{{sha1sum "a"}}', "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ('{{sha256sum "a"}}', "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    (
        '{{sha512sum ""}}',
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ),
    ('{{adler32sum "hello"}}', "103547413"),
    ("{{sha256sum .n}}", "error: wrong type for value; expected string; got float64"),
    ('{{base "a/b/c.txt"}}', "c.txt"),
    ('{{base "/"}}', "/"),
    ('{{base ""}}', "."),
    ('{{base "a//"}}', "a"),
    ('{{dir "a/b/c"}}', "a/b"),
    ('{{dir "x"}}', "."),
    ('{{dir "/"}}', "/"),
    ('{{dir "a/../b/c"}}', "b"),
    ('{{clean "a//b/./../c/"}}', "a/c"),
    ('{{clean ""}}', "."),
    ('{{clean "/../a"}}', "/a"),
    ('{{clean "../../x"}}', "../../x"),
    ('{{ext "a/b.tar.gz"}}', ".gz"),
    ('{{ext "a.b/c"}}', ""),
    ('{{isAbs "/a"}}', "true"),
    ('{{isAbs "a"}}', "false"),
    ('{{osBase "a/b"}}', "b"),
    ('{{osDir "a/b"}}', "a"),
    ('{{osClean "a/"}}', "a"),
    ('{{osExt "x.y"}}', ".y"),
    ('{{osIsAbs "/"}}', "true"),
    ('{{(urlParse "https://u:p%40@h.example:8080/a%2Fb?q=1#fr").host}}', "h.example:8080"),
    (
        '{{toJson (urlParse "https://u:p%40@h.example:8080/a%2Fb/c?q=1&r#fr%20ag")}}',
        '{"fragment":"fr ag","host":"h.example:8080","hostname":"h.example","opaque":"","path":"/a/b/c","query":"q=1\\u0026r","scheme":"https","userinfo":"u:p%40"}',
    ),
    (
        '{{toJson (urlParse "mailto:x@y")}}',
        '{"fragment":"","host":"","hostname":"","opaque":"x@y","path":"","query":"","scheme":"mailto","userinfo":""}',
    ),
    ('{{(urlParse "//h/p").host}}', "h"),
    ('{{(urlParse "http://[::1]:80/").hostname}}', "::1"),
    (
        '{{urlParse "http://h:port/"}}',
        'error: error calling urlParse: unable to parse url: parse "http://h:port/": invalid port ":port" after host',
    ),
    ('{{urlParse "%zz"}}', 'error: error calling urlParse: unable to parse url: parse "%zz": invalid URL escape "%zz"'),
    ('{{urlParse ":x"}}', 'error: error calling urlParse: unable to parse url: parse ":x": missing protocol scheme'),
    ('{{urlParse "a:b/c"}}', "map[fragment: host: hostname: opaque:b/c path: query: scheme:a userinfo:]"),
    (
        '{{urlParse "a b:c"}}',
        'error: error calling urlParse: unable to parse url: parse "a b:c": first path segment in URL cannot contain colon',
    ),
    (
        '{{urlParse "http://a b/"}}',
        'error: error calling urlParse: unable to parse url: parse "http://a b/": invalid character " " in host name',
    ),
    (
        '{{urlParse "http://[::1"}}',
        "error: error calling urlParse: unable to parse url: parse \"http://[::1\": missing ']' in host",
    ),
    (
        '{{urlParse "http://x y@h/"}}',
        'error: error calling urlParse: unable to parse url: parse "http://x y@h/": net/url: invalid userinfo',
    ),
    ('{{(urlParse "*").path}}', "*"),
    (
        '{{urlParse "a\\u007fb"}}',
        'error: error calling urlParse: unable to parse url: parse "a\\x7fb": net/url: invalid control character in URL',
    ),
    (
        '{{urlJoin (dict "scheme" "https" "host" "h" "path" "/a b" "query" "x=1" "fragment" "f")}}',
        "https://h/a%20b?x=1#f",
    ),
    ('{{urlJoin (dict "host" "h" "path" "p")}}', "//h/p"),
    ('{{urlJoin (dict "path" "a:b")}}', "./a:b"),
    ('{{urlJoin (dict "scheme" "http" "userinfo" "u:p@" "host" "h")}}', "http://u:p%40@h"),
    (
        '{{urlJoin (dict "host" 3)}}',
        "error: error calling urlJoin: unable to parse host key, must be of type string, but int found",
    ),
    ('{{urlJoin (dict "opaque" "x" "scheme" "mailto")}}', "mailto:x"),
    ('{{urlJoin (urlParse "http://h/a%2Fb?x")}}', "http://h/a/b?x"),
    (
        '{{urlJoin (dict "path" nil)}}',
        "error: error calling urlJoin: runtime error: invalid memory address or nil pointer dereference",
    ),
    ('{{urlJoin (dict "userinfo" "a/b")}}', ""),
    ("{{urlJoin (dict)}}", ""),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
