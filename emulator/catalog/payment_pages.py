"""Operations that Stripe serves and its API description lacks: those of the page of a checkout session (observed)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from emulator.catalog.model import Operation
from emulator.schema.spec import Boolean, Integer, Object, Param, String

if TYPE_CHECKING:
    from emulator.schema.shape import Shape

_TEXT = Param(String(5000))
PARAMS: Mapping[str, Object] = {
    "GetPaymentPagesSession": Object({"key": _TEXT}),
    "PostPaymentPagesSessionInit": Object({"key": _TEXT, "browser_locale": _TEXT, "redirect_type": _TEXT}),
    "PostPaymentPagesSessionConfirm": Object(
        {
            "key": _TEXT,
            "expected_amount": Param(Integer()),
            "expected_payment_method_type": _TEXT,
            "payment_method": _TEXT,
            "return_url": Param(String(5000, "url")),
            "save_payment_method": Param(Boolean()),
        }
    ),
}


class Undocumented(Operation):
    """An operation whose parameters stand in this module. Nothing of its response can be expanded."""

    __slots__ = ()

    @property
    def params(self) -> Object:
        """The parameters of the query and the body."""
        return PARAMS[self.id]

    @property
    def old_params(self) -> dict[str, Object]:
        """None: all versions take the same."""
        return {}

    @property
    def response(self) -> Shape:
        """Any object."""
        from emulator.schema.shape import AnyObject  # noqa: PLC0415

        return AnyObject()


def operations() -> tuple[Operation, ...]:
    """These operations."""
    page, group, name = "/v1/payment_pages/{session}", "v1_payment_pages", "payment_page"
    return (
        Undocumented("GetPaymentPagesSession", "GET", page, "none", group, "retrieve", name, "-"),
        Undocumented("PostPaymentPagesSessionInit", "POST", f"{page}/init", "form", group, "init", name, name),
        Undocumented("PostPaymentPagesSessionConfirm", "POST", f"{page}/confirm", "form", group, "confirm", name, name),
    )
