"""One sandbox for each secret key: its platform account, clock, ids and tables."""

from __future__ import annotations

from asyncio import Lock
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from emulator.auth.applications import Applications
from emulator.auth.keyring import Keyring
from emulator.auth.keys import Key
from emulator.sandbox import ids
from emulator.sandbox.change_log import ChangeLog
from emulator.sandbox.clock import Clock
from emulator.sandbox.component_log import ComponentLog
from emulator.sandbox.delivery_queue import DeliveryQueue
from emulator.sandbox.faults import Faults
from emulator.sandbox.gaps import Gaps
from emulator.sandbox.journal import Journal
from emulator.sandbox.rate_limits import RateLimits
from emulator.settings import Settings
from emulator.store.budgets import Budgets
from emulator.store.destinations import SOURCES, EventDestination, Receiver
from emulator.store.events import Event, Events
from emulator.store.idempotency import IdempotencyKeys
from emulator.store.links import Links
from emulator.store.oauth import Grant, OAuthStore
from emulator.store.rows import Account, ClosedAccount, Token
from emulator.store.sessions import Sessions
from emulator.store.table import Changes, Rows, Table
from emulator.store.timers import Timers
from emulator.store.webhooks import ALL_EVENTS, Deliveries, WebhookEndpoint

Mode = Literal["test", "live"]
MOST_ISSUED = 20_000  # keys of all sandboxes that OAuth has given
PLATFORM_CREATED = 1_577_836_800  # 2020-01-01: every platform account is older than any test


class UnknownIds:
    """Objects that the running request has made for ids that nobody created, in the state of one `attempt` of some.

    `named` are the ids of its path and all texts of its parameters.
    """

    __slots__ = ("attempt", "made", "named")

    def __init__(self) -> None:
        self.attempt = 0
        self.made = False
        self.named: tuple[str, ...] = ()


