// What arrives by itself takes nothing away: opened details stay open, what somebody typed or has to put right stays, a
// sentence about a lost race stays to be read, and forms get this page's token, which parts painted for everybody cannot carry.
const KEPT = "[data-kept]";
const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];

function isChanged(control) {
  if (control.type === "hidden") return false;
  if (control.options && control.multiple) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  if (control.options) return control.selectedIndex !== Math.max(0, [...control.options].findIndex((option) => option.defaultSelected));
  if (/checkbox|radio/.test(control.type)) return control.checked !== control.defaultChecked;
  return "defaultValue" in control && control.value !== control.defaultValue;
}

function isInUse(element) {
  if (!(element instanceof HTMLFormElement)) return false;
  return element.querySelector("[aria-invalid]") !== null || [...element.elements].some(isChanged);
}

htmx.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details, dialog")),
  htmx_before_morph_node: (element) => !isInUse(element),
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
