// Notices of the computer: while this tab is hidden, what was just told and is of a chosen kind shows once, whichever tab hears
// of it first. Chosen by desktop-choice.js, for this browser alone.
const EVERY = 30_000;
const KINDS = "desktop-kinds";
const TOLD = "desktop-told";
const ASKED = "desktop-asked";
const MOST_TOLD = 100;
const address = document.getElementById("bell")?.dataset.bell;

function read(key, otherwise) {
  return JSON.parse(localStorage.getItem(key)) ?? otherwise;
}

function isWanted() {
  return document.hidden && window.Notification?.permission === "granted" && read(KINDS, []).length > 0;
}

function show({ dataset, textContent }) {
  try {
    const notice = new Notification(dataset.words, { body: textContent, tag: `gamebash-${dataset.notice}` });
    notice.addEventListener("click", () => {
      window.open(dataset.opensAt, "_blank", "noopener");
      notice.close();
    });
  } catch {
    // Some browsers have no notices outside a service worker; the bell has them all.
  }
}

// One tab at a time, and not sooner after another tab than after itself.
async function ask() {
  if (!isWanted() || Date.now() - read(ASKED, 0) < EVERY - 1000) return;
  localStorage.setItem(ASKED, Date.now());
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const told = read(TOLD, []);
  const kinds = new Set(read(KINDS, []));
  const fresh = [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-notice]")];
  const news = fresh.filter(({ dataset }) => kinds.has(dataset.kind) && !told.includes(dataset.notice));
  localStorage.setItem(TOLD, JSON.stringify([...told, ...news.map(({ dataset }) => dataset.notice)].slice(-MOST_TOLD)));
  if (document.hidden) news.forEach(show);
}

if (address && "Notification" in window && navigator.locks) {
  setInterval(() => navigator.locks.request("desktop-notices", ask), EVERY);
}
