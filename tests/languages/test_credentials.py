"""Forms of credentials, names that promise one, and values that are none."""

from __future__ import annotations

import base64
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gitops_lint.languages.credentials import (
    assignments,
    authorization,
    credential_value,
    find_all,
    is_encrypted,
    is_plaintext,
    name_strength,
    value_class,
)

BODY = "FAKEglintFAKEglintFAKEglint000000000"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmYWJyaWNhdGVkLWJ5LWdpdG9wcy1saW50In0.RkFLRWdsaW50RkFLRWdsaW50RkFLRQ"
PEM = "-----BEGIN {0}PRIVATE KEY-----\nRkFLRSBnaXRvcHMtbGludCB0ZXN0IGRhdGEsIG5vdCBhIGtleS4gRkFLRSBnaXRv\n-----END {0}PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "what", "covered"),
    [
        (f"token: ghp_{BODY}", "a GitHub token", f"ghp_{BODY}"),
        (f"https://ghp_{BODY}@github.com/org/shop", "a GitHub token", f"ghp_{BODY}"),
        (f"npm_{BODY}", "an npm token", f"npm_{BODY}"),
        ("glpat-FAKEglintFAKEglint12", "a GitLab token", "glpat-FAKEglintFAKEglint12"),
        (f"value: {JWT}", "a JSON Web Token", JWT),
        ("postgres://shop:glint-7hX2pQ9vKzR4@db:5432/shop", "a password in a URL", "glint-7hX2pQ9vKzR4"),
        (PEM.format(""), "a private key", PEM.format("").rstrip("\n")),
        (PEM.format("RSA "), "a private key", PEM.format("RSA ").rstrip("\n")),
        (
            base64.b64encode(PEM.format("RSA ").encode()).decode(),
            "a private key in base64",
            base64.b64encode(PEM.format("RSA ").encode()).decode(),
        ),
    ],
)
def test_a_credential_is_known_by_its_form(text: str, what: str, covered: str) -> None:
    (found,) = find_all(text)

    assert (found.what, text[found.start : found.end], found.certain) == (what, covered, True)


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        f"aghp_{BODY}",
        f"ghp_{BODY}0",
        "see https://user:password@example.com for the form",
        "redis://:${REDIS_PASSWORD}@redis:6379/0",
        "postgres://shop:$(DB_PASSWORD)@db/shop",
        "postgres://shop:<path:secret/data/db#password>@db/shop",
        "https://00112233445566778899aabbccddeeff@o000000.ingest.us.sentry.io/0000",
        "http://[::1]:8080/@x",
        "accessKeyID: AKIAFAKEFAKEFAKE2345",
        PEM.format("").replace("PRIVATE KEY", "CERTIFICATE"),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "it starts with -----BEGIN PRIVATE KEY----- and goes on for many lines of base64 until the end of it comes",
        base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + b"RkFLRSBnaXRv" * 9).decode(),
    ],
)
def test_forms_references_and_public_texts_are_none(text: str) -> None:
    assert find_all(text) == []


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("password", "strong"),
        ("DB_PASSWORD", "strong"),
        ("rootPassword2", "strong"),
        ("aws-secret-access-key", "strong"),
        ("apiKey", "medium"),
        ("X-Api-Key", "medium"),
        ("dex.github.clientSecret", "medium"),
        ("client-key-data", "medium"),
        ("token", "weak"),
        ("secret", "weak"),
        ("secretName", None),
        ("existingSecret", None),
        ("imagePullSecret", None),
        ("passwordKey", None),
        ("DB_PASSWORD_FILE", None),
        ("OIDC_TOKEN_URL", None),
        ("AUTHENTICATION_APIKEY_ENABLED", None),
        ("accessKeyId", None),
        ("key", None),
        ("", None),
    ],
)
def test_a_name_promises_a_credential(name: str, strength: str | None) -> None:
    assert name_strength(name) == strength


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("glint-7hX2pQ9vKzR4", "literal"),
        ("  ", "empty"),
        ("{{ .Values.password }}", "reference"),
        ("$argocd-sso:oidc.clientSecret", "reference"),
        ("$(DB_PASSWORD)", "reference"),
        ('<+secrets.getValue("x")>', "reference"),
        ("<path:secret/data/shop#password>", "reference"),
        ("op://vault/item/field", "reference"),
        ("/run/secrets/db", "reference"),
        ("ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]", "encrypted"),
        ("$ANSIBLE_VAULT;1.1;AES256\n66386439", "encrypted"),
        ("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", "hash"),
        ("changeme", "placeholder"),
        ("REPLACE_ME", "name"),
        ("your-token-here", "placeholder"),
        ("xxxxxxxx", "placeholder"),
        ("Y2hhbmdlbWU=", "placeholder"),
        ("my-release-secret", "placeholder"),
        ("-----BEGIN CERTIFICATE-----\nabc", "public"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "public"),
        ("minioadmin", "weak"),
        ("123456", "weak"),
    ],
)
def test_what_a_value_is(text: str, kind: str) -> None:
    assert value_class(text) == kind


