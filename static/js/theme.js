// Switches between light and dark at once; the form saves the choice, and works alone where scripts do not run.
const root = document.documentElement;
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkSystem.matches);

for (const form of document.querySelectorAll("[data-theme-form]")) {
  const field = form.elements.theme;
  const offerTheOther = () => {
    field.value = isDark() ? "light" : "dark";
  };
  offerTheOther();
  darkSystem.addEventListener("change", offerTheOther);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    root.dataset.theme = field.value;
    offerTheOther();
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
