// Says on the big screen since when nothing new has come, and lets the digits stand: an old number must not look alive.
// The words of other pages (live.js) say it too soon for a hall: a stream that is back within seconds is nobody's business.
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

for (const sign of ["htmx:after:swap", "beat"]) {
  document.addEventListener(sign, () => {
    lastGood = Date.now();
    show();
  });
}
setInterval(show, 1000);
