// Arrow keys move along a row of links that act as views.
document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const row = step && event.target.closest("[data-seg]");
  if (!row) return;
  const links = [...row.querySelectorAll("a")];
  links[(links.indexOf(event.target) + step + links.length) % links.length].focus();
  event.preventDefault();
});
