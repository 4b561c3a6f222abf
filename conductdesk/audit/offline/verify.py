"""Check a ConductDesk audit log: python3 verify.py BUNDLE.zip [--checkpoint FILE] [--witness KEY]

Needs Python 3.9 alone. Give checkpoints and proofs that you kept, and keys of witnesses: whoever
has the key of the log could have written again all that nobody else has seen.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from hashlib import sha256, sha512
from io import BufferedReader
from pathlib import Path
from struct import unpack
from typing import IO, Any


def need(found: Any, otherwise: str, *facts: object) -> Any:
    if not found:
        raise ValueError(otherwise.format(*facts) if facts else otherwise)
    return found


def ascending(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # nobody can read it in two ways
    need([key for key, _value in pairs] == sorted(dict(pairs)), "its keys do not ascend, or repeat")
    return dict(pairs)


DIRECTORY_LIMIT, LINE_LIMIT, NOTE_LIMIT = 3_000_000, 1_000_000, 20_000  # bytes at once
ENTRY_LIMIT, TOTAL_LIMIT, FACTS_LIMIT = 16_384, 1 << 32, 2_000_000  # bytes, bytes, kept in memory
OPENED, HELD_BACK = "openings.jsonl", {"identity.revealed", "receipt.reissued", "conflict.found"}
READS = {"case.read": "attested", "identity.revealed": "attested", "parties.shown": "given a key"}
READS |= {"case.reviewed": "an auditor", "originals.read": "an auditor"}
OVER, AUDIT = {"closed", "aftercare", "destroyed"}, {"audit", "break-glass"}
STEPS = """draft:received received:acknowledged acknowledged:triaged triaged:triaged
decided:appealed triaged:informal triaged:investigating triaged:carrying_out informal:triaged
informal:carrying_out investigating:reported reported:decided decided:carrying_out
appealed:carrying_out closed:aftercare appealed:investigating carrying_out:triaged
carrying_out:appealed carrying_out:closed closed:acknowledged closed:destroyed aftercare:closed
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
NOTE = re.compile(r"(([^\n]+)\n(0|[1-9][0-9]{0,17})\n(\S+)\n)\n((?:— [^\s+]+ [!-~]+\n)+)")
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
PROOF, FORM = "c2sp.org/tlog-proof@v1", (8, 8, (1980, 1, 1, 0, 0, 0), b"", b"")  # of zip files
D = -121665 * pow(121666, P - 2, P) % P
parse = lru_cache(256)(json.JSONDecoder(object_pairs_hook=ascending).decode)
seconds = lru_cache(99)(lambda time: datetime.fromisoformat(time[:-1] + "+00:00").timestamp())


def add(one: Any, other: Any) -> Any:  # points of the curve, RFC 8032 5.1
    (x1, y1), (x2, y2) = one, other
    t = D * x1 * x2 * y1 * y2 % P
    both = pow(1 - t * t, -1, P)
    return (x1 * y2 + x2 * y1) * (1 - t) * both % P, (y1 * y2 + x1 * x2) * (1 + t) * both % P


def decode(raw: bytes) -> Any:  # to a point; it has no other encoding, RFC 8032 5.1.3
    sign, y = divmod(int.from_bytes(raw, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "a key is no point of the curve")
    return (x if x & 1 == sign else P - x), y


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:  # RFC 8032 5.1.7
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x, y), base, r = decode(key), decode(b"\x58" + b"\x66" * 31), (0, 1)
    sums = {(1, 0): base, (0, 1): (P - x, y), (1, 1): add(base, (P - x, y)), (0, 0): r}
    for bit in range(252, -1, -1):  # r becomes [s]base - [k]key, which is what was signed with
        r = add(add(r, r), sums[s >> bit & 1, k >> bit & 1])
    return s < ORDER and (r[1] | (r[0] & 1) << 255).to_bytes(32, "little") == signature[:32]


