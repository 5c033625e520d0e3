// Seeds: loading a shipped one or a fixtures file, and exporting the sandbox as one.

import {get, post} from "./api.js";
import {attempt, button, el, field, notice, select} from "./dom.js";
import {json, plural} from "./format.js";

export async function load(seed, name) {
  const {notes} = await post("/seeds", seed);
  notice([`The seed “${name}” was loaded.`, ...notes].join(" "));
}

async function parse(file) {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`${file.name} is not JSON: ${error.message}.`);
  }
}

async function save() {
  const seed = await get("/export");
  const url = URL.createObjectURL(new Blob([json(seed)], {type: "application/json"}));
  el("a", {href: url, download: "seed.json"}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  const omitted = seed._left_out?.length ?? 0;
  notice(`The accounts were exported as seed.json.${omitted ? ` Its _left_out lists ${plural(omitted, "thing")} that it cannot restore.` : ""}`);
}

export function tools() {
  const shipped = select("seed", []);
  get("/seeds").then(({data}) => shipped.append(...data.map((name) => el("option", {value: name}, name))), () => {});
  const file = el("input", {type: "file", accept: ".json,application/json", "aria-label": "A fixtures file to load", hidden: true});
  const choose = button("Load a file…", async () => file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) attempt(async () => load(await parse(chosen), chosen.name));
  });
  return el(
    "div",
    {class: "actions seeds", role: "group", "aria-label": "Seeds"},
    el("div", {class: "inline"}, field("Seed", shipped), button("Load", () => load({name: shipped.value}, shipped.value))),
    choose,
    file,
    button("Export", save),
  );
}
