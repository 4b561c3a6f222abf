"""`conductdesk people`: accounts and offices, for the beginning and for emergencies."""

from __future__ import annotations

from functools import partial

import click
from sqlalchemy.orm import Session

from conductdesk.cli.opening import activation_link, open_services
from conductdesk.hooks import blockers, departed
from conductdesk.notices.actions import queue_mail_for
from conductdesk.people import actions
from conductdesk.people.actions import QueueMail
from conductdesk.people.models import Account
from conductdesk.people.queries import account_by_email, accounts, audits_of, offices_of
from conductdesk.people.rules import NewPerson
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.keystore import Keystore
from conductdesk.web.state import Services

PRINT = click.option("--print", "printed", is_flag=True, help="Print the link; do not mail it.")
END = click.option("--end", "ends", is_flag=True, help="End it instead.")


@click.group("people")
def command() -> None:
    """Add people, list them, give and end offices."""


@command.command("list")
def list_people() -> None:
    """List everybody with an account, and what they do."""
    with open_services().database.reading() as db:
        for account in accounts(db):
            does = "; ".join(_does(db, account)) or "-"
            click.echo(f"{account.email}\t{account.name}\t{account.state}\t{does}")


@command.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--administrator", is_flag=True, help="They set up people, and never read a case.")
@click.option("--custodian", is_flag=True, help="They keep a recovery part, and never sign in.")
@PRINT
def add(email: str, name: str, administrator: bool, custodian: bool, printed: bool) -> None:
    """Invite somebody: they get a link that works once, for 72 hours."""
    services = open_services()
    person = NewPerson(email, name, administrator)
    with services.database.writing() as db:
        if custodian:
            actions.add_custodian(db, person, actor=SYSTEM.pseudonym)
            token = None
        else:
            token = actions.invite(
                db,
                person,
                actor=SYSTEM.pseudonym,
                queue_mail=_queue_mail(services, printed=printed),
            ).token
        db.commit()
    click.echo(f"Added {name}.")
    _say_link(services, token if printed else None)


@command.command("reset")
@click.argument("email")
@PRINT
def reset(email: str, printed: bool) -> None:
    """Send a new link; until it is used the person cannot sign in."""
    services = open_services()
    with services.database.writing() as db:
        queue_mail = _queue_mail(services, printed=printed)
        renewed = actions.reset(
            db, _account(db, email), actor=SYSTEM.pseudonym, queue_mail=queue_mail
        )
        db.commit()
    click.echo("The old password works no more. Their recovery code, on paper, keeps their keys.")
    _say_link(services, renewed.token if printed else None)


@command.command("office")
@click.argument("email")
@click.argument("scheme")
@click.argument("post", metavar="OFFICE[/ORGANISATION]")
@click.option("--place", type=click.IntRange(1, 99), help="Their turn among its holders.")
@END
def office(email: str, scheme: str, post: str, place: int | None, ends: bool) -> None:
    """Give an office of a scheme to somebody, or end it."""
    services = open_services()
    with services.database.writing() as db:
        account = _account(db, email)
        if ends:
            _end_office(db, services.keystore, account, scheme, post)
        else:
            _check_post(db, scheme, post)
            office, organisation = _parted(post)
            actions.give_office(
                db,
                account,
                scheme=scheme,
                office=office,
                organisation=organisation,
                actor=SYSTEM.pseudonym,
                place=place,
                queue_mail=queue_mail_for(services.keystore),
            )
        db.commit()
    click.echo("Ended." if ends else "Given.")


@command.command("auditor")
@click.argument("email")
@click.argument("scheme")
@END
def auditor(email: str, scheme: str, ends: bool) -> None:
    """Let somebody audit the closed cases of a scheme, or end it."""
    with open_services().database.writing() as db:
        account = _account(db, email)
        held = [one for one in audits_of(db, account) if one.scheme == scheme]
        if ends and not held:
            raise Refused(f"{account.name} does not audit this scheme.")
        if ends:
            actions.end_auditor(db, held[0], actor=SYSTEM.pseudonym)
        else:
            _check_scheme(db, scheme)
            actions.appoint_auditor(db, account, scheme=scheme, actor=SYSTEM.pseudonym)
        db.commit()
    click.echo("Ended." if ends else "Appointed.")


def _does(db: Session, account: Account) -> list[str]:
    marks = [("administrator", account.administrator), ("custodian", account.custodian)]
    return [
        *(word for word, holds in marks if holds),
        *(f"{held.scheme}/{held.office}" for held in offices_of(db, account)),
        *(f"{appointed.scheme}/auditor" for appointed in audits_of(db, account)),
    ]


def _account(db: Session, email: str) -> Account:
    account = account_by_email(db, email)
    if account is None:
        raise Refused(f"Nobody has an account with the address {email}.")
    return account


def _end_office(db: Session, keystore: Keystore, account: Account, scheme: str, post: str) -> None:
    for held in offices_of(db, account):
        if (held.scheme, held.office, held.organisation) == (scheme, *_parted(post)):
            actions.end_office(
                db,
                held,
                actor=SYSTEM.pseudonym,
                blockers=partial(blockers, db),
                departed=partial(departed, db, keystore, SYSTEM),
            )
            return
    raise Refused(f"{account.name} does not hold this office.")


def _check_scheme(db: Session, scheme: str) -> None:
    if pack_in_force(db, scheme) is None:
        raise Refused(f"There is no scheme “{scheme}”. See: conductdesk schemes list")


def _check_post(db: Session, scheme: str, post: str) -> None:
    _check_scheme(db, scheme)
    pack = pack_in_force(db, scheme)
    posts = list(pack.posts) if pack else []
    if post not in posts:
        raise Refused(f"There is no office “{post}”. There are: {', '.join(posts)}.")


def _parted(post: str) -> tuple[str, str]:
    office, _, organisation = post.partition("/")
    return office, organisation


def _queue_mail(services: Services, *, printed: bool) -> QueueMail | None:
    return None if printed else queue_mail_for(services.keystore)


def _say_link(services: Services, token: str | None) -> None:
    if token is not None:
        click.echo(f"Their link, for one use: {activation_link(services, token)}")
