"""Parameters and values of the SDKs that are newer than the document: refused by their names as not emulated.

Source: the types of the parameters of stripe-node 23.1, of the version 2026-10-28. A path ends in a parameter, or in
`=` and values of one; `[]` stands for the elements of an array.
"""

from __future__ import annotations

from collections.abc import Iterator

from emulator.catalog.format import Fields, Node

_INTENTS = (
    "PostPaymentIntents PostPaymentIntentsIntent PostPaymentIntentsIntentConfirm "
    "PostSetupIntents PostSetupIntentsIntent PostSetupIntentsIntentConfirm"
)
_PAYMENTS, _SETUPS = (" ".join(_INTENTS.split()[start : start + 3]) for start in (0, 3))
_CHECKOUT = "PostCheckoutSessions"
_LINKS = "PostPaymentLinks PostPaymentLinksPaymentLink"
_LINK = "PostPaymentLinksPaymentLink"
_SUBSCRIPTIONS = "PostSubscriptions PostSubscriptionsSubscriptionExposedId"
_INVOICES = "PostInvoices PostInvoicesInvoice"
_SCHEDULES = "PostSubscriptionSchedules PostSubscriptionSchedulesSchedule"
_LINES = "PostInvoicesInvoiceAddLines PostInvoicesInvoiceUpdateLines"
_CONFIGURATIONS = "PostPaymentMethodConfigurations PostPaymentMethodConfigurationsConfiguration"
_ACCOUNTS = "PostAccounts PostAccountsAccount"
_V2_ACCOUNTS = "PostV2CoreAccounts PostV2CoreAccountsId"
_ADDRESSES = "administrative_address physical_address principal_place_of_business"
_FOOTERS = "custom_fields description footer"
_TAX_TYPES = (
    "=admissions_tax|attendance_tax|digital_excise_tax|entertainment_tax|get_fund|gross_receipts_tax|hospitality_tax"
    "|luxury_tax|mass_transit_parking_tax|nhil|parking_tax|resort_tax|tourism_tax|utility_users_tax"
)
_US_TAXES = (
    "admissions_tax attendance_tax entertainment_tax gross_receipts_tax hospitality_tax luxury_tax "
    "mass_transit_parking_tax parking_tax resort_tax tourism_tax utility_users_tax"
)
_TAX_IDS = (
    "type=au_acn|au_wpn|bw_vat|ci_vat|cz_dic|fr_siren|fr_siret|fr_spi|gh_tin|ic_nif|is_kt|md_cf|mu_vat|mz_nuit|nz_bn"
    "|pt_nif|sm_coe|tt_bir|tt_vat"
)
_BANKS = "bank=bnp_paribas|citibank|mbsb_bank"


def _in(place: str, names: str) -> str:
    """Names in a hash, as paths."""
    return " ".join(f"{place}.{name}" for name in names.split())


