"""
What a credential looks like: tokens of known providers, private keys, passwords in URLs, names that promise a credential and
values that are none after all.

No measure of randomness decides alone: a finding needs a known form, or a name that says what the value is. Nothing here
keeps or prints a value; what is found is a kind, words for it and where it stands. The forms of tokens are those that their
providers publish; lengths as in the table of gitleaks (config/gitleaks.toml).
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Literal

import re2

from gitops_lint.dataclass import dataclass
from gitops_lint.pattern import pattern

CredentialKind = Literal["password", "token", "private-key", "url"]


@dataclass(frozen=True, slots=True)
class Found:
    """
    One credential in a text: start and end (code points, end exclusive) of what must not be shown, and where to point.

    what: words for a message, never the text itself. certain: False for one that is used in development and tests.
    point: end of the stretch to point at, where the whole runs over lines.
    """

    kind: CredentialKind
    what: str
    start: int
    end: int
    certain: bool = True
    point: int | None = None


# ---- tokens with a form of their own

_B = r"[A-Za-z0-9]"
# Words for a message, and the form; the first group, where there is one, is the part that varies.
_TOKENS: tuple[tuple[str, str], ...] = (
    ("a GitHub token", rf"gh[pousr]_({_B}{{36}})"),
    ("a GitHub token", r"github_pat_(\w{82})"),
    ("a GitLab token", r"gl(?:pat|dt|rt)-([\w-]{20,})"),
    ("a Slack token", r"xox[bpe]-([0-9A-Za-z-]{20,250})"),
    ("a Slack token", r"xapp-\d-([A-Z0-9]+-\d+-[a-z0-9]+)"),
    ("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{43,56})"),
    ("a Google API key", r"AIza([\w-]{35})"),
    ("an Azure storage key", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    ("a Vault token", r"hvs\.([\w-]{90,120})"),
    ("a Vault token", r"hvb\.([\w-]{138,300})"),
    ("a Harness token", rf"(?:pat|sat)\.([\w-]{{22}}\.{_B}{{24}}\.{_B}{{20}})"),
    ("an OpenShift token", r"sha256~([\w-]{43})"),
    ("an npm token", rf"npm_({_B}{{36}})"),
    ("a PyPI token", r"pypi-AgEIcHlwaS5vcmc([\w-]{50,1000})"),
    ("a RubyGems key", r"rubygems_([a-f0-9]{48})"),
    ("a Hugging Face token", r"hf_([A-Za-z]{34})"),
    ("a DigitalOcean token", r"do[por]_v1_([a-f0-9]{64})"),
    ("a Databricks token", r"dapi([a-f0-9]{32})"),
    ("a Pulumi token", r"pul-([a-f0-9]{40})"),
    ("a Grafana token", rf"glsa_({_B}{{32}}_[A-Fa-f0-9]{{8}})"),
    ("a Grafana Cloud token", r"glc_([A-Za-z0-9+/]{32,400})={0,2}"),
    ("a Doppler token", rf"dp\.pt\.({_B}{{43}})"),
    ("a Dynatrace token", r"dt0c01\.([A-Z0-9]{24}\.[A-Z0-9]{64})"),
    ("a SendGrid key", r"SG\.([\w.=-]{66})"),
    ("a Stripe key", rf"(?:sk|rk)_live_({_B}{{10,99}})"),
    ("a Stripe test key", rf"(?:sk|rk)_test_({_B}{{10,99}})"),
    ("a Sentry token", r"sntr(?:ys_eyJ[\w+/=-]{40,400}|yu_[a-f0-9]{64})"),
    ("a New Relic key", r"NRAK-([A-Z0-9]{27})"),
    ("an Artifactory token", rf"AKCp({_B}{{69}})"),
    ("an Artifactory token", rf"cmVmd({_B}{{59}})"),
    ("a Shopify token", r"shp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})"),
    ("a Linear key", rf"lin_api_({_B}{{40}})"),
    ("an Anthropic key", r"sk-ant-(?:api03|admin01)-([\w-]{93}AA)"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?([\w-]{20,74}T3BlbkFJ[\w-]{20,74})"),
    ("a 1Password token", r"ops_eyJ([A-Za-z0-9+/]{250,})={0,3}"),
    ("an age secret key", r"AGE-SECRET-KEY-1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})"),
    ("a JSON Web Token", r"(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"),
)
_EDGE = "[^A-Za-z0-9_+/-]"
_BEFORE = f"(?:^|{_EDGE}|://)"
_ANY_TOKEN = re2.compile(
    f"{_BEFORE}(?:{'|'.join(form.replace('(?:', '(').replace('(', '(?:') for _, form in _TOKENS)})"
)


@cache
def _forms() -> tuple[tuple[str, Any], ...]:
    """What a token is, and its form; most repositories hold none, so most runs compile none of them."""
    return tuple((what, re2.compile(f"{_BEFORE}({form})(?:{_EDGE}|$)")) for what, form in _TOKENS)


_PEM = pattern(
    r"-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----"
    r"(?=((?:\s*(?:Proc-Type|DEK-Info|Version|Comment): [^\n]{0,100}\n){0,4}(?:[A-Za-z0-9+/=\s]|\\n|\\r){64,20000}))"
)
_PEM_END = pattern(r"-----END [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BASE64 = pattern(r"(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,}={0,2}")
_URL = pattern(
    r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<user>[^\s/:@\"'<>`]{0,100}):(?P<password>[^\s/@\"'<>`]{1,200})@(?P<host>[A-Za-z0-9\[_][^\s\"'/:?]{0,250})"
)
_LOCAL = pattern(r"(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)$|(?:^|\.)example\.(?:com|org|net)$")
_STRUCTURE = pattern(r"BEGIN [A-Z ]{0,20}PRIVATE KEY|LS0tLS1CRUdJTi|://[^\s/@]{0,120}:[^\s/@]{1,200}@")


def find_all(text: str) -> list[Found]:
    """Every token, private key and password in a URL of a text, in its order; none covers another."""
    found: list[Found] = []
    if may_hold_token(text):
        found += _tokens(text)
    if _may_hold_structure(text):
        found += _private_keys(text)
        found += _urls(text)
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Found] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _may_hold_structure(text: str) -> bool:
    """Whether a text holds the marks of a private key or of a URL with a password."""
    if "PRIVATE KEY" not in text and "LS0tLS1CRUdJTi" not in text and ("://" not in text or "@" not in text):
        return False
    return _STRUCTURE.search(text) is not None


def may_hold_token(text: str) -> bool:
    """Whether one pass over the text finds the form of any token."""
    return _ANY_TOKEN.search(text) is not None


def _tokens(text: str) -> Iterator[Found]:
    for what, form in _forms():
        at = 0
        while at <= len(text):
            match = form.search(text, at)
            if match is None:
                break
            start, end = match.span(1)
            varying = match.group(2) if match.re.groups > 1 and match.group(2) else match.group(1)
            at = max(end, match.start() + 1)
            if not _made_up(varying):
                yield Found("token", what, start, end, certain="test" not in what)


def _made_up(token: str) -> bool:
    """Whether a token is only its form: `ghp_xxxxxxxx`, `glpat-XXXX…`, or says that it is an example."""
    letters = set(token.lower()) - set("-_.")
    return (
        len(letters) < 5 or re.search(r"(?i)example|x{6}|0{12}|1234567890|placeholder|your|\.\.\.", token) is not None
    )


def _private_keys(text: str) -> Iterator[Found]:
    for match in _PEM.finditer(text):
        if _is_sample(match[1]):
            continue
        end = _PEM_END.search(text, match.end(), match.end() + 20000)
        stop = end.end() if end is not None else match.end(1)
        yield Found("private-key", "a private key", match.start(), stop, point=match.end())
    for match in _PEM_BASE64.finditer(text):
        decoded = decoded_text(match[0] + "=" * (-len(match[0]) % 4))
        key = _PEM.search(decoded) if decoded is not None else None
        if key is not None and not _is_sample(key[1]):
            yield Found("private-key", "a private key in base64", match.start(), match.end())


def _is_sample(body: str) -> bool:
    """Whether what follows the first line of a key is no key: dots, words, another BEGIN."""
    first = body.replace("\\n", "\n").replace("\\r", "").split("\n")
    lines = [line.strip() for line in first if line.strip() and ":" not in line]
    solid = "".join(line for line in lines[:3] if not line.startswith("-----"))
    return len(solid) < 40 or len(set(solid)) < 8 or " " in solid


def _urls(text: str) -> Iterator[Found]:
    for match in _URL.finditer(text):
        password, user, host = match["password"], match["user"], match["host"].rstrip(".,;)")
        worth = value_class(password)
        if worth not in ("literal", "weak") or re.fullmatch(r"\d{1,5}", password) or _is_name_of_part(password):
            continue
        certain = worth == "literal" and password != user and not _LOCAL.search(host)
        yield Found("url", "a password in a URL", match.start("password"), match.end("password"), certain)


def _is_name_of_part(password: str) -> bool:
    return re.fullmatch(r"(?i)\**|user(?:name)?|pass(?:w(?:or)?d)?|pwd|secret|token|x+|pw|key", password) is not None


# ---- names

Strength = Literal["strong", "medium", "weak"]

_STRONG = frozenset(("password", "passwd", "passphrase", "pwd", "psw", "passwort"))
_MEDIUM_PAIRS = frozenset(
    (
        *(("api", "key"), ("private", "key"), ("client", "secret"), ("app", "secret"), ("shared", "secret")),
        *(
            ("webhook", "secret"),
            ("cookie", "secret"),
            ("session", "secret"),
            ("signing", "key"),
            ("signing", "secret"),
        ),
        *(("encryption", "key"), ("jwt", "secret"), ("access", "token"), ("auth", "token"), ("bearer", "token")),
        *(("refresh", "token"), ("oauth", "token"), ("api", "token"), ("fernet", "key"), ("key", "data")),
        *(("account", "key"), ("storage", "key"), ("master", "key"), ("hmac", "secret"), ("api", "secret")),
        *(("bot", "token"), ("root", "token"), ("deploy", "token"), ("integration", "key"), ("github", "token")),
        *(("gitlab", "token"), ("slack", "token"), ("consumer", "secret"), ("key", "base")),
    )
)
_MEDIUM_WORDS = frozenset(
    (
        "apikey",
        "privatekey",
        "clientsecret",
        "accesstoken",
        "authtoken",
        "bearertoken",
        "apitoken",
        "keydata",
        "identitytoken",
    )
)
_WEAK = frozenset(("token", "secret", "credential", "credentials", "htpasswd"))
# Words before the last that make it the name of something: a Secret, a key, a place.
_NAMING = frozenset(
    ("existing", "pull", "ref", "tls", "cert", "image", "from", "external", "store", "k8s", "kubernetes")
)
_FORM = frozenset(("plain", "plaintext", "value", "base64", "b64"))
_SPLIT = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=16384)
def name_strength(name: str) -> Strength | None:
    """
    How surely a value under this name is a credential: `strong` for a password, `medium` for an API key, `weak` for a bare
    `token` or `secret`, which often names a Secret; None for every other name (`passwordFile`, `secretName`).
    """
    words = [word.lower() for word in _SPLIT.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _FORM):
        words.pop()
    if not words:
        return None
    if any(word in _NAMING for word in words[:-1]) and words[-1] not in _STRONG:
        return None
    last = words[-1]
    if last in _STRONG or words[-3:] == ["secret", "access", "key"] or words[-3:] == ["access", "key", "secret"]:
        return "strong"
    if tuple(words[-2:]) in _MEDIUM_PAIRS or last in _MEDIUM_WORDS:
        return "medium"
    return "weak" if last in _WEAK else None


# ---- values

ValueClass = Literal["empty", "reference", "encrypted", "placeholder", "name", "public", "hash", "weak", "literal"]

_REFERENCE = pattern(
    r"\{\{|\{%|\$\{|\$\(|<\+|<path:|^\$[A-Za-z]|^%[A-Za-z_]+%$|^__[A-Za-z_]+__$|^@.*@$|^<.*>$|\[REDACTED\]|^\[\[|^#\{"
    r"|^(?:vault|ref\+\w+|op|secretref|azurekeyvault|akv|env|file|sops|ssm|awssm|gcpsm|keyvault|secret|secrets):"
    r"|^arn:aws[\w-]*:|^projects/[^/]+/secrets/|^(?:account|org)\.\w+$|^\.{0,2}/[\w./-]+$|^\(\(.*\)\)$|\$<"
)
_ENCRYPTED = pattern(
    r"^ENC\[|^\$ANSIBLE_VAULT;|^U2FsdGVkX1|^-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----|^Ag[A-D][A-Za-z0-9+/]{600,}"
)
_PUBLIC = pattern(
    r"^\s*(?:-----BEGIN (?:CERTIFICATE|TRUSTED CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE REQUEST|X509 CRL|PGP PUBLIC KEY BLOCK)"
    r"|(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) AAAA|sha(?:1|256|384|512)[:-]|age1[a-z0-9]{50,})"
)
_HASH = pattern(
    r"^(?:\$2[abxy]?\$|\$argon2|\$[156y]\$|\$apr1\$|\{S?SHA\d*\}|pbkdf2|scrypt:|SCRAM-SHA-|md5[0-9a-f]{32}$)|^[^:\s]+:(?:\$2|\$apr1|\{SHA)"
)
# Plain texts, compiled by `re` at first use: they are long, and few runs come to them.
_PLACEHOLDER = (
    r"(?ix) change [-_\s.]* (?:me|it|this|now|pass) .* | .*change[-_]?me.* | (?:please[-_\s]*)?(?:replace|todo|tbd|fixme|dummy|fake|mock"
    r"|example|sample|placeholder|redacted|your|insert|enter|fill|put|provide|update|override|specify|define|set) (?:[-_\s.:].*)?"
    r"| (?:your|example|sample|dummy|replace|placeholder|redacted|removed|masked|hidden) .* | my[-_]?(?:password|secret|token|key|pass|api[-_]?key).*"
    r"| [x*.\-_?]+ | (.)\1{3,} | secret | password | passwd | pass | pwd | token | key | test | testing | foo|bar|baz|foobar | some[-_].*"
    r"| (?:not[-_]?used|unused|ignored?|none|null|nil|n/?a|default|undefined|empty|true|false|yes|no|on|off|enabled|disabled)"
    r"| (?:required|optional|auto|generated|random|managed|dynamic|internal|external|plain|basic|bearer|encrypted|inherit|file|env|vault)(?:[-_].*)?"
    r"| .*(?:\.\.\.|…).* | .*[-_.](?:password|passwd|pass|secret|secrets|key|token|credentials?|creds|name|ref|file|path)"
    r"| the[-_\s].* | a[-_\s].* | .*(?:goes[-_\s]?here|placeholder|replace[-_]?me|insert[-_]?here).* | \[.*\] | <.* | x{3,}.*"
)
_DEVELOPMENT = (
    r"(?i)(?:admin|redhat|openshift|administrator|root|minio|minioadmin|minio123|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|rabbitmq|guest"
    r"|keycloak|grafana|prom-operator|user|demo|demo123|dev|local|admin123\d?|admin1234|password\d+|passw0rd|p@ssw0rd|pass1234?|test\d+|testpass(?:word)?|testing123"
    r"|supersecret|super-secret|verysecret|s3cr3t|changeit|letmein|qwerty\d*|welcome\d*|secret\d+|abc123|\d{1,12}|0123456789[a-f0-9]*|abcdef[0-9]*|hunter2"
    r"|(?:test|dev|demo|local|fake|dummy|mock|insecure)[-_]?\w{0,20}|(?:[a-z]+)[-_]?(?:test|dev|demo|local))"
)
_CAPITALS = pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_DNS_NAME = pattern(r"[a-z0-9]+(?:[-.][a-z0-9]+)+")
_UUID = pattern(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@lru_cache(maxsize=4096)
def value_class(text: str) -> ValueClass:
    """
    What a value under the name of a credential is. `literal` is one that somebody may use; `weak` one that everybody knows
    (`minioadmin`), deployed as it stands.
    """
    value = text.strip()
    if not value:
        return "empty"
    if _ENCRYPTED.search(value):
        return "encrypted"
    if _HASH.search(value):
        return "hash"
    if _REFERENCE.search(value):
        return "reference"
    if _PUBLIC.search(value):
        return "public"
    if _CAPITALS.fullmatch(value):
        return "name"
    if len(value) < 200:
        if re.fullmatch(_PLACEHOLDER, value):
            return "placeholder"
        if re.fullmatch(_DEVELOPMENT, value):
            return "weak"
        inner = decoded_text(value)
        if inner is not None and len(inner) > 3 and re.fullmatch(_PLACEHOLDER, inner.strip()):
            return "placeholder"
    return "literal"


def credential_value(name: str, text: str, *, kept_secret: bool = False) -> Literal["literal", "weak"] | None:
    """
    Whether the text under a name is a credential; `weak` for one that everybody knows.

    kept_secret: it stands where only secrets stand (a Secret, a secretGenerator), so that a bare `token` is one too.
    """
    strength = name_strength(name)
    if strength is None:
        return None
    worth = value_class(text)
    if worth not in ("literal", "weak"):
        return None
    value = text.strip()
    if strength == "strong":
        return worth if kept_secret or not (" " in value or "\n" in value) else None
    if " " in value or "\n" in value or len(value) < 8:
        return None
    if _DNS_NAME.fullmatch(value) and not _UUID.fullmatch(value):
        return None
    if strength == "medium" or kept_secret:
        return None if _wordy(value) else worth
    return worth if len(value) >= 12 and any(map(str.isdigit, value)) and entropy(value) >= 3.3 else None


def _wordy(value: str) -> bool:
    """Whether a value is an identifier in camel case or a path of words, and so the name of something."""
    return re.fullmatch(r"[A-Za-z]{1,30}(?:[_./:-][A-Za-z]{1,30}){0,6}", value) is not None and entropy(value) < 3.9


def entropy(text: str) -> float:
    """Bits a character (Shannon)."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values()) if total else 0.0


