"""What `conductdesk doctor` found out, one line for each thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One line: what was looked at, and what to do; an empty remedy means that it is well."""

    what: str
    remedy: str = ""
    unknown: str = ""
    """What nobody here can tell, and how to find out; it is not counted as wrong."""

    def line(self) -> str:
        """Return the line as it is printed."""
        if self.remedy:
            return f"TO DO  {self.what}: {self.remedy}"
        return f"LOOK   {self.what}: {self.unknown}" if self.unknown else f"ok     {self.what}"