class Sandbox:
    """All data of one platform. Costs next to nothing until it is used."""

    def __init__(
        self,
        key: Key,
        settings: Settings,
        others: Mapping[str, Sandbox] | None = None,
        delivery_queue: DeliveryQueue[Sandbox] | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        budgets = budgets or Budgets()
        self.name = key.sandbox
        self.secret_key = key.text if key.opens_one else f"sk_{'live' if key.livemode else 'test'}_{key.suffix}"
        self._others = {} if others is None else others
        self.livemode = key.livemode
        self.settings = settings
        self.api_version = settings.api_version
        self.platform_id = key.account or ids.stable_account(f"test_{key.suffix}", PLATFORM_CREATED)  # in both modes
        self.clock = Clock()
        self.clock_lock = Lock()  # of a request that moves the clock, or loads a seed, in slices
        self.ids = ids.Ids(f"{settings.id_seed}:{key.sandbox}" if settings.id_seed else None)
        self.changes = Changes()
        self.unknown_ids = UnknownIds()
        self._tables: dict[str, Table[Any]] = {}
        self.accounts: Rows[Account] = self.rows("account")
        self.events = Events()
        self.deliveries = Deliveries()
        self.timers = Timers()
        self.timers_of_clocks: defaultdict[str, Timers] = defaultdict(Timers)  # by the ids of test clocks
        self.delivery_queue: DeliveryQueue[Sandbox] = DeliveryQueue() if delivery_queue is None else delivery_queue
        self.sessions = Sessions()
        self.idempotency = IdempotencyKeys(budget=budgets.keys)
        self.limits = RateLimits(settings.rate_limit, settings.endpoint_rate_limit)
        self.faults = Faults()
        self.journal = Journal(settings.journal_size, budgets.journals)
        self.change_log = ChangeLog(budgets.changes)
        self.contents = budgets.files
        self.component_log = ComponentLog()
        self.links = Links()
        self.portal_visits: dict[str, int] = {}  # the ends of visits of the billing portal, by session
        self.gaps = Gaps()
        self.oauth = OAuthStore()
        self.client_id = ids.application(self.platform_id)
        self.address = ""  # of the last request, with which URLs that no request returns begin

    def table(self, name: str) -> Table[Any]:
        """The table of a resource, created on first use."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = Table(name, self.changes)
        return table

    def rows(self, name: str) -> Rows[Any]:
        """The records of the platform in a table."""
        return self.table(name).of(self.platform_id)

    @property
    def closed_accounts(self) -> Rows[ClosedAccount]:
        """Accounts of Accounts v2 as they were when they were closed."""
        return self.rows("closed_account")

    @property
    def tokens(self) -> Rows[Token]:
        """Tokens of both APIs."""
        return self.rows("token")

    @property
    def webhook_endpoints(self) -> Rows[WebhookEndpoint]:
        """Webhook endpoints of v1."""
        return self.rows("webhook_endpoint")

    @property
    def event_destinations(self) -> Rows[EventDestination]:
        """Event destinations of v2."""
        return self.rows("v2.core.event_destination")

    def add_event(self, event: Event) -> None:
        """Store an event. Events that are dropped for it lose their deliveries."""
        for dropped in self.events.add(event, self.deliveries.waits):
            self.deliveries.drop_event(dropped)

    def schedule_delivery(self, event: Event, receiver: str) -> None:
        """Schedule a delivery of an event now, even if its receiver has it already or is not subscribed to it."""
        self.deliveries.schedule(event.id, receiver, self.clock.now())
        self.delivery_queue.wait(self.name, self)

    def other_mode_of(self, identifier: str) -> Mode | None:
        """The other mode, if the platform has an object with this id there; else None."""
        other: Mode = "test" if self.livemode else "live"
        twin = self._others.get(f"{other}_{self.name.partition('_')[2]}")
        return other if twin is not None and twin.has(identifier) else None

    def has(self, identifier: str) -> bool:
        """Whether an event or an object of any table has this id."""
        return self.events.get(identifier) is not None or any(table.has(identifier) for table in self._tables.values())


class Sandboxes:
    """The sandboxes of one server, created on first use; their number is bounded."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sandboxes: OrderedDict[str, Sandbox] = OrderedDict()
        self.delivery_queue: DeliveryQueue[Sandbox] = DeliveryQueue(_forwards(settings))
        self._budgets = Budgets()
        self._pairs = settings.pairs()
        self._tokens: dict[str, Sandbox] = {}  # of sessions that their sandboxes still have
        self.keyring = Keyring()
        self.gaps = Gaps()  # of all sandboxes, dropped ones included
        self._issued: OrderedDict[str, str] = OrderedDict()
        self.applications = Applications(settings.max_sandboxes)

    def __len__(self) -> int:
        return len(self._sandboxes)

    @property
    def allow_live_keys(self) -> bool:
        return self._settings.allow_live_keys

    def of(self, key: Key) -> Sandbox:
        """The sandbox of a key, created on first use."""
        key = self.sandbox_key(key)
        sandbox = self._sandboxes.get(key.sandbox)
        if sandbox is None:
            sandbox = self._sandboxes[key.sandbox] = Sandbox(
                key, self._settings, self._sandboxes, self.delivery_queue, self._budgets
            )
            sandbox.sessions.on_token_dropped = self._forget_token
            if (application := self.applications.of(key.sandbox)) is not None:
                sandbox.client_id = application.client_id or sandbox.client_id
            if len(self._sandboxes) > self._settings.max_sandboxes:
                oldest = next(iter(self._sandboxes))
                self._drop(oldest)
                self.keyring.drop(oldest)
        else:
            self._sandboxes.move_to_end(key.sandbox)
        return sandbox

    def find(self, key: Key) -> Sandbox | None:
        """The sandbox of a key, None if it has not been used yet."""
        return self._sandboxes.get(self.sandbox_key(key).sandbox)

    def reset(self, key: Key) -> None:
        """Drop the sandbox of a key with everything in it. Declarations of keys remain, with an empty sandbox."""
        name = self.sandbox_key(key).sandbox
        self._drop(name)
        if self.keyring.has(name):
            self.of(key)

    def _drop(self, name: str) -> None:
        sandbox = self._sandboxes.pop(name, None)
        if sandbox is not None:
            sandbox.journal.close()
            sandbox.idempotency.close()
            sandbox.change_log.close()
            sandbox.timers = Timers()  # who runs the due ones in slices stops
            for token in sandbox.sessions.tokens():
                self._forget_token(token)
        self.delivery_queue.remove(name)

    def reset_all(self) -> None:
        """Drop every sandbox, and the declarations of keys."""
        for sandbox in self._sandboxes.values():
            sandbox.timers = Timers()
        self._sandboxes.clear()
        self._budgets = Budgets()  # data that requests in flight still hold or add does not count
        self.delivery_queue.clear()
        self._tokens.clear()
        self._issued.clear()
        self.keyring.clear()
        self.applications.clear()

    def sandbox_key(self, key: Key) -> Key:
        """The key that names the sandbox of a key: itself, or the one that it was declared or paired with."""
        platforms = self.keyring.of(key).platforms
        return platforms[-1] if platforms else self._pairs.get(key.text, key)

    def platforms(self, key: Key) -> list[Sandbox]:
        """The sandboxes of an organization: those of its declared platforms, else the one of the key's suffix."""
        return [self.of(each) for each in self.keyring.of(key).platforms or (key,)]

    def find_by_row(self, table: str, identifier: str) -> Sandbox | None:
        """The sandbox with a row of an id, None when there is none. Searches all sandboxes."""
        return next((each for each in self._sandboxes.values() if each.table(table).has(identifier)), None)

    def find_by_secret(self, client_secret: str) -> Sandbox | None:
        """The sandbox of a client secret. Searches all sandboxes: for error messages only."""
        return next((sandbox for sandbox in self._sandboxes.values() if sandbox.sessions.get(client_secret)), None)

    def newest_first(self) -> Iterator[Sandbox]:
        """All sandboxes, the last used first."""
        return reversed(self._sandboxes.values())

    def find_other(self, identifier: str, sandbox: Sandbox) -> Sandbox | None:
        """Another sandbox of the same mode with an object of this id. Searches all sandboxes: for hints only."""
        others = (other for other in self._sandboxes.values() if other is not sandbox)
        return next((other for other in others if other.livemode == sandbox.livemode and other.has(identifier)), None)

    def find_by_link(self, path: str) -> Sandbox | None:
        """The sandbox of a link to a hosted page, by the path of its URL. Searches all sandboxes."""
        return next((sandbox for sandbox in self._sandboxes.values() if sandbox.links.get(path)), None)

    def find_by_client_id(self, client_id: str) -> Sandbox | None:
        """The sandbox of the application with a client id: a declared one, or one that is in use."""
        declared = self.applications.by_client_id(client_id)
        if declared is not None:
            return self.of(declared.platform)
        return next((each for each in self._sandboxes.values() if each.client_id == client_id), None)

    def find_by_code(self, code: str) -> Sandbox | None:
        """The sandbox of an authorization code. Searches all sandboxes: for error messages only."""
        return next((sandbox for sandbox in self._sandboxes.values() if sandbox.oauth.code(code)), None)

    def register_keys(self, sandbox: Sandbox, *texts: str) -> None:
        """Note the sandbox of keys that OAuth gives to its platform; beyond a limit, the oldest are forgotten."""
        for text in texts:
            self._issued[text] = sandbox.name
            self._issued.move_to_end(text)
            if len(self._issued) > MOST_ISSUED:
                self._issued.popitem(last=False)

    def is_issued(self, text: str) -> bool:
        """Whether OAuth has given a key, which may have been revoked since."""
        return text in self._issued

    def find_grant(self, text: str) -> tuple[Sandbox, Grant] | None:
        """The sandbox and the grant of a key that OAuth has given; None once it is revoked. It uses the sandbox."""
        sandbox = self._sandboxes.get(self._issued.get(text, ""))
        grant = sandbox.oauth.of_key(text) if sandbox else None
        if sandbox is None or grant is None or grant.account not in sandbox.accounts:
            return None
        self._sandboxes.move_to_end(sandbox.name)
        return sandbox, grant

    def register_token(self, token: str, sandbox: Sandbox) -> None:
        """Store the sandbox of a session token, until that sandbox drops the session or is dropped itself."""
        self._tokens[token] = sandbox

    def _forget_token(self, token: str) -> None:
        self._tokens.pop(token, None)

    def find_by_token(self, token: str) -> Sandbox | None:
        """The sandbox of a session token, None if either was dropped. It counts as a use of the sandbox."""
        sandbox = self._tokens.get(token)
        if sandbox is None or self._sandboxes.get(sandbox.name) is not sandbox:
            return None
        self._sandboxes.move_to_end(sandbox.name)
        return sandbox


def _forwards(settings: Settings) -> tuple[Receiver, ...]:
    """The URLs of the forwarding settings, which get the events of all accounts: snapshots or thin events."""
    secret = settings.webhook_secret or ids.Ids(settings.id_seed or None).webhook_secret()
    urls, every = settings.forwards, (ALL_EVENTS,)
    found: list[Receiver] = []
    if (name := "forward_to") in urls:
        found.append(WebhookEndpoint(name, urls[name], every, secret, everything=True))
    if (name := "forward_thin_to") in urls:
        found.append(EventDestination(name, name, "thin", urls[name], every, SOURCES, secret))
    return tuple(found)
