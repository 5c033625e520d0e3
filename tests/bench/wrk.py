"""The same load by wrk, where it is installed. Its latencies are corrected for waiting requests, ours are not."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import Job, Sample, checked
from tests.bench.traffic import DIGITS

# Numbers count in microseconds; percentiles come from wrk's own record of every latency.
SCRIPT = """
local heads = {%(heads)s}
local tails = {%(tails)s}
local count, number = #heads, %(first)d
function request()
  number = number + 1
  local turn = number %% count + 1
  return heads[turn] .. string.format("%%0%(digits)dx", number) .. tails[turn]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("SAMPLE %%d %%d %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    e.status + e.connect + e.read + e.write + e.timeout))
end
"""


class NoSample(RuntimeError):
    """wrk said something else than a sample."""


@dataclass(frozen=True, slots=True)
class Wrk:
    """wrk with one thread."""

    path: str

    def run(self, job: Job) -> Sample:
        """One round of whole seconds, at least one. Raises BadAnswers."""
        with tempfile.TemporaryDirectory() as directory:
            script = Path(directory, "requests.lua")
            script.write_text(_script(job))
            before = _children_seconds()
            printed = self._printed(job, script)
            busy = _children_seconds() - before
        requests, duration, *rest = _numbers(printed)
        p50, p99, p999, longest = (micro / 1e6 for micro in rest[:4])
        return checked(
            Sample(requests, duration / 1e6, p50, p99, p999, longest, rest[4], busy / (duration / 1e6)),
        )

    def _printed(self, job: Job, script: Path) -> str:
        options = ["-t1", f"-c{job.connections}", f"-d{max(1, round(job.seconds))}s", "-s", str(script)]
        command = [self.path, *options, f"http://{job.host}:{job.port}/"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def find() -> Wrk | None:
    """wrk, None where it is not installed."""
    path = shutil.which("wrk")
    return Wrk(path) if path else None


def version(wrk: Wrk) -> str:
    """wrk's own words about itself."""
    said = subprocess.run([wrk.path, "--version"], check=False, capture_output=True, text=True).stdout
    return " ".join(said.split()[:2])


def _script(job: Job) -> str:
    return SCRIPT % {
        # JSON's strings are Lua's, as long as they are ASCII without \\u.
        "heads": ", ".join(json.dumps(template.head) for template in job.templates),
        "tails": ", ".join(json.dumps(template.tail) for template in job.templates),
        "first": job.first_number,
        "digits": DIGITS,
    }


def _numbers(printed: str) -> list[int]:
    for line in printed.splitlines():
        if line.startswith("SAMPLE "):
            return [int(word) for word in line.split()[1:]]
    raise NoSample(printed)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
