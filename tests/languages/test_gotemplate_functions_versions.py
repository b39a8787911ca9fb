"""Versions and constraints as Masterminds/semver has them. All of it was seen from Go."""

from __future__ import annotations

import pytest
from gotemplate_outcome import outcome

TABLE = (
    ('{{semver "v1.2.3-rc.1+b5"}}', "1.2.3-rc.1+b5"),
    ('{{semver "1"}}', "1.0.0"),
    ('{{semver "01.2"}}', "1.2.0"),
    ('{{semver "x"}}', "error: error calling semver: invalid semantic version"),
    ('{{semver "1.2.3.4"}}', "error: error calling semver: invalid semantic version"),
    ('{{semver "1.2.3-01"}}', "error: error calling semver: version segment starts with 0"),
    ('{{semver "1.2.3-a_b"}}', "error: error calling semver: invalid semantic version"),
    (
        '{{semver "99999999999999999999.0.0"}}',
        'error: error calling semver: error parsing version segment: strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ),
    ('{{(semver "v1.2.3-rc.1+b5").Major}}', "1"),
    ('{{(semver "1.2.3-rc.1+b").Prerelease}}', "rc.1"),
    ('{{(semver "1.2.3+b").Metadata}}', "b"),
    ('{{(semver "v1.2").Original}}', "v1.2"),
    ('{{(semver "v1.2.3-x").IncPatch}}', "1.2.3"),
    ('{{(semver "1.2.3").IncPatch}}', "1.2.4"),
    ('{{(semver "1.2.3").IncMinor.Original}}', "error: can't evaluate field Original in type semver.Version"),
    ('{{(semver "1.2.3").IncMajor}}', "2.0.0"),
    ('{{(semver "1.2.3").Compare (semver "1.10.0")}}', "-1"),
    ('{{(semver "2.0.0").GreaterThan (semver "2.0.0-a")}}', "true"),
    ('{{semverCompare "^1.2" "1.9.0"}}', "true"),
    ('{{semverCompare "^1.2" "2.0.0"}}', "false"),
    ('{{semverCompare "~1.2.3" "1.2.9"}}', "true"),
    ('{{semverCompare "~1" "1.9"}}', "true"),
    ('{{semverCompare ">=1.2, <2" "1.5"}}', "true"),
    ('{{semverCompare ">=1.2 <2 || 3.x" "3.1"}}', "true"),
    ('{{semverCompare "1.x" "1.7.3"}}', "true"),
    ('{{semverCompare "*" "9.9"}}', "true"),
    ('{{semverCompare "1.2 - 1.4" "1.4.5"}}', "true"),
    ('{{semverCompare "1.2 - 1.4" "1.5.0"}}', "false"),
    ('{{semverCompare "!=1.2" "1.2.7"}}', "false"),
    ('{{semverCompare "!=1.x" "2.0"}}', "true"),
    ('{{semverCompare ">1.2" "1.2.5"}}', "false"),
    ('{{semverCompare ">1" "2.0.0"}}', "true"),
    ('{{semverCompare "<=1.2" "1.2.9"}}', "true"),
    ('{{semverCompare "<1.2" "1.1.9"}}', "true"),
    ('{{semverCompare "=>1.0" "1.0"}}', "true"),
    ('{{semverCompare "^0.2.3" "0.2.9"}}', "true"),
    ('{{semverCompare "^0.2.3" "0.3.0"}}', "false"),
    ('{{semverCompare "^0.0.3" "0.0.4"}}', "false"),
    ('{{semverCompare "^0" "0.9.9"}}', "true"),
    ('{{semverCompare "^0.0" "0.0.9"}}', "true"),
    ('{{semverCompare ">=1.2.3" "1.3.0-beta"}}', "false"),
    ('{{semverCompare ">=1.2.3-0" "1.3.0-beta"}}', "true"),
    ('{{semverCompare "1.2.3-beta.2" "1.2.3-beta.11"}}', "false"),
    ('{{semverCompare ">1.2.3-beta.2" "1.2.3-beta.11"}}', "true"),
    ('{{semverCompare "x" "1.0"}}', "true"),
    ('{{semverCompare "bad" "1.0"}}', "error: error calling semverCompare: improper constraint: bad"),
    ('{{semverCompare "1.0" "bad"}}', "error: error calling semverCompare: invalid semantic version"),
    ('{{semverCompare "" "1.0"}}', "error: error calling semverCompare: improper constraint: "),
    ('{{semverCompare "01.2" "1.2"}}', "true"),
    ('{{semverCompare ">= 1.2" "v1.3"}}', "true"),
    ('{{semverCompare "1.2.3.4" "1"}}', "error: error calling semverCompare: improper constraint: 1.2.3.4"),
    ('{{semverCompare "^1.2.3-beta" "1.2.3-alpha"}}', "false"),
    ('{{semverCompare "!=1.2.3-a" "1.2.3-b"}}', "true"),
    ('{{semverCompare "~0" "0.5"}}', "true"),
    ('{{semverCompare "~0.0.0" "0.0.1"}}', "true"),
)


@pytest.mark.parametrize(("template", "expected"), TABLE)
def test_what_go_makes_of_it(template: str, expected: str) -> None:
    assert expected == outcome(template)
