"""One mail: composed from constant templates, and handed to the server with a time-out.

Flask-Mail 0.10 has no socket time-out, checks no certificate at STARTTLS, and sends lines that
servers refuse; `Letter` and `Connection` mend that behind its own classes.
"""

from __future__ import annotations

import re
import secrets
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import flask_mail
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conductdesk import clock
from conductdesk.notice import Notice
from conductdesk.settings import Settings

TIMEOUT = 10
"""Seconds to wait for each answer of the mail server."""
IMPLICIT_TLS_PORT = 465
LINKS = {"activation": "desk/activate/", "check_in": ""}
"""Where the token of each mail leads; that of a check-in begins with its scheme."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - text/plain alone; escaping would change what people read
    keep_trailing_newline=True,
)


class Letter(flask_mail.Message):
    """A plain-text mail to one recipient, in quoted-printable."""

    def __init__(self, settings: Settings, recipient: str, subject: str, body: str) -> None:
        sender = parseaddr(settings.mail_sender)[1]
        super().__init__(
            subject=one_line(subject), recipients=[recipient], body=body, sender=sender
        )
        self.sender_name = one_line(settings.service_name)
        self.sender_address = sender
        self.recipient = recipient
        # Flask-Mail's id holds the machine's name, the process id and the time.
        self.msgId = f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"

    def as_bytes(self) -> bytes:
        """Return the message as the server receives it."""
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self.sender_name, addr_spec=self.sender_address)
        message["To"] = Address(addr_spec=self.recipient)
        message["Subject"] = self.subject
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = self.msgId
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(self.body or "", charset="utf-8", cte="quoted-printable")
        return message.as_bytes()


class Connection(flask_mail.Connection):
    """A connection with a time-out, and with the server's certificate checked."""

    def __init__(self, settings: Settings) -> None:
        mail = flask_mail.Mail()
        mail.state = mail.init_mail({"MAIL_DEFAULT_SENDER": settings.mail_sender})
        super().__init__(mail)
        self.settings = settings

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt where `mail_tls` asks for it, and sign in where a name is set."""
        settings = self.settings
        host = _connect(settings)
        try:
            if settings.mail_tls and settings.mail_port != IMPLICIT_TLS_PORT:
                host.starttls(context=ssl.create_default_context())
            if settings.mail_username and settings.mail_password:
                host.login(settings.mail_username, settings.mail_password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *_error: object) -> None:
        """Say goodbye; what was accepted stays accepted, whether or not the server answers."""
        if self.host is not None:
            try:
                self.host.quit()
            except (OSError, smtplib.SMTPException):
                self.host.close()


def send(settings: Settings, letter: Letter) -> None:
    """Hand *letter* to the mail server; raises `OSError` (`smtplib` errors are such)."""
    with Connection(settings) as connection:
        if connection.host is None:
            raise ConnectionError("no mail server")
        connection.host.sendmail(letter.sender_address, [letter.recipient], letter.as_bytes())


def knock(settings: Settings) -> None:
    """Greet the mail server, and sign in, without sending anything; raises what `send` raises."""
    with Connection(settings) as connection:
        if connection.host is None:
            raise ConnectionError("no mail server")
        connection.host.ehlo_or_helo_if_needed()
        connection.host.noop()


def compose(
    settings: Settings, notice: str, recipient: str, made_at: datetime, token: str | None
) -> Letter:
    """Return the letter of *notice*; it knows no case, so it cannot speak of one."""
    words = {
        "service_name": one_line(settings.service_name),
        "desk": f"{settings.url}/desk/",
        "link": f"{settings.url}/{LINKS[notice]}{token}" if token and notice in LINKS else "",
        "checkpoint": token if notice == Notice.CHECKPOINT else "",
        "when": made_at.strftime("%-d %B %Y at %H:%M (UTC)"),
    }
    subject = TEMPLATES.get_template(f"{notice}/subject.txt").render(words)
    body = TEMPLATES.get_template(f"{notice}/body.txt").render(words)
    return Letter(settings, recipient, subject.strip(), body)


def named(error: Exception) -> str:
    """Return the error's class name and the server's code; its text can hold an address."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def one_line(text: str) -> str:
    """Return *text* without line breaks and control characters, so that it fits a header."""
    return CONTROL.sub(" ", text).strip()


def _connect(settings: Settings) -> smtplib.SMTP:
    name = urlsplit(settings.url).hostname or "localhost"
    if settings.mail_tls and settings.mail_port == IMPLICIT_TLS_PORT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            settings.mail_server,
            settings.mail_port,
            local_hostname=name,
            timeout=TIMEOUT,
            context=context,
        )
    return smtplib.SMTP(
        settings.mail_server, settings.mail_port, local_hostname=name, timeout=TIMEOUT
    )
