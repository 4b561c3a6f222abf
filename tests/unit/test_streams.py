"""A sealed stream opens whole and in order, or not at all."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from time import process_time
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.vault.seal import SealBrokenError, new_key
from conductdesk.vault.streams import (
    CHUNK,
    SEALED_CHUNK,
    FileFacts,
    FileSealer,
    FileTooLarge,
    open_chunks,
)

LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5]
MB = 1_000_000


def seal(*pieces: bytes) -> tuple[FileFacts, list[bytes]]:
    sealer = FileSealer(limit=10 * MB)
    for piece in pieces:
        sealer.write(piece)
    facts = sealer.finish()
    sealed = b"".join(sealer.sealed())
    sealer.close()
    return facts, [sealed[at : at + SEALED_CHUNK] for at in range(0, len(sealed), SEALED_CHUNK)]


def opened(facts: FileFacts, sealed: list[bytes]) -> bytes:
    return b"".join(open_chunks(facts.key, facts.file_id, sealed))


@pytest.mark.parametrize("length", LENGTHS)
def test_a_file_of_any_length_opens_again(length: int) -> None:
    clear = bytes(number % 251 for number in range(length))
    assert opened(*seal(clear)) == clear


@given(st.lists(st.binary(max_size=100), max_size=8), st.integers(1, 999))
def test_it_does_not_matter_how_the_stream_is_cut(pieces: list[bytes], cut: int) -> None:
    facts, chunks = seal(*pieces)
    sealed = b"".join(chunks)
    again = [sealed[at : at + cut] for at in range(0, len(sealed), cut)]
    assert opened(facts, again) == b"".join(pieces)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_truncated_file_is_refused(length: int) -> None:
    facts, sealed = seal(b"x" * length)
    whole = b"".join(sealed)
    for cut in {0, len(whole) - 1, max(0, len(whole) - SEALED_CHUNK), len(whole) // 2}:
        with pytest.raises(SealBrokenError):
            opened(facts, [whole[:cut]])
    with pytest.raises(SealBrokenError):
        opened(facts, sealed[:-1])


@pytest.mark.parametrize("length", LENGTHS)
def test_an_extended_file_is_refused(length: int) -> None:
    facts, sealed = seal(b"x" * length)
    for more in (b"\0", sealed[-1], sealed[0]):
        with pytest.raises(SealBrokenError):
            opened(facts, [*sealed, more])


def test_chunks_that_changed_places_are_refused() -> None:
    facts, (one, two, three, last) = seal(b"x" * (3 * CHUNK + 5))
    for order in ([two, one, three, last], [one, three, two, last], [one, one, three, last]):
        with pytest.raises(SealBrokenError):
            opened(facts, order)


@given(st.data())
def test_no_bit_can_be_flipped(data: st.DataObject) -> None:
    facts, chunks = seal(b"x" * (CHUNK + 5))
    sealed = bytearray(b"".join(chunks))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBrokenError):
        opened(facts, [bytes(sealed)])


def test_the_ciphertext_of_one_file_does_not_open_as_another() -> None:
    facts, sealed = seal(b"a statement")
    for other in (replace(facts, file_id=uuid4()), replace(facts, key=new_key())):
        with pytest.raises(SealBrokenError):
            opened(other, sealed)


@pytest.mark.parametrize("length", LENGTHS)
def test_an_upload_is_sealed_as_it_is_written(length: int) -> None:
    clear = bytes(number % 251 for number in range(length))
    sealer = FileSealer(limit=10 * MB)
    for at in range(0, length, 10_007):
        sealer.write(clear[at : at + 10_007])
    facts = sealer.finish()
    sealed = b"".join(sealer.sealed())
    assert b"".join(open_chunks(facts.key, facts.file_id, [sealed])) == clear
    assert b"".join(sealer.clear()) == clear
    assert facts.size == length
    assert facts.sha256 == hashlib.sha256(clear).hexdigest()
    assert facts.ciphertext_sha256 == hashlib.sha256(sealed).hexdigest()
    sealer.close()


def test_nothing_clear_is_written_to_the_temporary_file() -> None:
    sealer = FileSealer(limit=MB)
    sealer.write(b"marker-of-this-test" * 10_000)
    sealer.finish()
    sealer._file.seek(0)
    assert b"marker-of-this-test" not in sealer._file.read()
    sealer.close()


def test_a_file_past_the_limit_is_refused_but_read_to_its_end() -> None:
    sealer = FileSealer(limit=2 * MB)
    for _time in range(30):
        assert sealer.write(b"x" * 100_000) == 100_000
    assert sealer.too_large
    with pytest.raises(FileTooLarge, match="larger than 2 MB"):
        sealer.finish()
    sealer.close()


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    sealer = FileSealer(limit=100)
    sealer.write(b"x" * 100)
    assert sealer.finish().size == 100
    sealer.close()


def test_a_form_parser_may_rewind_the_sink() -> None:
    sealer = FileSealer(limit=100)
    sealer.write(b"abc")
    assert sealer.seek(0) == 0
    assert b"".join(sealer.clear()) == b"abc"
    sealer.close()


def test_the_facts_of_a_file_do_not_show_its_key() -> None:
    sealer = FileSealer(limit=100)
    facts = sealer.finish()
    assert repr(facts.key) not in repr(facts)
    sealer.close()


def test_25_megabytes_pass_in_constant_memory_and_under_half_a_second() -> None:
    def clear() -> Iterator[bytes]:
        source = io.BytesIO(b"x" * 25 * MB)
        while piece := source.read(CHUNK):
            yield piece

    tracemalloc.start()
    sealer = FileSealer(limit=30 * MB)
    source = clear()
    first = next(source)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    sealer.write(first)
    for piece in source:
        sealer.write(piece)
    assert sum(len(piece) for piece in sealer.clear()) == 25 * MB
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    sealer.close()
    assert peak < 3 * MB

    began = process_time()
    sealer = FileSealer(limit=30 * MB)
    for piece in clear():
        sealer.write(piece)
    assert sum(len(piece) for piece in sealer.clear()) == 25 * MB
    sealer.close()
    assert process_time() - began < 0.5
