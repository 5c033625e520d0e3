"""TLS for clients that insist on https: a certificate that was given, or one made on demand.

What is made on demand is a certificate authority for this process alone. Its key is thrown away as soon as it has
signed the one certificate that the server shows, so that a machine which trusts it trusts nothing else.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.settings import BadSetting, Settings

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NAMES = ("localhost", "connect-js.stripe.com", "api.stripe.com", "stripe-emulator")
ADDRESSES = ("127.0.0.1", "::1")
# Wide enough for a machine whose clock was moved (our choice); 2099 is past every test's future.
SINCE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
UNTIL = datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC)
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server needs. `ca` is what clients must trust, in PEM; `ca_file` is where it stands."""

    context: ssl.SSLContext
    ca: bytes
    ca_file: str
    folder: str | None = None

    def forget(self) -> None:
        """Removes what was written to a temporary folder."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate made on demand, in PEM."""

    ca: bytes
    chain: bytes
    key: bytes


def tls_of(settings: Settings) -> Tls | None:
    """The TLS of a server, None when it speaks plain HTTP. Raises BadSetting."""
    if settings.tls_cert:
        return _given(settings.tls_cert, settings.tls_key)
    return _on_demand(settings) if settings.tls else None


def _given(cert: str, key: str) -> Tls:
    chain = _CERTIFICATE.findall(_read("tls_cert", cert))
    _read("tls_key", key)
    if not chain:
        raise BadSetting(f"tls_cert holds no certificate ({cert}): it must be a PEM file, with BEGIN CERTIFICATE")
    try:
        return Tls(_context(cert, key), b"".join(chain), cert)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BadSetting(
                f"tls_key is not the key of tls_cert, but of another certificate ({key}, {cert})"
            ) from None
        raise BadSetting(f"tls_cert and tls_key cannot be used ({cert}, {key}): they must be PEM files") from None


def _read(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadSetting(f"{name} cannot be read ({path}): {error.strerror}") from None


def _no_password() -> str:
    """What OpenSSL asks for when a key is encrypted: without this, it asks the terminal, and waits."""
    raise BadSetting("tls_key is encrypted: give one without a passphrase, as of openssl pkey")


def _on_demand(settings: Settings) -> Tls:
    made = make(settings.host)
    folder = tempfile.mkdtemp(prefix="stripe-emulator-")
    try:
        context = _context_of(made, Path(folder))
        ca_file = settings.tls_ca or str(Path(folder, "ca.pem"))
        Path(ca_file).write_bytes(made.ca)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        name = "tls_ca" if settings.tls_ca else "the certificate"
        raise BadSetting(f"{name} cannot be written ({error.filename}): {error.strerror}") from None
    return Tls(context, made.ca, ca_file, folder)


def _context_of(made: Made, folder: Path) -> ssl.SSLContext:
    """Python's ssl reads a key from a file only: it stands in one for as long as that takes."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.chain)
    with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.key)
    try:
        return _context(str(cert), str(key))
    finally:
        cert.unlink()
        key.unlink()


def _context(cert: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(cert, key, _no_password)
    return context


def make(host: str = "") -> Made:
    """A certificate for this machine's loopback names, Stripe's hosts and `host`. Raises BadSetting."""
    try:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            Encoding,
            NoEncryption,
            PrivateFormat,
        )
    except ImportError:
        raise BadSetting(
            "tls needs the package cryptography to make a certificate: pip install 'stripe-connect-emulator[tls]', "
            "or give one with --tls-cert and --tls-key"
        ) from None
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key).public_bytes(Encoding.PEM)
    leaf = _leaf(ca_key, key, host).public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Made(ca, leaf + ca, private)


def _authority(key: EllipticCurvePrivateKey) -> x509.Certificate:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

    name = _name("stripe-emulator, for tests only")
    return (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(ca_key: EllipticCurvePrivateKey, key: EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        _builder(_name("stripe-emulator, for tests only"), _name("localhost"), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_subjects(host)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(issuer: x509.Name, subject: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    from cryptography import x509  # noqa: PLC0415

    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(SINCE).not_valid_after(UNTIL)


def _name(text: str) -> x509.Name:
    from cryptography import x509  # noqa: PLC0415

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    from cryptography import x509  # noqa: PLC0415

    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subjects(host: str) -> list[x509.GeneralName]:
    from cryptography import x509  # noqa: PLC0415

    names: list[x509.GeneralName] = []
    for text in dict.fromkeys((*NAMES, *ADDRESSES, host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(text)))
        except ValueError:
            names += [x509.DNSName(text)] if text else []
    return names
