"""Questions from outside: what is written while they wait and when they are decided about, and who keeps whose address."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.access import audience_of_question, reader
from archive.accounts.accounts import Accounts
from archive.accounts.askers import Askers
from archive.accounts.file import FILE_NAME, VERSIONS
from archive.agenda.asking import (
    Wording,
    asked_from_outside,
    onward_of,
    waits_for_a_teacher,
    write_acceptance,
)
from archive.agenda.keeping import write_decision, write_question
from archive.agenda.questions import Decision, NotNow, Verb
from archive.catalog.catalog import Catalog
from archive.errors import UsageError
from archive.model import Question, Visibility
from archive.privacy import erasures, personal
from archive.privacy.erasures import Erasures
from archive.privacy.forgetting import Somebody
from archive.privacy.personal import Erasure
from archive.privacy.retention import Retention
from archive.records.live import LiveRecords
from archive.records.reading import read_agenda
from archive.storage import Storage

NOW = datetime(2022, 3, 1, 12, tzinfo=UTC)
DAY = date(2022, 3, 1)
AGENDA = """\
# onze vragen
[[question]]
id = "b-001"
text = "Hoe hangt een gevel?"  # van het vorige team
"""


@pytest.fixture
def records(tmp_path: Path) -> LiveRecords:
    for id, text in {
        "b/community.toml": 'name = "Bouw"\n',
        "b/agenda.toml": AGENDA,
        "e/community.toml": 'name = "Energie"\n',
        "network.toml": '[[theme]]\nslug = "gevels"\nnl = "gevels"\n',
    }.items():
        path = tmp_path / "documents" / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return LiveRecords(Storage(tmp_path / "documents"))


def asked(records: LiveRecords, text: str = "Hoe droog je hout?", *, organisation: str | None = None) -> str:
    by = "p@example.org" if organisation else None
    draft = asked_from_outside(text, organisation=organisation, by=by, day=DAY)
    return write_question(records, "b", draft, by=by, day=DAY)


def question(records: LiveRecords, id: str, community: str = "b") -> Question:
    agenda, problems = read_agenda(records.content(f"{community}/agenda.toml") or b"", f"{community}/agenda.toml")
    assert agenda is not None and problems == ()
    return next(each for each in agenda.questions if each.id == id)


def raw(records: LiveRecords, community: str = "b") -> list[dict[str, Any]]:
    content = records.content(f"{community}/agenda.toml") or b""
    return list(tomllib.loads(content.decode()).get("question", []))


def decision(verb: Verb, **more: Any) -> Decision:
    return Decision(verb=verb, by="docent@example.org", day=DAY, **more)


def readers(one: Question) -> set[str]:
    audience = audience_of_question(one, community="b")
    known = {
        "visitor": reader("public", today=DAY),
        "own company": reader("partner", today=DAY, company="hout-bv"),
        "other company": reader("partner", today=DAY, company="staal-bv"),
        "student": reader("student", today=DAY, communities=["b"]),
        "teacher": reader("teacher", today=DAY, communities=["b"]),
        "teacher elsewhere": reader("teacher", today=DAY, communities=["e"]),
        "coordinator": reader("coordinator", today=DAY),
    }
    return {name for name, access in known.items() if access.reads(audience)}


def test_while_it_waits_only_its_teachers_the_coordinator_and_its_organisation_know_of_it(records: LiveRecords) -> None:
    id = asked(records, organisation="hout-bv")
    assert readers(question(records, id)) == {"teacher", "coordinator", "own company"}
    assert waits_for_a_teacher(question(records, id))


def test_a_strangers_question_holds_nobodys_name(records: LiveRecords) -> None:
    id = asked(records)
    assert raw(records)[1] == {
        "id": id,
        "text": "Hoe droog je hout?",
        "visibility": "confidential",
        "from": {"date": DAY},
        "event": [{"date": DAY, "state": "proposed"}],
    }
    assert readers(question(records, id)) == {"teacher", "coordinator"}


def test_a_confidential_question_that_nobody_proposed_is_still_for_the_coordinator_alone() -> None:
    assert readers(Question(id="b-9", text="?", visibility=Visibility.CONFIDENTIAL)) == {"coordinator"}


def test_a_teacher_still_sees_what_was_declined_and_others_never_do(records: LiveRecords) -> None:
    id = asked(records, organisation="hout-bv")
    write_decision(records, id, "b", decision("reject", note="Dit is geen onderzoek."))
    declined = question(records, id)
    assert readers(declined) == {"teacher", "coordinator", "own company"}
    assert not waits_for_a_teacher(declined)


def test_accepting_words_it_anew_and_keeps_its_history_and_the_comments(records: LiveRecords) -> None:
    id = asked(records, organisation="hout-bv")
    wording = Wording(text="Hoe droogt hout in een week?", themes=["gevels"])
    assert write_acceptance(records, id, "b", decision("accept"), wording) == ("b", id)
    found = question(records, id)
    assert (found.text, found.themes, found.visibility) == (wording.text, ("gevels",), Visibility.PUBLIC)
    assert [event.state for event in found.events] == ["proposed", "open"]
    assert found.source is not None and found.source.organisation == "hout-bv"
    assert b"# van het vorige team" in (records.content("b/agenda.toml") or b"")


def test_an_accepted_question_is_as_wide_as_its_teacher_says(records: LiveRecords) -> None:
    id = asked(records)
    wording = Wording(text="Hoe droog je hout?", visibility=Visibility.COMMUNITY)
    write_acceptance(records, id, "b", decision("accept"), wording)
    assert readers(question(records, id)) == {"student", "teacher", "coordinator"}


def test_a_question_moves_to_another_agenda_with_its_history_and_stands_once(records: LiveRecords) -> None:
    id = asked(records, organisation="hout-bv")
    wording = Wording(text="Hoe droog je hout?")
    moved = write_acceptance(records, id, "b", decision("accept"), wording, to="e")
    assert moved == ("e", "e-001")
    assert [each["id"] for each in raw(records)] == ["b-001"]
    found = question(records, "e-001", "e")
    assert [event.state for event in found.events] == ["proposed", "open"]
    assert found.source is not None and (found.source.organisation, found.source.by) == ("hout-bv", "p@example.org")


def test_of_two_teachers_who_decide_the_second_is_told_and_moves_nothing(records: LiveRecords) -> None:
    id = asked(records)
    write_decision(records, id, "b", decision("reject", note="Nee."))
    with pytest.raises(NotNow):
        write_acceptance(records, id, "b", decision("accept"), Wording(text="x"), to="e")
    assert records.content("e/agenda.toml") is None
    assert question(records, id).events[-1].note == "Nee."


def test_it_does_not_move_to_a_community_that_does_not_exist(records: LiveRecords) -> None:
    id = asked(records)
    with pytest.raises(UsageError, match="no community"):
        write_acceptance(records, id, "b", decision("accept"), Wording(text="x"), to="nergens")
    assert waits_for_a_teacher(question(records, id))


def test_a_joined_question_is_dropped_and_tells_in_which_one_it_goes_on(records: LiveRecords) -> None:
    id = asked(records)
    write_decision(records, id, "b", decision("join", question="b-001"))
    found = question(records, id)
    assert (found.events[-1].state, onward_of(found)) == ("dropped", "b-001")
    with pytest.raises(NotNow, match="only a proposed question"):
        write_decision(records, "b-001", "b", decision("join", question=id))


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts.open(tmp_path / "var")) as opened:
        yield opened


def put(accounts: Accounts, form: str, **more: Any) -> Any:
    given = {"community": "b", "question": "b-002", "told": "proposed", "language": "nl", "now": NOW, **more}
    return Askers(accounts.file).put(form=form, **given)


def test_of_a_form_that_is_sent_twice_the_first_counts(accounts: Accounts) -> None:
    first = put(accounts, "f1", email="a@example.org")
    assert put(accounts, "f1", email="a@example.org", question="b-003") == first
    assert Askers(accounts.file).all() == (first,)


def test_a_confirmed_address_is_one_asker_and_an_unconfirmed_one_is_nobodys(accounts: Accounts) -> None:
    """Whoever typed another's address would have seen what that person asked."""
    own = [put(accounts, f"own{n}", email="a@example.org", confirmed=True).asker.id for n in range(2)]
    typed = [put(accounts, f"typed{n}", email="a@example.org").asker.id for n in range(2)]
    assert len(set(own)) == 1 and len({*own, *typed}) == 3
    assert len(Askers(accounts.file).asks_of(typed[0])) == 1


