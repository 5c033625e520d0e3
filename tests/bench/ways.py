"""How far three requests go through the code: `python -m tests.bench.ways`.

For each it prints the files of the emulator that are entered, and the switches between files: a call into a function of
another file, or the return from one. Modules are loaded before.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from types import FrameType

from emulator.http import warm_up

from ..api import Api

ROOT = f"{__file__.rpartition('/tests/')[0]}/emulator/"


class Way:
    """The files of one call, in the order in which they are entered first, and the switches between them."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}
        self.switches = 0
        self._last = ""

    def take(self, run: Callable[[], object]) -> None:
        """Run a function, and follow it."""
        sys.setprofile(self._follow)
        try:
            run()
        finally:
            sys.setprofile(None)

    def _follow(self, frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_back is not None:
            frame = frame.f_back
        elif event != "call":
            return
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and name != self._last:
            self.switches += 1
            self._last = name
            self.files[name.removeprefix(ROOT)] = None


def ways() -> dict[str, Way]:
    """The ways of an account session, a confirmed payment and an updated subscription, each the second of its kind."""
    api = Api()
    for name in warm_up.modules():
        __import__(name)
    account = api.post("/v1/accounts", "type=express&country=US").body["id"]
    customer = api.post(
        "/v1/customers", "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa"
    )
    price = api.post(
        "/v1/prices", "currency=usd&unit_amount=500&recurring[interval]=month&product_data[name]=Plan"
    ).body["id"]
    subscription = api.post("/v1/subscriptions", f"customer={customer.body['id']}&items[0][price]={price}").body["id"]

    def confirmed() -> tuple[str, str]:
        intent = api.post("/v1/payment_intents", "amount=1000&currency=usd&payment_method_types[]=card").body["id"]
        return f"/v1/payment_intents/{intent}/confirm", "payment_method=pm_card_visa"

    requests: dict[str, Callable[[], tuple[str, str]]] = {
        "account session": lambda: ("/v1/account_sessions", f"account={account}&components[payments][enabled]=true"),
        "payment confirmed": confirmed,
        "subscription updated": lambda: (f"/v1/subscriptions/{subscription}", "cancel_at_period_end=true"),
    }
    found = {}
    for name, request in requests.items():
        for _ in range(2):
            path, body = request()
            found[name] = way = Way()
            way.take(lambda path=path, body=body: api.post(path, body))  # type: ignore[misc]
    return found


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(prog="python -m tests.bench.ways", description=__doc__).parse_args()
    for name, way in ways().items():
        print(f"{name}: {len(way.files)} files, {way.switches} switches")


if __name__ == "__main__":
    main()
