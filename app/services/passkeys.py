"""Passkeys: what a browser is asked to sign, and whether it did."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.domain.ids import new_id
from app.domain.refusals import RefusedError, Rule
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Account, Passkey
from app.persistence.queries.factors import find_passkey, passkeys_of
from app.services.factors import ISSUER
from app.services.sessions import keep_challenge, take_challenge


_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are, as a browser sees it: a passkey works nowhere else."""

    host: str
    origin: str


def ask_to_register(account: Account, session_id: UUID, site: Site) -> str:
    """Return, as JSON, what the browser needs to make a passkey."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=account.id.bytes,
        user_name=account.login,
        user_display_name=account.name,
        exclude_credentials=_known(account.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    keep_challenge(session_id, options.challenge)
    return options_to_json(options)


def register(account_id: UUID, session_id: UUID, answer: str, *, name: str, site: Site) -> Passkey:
    """Keep the passkey that a browser has made; raise ``RefusedError`` if it is not what it says.

    What was asked is used up, whatever the answer.
    """
    challenge = take_challenge(session_id)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise RefusedError(Rule.PASSKEY_NOT_ACCEPTED) from error
    passkey = Passkey(
        id=new_id(),
        account_id=account_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=" ".join(name.split())[:_LONGEST_NAME],
        created_at=transaction_time(),
    )
    db.session.add(passkey)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RefusedError(Rule.PASSKEY_NOT_ACCEPTED) from error
    return passkey


def ask_to_sign(account_id: UUID, session_id: UUID, site: Site) -> str:
    """Return, as JSON, what the browser needs to prove that it holds a passkey."""
    options = generate_authentication_options(rp_id=site.host, allow_credentials=_known(account_id))
    keep_challenge(session_id, options.challenge)
    return options_to_json(options)


def accept_signature(account_id: UUID, session_id: UUID, answer: str, *, site: Site) -> bool:
    """Tell whether a passkey of the account has signed what was asked, just now and here."""
    challenge = take_challenge(session_id)
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = find_passkey(account_id, base64url_to_bytes(credential.id))
        if passkey is None:
            return False
        proved = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError):
        return False
    passkey.sign_count = proved.new_sign_count
    passkey.last_used_at = transaction_time()
    return True


def _known(account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys_of(account_id)]
