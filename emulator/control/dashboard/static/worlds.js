// Worlds: those that are shipped, one's own files, and the sandbox as such a file.

import {get, post} from "./api.js";
import {attempt, button, el, field, notice, select} from "./dom.js";
import {json, plural} from "./format.js";

export async function load(world, name) {
  const {notes} = await post("/seeds", world);
  notice([`The world “${name}” was loaded.`, ...notes].join(" "));
}

async function parsed(file) {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`${file.name} is no JSON: ${error.message}.`);
  }
}

async function save() {
  const world = await get("/export");
  const address = URL.createObjectURL(new Blob([json(world)], {type: "application/json"}));
  el("a", {href: address, download: "world.json"}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  const left = world._left_out?.length ?? 0;
  notice(`The accounts were saved as world.json.${left ? ` It names ${plural(left, "thing")} that it cannot bring back, under _left_out.` : ""}`);
}

export function tools() {
  const shipped = select("world", []);
  get("/seeds").then(({data}) => shipped.append(...data.map((name) => el("option", {value: name}, name))), () => {});
  const file = el("input", {type: "file", accept: ".json,application/json", "aria-label": "A fixtures file to load", hidden: true});
  const choose = button("Load a file…", async () => file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) attempt(async () => load(await parsed(chosen), chosen.name));
  });
  return el(
    "div",
    {class: "actions worlds", role: "group", "aria-label": "Worlds"},
    el("div", {class: "inline"}, field("World", shipped), button("Load", () => load({name: shipped.value}, shipped.value))),
    choose,
    file,
    button("Save as a file", save),
  );
}
