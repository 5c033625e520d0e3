"""The usage of metered items: the lines of a period that has ended."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.model.declaration.endpoint import Scope
from emulator.model.declaration.resource import Fields
from emulator.resources.billing.invoices import lines
from emulator.resources.billing.subscriptions.base.items import is_metered, period_of, priced, with_charged_price
from emulator.resources.billing.usage.meter_values import usage
from emulator.schema.trees import hash_in


def usage_lines(scope: Scope, items: Iterable[Fields]) -> list[Fields]:
    """The lines of metered items for the period that they are in, up to now where that has not ended.

    What was reported in the second of now counts, as nothing else bills it.
    """
    return [_line(scope, item) for item in items if is_metered(hash_in(item, "price"))]


def _line(scope: Scope, item: Fields) -> Fields:
    start, end = period_of(item)
    price, whole = priced(scope, item), with_charged_price(scope, item)
    period, unit = {"end": end, "start": start}, price.get("unit_amount_decimal")
    line = lines.of_subscription_amount(scope, whole, period, 0, description="", unit=unit)
    return lines.with_usage(scope, line, price, usage(scope, item, start, min(end, scope.now + 1)))
