// What arrives by itself takes nothing away: opened details stay open, a sentence about a lost race stays to be read, and
// forms get this page's token, which parts painted for everybody cannot carry.
const KEPT = "[data-kept]";
const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];

htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details, dialog")),
});

document.addEventListener("htmx:before:swap", (event) => {
  for (const { type, target, fragment } of event.detail.tasks ?? []) {
    if (type !== "partial" || !target) continue;
    for (const field of fragment.querySelectorAll("input[name=csrf_token]")) field.setAttribute("value", token);
    const kept = target.querySelector(KEPT);
    const place = kept && fragment.querySelector(`#${CSS.escape(target.id)} > :nth-child(2)`);
    if (place && !fragment.querySelector(KEPT)) place.append(kept.cloneNode(true));
  }
});
