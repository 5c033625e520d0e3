"""Serves the script where Stripe serves its own: `/v3`, `/v3/` and `/RELEASE/stripe.js`, and the frames behind it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from starlette.responses import Response
from starlette.types import Scope

from emulator.connect_js.serving import HEADERS, Scripts, origin_of, program
from emulator.connect_js.serving import STATIC as SHARED
from emulator.wire.json import Json

STATIC = Path(__file__).parent / "static"
PARTS = (
    SHARED / "frame.js",
    *(
        STATIC / f"{name}.js"
        for name in ("errors", "tokens", "elements", "intents", "methods", "checkout", "checkout_elements", "stripe")
    ),
)
CONTROLLER, CARD = "/v3/controller.html", "/v3/elements-inner-card.html"
PAYMENT, CHALLENGE = "/v3/elements-inner-payment.html", "/v3/three-ds-2-challenge.html"
DONE = "/v3/embedded-checkout-done.html"  # where an embedded checkout page ends
# The frames with the inputs of Elements, each with the name of Stripe's.
ELEMENTS = {
    "card": CARD,
    "payment": PAYMENT,
    **{
        name: f"/v3/elements-inner-{frame}.html"
        for name, frame in {
            "address": "address",
            "auBankAccount": "au-bank-account",
            "contactDetails": "contact-details",
            "epsBank": "eps-bank",
            "expressCheckout": "express-checkout",
            "fpxBank": "fpx-bank",
            "iban": "iban",
            "idealBank": "ideal-bank",
            "linkAuthentication": "authentication",
            "p24Bank": "p24-bank",
        }.items()
    },
}
FRAMES = {
    **dict.fromkeys(ELEMENTS.values(), "fields.html"),
    CONTROLLER: "controller.html",
    CARD: "card.html",
    PAYMENT: "payment.html",
    CHALLENGE: "challenge.html",
    DONE: "checkout_done.html",
}
INNER = "/* inner.js */"  # where the frames of Elements have the script that they share
# The version that a script reports: 3, or the name of its release.
_SCRIPT = re.compile(r"/(?:v3/?|v3/stripe\.js|([a-z]+)/stripe\.js)\Z", re.ASCII)
# The functions that confirm an intent with a type of payment method, by the types of all releases.
CONFIRMING = """
confirmAcssDebitPayment confirmAcssDebitSetup confirmAffirmPayment confirmAfterpayClearpayPayment confirmAlipayPayment
confirmAmazonPaySetup confirmAuBecsDebitPayment confirmAuBecsDebitSetup confirmBacsDebitSetup confirmBancontactPayment
confirmBancontactSetup confirmBilliePayment confirmBlikPayment confirmBlikSetup confirmBoletoPayment
confirmBoletoSetup confirmCashappPayment confirmCashappSetup
confirmCustomerBalancePayment confirmEpsPayment confirmFpxPayment confirmGiropayPayment confirmGrabPayPayment
confirmIdealPayment confirmIdealSetup confirmKlarnaPayment confirmKonbiniPayment confirmMobilepayPayment
confirmMultibancoPayment confirmOxxoPayment confirmP24Payment confirmPayByBankPayment confirmPayNowPayment
confirmPayPalPayment confirmPayPalSetup confirmPixPayment confirmPromptPayPayment
confirmSepaDebitPayment confirmSepaDebitSetup confirmSofortPayment confirmSofortSetup
confirmSwishPayment confirmTwintPayment confirmUsBankAccountPayment confirmUsBankAccountSetup confirmWechatPayPayment
""".split()
# Every function of the Stripe object that is not emulated.
REFUSED = """
collectBankAccountForPayment collectBankAccountForSetup collectBankAccountToken collectFinancialConnectionsAccounts
confirmPaymentIntent confirmSetupIntent createConfirmationToken createEphemeralKeyNonce createRadarSession
createSource initCheckout initCheckoutFormSdk initCustomCheckout initializePricing
processOrder retrieveIssuingCard retrieveOrder retrieveSource verifyIdentity
""".split()
# Those that throw; the others return a promise that is rejected.
SYNCHRONOUS = ("initCheckoutFormSdk", "initializePricing")


def is_script(path: str) -> bool:
    """Whether Stripe serves a Stripe.js at a path."""
    return _SCRIPT.match(path) is not None


@cache
def _template() -> str:
    return "\n".join(part.read_text(encoding="utf-8") for part in PARTS)


@lru_cache(maxsize=64)
def script(origin: str, version: str, *, live: bool) -> str:
    """The script's text, for an emulator at an origin; `live` if it accepts live keys."""
    config: Json = {
        "origin": origin,
        "bridge": CONTROLLER,
        "frames": ELEMENTS,
        "challenge": CHALLENGE,
        "version": 3 if version == "v3" else version,
        "live": live,
        "confirming": list(CONFIRMING),
        "refused": list(REFUSED),
        "synchronous": list(SYNCHRONOUS),
    }
    return program(config, _template())


@cache
def _frame(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8").replace(INNER, (STATIC / "inner.js").read_text(encoding="utf-8"))


class StripeJs(Scripts):
    """The ASGI application for the paths of the script and of its frames."""

    def get(self, scope: Scope) -> Response:
        if (name := FRAMES.get(scope["path"])) is not None:
            return Response(_frame(name), 200, HEADERS, "text/html")
        match = _SCRIPT.match(scope["path"])
        version = match[1] or "v3" if match else "v3"
        return Response(script(origin_of(scope), version, live=self._live), 200, HEADERS, "text/javascript")
