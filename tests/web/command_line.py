"""The command line of one installation, as a test types into it."""

from __future__ import annotations

from dataclasses import dataclass

from click.testing import CliRunner, Result

from conductdesk.cli import main
from conductdesk.settings import Settings


@dataclass
class CommandLine:
    """The command line of one installation."""

    environ: dict[str, str]

    def run(self, *words: str, typed: str = "") -> Result:
        """Run a command; what is typed answers its questions."""
        return CliRunner().invoke(main, list(words), input=typed, env=self.environ)

    def said(self, *words: str, typed: str = "") -> str:
        """Run a command that must succeed, and return what it said."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *words: str, typed: str = "", code: int = 1) -> str:
        """Run a command that must fail kindly, and return what it said."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result.output


def environ_of(settings: Settings, **changes: str) -> dict[str, str]:
    named = {
        "CONDUCTDESK_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "KEYSTORE_URL": settings.keystore_url,
        "CONDUCTDESK_URL": settings.url,
        "CONDUCTDESK_PUBLIC_SECRET": settings.public_secret,
        "CONDUCTDESK_DESK_SECRET": settings.desk_secret,
        "MAIL_SENDER": settings.mail_sender,
        "MAIL_TLS": "no",
    }
    return {**named, **changes}