def unbase64(text: str, length: int) -> Any:  # in its one canonical form
    raw = base64.b64decode(text, validate=True)
    canonical = len(raw) == length and base64.b64encode(raw).decode() == text
    return need(canonical and raw, f"{text[:80]!a} is not canonical base64 of {length} bytes")


def open_key(text: str, kind: int) -> tuple[str, bytes]:  # a name, and the key behind its kind
    name, mark, encoded = need(KEY.fullmatch(text), "a verifier key is misspelt").groups()
    typed = unbase64(encoded, 33)
    fits = typed[0] == kind and sha256(f"{name}\n".encode() + typed).hexdigest()[:8] == mark
    return name, need(fits and typed, "a verifier key does not match its hash, or its use")


def open_note(note: str, log: bytes, witnesses: dict[str, bytes]) -> Any:  # C2SP tlog-checkpoint
    text, origin, size, root, lines = need(NOTE.fullmatch(note), "this is no checkpoint").groups()
    seen = dict[str, int]()  # when by whom; 0 by a witness whose key is not known
    for name, encoded in re.findall(r"— (\S+) (\S+)\n", lines):
        own = name == origin  # the key of the log signs by any name that the log had
        raw, typed = unbase64(encoded, 68 if own else 76), log if own else witnesses.get(name, b"")
        time = int.from_bytes(raw[4:12], "big")  # C2SP tlog-cosignature
        signed = text if own else f"cosignature/v1\ntime {time}\n{text}"
        good = raw[:4] == sha256(f"{name}\n".encode() + typed).digest()[:4]
        good = not typed or (good and is_signed(typed[1:], raw[-64:], signed.encode()))
        need(good and name not in seen, f"the key of {name!a} has not signed this for {origin!a}")
        seen[name] = time if typed else 0
    need(seen.pop(origin, 0), f"the key of the log has not signed this for {origin!a}")
    return origin, int(size), unbase64(root, 32), seen


def root_of(row: bytes) -> bytes:  # of hashes side by side, RFC 9162 2.1
    while len(row) > 32:
        pairs = [row[at : at + 64] for at in range(0, len(row), 64)]  # the last may be single
        row = b"".join(sha256(b"\1" + one).digest() if len(one) > 32 else one for one in pairs)
    return row


class Bundle:  # a zip file, in which nothing lies besides the files that are asked for
    def __init__(self, file: IO[bytes]) -> None:
        file.seek(max(0, file.seek(0, 2) - 22))
        size, start = unpack("<12xII2x", file.read().rjust(22))
        fits, at = start + size + 22 == file.tell() and size < DIRECTORY_LIMIT, 0
        self.zip = zipfile.ZipFile(need(fits and file, "this is no whole zip file"))
        for one in self.zip.infolist():  # each lies right behind the one before it
            form = one.flag_bits, one.compress_type, one.date_time, one.comment, one.extra
            head, _ = one.FileHeader(False), file.seek(at)
            same = form == FORM and one.header_offset == at and file.read(len(head)) == head
            at += need(same and len(head) + one.compress_size + 16, "the zip file hides something")
        self.files = {one.filename: one for one in self.zip.infolist()}
        fits = at == start and len(self.files) == len(self.zip.infolist())
        self.unread = set(need(fits and self.files, "a file is hidden")) - {"README", "verify.py"}

    def open(self, name: str, limit: int = TOTAL_LIMIT) -> Any:
        info = need(self.files.get(name), f"the file {name!a} is missing")
        need(info.file_size <= limit, f"the file {name!a} is too long")
        self.unread.discard(name)
        return BufferedReader(self.zip.open(info), 1 << 16)

    def text(self, name: str) -> str:
        return str(self.open(name, NOTE_LIMIT).read(NOTE_LIMIT), "utf-8")

    def lines(self, name: str, limit: int) -> Iterator[tuple[int, bytes]]:  # [12,...] in order
        last, file = -1, self.open(name)
        while line := file.readline(limit + 1):
            at, found = need(LINE.fullmatch(line), "a line of {} is malformed", name).groups()
            need(int(at) > last, "{} is not in order at entry {}", name, int(at))
            yield (last := int(at)), found


