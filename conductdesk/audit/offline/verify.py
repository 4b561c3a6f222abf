"""Check a ConductDesk audit log: python3 verify.py BUNDLE.zip [--checkpoint FILE ...]

Needs Python 3.9 and nothing else. Answers VERIFIED, VERIFIED-UNANCHORED or FAILED. Give checkpoints
or proofs that you kept: whoever has the signing key could have written all that comes after them.
Take it from where it is published, with its hash: the copy in a bundle says what its author wants.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import IO, Any

DIRECTORY_LIMIT, LINE_LIMIT, NOTE_LIMIT = 6_000_000, 1_000_000, 20_000  # bytes in memory at once
ENTRY_LIMIT, TOTAL_LIMIT, NAMES_LIMIT = 16_384, 1 << 32, 1_000_000  # bytes, bytes, names kept
TOLERANCE, LOST = 300, "entry {}: its details are gone, and its case not destroyed"  # seconds
HELD_BACK = {"identity.revealed", "receipt.reissued", "conflict.found"}
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
NOTE = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n(\S+)\n\n((?:— [^\s+]+ [!-~]+\n)+)")
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


class Failed(Exception): ...


def need(found: Any, otherwise: str, *facts: object) -> Any:
    if not found:
        raise Failed(otherwise.format(*facts) if facts else otherwise)
    return found


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


def open_note(key: str, note: str, most_lines: int = 5) -> Any:  # C2SP tlog-checkpoint
    name, mark, encoded = need(KEY.fullmatch(key), "a verifier key is misspelt").groups()
    typed = unbase64(encoded, 33)  # 1 for Ed25519, then the public key
    fits = typed[0] == 1 and sha256(f"{name}\n".encode() + typed).hexdigest()[:8] == mark
    need(fits, "a verifier key does not match its hash")
    origin, size, root, block = need(NOTE.fullmatch(note), "this is no checkpoint").groups()
    need(note.count("\n") <= most_lines, "a checkpoint has lines that nothing vouches for")
    mark = sha256(f"{origin}\n".encode() + typed).digest()[:4]  # by any name that the log had
    lines = [line.split(" ")[1:] for line in block.split("\n")[:-1]]
    ours = [raw for name, raw in lines if name == origin and base64.b64decode(raw)[:4] == mark]
    text = note[: -len(block) - 1].encode()
    genuine = ours and all(is_signed(typed[1:], unbase64(raw, 68)[4:], text) for raw in ours)
    need(genuine, f"the key of the log has not signed this for {origin!a}")
    return note, origin, int(size), unbase64(root, 32)


def subtrees(hashes: list[bytes]) -> list[bytes]:  # the full ones, the largest first, RFC 9162 2.1
    found: list[bytes] = []
    for index, value in enumerate(hashes):
        while index & 1:
            index, value = index >> 1, sha256(b"\1" + found.pop() + value).digest()
        found.append(value)
    return found


def climb(leaf: bytes, idx: int, size: int, path: list[str]) -> Any:  # RFC 9162 2.1.3.1
    if size == 1:
        return need(not path and leaf, "the proof is too long")
    half, other = 1 << (size - 1).bit_length() - 1, need(path, "the proof is too short").pop()
    right, beside = idx >= half, unbase64(other, 32)
    below = climb(leaf, idx - half * right, size - half if right else half, path)
    return sha256(b"\1" + (beside + below if right else below + beside)).digest()


class Bundle:  # what nothing asks for does not belong into it
    def __init__(self, file: IO[bytes]) -> None:
        file.seek(max(0, file.seek(0, 2) - 42))
        tail = file.read().rjust(42, b"\0")
        whole = tail[20:24] == b"PK\5\6" and tail[40:] == b"\0\0" and tail[:4] != b"PK\6\7"
        whole = whole and int.from_bytes(tail[32:36], "little") < DIRECTORY_LIMIT
        need(whole, "this is not a whole zip file, or it has more files than any bundle")
        self.zip, self.roots = zipfile.ZipFile(file), defaultdict[str, list[bytes]](list)
        infos = sorted(self.zip.infolist(), key=lambda info: info.header_offset)
        plain = [one.filename == one.orig_filename and not one.comment + one.extra for one in infos]
        fits = sum(one.file_size for one in infos) <= TOTAL_LIMIT and infos[0].header_offset == 0
        need(fits and all(plain), "the zip file hides something, or is too long")
        self.files = {info.filename: info for info in infos}
        need(len(self.files) == len(infos), "two files have the same name")
        self.unread = set(self.files) - {"README", "verify.py"}

    def open(self, name: str, limit: int = TOTAL_LIMIT) -> Any:
        info = need(self.files.get(name), f"the file {name!a} is missing")
        plain = not info.flag_bits & 1 and info.compress_type in (0, 8) and info.file_size <= limit
        need(plain, f"the file {name!a} is too long, encrypted, or packed in an unknown way")
        self.unread.discard(name)
        return io.BufferedReader(self.zip.open(info))

    def text(self, name: str) -> str:
        return str(self.open(name, NOTE_LIMIT).read(NOTE_LIMIT), "utf-8")

    def lines(self, name: str, limit: int) -> Iterator[tuple[int, bytes]]:  # [12,...] in order
        last = -1
        with self.open(name) as file:
            while line := file.readline(limit + 1):
                fits = LINE.fullmatch(line) if len(line) <= limit else None
                at, rest = need(fits, "a line of {} is malformed or too long", name).groups()
                before, last = last, int(at)
                need(last > before, "{} is not in order at entry {}", name, last)
                yield last, rest

    def tile(self, folder: str, index: int, size: int) -> list[bytes]:  # C2SP tlog-tiles
        width, path, rest = min(256, size - 256 * index), f"{index % 1000:03}", index // 1000
        while rest:
            path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
        name = f"{folder}tile/0/{path}" + (f".p/{width}" if width < 256 else "")
        raw = self.open(name, 8192).read(8192)
        need(len(raw) == 32 * width, f"{name} does not hold {width} hashes")
        return [raw[at : at + 32] for at in range(0, 32 * width, 32)]

    def shown(self, folder: str, size: int) -> Iterator[tuple[int, bytes]]:  # entries in the tree
        entries = self.lines(f"{folder}entries.jsonl", ENTRY_LIMIT + 22)
        idx, entry = next(entries, (-1, b""))
        for first in range(0, size, 256):
            tile = self.tile(folder, first // 256, size)
            while first <= idx < first + len(tile):
                same = sha256(b"\0" + entry).digest() == tile[idx - first]
                need(same, f"entry {idx}: it does not match its leaf hash")
                yield idx, entry
                idx, entry = next(entries, (-1, b""))
            self.roots[folder] += subtrees(tile) if len(tile) == 256 else []
        need(idx < 0, f"entry {idx} is behind the end of the log")

    def compare(self, what: str, folder: str, opened: Any, ends: dict[str, int]) -> None:
        _note, origin, at, root = opened
        end = need(ends.get(origin), f"{what} is of {origin!a}, which is another log")
        need(0 < at <= end, f"{what} is of {at} entries, and by its name the log ends at {end}")
        nodes, size = subtrees(self.roots[folder][: at // 256]), max(ends.values())
        nodes += subtrees(self.tile(folder, at // 256, size)[: at % 256]) if at % 256 else []
        found = reduce(lambda right, left: sha256(b"\1" + left + right).digest(), nodes[::-1])
        need(found == root, f"{what}, of {at} entries, does not match the entries")


class Case:  # or a register, as its entries tell it so far
    def __init__(self) -> None:
        self.n, self.commits, self.stands, self.erased, self.destroyed = 0, 0, "draft", -1, -1
        self.who: dict[str, set[str]] = defaultdict(set)  # pseudonyms and keys, by what they are
        self.grants, self.audits = dict[str, str](), Counter[str]()  # reasons; who has how many


class Replay:  # the procedure, gone through again from what entries say in clear
    def __init__(self, owners: dict[str, str]) -> None:
        self.owners, self.newest, self.cases = owners, 0.0, defaultdict[str, Case](Case)
        self.ends, self.told, self.last = dict[str, int](), list[str](), (-1, "", dict[str, Any]())
        self.names, self.beats, self.since, self.silence = 0, 0, 0.0, 0.0

    def take(self, idx: int, entry: bytes) -> tuple[str, str, Case]:  # the next entry
        found = need(ENTRY.fullmatch(str(entry, "ascii")), "it is not written as entries are")
        time, kind, name, n, actor, pub, commit = found.groups("")
        facts = json.loads(pub or "{}", object_pairs_hook=ascending)
        case, back = self.cases[name], facts["seconds"] if kind == "clock.set_back" else 0
        moment = datetime.fromisoformat(time[:-1] + "+00:00").timestamp()
        late, self.last = self.newest - moment, (idx, kind, facts)
        need(late <= (back or TOLERANCE), "its time is {:.0f} seconds before an earlier one", late)
        self.newest, self.since = moment if back else max(moment, self.newest), self.since or moment
        self.silence = max(self.silence, self.newest - self.since)
        need(not name or int(n) == case.n + 1, "it is number {} of its case, behind {}", n, case.n)
        need(not name or case.destroyed < 0, "its case was destroyed before")
        case.n, case.commits = case.n + 1, case.commits + bool(commit)
        if not kind.startswith(("grant.", "rows.", "request.")):  # these go on with the last act
            case.who["away"] |= case.who["leaving"]
            need(case.stands in OVER or not any(case.audits.values()), "an auditor still has a key")
        self.add(case, "leaving", *facts.get("kept_away", ()))
        what, away = READS.get(kind, ""), actor in case.who["away"]
        need(not away or not (what or "from" in facts), "{} is kept away from the case", actor)
        fits = case.audits[actor] if what == "an auditor" else actor in case.who[what]
        need(not what or fits, "{} reads the case, and is not {}", actor, what)
        self.follow(idx, kind, actor, facts, case)
        return kind, commit, case

    def add(self, case: Case, part: str, *names: str) -> None:  # as far as there is room
        self.names += len(names) + (case.n == 1) * 9
        need(self.names < NAMES_LIMIT and max(map(len, (part, *names))) < 100, "too many names")
        case.who[sys.intern(part)].update(map(sys.intern, names))

    def follow(self, idx: int, kind: str, actor: str, facts: dict[str, Any], case: Case) -> None:
        if "from" in facts:
            before, after = facts["from"], facts["to"]
            fits = before == case.stands and f"{before}:{after}" in STEPS
            need(fits, "the case goes from {} to {}, and was {}", before, after, case.stands)
            for part in ("attested", DOES.get(before, "attested")) if before != "draft" else ():
                need(actor in case.who[part], "{} moves it, and never was {}", actor, part)
            case.stands = after
        if kind in ("grant.made", "grant.ended"):
            self.grant(kind, facts["fingerprint"], facts, case)
        elif kind in ("no_conflict.attested", "officer.appointed"):
            who, parts = facts.get("who", actor), facts.get("capacities") or [facts["capacity"]]
            for part in parts if "who" in facts else (*parts, "attested"):
                self.add(case, part, who)
            held = [part for part in DOES.values() if who in case.who[part]]
            need(len(held) < 2, f"{who} is {' and '.join(held)} of one case")
        elif kind == "key.published":
            self.add(case, "keys", f"{facts['fingerprint']} {facts['kind']}")
        elif kind == "case.destroyed":
            case.destroyed = idx if need(case.stands == "destroyed", "nobody ordered it") else -1
        elif kind in ("log.succeeded", "clock.set_back"):
            need(len(self.told) < 1000 and actor == "system", "there are too many like this")
            did = f"the clock was put back by {facts.get('seconds', 0):d} seconds"
            if old := facts.get("old_origin"):
                self.ends[old], lost = idx, max(0, facts["old_size"] - idx) or "no"
                did = f"the log was {old} until here, {lost} signed entries are lost"
            self.told.append(f"entry {idx}: {did}")
        elif kind == "log.heartbeat":
            need(facts["size"] == idx, "it says that it is another entry")
            self.beats, self.since = self.beats + 1, self.newest

    def grant(self, kind: str, key: str, facts: dict[str, Any], case: Case) -> None:
        owner, why, audit = facts["owner"], facts["reason"], facts["reason"] in AUDIT
        place = f"{key} {facts['compartment']} {facts['epoch']}"
        named = owner == self.owners.get(key) or f"{key} {owner}" in case.who["keys"]
        need(named, "the key {} was never published for {}", key, owner)
        self.add(case, "given a key", owner)
        if kind == "grant.ended":
            ended = need(case.grants.pop(place, ""), f"{key} did not have what is taken back")
            case.audits[owner] -= ended in AUDIT
            self.add(case, "gone", *((key, owner) if why in ("recused", "conflict") else ()))
            return
        clear = not {key, owner} & (case.who["gone"] | case.who["away"])
        need(clear, "the key {} is of somebody who is kept away from the case", key)
        need(not audit or case.stands in OVER, "an auditor is in before closure")
        need(place not in case.grants, "the key {} has this already", key)
        case.grants[place] = why
        case.audits[owner] += audit


def ascending(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # nobody can read it in two ways
    need([key for key, _value in pairs] == sorted(dict(pairs)), "its keys do not ascend, or repeat")
    return dict(pairs)


def read_owners(bundle: Bundle, opened: Any) -> dict[str, str]:  # of the installation's keys
    owners: dict[str, str] = {}
    for idx, entry in bundle.shown("installation/", opened[2]):
        found = need(ENTRY.fullmatch(str(entry, "ascii")), "it is not written as entries are")
        need(found[2] == "key.published" and len(owners) < 100_000, f"entry {idx} is no key")
        key = json.loads(found[6], object_pairs_hook=ascending)["fingerprint"]
        need(owners.setdefault(key, found[5]) == found[5], "a key is published for two people")
    return owners


def read_entries(bundle: Bundle, replay: Replay, opened: Any) -> Counter[str]:
    counts, given = Counter[str](), "openings.jsonl" in bundle.files
    openings = bundle.lines("openings.jsonl", LINE_LIMIT) if given else None
    for idx, entry in bundle.shown("", opened[2]):
        try:
            kind, commit, case = replay.take(idx, entry)
            if f"proofs/{idx}" in bundle.files:  # C2SP tlog-proof
                head, _, note = bundle.text(f"proofs/{idx}").partition("\n\n")
                *path, leaf = *head.split("\n"), sha256(b"\0" + entry).digest()
                fits = path[:2] == ["c2sp.org/tlog-proof@v1", f"index {idx}"] and note == opened[0]
                fits = fits and climb(leaf, idx, opened[2], path[2:]) == opened[3]
                counts["proofs"] += need(fits, "its proof is of another entry or checkpoint")
            if openings and commit:
                at, rest = next(openings, (-1, b""))
                found = need(at == idx and OPENING.fullmatch(rest), "its details are missing")
                why, salt, detail = (part or b"" for part in found.groups())
                mac = hmac.new(bytes.fromhex(salt.decode()), detail, sha256).hexdigest()
                need(why or mac == commit, "its details are not those that it commits to")
                json.loads(detail or b"{}", object_pairs_hook=ascending)
                need(why != b"held_back" or kind in HELD_BACK, "its details are held back")
                case.erased = idx if why == b"erased" else case.erased
                counts[why.decode() or "opened"] += 1
        except Exception as error:
            raise Failed(f"entry {idx}: {error}") from error
        counts["shown"] += 1
    need(not openings or not next(openings, None), "details are opened of what is not shown")
    return counts


def check(bundle: Bundle, outside: list[str]) -> Iterator[str]:  # the answer, then what is told
    read, folders = bundle.text, ("", "installation/")
    logs = {at: open_note(read(f"{at}key"), read(f"{at}checkpoint")) for at in folders}
    (opened, owners), key, keys = logs.values(), read("key"), read("installation/key")
    replay, size, anchors = Replay(read_owners(bundle, owners)), opened[2], {"": (0, "")}
    counts, (idx, kind, claim) = read_entries(bundle, replay, opened), replay.last
    ends = {"": {**replay.ends, opened[1]: size}, "installation/": {owners[1]: owners[2]}}
    for folder, one in logs.items():
        bundle.compare(f"the {folder}checkpoint", folder, one, ends[folder])
    for name in [name for name in bundle.files if name.startswith("checkpoints/")][:100]:
        one = open_note(key, bundle.text(name))
        need(re.fullmatch(f"checkpoints/{one[2]}-[a-z_]+", name), f"{name!a} is of another size")
        bundle.compare(name, "", one, ends[""])
    for name in outside:
        text = Path(name).read_bytes()[:100_000].decode().replace("\r\n", "\n").strip() + "\n"
        note = text.partition("\n\n")[2] if text.startswith("c2sp.org/tlog-proof@v1\n") else text
        folder = "installation/" if note.startswith(f"{owners[1]}\n") else ""
        one = open_note(bundle.text(f"{folder}key"), note, 100_000)
        bundle.compare(f"the outside checkpoint {name!a}", folder, one, ends[folder])
        anchors[folder] = max(anchors.get(folder, (0, "")), (one[2], name))
    need(not bundle.unread, f"{min(bundle.unread, default='')!a} does not belong into a bundle")
    need(idx == size - 1 and kind.endswith(".exported"), "the last entry is not that of an export")
    shown = counts["shown"]
    says: dict[str, Any] = {"entries": shown, "openings": "openings.jsonl" in bundle.files}
    says["installation"] = [owners[1], str(owners[2]), owners[3].hex(), keys.strip()]
    closed = sum(one.stands in ("closed", "aftercare") for one in replay.cases.values())
    says |= {"cases": closed} if kind == "log.exported" else {}
    need(counts["proofs"] == shown * (kind == "record.exported"), "proofs are missing or too many")
    for word, found in says.items():
        need(claim.get(word) == found, f"entry {idx} says that {claim.get(word)!a} are {word}")
    yield "VERIFIED" if anchors[""][0] else "VERIFIED-UNANCHORED"
    yield f"log {opened[1]}, {size} entries, root {base64.b64encode(opened[3]).decode()}"
    yield f"key {key.strip()}"
    for folder, (at, by) in anchors.items():
        rest = f" by {by}; the {logs[folder][2] - at} entries after it are not" if at else ""
        yield f"{logs[folder][1]} is anchored to entry {at} of {logs[folder][2]}{rest}"
    yield f"{shown} entries are shown; purpose: {claim['purpose']}"
    yield f"{size - shown} are hashes alone, and nothing in here shows that their cases are open"
    details = ", ".join(f"{counts[how]} {how}" for how in ("opened", "held_back", "no_key"))
    yield f"details: {details if claim['openings'] else 'none opened, for no auditor exported it'}"
    for name, case in replay.cases.items():
        gone, only = case.destroyed >= 0, f"{case.commits} details: commitment only, destroyed"
        need(gone or case.stands in ("draft", "closed", "aftercare"), f"case {name} is open")
        need(gone or case.erased < 0, LOST, case.erased)
        yield from [f"case {name}: {only}, see entry {case.destroyed}"] if gone else []
    yield from replay.told
    yield f"{replay.beats or 'no'} heartbeats shown; longest silence {replay.silence / 3600:.1f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description="Check an export of a ConductDesk audit log.")
    parser.add_argument("bundle")
    parser.add_argument("--checkpoint", action="append", default=[], help="one that you kept")
    given = parser.parse_args()
    try:
        with Path(given.bundle).open("rb") as file:
            lines = list(check(Bundle(file), given.checkpoint))
    except Exception as error:  # also whatever a hostile file makes of the standard library
        lines = [f"FAILED: {error if isinstance(error, Failed) else type(error).__name__}"]
    with suppress(OSError), open(1, "w", encoding="ascii", closefd=False) as out:
        out.writelines(line.encode("unicode_escape").decode() + "\n" for line in lines)
    raise SystemExit(lines[0].startswith("FAILED"))


if __name__ == "__main__":
    main()
