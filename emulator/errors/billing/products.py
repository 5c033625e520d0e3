"""Errors of products, prices, coupons and promotion codes."""

from __future__ import annotations

from emulator.errors.base.body import ErrorBody, StripeError, bad_request, refused
from emulator.errors.base.registry import error
from emulator.errors.base.wording import quoted_id


@error("observed", "the words")
def plan_without_amount() -> StripeError:
    """400 for a plan without an amount and without tiers."""
    return refused("Plans require an `amount` parameter to be set.")


@error("observed")
def product_with_prices() -> StripeError:
    """400 for deleting a product that has prices, archived ones included."""
    return refused("This product cannot be deleted because it has one or more user-created prices.")


@error("official", words="our choice")
def default_price_of_another_product(price: str) -> StripeError:
    """400 for a default price that belongs to another product."""
    return refused(f"The price {price} does not belong to this product.", param="default_price")


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
    return refused("Prices with `type=one_time` are not supported with tiered billing.", param="interval")


@error("observed")
def metered_price_without_meter() -> StripeError:
    """400 for a metered price that counts no meter."""
    return refused("Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.")


@error("observed")
def lookup_key_used(price: str) -> StripeError:
    """400 for a lookup key that another price has."""
    return refused(f"A price (`{price}`) already uses that lookup key.", param="lookup_key")


@error("observed")
def coupon_without_discount() -> StripeError:
    """400 for a coupon without a discount."""
    return bad_request("Must provide percent_off or amount_off.", code="parameter_missing")


@error("observed")
def coupon_with_two_discounts() -> StripeError:
    """400 for a coupon with a percentage and an amount."""
    return refused("Received both percent_off and amount_off parameters. Please pass in only one.")


@error("observed")
def coupon_without_currency() -> StripeError:
    """400 for an amount off in no currency."""
    return refused("You must pass currency when passing amount_off", param="currency")


@error("observed")
def coupon_without_months() -> StripeError:
    """400 for a coupon that repeats for no number of months."""
    return refused(
        "The duration_in_months param must be set when creating a coupon with a repeating duration", param="duration"
    )


@error("observed")
def time_in_the_past(param: str, value: int) -> StripeError:
    """400 for a time that must be in the future."""
    return refused(
        f"The parameter `{param}` expects a unix timestamp representing a date and time in the future. You specified "
        f"the value `{value}` which is in the past.",
        param=param,
    )


@error("observed")
def time_too_far_ahead(param: str) -> StripeError:
    """400 for a time of more than five years ahead."""
    return refused("Invalid timestamp: can be no more than five years in the future.", param=param)


@error("observed")
def currency_key_not_lowercase(currency: str) -> StripeError:
    """400 for a currency in upper case as the key of a map."""
    return refused(
        f"Currencies must be lowercase when used as keys in a map. Use `{currency.lower()}` instead of `{currency}`.",
        param="currency_options",
    )


@error("observed")
def promotion_without_coupon() -> StripeError:
    """400 for a promotion code of no coupon. The parameter has a dot."""
    return refused("You must pass promotion.coupon when passing promotion", param="promotion.coupon")


@error("observed")
def promotion_code_used(code: str) -> StripeError:
    """400 for the code of another active promotion code."""
    return refused(f"An active promotion code with `code: {code}` already exists.")


@error("observed")
def promotion_code_malformed(code: str) -> StripeError:
    """400 for a code with other characters than letters, digits, dashes and underscores."""
    return refused(
        f"This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value {code}).",
        param="code",
    )


@error("our choice")
def line_without_price(path: str) -> StripeError:
    """400 for a line that names no price and has no data of one."""
    place = f" in {path}" if path else ""
    return refused(f"You must specify either `price` or `price_data`{place}.", param=path or None)


@error("observed")
def price_inactive(param: str) -> StripeError:
    """400 for a price that is archived."""
    return refused("The price specified is inactive. This field only accepts active prices.", param=param)


@error("observed")
def price_not_recurring(param: str) -> StripeError:
    """400 for a one-time price on a subscription."""
    return refused(
        "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
        param=param,
    )


@error("official", "remembered words")
def coupon_expired(coupon: str) -> StripeError:
    """400 for a coupon that is no longer valid."""
    return refused(f"Coupon expired: {coupon}", code="coupon_expired")


@error("official", words="our choice")
def interval_too_long(interval: str, most: int) -> StripeError:
    """400 for a recurring price whose period is longer than three years."""
    return refused(
        f"The interval_count must be from 1 to {most} for the interval {interval}.", param="recurring[interval_count]"
    )


@error("official", words="our choice")
def percentage_out_of_range() -> StripeError:
    """400 for a tax rate below nothing or above a hundred percent."""
    return refused("The percentage must be from 0 to 100.", param="percentage")


@error("inferred", "remembered words")
def no_discount(holder: str, identifier: str) -> StripeError:
    """404 for the discount of a customer or a subscription that has none."""
    message = f"No active discount for {holder}: {quoted_id(identifier)}"
    return StripeError(ErrorBody(404, message, code="resource_missing", missing=identifier))


