"""The numbers that help at once in each nation, whatever a scheme's pack lists besides; pure."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.schemes.pack import HelpLine

EVERYWHERE = (
    HelpLine(
        "Police, ambulance, fire", "999", "Deaf, or unable to speak: call 18000 by text relay."
    ),
    HelpLine("A child is not safe: NSPCC", "0808 800 5000", "For adults who worry about a child."),
)

ABUSE: Mapping[str, HelpLine] = {
    "ENG": HelpLine("Abuse at home: National Domestic Abuse Helpline", "0808 2000 247", "Free."),
    "SCT": HelpLine("Abuse at home: Scotland’s helpline", "0800 027 1234", "Free, all day."),
    "WLS": HelpLine("Abuse at home: Live Fear Free", "0808 80 10 800", "Free, all day."),
    "NIR": HelpLine("Abuse at home: the helpline of Northern Ireland", "0808 802 1414", "Free."),
}


def emergency_lines(nation: str) -> tuple[HelpLine, ...]:
    """Return the numbers of *nation*, the most urgent first."""
    return (*EVERYWHERE, ABUSE[nation])
