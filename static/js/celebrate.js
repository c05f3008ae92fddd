// A squash is celebrated once, where it is seen to happen: the stamp, the points and the tile that changed.
function isNewlySquashed(target, fragment) {
  return target.matches("[data-row]") && !target.querySelector(".stamp") && fragment.querySelector(".stamp");
}

function markTiles(target, fragment) {
  const before = [...target.querySelectorAll(".tiles i")].map((tile) => tile.textContent);
  const after = [...fragment.querySelectorAll(".tiles i")];
  if (before.length !== after.length) return;
  after.forEach((tile, place) => tile.classList.toggle("is-new", tile.textContent !== before[place]));
}

document.addEventListener("htmx:before:swap", (event) => {
  for (const { type, target, fragment } of event.detail.tasks ?? []) {
    if (type !== "partial" || !target) continue;
    if (isNewlySquashed(target, fragment)) {
      for (const part of fragment.querySelectorAll(".stamp, .pts")) part.classList.add("is-new");
      fragment.querySelector("[data-row]").classList.add("fresh");
    }
    if (target.matches("#tally-squashed, #own-points")) markTiles(target, fragment);
  }
});
