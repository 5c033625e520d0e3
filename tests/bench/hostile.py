"""Bodies, patterns and bytes that were made to take long; each as large as a request may be."""

from __future__ import annotations

import json
import random

SIZE = 1_048_576
PAIRS = 9999


def _many(template: str) -> bytes:
    return "&".join(template.replace("#", str(number)) for number in range(PAIRS)).encode()[:SIZE]


FORMS = (
    _many("capabilitiez#=1"),
    _many("settings[paymentz#][x]=1"),
    _many("a" + "[]" * 30 + "=1"),
    _many("a[][b][c][d][e]=1"),
    _many("metadata[key#]=v"),
    _many("expand[]=data.external_accounts.data.account"),
    _many("%41" * 30 + "#=1"),
    _many("individual[full_name_aliases][#]=a"),
    _many("enabled_events[#]=account.updatet"),
    b"a" + b"[" * (SIZE - 3) + b"=1",
    b"a" + b"[b]" * (SIZE // 3 - 2) + b"=1",
    b"email=" + b"%" * (SIZE - 6),
    b"email=" + b"%fe" * (SIZE // 3 - 3),
    b"email=a@" + b"a." * (SIZE // 2 - 8),
    b"url=http://" + b"a." * (SIZE // 2 - 8),
    b"=" * SIZE,
    b"&" * 9000,
    b"type=" + b"*a" * (SIZE // 2 - 4),
)
VALUES: tuple[object, ...] = (
    {"include": [1] * 500_000},
    {"include": [[]] * 250_000},
    {f"contact_emailz{number}": 1 for number in range(PAIRS)},
    {"identity": {f"countryz{number}": 1 for number in range(PAIRS - 1)}},
    {"[a]" * 300_000: 1},
    {"contact_email": "a@" + "a." * 500_000},
    {"params": {"a" * 900_000: {str(number): 1 for number in range(5000)}}},
    {"params": {f"a[{number}]": "*" for number in range(5000)}, "status": 500, "path": "*a" * 1000},
    {"error": "no_such", "arguments": {"noun": "a" * 900_000}},
    {"fixtures": [{"name": f"a{number}", "path": "/v1/x", "method": "get"} for number in range(5000)]},
    {"fixtures": [{"name": "a", "path": "/v1/accounts", "method": "post", "params": {"a": "${a:b}" * 100_000}}]},
    {"permissions": ["account_read"] * 300_000, "key": "rk_test_fuzz"},
    {"permissions": ",".join(["a_read"] * 140_000), "key": "rk_test_fuzz"},
    {"session_token": "em_test_" + "x" * 1_000_000},
    {"client_secret": "accs_secret__" * 70_000, "publishable_key": "pk_test_" + "a" * 100_000},
    {f"name{number}": 1 for number in range(60_000)},
    {"limit": "9" * 1_000_000, "times": "0" * 1_000_000, "advance": "9" * 5000},
    {"data": [{"kind": "event", "component": "payments"}] * 20_000},
)
JSON = (
    *(json.dumps(value).encode() for value in VALUES),
    b'{"a":' + b"[" * 900_000,
    b'{"a":' * 150_000,
    b'"\\"' * 300_000,
    b"[" * SIZE,
    b'{"a":"' + b"\\u0000" * 150_000 + b'"}',
)
QUERIES = (
    b"type=" + b"*" * 5000 + b"!",
    b"type=" + b"*a" * 5000 + b"!",
    b"path=" + b"*a" * 5000,
    b"user_agent=" + b"a*" * 5000,
    b"limit=" + b"9" * 20_000,
    b"&".join(b"expand[]=data.a%d" % number for number in range(2000)),
    b"&".join(b"x%d=1" % number for number in range(5000)),
)


def body(chance: random.Random, *, as_json: bool) -> bytes:
    """One of the bodies."""
    return chance.choice(JSON if as_json else FORMS)
