"use strict";
// The page: the clock chooses a cycle, its parts are fetched and put in place, figures keep what a reader zoomed to.

const LOOK_MS = 2000, PATIENCE_MS = 150;
const CONFIG = {responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"]};
const main = document.querySelector("main");
const $ = (id) => document.getElementById(id);
let cycle = Number(main.dataset.cycle), count = Number(main.dataset.count);
let follows = !new URLSearchParams(location.search).has("cycle");
let stamp = null, asked = 0, fitted = 0, printing = false;
const DARK = JSON.parse(main.dataset.dark || "{}"), dark = matchMedia("screen and (prefers-color-scheme: dark)");

function say(text) { const news = $("news"); if (news) news.textContent = text; }

// ---------------------------------------------------------------- figures
function draw(root) {
  for (const place of root.querySelectorAll(".plot")) {
    const spec = place.parentElement.querySelector("script");
    const figure = JSON.parse(spec.textContent);
    figure.layout.uirevision = "kept";
    const {data, layout} = dark.matches && !printing ? tinted(figure) : figure;
    const isNew = !place.matches(".js-plotly-plot");
    Plotly.react(place, data, layout, CONFIG).then(() => {
      scalable(place);
      if (isNew) place.on("plotly_afterplot", () => scalable(place));  // a phone that is turned
    });
  }
}

// The colours of a dark page; marks on a map are white with a black edge on any page.
function tinted(value) {
  if (typeof value === "string") {
    const begin = Object.keys(DARK).find((each) => value.startsWith(each));
    return begin === undefined ? value : DARK[begin] + value.slice(begin.length);
  }
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(tinted);
  if (value === null || typeof value !== "object" || value.color === "#ffffff") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, tinted(each)]));
}

function print(starts) {
  printing = starts;
  if (dark.matches) draw(main);
}

// With a view box a figure can be scaled on paper without being drawn again.
function scalable(place) {
  for (const svg of place.querySelectorAll("svg.main-svg")) {
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  }
}

// New content; a figure that was there keeps its element, and so its zoom.
function put(content, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const place of fresh.content.querySelectorAll(".plot")) {
    const old = content.querySelector(`[id="${place.id}"]`);
    if (old) place.replaceWith(old);
  }
  for (const opened of content.querySelectorAll("form[id]:has(details[open])")) {
    fresh.content.querySelector(`[id="${opened.id}"] details`)?.setAttribute("open", "");
  }
  for (const gone of content.querySelectorAll(".plot")) Plotly.purge(gone);
  content.replaceChildren(fresh.content);
  draw(content);
}

// ---------------------------------------------------------------- what is shown
// A section where somebody writes stays as it is.
function busy(content) {
  const field = document.activeElement;
  const writing = [...content.querySelectorAll("form")].some((form) => [...form.elements].some(isWritten));
  return writing || (content.contains(field) && field.matches("input, select, button, summary"));
}

function isWritten(field) {
  if (field.matches("select")) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  return field.matches("input") && field.value !== field.defaultValue;
}

function place(parts) {
  for (const [name, html] of Object.entries(parts)) {
    const content = document.querySelector(`#${name} > .content`);
    if (content && !busy(content)) put(content, html);
  }
}

