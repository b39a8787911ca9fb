"""Which functions there are, how they are declared, and what is not computed."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from gotemplate_outcome import outcome

from gitops_lint.languages.failure import BeyondLimitError
from gitops_lint.languages.gotemplate.builtins import BUILTINS
from gitops_lint.languages.gotemplate.function import Kind
from gitops_lint.languages.gotemplate.functions import FUNCTIONS, REMOVED
from gitops_lint.simulate.applicationset.yamlfunctions import APPLICATIONSET_FUNCTIONS

BY_CHANCE = (
    'randAlpha 5', 'randAlphaNum 5', 'randNumeric 5', 'randAscii 5', 'randBytes 5', 'randInt 1 5', 'shuffle "ab"', 'uuidv4',
    'bcrypt "x"', 'htpasswd "a" "b"', 'genPrivateKey "rsa"', 'genCA "ca" 365', 'encryptAES "k" "t"', 'now', 'ago 0', 'date "2006" .f',
    'date "2006" now', 'htmlDate .name', 'dateInZone "2006" 0 "Europe/Berlin"', 'derivePassword 1 "long" "p" "u" "s"',
    'decryptAES "k" "dA=="', 'keys .m', 'join "," (keys .m)', 'first (values .m)', 'toJson (keys .m)', 'range keys .m', 'slice .mix 0 6',
    'buildCustomCert "a" "b"', 'durationRound (toDate "2006" "2020")', 'genSelfSignedCert "a" (list) (list) 1',
)  # fmt: skip
TOO_LARGE = (
    'repeat 2000000 "a"', "until 2000000", 'indent 2000000 ""', "seq 2000000", 'replace "" (repeat 2000 "x") (repeat 2000 "y")',
    'join (repeat 2000 "x") (until 2000)', 'regexReplaceAll "a" (repeat 2000 "a") (repeat 2000 "b")',
    'wrapWith 1 (repeat 2000 "x") (repeat 2000 "y")',
)  # fmt: skip


def test_there_are_those_of_sprig_but_for_the_machine_and_those_of_argo_cd() -> None:
    assert len(APPLICATIONSET_FUNCTIONS) == 211 + 2
    assert {"normalize", "slugify", "toYaml", "fromYaml", "fromYamlArray"} <= set(APPLICATIONSET_FUNCTIONS)
    assert not {"env", "expandenv", "getHostByName"} & set(APPLICATIONSET_FUNCTIONS)


def test_every_function_is_known_by_its_own_name_and_takes_what_the_evaluator_checks() -> None:
    for name, function in APPLICATIONSET_FUNCTIONS.items():
        assert name == function.name
        assert {*function.params, *(() if function.rest is None else (function.rest,))} <= set(get_args(Kind))


def test_what_is_not_there_is_not_there() -> None:
    assert not set(REMOVED) & {*APPLICATIONSET_FUNCTIONS, *BUILTINS}
    assert not any(sentence.endswith(".") for sentence in REMOVED.values())


@pytest.mark.parametrize("call", BY_CHANCE)
def test_what_depends_on_chance_or_clock_is_not_known(call: str) -> None:
    template = f"{{{{{call}}}}}x{{{{end}}}}" if call.startswith("range") else f"{{{{{call}}}}}"

    assert outcome(template).startswith("unknown: ")


@pytest.mark.parametrize("call", TOO_LARGE)
def test_what_would_be_too_large_is_not_made(call: str) -> None:
    with pytest.raises(BeyondLimitError):
        outcome(f"{{{{{call} | len}}}}")


def test_an_order_by_chance_does_not_matter_to_what_does_not_ask_for_it() -> None:
    assert outcome('{{len (keys .m)}} {{has "a" (keys .m)}} {{sortAlpha (keys .m)}} {{empty (values .m)}}') == (
        "4 true [a b e l] false"
    )


def test_loading_the_functions_loads_nothing_slow() -> None:
    slow = "re2 datetime zoneinfo hashlib fractions decimal json ipaddress"
    program = (
        "import sys; import gitops_lint.languages.gotemplate.template; before = set(sys.modules)\n"
        "import gitops_lint.languages.gotemplate.functions\n"
        f"print(*(set(sys.modules) - before) & set({slow.split()!r}))"
    )

    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == ""
    )


def test_functions_are_the_same_in_the_language_and_for_application_sets() -> None:
    assert all(APPLICATIONSET_FUNCTIONS[name] is function for name, function in FUNCTIONS.items())
