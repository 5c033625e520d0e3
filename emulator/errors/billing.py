"""Errors of invoices, subscriptions, prices and products."""

from __future__ import annotations

from typing import Literal

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed")
def invoice_finalized() -> StripeError:
    """400 for an invoice that is finalized again."""
    return refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.")


@error("observed")
def invoice_not_open() -> StripeError:
    """400 for an action on an invoice that only open ones allow."""
    return refused("You can only pass in open invoices. This invoice isn't open.")


@error("observed")
def subscription_not_paused() -> StripeError:
    """400 for resuming a subscription that is not paused."""
    return refused("You can only resume a subscription if it is `paused`.")


@error("official", words="our choice")
def quote_without_pdf() -> StripeError:
    """400 for the PDF of a quote that is not finalized."""
    return refused("You can only download the PDF of a quote that has been finalized.")


@error("observed")
def product_with_prices() -> StripeError:
    """400 for deleting a product that has prices, archived ones included."""
    return refused("This product cannot be deleted because it has one or more user-created prices.")


@error("official", words="our choice")
def default_price_of_another_product(price: str) -> StripeError:
    """400 for a default price that belongs to another product."""
    return refused(f"The price {price} does not belong to this product.", "default_price")


@error("observed")
def price_without_product() -> StripeError:
    """400 for a price of no product."""
    return refused("You must specify either `product` or `product_data` when creating a price.")


@error("observed")
def price_without_amount() -> StripeError:
    """400 for a price without an amount."""
    return refused("Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.")


@error("observed")
def one_time_price_with_tiers() -> StripeError:
    """400 for tiers of a price that is not recurring."""
    return refused("Prices with `type=one_time` are not supported with tiered billing.", "interval")


@error("observed")
def metered_price_without_meter() -> StripeError:
    """400 for a metered price that counts no meter."""
    return refused("Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.")


@error("observed")
def lookup_key_used(price: str) -> StripeError:
    """400 for a lookup key that another price has."""
    return refused(f"A price (`{price}`) already uses that lookup key.", "lookup_key")


@error("observed")
def coupon_without_discount() -> StripeError:
    """400 for a coupon without a discount."""
    return bad_request("Must provide percent_off or amount_off.", "parameter_missing")


@error("observed")
def coupon_with_two_discounts() -> StripeError:
    """400 for a coupon with a percentage and an amount."""
    return refused("Received both percent_off and amount_off parameters. Please pass in only one.")


@error("observed")
def coupon_without_currency() -> StripeError:
    """400 for an amount off in no currency."""
    return refused("You must pass currency when passing amount_off", "currency")


@error("observed")
def coupon_without_months() -> StripeError:
    """400 for a coupon that repeats for no number of months."""
    return refused(
        "The duration_in_months param must be set when creating a coupon with a repeating duration", "duration"
    )


@error("observed")
def percent_off_too_small(value: str) -> StripeError:
    """400 for a percentage below 0.01."""
    return refused(f"This value must be greater than or equal to 0.01 (it currently is '{value}').", "percent_off")


@error("by analogy", "with the lower bound")
def percent_off_too_large(value: str) -> StripeError:
    """400 for a percentage above 100."""
    return refused(f"This value must be less than or equal to 100 (it currently is '{value}').", "percent_off")


@error("observed")
def time_in_the_past(param: str, value: int) -> StripeError:
    """400 for a time that must be in the future."""
    return refused(
        f"The parameter `{param}` expects a unix timestamp representing a date and time in the future. You specified "
        f"the value `{value}` which is in the past.",
        param,
    )


@error("observed")
def time_too_far_ahead(param: str) -> StripeError:
    """400 for a time of more than five years ahead."""
    return refused("Invalid timestamp: can be no more than five years in the future.", param)


@error("observed")
def currency_key_not_lowercase(currency: str) -> StripeError:
    """400 for a currency in upper case as the key of a map."""
    return refused(
        f"Currencies must be lowercase when used as keys in a map. Use `{currency.lower()}` instead of `{currency}`.",
        "currency_options",
    )


