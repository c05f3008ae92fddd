// Whole error pages never land inside a row: their sentence is shown as a notice. Says when live updates stop.
const notices = document.getElementById("notices");
let lastGood = new Date();
let stopped = null;

function show(title, text) {
  const note = document.createElement("div");
  note.className = "note note--bad";
  note.setAttribute("role", "alert");
  const words = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = title;
  words.append(strong, document.createElement("br"), text);
  note.append(words);
  notices?.replaceChildren(note);
  return note;
}

function isPolled(element) {
  return element?.getAttribute?.("hx-trigger")?.includes("every") ?? false;
}

function liveStopped() {
  if (stopped?.isConnected) return;
  const time = lastGood.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  stopped = show("Live updates have stopped.", `What you see is from ${time}. Buttons still go through when you press them.`);
}

// A page's live updates say themselves when they stop (live.js).
function isLive(element) {
  return element?.matches?.("[data-live]") ?? false;
}

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (isLive(ctx.sourceElement)) return;
  const status = ctx.response?.status ?? 200;
  if (status < 400) {
    lastGood = new Date();
    stopped?.remove();
    return;
  }
  if (!/^\s*<!doctype/i.test(ctx.text ?? "")) return;
  event.preventDefault();
  if (isPolled(ctx.sourceElement)) return liveStopped();
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  const title = page.querySelector("h1")?.textContent.trim();
  const text = page.querySelector("[data-error-text]")?.textContent.trim();
  show(title || "That did not work.", text || "Nothing was saved. Reload the page and try once more.");
  notices?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("htmx:error", (event) => {
  if (isLive(event.detail.ctx?.sourceElement)) return;
  if (isPolled(event.detail.ctx?.sourceElement)) liveStopped();
  else show("gamebash could not be reached.", "Nothing was saved. Check the connection and try again.");
});
