"""The general tax codes."""

from __future__ import annotations

from ...api import Api

NAMES = ["General - Tangible Goods", "General - Services", "General - Electronically Supplied Services", "Nontaxable"]


def test_the_general_tax_codes_are_listed_and_retrieved() -> None:
    api = Api()
    listed = api.get("/v1/tax_codes").body
    assert [each["name"] for each in listed["data"]] == NAMES
    goods = {
        "id": "txcd_99999999",
        "object": "tax_code",
        "description": "A physical good that can be moved or touched. Also known as tangible personal property.",
        "name": "General - Tangible Goods",
    }
    assert {name: api.get("/v1/tax_codes/txcd_99999999").body[name] for name in goods} == goods
    rest = api.get("/v1/tax_codes?limit=2&starting_after=txcd_20030000").body
    assert ([each["name"] for each in rest["data"]], rest["has_more"]) == (NAMES[2:], False)
    assert api.get("/v1/tax_codes/txcd_00000001").status == 404