GAPS: tuple[tuple[str, str], ...] = (
    # Accounts and their components.
    (
        _ACCOUNTS,
        "business_profile.specified_commercial_transactions_act_url documents.proof_of_business_presence "
        + _in("capabilities", "blik_recurring_payments paypay_payments sequra_payments wero_payments ")
        + f" {_in('company', _ADDRESSES)} settings.paypay_payments settings.sepa_debit_payments",
    ),
    ("PostTokens", _in("account.company", _ADDRESSES)),
    ("PostAccountsAccountReject", "payouts_action"),
    (
        _V2_ACCOUNTS,
        _in(
            "configuration.merchant.capabilities",
            "blik_recurring_payments satispay_payments sequra_payments sunbit_payments",
        )
        + " configuration.merchant.sepa_debit_payments configuration.recipient.capabilities.cards"
        " configuration.recipient.capabilities.bank_accounts"
        " identity.business_details.additional_addresses",
    ),
    ("PostV2CoreAccountTokens", "identity.business_details.additional_addresses"),
    (
        "PostV2CoreAccountsId",
        "defaults.payout_methods "
        + _in("identity.attestations.terms_of_service", "crypto_money_manager money_manager"),
    ),
    # Intents, payment methods, disputes.
    (f"{_INTENTS} {_CHECKOUT}", "allowed_payment_method_types"),
    (_INTENTS, "payment_method_options.card.setup_credential_usage"),
    (
        f"{_PAYMENTS} PostSetupIntents PostSetupIntentsIntent {_CHECKOUT}",
        "excluded_payment_method_types[]=paypay|sequra",
    ),
    (
        f"{_INTENTS} PostTestHelpersConfirmationTokens",
        _in("payment_method_data", f"fpx.account_holder_type fpx.{_BANKS} paypay sequra type=paypay|sequra"),
    ),
    (
        _PAYMENTS,
        _in(
            "payment_method_options",
            "billie.company_details billie.reference blik.mandate_options blik.setup_future_usage=off_session "
            "card.stored_credential_usage payco.setup_future_usage paypay samsung_pay.setup_future_usage "
            "satispay.setup_future_usage sequra sunbit",
        ),
    ),
    (_SETUPS, "payment_method_options.blik"),
    ("PostPaymentIntents PostPaymentIntentsIntentConfirm", "radar_options.referrer"),
    ("PostPaymentMethods", f"fpx.account_holder_type fpx.{_BANKS} paypay sequra type=paypay|sequra"),
    ("GetPaymentMethods GetCustomersCustomerPaymentMethods", "type=paypay|sequra"),
    (_CONFIGURATIONS, "paypay sequra"),
    (
        "PostDisputesDispute",
        "intended_submission_method evidence.appeal evidence.enhanced_evidence.mastercard_compliance",
    ),
    ("PostTopups", "payment_method payment_method_options"),
    ("PostPaymentRecordsIdReportPaymentAttempt PostPaymentRecordsReportPayment", "canceled outcome=canceled"),
    ("PostCustomerSessions", "components.active_entitlements components.customer_portal"),
    ("PostCustomers", f"tax_id_data[].{_TAX_IDS}"),
    ("PostCustomersCustomerTaxIds PostTaxIds", _TAX_IDS),
    ("PostTaxCalculations PostInvoicesCreatePreview", f"customer_details.tax_ids[].{_TAX_IDS}"),
    # Checkout, payment links, the billing portal.
    (
        _CHECKOUT,
        "locale=hi-IN ui_mode=form "
        "subscription_data.billing_cycle_anchor_config line_items[].price_data.product_data.tax_details "
        + _in(
            "payment_method_options",
            "bancontact.setup_future_usage=off_session blik card.restrictions.funding_types_blocked "
            "payco.setup_future_usage samsung_pay.setup_future_usage sequra sunbit",
        ),
    ),
    ("PostCheckoutSessionsSession", "payment_intent_data line_items[].price_data.product_data.tax_details"),
    (
        _LINK,
        "application_fee_amount application_fee_percent consent_collection on_behalf_of shipping_options transfer_data",
    ),
    (_LINK, "payment_intent_data.setup_future_usage"),
    (_LINKS, "payment_method_types[]=paypay|scalapay|sequra"),
    ("PostPaymentLinks", "line_items[].price_data.product_data.tax_details"),
    (f"{_CHECKOUT} {_LINKS}", _in("subscription_data.invoice_settings", f"account_tax_ids {_FOOTERS}")),
    (
        "PostBillingPortalConfigurations PostBillingPortalConfigurationsConfiguration",
        "features.subscription_cancel.cancellation_reason.feedback_options features.subscription_pause",
    ),
    (
        "PostBillingPortalSessions",
        "after_expiration flow_data.subscription_pause flow_data.type=customer_update|subscription_pause",
    ),
    # Billing.
    ("PostProducts PostProductsId", "tax_details"),
    ("PostPrices", "product_data.tax_details recurring.trial_period_days"),
    ("PostPlans", "product.tax_details"),
    ("PostTaxRates PostTaxRatesTaxRate", f"tax_type{_TAX_TYPES}"),
    ("PostInvoiceitemsInvoiceitem", "invoicing_rules"),
    (_LINES, f"lines[].price_data.product_data.tax_details lines[].tax_amounts[].tax_rate_data.tax_type{_TAX_TYPES}"),
    (
        "PostInvoicesInvoiceLinesLineItemId",
        f"price_data.product_data.tax_details tax_amounts[].tax_rate_data.tax_type{_TAX_TYPES}",
    ),
    (
        f"{_INVOICES} {_SUBSCRIPTIONS}",
        _in(
            "payment_settings",
            "payment_method_options.billie payment_method_options.blik "
            "payment_method_types[]=alipay|billie|blik|mb_way|satispay|sequra",
        ),
    ),
    (
        _SUBSCRIPTIONS,
        f"items[].current_trial trial_settings.end_behavior.billing_cycle_anchor {_in('invoice_settings', _FOOTERS)}",
    ),
    (
        "PostSubscriptionsSubscriptionExposedId DeleteSubscriptionsSubscriptionExposedId",
        "cancellation_details.feedback_option",
    ),
    ("PostSubscriptionsSubscriptionResume", "payment_behavior"),
    ("PostSubscriptionItems PostSubscriptionItemsItem", "current_trial"),
    ("PostQuotes PostQuotesQuote", _in("invoice_settings", _FOOTERS)),
    (
        _SCHEDULES,
        f"pause_schedules phases[].items[].plan {_in('default_settings.invoice_settings', _FOOTERS)} "
        + _in("phases[].invoice_settings", _FOOTERS),
    ),
    ("PostSubscriptionSchedulesSchedule", "phases[].currency"),
    (
        "PostInvoicesCreatePreview",
        "schedule_details.pause_schedules schedule_details.phases[].currency "
        "schedule_details.phases[].items[].plan "
        + _in("subscription_details", "items[].current_trial items[].plan metadata pause"),
    ),
    # Others.
    ("PostTaxCalculations", "line_items[].performance_location"),
    (
        "PostTaxRegistrations",
        f"{_in('country_options', 'bw ci gh mu')} {_in('country_options.us', _US_TAXES)}",
    ),
    ("PostTaxRegistrations", f"country_options.us.type={_US_TAXES.replace(' ', '|')}|digital_excise_tax"),
    (
        "PostFinancialConnectionsSessions",
        "filters.country filters.require_payment_method_support limits manual_entry",
    ),
    ("PostIssuingCardsCard", "financial_account"),
    ("PostIssuingCards PostIssuingCardsCard", "shipping.business_name"),
    ("PostTerminalConfigurations PostTerminalConfigurationsConfiguration", "reader_security stripe_t600"),
    ("GetTerminalReaders", "device_type=simulated_stripe_t600|stripe_t600"),
    ("PostTestHelpersTreasuryReceivedCredits", "network=rtp"),
    ("GetV2CommerceProductCatalogImports PostV2CommerceProductCatalogImports", "feed_type=promotion"),
)


def gaps() -> Iterator[tuple[str, Fields]]:
    """The operations of each path, and its gap as the data files have it."""
    for operations, paths in GAPS:
        for path in paths.split():
            names, _, values = path.partition("=")
            name, *rest = names.split(".")
            yield operations, _field(name, rest, f"... gap {values}" if values else "gap")


def _field(name: str, rest: list[str], gap: str) -> Fields:
    inner: Node = _field(rest[0], rest[1:], gap) if rest else gap
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}
