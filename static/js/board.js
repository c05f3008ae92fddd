// Stories that are put on the board while it is open are told in one line, with a link that loads them into the list when it
// suits whoever reads; rows of stories that were taken off go. The list says of which stories it was made.
const place = document.querySelector("[data-more-stories]");
const link = place.querySelector("a");

function keysOf(id) {
  return document.getElementById(id).dataset.boardKeys.split(" ").filter(Boolean);
}

function follow() {
  const now = keysOf("board-keys");
  const listed = keysOf("stories");
  for (const key of listed.filter((one) => !now.includes(one))) document.getElementById(`story-${key}`)?.remove();
  const more = now.filter((key) => !listed.includes(key)).length;
  const words = more === 1 ? "1 more story" : `${more} more stories`;
  if (more && link.textContent !== words) link.textContent = words;
  place.hidden = more === 0;
}

link.addEventListener("click", async (event) => {
  event.preventDefault();
  await htmx.ajax("GET", location.pathname + location.search, { target: "#stories", swap: "outerMorph" });
  document.querySelector("#stories .rows a")?.focus({ preventScroll: true });
});

document.addEventListener("htmx:after:swap", follow);
