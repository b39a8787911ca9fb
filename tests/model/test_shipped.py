"""The shipped folders are found in a checkout, and their absence is told."""

from __future__ import annotations

import pytest

from gitops_lint import shipped
from gitops_lint.errors import GitopsLintError


def test_the_schemas_of_a_checkout_are_found() -> None:
    assert shipped.folder("schemas").joinpath("meta.k8s.io", "shared.json").is_file()


def test_a_folder_that_is_nowhere_names_both_places() -> None:
    with pytest.raises(GitopsLintError) as caught:
        shipped.folder("nowhere")

    assert "_shipped" in caught.value.message
    assert caught.value.message.count("nowhere") == 3


def test_data_of_the_wheel_is_absent_in_a_checkout() -> None:
    assert shipped.text("nothing.jsonl") is None
