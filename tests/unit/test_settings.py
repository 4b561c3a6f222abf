"""Settings come from the environment, or the data folder's file, and are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductdesk.settings import SETTINGS_FILE, SettingsError, load_settings


def environment(data: Path, **changes: str) -> dict[str, str]:
    """Return an environment that is complete, with some changes."""
    return {
        "CONDUCTDESK_DATA": str(data),
        "CONDUCTDESK_URL": "https://conduct.example",
        "CONDUCTDESK_PUBLIC_SECRET": "p" * 32,
        "CONDUCTDESK_DESK_SECRET": "d" * 32,
        "MAIL_SENDER": "conduct@example.org",
        **changes,
    }


def test_a_complete_environment_gives_settings(tmp_path: Path) -> None:
    settings = load_settings(environment(tmp_path))
    assert settings.host == "conduct.example"
    assert settings.database_url.endswith("conductdesk.db")
    assert settings.mail_tls


@pytest.mark.parametrize(
    "address", ["/run/clamav/clamd.ctl", "127.0.0.1:3310", "clamav.lan:3310", "[::1]:3310"]
)
def test_a_virus_scanner_is_a_path_or_a_host_and_a_port(tmp_path: Path, address: str) -> None:
    assert load_settings(environment(tmp_path, CLAMAV_SOCKET=f" {address} ")).scanner == address
    assert load_settings(environment(tmp_path, CLAMAV_SOCKET=" ")).scanner is None
    assert load_settings(environment(tmp_path)).scanner is None


WITNESS = (
    "https://witness.example",
    "witness.example.net+7ab96d32+BH+yhKIXcJLsfi51kOmQSWGg0IxcRgDNkVVZswnWNu4h",
)


def test_witnesses_and_addresses_outside_are_lists(tmp_path: Path) -> None:
    settings = load_settings(
        environment(
            tmp_path,
            CONDUCTDESK_WITNESSES=" ".join((f"{WITNESS[0]}/", WITNESS[1])),
            CONDUCTDESK_CHECKPOINT_MAIL="wcc:auditor@example.net archive@example.org",
        )
    )
    assert settings.witnesses == (WITNESS,)
    assert settings.checkpoint_mail == (
        ("wcc", "auditor@example.net"),
        ("", "archive@example.org"),
    )
    assert load_settings(environment(tmp_path)).witnesses == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CONDUCTDESK_DATA": ""}, "Set CONDUCTDESK_DATA"),
        ({"CONDUCTDESK_DESK_SECRET": "short"}, "shorter than 32"),
        ({"CONDUCTDESK_DESK_SECRET": "p" * 32}, "are the same"),
        ({"MAIL_PORT": "many"}, "whole number"),
        ({"CONDUCTDESK_DEMO": "1", "CONDUCTDESK_PRODUCTION": "1"}, "unset one"),
        ({"CONDUCTDESK_PRODUCTION": "1", "CONDUCTDESK_URL": "http://x.example"}, "https://"),
        ({"CLAMAV_SOCKET": "clamd"}, "CLAMAV_SOCKET must be a path"),
        ({"CLAMAV_SOCKET": "127.0.0.1:"}, "CLAMAV_SOCKET must be a path"),
        ({"CLAMAV_SOCKET": "http://127.0.0.1:3310"}, "CLAMAV_SOCKET must be a path"),
        ({"CONDUCTDESK_WITNESSES": WITNESS[0]}, "CONDUCTDESK_WITNESSES must name"),
        ({"CONDUCTDESK_WITNESSES": " ".join(WITNESS[::-1])}, "CONDUCTDESK_WITNESSES must name"),
        (
            {
                "CONDUCTDESK_WITNESSES": f"http://witness.example {WITNESS[1]}",
                "CONDUCTDESK_PRODUCTION": "1",
            },
            "CONDUCTDESK_WITNESSES must begin with https",
        ),
        ({"CONDUCTDESK_CHECKPOINT_MAIL": "wcc:nobody"}, "CONDUCTDESK_CHECKPOINT_MAIL must name"),
        ({"DATABASE_URL": "sqlite:///a", "KEYSTORE_URL": "sqlite:///a"}, "same database"),
    ],
)
def test_what_is_wrong_is_said_with_its_name(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(environment(tmp_path, **changes))


def test_the_file_in_the_data_folder_fills_in_and_the_environment_wins(tmp_path: Path) -> None:
    lines = ["# a note", *(f"{name}={value}" for name, value in environment(tmp_path).items())]
    (tmp_path / SETTINGS_FILE).write_text("\n".join(lines), "utf-8")
    settings = load_settings({"CONDUCTDESK_DATA": str(tmp_path), "MAIL_SENDER": "b@example.org"})
    assert settings.host == "conduct.example"
    assert settings.mail_sender == "b@example.org"


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(b"\xff\xfe=\xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(environment(tmp_path))
