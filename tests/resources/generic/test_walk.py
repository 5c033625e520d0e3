"""Every operation responds: it stores valid parameters, refuses invalid ones, and never fails with a 500."""

from __future__ import annotations

import pytest

from emulator import catalog
from emulator.catalog import Operation
from emulator.model.answering import endpoints

from .walk import Walk, accepts, misses, names_invalid, names_missing, names_unknown, remembers, shows

EVERY = [each for each in catalog.operations() if endpoints.endpoint(each)]
GENERIC = [each for each in EVERY if (found := endpoints.endpoint(each)) and found.fidelity == "generic"]
# Valid requests that are refused all the same, with the reason.
REFUSED = {
    "GetTaxAssociationsFind": "No payment has a tax calculation.",
    "PostClimateOrders": "The products of Climate are Stripe's own.",
    "PostForwardingRequests": "Nothing is forwarded to others.",
    "PostInvoicesInvoiceLinesLineItemId": "Lines are named by the tests of invoices.",
    "PostInvoicesInvoiceRemoveLines": "Lines are named by the tests of invoices.",
    "PostInvoicesInvoiceUpdateLines": "Lines are named by the tests of invoices.",
    "PostIssuingPersonalizationDesigns": "Physical bundles are Stripe's own.",
    "PostSourcesSourceVerify": "Every source is chargeable.",
    "PostSubscriptionsSubscriptionResume": "No subscription pauses.",
    "PostTestHelpersTerminalReadersReaderPresentPaymentMethod": "A presented card would move money.",
}
# Objects that nobody created, with a hash of an object that they belong to.
PARTS = {"GetSourcesSourceMandateNotificationsMandateNotification"}
# A required parameter is not the first that is missed.
ANOTHER_FIRST = {"PostAccountLinks"}


@pytest.fixture(scope="module")
def walk() -> Walk:
    return Walk()


def named(operation: Operation) -> str:
    return operation.id


def test_every_operation_of_the_document_has_an_endpoint() -> None:
    documented = [each for each in catalog.operations() if each.verb != "-"]  # others only SDKs know
    assert [each.id for each in documented if endpoints.endpoint(each) is None] == []
    assert len(documented) == 621


@pytest.mark.parametrize("operation", GENERIC, ids=named)
def test_a_valid_request_is_accepted_and_its_response_has_its_shape(walk: Walk, operation: Operation) -> None:
    wrong = [each for each in accepts(walk, operation) if each]
    assert bool(wrong) == (operation.id in REFUSED), wrong
    assert wrong == [] or wrong[0][:3] in ("400", "404", "501")


@pytest.mark.parametrize("operation", [each for each in GENERIC if each.verb == "create"], ids=named)
def test_a_new_object_is_retrieved_listed_updated_and_deleted(walk: Walk, operation: Operation) -> None:
    assert [each for each in remembers(walk, operation) if each] == []


@pytest.mark.parametrize("operation", GENERIC, ids=named)
def test_an_unknown_id_is_refused_or_made_in_its_shape(walk: Walk, operation: Operation) -> None:
    assert [each for each in misses(walk, operation) if each] == []
    if operation.id not in PARTS:
        assert [each for each in shows(walk, operation) if each] == []


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_unknown_missing_and_invalid_parameters_are_refused_by_name(walk: Walk, operation: Operation) -> None:
    assert [each for each in names_unknown(walk, operation) if each] == []
    assert [each for each in names_invalid(walk, operation) if each] == []
    if operation.id not in ANOTHER_FIRST:
        assert [each for each in names_missing(walk, operation) if each] == []