async function fetched(address) {
  const answer = await fetch(address, {cache: "no-store"});
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

// Whether it went well; an answer that somebody asked past is left alone.
async function show(wanted) {
  const turn = ++asked;
  try {
    const seen = await (await fetched(wanted === null ? "/moment" : `/moment?cycle=${wanted}`)).json();
    if (turn !== asked) return true;
    cycle = seen.cycle;
    count = seen.count;
    const clock = $("cycle");
    clock.max = String(count - 1);
    clock.value = String(cycle);
    $("at").innerHTML = seen.at;
    clock.setAttribute("aria-valuetext", $("at").textContent);
    place(seen.parts);
    const here = new URL(location.href);
    if (follows) here.searchParams.delete("cycle"); else here.searchParams.set("cycle", String(cycle));
    history.replaceState(null, "", here);
    await predict();
  } catch (error) {
    say(error.message);
    return false;
  }
  return true;
}

async function predict() {
  const turn = ++fitted;
  const content = document.querySelector("#predictions > .content");
  content.setAttribute("aria-busy", "true");
  const words = new URLSearchParams(new FormData($("view")));
  words.set("cycle", String(cycle));
  try {
    const seen = await (await fetched(`/fitted?${words}`)).json();
    if (turn === fitted) place(seen.parts);
  } catch (error) {
    if (turn === fitted) content.textContent = error.message;
  } finally {
    if (turn === fitted) content.removeAttribute("aria-busy");
  }
}

function patiently(act) {
  let timer = 0;
  const later = (...given) => { later.drop(); timer = setTimeout(act, PATIENCE_MS, ...given); };
  later.drop = () => clearTimeout(timer);
  return later;
}

// ---------------------------------------------------------------- what a reader does
function turnTo(wanted) {
  const next = Math.min(Math.max(wanted, 0), count - 1);
  follows = next === count - 1;
  $("cycle").value = String(next);
  show(next);
}

function begin() {
  const clock = $("cycle");
  const later = patiently(turnTo);
  clock.addEventListener("input", () => {
    ++asked;  // an answer that is under way must not move the slider back under the reader's hand
    $("at").textContent = `${clock.value} of ${count - 1}`;
    later(Number(clock.value));
  });
  $("back").addEventListener("click", () => { later.drop(); turnTo(Number(clock.value) - 1); });
  $("on").addEventListener("click", () => { later.drop(); turnTo(Number(clock.value) + 1); });
  $("newest").addEventListener("click", () => { later.drop(); follows = true; show(null); });
  $("clock").addEventListener("submit", (event) => event.preventDefault());
  const view = $("view");
  view.addEventListener("submit", (event) => event.preventDefault());
  view.addEventListener("input", patiently(predict));
  document.addEventListener("submit", judge);
  document.addEventListener("keydown", press);
  dark.addEventListener("change", () => draw(main));
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  draw(main);
  predict();
}

// Enter in a group of fields means the button of that group, not the first one of the form.
function press(event) {
  const button = event.target.closest("fieldset")?.querySelector("button");
  if (event.key !== "Enter" || !event.target.matches("input") || !button) return;
  event.preventDefault();
  button.click();
}

async function judge(event) {
  const form = event.target;
  if (!form.matches("form.verdict")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.getAttribute("action"), {method: "POST", body});
    const text = await answer.text();
    say(text);
    if (answer.ok) await settled(form, text); else refuse(form, text);
  } catch (error) {
    say(`douka watch does not answer: ${error.message}`);
  }
}

// What was decided stands in the form's place, even where the section stays since somebody writes in another form.
async function settled(form, text) {
  const heading = form.closest("section").querySelector("h2"), outcome = document.createElement("p");
  outcome.textContent = text;
  form.replaceWith(outcome);
  follows = true;
  await show(null);
  say(text);
  heading.tabIndex = -1;
  heading.focus({preventScroll: true});
}

// Nothing of what was typed is lost; the field that the words begin with, or quote, is marked.
function refuse(form, text) {
  const said = form.querySelector(".refusal") || form.appendChild(document.createElement("p"));
  said.className = "refusal warn";
  said.setAttribute("role", "alert");
  said.textContent = text;
  const fields = [...form.elements].filter((each) => each.dataset.called);
  for (const field of fields) field.removeAttribute("aria-invalid");
  const meant = fields.find((field) => isMeant(field.dataset.called.toLowerCase(), text.toLowerCase()));
  if (!meant) return;
  meant.setAttribute("aria-invalid", "true");
  meant.closest("details")?.setAttribute("open", "");
  meant.focus();
}

function isMeant(called, text) {
  return text.includes(`'${called}'`) || text.startsWith(`${called} =`) || text.startsWith(`${called}:`);
}

// ---------------------------------------------------------------- what is new
// Whether what was sealed is told, and shown to who follows.
async function renew(seen) {
  count = seen.count;
  $("cycle").max = String(count - 1);
  const isShown = !follows || await show(null);
  if (isShown) say(`Cycle ${seen.count - 1} was sealed${follows ? "." : `; shown is cycle ${cycle}.`}`);
  return isShown;
}

async function look() {
  try {
    const seen = await (await fetched("/latest")).json();
    const isNew = stamp !== null && seen.stamp !== stamp;
    if (isNew && cycle < 0) { location.reload(); return; }
    if (!isNew || await renew(seen)) stamp = seen.stamp;
    document.body.classList.remove("gone");
  } catch {
    document.body.classList.add("gone");
    say("douka watch does not answer any more. Start it again, then load this page.");
  }
  setTimeout(look, LOOK_MS);
}

if (cycle >= 0) begin();
look();
