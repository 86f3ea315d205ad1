"""What goes wrong is said in our words, and the key is in none of them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import traceback
from typing import Any

import pytest
from certifying import MAIL, WEB, Papers, papers, picture, read, sign
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from imagebuild import Picture
from imagebuild.errors import StepError

VARIABLE = "IMAGEBUILD_C2PA_KEY"


def refused(certificates: Papers, made: Picture | None = None, **options: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        sign(certificates, made or picture(), picture(width=100), **options)
    told = "".join(traceback.format_exception(caught.value))
    body = [line for line in certificates.key.splitlines() if "-----" not in line]
    assert not [line for line in body if line in told], "the key is shown"
    assert caught.value.hint
    return caught.value


def with_key(monkeypatch: pytest.MonkeyPatch, certificates: Papers) -> Papers:
    monkeypatch.setenv(VARIABLE, certificates.key)
    return certificates


@pytest.mark.parametrize("kind", ["es256", "es384", "es512", "ps256", "ed25519"])
def test_the_certificate_decides_the_algorithm(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    certificates = with_key(monkeypatch, papers(kind))
    report = read(sign(certificates, picture(), picture(width=100)))
    assert (report.state, report.active["signature_info"]["alg"].lower()) == ("Valid", kind)


def test_another_algorithm_of_the_same_key_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = with_key(monkeypatch, papers("ps256"))
    report = read(sign(certificates, picture(), picture(width=100), algorithm="ps384"))
    assert report.active["signature_info"]["alg"] == "Ps384"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_both_common_forms_of_a_key_are_read(monkeypatch: pytest.MonkeyPatch, form: PrivateFormat) -> None:
    certificates = papers()
    monkeypatch.setenv(VARIABLE, certificates.key_as(form))
    assert read(sign(certificates, picture(), picture(width=100))).state == "Valid"


def test_the_key_may_stand_in_another_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = papers()
    monkeypatch.setenv("SHOP_KEY", certificates.key)
    assert read(sign(certificates, picture(), picture(width=100), key_variable="SHOP_KEY")).state == "Valid"


def test_a_missing_key_names_its_variable(made_papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert VARIABLE in refused(made_papers).message
    assert "SHOP_KEY" in refused(made_papers, key_variable="SHOP_KEY").message


def test_a_key_of_another_certificate_is_refused(made_papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, papers().key)
    assert "is not that of the first certificate in 'certificate'" in refused(made_papers).message


def test_what_is_no_key_is_refused_without_being_shown(made_papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "sk-the-wrong-secret")
    error = refused(made_papers)
    assert "cannot be read" in error.message
    assert "the-wrong-secret" not in "".join(traceback.format_exception(error))


def test_a_key_with_a_password_is_refused(made_papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = made_papers.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    monkeypatch.setenv(VARIABLE, locked.decode())
    assert "is locked with a password" in refused(made_papers).message


@pytest.mark.parametrize(("days", "words"), [((-20, -10), "expired on 20"), ((10, 20), "is not valid before 20")])
def test_a_certificate_out_of_its_time_is_refused(
    monkeypatch: pytest.MonkeyPatch, days: tuple[int, int], words: str
) -> None:
    assert words in refused(with_key(monkeypatch, papers(days=days))).message


@pytest.mark.parametrize("usage", [(), (WEB,), (MAIL, WEB.__class__("1.3.6.1.5.5.7.3.8"))])
def test_a_certificate_for_something_else_is_refused(monkeypatch: pytest.MonkeyPatch, usage: tuple[Any, ...]) -> None:
    error = refused(with_key(monkeypatch, papers(usage=usage)))
    assert "the certificate is not fit for content credentials" in error.message
    assert "e-mail protection" in str(error.hint)


@pytest.mark.parametrize("kind", ["weak", "p224"])
def test_a_key_that_c2pa_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    assert "a kind that C2PA does not know" in refused(with_key(monkeypatch, papers(kind))).message


def test_an_algorithm_that_the_key_cannot_do_is_refused(valid: Papers) -> None:
    assert "signs with es256, not ps256" in refused(valid, algorithm="ps256").message


@pytest.mark.parametrize("chain", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_a_certificate_is_refused(valid: Papers, chain: bytes) -> None:
    assert "the file of 'certificate' holds no certificate" in refused(Papers(chain, valid.private)).message


def test_a_chain_in_the_wrong_order_is_refused(valid: Papers) -> None:
    own, mark, above = valid.chain.partition(b"-----END CERTIFICATE-----\n")
    assert "in their order" in refused(Papers(above + own + mark, valid.private)).message


def test_a_key_in_the_file_of_the_certificate_is_refused(valid: Papers) -> None:
    error = refused(Papers(valid.chain + valid.key.encode(), valid.private))
    assert "holds a private key" in error.message


@pytest.mark.parametrize("media_type", ["image/x-icon", "application/json", "text/css"])
def test_what_cannot_be_signed_is_refused_by_its_type(valid: Papers, media_type: str) -> None:
    assert f"cannot sign {media_type}" in refused(valid, Picture(b"x", media_type)).message


@pytest.mark.parametrize("data", [b"", b"not a picture", picture().data[:60]])
def test_a_damaged_picture_is_refused(valid: Papers, data: bytes) -> None:
    error = refused(valid, Picture(data, "image/png"))
    assert error.message.startswith("image/png cannot be signed: ")


def test_without_the_library_the_error_has_the_line_that_installs_it() -> None:
    code = """
        import sys
        sys.modules["c2pa"] = None
        sys.path[:0] = sys.argv[1:]
        import os
        from certifying import papers, picture, sign
        from imagebuild.errors import StepError
        made = papers()
        os.environ["IMAGEBUILD_C2PA_KEY"] = made.key
        try:
            sign(made, picture(), picture())
        except StepError as error:
            print(error.hint)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(__file__).rpartition("/")[0]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "pip install 'imagebuild-ai[c2pa]'"