def test_an_account_is_an_asker_by_the_address_it_has_now_and_goes_with_it(accounts: Accounts) -> None:
    made = accounts.add(email="p@example.org", role="partner", company="hout-bv", now=NOW, by="test")
    ask = put(accounts, "f1", account=made.id)
    assert (ask.asker.email, ask.asker.account) == ("p@example.org", made.id)
    accounts.remove(made.id, now=NOW, by="test")
    assert Askers(accounts.file).all() == ()


def test_a_mail_is_tried_until_it_is_given_up_and_told_starts_anew(accounts: Accounts) -> None:
    askers, ask = Askers(accounts.file), put(accounts, "f1", email="a@example.org", confirmed=True)
    askers.failed(ask.n, "connection refused", tries=1, later=NOW, state="open")
    (once,) = askers.all()
    assert (once.tries, once.later, once.given_up, once.told) == (1, NOW, False, "proposed")
    askers.failed(ask.n, "connection refused", tries=2, later=None, state="open")
    (given_up,) = askers.all()
    assert (given_up.tries, given_up.given_up, given_up.told) == (2, True, "open")
    askers.told(ask.n, "open")
    (done,) = askers.all()
    assert (done.told, done.tries, done.fault, done.given_up) == ("open", 0, "", False)


def test_accounts_of_the_version_before_are_brought_up_to_date_and_a_copy_is_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as old:
        old.executescript(VERSIONS[0])
        old.execute(
            "INSERT INTO account (email, name, role, made) VALUES ('a@example.org', '', 'student', '2021-09-01')"
        )
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with closing(Accounts.open(tmp_path)) as opened:
        (account,) = opened.all()
        assert put(opened, "f1", account=account.id).asker.email == "a@example.org"
    assert (tmp_path / f"{FILE_NAME}.version-1").exists()