_AUTHORIZATION = pattern(r"(?i)(basic|bearer|token|apikey|api-key)\s+(\S+)\s*")


def authorization(text: str) -> Literal["literal", "weak"] | None:
    """Whether the value of an Authorization header is a credential written out: `Bearer …`, `Basic …`."""
    match = _AUTHORIZATION.fullmatch(text.strip())
    if match is None or value_class(match[2]) != "literal":
        return None
    if match[1].lower() == "basic":
        decoded = decoded_text(match[2])
        if decoded is None or ":" not in decoded:
            return None
        worth = value_class(decoded.partition(":")[2])
        return worth if worth == "literal" or worth == "weak" else None
    return "literal" if len(match[2]) >= 20 else None


# ---- base64


def decoded(text: str) -> bytes | None:
    """The bytes of standard base64 as Go reads it: padding is required, line ends are left out; None for anything else."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return None


def decoded_text(text: str) -> str | None:
    """The text in base64; None where it is not base64 or not text."""
    raw = decoded(text)
    if raw is None:
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


# ---- lines of files that are no YAML

_ASSIGNMENT = pattern(
    r"^[ \t]*(?:export[ \t]+|set[ \t]+|-[ \t]+)?[\"']?([A-Za-z_/][\w./:-]{0,120}?)[\"']?[ \t]*[:=][ \t]*(\S[^\r\n]*)$",
    re.MULTILINE,
)
# Every name that `name_strength` knows holds one of these words, and so do those of headers and of registries' logins.
_TELLING = re2.compile(
    r"(?im)^[^:=\n]*(?:passw|passphrase|pwd|psw|key|secret|token|credential|auth)[^:=\n]*[:=][ \t]*[^\s]"
)
_QUOTED = pattern(r"\"([^\"\\]*)\"|'([^']*)'")
_COMMENT = pattern(r"\s+[#;].*$")


def assignments(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, and start and end of the value, of every line `NAME=VALUE` or `name: value`; comments and quotes left out."""
    for match in _ASSIGNMENT.finditer(text):
        yield from _assignment(match)


def telling_assignments(text: str) -> Iterator[tuple[str, int, int]]:
    """The assignments of a text whose name may promise a credential, and perhaps some more."""
    for line in _TELLING.finditer(text):
        match = _ASSIGNMENT.match(text, line.start())
        if match is not None:
            yield from _assignment(match)


def _assignment(match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    start, written = match.start(2), match[2].rstrip()
    quoted = _QUOTED.match(written)
    if quoted is not None:
        group = 1 if quoted[1] is not None else 2
        yield match[1], start + quoted.start(group), start + quoted.end(group)
        return
    value = _COMMENT.sub("", written).rstrip().rstrip(",")
    if value:
        yield match[1], start, start + len(value)


# ---- the states of the rule language


def is_encrypted(text: str) -> bool:
    """Whether a text is encrypted: SOPS, Ansible Vault, age, PGP, a sealed value."""
    return _ENCRYPTED.search(text.strip()) is not None


def is_plaintext(text: str) -> bool:
    """Whether a text is readable as it stands: neither empty nor encrypted, no template, no reference to a secret."""
    return value_class(text) not in ("empty", "encrypted", "reference")