@error("observed", "in 2025")
def price_currency_differs(price: str, wanted: str) -> StripeError:
    """400 for a price that has no amount in the currency that is charged."""
    return refused(f"The currency of the selected prices ({price}) does not match the customer currency ({wanted}).")


@error("official", words="our choice")
def meter_of_licensed_price() -> StripeError:
    """400 for a price with a meter that is not charged by usage."""
    return refused("A price with a meter must have `usage_type=metered`.", param="recurring[meter]")


@error("official", words="our choice")
def tiers_of_price_per_unit() -> StripeError:
    """400 for tiers of a price that is charged per unit."""
    return refused("You can only pass `tiers` when `billing_scheme=tiered`.", param="tiers")


@error("official", words="our choice")
def last_tier_ends() -> StripeError:
    """400 for tiers without an amount beyond the last of them."""
    return refused("The last of the `tiers` must have `up_to=inf`.", param="tiers")


@error("official", words="our choice")
def tiers_not_ascending() -> StripeError:
    """400 for tiers whose upper bounds do not rise."""
    return refused("The `up_to` of each of the `tiers` must be greater than that of the one before it.", param="tiers")


@error("official", words="our choice")
def tax_behavior_is_known() -> StripeError:
    """400 for another tax behavior of a price that has one."""
    return refused(
        "You cannot change the `tax_behavior` of a price once it is `inclusive` or `exclusive`.", param="tax_behavior"
    )


@error("by analogy", "with the currency of prices")
def coupon_currency_differs(coupon: str, wanted: str) -> StripeError:
    """400 for a coupon that has no amount in the currency of a purchase."""
    return refused(f"The currency of the coupon ({coupon}) does not match the currency of the purchase ({wanted}).")


def _not_redeemable(reason: str, param: str, code: str | None = None) -> StripeError:
    return refused(f"This promotion code cannot be redeemed because {reason}.", param=param, code=code)


@error("official", words="by analogy")
def promotion_code_inactive(param: str) -> StripeError:
    """400 for redeeming a promotion code that is archived, expired or used up."""
    return _not_redeemable("it is not active", param)


@error("official", words="by analogy")
def promotion_code_of_another_customer(param: str) -> StripeError:
    """400 for redeeming the promotion code of another customer."""
    return _not_redeemable("it is restricted to another customer", param)


@error("observed")
def promotion_code_not_first_time(param: str) -> StripeError:
    """400 for redeeming a promotion code for new customers on an older one."""
    reason = "the associated customer has prior transactions"
    return _not_redeemable(reason, param, "promotion_code_customer_not_first_time")


@error("observed", "without its parameter")
def promotion_code_below_minimum(param: str) -> StripeError:
    """400 for redeeming a promotion code on too small a purchase."""
    return _not_redeemable("the associated purchase does not meet the minimum amount requirement", param)


@error("observed", "once, without its parameter")
def promotion_code_of_other_products(param: str) -> StripeError:
    """400 for redeeming a promotion code whose coupon is for other products."""
    return _not_redeemable("the associated coupon is not valid for any of the items", param)


@error("official", words="our choice")
def feature_key_used(key: str) -> StripeError:
    """400 for the lookup key of another feature."""
    return refused(f"A feature with the lookup key {key} already exists.", param="lookup_key")


@error("official", words="our choice")
def feature_archived() -> StripeError:
    """400 for giving an archived feature to a product."""
    return refused("An archived feature cannot be attached to a product.", param="entitlement_feature")


@error("our choice")
def feature_attached(feature: str) -> StripeError:
    """400 for giving a product a feature that it has."""
    return refused(f"The feature {feature} is already attached to this product.", param="entitlement_feature")


@error("official", words="our choice")
def credit_grant_ended(grant: str, state: str) -> StripeError:
    """400 for ending a credit grant that has ended."""
    return refused(f"The credit grant {grant} is already {state}.")


@error("official", words="our choice")
def credit_grant_applied(grant: str) -> StripeError:
    """400 for voiding a credit grant that has paid for something."""
    return refused(f"The credit grant {grant} cannot be voided because it has been applied to an invoice.")


@error("inferred", "remembered words")
def quantity_of_metered_price(path: str) -> StripeError:
    """400 for a quantity of a price that is charged by usage."""
    message = "Quantity should not be specified where usage_type is `metered`."
    return refused(
        f"{message} Remove quantity from `{path}`" if path else message,
        param=f"{path}[quantity]" if path else "quantity",
    )


@error("inferred", "remembered words")
def default_price_not_archivable() -> StripeError:
    """400 for archiving the default price of a product."""
    return refused("This price cannot be archived because it is the default price of its product.")


@error("official", words="our choice")
def promotion_code_exceeds_coupon(name: str, bound: str) -> StripeError:
    """400 for a promotion code that allows more than its coupon."""
    return refused(f"The `{name}` of a promotion code cannot be greater than the `{bound}` of its coupon.", param=name)
