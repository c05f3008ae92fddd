// Says how old the view is while live updates have stopped, and takes the words away when they are back.
const box = document.querySelector("[data-live]");

function at(moment) {
  return new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function wordsFor({ standing, words, lastGood }) {
  if (standing === "good") return "";
  const from = `What you see is from ${at(lastGood)}.`;
  return words ? `${words} ${from}` : `${from} Buttons still go through.`;
}

box?.addEventListener("standing", (event) => {
  const words = wordsFor(event.detail);
  const gone = box.querySelector(".live__gone");
  document.documentElement.classList.toggle("is-stale", words !== "");
  // A status is read aloud when it changes, so it is left alone while the words stay the same.
  const place = box.querySelector("[data-live-words]");
  if (place.textContent !== words) place.textContent = words;
  gone.hidden = words === "";
});
