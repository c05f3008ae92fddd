// The choice of what this computer shows while gamebash is in the background; kept in this browser. Asks the browser for its
// leave only when somebody presses the button.
const KINDS = "desktop-kinds";
const place = document.querySelector("[data-desktop]");
const form = place.querySelector("form");
const [on, off] = place.querySelectorAll("[data-desktop-on], [data-desktop-off]");
const said = place.querySelector("[data-desktop-said]");

function chosen() {
  return [...form.elements].filter((box) => box.checked).map((box) => box.value);
}

function kept() {
  return JSON.parse(localStorage.getItem(KINDS));
}

function tell() {
  const kinds = kept();
  const isOn = kinds !== null && Notification.permission === "granted";
  off.hidden = !isOn;
  on.textContent = isOn ? "Keep this choice" : "Show notices on this computer";
  said.textContent = isOn ? place.dataset.isOn : Notification.permission === "denied" ? place.dataset.isDenied : place.dataset.isOff;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (Notification.permission === "default") await Notification.requestPermission();
  if (Notification.permission === "granted") localStorage.setItem(KINDS, JSON.stringify(chosen()));
  tell();
});

off.addEventListener("click", () => {
  localStorage.removeItem(KINDS);
  tell();
});

if ("Notification" in window && navigator.locks) {
  const kinds = kept();
  if (kinds) for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = kinds.includes(box.value);
  place.hidden = false;
  tell();
}