@error("observed")
def promotion_without_coupon() -> StripeError:
    """400 for a promotion code of no coupon. The parameter has a dot."""
    return refused("You must pass promotion.coupon when passing promotion", "promotion.coupon")


@error("observed")
def promotion_code_used(code: str) -> StripeError:
    """400 for the code of another active promotion code."""
    return refused(f"An active promotion code with `code: {code}` already exists.")


@error("observed")
def promotion_code_malformed(code: str) -> StripeError:
    """400 for a code with other characters than letters, digits, dashes and underscores."""
    return refused(
        f"This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value {code}).",
        "code",
    )


@error("our choice")
def line_without_price(path: str) -> StripeError:
    """400 for a line that names no price and has no data of one."""
    return refused(f"You must specify either `price` or `price_data` in {path}.", path)


@error("observed")
def price_inactive(param: str) -> StripeError:
    """400 for a price that is archived."""
    return refused("The price specified is inactive. This field only accepts active prices.", param)


@error("observed")
def price_not_recurring(param: str) -> StripeError:
    """400 for a one-time price on a subscription."""
    return refused(
        "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.", param
    )


@error("official", "remembered words")
def coupon_expired(coupon: str) -> StripeError:
    """400 for a coupon that is no longer valid."""
    return refused(f"Coupon expired: {coupon}", None, "coupon_expired")


@error("observed")
def url_not_valid(param: str) -> StripeError:
    """400 for a URL without a scheme."""
    return refused("Not a valid URL", param, "url_invalid")


@error("official", words="our choice")
def session_expiry_out_of_range() -> StripeError:
    """400 for a checkout session that ends in less than half an hour, or in more than a day."""
    return refused("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")


