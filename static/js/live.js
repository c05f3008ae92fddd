// Keeps a page up to date by one stream, which htmx's extension reads. Beside it: when to connect and when not (a hidden
// tab, a pause), and what happens where every place is taken: the page asks now and then.
const SHORTEST_POLL = 10_000;
const LONGEST_POLL = 30_000;
const SILENCE = 40_000;
// Answers after which asking again is no use.
const OUT = {
  401: "You are not signed in any more.",
  403: "You may not see this any more.",
  404: "This is not shown any more.",
};
const box = document.querySelector("[data-live]");
const button = document.querySelector("[data-pause-live]");
let connection = null;
let isAsking = false;
let isPaused = false;
let isOut = false;
let lastGood = Date.now();
let polling = 0;
let retrying = 0;

// Says how things stand; what the page makes of it is freshness.js.
function tell(standing, words = "") {
  box.dispatchEvent(new CustomEvent("standing", { detail: { standing, words, lastGood } }));
}

function good() {
  lastGood = Date.now();
  tell("good");
}

function stale() {
  tell("stale");
}

function wants() {
  return !isPaused && !isOut && !document.hidden;
}

function connect() {
  clearTimeout(retrying);
  if (!wants() || connection || isAsking) return;
  isAsking = true;
  htmx.trigger(box, "connect");
}

function retry(seconds) {
  clearTimeout(retrying);
  retrying = setTimeout(connect, seconds * 1000);
}

// While there is no stream: the same parts, asked for at uneven intervals so that a crowd does not come all at once.
function poll(isFirst) {
  if (polling && isFirst) return;
  const wait = SHORTEST_POLL + Math.random() * (LONGEST_POLL - SHORTEST_POLL);
  polling = setTimeout(async () => {
    const address = box.dataset.live;
    if (wants()) {
      await htmx.ajax("GET", `${address}${address.includes("?") ? "&" : "?"}poll=1`, { source: box, swap: "none" });
    }
    if (polling) poll(false);
  }, isFirst ? 1000 : wait);
}

function stopPolling() {
  clearTimeout(polling);
  polling = 0;
}

function hangUp() {
  const open = connection;
  connection = null;
  clearTimeout(retrying);
  stopPolling();
  if (open) {
    open.cancelled = true;
    open.reader?.cancel();
    open.abortController?.abort();
  }
}

function failed(status, after) {
  isAsking = false;
  if (OUT[status]) {
    hangUp();
    isOut = true;
    return tell("out", OUT[status]);
  }
  if (status !== 503) stale();
  poll(true);
  if (after) retry(after);
}

// A connection can be dead without an end: then nothing comes, not even the beat, and a new one is made.
function listenForSilence() {
  if (!wants() || Date.now() - lastGood < SILENCE) return;
  stale();
  connection?.reader?.cancel();
}

function follow() {
  box.addEventListener("htmx:sse:before:connection", (event) => {
    if (!wants()) event.detail.connection.cancelled = true;
  });
  box.addEventListener("htmx:sse:after:connection", (event) => {
    connection = event.detail.connection;
    isAsking = false;
    box.dataset.state = "open";
    stopPolling();
    good();
  });
  box.addEventListener("htmx:sse:after:message", good);
  box.addEventListener("htmx:sse:close", () => {
    connection = null;
    delete box.dataset.state;
    if (wants()) retry(1);
  });
  box.addEventListener("htmx:sse:error", (event) => failed(event.detail.status ?? 0));
  // A first try that found no stream is not repeated by the extension.
  box.addEventListener("htmx:after:request", (event) => {
    const { response } = event.detail.ctx;
    if (response.status < 400) return good();
    if (polling && response.status === 503) return;
    failed(response.status, Number(response.headers.get("Retry-After")) || 20);
  });
  box.addEventListener("htmx:error", () => failed(0, 3 + Math.random() * 5));
  document.addEventListener("visibilitychange", () => !document.hidden && connect());
  setInterval(listenForSilence, 5000);
  // htmx looks at the page in a timer of its own, perhaps before its extension has come; this one is behind it.
  setTimeout(() => {
    box.setAttribute("hx-sse:connect", box.dataset.stream);
    htmx.process(box);
    connect();
  });
}

if (box) {
  follow();
  if (button) button.hidden = false;
  button?.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? "Go on with live updates" : "Pause live updates";
    if (isPaused) hangUp();
    else connect();
  });
}
