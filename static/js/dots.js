// Twenty pairs of yellow dots fall once, when the first place is called up. Where motion is unwelcome they are simply there.
const PAIRS = 20;
const SPREAD = 100;
const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
let fall;

function pair() {
  return window.confetti.shapeFromPath({ path: "M0 4a4 4 0 1 0 8 0a4 4 0 1 0-8 0M11 4a4 4 0 1 0 8 0a4 4 0 1 0-8 0" });
}

function canvas() {
  const place = document.createElement("canvas");
  place.className = "cer__canvas";
  place.setAttribute("aria-hidden", "true");
  document.body.append(place);
  return window.confetti.create(place, { useWorker: false, resize: true });
}

function drop() {
  if (isStill || !window.confetti) return;
  fall ??= { fire: canvas(), shape: pair() };
  for (const x of [0.25, 0.75]) {
    fall.fire({
      particleCount: PAIRS / 2,
      origin: { x, y: -0.1 },
      angle: 270,
      spread: SPREAD,
      startVelocity: 18,
      gravity: 0.9,
      ticks: 120,
      scalar: 2.2,
      flat: true,
      colors: ["#ffd83d"],
      shapes: [fall.shape],
    });
  }
}

function isFirstPlace(at) {
  return at === Number(document.querySelector("#main").dataset.firstPlace);
}

document.addEventListener("ceremony:step", (event) => {
  if (event.detail.isForward && isFirstPlace(event.detail.at)) drop();
});
document.addEventListener("htmx:after:swap", () => {
  if (isFirstPlace(Number(document.querySelector("#main").dataset.at))) drop();
});
