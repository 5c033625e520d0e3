"""Errors of checkout sessions, payment links and the billing portal."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.errors.base.body import ErrorBody, StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed")
def url_not_valid(param: str) -> StripeError:
    """400 for a URL without a scheme."""
    return refused("Not a valid URL", param=param, code="url_invalid")


@error("observed")
def no_such_session(identifier: str) -> StripeError:
    """404 for an unknown checkout session, whose id has no quotes, and which names no parameter."""
    message = f"No such checkout.session: {quoted_id(identifier)}"
    return StripeError(ErrorBody(404, message, code="resource_missing", missing=identifier))


@error("observed", "the words", code="official")
def automatic_tax_without_address() -> StripeError:
    """400 for automatic tax of an existing customer whose place is not known, and not saved from the page."""
    return refused(
        "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the "
        "Customer or set `customer_update[address]` to 'auto' to save the billing address entered in Checkout to the "
        "Customer.",
        code="customer_tax_location_invalid",
    )


@error("observed")
def automatic_tax_without_shipping_update() -> StripeError:
    """400 for automatic tax with a shipping address that is not saved for an existing customer."""
    return refused(
        "You specified `shipping_address_collection`. To use `automatic_tax` with this parameter, you must also set "
        "`customer_update[shipping]` to `auto`.",
        code="parameter_missing",
    )


@error("observed", "the words")
def automatic_tax_with_shipping() -> StripeError:
    """400 for automatic tax of a session whose payment has a shipping address already."""
    return refused("You cannot enable automatic tax calculation with `payment_intent_data[shipping]` set.")


@error("observed", "the words")
def automatic_tax_in_setup_mode() -> StripeError:
    """400 for automatic tax of a session that sets a payment method up."""
    return refused("You cannot set `automatic_tax[enabled]=true` in `setup` mode.")


@error("observed")
def session_expires_too_soon() -> StripeError:
    """400 for a checkout session that ends in less than half an hour."""
    return refused(
        "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
    )


@error("observed")
def session_expires_too_late() -> StripeError:
    """400 for a checkout session that ends in more than a day."""
    return refused(
        "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
    )


@error("observed")
def recurring_price_in_payment(place: int) -> StripeError:
    """400 for a recurring price in a session of mode `payment`."""
    return refused(
        "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
        "one-time prices.",
        param=f"line_items[{place}]",
    )


@error("observed")
def no_recurring_price() -> StripeError:
    """400 for a session of mode `subscription` without a recurring price."""
    return refused("You must provide at least one recurring price in `subscription` mode when using prices.")


@error("observed")
def session_not_open(state: str) -> StripeError:
    """400 for expiring a checkout session that is over."""
    return refused(
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
        f"`{state}`."
    )


@error("observed")
def param_not_in_mode(param: str, mode: str) -> StripeError:
    """400 for a parameter that sessions of a mode do not take, such as `line_items` to set a card up."""
    return refused(f"You can not pass `{param}` in `{mode}` mode.", param=param)


@error("observed")
def customer_creation_in_mode() -> StripeError:
    """400 for `customer_creation` where the mode decides it."""
    return refused("`customer_creation` can only be used in `payment` mode.", param="customer_creation")


@error("observed")
def invoice_creation_in_mode() -> StripeError:
    """400 for an invoice after a session that is no single payment."""
    return refused(
        "You can only enable invoice creation when `mode` is set to `payment`. Invoices are created automatically when "
        "`mode` is set to `subscription`, and are unsupported when set to `setup`. To learn more visit "
        "https://stripe.com/docs/payments/checkout/post-payment-invoices.",
        param="invoice_creation",
    )


@error("observed")
def line_without_quantity(path: str) -> StripeError:
    """400 for a line item without a quantity, unless its price is metered."""
    return refused(f"Quantity is required. Add `quantity` to `{path}`", param=path)


@error("observed")
def quantity_too_small(path: str) -> StripeError:
    """400 for a line item of nothing."""
    return refused("This value must be greater than or equal to 1.", param=path, code="parameter_invalid_integer")


@error("observed")
def session_total_too_small(smallest: str, currency: str) -> StripeError:
    """400 for a checkout session below the smallest payment; `smallest` is as in `$0.50`."""
    return refused(
        f"The Checkout Session's total amount due must add up to at least {smallest} {currency}",
        code="amount_too_small",
    )


@error("inferred", words="by analogy")
def line_currencies_differ() -> StripeError:
    """400 for line items in several currencies."""
    return refused(
        "All prices on a Checkout Session must be in the same currency. To charge in another currency, use prices "
        "with currency options.",
        param="line_items",
    )


@error("observed")
def params_not_in_ui_mode(mode: str, params: Sequence[str]) -> StripeError:
    """400 for the URLs of the hosted page on a session that is shown inside a page of the account."""
    return refused(
        f"The following parameters are not supported with 'ui_mode: {mode}': {', '.join(sorted(params))}.",
        param=sorted(params)[0],
    )


@error("official", words="our choice")
def return_url_without_redirect() -> StripeError:
    """400 for a `return_url` of a session that never redirects."""
    return refused("You cannot pass `return_url` when `redirect_on_completion` is `never`.", param="return_url")


@error("official", words="our choice")
def currency_of_setup_missing() -> StripeError:
    """400 for setting a payment method up without a currency, from which its types follow."""
    return refused(
        "You must pass `currency` in `setup` mode when `payment_method_types` is not passed.", param="currency"
    )


@error("official", words="our choice")
def session_over(state: str) -> StripeError:
    """400 for paying or changing a checkout session that is complete or has expired."""
    return refused(f"This Checkout Session is no longer open: it has a status of `{state}`.")


@error("official", words="our choice")
def payment_link_used_up() -> StripeError:
    """400 for paying a session of a payment link whose limit of completed sessions was reached meanwhile."""
    return refused("This payment link has reached its limit of completed sessions.")


@error("inferred", words="our choice")
def expected_amount_differs(expected: int, amount: int) -> StripeError:
    """400 for confirming a payment page with another amount than the total of its session."""
    return refused(
        f"The expected amount ({expected}) does not match the amount of the Checkout Session ({amount}).",
        param="expected_amount",
        code="checkout_amount_mismatch",
    )


@error("our choice")
def payment_method_of_page_missing() -> StripeError:
    """400 for completing a session without a payment method that it needs."""
    return refused("Missing required param: payment_method.", param="payment_method", code="parameter_missing")


@error("our choice")
def detail_of_page_missing(name: str) -> StripeError:
    """400 for completing a session without a detail that it collects."""
    return refused(f"This Checkout Session collects {name}, which is missing.", param=name)


@error("our choice")
def custom_field_invalid(key: str) -> StripeError:
    """400 for a value that a custom field does not take."""
    return refused(f"The value of {key} is invalid.", param=key)


@error("our choice")
def shipping_country_not_allowed(country: str) -> StripeError:
    """400 for a shipping address in a country that the session does not ship to."""
    return refused(f"This Checkout Session does not ship to {country}.", param="shipping")


@error("official", words="our choice")
def shipping_amount_negative() -> StripeError:
    """400 for a shipping rate of a negative amount."""
    return refused(
        "This value must be greater than or equal to 0.", param="fixed_amount[amount]", code="parameter_invalid_integer"
    )


@error("official", words="our choice")
def shipping_rate_inactive(path: str) -> StripeError:
    """400 for a shipping rate that is archived."""
    return refused(
        "The shipping rate specified is inactive. This field only accepts active shipping rates.", param=path
    )


@error("official", words="our choice")
def too_many_line_items(most: int) -> StripeError:
    """400 for more items of one kind than a session of a subscription can have."""
    return refused(
        f"You may only specify up to {most} line items with recurring prices, and as many with one-time prices, in "
        "`subscription` mode.",
        param="line_items",
    )


@error("official", words="our choice")
def too_many_shipping_options(most: int) -> StripeError:
    """400 for more shipping options than a session can offer."""
    return refused(f"You may only specify up to {most} shipping options.", param="shipping_options")


@error("inferred", words="our choice")
def shipping_currency_differs(currency: str, charged: str, path: str) -> StripeError:
    """400 for a shipping rate in another currency than the session."""
    return refused(
        f"The currency of the shipping rate ({currency}) does not match that of the Checkout Session ({charged}).",
        param=path,
    )


@error("official", words="our choice")
def shipping_option_unknown(rate: str) -> StripeError:
    """400 for a shipping rate that the session does not offer."""
    return refused(f"The shipping rate {rate} is not an option of this Checkout Session.", param="shipping_rate")


@error("official", words="our choice")
def promotion_codes_not_allowed() -> StripeError:
    """400 for a promotion code on the page of a session that takes none."""
    return refused("This Checkout Session does not accept promotion codes.", param="promotion_code")


@error("official", words="our choice")
def promotion_code_invalid() -> StripeError:
    """400 for a promotion code that a customer enters and that is unknown or inactive."""
    return refused("This code is invalid.", param="promotion_code")


@error("official", words="our choice")
def quantity_not_adjustable() -> StripeError:
    """400 for another quantity of a line item than its session allows."""
    return refused("The quantity of this line item cannot be changed to this value.", param="quantity")


@error("official", words="our choice")
def default_configuration_stays_active() -> StripeError:
    """400 for deactivating the default configuration of the portal."""
    return refused("You cannot deactivate the default configuration.", param="active")


@error("observed")
def portal_feature_disabled(done: str, feature: str) -> StripeError:
    """400 for a flow of the portal about a subscription whose feature is off."""
    return refused(
        f"This subscription cannot be {done} because the subscription {feature} feature in the portal configuration is "
        "disabled."
    )


@error("our choice")
def portal_feature_off(feature: str) -> StripeError:
    """400 for an action of a visitor that the configuration of the portal does not allow."""
    return refused(f"The feature {feature} of this portal is disabled.")


@error("official", words="our choice")
def configuration_inactive(configuration: str) -> StripeError:
    """400 for a session of a portal configuration that is not active."""
    return refused(f"The configuration {configuration} is inactive.", param="configuration")
