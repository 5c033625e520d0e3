"""The stand-in for Stripe.js, in a real browser, with the official loaders from npm."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from emulator.stripe_js.serving import REFUSED

from .. import pages
from ..chromium import wait_until
from ..clients import install, transcript
from ..samples import BANK_ACCOUNT
from .pages import ORIGIN, Platform, bundle
from .site import site

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from fixtures.browser import ConnectJsRoute
    from fixtures.handle import StripeEmulator

LOADERS = ("@stripe/stripe-js", "@stripe/stripe-js/pure", "stripe-js-v3")
START = 'import {{loadStripe}} from "{package}"; window.stripe = loadStripe(KEY, OPTIONS);'
# The documented hosts of Stripe.js, without connect-src: requests go through the frame.
CSP = "default-src 'none'; script-src 'self' https://js.stripe.com; frame-src https://js.stripe.com; style-src 'unsafe-inline'"
ACCOUNT = {
    "business_type": "individual",
    "individual": {"first_name": "Jenny", "last_name": "Rosen", "dob": {"day": 1, "month": 2, "year": 1990}},
    "tos_shown_and_accepted": True,
}
PERSON = {"first_name": "Jane", "last_name": "Diaz", "relationship": {"representative": True, "title": "CEO"}}


def opened(platform: Platform, package: str = LOADERS[0], options: object = None, key: str | None = None) -> Page:
    """A page whose `stripe` is the promise of a loader."""
    constants = (
        f"const KEY = {json.dumps(key or platform.handle.publishable_key)}, OPTIONS = {json.dumps(options or {})};"
    )
    html = '<!doctype html><title>Platform</title><body><form id="payment"><div id="card"></div></form><script src="/app.js"></script>'
    script = constants + bundle(START.format(package=package))
    platform.files = {"/": ("text/html", html), "/app.js": ("text/javascript", script)}
    page = platform.page()
    page.goto(f"{ORIGIN}/")
    return page


def create_token(page: Page, kind: str, data: object) -> Any:
    """The result of createToken."""
    return page.evaluate("async ([kind, data]) => (await stripe).createToken(kind, data)", [kind, data])


def rejection(page: Page, expression: str) -> list[str]:
    """The name and the message of the error that an expression throws or rejects with."""
    script = f"async () => {{ const it = await stripe; try {{ await {expression}; }} catch (e) {{ return [e.name, e.message]; }} }}"
    found: list[str] = page.evaluate(script)
    return found


# --- loading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", LOADERS)
def test_the_official_loaders_load_it(platform: Platform, package: str) -> None:
    warnings: list[str] = []
    platform.context.on("console", lambda line: warnings.append(line.text) if line.type == "warning" else None)
    page = opened(platform, package)
    assert page.evaluate("stripe.then(({createToken}) => typeof createToken)") == "function"
    path = "v3" if package == "stripe-js-v3" else "endive/stripe.js"
    assert f"< 200 https://js.stripe.com/{path}" in platform.log
    assert page.evaluate("Stripe.version") == (3 if package == "stripe-js-v3" else "endive")
    assert (warnings, platform.complaints) == ([], [])


def test_a_script_tag_works_without_npm(unrouted: Platform) -> None:
    unrouted.csp = ""
    html = f'<!doctype html><title>Platform</title><body><script src="{unrouted.handle.url}/v3/"></script>'
    unrouted.files = {"/": ("text/html", html)}
    page = unrouted.page()
    with site(unrouted) as address:
        page.goto(address)
        script = "([key, bank]) => new Stripe(key).createToken('bank_account', bank)"
        result = page.evaluate(script, [unrouted.handle.publishable_key, BANK_ACCOUNT])
    assert result["token"]["type"] == "bank_account"


def test_a_second_script_keeps_the_first(platform: Platform) -> None:
    page = opened(platform)
    page.evaluate("stripe.then(() => (window.first = Stripe))")
    with page.expect_event("console", lambda line: line.type == "warning") as warned:
        page.evaluate(
            "new Promise((done) => document.head.append(Object.assign(document.createElement('script'),"
            " {src: 'https://js.stripe.com/v3/', onload: done})))"
        )
    assert (
        warned.value.text == "It looks like Stripe.js was loaded more than one time. Please only load it once per page."
    )
    assert page.evaluate("Stripe === first")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("undefined", "Invalid value for Stripe(): apiKey should be a string. You specified: undefined."),
        ("''", "Please call Stripe() with your publishable key. You used an empty string."),
        (
            "'sk_test_1'",
            "You should not use your secret key with Stripe.js. Please pass a publishable key instead.",
        ),
        (
            "'pk_live_1'",
            "This is a live publishable key, and the Stripe emulator refuses live keys. Use a pk_test_ key.",
        ),
    ],
)
def test_a_wrong_key_throws(platform: Platform, argument: str, message: str) -> None:
    assert rejection(opened(platform), f"Stripe({argument})") == ["IntegrationError", message]


def test_the_example_of_the_readme(
    unrouted: Platform, connect_js_route: ConnectJsRoute, stripe_emulator: StripeEmulator
) -> None:
    tests: dict[str, Any] = {}
    exec(pages.file("tests/test_sign_up.py").replace("http://localhost:3000/sign-up", f"{ORIGIN}/"), tests)
    script = f"""
    const stripe = loadStripe(KEY);
    document.querySelector("button").onclick = async () => {{
      const {{token}} = await (await stripe).createToken("bank_account", {json.dumps(BANK_ACCOUNT)});
      document.body.append(token.id);
    }};
    """
    program = bundle(f'import {{loadStripe}} from "@stripe/stripe-js"; {script}')
    key = f"const KEY = {json.dumps(unrouted.handle.publishable_key)};"
    html = '<!doctype html><body><button>Add bank account</button><script src="/app.js"></script>'
    unrouted.files = {"/": ("text/html", html), "/app.js": ("text/javascript", key + program)}
    tests["test_a_bank_account_is_added"](unrouted.page(), connect_js_route, stripe_emulator)


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_an_account_token_creates_an_account(platform: Platform) -> None:
    platform.csp = CSP
    result = create_token(opened(platform), "account", ACCOUNT)
    assert (set(result), result["token"]["id"][:3], result["token"]["type"]) == ({"token"}, "ct_", "account")
    client: Any = platform.handle.client.v1
    made = client.accounts.create({"type": "custom", "country": "US", "account_token": result["token"]["id"]})
    assert (made.business_type, made.individual.first_name, made.individual.dob.year) == ("individual", "Jenny", 1990)
    assert platform.complaints == []


def test_a_person_token_creates_a_person(platform: Platform) -> None:
    token = create_token(opened(platform), "person", PERSON)["token"]
    client: Any = platform.handle.client.v1
    account = client.accounts.create({"type": "custom", "country": "US", "business_type": "company"})
    person = client.accounts.persons.create(account.id, {"person_token": token["id"]})
    assert (person.first_name, person.relationship.representative) == ("Jane", True)


def test_a_bank_account_token_is_an_external_account(platform: Platform) -> None:
    token = create_token(opened(platform), "bank_account", BANK_ACCOUNT)["token"]
    assert (token["id"][:5], token["bank_account"]["last4"]) == ("btok_", "6789")
    client: Any = platform.handle.client.v1
    account = client.accounts.create({"type": "custom", "country": "US", "external_account": token["id"]})
    assert account.external_accounts.data[0].last4 == "6789"


def test_an_error_of_the_api_resolves_unchanged(platform: Platform) -> None:
    result = create_token(opened(platform), "bank_account", {**BANK_ACCOUNT, "country": None})
    assert set(result) == {"error"}
    assert (result["error"]["type"], result["error"]["param"]) == (
        "invalid_request_error",
        "bank_account[country]",
    )


def test_stripe_account_and_api_version_are_sent(platform: Platform) -> None:
    options = {"stripeAccount": platform.account, "apiVersion": "2024-06-20"}
    page = opened(platform, options=options)
    with page.expect_request("**/v1/tokens") as sent:
        token = create_token(page, "bank_account", BANK_ACCOUNT)["token"]
    headers = sent.value.headers
    assert (headers["stripe-account"], headers["stripe-version"]) == (platform.account, "2024-06-20")
    assert token["type"] == "bank_account"


def test_without_an_emulator_the_error_is_one_of_the_connection(platform: Platform) -> None:
    page = opened(platform)
    page.evaluate("stripe")
    platform.context.route("**/v1/tokens", lambda route: route.abort())
    error = {
        "type": "api_connection_error",
        "message": f"No emulator responds at {platform.handle.url}, to which https://js.stripe.com is routed.",
    }
    assert create_token(page, "bank_account", BANK_ACCOUNT) == {"error": error}


def test_a_controller_frame_that_the_page_removes_is_created_again(platform: Platform) -> None:
    page = opened(platform)
    create_token(page, "bank_account", BANK_ACCOUNT)
    page.evaluate("document.querySelector('iframe[name^=__privateStripeController]').remove()")
    assert "token" in create_token(page, "bank_account", BANK_ACCOUNT)


# --- the card Element -------------------------------------------------------------------------------------------------

CARD = """stripe.then((stripe) => {
  window.events = [];
  window.elements = stripe.elements();
  window.card = elements.create("card", OPTIONS);
  for (const name of ["ready", "change", "focus", "blur"]) card.on(name, (event) => events.push([name, event]));
  const ready = new Promise((done) => card.once("ready", done));
  card.mount("#card");
  return ready.then(() => null);
})"""


def card_of(page: Page, options: str = "{}") -> Any:
    """The frame of a mounted card Element."""
    page.evaluate(CARD.replace("OPTIONS", options))
    return page.frame_locator('iframe[name^="__privateStripeFrame"]')


def fill(
    frame: Any, number: str = "4000056655665556", expiry: str = "12/40", cvc: str = "123", postal: str = "94107"
) -> None:
    frame.get_by_placeholder("Card number").fill(number)
    frame.get_by_placeholder("MM / YY").fill(expiry)
    frame.get_by_placeholder("CVC").fill(cvc)
    frame.get_by_placeholder("ZIP").fill(postal)


def test_a_card_token_is_an_external_account(platform: Platform) -> None:
    platform.csp = CSP
    page = opened(platform)
    fill(card_of(page))
    page.locator("#card.StripeElement--complete").wait_for()
    result = page.evaluate("stripe.then(({createToken}) => createToken(card, {currency: 'usd', name: 'Jenny Rosen'}))")
    token = result["token"]
    assert (token["type"], token["card"]["last4"], token["card"]["name"]) == ("card", "5556", "Jenny Rosen")
    assert token["card"]["address_zip"] == "94107"
    client: Any = platform.handle.client.v1
    account = client.accounts.create({"type": "custom", "country": "US", "external_account": token["id"]})
    assert account.external_accounts.data[0].last4 == "5556"
    assert page.content().count("4000056655665556") == 0
    assert platform.complaints == []


def test_changes_show_state_brand_and_errors(platform: Platform) -> None:
    page = opened(platform)
    frame = card_of(page)
    expect(page.locator("#card")).to_have_class(re.compile("StripeElement.*StripeElement--empty"))
    frame.get_by_placeholder("Card number").press_sequentially("4242424242424241")
    wait_until(page, "events.at(-1)[1].error")
    event = page.evaluate("events.at(-1)[1]")
    assert event == {
        "elementType": "card",
        "brand": "visa",
        "value": {"postalCode": ""},
        "empty": False,
        "complete": False,
        "error": {"type": "validation_error", "code": "invalid_number", "message": "Your card number is invalid."},
    }
    assert frame.get_by_placeholder("Card number").input_value() == "4242 4242 4242 4241"
    assert "StripeElement--invalid" in str(page.locator("#card").get_attribute("class"))
    fill(frame)
    wait_until(page, "events.at(-1)[1].complete")
    assert page.evaluate("'error' in events.at(-1)[1] && events.at(-1)[1].error") is None
    page.evaluate("card.clear()")
    wait_until(page, "events.at(-1)[1].empty")


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ({"number": "42"}, "incomplete_number", "Your card number is incomplete."),
        ({"expiry": "1"}, "incomplete_expiry", "Your card's expiration date is incomplete."),
        ({"expiry": "1220"}, "invalid_expiry_year_past", "Your card's expiration year is in the past."),
        ({"cvc": "1"}, "incomplete_cvc", "Your card's security code is incomplete."),
        ({"postal": ""}, "incomplete_zip", "Your card's zip code is incomplete."),
    ],
)
def test_an_incomplete_card_is_an_error_without_a_request(
    platform: Platform, wrong: dict[str, str], code: str, message: str
) -> None:
    page = opened(platform)
    fill(card_of(page), **wrong)
    result = page.evaluate("stripe.then(({createToken}) => createToken(card))")
    assert result == {"error": {"type": "validation_error", "code": code, "message": message}}
    assert not any("/v1/tokens" in line for line in platform.log)


def test_the_postal_code_can_be_hidden(platform: Platform) -> None:
    page = opened(platform)
    frame = card_of(page, "{hidePostalCode: true}")
    frame.get_by_placeholder("ZIP").wait_for(state="hidden")
    for placeholder, value in (("Card number", "4000056655665556"), ("MM / YY", "1240"), ("CVC", "123")):
        frame.get_by_placeholder(placeholder).fill(value)
    result = page.evaluate("stripe.then(({createToken}) => createToken(card, {currency: 'usd'}))")
    assert result["token"]["card"]["last4"] == "5556"


def test_an_element_lives_as_react_treats_it(platform: Platform) -> None:
    """StrictMode creates, mounts, destroys, creates and mounts in one task, and listens after that."""
    page = opened(platform)
    page.evaluate(
        """stripe.then((stripe) => {
          window.ready = [];
          const group = stripe.elements();
          const first = group.create("card");
          first.mount(document.querySelector("#card"));
          first.destroy();
          first.off("ready");
          window.second = group.create("card");
          second.mount(document.querySelector("#card"));
          window.found = [group.getElement("card") === second, group.getElement({__elementType: "card"}) === second];
          setTimeout(() => second.on("ready", (event) => ready.push(event)), 1000);
        })"""
    )
    wait_until(page, "ready.length")
    page.wait_for_timeout(100)
    assert page.evaluate("[found, ready]") == [[True, True], [{"elementType": "card"}]]
    assert page.locator("#card iframe").count() == 1


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("it.elements().create('card').mount('#none')", "The selector you specified (#none) applies to no DOM elements that are currently on the page.\nMake sure the element exists on the page before calling mount()."),
        ("it.elements().create('card').mount()", "Missing argument. Make sure to call mount() with a valid DOM element or selector."),
        ("(() => { const group = it.elements(); group.create('card'); group.create('card'); })()", "Can only create one Element of type card."),
        ("(() => { const card = it.elements().create('card'); card.destroy(); card.mount('#card'); })()", "This Element has already been destroyed. Please create a new one."),
        ("it.createToken(it.elements().create('card'))", "We could not retrieve data from the specified Element.\nPlease make sure the Element you are attempting to use is still mounted."),
        ("it.createToken({})", "You must provide a Stripe Element or a valid token type to create a Token."),
    ],
)  # fmt: skip
def test_wrong_use_is_an_integration_error(platform: Platform, expression: str, message: str) -> None:
    assert rejection(opened(platform), expression) == ["IntegrationError", message]


# --- what is not emulated ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("it.createRadarSession()", "stripe.createRadarSession()"),
        ("it.initCustomCheckout({})", "stripe.initCustomCheckout()"),
        ("it.initializePricing({})", "stripe.initializePricing()"),
        ("it.createToken('pii', {personal_id_number: '1'})", 'stripe.createToken("pii")'),
        ("it.elements().create('taxId')", "the taxId Element"),
        ("it.elements().submit()", "elements.submit() without a payment Element"),
    ],
)
def test_other_functions_are_refused_by_name(platform: Platform, expression: str, what: str) -> None:
    message = f"The Stripe emulator does not emulate {what}."
    assert rejection(opened(platform), expression) == ["IntegrationError", message]


@pytest.mark.parametrize("package", ["@stripe/stripe-js", "stripe-js-v3"])
def test_every_function_of_the_types_exists(platform: Platform, package: str) -> None:
    modules = transcript.installed(install.BROWSER) / "node_modules"
    types = next((modules / package).glob("**/stripe-js/stripe.d.ts")).read_text()
    body = types.partition("export interface Stripe {")[2].partition("\n}")[0]
    names = sorted(set(re.findall(r"^  (\w+)\(", body, re.MULTILINE)))
    assert len(names) > 40
    page = opened(platform)
    assert (
        page.evaluate("names => stripe.then((it) => names.filter((name) => typeof it[name] !== 'function'))", names)
        == []
    )


def test_every_function_that_is_refused_says_so_by_its_name(platform: Platform) -> None:
    script = """async (names) => {
      const it = await stripe;
      const calls = names.map(async (name) => it[name]());
      return (await Promise.allSettled(calls)).map(({reason}) => `${reason.name}: ${reason.message}`);
    }"""
    found = opened(platform).evaluate(script, REFUSED)
    assert found == [f"IntegrationError: The Stripe emulator does not emulate stripe.{name}()." for name in REFUSED]


@pytest.mark.parametrize("package", ["@stripe/stripe-js", "stripe-js-v3"])
def test_every_type_of_payment_method_is_confirmed(platform: Platform, package: str) -> None:
    """Each function of the types confirms an intent: with a wrong secret it names itself, and sends nothing."""
    types = next((transcript.installed(install.BROWSER) / "node_modules" / package).glob("**/stripe-js/stripe.d.ts"))
    names = sorted(set(re.findall(r"^  (confirm\w+(?:Payment|Setup))\($", types.read_text(), re.MULTILINE)))
    assert len(names) > 30
    script = """async (names) => {
      const it = await stripe;
      return (await Promise.allSettled(names.map((name) => it[name]("tea")))).map(({reason}) => reason.message);
    }"""
    text = "intent secret: value should be a client secret of the form ${id}_secret_${secret}. You specified: tea."
    assert opened(platform).evaluate(script, names) == [f"Invalid value for stripe.{name} {text}" for name in names]
    assert not any("/v1/" in line for line in platform.log)
