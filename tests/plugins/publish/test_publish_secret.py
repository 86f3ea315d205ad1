"""What other programs say, made fit to be shown."""

from __future__ import annotations

import pytest

from imagebuild_publish.secret import holds_password, scrub

ENVIRON = {
    "AWS_SECRET_ACCESS_KEY": "wJalr/XUtn",
    "GITHUB_TOKEN": "ghs_0123456789",
    "DEPLOY_PASSWORD": "correct horse",
    "AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=abc%3D",
    "HOME": "/home/me",
    "PIN_KEY": "1",
}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("denied: wJalr/XUtn", "denied: ***"),
        ("token ghs_0123456789 and correct horse", "token *** and ***"),
        ("at /home/me, 1 file", "at /home/me, 1 file"),
        ("push to https://me:pass@example.com/x.git failed", "push to https://***@example.com/x.git failed"),
        ("GET https://a.example.com/c?sv=2&sig=abc: 403", "GET https://a.example.com/c 403"),
        ("\x1b[31mred\x1b[0m\x07 bell\r\nnext\tline", "red bell\nnext\tline"),
    ],
)
def test_keys_users_queries_and_control_characters_are_left_out(said: str, shown: str) -> None:
    assert scrub(said, ENVIRON) == shown


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("https://example.com/x", False),
        ("ssh://git@example.com/x", False),
        ("git@example.com:me/x", False),
        ("https://x-access-token@example.com/x", False),
        ("https://me:pass@example.com/x", True),
        ("https://ghp_0123456789abcdefghij0123456789abcdef@example.com/x", True),
    ],
)
def test_a_password_or_token_in_an_address_is_known_from_a_name(address: str, held: bool) -> None:
    assert holds_password(address) is held
