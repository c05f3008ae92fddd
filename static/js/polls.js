// Parts that ask for news every few seconds are quiet while the tab is hidden.
document.addEventListener("htmx:before:request", (event) => {
  const trigger = event.detail.ctx.sourceElement?.getAttribute?.("hx-trigger");
  if (document.hidden && trigger?.includes("every")) event.preventDefault();
});
