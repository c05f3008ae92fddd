// Ticks what counts down: tiles (data-countdown), words (data-left) and the bars of leases (data-until). The server's clock
// decides: the difference to it is taken from the page, and again from each beat of its stream.
const ANNOUNCED_MINUTES = [60, 15, 5, 1];
const LAST_MINUTES = 10;
let offset = Date.parse(document.documentElement.dataset.now) - Date.now();

function millisecondsLeft(end) {
  return Math.max(0, Date.parse(end) - Date.now() - offset);
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
  const seconds = Math.floor(millisecondsLeft(element.dataset.countdown) / 1000);
  const minutes = Math.floor(seconds / 60);
  const two = (value) => String(value).padStart(2, "0");
  const tiles = element.querySelector(".tiles");
  setTiles(tiles, `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`);
  tiles.classList.toggle("tiles--dot", minutes < LAST_MINUTES);
  if (seconds % 60 === 0) {
    element.querySelector(".vh").textContent = `${aloud(minutes)} left`;
    if (ANNOUNCED_MINUTES.includes(minutes)) announce(`${aloud(minutes)} left`);
  }
}

function tickWords(element) {
  const left = millisecondsLeft(element.dataset.left);
  element.textContent = inWords(Math.floor(left / 60000)) + element.dataset.suffix;
}

function tickBar(bar) {
  const whole = Date.parse(bar.dataset.until) - Date.parse(bar.dataset.since);
  bar.setAttribute("width", `${((millisecondsLeft(bar.dataset.until) / whole) * 100).toFixed(2)}%`);
}

function tick() {
  document.querySelectorAll("[data-countdown]").forEach(tickTiles);
  document.querySelectorAll("[data-left]").forEach(tickWords);
  document.querySelectorAll("[data-until]").forEach(tickBar);
}

tick();
setInterval(tick, 1000);
document.addEventListener("beat", (event) => {
  offset = Date.parse(event.detail.data) - Date.now();
  tick();
});
document.addEventListener("htmx:after:swap", tick);
