// Parts that ask for news every few seconds are quiet while the tab is hidden, and where the page's stream brings them.
const brings = document.querySelector("[data-live]")?.dataset.brings;

document.addEventListener("htmx:before:request", (event) => {
  const element = event.detail.ctx.sourceElement;
  if (!element?.getAttribute?.("hx-trigger")?.includes("every")) return;
  if (document.hidden || (brings && element.dataset.brought === brings)) event.preventDefault();
});