class Case:  # or a register, as its entries tell it so far
    def __init__(self) -> None:
        self.n, self.commits, self.audits, self.erased, self.destroyed = 0, 0, 0, -1, -1
        self.stands, self.leaving, self.facts = "draft", (), set[str]()


class Log:  # the scheme's or the installation's
    def __init__(self, owners: set[str]) -> None:
        self.cases, self.owners, self.told = defaultdict[str, Case](Case), owners, list[str]()
        self.room, self.counts, self.last = FACTS_LIMIT, Counter[str](), (-1, "", dict[str, Any]())
        self.newest, self.since, self.silence, self.beats = 0.0, 0.0, 0.0, 0
        self.ends, self.tops, self.anchor = dict[str, tuple[int, int, str]](), bytearray(), (0, "")

    def take(self, idx: int, entry: bytes) -> tuple[str, str, Case]:  # the next entry
        found = need(ENTRY.fullmatch(str(entry, "ascii")), "it is not written as entries are")
        time, kind, name, n, actor, pub, commit = found.groups("")
        facts, moment, case = parse(pub or "{}"), seconds(time), self.cases[name]
        back = facts["seconds"] if kind == "clock.set_back" else 0
        late, self.last = self.newest - moment, (idx, kind, facts)
        need(late <= (back or 300), "its time is {:.0f} seconds before an earlier one", late)
        self.newest, self.since = moment if back else max(moment, self.newest), self.since or moment
        self.silence = max(self.silence, self.newest - self.since)
        need(not name or int(n) == case.n + 1, "it is number {} of its case, behind {}", n, case.n)
        need(case.destroyed < 0, "its case was destroyed before")
        case.n, case.commits = case.n + bool(name), case.commits + bool(commit)
        self.room -= 9 * (case.n == 1) + 999 * (kind in ("clock.set_back", "log.succeeded"))
        need(self.room > 0, "there is more in here than can be remembered")
        if not kind.startswith(("grant.", "rows.", "request.")):  # these go on with the last act
            self.add(case, "away", *case.leaving) if case.leaving else None
            case.leaving = facts.get("kept_away", ())
            need(case.stands in OVER or not case.audits, "an auditor still has a key")
        what, acts = READS.get(kind, ""), kind in READS or "from" in facts
        need(not acts or f"away {actor}" not in case.facts, "{} is kept away from the case", actor)
        need(not what or f"{what} {actor}" in case.facts, "{} reads, and is not {}", actor, what)
        self.follow(idx, kind, actor, facts, case)
        return kind, commit, case

    def add(self, case: Case, what: str, *names: str) -> None:  # as far as there is room
        self.room -= len(names)
        need(max(map(len, (what, *names))) < 150, "it has a name that is too long")
        case.facts.update([sys.intern(f"{what} {name}") for name in names])

    def follow(self, idx: int, kind: str, actor: str, facts: dict[str, Any], case: Case) -> None:
        if "from" in facts:
            before, after = facts["from"], facts["to"]
            fits = before == case.stands and f"{before}:{after}" in STEPS
            need(fits, "the case goes from {} to {}, and was {}", before, after, case.stands)
            for part in ("attested", DOES.get(before, "attested")) if before != "draft" else ():
                need(f"{part} {actor}" in case.facts, "{} moves it, and never was {}", actor, part)
            case.stands = after
        if kind in ("grant.made", "grant.ended"):
            self.grant(kind, facts["fingerprint"], facts, case)
        elif kind in ("no_conflict.attested", "officer.appointed"):
            who, parts = facts.get("who", actor), facts.get("capacities") or [facts["capacity"]]
            for part in parts if "who" in facts else (*parts, "attested"):
                self.add(case, part, who)
            held = [part for part in DOES.values() if f"{part} {who}" in case.facts]
            need(len(held) < 2, f"{who} is {' and '.join(held)} of one case")
        elif kind == "key.published":
            self.add(case, facts["fingerprint"], facts["kind"] if case.n else actor)
        elif kind == "case.destroyed":
            case.destroyed = idx if need(case.stands == "destroyed", "nobody ordered it") else -1
            self.room, case.facts = self.room + len(case.facts), set()
        elif kind == "clock.set_back":
            self.told.append(f"entry {idx}: the clock was put back by {facts['seconds']:d} seconds")
        elif kind == "log.succeeded":
            self.ends[facts["old_origin"]] = idx, facts["old_size"], facts["old_root"]
        elif kind == "log.heartbeat":
            need(facts["size"] == idx, "it says that it is another entry")
            self.beats, self.since = self.beats + 1, self.newest

    def grant(self, kind: str, key: str, facts: dict[str, Any], case: Case) -> None:
        owner, why, audit = facts["owner"], facts["reason"], facts["reason"] in AUDIT
        place = f"{owner} {key} {facts['compartment']} {facts['epoch']}"
        named = f"{key} {owner}" in self.owners or f"{key} {owner}" in case.facts
        need(named, "the key {} was never published for {}", key, owner)
        held = {f"grant {place}", f"audit {place}"} & case.facts
        if kind == "grant.ended":
            need(held, "the key {} did not have what is taken back", key)
            case.facts, case.audits = case.facts - held, case.audits - (f"audit {place}" in held)
            if not any(fact.startswith(f"audit {owner} ") for fact in case.facts):
                case.facts.discard(f"an auditor {owner}")
            self.add(case, "gone", *((key, owner) if why in ("recused", "conflict") else ()))
        else:
            gone = {f"{how} {one}" for how in ("gone", "away") for one in (key, owner)}
            need(not gone & case.facts, "the key {} is of somebody who is kept away", key)
            need(not audit or case.stands in OVER, "an auditor is in before closure")
            need(not held, "the key {} has this already", key)
            self.add(case, "audit" if audit else "grant", place)
            for what in ("given a key", "an auditor")[: 1 + audit]:
                self.add(case, what, owner)
            case.audits += audit

    def tile(self, level: int, index: int, count: int) -> bytes:  # C2SP tlog-tiles
        width, path, rest = min(256, count - 256 * index), f"{index % 1000:03}", index // 1000
        while rest:
            path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
        name = f"{self.folder}tile/{level}/{path}" + (f".p/{width}" if width < 256 else "")
        raw = self.bundle.open(name, 8192).read(8192)
        return bytes(need(len(raw) == 32 * width and raw, f"{name} has not {width} hashes"))

    def entries(self) -> Iterator[tuple[int, bytes]]:  # those that are shown, each in the tree
        lines = self.bundle.lines(f"{self.folder}entries.jsonl", ENTRY_LIMIT + 22)
        idx, entry = next(lines, (-1, b""))
        for first in range(0, self.size, 256):
            tile = self.tile(0, first // 256, self.size)
            while first <= idx < first + len(tile) // 32:
                same = tile.startswith(sha256(b"\0" + entry).digest(), 32 * (idx - first))
                need(same, "{}entry {}: it does not match its leaf hash", self.folder, idx)
                yield idx, entry
                idx, entry = next(lines, (-1, b""))
            self.tops += root_of(tile) if len(tile) == 8192 else b""
        need(idx < 0, "{}entry {} is behind the end of the log", self.folder, idx)
        row = bytes(self.tops)
        for level in range(1, 9):
            kept = [self.tile(level, at, len(row) // 32) for at in range((len(row) + 8191) // 8192)]
            need(b"".join(kept) == row, "the tiles of level {} do not match those below", level)
            row = b"".join(root_of(row[at : at + 8192]) for at in range(0, len(row) - 8191, 8192))

    def node(self, first: int, end: int) -> bytes:  # above these entries, once all tiles were read
        index = (end if end - first >= 256 else first) // 256
        last = self.tile(0, index, self.size) if end > 256 * index else b""
        last = root_of(last[max(0, 32 * first - 8192 * index) : 32 * end - 8192 * index])
        return root_of(bytes(self.tops[first // 8 : 32 * index]) + last)

    def proof(self, idx: int) -> str:  # C2SP tlog-proof, RFC 9162 2.1.3
        sides = [(1 << level, (idx >> level ^ 1) << level) for level in range(60)]
        path = [self.node(at, min(at + wide, self.size)) for wide, at in sides if at < self.size]
        hashes = [base64.b64encode(one).decode() for one in path]
        return "\n".join([PROOF, f"index {idx}", *hashes, "", self.note])

    def replay(self, bundle: Bundle, folder: str) -> None:
        self.bundle, self.folder, proven = bundle, folder, list[int]()
        self.key, self.note = bundle.text(f"{folder}key"), bundle.text(f"{folder}checkpoint")
        self.origin, self.typed = open_key(self.key, 1)
        origin, self.size, self.root, seen = open_note(self.note, self.typed, {})
        need(origin == self.origin and not seen, f"{folder}checkpoint is signed by another name")
        given = not folder and OPENED in bundle.files
        openings = bundle.lines(OPENED, LINE_LIMIT) if given else None
        for idx, entry in self.entries():
            try:
                kind, commit, case = self.take(idx, entry)
                if openings and commit:
                    at, rest = next(openings, (-1, b""))
                    found = need(at == idx and OPENING.fullmatch(rest), "its details are missing")
                    why, salt, detail = (part or b"" for part in found.groups())
                    mac = hmac.new(bytes.fromhex(salt.decode()), detail, sha256).hexdigest()
                    need(why or mac == commit, "its details are not those that it commits to")
                    json.loads(detail or b"{}", object_pairs_hook=ascending)
                    need(why != b"held_back" or kind in HELD_BACK, "its details are held back")
                    case.erased = idx if why == b"erased" else case.erased
                    self.counts[why.decode() or "opened"] += 1
            except Exception as error:
                raise ValueError(f"{folder}entry {idx}: {error}") from error
            self.counts["shown"] += 1
            proven += [idx] if f"{folder}proofs/{idx}" in bundle.files else []
        need(not openings or not next(openings, None), "details are opened of what is not shown")
        self.compare(f"the {folder}checkpoint", self.note, {})
        for idx in proven:
            same = bundle.text(f"{folder}proofs/{idx}") == self.proof(idx)
            self.counts["proofs"] += need(same, f"entry {idx}: its proof is of something else")

    def compare(self, what: str, note: str, witnesses: dict[str, bytes]) -> Any:
        origin, size, root, seen = open_note(note, self.typed, witnesses)
        end = self.size if origin == self.origin else self.ends.get(origin, (0,))[0]
        need(end, f"{what} is of {origin!a}, which is another log")
        need(0 < size <= end, f"{what} is of {size} entries, here are {end}: take a newer bundle")
        need(self.node(0, size) == root, f"{what}, of {size} entries, does not match the entries")
        return size, seen


def check(bundle: Bundle, outside: list[str], keys: list[str]) -> Iterator[str]:
    witnesses, seen = dict(open_key(f"{key}\n", 4) for key in keys), Counter[str]()
    (owners := Log(set())).replay(bundle, "installation/")
    (log := Log(owners.cases[""].facts)).replay(bundle, "")
    need(len({one.split()[0] for one in log.owners}) == len(log.owners), "a key has two owners")
    (idx, kind, claim), shown = log.last, log.counts["shown"]
    kept = [name for name in bundle.files if name.startswith("checkpoints/")]
    need(len(kept) <= 100, "there are more than the hundred checkpoints of any bundle")
    for name in kept:
        size, by = log.compare(name, bundle.text(name), witnesses)
        need(re.fullmatch(f"checkpoints/{size}-[a-z_]+", name), f"{name!a} is of another size")
        for witness, time in by.items():
            seen[f"{witness} {'' if time else 'not '}checked"] += 1
            log.anchor = max(log.anchor, (size * (time > 0), f"the witness {witness}"))
    for name in outside:
        text = Path(name).read_bytes()[:100_000].decode().replace("\r\n", "\n").strip() + "\n"
        note = text.partition("\n\n")[2] if text.startswith(f"{PROOF}\n") else text
        one = owners if note.partition("\n")[0] in {owners.origin, *owners.ends} else log
        size, _by = one.compare(f"the outside checkpoint {name!a}", note, witnesses)
        one.anchor = max(one.anchor, (size, name))
    need(not bundle.unread, f"{min(bundle.unread, default='')!a} does not belong into a bundle")
    need(idx == log.size - 1 and kind.endswith(".exported"), "the last entry is of no export")
    proofs = shown * (kind == "record.exported")
    need(log.counts["proofs"] == proofs, "proofs are missing or too many")
    closed = sum(one.stands in ("closed", "aftercare") for one in log.cases.values())
    said = [owners.origin, str(owners.size), owners.root.hex(), owners.key.strip()]
    says = {"installation": said, "entries": shown, "cases": None if proofs else closed}
    for word, found in {**says, "openings": OPENED in bundle.files}.items():
        need(claim.get(word) == found, f"entry {idx} says that {claim.get(word)!a} are {word}")
    yield "VERIFIED" if log.anchor[0] else "VERIFIED-UNANCHORED"
    for one in (log, owners):
        yield f"log {one.origin}, {one.size} entries, root {base64.b64encode(one.root).decode()}"
        at, by = one.anchor
        rest = f" by {by}; the {one.size - at} entries after it are not" if at else ""
        yield f"key {one.key.strip()}, anchored to entry {at} of {one.size}{rest}"
        for old, (at, size, root) in one.ends.items():
            lost = "" if size <= at and one.node(0, size).hex() == root else ", entries are lost"
            yield f"{one.folder}entry {at}: the log was {old} until here{lost}"
    yield f"{len(kept)} checkpoints kept; cosignatures: {dict(sorted(seen.items())) or 'none'}"
    yield f"{shown} entries are shown, for the purpose: {claim['purpose']}"
    yield f"{log.size - shown} are hashes alone, and nothing here shows that their cases are open"
    details = ", ".join(f"{log.counts[how]} {how}" for how in ("opened", "held_back", "no_key"))
    yield f"details: {details if claim['openings'] else 'none opened, for no auditor exported it'}"
    for name, case in log.cases.items():
        gone, only = case.destroyed >= 0, f"{case.commits} details: commitment only, destroyed"
        need(gone or case.stands in ("draft", "closed", "aftercare"), f"case {name} is open")
        need(gone or case.erased < 0, f"entry {case.erased}: its details are gone, its case is not")
        yield from [f"case {name}: {only}, see entry {case.destroyed}"] if gone else []
    yield from owners.told + log.told
    yield f"{log.beats or 'no'} heartbeats shown; longest silence {log.silence / 3600:.1f} h"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Check an export of a ConductDesk audit log.")
    parser.add_argument("bundle")
    parser.add_argument("--checkpoint", action="append", default=[], help="one that you kept")
    parser.add_argument("--witness", action="append", default=[], help="the key of one you trust")
    given = parser.parse_args()
    try:
        with Path(given.bundle).open("rb") as file:
            answer = list(check(Bundle(file), given.checkpoint, given.witness))
    except Exception as error:  # also whatever a hostile file makes of the standard library
        answer = [f"FAILED: {error if isinstance(error, ValueError) else type(error).__name__}"]
    with suppress(OSError), open(1, "w", encoding="ascii", closefd=False) as out:
        out.writelines(line.encode("unicode_escape").decode() + "\n" for line in answer)
    sys.exit(answer[0].startswith("FAILED"))
