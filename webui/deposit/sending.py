"""Send a draft from its page: who is asked for a yes and told, what is noted, and that it is indexed at once."""

from __future__ import annotations

from archive.deposit.plan import Sent, Unfit
from archive.deposit.sending import send
from webui.deposit.decided import hand_in
from webui.deposit.depositors import Depositor, drafts
from webui.deposit.form import Form
from webui.deposit.letters import reviewers, tell_teachers
from webui.house import house


def send_form(mine: Depositor, form: Form, *, at_once: bool = True) -> Sent:
    """Hand in what the form says; `at_once`: wait a moment until it can be found.

    Raises as `archive.deposit.sending.send`, Unfit where they may not (any more).
    """
    opened, account = house(), mine.account
    permission = mine.permission(form.project)
    if form.is_new:
        permission = "yes" if form.values["community"] in mine.communities else "no"
    if permission == "no":
        raise Unfit("no-project", "they may not hand in to this project")
    asks = permission == "asks"
    sent = send(
        drafts(),
        form.draft.id,
        hand_in(form, teacher=account.email if account.role == "teacher" else None),
        storage=opened.storage,
        owner=account.id,
        by=account.email,
        asks=asks,
        reviewers=[each.email for each in reviewers(form.project)] if asks else (),
        now=opened.clock(),
    )
    opened.accounts.note(
        "handed in",
        sent.project,
        {"files": len(sent.files), "waits": sent.waiting},
        now=opened.clock(),
        by=account.actor,
    )
    if sent.waiting and form.project is not None:
        tell_teachers(form.project, sent, by=account)
    if at_once:
        opened.catch_up()
    return sent
