// Ticks what counts down: tiles (data-countdown) and words (data-left). The server's clock decides, so the
// difference to it is taken when an element is first seen. Reaching zero sends "timeup", for htmx to refresh on.
const ANNOUNCED_MINUTES = [60, 15, 5, 1];
const LAST_MINUTES = 10;
const offsets = new WeakMap();
const done = new WeakSet();

function millisecondsLeft(element, end) {
  if (!offsets.has(element)) offsets.set(element, Date.parse(element.dataset.now) - Date.now());
  return Math.max(0, Date.parse(end) - Date.now() - offsets.get(element));
}

function inWords(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return `${rest} min`;
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

function aloud(minutes) {
  const parts = [];
  const hours = Math.floor(minutes / 60);
  if (hours) parts.push(`${hours} ${hours === 1 ? "hour" : "hours"}`);
  if (minutes % 60 || !hours) parts.push(`${minutes % 60} ${minutes % 60 === 1 ? "minute" : "minutes"}`);
  return parts.join(" ");
}

function setTiles(tiles, text) {
  if (tiles.textContent === text) return;
  tiles.replaceChildren(
    ...[...text].map((sign) => {
      const tile = document.createElement(sign === ":" ? "b" : "i");
      tile.textContent = sign;
      return tile;
    }),
  );
}

function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

function tickTiles(element) {
  const seconds = Math.floor(millisecondsLeft(element, element.dataset.countdown) / 1000);
  const minutes = Math.floor(seconds / 60);
  const two = (value) => String(value).padStart(2, "0");
  const tiles = element.querySelector(".tiles");
  setTiles(tiles, `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`);
  tiles.classList.toggle("tiles--dot", minutes < LAST_MINUTES);
  if (seconds % 60 === 0) {
    element.querySelector(".vh").textContent = `${aloud(minutes)} left`;
    if (ANNOUNCED_MINUTES.includes(minutes)) announce(`${aloud(minutes)} left`);
  }
  sendTimeUp(element, seconds);
}

function tickWords(element) {
  const left = millisecondsLeft(element, element.dataset.left);
  element.textContent = inWords(Math.floor(left / 60000)) + element.dataset.suffix;
  sendTimeUp(element, left);
}

function sendTimeUp(element, left) {
  if (left > 0 || done.has(element)) return;
  done.add(element);
  element.dispatchEvent(new CustomEvent("timeup", { bubbles: true }));
}

function tick() {
  document.querySelectorAll("[data-countdown]").forEach(tickTiles);
  document.querySelectorAll("[data-left]").forEach(tickWords);
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
