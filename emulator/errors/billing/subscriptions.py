"""Errors of subscriptions."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, Stage, StripeError, bad_request, refused
from emulator.errors.base.registry import error


@error("observed")
def subscription_not_paused() -> StripeError:
    """400 for resuming a subscription that is not paused."""
    return refused("You can only resume a subscription if it is `paused`.")


@error("observed", "for `quantity`")
def items_and(name: str) -> StripeError:
    """400 for items beside `plan` or `quantity`."""
    return refused(f"Received both items and {name} parameters. Please pass in only one.")


@error("our choice")
def several_items(name: str) -> StripeError:
    """400 for `plan` or `quantity` of a subscription with several items."""
    return refused(
        f"You can only pass in {name} for a subscription with one item. Please pass in items instead.", param=name
    )


@error("observed")
def same_price_twice(price: str) -> StripeError:
    """400 for two items of one price on a subscription."""
    return refused(
        f"Cannot create a Subscription with multiple Subscription Items with the same Price: {price}", param="plan"
    )


@error("observed")
def days_without_invoice() -> StripeError:
    """400 for days until an invoice is due that is not sent."""
    return refused("You can only specify 'days_until_due' if invoice collection method is 'send_invoice'.")


@error("by analogy", "with invoices")
def days_until_due_required() -> StripeError:
    """400 for a subscription whose invoices are sent without a time when they are due."""
    return refused("If invoice collection method is 'send_invoice', you must specify 'days_until_due'.")


@error("observed")
def pending_if_incomplete_on_create() -> StripeError:
    """400 for a payment behavior that only updates have."""
    return refused(
        "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
        param="payment_behavior",
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
        code="invalid_canceled_subscription_fields",
    )


@error("observed")
def invalid_subscription_item(item: str) -> StripeError:
    """404 for an unknown item. It has no code."""
    return refused(f"Invalid subscription_item id: {item}", status=404)


@error("observed")
def customer_without_payment_method() -> StripeError:
    """400 for a subscription that charges a customer without a payment method."""
    return bad_request(
        "This customer has no attached payment source or default payment method. Please consider adding a default "
        "payment method. For more information, visit "
        "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
        code="resource_missing",
    )


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


@error("observed", words="our choice")
def subscription_incomplete() -> StripeError:
    """400 for changing more than a few fields of a subscription whose first payment is open."""
    return refused(
        "An incomplete subscription can only update its default_payment_method, description and metadata until its "
        "first invoice is paid."
    )


@error("observed")
def subscription_of_schedule(schedule: str) -> StripeError:
    """400 for canceling a subscription whose schedule decides that."""
    return refused(
        f"The subscription is managed by the subscription schedule `{schedule}`, and updating any cancelation behavior "
        "directly is not allowed. Please update the schedule instead."
    )


@error("inferred", "remembered words")
def subscription_without_items() -> StripeError:
    """400 for removing the last item of a subscription."""
    return refused(
        "A subscription must have at least one active plan. To cancel this subscription, please use the cancel "
        "subscription endpoint.",
        param="items",
    )


@error("official", words="our choice")
def too_many_subscription_items(most: int) -> StripeError:
    """400 for more items than a subscription can have."""
    return refused(f"A subscription can have at most {most} items.", param="items")


@error("official", words="our choice")
def pending_update_unsupported(param: str) -> StripeError:
    """400 for a parameter that cannot wait for a payment."""
    return refused(f"You cannot pass `{param}` when `payment_behavior` is `pending_if_incomplete`.", param=param)


@error("official", words="our choice")
def proration_date_outside() -> StripeError:
    """400 for a moment of prorations outside of the current periods."""
    return refused("`proration_date` must be within the current period of the subscription.", param="proration_date")


@error("inferred", "remembered words")
def anchor_too_late(latest: int) -> StripeError:
    """400 for an anchor after the end of the first period."""
    return refused(
        f"billing_cycle_anchor cannot be later than next natural billing date ({latest}) for plan",
        param="billing_cycle_anchor",
    )


@error("official", words="our choice")
def backdate_in_the_future() -> StripeError:
    """400 for a start of a subscription that is not past."""
    return refused("`backdate_start_date` must be in the past.", param="backdate_start_date")


@error("by analogy", "with one-time prices in items")
def price_recurring(param: str) -> StripeError:
    """400 for a recurring price where only one-time prices are accepted."""
    return refused(
        "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
        param=param,
    )


@error("observed")
def usage_record_too_early() -> StripeError:
    """400 for a usage record before the present period of its subscription."""
    return refused(
        "Cannot create the usage record with this timestamp because timestamps must be after the subscription's last "
        "invoice period (or current period start time).",
        param="timestamp",
    )


@error("official", words="our choice")
def usage_record_in_future() -> StripeError:
    """400 for a usage record more than five minutes ahead."""
    return refused(
        "Cannot create the usage record with this timestamp because timestamps must not be in the future.",
        param="timestamp",
    )


@error("observed")
def usage_record_of_canceled_subscription() -> StripeError:
    """400 for a usage record of a subscription that has ended."""
    return refused("Cannot create the usage record because the subscription has been canceled.")


@error("observed")
def usage_record_of_meter(item: str) -> StripeError:
    """400 for a usage record of an item whose price has a meter."""
    return refused(
        f"Cannot create a usage record for `{item}` because it is not on the legacy metered billing system. Call "
        "/v1/billing/meter_events instead."
    )


@error("our choice")
def usage_record_of_licensed_price(item: str) -> StripeError:
    """400 for a usage record of an item that is not metered."""
    return refused(f"Cannot create a usage record for `{item}` because its usage_type is not `metered`.")


@error("our choice")
def aggregate_usage_of_licensed_price() -> StripeError:
    """400 for `aggregate_usage` of a price that is not metered."""
    return refused("`aggregate_usage` can only be set for prices with usage_type `metered`.", param="aggregate_usage")


@error("observed")
def usage_not_cleared(item: str) -> StripeError:
    """400 for removing an item that usage records bill without clearing them."""
    return refused(
        f"When deleting the subscription item {item} with a metered plan, all related usage records must be cleared "
        "too by setting `clear_usage=true`."
    )
