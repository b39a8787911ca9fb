"""
Functions whose result nobody can know before: chance, keys, secrets; they are there, and say why they are not computed.

Source: Masterminds/sprig v3.3.0 crypto.go, functions.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from gitops_lint.languages.gotemplate.function import Function, Kind, NotDeterministicError

_EVERY_TIME = "which is another one each time the controller renders the template"


def _never(name: str, what: str) -> Callable[..., NoReturn]:
    def call(*arguments: object) -> NoReturn:
        raise NotDeterministicError(f"`{name}` makes {what}")

    return call


def _function(name: str, what: str, *params: Kind) -> Function:
    return Function(name, _never(name, what), params)


CHANCE = (
    _function("randAlpha", f"a random text, {_EVERY_TIME}", "int"),
    _function("randAlphaNum", f"a random text, {_EVERY_TIME}", "int"),
    _function("randNumeric", f"a random text, {_EVERY_TIME}", "int"),
    _function("randAscii", f"a random text, {_EVERY_TIME}", "int"),
    _function("randBytes", f"a random text, {_EVERY_TIME}", "int"),
    _function("randInt", f"a random number, {_EVERY_TIME}", "int", "int"),
    _function("shuffle", f"a random order, {_EVERY_TIME}", "string"),
    _function("uuidv4", f"a random identifier, {_EVERY_TIME}"),
    _function("bcrypt", f"a salted hash, {_EVERY_TIME}", "string"),
    _function("htpasswd", f"a salted hash, {_EVERY_TIME}", "string", "string"),
    _function("encryptAES", f"a text with a random beginning, {_EVERY_TIME}", "string", "string"),
    _function("genPrivateKey", f"a key, {_EVERY_TIME}", "string"),
    _function("genCA", f"a certificate, {_EVERY_TIME}", "string", "int"),
    _function("genCAWithKey", f"a certificate, {_EVERY_TIME}", "string", "int", "string"),
    _function("genSelfSignedCert", f"a certificate, {_EVERY_TIME}", "string", "any", "any", "int"),
    _function("genSelfSignedCertWithKey", f"a certificate, {_EVERY_TIME}", "string", "any", "any", "int", "string"),
    _function("genSignedCert", f"a certificate, {_EVERY_TIME}", "string", "any", "any", "int", "any"),
    _function("genSignedCertWithKey", f"a certificate, {_EVERY_TIME}", "string", "any", "any", "int", "any", "string"),
    _function("buildCustomCert", "a certificate of two texts, which is not computed offline", "string", "string"),
    _function("decryptAES", "a secret of its arguments, which is not computed offline", "string", "string"),
    _function(
        "derivePassword",
        "a secret of its arguments, which is not computed offline",
        "any",
        "string",
        "string",
        "string",
        "string",
    ),
)