@error("observed")
def recurring_price_in_payment(place: int) -> StripeError:
    """400 for a recurring price in a session of mode `payment`."""
    return refused(
        "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
        "one-time prices.",
        f"line_items[{place}]",
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
def same_price_twice(price: str) -> StripeError:
    """400 for two items of one price on a subscription."""
    return refused(
        f"Cannot create a Subscription with multiple Subscription Items with the same Price: {price}", "plan"
    )


@error("observed")
def days_without_invoice() -> StripeError:
    """400 for days until an invoice is due that is not sent."""
    return refused("You can only specify 'days_until_due' if invoice collection method is 'send_invoice'.")


@error("observed")
def pending_if_incomplete_on_create() -> StripeError:
    """400 for a payment behavior that only updates have."""
    return refused(
        "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
        "payment_behavior",
    )


@error("observed")
def trial_from_plan_and_trial() -> StripeError:
    """400 for a trial given twice."""
    return refused("You cannot set `trial_end` or `trial_period_days` when `trial_from_plan=true`.")


@error("observed")
def subscription_canceled() -> StripeError:
    """400 for changing more than the metadata of a canceled subscription."""
    return refused(
        "A canceled subscription can only update its cancellation_details and metadata.",
        None,
        "invalid_canceled_subscription_fields",
    )


@error("observed")
def invalid_subscription_item(item: str) -> StripeError:
    """404 for an unknown item. It has no code."""
    return refused(f"Invalid subscription_item id: {item}", status=404)


@error("inferred", "remembered words")
def quote_not_draft() -> StripeError:
    """400 for changing a quote that is finalized."""
    return refused("You may only update a quote that is in draft.")


@error("observed")
def invoice_not_editable() -> StripeError:
    """400 for the lines and items of an invoice that is no draft."""
    return refused("Invalid invoice: This invoice is no longer editable", None, "invoice_not_editable")


@error("observed")
def invoice_item_attached() -> StripeError:
    """400 for deleting an item of an invoice that is no draft."""
    return refused("Can't delete an invoice item that is attached to an invoice that is no longer editable")


@error("observed")
def invoice_paid_already() -> StripeError:
    """400 for paying a paid invoice."""
    return refused("Invoice is already paid")


@error("observed")
def invoice_paid_not_voidable() -> StripeError:
    """400 for voiding a paid invoice."""
    return refused("Invoices with `paid` payments cannot be voided.")


@error("observed")
def invoice_uncollectible_already() -> StripeError:
    """400 for an invoice that is marked uncollectible again."""
    return refused("This invoice has already been marked uncollectible.")


@error("observed")
def invoice_cannot_be_sent() -> StripeError:
    """400 for sending an invoice that is over."""
    return refused(
        "This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, "
        "so we can help."
    )


@error("observed")
def invoice_not_draft() -> StripeError:
    """400 for deleting an invoice that is no draft."""
    return refused("You can only delete draft invoices.")


@error("observed", "the title of an issue")
def invoice_of_subscription() -> StripeError:
    """400 for deleting the draft of a subscription."""
    return refused("You can't delete invoices created by subscriptions.")


@error("observed")
def finalized_invoice_field(param: str) -> StripeError:
    """400 for a field of a finalized invoice that cannot be updated."""
    return refused("Finalized invoices can't be updated in this way", param)


@error("observed")
def due_date_required() -> StripeError:
    """400 for an invoice that is sent without a time when it is due."""
    return refused("If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.")


@error("observed")
def due_date_without_sending() -> StripeError:
    """400 for a time when an invoice is due that is charged automatically."""
    return refused(
        "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'."
    )


@error("observed", "the end of the message is remembered")
def invoice_without_payment_method() -> StripeError:
    """400 for paying an invoice that has no payment method anywhere."""
    return refused(
        "There is no `default_payment_method` set on the associated Customer, Invoice, or Subscription. Set a default "
        "on one of those objects, or specify the Payment Method you wish to use in the `payment_method` parameter.",
        None,
        "missing",
    )


@error("official", words="inferred")
def no_upcoming_invoice(customer: str) -> StripeError:
    """404 for a preview of nothing."""
    return refused(f"No upcoming invoices for customer: {customer}", None, "invoice_upcoming_none", status=404)


@error("our choice")
def preview_without_customer() -> StripeError:
    """400 for a preview of an invoice without a customer."""
    return refused("You must provide a `customer`, a `subscription`, a `schedule` or `customer_details`.")


@error("our choice")
def payment_record_not_guaranteed(record: str) -> StripeError:
    """400 for attaching a payment record without a guaranteed payment to an invoice."""
    return refused(f"The payment record {record} has no guaranteed payment.", "payment_record")


@error("official", words="our choice")
def credit_note_of_draft() -> StripeError:
    """400 for a credit note of a draft, or of an invoice that is void or uncollectible."""
    return refused("You can only create a credit note for an invoice that is open or paid.", "invoice")


@error("official", words="our choice")
def credit_note_too_large() -> StripeError:
    """400 for a credit note of more than the remaining amount of its invoice."""
    return refused("The amount of the credit note is greater than what is left of the invoice.", "amount")


@error("observed", "once, in pounds")
def credit_note_sums_differ(settled: str, total: str) -> StripeError:
    """400 for the settlement of a paid invoice that is not the amount of its credit note."""
    return refused(
        f"The sum of credit amount, refund amount and out of band amount ({settled}) must equal the credit note amount "
        f"({total})."
    )


@error("observed")
def exclusive_amount_and_quantity(path: str) -> StripeError:
    """400 for a line with an amount and a quantity."""
    return refused("You may only specify one of these parameters: amount, quantity.", f"{path}[amount]")


@error("observed")
def no_such_invoice_item(identifier: str, mode: Literal["test", "live"] = "test") -> StripeError:
    """404 for an unknown invoice item. The message contains the mode."""
    live = str(mode == "live").lower()
    message = f"No such Invoice Item: '{quoted_id(identifier)}'(livemode={live})"
    return StripeError(ErrorBody(404, message, code="resource_missing", param="id", missing=identifier))


@error("inferred", "remembered words")
def subscription_has_schedule(schedule: str) -> StripeError:
    """400 for a schedule of a subscription that has one."""
    return refused(f"You cannot migrate a subscription that is already attached to a schedule: {schedule}")


@error("observed", "the second sentence is remembered")
def schedule_over(action: str, state: str) -> StripeError:
    """400 for an action on a subscription schedule that is over."""
    if action == "update":
        return refused(
            f"You cannot update a subscription schedule that is currently in the `{state}` status. It must be in "
            "not_started, active status to be updated."
        )
    past = {"cancel": "canceled", "release": "released"}.get(action, action)
    return refused(
        f"You cannot {action} a subscription schedule that is currently in the `{state}` status. A subscription "
        f"schedule can only be {past} if it is in `not_started` or `active` status."
    )


@error("official", words="our choice")
def clock_backwards() -> StripeError:
    """400 for a test clock that would not go forward."""
    return refused("The frozen_time must be after the current time of the test clock.", "frozen_time")


@error("observed")
def customer_without_payment_method() -> StripeError:
    """400 for a subscription that charges a customer without a payment method."""
    return bad_request(
        "This customer has no attached payment source or default payment method. Please consider adding a default "
        "payment method. For more information, visit "
        "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
        "resource_missing",
    )


@error("observed", "the status; the words are remembered", code="official")
def invoice_requires_action() -> StripeError:
    """402 for the payment of an invoice that its customer has to authenticate. The attempt is kept."""
    message = (
        "This payment requires additional user action before it can be completed successfully. Payment can be "
        "completed using the PaymentIntent associated with the invoice."
    )
    code = "invoice_payment_intent_requires_action"
    return StripeError(ErrorBody(402, message, "card_error", code, stage=Stage.RUN, changes_stay=True))


@error("observed")
def subscription_requires_action() -> StripeError:
    """402 for a subscription whose first payment must be authenticated, with `error_if_incomplete`."""
    message = (
        "Payment for this subscription requires additional user action, but the requested payment behavior doesn't "
        "save the invoice or PaymentIntent. Retry the request with `payment_behavior=allow_incomplete` or "
        "`payment_behavior=default_incomplete`, then complete the PaymentIntent on the subscription's latest invoice. "
        "Additional information is available here: "
        "https://stripe.com/docs/billing/subscriptions/overview#requires-action"
    )
    code = "subscription_payment_intent_requires_action"
    return StripeError(ErrorBody(402, message, "card_error", code, stage=Stage.RUN, documented=False))


@error("official", words="our choice")
def credit_note_without_payment() -> StripeError:
    """400 for a refund of an invoice that no payment of Stripe has paid."""
    return refused("The invoice has no payment that can be refunded.", "refund_amount")


@error("observed", "in 2023")
def currencies_combined(currency: str) -> StripeError:
    """400 for a subscription in another currency than its customer's."""
    return refused(
        "You cannot combine currencies on a single customer. This customer has an active subscription, subscription "
        f"schedule, discount, quote, or invoice item with currency {currency}."
    )


@error("observed", "for intervals")
def plans_differ(field: str) -> StripeError:
    """400 for prices that one subscription cannot have together."""
    return refused(
        "Currency and interval fields must match across all plans on this subscription. Found mismatch in "
        f"{field} field."
    )


@error("official", words="our choice")
def interval_too_long(interval: str, most: int) -> StripeError:
    """400 for a recurring price whose period is longer than three years."""
    return refused(
        f"The interval_count must be from 1 to {most} for the interval {interval}.", "recurring[interval_count]"
    )


@error("official", words="our choice")
def trial_too_long() -> StripeError:
    """400 for a trial of more than two years."""
    return refused("The trial_period_days must be from 1 to 730.", "trial_period_days")


@error("official", words="our choice")
def percentage_out_of_range() -> StripeError:
    """400 for a tax rate below nothing or above a hundred percent."""
    return refused("The percentage must be from 0 to 100.", "percentage")


@error("inferred", "remembered words")
def no_discount(holder: str, identifier: str) -> StripeError:
    """404 for the discount of a customer or a subscription that has none."""
    message = f"No active discount for {holder}: {quoted_id(identifier)}"
    return StripeError(ErrorBody(404, message, code="resource_missing", missing=identifier))
