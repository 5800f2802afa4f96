"""The application: its commands, each imported when it is asked for, and how errors end it."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any, Literal, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_group

from unspun.errors import ConfigError, InputError, MismatchError, UnspunError
from unspun.kernels import values
from unspun.version import __version__

FAILED = 1
WRONG_USAGE = 2


class Listed(NamedTuple):
    """What is known of a command before it is imported.

    Attributes:
        module: The module of this package that has it.
        summary: What `--help` says of it: the first line of its own.
    """

    module: str
    summary: str


COMMANDS = {
    "run": Listed("run", "Clean, tag, restore, compare and report on a folder of documents."),
    "clean": Listed("stages", "Repair encoding damage and strip page furniture."),
    "tag": Listed("stages", "Say the language, script and origin of documents and their passages."),
    "restore": Listed("stages", "Decide whether a text is spun, and give it its own words back."),
    "translate": Listed(
        "translate",
        "Translate the passages that are in another language, and check what was translated.",
    ),
    "diff": Listed(
        "compare",
        "Show what differs from the references, word by word, and what kind of difference it is.",
    ),
    "score": Listed(
        "score",
        "Score texts against their references: BLEU, chrF and TER just as sacrebleu counts them.",
    ),
    "match": Listed(
        "match",
        "Pair documents with their references by content, where names do not say.",
    ),
    "duplicates": Listed(
        "duplicates",
        "Say which documents repeat one another, or what an index has seen. Nothing is dropped.",
    ),
    "qa": Listed(
        "qa",
        "Check a translation against its source: numbers, names, markup, terms, what is missing.",
    ),
    "explain": Listed(
        "results",
        "Say why a document changed: every edit with its rule, confidence and place.",
    ),
    "undo": Listed(
        "results",
        "Give documents back as they came, byte for byte; or take single edits back.",
    ),
    "apply": Listed("results", "Take back the edits that were rejected on the report page."),
    "report": Listed("results", "Write the report page again, from stored results."),
    "status": Listed(
        "status",
        "Say how far a run is: documents done, quarantined and to do, rate, time left, last error.",
    ),
    "learn": Listed(
        "learn",
        "Learn what a spinner writes for what, from pairs of spun and original text.",
    ),
    "models": Listed(
        "models",
        "List the models, say where each comes from, and check that none has changed.",
    ),
}
"""All commands as ``--help`` lists them, for which none of them needs to be imported."""
_MARKUP: Literal["markdown"] = "markdown"


class _Group(TyperGroup):
    """Imports a command when it is used; ends with one line and the right status on errors."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own
        name, _, rest = super().resolve_command(ctx, args)
        return name, imported(name) if name else None, rest

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        try:
            return super().invoke(ctx)
        except (ConfigError, InputError, MismatchError) as error:
            raise _ended(str(error), WRONG_USAGE) from error
        except UnspunError as error:
            raise _ended(str(error), FAILED) from error
        except KeyboardInterrupt as error:
            said = "interrupted; results that were there before are unchanged"
            raise _ended(said, FAILED) from error


def _ended(message: str, status: int) -> typer.Exit:
    from unspun.cli import show  # noqa: PLC0415 - who asks for the version needs no terminal

    show.complain(message)
    return typer.Exit(status)


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    rich_markup_mode=_MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def imported(name: str) -> Any:  # noqa: ANN401 - a command, whose type is not typer's to give
    """The command of a name, from its module."""
    part = typer.Typer(rich_markup_mode=_MARKUP)
    import_module(f"unspun.cli.{COMMANDS[name].module}").register(part)
    return get_group(part).commands[name]


def _listed() -> None:
    """A command that was not imported yet: it is listed, never called."""


for _name, _of in COMMANDS.items():
    app.command(_name, help=_of.summary)(_listed)


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer's callback
    if value:
        made = "compiled kernels" if values.COMPILED else "plain Python"
        sys.stdout.write(f"unspun {__version__} ({made})\n")
        raise typer.Exit


@app.callback()
def top(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Turn garbled, spun and machine-translated documents into clean text, and take it all back.

    `unspun run` does the whole job on `raw/` and `clean/`; the other commands give one stage's
    answer, compare texts, or open the results again.
    """
