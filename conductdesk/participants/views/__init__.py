"""The pages of the register, for officers who receive concerns."""

from conductdesk.participants.views import bonds, files, people, person, registers
from conductdesk.participants.views.blueprint import bp

__all__ = ["bonds", "bp", "files", "people", "person", "registers"]
