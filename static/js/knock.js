// Knocks once, softly, when the screen shows a new squash. A browser may want one press before a page makes a sound.
const button = document.querySelector("[data-knock]");
const audio = new AudioContext();
let newest = newestShown();

// When the newest squash was, 0 before the first; undefined while squashes are not to be heard.
function newestShown() {
  const { newest: seconds } = document.getElementById("screen").dataset;
  return seconds === undefined ? undefined : Number(seconds);
}

// A knuckle on wood: a low tone that falls and is gone within a fifth of a second.
function knock() {
  const start = audio.currentTime;
  const tone = new OscillatorNode(audio, { type: "sine", frequency: 190 });
  const loudness = new GainNode(audio, { gain: 0 });
  tone.frequency.exponentialRampToValueAtTime(75, start + 0.12);
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(0.35, start + 0.006);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.2);
  tone.connect(loudness).connect(audio.destination);
  tone.start(start);
  tone.stop(start + 0.22);
}

function offer() {
  button.hidden = audio.state === "running";
}

button.addEventListener("click", async () => {
  await audio.resume();
  knock();
});
audio.addEventListener("statechange", offer);
document.addEventListener("htmx:after:swap", () => {
  const before = newest;
  newest = newestShown();
  if (before !== undefined && newest !== undefined && newest > before && audio.state === "running") knock();
});
offer();
