// Says on the big screen since when nothing new has come, and lets the digits stand: an old number must not look alive.
const SILENT_AFTER = 15_000;
let lastGood = Date.now();

function at(moment) {
  return new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function stop(countdown) {
  countdown.dataset.stopped = countdown.dataset.countdown;
  delete countdown.dataset.countdown;
}

function go(countdown) {
  countdown.dataset.countdown = countdown.dataset.stopped;
  delete countdown.dataset.stopped;
}

function show() {
  const words = document.querySelector("[data-stale]");
  const isSilent = Date.now() - lastGood > SILENT_AFTER;
  document.querySelectorAll(isSilent ? "[data-countdown]" : "[data-stopped]").forEach(isSilent ? stop : go);
  words.hidden = !isSilent;
  words.textContent = isSilent ? `No updates since ${at(lastGood)}` : "";
}

document.addEventListener("htmx:after:swap", () => {
  lastGood = Date.now();
  show();
});
setInterval(show, 1000);
