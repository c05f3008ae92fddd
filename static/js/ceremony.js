// The ceremony by keys: everything is in the page already, so it goes on when the network is gone. Steps are told to the
// server for those who follow, as soon as it can be reached.
const show = document.querySelector("[data-ceremony]");
const form = document.querySelector(".cer__keys");
const announcer = document.querySelector("#announcer");
const FORWARD = new Set([" ", "ArrowRight", "ArrowDown", "PageDown", "Enter"]);
const BACK = new Set(["ArrowLeft", "ArrowUp", "PageUp", "Backspace"]);
const RETRY_MS = 3000;

const last = Number(show.dataset.last);
const isSaving = form.hasAttribute("data-ceremony-saves");
let at = Number(show.dataset.at);
let told = at;
let isTelling = false;
// Once the last step was shown the result is out: whoever goes back from there goes back in this hall alone.
let isOut = at === last;

function paint(isForward) {
  const fresh = [];
  for (const part of show.querySelectorAll("[data-step]")) {
    const from = Number(part.dataset.step);
    const isShown = from <= at && at < Number(part.dataset.until ?? Infinity);
    part.classList.toggle("is-shown", isShown);
    part.classList.toggle("is-new", isShown && isForward && from === at);
    if (isShown && isForward && from === at) fresh.push(part);
  }
  if (!isForward) return;
  announcer.textContent = fresh.map((part) => part.textContent.trim()).join(". ");
  fresh.at(-1)?.scrollIntoView({ block: "nearest" });
}

async function tell() {
  const step = isOut ? last : at;
  if (!isSaving || isTelling || told === step) return;
  isTelling = true;
  const words = new FormData(form);
  words.set("step", step);
  try {
    await fetch(form.action, { method: "POST", body: words, redirect: "manual" });
    told = step;
    isTelling = false;
    tell();
  } catch {
    // The hall goes on without the network; who follows catches up once it is back.
    setTimeout(() => {
      isTelling = false;
      tell();
    }, RETRY_MS);
  }
}

function go(to) {
  const next = Math.min(Math.max(to, 0), last);
  if (next === at) return;
  const isForward = next > at;
  at = next;
  isOut ||= at === last;
  paint(isForward);
  show.dispatchEvent(new CustomEvent("ceremony:step", { bubbles: true, detail: { at, isForward } }));
  tell();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("a, button, input, dialog") && [" ", "Enter"].includes(event.key)) return;
  if (FORWARD.has(event.key)) go(at + 1);
  else if (BACK.has(event.key)) go(at - 1);
  else if (event.key === "Home") go(0);
  else return;
  event.preventDefault();
}

form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(at + Number(event.submitter.dataset.move));
});
document.addEventListener("keydown", onKey);
window.addEventListener("online", tell);
paint(false);
