"""Time-stamps of evidence by an authority outside the force (RFC 3161).

What is stored is the authority's TimeStampResp in DER, byte for byte as it came, commonly a file
ending in `.tsr`. Anybody can check it without OpenRVR, with the file and the authority's root:

    openssl ts -verify -in stamp.tsr -data file -CAfile root.pem

(`-untrusted chain.pem` too where the answer does not carry the certificates between.)
"""

from __future__ import annotations

import hashlib
import http.client
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

import rfc3161_client as rfc3161
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openrvr.foundation.refusal import Refused

LARGEST_ANSWER = 64 * 1024
"""Bytes. An answer with its certificates is some 3 to 8 KiB."""

_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_HASHES: dict[x509.ObjectIdentifier, hashes.HashAlgorithm] = {
    _SHA256: hashes.SHA256(),
    x509.ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    x509.ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}
_STAMP = x509.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")  # id-ct-TSTInfo
_CONTENT_TYPE = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
_SIGNING_CERTIFICATE = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
_SIGNING_CERTIFICATE_V2 = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
_MESSAGE_DIGEST = x509.ObjectIdentifier("1.2.840.113549.1.9.4")

_UNREADABLE = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion)
"""What `cryptography` raises, here and there, for a certificate whose bytes make no sense."""


@dataclass(frozen=True)
class Authority:
    """A time-stamp authority, as the force configures it.

    `roots` are self-signed certificates, PEM; with none, an answer is taken without asking who
    vouches for the authority. `policy` is a dotted object identifier that the authority is asked
    for. `seconds` is the longest that one stamp may take.
    """

    url: str
    roots: tuple[bytes, ...] = ()
    policy: str | None = None
    seconds: float = 10.0


@dataclass(frozen=True)
class Stamped:
    """What a time-stamp says. `at` is in UTC, in whole seconds: a fraction is left out.

    `is_trusted` is False too where no root was given.
    """

    at: datetime
    authority: str
    serial: int
    policy: str
    is_trusted: bool


class CannotStamp(Refused):
    """There is no time-stamp; the sentence says why."""

    status = 503


class AuthorityAway(CannotStamp):
    """The authority could not be reached or did not answer in time: worth another try."""


class StampDoesNotFit(Refused):
    """The time-stamp does not prove what it is shown for; the sentence says why."""


def stamp(message: bytes, authority: Authority) -> bytes:
    """A TimeStampResp in DER that has been checked against the question (RFC 3161, section 2.2).

    Raises AuthorityAway, CannotStamp, and ValueError where a root or the policy cannot be read.
    """
    roots = _certificates(authority.roots)
    question = _question(message, authority.policy)
    der = _ask(asn1.encode_der(question), authority)
    try:
        answer = _Answered.read(der)
        stamped = answer.judge(message, roots)
    except StampDoesNotFit as error:
        raise CannotStamp(str(error)) from error
    if answer.stamp.nonce != question.nonce:
        raise CannotStamp("The time-stamp authority answered another question: the nonce differs.")
    if authority.policy and stamped.policy != authority.policy:
        raise CannotStamp(f"The authority stamped under policy {stamped.policy}, not as asked.")
    if roots and not stamped.is_trusted:
        raise CannotStamp("The time-stamp does not lead to a certificate that the force trusts.")
    return der


def verify(token: bytes, message: bytes, roots: Sequence[bytes]) -> Stamped:
    """What `token`, as `stamp` returned it, proves about `message`; asks nobody.

    `roots` are self-signed certificates in PEM. The chain is judged as of the time that the stamp
    gives, so that it outlives the authority's certificate; revocation is not looked at.

    Raises StampDoesNotFit, and ValueError where a root cannot be read.
    """
    return _Answered.read(token).judge(message, _certificates(roots))


@asn1.sequence
class _Algorithm:
    name: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Question:
    """TimeStampReq (RFC 3161, section 2.4.1)."""

    version: int
    imprint: _Imprint
    policy: x509.ObjectIdentifier | None
    nonce: int
    with_certificates: Annotated[bool, asn1.Default(False)]


@asn1.sequence
class _Attribute:
    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _Attributes:
    """Signed attributes, wrapped: what was signed is the SET OF alone (RFC 5652, section 5.4)."""

    inner: asn1.SetOf[_Attribute]


@asn1.sequence
class _Wrapped:
    inner: asn1.TLV


@asn1.sequence
class _CertificateHash:
    """ESSCertIDv2 (RFC 5035, section 4), and ESSCertID, which has no algorithm: it is SHA-1."""

    algorithm: _Algorithm | None
    digest: bytes
    issuer_and_serial: list[asn1.TLV] | None


@asn1.sequence
class _CertificateHashes:
    """Of the certificate that signed, and of those above it where they are given."""

    hashes: list[_CertificateHash]
    policies: list[asn1.TLV] | None


