"""What docs/set-up.md and deploy/ tell an administrator to run exists, and writes no address."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from conductdesk.cli import Commands
from conductdesk.web.app import LARGEST_REQUEST
from conductdesk.web.headers import FIXED, TRANSPORT
from tests.house.sources import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
SET_UP = (ROOT / "docs" / "set-up.md").read_text("utf-8")
CALLED = re.compile(r"^\S*/?conductdesk (.*)$")
ASKED_OF_THE_SHELL = re.compile(r"\$+\([^)]*\)")
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_unit_starts_a_command_that_exists_with_options_that_it_has(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", _joined(unit), re.MULTILINE)
    (words,) = re.findall(r"/opt/conductdesk/venv/bin/conductdesk ([^']*)", line)
    _understands(words)


def test_each_command_of_the_document_exists_with_options_that_it_has() -> None:
    called = [found[1] for line in _commands() if (found := CALLED.match(line))]
    assert len(called) > 15
    for words in called:
        _understands(words)


def test_each_file_that_the_document_takes_from_deploy_or_dev_exists() -> None:
    named = set(re.findall(r"(?:deploy|dev)/[\w.-]+", SET_UP))
    assert {name for name in named if not (ROOT / name).is_file()} == set()
    for file in (ROOT / "deploy").iterdir():
        assert f"deploy/{file.name}" in SET_UP, file.name


def test_no_command_of_the_document_waits_for_an_answer_that_the_next_line_would_give() -> None:
    assert [line for line in _commands() if "apt-get install" in line and "--yes" not in line] == []


def test_going_on_after_a_restore_is_never_in_one_block_with_looking() -> None:
    for block in _blocks():
        assert not ("audit verify" in block and "new-origin" in block)


def test_the_units_are_shut_in_alike() -> None:
    lines = [set(unit.read_text("utf-8").splitlines()) for unit in UNITS]
    alike = set.intersection(*lines)
    assert {
        "LimitCORE=0",
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
        "UMask=0077",
    } <= alike


def test_the_proxy_notes_no_visitor_and_tells_us_of_none() -> None:
    """LG-02: at `crit` nginx writes the address of whoever sends a broken TLS handshake."""
    servers = NGINX.split("\nserver {")[1:]
    assert len(servers) == 2
    for server in servers:
        assert "access_log off;" in server
        assert re.findall(r"error_log \S+ (\w+);", server) == ["emerg"]
        assert "server_tokens off;" in server
    assert 'proxy_set_header X-Forwarded-For "";' in NGINX


def test_the_proxy_writes_no_upload_to_its_disk_and_lets_the_largest_through() -> None:
    """Without HTTP/1.1 to us, nginx keeps a body that comes in chunks in a file."""
    assert "proxy_request_buffering off;" in NGINX
    assert "proxy_http_version 1.1;" in NGINX
    assert "proxy_max_temp_file_size 0;" in NGINX
    (most,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(most) * MEGABYTE > LARGEST_REQUEST


def test_what_the_proxy_answers_by_itself_has_the_headers_of_our_pages() -> None:
    """HD-01, HD-03 to HD-05, HD-08, HD-10."""
    added = dict(re.findall(r'add_header (\S+) "([^"]*)" always;', NGINX))
    assert added.pop("Content-Security-Policy").startswith("default-src 'none';")
    assert added.pop("Cache-Control") == "no-store"
    assert added.pop("Strict-Transport-Security") == TRANSPORT
    assert added.pop("X-Robots-Tag") == "noindex, noarchive"
    assert added.items() <= FIXED.items()


def _understands(words: str) -> None:
    """Fail unless there is such a command, with such options and so many arguments."""
    command: click.Command = Commands("conductdesk")
    given = shlex.split(ASKED_OF_THE_SHELL.sub("", words), comments=True)
    with click.Context(command) as ctx:
        while isinstance(command, click.Group):
            name = given.pop(0)
            found = command.get_command(ctx, name)
            assert found is not None, f"there is no {name}: {words}"
            command = found
    options = {opt: param for param in command.params for opt in param.opts}
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    assert len(list(_plain(given, options))) == len(arguments), words


def _plain(given: list[str], options: dict[str, click.Parameter]) -> Iterator[str]:
    words = iter(given)
    for word in words:
        if not word.startswith("--"):
            yield word
            continue
        option = options[word]
        if isinstance(option, click.Option) and not option.is_flag:
            next(words)


def _blocks() -> list[str]:
    return re.findall(r"^```\n(.*?)^```$", SET_UP, re.MULTILINE | re.DOTALL)


def _commands() -> Iterator[str]:
    for block in _blocks():
        yield from block.replace("\\\n", " ").splitlines()


def _joined(unit: Path) -> str:
    return unit.read_text("utf-8").replace("\\\n", " ")
