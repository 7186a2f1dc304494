"""Tracking codes: derived, forgiving, unreadable in the database."""

import re

from provisioning import codes


def test_a_code_is_three_groups_and_follows_from_the_secret():
    secret = codes.new_draft_secret()
    code = codes.tracking_code(secret)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    assert codes.tracking_code(secret) == code
    assert codes.tracking_code(codes.new_draft_secret()) != code


def test_spelling_does_not_matter():
    hashed = codes.tracking_hash("0123-4567-89AB")
    for typed in (
        "o1 23 4567 89ab",
        "O123456789AB",
        "０１２３－４５６７－８９ＡＢ",
        "0I23–4567–89AB",
        "0l23456789ab",
    ):
        assert codes.tracking_hash(typed) == hashed


def test_what_cannot_be_a_code_is_none():
    for typed in ("", "0123", "0123-4567-89A!", "U" * 12, "0" * 13, "\x00" * 12, "零" * 12):
        assert codes.normalise(typed) == ""


def test_the_database_holds_neither_code_nor_secret():
    secret = codes.new_draft_secret()
    code = codes.tracking_code(secret)
    stored = codes.tracking_hash(code) + codes.draft_hash(secret)
    assert code.replace("-", "").lower() not in stored
    assert secret not in stored
