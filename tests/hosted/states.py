"""Every page for a person, in every state: how each is reached on a running server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from emulator.client import EmulatorClient
from emulator.wire import form

ON = {"enabled": "true"}
CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123", "billingName": "Ada"}
DECLINED = {**CARD, "cardNumber": "4000000000000002"}
RETURN = "https://shop.example/done"
FEATURES: Any = {
    "customer_update": {**ON, "allowed_updates": ["email", "address", "phone"]},
    "subscription_cancel": {**ON, "cancellation_reason": {**ON, "options": ["too_expensive", "other"]}},
    **dict.fromkeys(("invoice_history", "payment_method_update"), ON),
}
EVERYTHING: Any = {
    "allow_promotion_codes": "true",
    "billing_address_collection": "required",
    "cancel_url": "https://shop.example/cart",
    "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
    "custom_fields": [{"key": "size", "type": "text", "label": {"type": "custom", "custom": "Size"}}],
    "payment_method_types": ["card", "us_bank_account"],
    "phone_number_collection": ON,
    "shipping_address_collection": {"allowed_countries": ["US", "DE"]},
    "tax_id_collection": ON,
}


@dataclass
class Shop:
    """A sandbox of its own on a server, by plain HTTP."""

    url: str
    key: str
    control: EmulatorClient = field(init=False)

    def __post_init__(self) -> None:
        self.control = EmulatorClient(self.url, self.key)
        self.api = httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {self.key}"}, timeout=20)

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.close()

    def post(self, path: str, **params: Any) -> Any:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        response = self.api.post(f"/v1/{path}", content=form.encode(params).encode(), headers=kind)
        assert response.status_code == 200, response.text
        return response.json()

    def get(self, path: str) -> Any:
        return self.api.get(f"/v1/{path}").json()

    def session(self, mode: str = "payment", **params: Any) -> Any:
        sent: dict[str, Any] = {"mode": mode, **params}
        if "ui_mode" not in params:
            sent["success_url"] = RETURN
        if mode == "setup":
            sent["currency"] = "usd"
        else:
            recurring = {"recurring": {"interval": "month"}} if mode == "subscription" else {}
            data = {"currency": "usd", "unit_amount": "1500", "product_data": {"name": "Tea"}, **recurring}
            sent["line_items"] = [{"price_data": data, "quantity": "1"}]
        return self.post("checkout/sessions", **sent)

    def link(self, **params: Any) -> str:
        price = self.post("prices", currency="usd", unit_amount="1500", product_data={"name": "Tea"})["id"]
        return str(self.post("payment_links", line_items=[{"price": price, "quantity": "1"}], **params)["url"])

    def invoice(self, end: str = "finalize", method: str | None = None, **params: Any) -> Any:
        """An invoice of 30 dollars after a step."""
        customer = self.post(
            "customers", name="Ada", email="ada@example.com", **({"payment_method": method} if method else {})
        )
        item = {"currency": "usd", "unit_amount_decimal": "1500", "quantity": "2", "description": "Cups"}
        self.post("invoiceitems", customer=customer["id"], **item)
        sent = {"customer": customer["id"], "pending_invoice_items_behavior": "include", **params}
        draft = self.post("invoices", **sent)["id"]
        opened = self.post(f"invoices/{draft}/finalize")
        if end == "finalize":
            return opened
        return self.post(f"invoices/{draft}/{end}", **({"payment_method": method} if method else {}))

    def portal(self, **params: Any) -> str:
        done = self.session("subscription")["id"]
        self.post(f"payment_pages/{done}/confirm", payment_method="pm_card_visa")
        found = self.get(f"checkout/sessions/{done}")
        configuration = self.post("billing_portal/configurations", features=FEATURES)["id"]
        sent = {"customer": found["customer"], "configuration": configuration, "return_url": RETURN, **params}
        return str(self.post("billing_portal/sessions", **sent)["url"]) + f"#{found['subscription']}"

    def waiting(self, **params: Any) -> str:
        card = {"payment_method_types": ["card"], "payment_method": "pm_card_authenticationRequired", "confirm": "true"}
        sent = {"amount": "1234", "currency": "usd", "return_url": RETURN, **card, **params}
        return str(self.post("payment_intents", **sent)["next_action"]["redirect_to_url"]["url"])

    def account(self, **params: Any) -> str:
        both = {"card_payments": {"requested": "true"}, "transfers": {"requested": "true"}}
        return str(self.post("accounts", **{"type": "express", "country": "US", "capabilities": both, **params})["id"])

    def setup(self, account: str, **params: Any) -> str:
        urls = {"refresh_url": "https://shop.example/refresh", "return_url": RETURN}
        return str(self.post("account_links", account=account, type="account_onboarding", **urls, **params)["url"])

    def login(self) -> str:
        account = self.account()
        self.control.complete_onboarding(account)
        return str(self.post(f"accounts/{account}/login_links")["url"])

    def consent(self, path: str = "/oauth/v2/authorize", **query: str) -> str:
        sent = {"client_id": self.control.client_id, "response_type": "code", "scope": "read_write", **query}
        if path.startswith("/express"):
            del sent["scope"]
        return f"{self.url}{path}?{httpx.QueryParams(sent)}"


@dataclass(frozen=True)
class State:
    """A page in a state: the request that shows it, by GET, or by POST of a form."""

    url: str
    form: Mapping[str, str] | None = None


def _of_portal(shop: Shop, page: str, **params: Any) -> str:
    url, _, subscription = shop.portal(**params).partition("#")
    return url + page.format(subscription)


def _after(shop: Shop, url: str, **sent: str) -> str:
    """A page after a form was sent to it once."""
    httpx.post(url, data=sent)
    return url


def _expired(shop: Shop) -> str:
    made = shop.session()
    shop.post(f"checkout/sessions/{made['id']}/expire")
    return str(made["url"])


def _thanks(shop: Shop) -> State:
    first = httpx.get(shop.link())
    session = first.headers["location"]
    return State(str(session), {"action": "pay_test"})


def _paid_link(shop: Shop) -> State:
    sent = _thanks(shop)
    httpx.post(sent.url, data=sent.form)
    return State(sent.url)


def _inactive(shop: Shop) -> str:
    url = shop.link()
    identifier = shop.get("payment_links")["data"][0]["id"]
    shop.post(f"payment_links/{identifier}", active="false")
    return url


def _recovery(shop: Shop) -> str:
    made = shop.session()
    return f"{shop.url}/r/{made['id']}"


def _portal_over(shop: Shop) -> str:
    url = shop.portal().partition("#")[0]
    shop.control.advance(7_200)
    return url


def _confirmed_flow(shop: Shop) -> State:
    done = shop.session("subscription")["id"]
    shop.post(f"payment_pages/{done}/confirm", payment_method="pm_card_visa")
    found = shop.get(f"checkout/sessions/{done}")
    flow: Any = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": found["subscription"]},
        "after_completion": {"type": "hosted_confirmation"},
    }
    made = shop.post("billing_portal/sessions", customer=found["customer"], flow_data=flow, return_url=RETURN)
    return State(str(made["url"]), {"action": "cancel", "subscription": str(found["subscription"])})


def _wrong_setup(shop: Shop) -> State:
    return State(shop.setup(shop.account()), {"action": "nonsense"})


def _update(shop: Shop) -> str:
    account = shop.account(type="custom")
    shop.control.complete_onboarding(account)
    urls = {"refresh_url": RETURN, "return_url": RETURN}
    return str(shop.post("account_links", account=account, type="account_update", **urls)["url"])


def _used_login(shop: Shop) -> str:
    url = shop.login()
    httpx.get(url)
    return url


def _bank(shop: Shop) -> str:
    ideal = {
        "payment_method_types": ["ideal"],
        "payment_method_data": {"type": "ideal"},
        "currency": "eur",
        "amount": "900",
    }
    made = shop.post("payment_intents", confirm="true", return_url=RETURN, **ideal)
    return str(made["next_action"]["redirect_to_url"]["url"])


def _debit(shop: Shop) -> str:
    debit = {"payment_method_types": ["us_bank_account"], "currency": "usd", "amount": "900"}
    bank = {"account_holder_type": "individual", "account_number": "000123456789", "routing_number": "110000000"}
    method = {"type": "us_bank_account", "us_bank_account": bank, "billing_details": {"name": "Ada"}}
    online = {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "device"}}
    sent: Any = {**debit, "payment_method_data": method, "mandate_data": {"customer_acceptance": online}}
    made = shop.post("payment_intents", confirm="true", return_url=RETURN, **sent)
    return str(made["next_action"]["verify_with_microdeposits"]["hosted_verification_url"])


STATES: Mapping[str, Callable[[Shop], State | str]] = {
    # Checkout sessions, payment links, recovery.
    "checkout of a payment": lambda shop: shop.session()["url"],
    "checkout of everything": lambda shop: shop.session(**EVERYTHING)["url"],
    "checkout of a subscription": lambda shop: shop.session("subscription")["url"],
    "checkout of a set-up": lambda shop: shop.session("setup")["url"],
    "checkout with errors": lambda shop: State(shop.session(**EVERYTHING)["url"], {"action": "pay", "cardNumber": "1"}),
    "checkout of a declined card": lambda shop: State(
        shop.session()["url"], {"action": "pay", "email": "a@example.com", **DECLINED}
    ),
    "checkout with a wrong action": lambda shop: State(shop.session()["url"], {"action": "fly"}),
    "checkout that has expired": _expired,
    "checkout that is unknown": lambda shop: f"{shop.url}/c/pay/cs_test_unknown",
    "checkout in a frame": lambda shop: (
        f"{shop.url}/c/embedded-checkout-inner/{shop.session(ui_mode='embedded_page', return_url=RETURN)['id']}"
    ),
    "checkout in a frame that is unknown": lambda shop: f"{shop.url}/c/embedded-checkout-inner/cs_test_unknown",
    "another path of checkout": lambda shop: f"{shop.url}/c/other",
    "a payment link": lambda shop: shop.link(),
    "a payment link that is paid": _thanks,
    "a payment link that was paid": _paid_link,
    "a payment link that is inactive": _inactive,
    "a payment link that is unknown": lambda shop: f"{shop.url}/b/test_unknown",
    "a session that cannot be recovered": _recovery,
    "a recovery that is unknown": lambda shop: f"{shop.url}/r/cs_test_unknown",
    # The billing portal.
    "the portal": lambda shop: _of_portal(shop, ""),
    "the portal: a new card": lambda shop: _of_portal(shop, "/payment-methods"),
    "the portal: a declined card": lambda shop: State(_of_portal(shop, ""), {"action": "add_method", **DECLINED}),
    "the portal: an incomplete card": lambda shop: State(_of_portal(shop, ""), {"action": "add_method"}),
    "the portal: cancel": lambda shop: _of_portal(shop, "/subscriptions/{}/cancel"),
    "the portal: update": lambda shop: _of_portal(shop, "/subscriptions/{}/update"),
    "the portal: a wrong action": lambda shop: State(_of_portal(shop, ""), {"action": "fly"}),
    "the portal: after its flow": _confirmed_flow,
    "the portal: expired": _portal_over,
    "the portal: unknown": lambda shop: f"{shop.url}/p/session/test_unknown",
    # Invoices.
    "an invoice that is open": lambda shop: shop.invoice(collection_method="send_invoice", days_until_due="7")[
        "hosted_invoice_url"
    ],
    "an invoice that is paid": lambda shop: shop.invoice("pay", "pm_card_visa")["hosted_invoice_url"],
    "an invoice that is void": lambda shop: shop.invoice("void")["hosted_invoice_url"],
    "an invoice that is uncollectible": lambda shop: shop.invoice("mark_uncollectible")["hosted_invoice_url"],
    "an invoice with a declined card": lambda shop: State(
        shop.invoice()["hosted_invoice_url"], {"action": "pay", **DECLINED}
    ),
    "an invoice without a card": lambda shop: State(shop.invoice()["hosted_invoice_url"], {"action": "pay"}),
    "an invoice with a wrong action": lambda shop: State(shop.invoice()["hosted_invoice_url"], {"action": "fly"}),
    "an invoice that is unknown": lambda shop: f"{shop.url}/i/acct_1/test_unknown",
    "a PDF of an invoice that is unknown": lambda shop: f"{shop.url}/invoice/acct_1/test_unknown/pdf",
    "a PDF of a credit note that is unknown": lambda shop: f"{shop.url}/credit_notes/acct_1/test_unknown/pdf",
    # Authentication of payments.
    "3D Secure": lambda shop: shop.waiting(),
    "the page of a bank": _bank,
    "the verification of a bank account": _debit,
    "3D Secure with a wrong action": lambda shop: State(shop.waiting(), {"action": "fly"}),
    "3D Secure that is over": lambda shop: _after(shop, shop.waiting(), action="complete"),
    "3D Secure that is unknown": lambda shop: f"{shop.url}/3d_secure_2/hosted",
    # Onboarding and the Express Dashboard.
    "onboarding": lambda shop: shop.setup(shop.account()),
    "onboarding with a wrong action": _wrong_setup,
    "an update of details": _update,
    "onboarding that is unknown": lambda shop: f"{shop.url}/setup/e/acct_1/unknown",
    "the Express Dashboard": lambda shop: shop.login(),
    "the Express Dashboard, again": _used_login,
    "the Express Dashboard by POST": lambda shop: State(shop.login(), {"action": "fly"}),
    # OAuth.
    "consent": lambda shop: shop.consent(),
    "consent of Express": lambda shop: shop.consent("/express/oauth/v2/authorize"),
    "consent with a wrong action": lambda shop: State(shop.consent(), {"action": "fly"}),
    "the code of an application without a redirect URI": lambda shop: (
        f"{shop.url}/connect/default/oauth/test?code=ac_1"
    ),
    "another path of OAuth": lambda shop: f"{shop.url}/oauth/other",
    # Files.
    "a file link that is unknown": lambda shop: f"{shop.url}/links/unknown",
}


def state(shop: Shop, name: str) -> State:
    """The page of a name."""
    found = STATES[name](shop)
    return found if isinstance(found, State) else State(found)
