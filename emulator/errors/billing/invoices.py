"""Errors of invoices, their items and credit notes."""

from __future__ import annotations

from typing import Literal

from emulator.errors.base.body import ErrorBody, Stage, StripeError, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed")
def invoice_finalized() -> StripeError:
    """400 for an invoice that is finalized again."""
    return refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.")


@error("official", words="our choice")
def too_many_lines(most: int) -> StripeError:
    """400 for more lines than an invoice can have."""
    return refused(f"An invoice can have at most {most} line items.")


@error("observed")
def nothing_to_invoice(name: Literal["customer", "subscription"]) -> StripeError:
    """400 for a draft without pending items, before 2022-08-01."""
    return refused(f"Nothing to invoice for {name}", code=f"invoice_no_{name}_line_items", param=name)


@error("observed")
def invoice_not_open() -> StripeError:
    """400 for an action on an invoice that only open ones allow."""
    return refused("You can only pass in open invoices. This invoice isn't open.")


@error("observed")
def invoice_not_editable() -> StripeError:
    """400 for the lines and items of an invoice that is no draft."""
    return refused("Invalid invoice: This invoice is no longer editable", code="invoice_not_editable")


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
    return refused("Finalized invoices can't be updated in this way", param=param)


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
        code="missing",
    )


@error("official", words="inferred")
def no_upcoming_invoice(customer: str) -> StripeError:
    """404 for a preview of nothing."""
    return refused(f"No upcoming invoices for customer: {customer}", code="invoice_upcoming_none", status=404)


@error("observed", "the words")
def preview_of_no_subscription() -> StripeError:
    """400 for a preview with a date of prorations, and no subscription that they would be of."""
    return refused(
        "When previewing changes to a subscription, you must specify either `subscription` or `subscription_items`"
    )


@error("our choice")
def preview_without_customer() -> StripeError:
    """400 for a preview of an invoice without a customer."""
    return refused("You must provide a `customer`, a `subscription`, a `schedule` or `customer_details`.")


@error("our choice")
def payment_record_not_guaranteed(record: str) -> StripeError:
    """400 for attaching a payment record without a guaranteed payment to an invoice."""
    return refused(f"The payment record {record} has no guaranteed payment.", param="payment_record")


@error("official", words="our choice")
def credit_note_of_draft() -> StripeError:
    """400 for a credit note of a draft, or of an invoice that is void or uncollectible."""
    return refused("You can only create a credit note for an invoice that is open or paid.", param="invoice")


@error("official", words="our choice")
def credit_note_too_large() -> StripeError:
    """400 for a credit note of more than the remaining amount of its invoice."""
    return refused("The amount of the credit note is greater than what is left of the invoice.", param="amount")


@error("observed", "once, in pounds")
def credit_note_sums_differ(settled: str, total: str) -> StripeError:
    """400 for the settlement of a paid invoice that is not the amount of its credit note."""
    return refused(
        f"The sum of credit amount, refund amount and out of band amount ({settled}) must equal the credit note amount "
        f"({total})."
    )


@error("observed")
def exclusive_amount_and_quantity(path: str) -> StripeError:
    """400 for a line with an amount and a quantity: among the lines of a request, or of a request of its own."""
    param = f"{path}[amount]" if path else "amount"
    return refused("You may only specify one of these parameters: amount, quantity.", param=param)


@error("observed")
def no_such_invoice_item(identifier: str, mode: Literal["test", "live"] = "test") -> StripeError:
    """404 for an unknown invoice item. The message contains the mode."""
    live = str(mode == "live").lower()
    message = f"No such Invoice Item: '{quoted_id(identifier)}'(livemode={live})"
    return StripeError(ErrorBody(404, message, code="resource_missing", param="id", missing=identifier))


@error("observed", "the words", code="official")
def customer_tax_location_invalid() -> StripeError:
    """400 for automatic tax of a customer whose place is not known."""
    return refused(
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate "
        "tax.",
        code="customer_tax_location_invalid",
    )


@error("observed")
def customer_without_email() -> StripeError:
    """400 for an invoice that is sent to a customer without an email."""
    return refused(
        "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid "
        "email."
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


@error("official", words="our choice")
def credit_note_without_payment() -> StripeError:
    """400 for a refund of an invoice that no payment of Stripe has paid."""
    return refused("The invoice has no payment that can be refunded.", param="refund_amount")


@error("observed")
def invoice_item_deleted() -> StripeError:
    """400 for changing an item of an invoice that was deleted."""
    return refused("This invoice item has been deleted.")


@error("observed")
def recurring_price_of_item() -> StripeError:
    """400 for an invoice item of a recurring price."""
    return refused(
        "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.",
        param="price",
    )


@error("official", words="our choice")
def payment_of_another_currency(currency: str, expected: str) -> StripeError:
    """400 for attaching a payment in another currency than the invoice's."""
    return refused(
        f"The payment is in {currency}, but the invoice is in {expected}.",
        param="payment_intent",
    )


@error("official", words="our choice")
def payment_not_attachable(identifier: str) -> StripeError:
    """400 for attaching a payment that is canceled, or that pays an invoice already."""
    return refused(f"The payment intent {identifier} cannot be attached to this invoice.", param="payment_intent")


@error("official", words="our choice")
def credit_note_line_too_large(param: str) -> StripeError:
    """400 for crediting more of a line than its amount."""
    return refused("The amount to credit is greater than the amount of the invoice line item.", param=param)


@error("observed", "once")
def credit_note_not_voidable() -> StripeError:
    """400 for voiding a credit note of an invoice that is not open, or one that has given something back."""
    return refused("You can only void a credit note if the associated invoice is open.")


@error("observed")
def invoice_currencies_differ(items: str, invoice: str) -> StripeError:
    """400 for an item in another currency than its invoice. There is no parameter."""
    return refused(
        f"You cannot combine currencies on a single invoice. This invoice has invoice items currency {items} that "
        f"conflicts with the invoice currency {invoice}."
    )


@error("observed", "several times, before 2026")
def invoice_not_sent_manually() -> StripeError:
    """400 for sending an invoice that is charged automatically."""
    return refused("You can only manually send an invoice if its collection method is 'send_invoice'.")


@error("observed", "in 2021")
def upcoming_without_customer() -> StripeError:
    """400 for the upcoming invoice of nobody, in versions before basil."""
    return refused(
        "You must either provide a `customer` or a `subscription` to the upcoming invoice endpoint.",
    )
