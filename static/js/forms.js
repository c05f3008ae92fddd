// Small help with forms: data-autosubmit sends a form when a control changes, data-check-all ticks a whole column.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-autosubmit]")?.requestSubmit();
  const name = event.target.dataset.checkAll;
  if (!name) return;
  const scope = event.target.form ?? document;
  for (const box of scope.querySelectorAll(`input[type=checkbox][name="${name}"]`)) {
    if (!box.disabled) box.checked = event.target.checked;
  }
});
