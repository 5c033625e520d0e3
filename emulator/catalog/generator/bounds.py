"""The bounds of numbers and of arrays in requests, which Stripe's document has in its texts alone, or not at all.

A parameter is named by the end of its path, with dots, so that all operations that have it have its bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.catalog.format import Fields, Node, bare

CENTURY = 36_500
# The greatest share is observed for the fee of a subscription, the others are inferred from the texts of the document.
BOUNDS: Mapping[str, str] = {
    "application_fee": "0..",
    "application_fee_amount": "0..",
    "application_fee_percent": "0..100",
    "transfer_data.amount": "0..",
    "transfer_data.amount_percent": "0..100",
    "destination.amount": "0..",
    "trial_period_days": "0..730",
    "days_until_due": f"0..{CENTURY}",  # the greatest is our choice
    "items.quantity": "0..",
    "add_invoice_items.quantity": "0..",
    "next_invoice_sequence": "1..999999999",  # the greatest is our choice
    # The most elements of arrays. Those without a comment are official.
    "add_invoice_items": "..20",
    "custom_fields": "..4",
    "discounts": "..20",  # official for those of subscriptions and invoices, by analogy for others
    "invoice_data.custom_fields": "..4",
    "invoice_items": "..250",
    "lines": "..250",  # inferred: those of an invoice
    "lookup_keys": "..10",
    "optional_items": "..10",
    "tax_amounts": "..10",
    "tiers": "..100",  # our choice
}
# The same for one operation: these names have other meanings elsewhere.
OF_OPERATIONS: Mapping[str, Mapping[str, str]] = {
    "GetCreditNotesPreview GetCreditNotesPreviewLines PostCreditNotes": {
        "amount": "0..",
        "amount_refunded": "0..",
        "credit_amount": "0..",
        "out_of_band_amount": "0..",
        "quantity": "0..",
        "refund_amount": "0..",
        "unit_amount": "0..",
    },
    """PostInvoiceitems PostInvoiceitemsInvoiceitem PostInvoicesInvoiceAddLines PostInvoicesInvoiceLinesLineItemId
    PostInvoicesInvoiceUpdateLines""": {"quantity": "0.."},  # official
    "PostQuotes PostQuotesQuote": {"quantity": "0..", "line_items": "..250"},  # our choice: those of an invoice
    "PostCheckoutSessions PostPaymentLinks PostPaymentLinksPaymentLink": {
        "trial_period_days": "1..730",  # official
        "custom_fields": "..3",
    },
    "PostCheckoutSessions": {"line_items": "..100"},
    "PostBillingPortalSessions PostCheckoutSessions": {"discounts": "..1"},
    "PostPaymentLinks PostPaymentLinksPaymentLink": {"line_items": "..20"},
    "PostProducts PostProductsId": {"images": "..8", "marketing_features": "..15"},
    "GetEvents": {"types": "..20"},
    "PostCoupons": {"percent_off": "0.01..100"},  # observed
}
NUMBERS = ("integer", "number")
# Times, by their whole path, that are refused with words of their own.
ANY_TIMES = ("tos_acceptance.date",)


def bounded(operation_id: str, params: Fields) -> Fields:
    """The parameters of an operation, with the bounds of their numbers, and on v1 of their arrays."""
    bounds = dict(BOUNDS)
    for names, own in OF_OPERATIONS.items():
        bounds |= own if operation_id in names.split() else {}
    if "V2" in operation_id:
        bounds = {name: bound for name, bound in bounds.items() if not bound.startswith("..")}
    return _hash(params, bounds, ())


def _hash(fields: Fields, bounds: Mapping[str, str], path: tuple[str, ...]) -> Fields:
    return {key: _node(node, bounds, (*path, bare(key))) for key, node in fields.items()}


def _node(node: Node, bounds: Mapping[str, str], path: tuple[str, ...]) -> Node:
    if isinstance(node, list):
        found = _bound(bounds, path)
        return [*(_node(child, bounds, path) for child in node), *([found] if found else [])]
    if isinstance(node, dict):
        alternatives = "|" in node or "*" in node
        return {key: _node(child, bounds, path if alternatives else (*path, bare(key))) for key, child in node.items()}
    found = _bound(bounds, path)
    if node == "timestamp" and ".".join(path) in ANY_TIMES:
        return "timestamp any"
    return f"{node} {found}" if found and node in NUMBERS else node


def _bound(bounds: Mapping[str, str], path: tuple[str, ...]) -> str | None:
    return next((bounds[name] for name in _endings(path) if name in bounds), None)


def _endings(path: tuple[str, ...]) -> Iterator[str]:
    """The ends of a path, the longest first."""
    return (".".join(path[place:]) for place in range(len(path)))
