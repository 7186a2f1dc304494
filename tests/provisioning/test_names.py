"""Hostile names are refused in words; harmless oddities are cleaned."""

import pytest
from django.core.exceptions import ValidationError

from provisioning.names import clean_name, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  云溪县　水利局 ", "云溪县 水利局"),
        ("Water  Resources\tBureau", "Water Resources Bureau"),
        ("云溪县发展和改革局（物价局）", "云溪县发展和改革局（物价局）"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("O'Neil & Partners, Ltd.", "O'Neil & Partners, Ltd."),
        ("e\u0301cole", "école"),
        ("", ""),
    ],
)
def test_it_keeps(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("水利局\u202eaaa", "direction"),
        ("\u2066水利局", "direction"),
        ("水\u200b利局", "control"),
        ("水\x00利局", "control"),
        ("水\x1b[31m利局", "control"),
        ("水\ud800利局", "control"),
        ("水\ue000利局", "control"),
        ("<script>alert(1)</script>", "character"),
        ("{{ settings.SECRET_KEY }}", "character"),
        ("=cmd|' /C calc'!A0", "character"),
        ("水利局\\..", "character"),
        ("123 456", "letters"),
        ("……", "letters"),
    ],
)
def test_it_refuses(typed, code):
    with pytest.raises(ValidationError) as refusal:
        clean_name(typed)
    assert refusal.value.code == code


def test_free_text_loses_what_cannot_be_seen():
    assert clean_text("一\r\n二\x00\u202e三\x1b") == "一\n二三"
