// A toast stays 8 seconds, longer while it is hovered or focused. Everything in it can be reached elsewhere.
const STAY = 8000;

function isHeld(toast) {
  return toast.matches(":hover") || toast.contains(document.activeElement);
}

function watch(toast) {
  toast.dataset.toast = "seen";
  setTimeout(function leave() {
    if (isHeld(toast)) setTimeout(leave, STAY / 4);
    else toast.remove();
  }, STAY);
}

function watchNew() {
  document.querySelectorAll('#toasts [data-toast=""]').forEach(watch);
}

watchNew();
document.addEventListener("htmx:after:swap", watchNew);
