// News is marked once as it comes, and read aloud at most once in ten seconds: the latest, and how many there were.
const SILENT = 10_000;
const region = document.getElementById("announcer");
let waiting = [];
let spokeAt = 0;

function speak() {
  if (!waiting.length) return;
  const latest = waiting[0].textContent.replace(/\s+/g, " ").trim();
  region.textContent = waiting.length > 1 ? `${waiting.length} new. ${latest}` : latest;
  waiting = [];
  spokeAt = Date.now();
}

function hear(items) {
  waiting = [...items, ...waiting];
  if (waiting.length === items.length) setTimeout(speak, Math.max(0, spokeAt + SILENT - Date.now()));
}

document.addEventListener("htmx:before:swap", (event) => {
  for (const { target, fragment } of event.detail.tasks ?? []) {
    if (!target?.matches?.("[data-announced]")) continue;
    const fresh = [...fragment.querySelectorAll("li[id]")].filter((item) => !document.getElementById(item.id));
    for (const item of fresh) item.classList.add("fresh");
    if (fresh.length) hear(fresh);
  }
});
