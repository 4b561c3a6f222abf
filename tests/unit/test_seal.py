"""What is sealed opens again with its own key in its own place, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.vault.seal import (
    SHORTEST_PADDED,
    SealBrokenError,
    bound_to,
    decrypt,
    derive,
    encrypt,
    fingerprint_of,
    load_private_key,
    new_key,
    new_private_key,
    pad,
    padme,
    public_key_of,
    unpad,
    unwrap,
    wrap,
)

PARTS = st.lists(st.binary(max_size=20), max_size=4)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_encrypted_opens_with_the_same_key_and_context(
    clear: bytes, context: bytes
) -> None:
    key = new_key()
    assert decrypt(key, encrypt(key, clear, context), context) == clear


@given(st.data())
def test_no_bit_of_a_ciphertext_can_be_flipped(data: st.DataObject) -> None:
    key = new_key()
    sealed = bytearray(encrypt(key, b"what happened on Tuesday", b"here"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBrokenError):
        decrypt(key, bytes(sealed), b"here")


@pytest.mark.parametrize("length", range(28))
def test_a_ciphertext_that_was_cut_short_does_not_open(length: int) -> None:
    key = new_key()
    with pytest.raises(SealBrokenError):
        decrypt(key, encrypt(key, b"", b"")[:length], b"")


def test_another_context_does_not_open_it() -> None:
    key = new_key()
    with pytest.raises(SealBrokenError):
        decrypt(key, encrypt(key, b"secret", b"message|body"), b"message|subject")


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    key = new_key()
    assert encrypt(key, b"yes", b"") != encrypt(key, b"yes", b"")


def test_only_the_recipient_unwraps_a_key() -> None:
    recipient, other = new_private_key(), new_private_key()
    wrapped = wrap(public_key_of(recipient), b"k" * 32, b"case 1")
    assert unwrap(load_private_key(recipient), wrapped, b"case 1") == b"k" * 32
    with pytest.raises(SealBrokenError):
        unwrap(load_private_key(other), wrapped, b"case 1")
    with pytest.raises(SealBrokenError):
        unwrap(load_private_key(recipient), wrapped, b"case 2")


def test_a_wrapped_key_that_was_cut_short_does_not_open() -> None:
    recipient = new_private_key()
    wrapped = wrap(public_key_of(recipient), b"k" * 32, b"")
    for length in (0, 10, 32, 47, len(wrapped) - 1):
        with pytest.raises(SealBrokenError):
            unwrap(load_private_key(recipient), wrapped[:length], b"")


@given(PARTS, PARTS)
def test_two_different_lists_of_parts_never_look_the_same(
    left: list[bytes], right: list[bytes]
) -> None:
    assert (bound_to("x", *left) == bound_to("x", *right)) == (left == right)


def test_a_derived_key_depends_on_secret_info_and_salt() -> None:
    keys = {
        derive(b"a" * 32, b"one"),
        derive(b"b" * 32, b"one"),
        derive(b"a" * 32, b"two"),
        derive(b"a" * 32, b"one", salt=b"s"),
    }
    assert len(keys) == 4


def test_derivation_gives_the_published_values() -> None:
    # RFC 5869, appendix A.1, its first 32 bytes
    okm = derive(b"\x0b" * 22, bytes(range(0xF0, 0xFA)), salt=bytes(range(13)))
    assert okm.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"


@given(st.binary(max_size=3000))
def test_padding_comes_off_again(clear: bytes) -> None:
    assert unpad(pad(clear)) == clear


@given(st.integers(SHORTEST_PADDED, 10**7))
def test_a_padme_size_is_at_most_an_eighth_larger(length: int) -> None:
    assert length <= padme(length) <= length * 1.125


@pytest.mark.parametrize(("length", "padded"), [(1, 64), (64, 64), (65, 72), (1000, 1024)])
def test_padme_sizes_are_the_published_ones(length: int, padded: int) -> None:
    assert padme(length) == padded


def test_short_answers_all_have_one_size() -> None:
    assert len({len(pad(answer)) for answer in (b"", b"yes", b"no", b"not sure")}) == 1


@pytest.mark.parametrize(
    "padded", [b"", b"\0\0\0\x05ab", b"\0\0\0\0" + b"x" * 60, pad(b"a") + b"\0"]
)
def test_padding_that_is_not_ours_is_refused(padded: bytes) -> None:
    with pytest.raises(SealBrokenError):
        unpad(padded)


def test_a_fingerprint_is_32_characters_of_hex() -> None:
    assert len(bytes.fromhex(fingerprint_of(public_key_of(new_private_key())))) == 16