def test_an_askers_address_is_found_exported_and_erased_and_no_backup_brings_it_back(
    accounts: Accounts, records: LiveRecords, tmp_path: Path
) -> None:
    id = asked(records)
    put(accounts, "f1", question=id, email="eva@example.org", company="Houthandel Eva", confirmed=True)
    who = Somebody.of([], ["Eva@example.org"])
    found = personal.held(records, accounts, who)
    assert not found.nothing and found.without_account
    told = personal.as_json(found, files=(), draft_files=(), on=DAY)
    assert told["questions"][0]["company"] == "Houthandel Eva"
    backup = tmp_path / "backup" / FILE_NAME
    backup.parent.mkdir()
    accounts.file.copy_to(backup)
    with closing(Catalog.open(tmp_path / "var")) as catalog:
        personal.erase(
            Erasure(who=who, askers=found.without_account),
            records=records,
            accounts=accounts,
            catalog=catalog,
            erasures=Erasures(tmp_path / "erasures.jsonl"),
            now=NOW,
            day=DAY,
            by="account 1",
        )
    assert personal.held(records, accounts, who).nothing
    assert "eva" not in json.dumps([dict(line.says) for line in accounts.log()])
    assert question(records, id).text == "Hoe droog je hout?", "the question stays"
    with closing(Accounts.open(backup.parent)) as restored:
        erasures.apply(Erasures(tmp_path / "erasures.jsonl"), records.storage, restored, since=None, now=NOW)
        assert Askers(restored.file).all() == ()


def test_an_asker_of_whom_nothing_was_heard_for_two_years_is_forgotten(accounts: Accounts) -> None:
    put(accounts, "old", email="oud@example.org", now=datetime(2019, 9, 1, tzinfo=UTC))
    put(accounts, "new", email="nieuw@example.org")
    Retention(accounts, unused_days=730, log_days=730, clock=lambda: NOW).keep(DAY)
    assert [each.asker.email for each in Askers(accounts.file).all()] == ["nieuw@example.org"]
