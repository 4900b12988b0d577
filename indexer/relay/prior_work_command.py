"""`estafette prior-work FILE`: what predecessors did about a plan."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from archive.options import with_folders
from archive.paths import printable
from archive.settings import Settings
from indexer.commands import access_as, opened
from indexer.relay.plan_reading import Plan, read_plan
from indexer.relay.prior_work import PriorWork, prior_work

TEXT_MAX_CHARS = 2_000_000


@click.command("prior-work")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--as",
    "read_as",
    metavar="public|partner|campus|coordinator",
    help="Read as this role; without it everything is compared.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@with_folders
def command(settings: Settings, file: Path, read_as: str | None, as_json: bool) -> None:
    """Tell what was done before about the plan or question in FILE; - reads text from standard input.

    Nothing of the file is kept.
    """
    access = access_as(read_as)
    plan = _typed() if str(file) == "-" else read_plan(file)
    with opened(settings) as parts:
        found = prior_work(plan.parts, parts.finder, access=access)
    if plan.is_cut:
        click.echo(
            f"warning: only the first {len(plan.parts)} of {plan.length} pages or sections are compared", err=True
        )
    if as_json:
        click.echo(json.dumps({"file": str(file), **found.to_json()}))
    else:
        _show(found)


def _typed() -> Plan:
    text = sys.stdin.read(TEXT_MAX_CHARS)
    return Plan(parts=(text,), length=1)


def _show(found: PriorWork) -> None:
    if not found.findings:
        click.echo("Nothing was found about this.", err=True)
        return
    for project in found.projects:
        click.echo(f"{printable(project.project.title)} ({printable(project.project.id)})")
        click.echo(f"   shares: {', '.join(map(printable, project.words[:8]))}")
        click.echo(f"   {project.line}")
    for near in found.near:
        click.echo(f"near: {printable(near.project.title)} ({printable(near.project.id)})")
    if not found.projects:
        click.echo("No project that this clearly continues; these documents come nearest.", err=True)
    for question in found.questions:
        click.echo(f"question {question.question.id} ({question.state}): {printable(question.question.text)}")
    for finding in found.findings:
        click.echo(f"{printable(finding.hit.deliverable.title)}: {printable(finding.hit.deliverable.id)}")
        for page in finding.hit.pages:
            text = "".join(f"[{part.text}]" if part.match else part.text for part in page.snippet)
            click.echo(f"   {page.shown_label}: {printable(' '.join(text.split()))}")
