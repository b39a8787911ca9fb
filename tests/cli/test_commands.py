from __future__ import annotations

import click
import pytest

from gitops_lint.cli import COMMANDS, commands


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_help_lists_is_there(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)

    assert command is not None
    assert command.name == name
    assert command.help