@pytest.mark.parametrize(
    ("name", "text", "kept_secret", "worth"),
    [
        ("password", "correct-horse-glint", False, "literal"),
        ("password", "the password of the user", False, None),
        ("password", "correct horse glint staple", True, "literal"),
        ("password", "postgres", False, "weak"),
        ("apiKey", "0123ab9f8e7d6c5b4a", False, "literal"),
        ("apiKey", "login-page-key-1", False, None),
        ("apiKey", "short1", False, None),
        ("secret", "ibm-s390x-ssh-keys", False, None),
        ("token", "q7Xk29fLmPz04TbR", False, "literal"),
        ("token", "internalToken", True, None),
        ("url", "q7Xk29fLmPz04TbR", True, None),
    ],
)
def test_a_name_and_a_value_together(name: str, text: str, kept_secret: bool, worth: str | None) -> None:
    assert credential_value(name, text, kept_secret=kept_secret) == worth


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("Bearer q7Xk29fLmPz04TbRq7Xk29fL", "literal"),
        ("Bearer $deploys-token", None),
        ("Basic " + base64.b64encode(b"bot:glint-7hX2pQ9v").decode(), "literal"),
        ("Basic " + base64.b64encode(b"bot:").decode(), None),
        ("q7Xk29fLmPz04TbRq7Xk29fL", None),
    ],
)
def test_an_authorization_header(text: str, worth: str | None) -> None:
    assert authorization(text) == worth


def test_lines_give_names_and_values() -> None:
    text = "# c=1\nA=b\n  export C = 'd e' # f\n- g: \"h\"\nplain line\nURL=http://x/#y\n"

    assert [(name, text[start:end]) for name, start, end in assignments(text)] == [
        ("A", "b"),
        ("C", "d e"),
        ("g", "h"),
        ("URL", "http://x/#y"),
    ]


@pytest.mark.parametrize(
    ("text", "plain", "encrypted"),
    [
        ("hello", True, False),
        ("", False, False),
        ("ENC[AES256_GCM,data:a]", False, True),
        ("<path:a#b>", False, False),
        ("${A}", False, False),
    ],
)
def test_the_states(text: str, plain: bool, encrypted: bool) -> None:
    assert (is_plaintext(text), is_encrypted(text)) == (plain, encrypted)


@given(some.text(alphabet="ghp_eyJ.-:/@ aB0=\n$<>{}'\"", max_size=300))
def test_every_text_is_read_and_found_in_order(text: str) -> None:
    found = find_all(text)

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


@pytest.mark.parametrize("piece", ["a://b:", "-----BEGIN PRIVATE KEY-----\n", "eyJ", "x" * 9 + "=", "LS0tLS1CRUdJTi"])
def test_reading_is_quick_whatever_the_text(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    started = time.process_time()

    find_all(text)
    list(assignments(text))
    value_class(text)

    assert time.process_time() - started < 2
