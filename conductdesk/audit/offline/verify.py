#!/usr/bin/env python3
"""Check an export of a ConductDesk audit log. Needs Python 3.9 or newer, and nothing else.

    python3 verify.py BUNDLE.zip [--checkpoint FILE ...]

Answers VERIFIED, VERIFIED-UNANCHORED or FAILED, and exits with 0, 0 or 1. Give it checkpoints or
proofs of this log that you kept yourself: without one, whoever holds the signing key could have
written the whole log again, so the answer is UNANCHORED at best. Take this program from where it
is published and compare its hash: the copy in a bundle says what its author wants.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import IO, Any

DIRECTORY_LIMIT, LINE_LIMIT, NOTE_LIMIT = 6_000_000, 1_000_000, 100_000  # bytes in memory at once
TOLERANCE = 300  # seconds by which a clock may be set back; a backdating that pays takes hours
HELD_BACK = {"identity.revealed", "receipt.reissued", "conflict.found"}
READS = {"case.read", "parties.shown", "identity.revealed"}
BESIDE = ("grant.", "rows.", "request.")  # entries that go on with what the one before began
OVER, AUDIT = {"closed", "aftercare", "destroyed"}, {"audit", "break-glass"}
STEPS = """draft:received received:acknowledged acknowledged:triaged triaged:triaged
triaged:informal triaged:investigating triaged:carrying_out informal:triaged informal:carrying_out
investigating:reported reported:decided decided:appealed decided:carrying_out
appealed:carrying_out appealed:investigating carrying_out:triaged carrying_out:appealed
carrying_out:closed closed:aftercare closed:acknowledged closed:destroyed aftercare:closed
aftercare:acknowledged aftercare:destroyed""".split()
DOES = {"investigating": "investigator", "reported": "decision_maker", "appealed": "appeal_body"}
ENTRY = re.compile(
    r'\{"v":1,"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)","type":"([a-z_]+\.[a-z_]+)"'
    r'(?:,"case":"([0-9a-f]{32})","n":([1-9]\d{0,17}))?,"actor":"([0-9a-z]+)"'
    r'(?:,"pub":(\{[^{}]+\}))?(?:,"rows":\[\[["0-9a-z_,\[\]]+\]\])?'
    r'(?:,"commit":"([0-9a-f]{64})")?\}'
)
LINE = re.compile(rb"\[(0|[1-9]\d{0,17}),(.+)\]\n")
OPENING = re.compile(rb'"(held_back|no_key|erased)"|"([0-9a-f]{64})",(\{.*\})')
KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})\n")
NOTE = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n(\S+)\n\n((?:— [^\s+]+ [!-~]+\n)+)")
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Opened = tuple[str, str, int, bytes]  # a checkpoint, and the origin, size and root that it names


class Failed(Exception):
    """Something does not hold."""


def need(found: Any, otherwise: str, *facts: object) -> Any:
    if not found:
        raise Failed(otherwise.format(*facts) if facts else otherwise)
    return found


def add(one: Any, other: Any) -> Any:  # points (X, Y, Z, T) in extended coordinates, RFC 8032 5.1.4
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode(raw: bytes) -> Any:  # to a point; it has no other encoding, RFC 8032 5.1.3
    sign, y = divmod(int.from_bytes(raw, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "a key is no point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:  # RFC 8032 5.1.7
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x, y, z, t), base, r = decode(key), decode(b"\x58" + b"\x66" * 31), (0, 1, 1, 0)
    sums = {(1, 0): base, (0, 1): (minus := (P - x, y, z, P - t)), (1, 1): add(base, minus)}
    for bit in range(252, -1, -1):  # r becomes [s]base - [k]key, which is what was signed with
        r, chosen = add(r, r), sums.get((s >> bit & 1, k >> bit & 1))
        r = add(r, chosen) if chosen else r
    x, y = (part * pow(r[2], P - 2, P) % P for part in r[:2])
    return s < ORDER and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def unbase64(text: str, length: int) -> bytes:  # in its one canonical form
    raw = base64.b64decode(text, validate=True)
    canonical = len(raw) == length and base64.b64encode(raw).decode() == text
    need(canonical, f"{text[:80]!a} is not base64 of {length} bytes in its canonical form")
    return raw


def open_note(key: str, note: str, most_lines: int = 5) -> Opened:
    """Read a checkpoint that *key* has signed, by any name (C2SP signed-note, tlog-checkpoint)."""
    name, mark, encoded = need(KEY.fullmatch(key), "a verifier key is misspelt").groups()
    typed = unbase64(encoded, 33)  # 1 for Ed25519, then the public key
    fits = typed[0] == 1 and sha256(f"{name}\n".encode() + typed).hexdigest()[:8] == mark
    need(fits, "a verifier key does not match its hash")
    origin, size, root, block = need(NOTE.fullmatch(note), "this is no checkpoint").groups()
    need(note.count("\n") <= most_lines, "a checkpoint has lines that nothing vouches for")
    mark = sha256(f"{origin}\n".encode() + typed).digest()[:4]
    lines = (line.split(" ")[1:] for line in block.split("\n")[:-1])
    ours = (raw for name, raw in lines if name == origin and base64.b64decode(raw)[:4] == mark)
    text = note[: -len(block) - 1].encode()
    genuine = [is_signed(typed[1:], unbase64(raw, 68)[4:], text) for raw in ours]
    need(genuine and all(genuine), f"the key of the log has not signed this for {origin!a}")
    return note, origin, int(size), unbase64(root, 32)


def check_proof(text: str, idx: int, entry: bytes, opened: Opened) -> None:  # RFC 9162 2.1.3.2
    head, tail = f"c2sp.org/tlog-proof@v1\nindex {idx}\n", f"\n{opened[0]}"
    fits = text.startswith(head) and text[len(head) - 1 :].endswith(f"\n{tail}")
    need(fits, "the proof is of another entry, or under another checkpoint")
    fn, sn, computed = idx, opened[2] - 1, sha256(b"\0" + entry).digest()
    for line in text[len(head) : -len(tail)].split("\n")[:-1]:
        need(sn, "the proof is too long")
        other, right = unbase64(line, 32), fn & 1 or fn == sn
        computed = sha256(b"\1" + (other + computed if right else computed + other)).digest()
        while right and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and computed == opened[3], "the proof does not lead to the root")


def subtrees(hashes: list[bytes]) -> list[bytes]:  # the full ones, the largest first, RFC 9162 2.1
    found: list[bytes] = []
    for index, value in enumerate(hashes):
        while index & 1:
            index, value = index >> 1, sha256(b"\1" + found.pop() + value).digest()
        found.append(value)
    return found


class Bundle:  # what nothing asks for does not belong into it
    def __init__(self, file: IO[bytes]) -> None:
        file.seek(max(0, file.seek(0, 2) - 42))
        tail = file.read().rjust(42, b"\0")
        need(tail[20:24] == b"PK\5\6" and tail[40:] == b"\0\0", "this is not a whole zip file")
        fits = tail[:4] != b"PK\6\7" and int.from_bytes(tail[32:36], "little") < DIRECTORY_LIMIT
        need(fits, "the zip file has more files than any bundle")
        self.zip, self.size, self.roots = zipfile.ZipFile(file), 0, list[bytes]()
        self.files = {info.filename: info for info in self.zip.infolist()}
        need(len(self.files) == len(self.zip.infolist()), "two files have the same name")
        self.unread = set(self.files) - {"README", "verify.py"}

    def open(self, name: str, limit: int = 1 << 40) -> Any:
        info = need(self.files.get(name), f"the file {name!a} is missing")
        plain = not info.flag_bits & 1 and info.compress_type in (0, 8) and info.file_size <= limit
        need(plain, f"the file {name!a} is too long, encrypted, or packed in an unknown way")
        self.unread.discard(name)
        return io.BufferedReader(self.zip.open(info))

    def text(self, name: str) -> str:
        return str(self.open(name, NOTE_LIMIT).read(NOTE_LIMIT), "utf-8")

    def checkpoint(self, folder: str = "") -> Any:
        opened = open_note(self.text(f"{folder}key"), self.text(f"{folder}checkpoint"))
        own = self.text(f"{folder}key").startswith(f"{opened[1]}+")
        return need(own and opened, f"the {folder}checkpoint is of another log than the key")

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:  # like [12,...] in order
        last = -1
        with self.open(name) as file:
            while line := file.readline(LINE_LIMIT + 1):
                fits = LINE.fullmatch(line) if len(line) <= LINE_LIMIT else None
                at, rest = need(fits, "a line of {} is malformed or too long", name).groups()
                before, last = last, int(at)
                need(last > before, "{} is not in order at entry {}", name, last)
                yield last, rest

    def tile(self, level: int, index: int, width: int) -> list[bytes]:  # C2SP tlog-tiles
        path, rest = f"{index % 1000:03}", index // 1000
        while rest:
            path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
        name = f"tile/{level}/{path}" + (f".p/{width}" if width < 256 else "")
        raw = self.open(name, 8192).read(8192)
        need(len(raw) == 32 * width, f"{name} does not hold {width} hashes")
        return [raw[at : at + 32] for at in range(0, 32 * width, 32)]

    def leaves(self, size: int) -> Iterator[tuple[int, list[bytes]]]:  # and all tiles above
        self.size = size
        for first in range(0, size, 256):
            tile = self.tile(0, first // 256, min(256, size - first))
            yield first, tile
            self.roots += subtrees(tile) if len(tile) == 256 else []
        level, below = 1, self.roots
        while below:
            rows = [below[at : at + 256] for at in range(0, len(below), 256)]
            for index, row in enumerate(rows):
                same = self.tile(level, index, len(row)) == row
                need(same, f"tile {index} of level {level} does not match the hashes below it")
            level, below = level + 1, [subtrees(row)[0] for row in rows if len(row) == 256]

    def root_at(self, size: int) -> bytes:  # once the leaves were read
        index, rest = divmod(size, 256)
        last = self.tile(0, index, min(256, self.size - 256 * index))[:rest] if rest else []
        nodes = subtrees(self.roots[:index]) + subtrees(last)
        return reduce(lambda right, left: sha256(b"\1" + left + right).digest(), nodes[::-1])


class Case:  # or a register, as its entries tell it so far
    def __init__(self) -> None:
        self.n = self.commits = 0
        self.stands, self.erased, self.destroyed = "draft", -1, -1
        self.who: dict[str, set[str]] = defaultdict(set)  # pseudonyms and keys, by what they are
        self.grants: dict[tuple[str, str, int], str] = {}  # the reason of each that has not ended


class Replay:  # the procedure, gone through again from what entries say in clear
    def __init__(self, owners: dict[str, str]) -> None:
        self.owners, self.newest, self.cases = owners, "", defaultdict[str, Case](Case)
        self.ends, self.beats = dict[str, int](), list[float]()  # ends: of the log's earlier names
        self.last: tuple[int, str, Any] = (-1, "", {})

    def take(self, idx: int, entry: bytes) -> tuple[str, str, Case]:  # the next entry
        found = need(ENTRY.fullmatch(entry.decode("ascii")), "it is not written as entries are")
        time, kind, name, n, actor, pub, commit = found.groups("")
        case, facts = self.cases[name], json.loads(pub) if pub else {}
        late = seconds(self.newest) - seconds(time) if time < self.newest else 0
        need(late <= TOLERANCE, "its time is {:.0f} seconds before that of an earlier one", late)
        need(not name or int(n) == case.n + 1, "it is number {} of its case, behind {}", n, case.n)
        need(not name or case.destroyed < 0, "its case was destroyed before")
        self.newest, self.last = max(time, self.newest), (idx, kind, facts)
        case.n, case.commits = case.n + 1, case.commits + bool(commit)
        if not kind.startswith(BESIDE):  # keys pass from hand to hand before somebody is gone
            case.who["away"] |= case.who["leaving"]
        case.who["leaving"].update(facts.get("kept_away", ()))
        away = (kind in READS or "from" in facts) and actor in case.who["away"]
        need(not away, "{} is kept away from the case", actor)
        self.follow(idx, kind, actor, facts, case)
        return kind, commit, case

    def follow(self, idx: int, kind: str, actor: str, facts: dict[str, Any], case: Case) -> None:
        if "from" in facts:
            self.move(actor, facts["from"], facts["to"], case)
        if kind in ("grant.made", "grant.ended"):
            self.grant(kind, facts["fingerprint"], facts, case)
        elif kind in ("no_conflict.attested", "officer.appointed"):
            who, parts = facts.get("who", actor), facts.get("capacities") or [facts["capacity"]]
            for part in parts if "who" in facts else (*parts, "attested"):
                case.who[part].add(who)
            held = [part for part in DOES.values() if who in case.who[part]]
            need(len(held) < 2, f"{who} is {' and '.join(held)} of one case")
        elif kind == "key.published":
            case.who["keys"].add(facts["fingerprint"])
        elif kind == "case.destroyed":
            case.destroyed = idx if need(case.stands == "destroyed", "nobody ordered it") else -1
        elif kind == "log.succeeded":
            self.ends[facts["old_origin"]] = idx
        elif kind == "log.heartbeat":
            need(facts["size"] == idx, "it says that it is another entry")
            self.beats.append(seconds(self.newest))

    def move(self, actor: str, before: str, after: str, case: Case) -> None:
        fits = before == case.stands and f"{before}:{after}" in STEPS
        need(fits, f"the case goes from {before} to {after}, and was {case.stands}")
        for part in ("attested", DOES.get(before, "attested")) if before != "draft" else ():
            need(actor in case.who[part], f"{actor} moves it from {before}, and never was {part}")
        shut = before in OVER or not AUDIT & set(case.grants.values())
        need(shut, "its case is open again, and an auditor still has a key")
        case.stands = after

    def grant(self, kind: str, key: str, facts: dict[str, Any], case: Case) -> None:
        place, owner = (key, facts["compartment"], facts["epoch"]), self.owners.get(key)
        if kind == "grant.ended":
            need(case.grants.pop(place, None), f"the key {key} did not have what is taken back")
            gone = facts["reason"] in ("recused", "conflict")
            case.who["gone"] |= {key, owner or key} if gone else set()
            return
        need(owner or key in case.who["keys"], "the key {} was never published", key)
        clear = not {key, owner} & (case.who["gone"] | case.who["away"])
        need(clear, "the key {} is of somebody who is kept away from the case", key)
        need(facts["reason"] not in AUDIT or case.stands in OVER, "an auditor is in before closure")
        need(place not in case.grants, "the key {} has this already", key)
        case.grants[place] = facts["reason"]


def seconds(time: str) -> float:
    return datetime.fromisoformat(time[:-1] + "+00:00").timestamp()


def read_owners(bundle: Bundle) -> dict[str, str]:  # of keys that the installation published
    opened, owners = bundle.checkpoint("installation/"), {}
    for idx, entry in bundle.lines("installation/entries.jsonl"):
        check_proof(bundle.text(f"installation/proofs/{idx}"), idx, entry, opened)
        found = ENTRY.fullmatch(entry.decode("ascii"))
        found = need(found and found[2] == "key.published" and found, f"entry {idx} is no key")
        owners[json.loads(found[6])["fingerprint"]] = found[5]
    return owners


def read_entries(bundle: Bundle, replay: Replay, opened: Opened) -> Counter[str]:
    """Compare what is shown with the tree and replay it; return how many entries are how open."""
    counts, entries = Counter[str](), bundle.lines("entries.jsonl")
    openings = bundle.lines("openings.jsonl") if "openings.jsonl" in bundle.files else None
    idx, entry = next(entries, (-1, b""))
    for first, tile in bundle.leaves(opened[2]):
        while first <= idx < first + len(tile):
            try:
                same = sha256(b"\0" + entry).digest() == tile[idx - first]
                need(same, "it does not match its leaf hash")
                kind, commit, case = replay.take(idx, entry)
                if openings and commit:
                    at, rest = next(openings, (-1, b""))
                    found = need(at == idx and OPENING.fullmatch(rest), "its details are missing")
                    why, salt, detail = (part or b"" for part in found.groups())
                    mac = hmac.new(bytes.fromhex(salt.decode()), detail, sha256).hexdigest()
                    need(why or mac == commit, "its details are not those that it commits to")
                    need(why != b"held_back" or kind in HELD_BACK, "its details are held back")
                    case.erased = idx if why == b"erased" else case.erased
                    counts[why.decode() or "opened"] += 1
                if f"proofs/{idx}" in bundle.files:
                    check_proof(bundle.text(f"proofs/{idx}"), idx, entry, opened)
                    counts["proofs"] += 1
            except Exception as error:
                raise Failed(f"entry {idx}: {error}") from error
            counts["shown"] += 1
            idx, entry = next(entries, (-1, b""))
    need(idx < 0, f"entry {idx} is behind the end of the log")
    need(not openings or not next(openings, None), "details are opened of what is not shown")
    return counts


def check(bundle: Bundle, outside: list[str]) -> Iterator[str]:  # and yield what is to be told
    opened, key, replay = bundle.checkpoint(), bundle.text("key"), Replay(read_owners(bundle))
    counts = read_entries(bundle, replay, opened)
    (idx, kind, claim), notes = replay.last, {"the checkpoint": opened}
    ends = {**replay.ends, opened[1]: opened[2]}
    for name in [name for name in bundle.files if name.startswith("checkpoints/")][:1000]:
        notes[name] = one = open_note(key, bundle.text(name))
        need(re.fullmatch(f"checkpoints/{one[2]}-[a-z_]+", name), f"{name!a} is of another size")
    for name in outside:
        with Path(name).open("rb") as file:
            text = file.read(NOTE_LIMIT).decode().replace("\r\n", "\n").strip() + "\n"
        note = text.partition("\n\n")[2] if text.startswith("c2sp.org/tlog-proof@v1\n") else text
        notes[f"the outside checkpoint {name!a}"] = open_note(key, note, NOTE_LIMIT)
    for what, (_note, origin, size, root) in notes.items():
        end = need(ends.get(origin), f"{what} is of {origin!a}, which is another log")
        need(0 < size <= end, f"{what} is of {size} entries, and by its name the log ends at {end}")
        need(bundle.root_at(size) == root, f"{what}, of {size} entries, does not match the entries")
    need(not bundle.unread, f"{min(bundle.unread, default='')!a} does not belong into a bundle")
    need(
        idx == opened[2] - 1 and kind.endswith(".exported"),
        "the last entry is not that of an export",
    )
    need(claim["entries"] == counts["shown"], f"entry {idx} says that {claim['entries']} are shown")
    same = claim["openings"] is ("openings.jsonl" in bundle.files)
    need(same, f"entry {idx} says otherwise whether details are opened")
    proofs = counts["shown"] * (kind == "record.exported")
    need(counts["proofs"] == proofs, "there is not one proof for each entry of the case")
    yield f"log {opened[1]}, {opened[2]} entries, root {base64.b64encode(opened[3]).decode()}"
    yield f"key {key.strip()}"
    yield f"{counts['shown']} entries are shown; purpose: {claim['purpose']}"
    details = ", ".join(f"{counts[how]} {how}" for how in ("opened", "held_back", "no_key"))
    yield f"details: {details if claim['openings'] else 'none opened, for no auditor exported it'}"
    for name, case in replay.cases.items():
        over = case.stands == "draft" or case.stands in OVER
        need(over and (case.stands != "destroyed" or case.destroyed >= 0), f"case {name} is open")
        lost = case.erased >= 0 and case.destroyed < 0
        need(not lost, f"entry {case.erased}: its details are gone, and its case not destroyed")
        if case.destroyed >= 0:
            details = f"{case.commits} details: commitment only, destroyed"
            yield f"case {name}: {details}, see entry {case.destroyed}"
    for old, end in replay.ends.items():
        yield f"entry {end}: the log was {old} until here"
    beats = [*replay.beats, seconds(replay.newest)]
    silence = max([later - sooner for sooner, later in zip(beats, beats[1:])], default=0)
    yield f"{len(replay.beats)} heartbeats; the longest silence after one was {silence / 3600:.1f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description="Check an export of a ConductDesk audit log.")
    parser.add_argument("bundle")
    parser.add_argument("--checkpoint", action="append", default=[], help="one that you kept")
    given = parser.parse_args()
    try:
        with Path(given.bundle).open("rb") as file:
            lines = list(check(Bundle(file), given.checkpoint))
        answer = "VERIFIED" if given.checkpoint else "VERIFIED-UNANCHORED"
    except Exception as error:  # also whatever a hostile file makes of the standard library
        strange = f"this cannot be read as a bundle ({type(error).__name__})"
        answer, lines = f"FAILED: {error if isinstance(error, Failed) else strange}", []
    print("\n".join((answer, *lines)).encode("ascii", "backslashreplace").decode())
    raise SystemExit(answer.startswith("FAILED"))


if __name__ == "__main__":
    main()
