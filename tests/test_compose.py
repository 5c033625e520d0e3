"""The compose file and the workflow of the README: valid, safe, and true to the program that they run."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator import __version__
from emulator.server import tls
from emulator.settings import DEFAULT_PORT, Settings, from_environment, variable

from . import pages

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yml"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXAMPLES = [block.text for block in pages.of(pages.README, "yaml")]
(WORKFLOW,) = [text for text in EXAMPLES if "\njobs:\n" in text]
(JOB_SERVICE,) = [text for text in EXAMPLES if text.startswith("services:\n")]
(INCLUDE,) = [text for text in EXAMPLES if text.startswith("include:\n")]
SCRIPTS = Path(sys.executable).parent
VENV = "/opt/emulator"

Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    content = yaml.safe_load(COMPOSE.read_text())
    assert list(content["services"]) == ["stripe-emulator"]
    found: dict[str, Any] = content["services"]["stripe-emulator"]
    return found


def dockerfile(service: dict[str, Any]) -> list[Instruction]:
    lines = (line for line in service["build"]["dockerfile_inline"].replace("\\\n", "").splitlines() if line)
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def arguments(service: dict[str, Any], name: str) -> list[str]:
    return [rest for instruction, rest in dockerfile(service) if instruction == name]


def validate(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """Holds files against a schema that check-jsonschema ships, without network."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def written(folder: Path, texts: list[str]) -> list[Path]:
    for number, text in enumerate(texts):
        (folder / f"{number}.yml").write_text(text)
    return sorted(folder.glob("*.yml"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_of(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service["environment"].items() if value is not None}


# --- schemas ----------------------------------------------------------------------------------------------------


def test_the_compose_file_and_the_example_that_includes_it_are_valid(tmp_path: Path) -> None:
    done = validate("vendor.compose-spec", COMPOSE, *written(tmp_path, [INCLUDE]))
    assert done.returncode == 0, done.stdout


def test_the_workflow_of_the_readme_is_valid_with_a_step_and_with_a_service(tmp_path: Path) -> None:
    with_service = WORKFLOW.replace("    steps:\n", textwrap.indent(JOB_SERVICE, "    ") + "    steps:\n")
    done = validate("vendor.github-workflows", *written(tmp_path, [WORKFLOW, with_service]))
    assert done.returncode == 0, done.stdout


def test_a_service_of_a_job_listens_where_its_port_is_published() -> None:
    service = yaml.safe_load(JOB_SERVICE)["services"]["stripe-emulator"]
    assert "env" not in service  # the image listens for other containers by itself
    assert service["ports"] == [f"{DEFAULT_PORT}:{DEFAULT_PORT}"]


def test_the_schemas_would_notice_a_slip(tmp_path: Path) -> None:
    slip = COMPOSE.read_text().replace("pids_limit", "pid_limit")
    done = validate("vendor.compose-spec", *written(tmp_path, [slip]))
    assert (done.returncode, "pid_limit" in done.stdout) == (1, True)


# --- what the service is given ------------------------------------------------------------------------------------


def test_every_setting_can_be_passed_on(service: dict[str, Any]) -> None:
    assert list(service["environment"]) == [variable(option.name) for option in fields(Settings)]
    assert settings_of(service) == {"STRIPE_EMULATOR_HOST": "0.0.0.0", "STRIPE_EMULATOR_PORT": str(DEFAULT_PORT)}
    assert from_environment(settings_of(service)) == Settings(host="0.0.0.0")


def test_only_this_machine_reaches_it(service: dict[str, Any]) -> None:
    assert service["ports"] == [f"127.0.0.1:${{STRIPE_EMULATOR_PORT:-{DEFAULT_PORT}}}:{DEFAULT_PORT}"]
    assert arguments(service, "EXPOSE") == [str(DEFAULT_PORT)]


def test_it_has_no_more_rights_than_it_needs(service: dict[str, Any]) -> None:
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert (service["mem_limit"], service["pids_limit"]) == ("256m", 64)
    assert arguments(service, "USER") == ["65534:65534"]


def test_only_a_small_folder_for_certificates_can_be_written(service: dict[str, Any]) -> None:
    """tempfile's own choice, which any user may write to: 65534 is not root."""
    assert service["tmpfs"] == ["/tmp:size=1m,mode=1777"]
    assert "TMPDIR" not in service["environment"]


def test_a_receiver_on_the_host_has_a_name_in_the_container(service: dict[str, Any]) -> None:
    assert service["extra_hosts"] == ["host.docker.internal:host-gateway"]
    (url,) = re.findall(r"STRIPE_EMULATOR_FORWARD_TO=(\S+?)`", (ROOT / "README.md").read_text())
    assert Settings(forward_to=url).forward_to == "http://host.docker.internal:3000/webhook"


def test_a_folder_of_seeds_is_mounted_and_cannot_be_written(service: dict[str, Any]) -> None:
    (volume,) = service["volumes"]
    assert volume == {
        "type": "bind",
        "source": "${STRIPE_EMULATOR_SEEDS:-./fixtures/seeds}",
        "target": "/seeds",
        "read_only": True,
        "bind": {"create_host_path": False},
    }
    assert (service["working_dir"], (ROOT / "fixtures/seeds/marketplace.json").exists()) == ("/seeds", True)


def test_no_image_of_this_name_is_ever_pulled(service: dict[str, Any]) -> None:
    assert service["pull_policy"] == "build"


# --- the image ----------------------------------------------------------------------------------------------------


def test_the_base_is_a_slim_python_that_the_project_supports(service: dict[str, Any]) -> None:
    first, last = arguments(service, "FROM")
    assert (first, last) == ("python:3.11-slim AS build", "python:3.11-slim")
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert "/usr/local/lib/python3.11" in arguments(service, "RUN")[-1]


def test_the_build_is_given_all_that_pip_reads(service: dict[str, Any]) -> None:
    copied = [word for line in arguments(service, "COPY") if "--from" not in line for word in shlex.split(line)[:-1]]
    read = {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"], "pyproject.toml"}
    assert set(copied) == read | set(PROJECT["tool"]["setuptools"]["package-dir"].values())
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_context_holds_what_is_copied_and_no_bytecode(service: dict[str, Any]) -> None:
    """Bytecode comes and goes with the tests: in the context, it would make the build a new one, which needs a network."""
    copied = {word for line in arguments(service, "COPY") if "--from" not in line for word in shlex.split(line)[:-1]}
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert (rules[0], rules[-1]) == ("*", "**/__pycache__")
    assert set(rules[1:-1]) == {f"!{name}" for name in copied}


def test_what_is_installed_is_what_is_copied_and_run(service: dict[str, Any]) -> None:
    assert arguments(service, "RUN")[:2] == [
        f"python -m venv {VENV}",
        f'{VENV}/bin/pip install --no-cache-dir ".[tls]"',
    ]
    assert arguments(service, "COPY")[-1] == f"--from=build {VENV} {VENV}"
    assert json.loads(arguments(service, "ENTRYPOINT")[0]) == [f"{VENV}/bin/stripe-emulator"]
    assert arguments(service, "CMD") == []  # what stands behind the name of the image are options
    assert "stripe-emulator" in PROJECT["project"]["scripts"]
    assert "tls" in PROJECT["project"]["optional-dependencies"]


def test_the_standard_library_is_compiled_with_the_very_command(service: dict[str, Any], tmp_path: Path) -> None:
    """The command of the image, run on a folder with files that it must compile and files that it must skip."""
    for name in ("kept", "test", "site-packages"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text("print()\n" if name == "kept" else "not python\n")
    command = shlex.split(arguments(service, "RUN")[-1].replace("/usr/local/lib/python3.11", str(tmp_path)))
    assert command[0] == "python"
    subprocess.run([sys.executable, *command[1:]], check=True, capture_output=True, timeout=60)
    assert [file.parts[-3] for file in tmp_path.rglob("*.pyc")] == ["kept"]


# --- running ------------------------------------------------------------------------------------------------------


def environment(service: dict[str, Any], port: int, given: dict[str, str]) -> dict[str, str]:
    """The environment of the compose file, on another port, with further variables."""
    return {**os.environ, **settings_of(service), "STRIPE_EMULATOR_PORT": str(port), **given}


def test_the_image_alone_listens_for_others_and_takes_options(service: dict[str, Any]) -> None:
    """The steps of `docker run -p 127.0.0.1:12111:12111 IMAGE --log-level debug`, without a container."""
    own = dict(line.split("=", 1) for line in arguments(service, "ENV"))
    assert from_environment(own) == Settings(host="0.0.0.0")
    (command,) = json.loads(arguments(service, "ENTRYPOINT")[0])
    kept = {name: text for name, text in os.environ.items() if not name.startswith("STRIPE_")}
    port = str(free_port())
    run = [str(SCRIPTS / Path(command).name), "--port", port, "--log-level", "debug"]
    with subprocess.Popen(run, env={**kept, **own}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first, checked = process.stdout.readline(), health(service, int(port), {})
        finally:
            process.terminate()
    assert first == f"stripe-emulator {__version__} is listening on http://127.0.0.1:{port}\n"
    assert (checked, process.returncode) == ((0, ""), 0)


def test_the_image_says_what_it_is(service: dict[str, Any]) -> None:
    labels = dict(line.removeprefix("org.opencontainers.image.").split("=", 1) for line in arguments(service, "LABEL"))
    assert {name: json.loads(text) for name, text in labels.items()} == {
        "title": PROJECT["project"]["name"],
        "description": "A local, offline emulator of the Stripe API for tests",
        "licenses": PROJECT["project"]["license"],
    }


@contextmanager
def sidecar(service: dict[str, Any], port: int, given: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The entry point of the image."""
    (command,) = json.loads(arguments(service, "ENTRYPOINT")[0])
    process = subprocess.Popen(
        [SCRIPTS / Path(command).name], env=environment(service, port, given), stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert " is listening on " in process.stdout.readline()
        try:
            yield process
        finally:
            process.terminate()


def health(service: dict[str, Any], port: int, given: dict[str, str]) -> tuple[int, str]:
    """The exit code and the words of the very health check, with the test's Python."""
    options, _, command_text = arguments(service, "HEALTHCHECK")[0].partition("CMD ")
    assert options.split() == [
        *("--interval=10s", "--timeout=3s", "--retries=3", "--start-period=10s", "--start-interval=250ms"),
    ]
    python, *rest = json.loads(command_text)
    assert python == f"{VENV}/bin/python"
    command, env = [sys.executable, *rest], environment(service, port, given)
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stderr


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """One of a name that does not lead to the container."""
    made = tls.make("example.test")
    (tmp_path / "cert.pem").write_bytes(made.chain)
    (tmp_path / "key.pem").write_bytes(made.key)
    names = {"STRIPE_EMULATOR_TLS_CERT": "cert.pem", "STRIPE_EMULATOR_TLS_KEY": "key.pem"}
    return {name: str(tmp_path / file) for name, file in names.items()}


@pytest.mark.parametrize("way", ["http", "tls", "tls_cert", "uds"])
def test_the_health_check_tells_a_running_sidecar_from_a_stopped_one(
    service: dict[str, Any], way: str, certificate: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # a short one: the path of a socket has at most 107 bytes
        ways = {
            "http": {},
            "tls": {"STRIPE_EMULATOR_TLS": "true"},
            "tls_cert": certificate,
            "uds": {"STRIPE_EMULATOR_UDS": f"{folder}/e.sock"},
        }
        port = free_port()
        with sidecar(service, port, ways[way]) as process:
            assert health(service, port, ways[way]) == (0, "")
        assert process.returncode == 0
        code, words = health(service, port, ways[way])
    assert (code, words.startswith("stripe-emulator: no response: ")) == (1, True)


def test_the_health_check_says_what_is_wrong(service: dict[str, Any]) -> None:
    port, off = free_port(), {"STRIPE_EMULATOR_CONTROL": "false"}
    with sidecar(service, port, off):
        assert health(service, port, off) == (1, "stripe-emulator: /_emulator/health responded with 404\n")


def test_the_step_of_the_workflow_runs_the_tests_beside_the_server(tmp_path: Path) -> None:
    *_, install, step = yaml.safe_load(WORKFLOW)["jobs"]["tests"]["steps"]
    assert install == {"run": "pip install ./stripe-connect-emulator"}
    tests = tmp_path / "run-your-tests"
    tests.write_text('#!/bin/sh\ncurl -fsS "$STRIPE_API_BASE/_emulator/health"\n')
    tests.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"status": "ok", "sandboxes": 0}
