"""The command `estafette`: a lazy group, so that each command loads only the package that brings it.

Errors of the archive end here, in one sentence and their exit code; everything else is a fault of ours and shows itself.
"""

from __future__ import annotations

import importlib
import os
import sys
from gettext import gettext
from typing import Any

import click

from archive.errors import ArchiveError

# name -> where its command stands. Text, not an import: `archive` knows nothing of the other packages.
COMMANDS = {
    "init": "archive.commands:init",
    "import": "indexer.importing_command:command",
    "index": "indexer.commands:index",
    "serve": "webui.commands:serve",
    "search": "indexer.commands:search",
    "extract": "indexer.extraction.command:extract",
    "prior-work": "indexer.relay.prior_work_command:command",
    "check": "indexer.commands:check",
    "status": "indexer.commands:status",
    "user": "archive.accounts.commands:user",
    "privacy": "indexer.personal_data.command:privacy",
    "mail-test": "webui.accounts.mail_command:mail_test",
    "agenda": "archive.agenda.commands:agenda",
    "open-ends": "indexer.harvest.command:command",
    "relay": "archive.relay.commands:relay",
    "contacts": "archive.network.commands:contacts",
    "figures": "archive.figures.command:command",
    "backup": "archive.backup.commands:backup",
    "restore": "archive.backup.commands:restore",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="estafette", prog_name="estafette")
def cli() -> None:
    """Keep, find and continue the work of Learning Communities."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; never returns. Exit codes: see DESIGN, `ArchiveError.exit_code`."""
    try:
        result = cli.main(args=arguments, prog_name="estafette", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(gettext("Stopped."), err=True)
        sys.exit(130)
    except ArchiveError as error:
        click.echo(f"estafette: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing more to say, and no second complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
