// Parts that ask for news: quiet while the tab is hidden, and they can be paused by whoever wants to read in peace.
const button = document.querySelector("[data-pause-live]");
let isPaused = false;

function isPolled(element) {
  return element?.getAttribute?.("hx-trigger")?.includes("every") ?? false;
}

document.addEventListener("htmx:before:request", (event) => {
  if (isPolled(event.detail.ctx.sourceElement) && (isPaused || document.hidden)) event.preventDefault();
});

if (button && document.querySelector('[hx-trigger*="every"]')) {
  button.hidden = false;
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? "Go on with live updates" : "Pause live updates";
  });
}
