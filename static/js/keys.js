// Letter keys, outside fields only, and only where the page carries the list of keys (people can switch them off).
const help = document.querySelector("[data-keys]");
const LETTERS = "cnsmlu";

function isTyping(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
}

function selectedRow() {
  return document.activeElement.closest("[data-row]");
}

function move(step) {
  const all = rows();
  const place = all.indexOf(selectedRow() ?? document.querySelector("[data-row-current]"));
  const next = all[place === -1 ? (step > 0 ? 0 : all.length - 1) : place + step];
  if (!next) return;
  const link = next.querySelector("[data-row-link], a, button") ?? next;
  if (link === next) next.tabIndex = -1;
  link.focus();
  next.scrollIntoView({ block: "nearest" });
}

// With a row selected, a letter acts on that row or not at all: never on another one that happens to have the key.
function press(letter) {
  const row = letter === "u" ? null : selectedRow();
  (row ?? document).querySelector(`[data-key="${letter}"]`)?.click();
}

function search() {
  const field = document.querySelector("main input[type=search]");
  if (field) field.focus();
  else document.querySelector('a[data-key="/"]')?.click();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "/") search();
  else if (key === "?") help.showModal();
  else if (LETTERS.includes(key)) press(key);
  else return;
  event.preventDefault();
}

if (help) document.addEventListener("keydown", onKey);