@asn1.sequence
class _SignerIdentifier:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class _Signer:
    """SignerInfo (RFC 5652, section 5.3)."""

    version: int
    identifier: _SignerIdentifier
    digest_algorithm: list[asn1.TLV]
    attributes: Annotated[asn1.SetOf[_Attribute], asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class _Content:
    type: x509.ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _SignedData:
    """SignedData (RFC 5652, section 5.1)."""

    version: int
    digest_algorithms: asn1.TLV
    content: _Content
    # A set; read as a list, which has the same bytes, since many authorities do not sort it.
    certificates: Annotated[list[x509.Certificate] | None, asn1.Implicit(0)]
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[_Signer]


@asn1.sequence
class _Token:
    type: x509.ObjectIdentifier
    signed: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _Response:
    """TimeStampResp (RFC 3161, section 2.4.2)."""

    status: asn1.TLV
    token: _Token | None


@dataclass(frozen=True)
class _Answered:
    """A granted answer, read but not yet believed."""

    signed: _SignedData
    response: rfc3161.TimeStampResponse

    @classmethod
    def read(cls, der: bytes) -> _Answered:
        try:
            parsed = asn1.decode_der(_Response, der)
            response = rfc3161.decode_timestamp_response(_sorted(parsed))
        except _UNREADABLE as error:
            raise StampDoesNotFit("This is not the answer of a time-stamp authority.") from error
        # "Granted with modifications" is no yes to what was asked.
        if parsed.token is None or response.status != rfc3161.PKIStatus.GRANTED:
            said = " ".join(response.status_string) or f"status {response.status}"
            raise StampDoesNotFit(f"The time-stamp authority refused: {said}")
        return cls(parsed.token.signed, response)

    @property
    def stamp(self) -> rfc3161.TimeStampTokenInfo:
        return self.response.tst_info

    def judge(self, message: bytes, roots: list[x509.Certificate]) -> Stamped:
        try:
            self._check_imprint(message)
            certificate = self._signing_certificate()
            self._check_signature(certificate)
            return Stamped(
                at=self.stamp.gen_time,
                authority=_name(certificate),
                serial=self.stamp.serial_number,
                policy=self.stamp.policy.dotted_string,
                is_trusted=self._leads_to(roots, message),
            )
        except _UNREADABLE as error:
            raise StampDoesNotFit("The time-stamp is damaged.") from error

    def _check_imprint(self, message: bytes) -> None:
        imprint = self.stamp.message_imprint
        digest = _digest(imprint.hash_algorithm, message)
        if not secrets.compare_digest(digest, imprint.message):
            raise StampDoesNotFit("The time-stamp was given for other bytes.")

    def _signing_certificate(self) -> x509.Certificate:
        """The one that signed. RFC 3161, section 2.4.2: no other signature may be there."""
        signers = self.signed.signers.as_list()
        if len(signers) != 1:
            raise StampDoesNotFit("A time-stamp has one signature, and this one does not.")
        wanted = signers[0].identifier
        issuer = asn1.encode_der(wanted.issuer)
        for each in self.signed.certificates or ():
            if each.serial_number == wanted.serial and each.issuer.public_bytes() == issuer:
                _check_hash(each, signers[0])
                return each
        raise StampDoesNotFit("The time-stamp does not carry its authority's certificate.")

    def _check_signature(self, certificate: x509.Certificate) -> None:
        """RFC 5652, section 5.4: the attributes hold the stamp's digest, and are what is signed."""
        (signer,) = self.signed.signers.as_list()
        _check_that_it_may_stamp(certificate)
        algorithm = signer.digest_algorithm[0].parse(x509.ObjectIdentifier)
        digest = _digest(algorithm, self.signed.content.content)
        if (
            self.signed.content.type != _STAMP
            or _attribute(signer, _CONTENT_TYPE).parse(x509.ObjectIdentifier) != _STAMP
            or _attribute(signer, _MESSAGE_DIGEST).parse(bytes) != digest
        ):
            raise StampDoesNotFit("The time-stamp was changed after it was signed.")
        wrapped = asn1.encode_der(_Attributes(inner=signer.attributes))
        was_signed = asn1.encode_der(asn1.decode_der(_Wrapped, wrapped).inner)
        try:
            _check_key(certificate, signer.signature, was_signed, _HASHES[algorithm])
        except InvalidSignature as error:
            raise StampDoesNotFit("The time-stamp's signature does not fit.") from error

    def _leads_to(self, roots: list[x509.Certificate], message: bytes) -> bool:
        # Each by itself too: OpenSSL stops at the first of two roots that have one name, as the
        # old and the new root of an authority may.
        return any(
            self._chain_ends_in(some, message) for some in (roots, *([each] for each in roots))
        )

    def _chain_ends_in(self, roots: list[x509.Certificate], message: bytes) -> bool:
        """Whether OpenSSL finds a chain from the signature to a root, as of the stamp's time."""
        if not roots:
            return False
        verifier = rfc3161.VerifierBuilder(roots=roots).build()
        try:
            return verifier.verify_message(self.response, message)
        except rfc3161.VerificationError:
            # Signature and imprint have been found to fit: what is left is the chain.
            return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The configured address is the one that the force has allowed through its firewall."""

    def redirect_request(self, *_: object) -> None:
        return None


def _question(message: bytes, policy: str | None) -> _Question:
    return _Question(
        version=1,
        imprint=_Imprint(
            algorithm=_Algorithm(name=_SHA256, parameters=asn1.Null()),
            digest=hashlib.sha256(message).digest(),
        ),
        policy=x509.ObjectIdentifier(policy) if policy else None,
        nonce=secrets.randbits(64),
        with_certificates=True,
    )


def _ask(question: bytes, authority: Authority) -> bytes:
    """Over HTTP, as RFC 3161, section 3.4 has it."""
    if urlsplit(authority.url).scheme not in {"http", "https"}:
        raise CannotStamp("The time-stamp authority's address must begin with https:// or http://.")
    request = urllib.request.Request(  # noqa: S310 - the scheme has just been looked at
        authority.url,
        data=question,
        headers={"Content-Type": "application/timestamp-query"},
    )
    until = time.monotonic() + authority.seconds
    try:
        opener = urllib.request.build_opener(_NoRedirects)
        with opener.open(request, timeout=authority.seconds) as response:
            return _bounded(response, until)
    except urllib.error.HTTPError as error:
        with error:
            kind = AuthorityAway if error.code >= 500 else CannotStamp
            sentence = f"The time-stamp authority answered with status {error.code}."
        raise kind(sentence) from error
    except (OSError, http.client.HTTPException) as error:
        raise AuthorityAway(f"The time-stamp authority did not answer: {_cause(error)}.") from error


def _bounded(response: http.client.HTTPResponse, until: float) -> bytes:
    """The answer; bounded in time as a whole too, since the socket's limit is for each packet."""
    answer = b""
    while part := response.read1(LARGEST_ANSWER + 1 - len(answer)):
        answer += part
        if len(answer) > LARGEST_ANSWER:
            raise CannotStamp("The time-stamp authority's answer is too large to be a time-stamp.")
        if time.monotonic() > until:
            raise AuthorityAway("The time-stamp authority took too long to answer.")
    return answer


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "it took too long"
    return str(reason) or type(reason).__name__


def _certificates(pems: Sequence[bytes]) -> list[x509.Certificate]:
    return [each for pem in pems for each in x509.load_pem_x509_certificates(pem)]


def _sorted(response: _Response) -> bytes:
    """The same answer with its certificates in DER's order, which rfc3161-client insists on.

    The signature is not over the certificates, so this changes nothing that it says.
    """
    if response.token is None or not response.token.signed.certificates:
        return asn1.encode_der(response)
    signed = response.token.signed
    signed.certificates = sorted(
        signed.certificates or (), key=lambda each: each.public_bytes(Encoding.DER)
    )
    return asn1.encode_der(response)


def _digest(algorithm: x509.ObjectIdentifier, content: bytes) -> bytes:
    if algorithm not in _HASHES:
        raise StampDoesNotFit("The time-stamp uses a hash that is not accepted as evidence.")
    digest = hashes.Hash(_HASHES[algorithm])
    digest.update(content)
    return digest.finalize()


def _attribute(signer: _Signer, wanted: x509.ObjectIdentifier) -> asn1.TLV:
    """The attribute's only value (RFC 5652, sections 11.1 and 11.2)."""
    found = [each for each in signer.attributes.as_list() if each.type == wanted]
    if len(found) != 1 or len(found[0].values.as_list()) != 1:
        raise StampDoesNotFit("The time-stamp does not say what was signed.")
    return found[0].values.as_list()[0]


def _check_hash(certificate: x509.Certificate, signer: _Signer) -> None:
    """That the signature names this very certificate (RFC 3161, section 2.4.2; RFC 5816).

    Without it another certificate of the same key could be put in its place.
    """
    types = {each.type for each in signer.attributes.as_list()}
    is_second = _SIGNING_CERTIFICATE_V2 in types
    kind = _SIGNING_CERTIFICATE_V2 if is_second else _SIGNING_CERTIFICATE
    named = _attribute(signer, kind).parse(_CertificateHashes).hashes[:1]
    der = certificate.public_bytes(Encoding.DER)
    # SHA-1 is the first edition's; it tells certificates apart here and signs nothing.
    digests = [
        _digest(each.algorithm.name if each.algorithm else _SHA256, der)
        if is_second
        else hashlib.sha1(der, usedforsecurity=False).digest()
        for each in named
    ]
    if digests != [each.digest for each in named] or not named:
        raise StampDoesNotFit("The time-stamp was signed with another certificate.")


def _check_that_it_may_stamp(certificate: x509.Certificate) -> None:
    """RFC 3161, section 2.3: this purpose and no other, and critical."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or not usage.critical or [*usage.value] != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampDoesNotFit("The certificate that signed is not one for time-stamps.")


def _check_key(
    certificate: x509.Certificate, signature: bytes, content: bytes, by: hashes.HashAlgorithm
) -> None:
    """Raises InvalidSignature."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, content, padding.PKCS1v15(), by)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, content, ec.ECDSA(by))
    else:
        raise StampDoesNotFit("The time-stamp is signed with a kind of key that is not known here.")


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
