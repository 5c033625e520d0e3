"""The table of elements and the newest packages: the same tags, and each of their callbacks has a button."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.connect_js.elements import ELEMENTS, PREFIX
from tests.clients import install, transcript

READ = """
import {readFileSync} from "node:fs";
const text = readFileSync(process.argv[1], "utf8");
const names = text.match(/const connectElementTagNames = (\\[.*?\\]);/s)[1];
const setters = text.match(/const componentNamePropertyMapping = (\\{.*?\\n\\});/s);
console.log(JSON.stringify({names: eval(names), setters: (setters || [, ""])[1]}));
"""
GA = "connect-js-3.4.6"
PREVIEW = "connect-js-preview"
