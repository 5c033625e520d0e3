"""TLS, with a certificate of the settings or with one made on demand.

Each process makes a certificate authority of its own, valid from 2000 to 3000, so that a moved clock does not matter.
Its key signs one certificate and is then discarded: a machine that trusts the authority trusts nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import tempfile
from pathlib import Path

from emulator.settings import BadSetting, Settings
from emulator.wire.dataclasses import dataclass

NAMES = ("localhost", "connect-js.stripe.com", "js.stripe.com", "api.stripe.com", "stripe-emulator", "127.0.0.1", "::1")
ORGANIZATION = "stripe-emulator"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS of a server. `ca` is the certificate that clients must trust, in PEM; `ca_file` is its file."""

    context: ssl.SSLContext
    ca: bytes
    ca_file: str
    folder: str | None = None

    def remove_files(self) -> None:
        """Remove the temporary folder, if there is one."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its key and its authority, in PEM."""

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
    """Called by OpenSSL for the password of an encrypted key: without this, it would wait for the terminal."""
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


def _context_of(made: Certificate, folder: Path) -> ssl.SSLContext:
    """The context of a certificate. Python's ssl reads keys from files only, so the key is in one meanwhile."""
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


def make(host: str = "") -> Certificate:
    """A certificate for this machine's loopback names, Stripe's hosts and `host`. Raises BadSetting."""
    try:
        import trustme  # noqa: PLC0415
    except ImportError:
        raise BadSetting(
            "tls needs the package trustme to make a certificate: pip install 'stripe-connect-emulator[tls]', "
            "or give one with --tls-cert and --tls-key"
        ) from None
    authority = trustme.CA(path_length=0, organization_name=ORGANIZATION, organization_unit_name="for tests only")
    names = dict.fromkeys((*NAMES, host) if host else NAMES)
    try:
        leaf = authority.issue_cert(*names, common_name="localhost", organization_name=ORGANIZATION)
    except ValueError as error:  # of a host that no certificate can name
        raise BadSetting(f"tls cannot make a certificate for the host {host}: {error}") from None
    ca = authority.cert_pem.bytes()
    return Certificate(ca, leaf.cert_chain_pems[0].bytes() + ca, leaf.private_key_pem.bytes())
