// Turns the pages of a long list by the clock, so that every screen in the house shows the same one at the same time.
const SECONDS = 12;
const screen = document.getElementById("screen");
const offset = Date.parse(screen.dataset.now) - Date.now();

function turn(list) {
  const order = list.dataset.turns.split(",");
  const page = order[Math.floor((Date.now() + offset) / 1000 / SECONDS) % order.length];
  for (const part of list.querySelectorAll("[data-turn]")) part.hidden = part.dataset.turn !== page;
}

function turnAll() {
  document.querySelectorAll("[data-turns]").forEach(turn);
}

turnAll();
setInterval(turnAll, 500);
document.addEventListener("htmx:after:swap", turnAll);
