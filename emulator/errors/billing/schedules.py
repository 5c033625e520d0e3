"""Errors of subscription schedules, quotes and test clocks."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, refused
from emulator.errors.base.registry import error


@error("inferred", "remembered words")
def quote_not_draft() -> StripeError:
    """400 for changing a quote that is finalized."""
    return refused("You may only update a quote that is in draft.")


@error("official", words="our choice")
def quote_without_customer() -> StripeError:
    """400 for finalizing a quote of nobody."""
    return refused("A customer is required to finalize a quote.", param="customer")


@error("our choice")
def quote_without_lines() -> StripeError:
    """400 for finalizing a quote of nothing."""
    return refused("A quote must have at least one line item to be finalized.", param="line_items")


@error("official", words="our choice")
def quote_customer_fixed() -> StripeError:
    """400 for giving a quote another customer."""
    return refused("The customer of a quote cannot be changed.", param="customer")


@error("official", "the words of the description")
def quote_fee_amount() -> StripeError:
    """400 for an application fee by amount on a quote that recurs."""
    return refused(
        "There cannot be any line items with recurring prices when using this field.", param="application_fee_amount"
    )


@error("official", "the words of the description")
def quote_fee_percent() -> StripeError:
    """400 for an application fee by percentage on a quote that does not recur."""
    return refused(
        "There must be at least 1 line item with a recurring price to use this field.", param="application_fee_percent"
    )


@error("official", words="our choice")
def quote_not_revisable() -> StripeError:
    """400 for revising a quote that is not open."""
    return refused("You can only revise a quote that is open.", param="from_quote[quote]")


@error("official", words="our choice")
def quote_without_pdf() -> StripeError:
    """400 for the PDF of a quote that is not finalized."""
    return refused("You can only download the PDF of a quote that has been finalized.")


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


@error("observed")
def with_from_subscription(name: str) -> StripeError:
    """400 for any other parameter of a schedule that is made from a subscription."""
    return refused(f"You cannot set `{name}` if `from_subscription` is set.")


@error("our choice")
def schedule_of_ended_subscription(state: str) -> StripeError:
    """400 for a schedule of a subscription that has ended."""
    return refused(f"You cannot migrate a subscription that has a status of {state}.", param="from_subscription")


@error("official", words="our choice")
def too_many_phases(most: int) -> StripeError:
    """400 for a schedule with too many phases."""
    return refused(f"A subscription schedule can have at most {most} current and future phases.", param="phases")


@error("our choice")
def phase_without_time(param: str) -> StripeError:
    """400 for a phase that ends before it begins, or before now."""
    return refused("A phase must end after its start date, and after now.", param=param)


@error("our choice")
def phases_apart(param: str) -> StripeError:
    """400 for a phase that does not begin when the one before it ends."""
    return refused("A phase must start when the previous phase ends.", param=param)


@error("observed")
def schedule_without_anchor() -> StripeError:
    """400 for new phases of which none says when it begins."""
    return refused(
        "The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.",
        param="phases",
    )


@error("observed")
def phase_over() -> StripeError:
    """400 for changing a phase that is over."""
    return refused("You can not update a phase that has already ended.")


@error("observed")
def phase_start_fixed() -> StripeError:
    """400 for another start of the current phase."""
    return refused("You can not modify the start date of the current phase.")


@error("official", words="our choice")
def clock_backwards() -> StripeError:
    """400 for a test clock that would not go forward."""
    return refused("The frozen_time must be after the test clock's current frozen time.", param="frozen_time")


@error("official", words="our choice")
def clock_too_far(*, alone: bool) -> StripeError:
    """400 for a test clock that would go further than the shortest subscription on it allows."""
    most = (
        "two years in the future, as there are no subscriptions in this test clock."
        if alone
        else "two intervals in the future from the shortest subscription in this test clock."
    )
    return refused(f"The frozen_time cannot be more than {most}", param="frozen_time")


@error("our choice")
def clock_not_ready(clock: str, state: str) -> StripeError:
    """400 for advancing a test clock that is being advanced, or that has failed."""
    return refused(f"The test clock {clock} cannot be advanced, because its status is {state}.")


@error("official", words="our choice")
def clock_full(clock: str, most: int, kind: str) -> StripeError:
    """400 for one customer or quote more than a test clock takes."""
    return refused(f"The test clock {clock} already has {most} {kind}.", param="test_clock")


@error("our choice")
def clock_of_another_customer(clock: str) -> StripeError:
    """400 for a test clock that the customer of a quote is not on."""
    return refused(f"The customer is not on the test clock {clock}.", param="test_clock")


@error("official", words="our choice")
def clock_customer_full(clock: str, most: int) -> StripeError:
    """400 for one subscription more than a customer on a test clock can have."""
    return refused(f"A customer on the test clock {clock} can have at most {most} subscriptions.", param="customer")


@error("official", words="our choice")
def clock_in_live_mode() -> StripeError:
    """400 for a test clock of a live key."""
    return refused("Test clocks can only be used in test mode.")
