// Focus is never lost: after a swap it goes to the same element, else to the new part; an error summary takes it first.
let focusedPart = null;

function focusOn(part) {
  const place = part.querySelector("[data-focus], [autofocus], [data-row-link], h1 a, h2 a, h3 a") ?? part;
  if (place === part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  place.focus({ preventScroll: true });
}

document.addEventListener("htmx:before:swap", (event) => {
  const parts = (event.detail.tasks ?? []).map(({ target }) => (typeof target === "string" ? document.querySelector(target) : target));
  focusedPart = parts.find((part) => part?.contains?.(document.activeElement))?.id ?? null;
});

document.addEventListener("htmx:after:swap", () => {
  const part = focusedPart && document.getElementById(focusedPart);
  const summary = part?.querySelector("[data-focus]");
  if (summary) summary.focus();
  else if (part && (document.activeElement === document.body || !document.activeElement?.isConnected)) focusOn(part);
  focusedPart = null;
});

document.querySelector("[data-focus]")?.focus();
