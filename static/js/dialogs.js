// Native dialogs: data-opens="id" opens one, with the focus on data-safe; a form with data-confirm asks first. Without scripts the form just goes.
const confirmation = document.getElementById("confirm");
const confirmed = new WeakSet();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  dialog.showModal();
  dialog.querySelector("[data-safe]")?.focus();
});

function ask(form) {
  const [yes, no] = confirmation.querySelectorAll("button");
  confirmation.querySelector("h2").textContent = form.dataset.confirm;
  confirmation.querySelector("p").textContent = form.dataset.confirmText;
  yes.textContent = form.dataset.confirmYes;
  no.textContent = form.dataset.confirmNo;
  const isDanger = "confirmDanger" in form.dataset;
  yes.classList.toggle("btn--danger", isDanger);
  yes.classList.toggle("btn--primary", !isDanger);
  confirmation.returnValue = "no";
  confirmation.showModal();
  no.focus();
  return new Promise((answer) => {
    confirmation.addEventListener("close", () => answer(confirmation.returnValue === "yes"), { once: true });
  });
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-confirm]") || confirmed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(form))) return;
  confirmed.add(form);
  form.requestSubmit(event.submitter);
}

// In the capturing phase, so the question comes before htmx sees the submit.
document.addEventListener("submit", onSubmit, true);
