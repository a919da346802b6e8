// The frame: toasts, dialogs, theme, navigation, ⌘S or Ctrl+S to save. Everything else is a custom element of its own.
const remember = (name, value) => {
  document.cookie = `${name}=${value};path=/;max-age=${value ? 31536000 : 0};samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
};

// A dialog covers the rest of the page, and makes it inert.
function placeInSight() {
  const dialog = document.querySelector("dialog:modal");
  if (!dialog) return document.getElementById("toasts");
  const place = dialog.querySelector(":scope > .toasts") ?? document.createElement("div");
  place.className = "toasts";
  place.role = "alert";
  dialog.append(place);
  return place;
}

function toast(text, level = "info", undo = null, ms = 8000) {
  const item = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  const button = item.querySelector("[data-toast-undo]");
  item.dataset.level = level;
  item.querySelector("p").textContent = text;
  button.hidden = !undo;
  button.addEventListener("click", () => (item.remove(), undo()));
  // What went wrong stays until it has been read.
  const stays = /error|warning/.test(level);
  const place = stays ? placeInSight() : document.getElementById("toasts");
  // Only the last one is shown: what can be undone stays that one.
  const undoable = undo || stays ? null : place.querySelector("[data-toast]:has([data-toast-undo]:not([hidden]))");
  place.insertBefore(item, undoable);
  if (!stays) expire(item, ms);
}

// After a while a message disappears; one beneath another waits until it was shown itself.
const expire = (item, ms) => setTimeout(() => (item.checkVisibility() ? item.remove() : item.isConnected && expire(item, ms)), ms);
// A success message disappears when the next one arrives, too.
const settled = () => document.querySelectorAll("#toasts [data-level=success], #toasts [data-level=info]");
for (const each of settled()) expire(each, 8000); // rendered with the page

// Django's messages arrive with every htmx answer: {"messages": [{"message": …, "tags": …}]}.
document.addEventListener("messages", (event) => {
  settled().forEach((old) => old.querySelector("[data-toast-undo]:not([hidden])") || old.remove());
  for (const { message, tags } of event.detail.value ?? event.detail) toast(message, tags);
});
document.addEventListener("undoable", ({ detail }) => {
  settled().forEach((old) => old.remove());
  toast(detail.words, "info", detail.undo, detail.ms);
});
const refusals = {
  403: "Your role does not allow this. Nothing was changed.",
  404: "This no longer exists: someone may have deleted it meanwhile. Nothing was saved. What you typed is still here; reload the page to see what there is.",
};
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (/"messages"/.test(xhr.getResponseHeader("HX-Trigger"))) return; // the server has said it
  toast(refusals[xhr.status] ?? `The server answered ${xhr.status}. Nothing was changed on this page; try again.`, "error");
});
// htmx keeps no history either: going back asks the server, and the page shows what it answers.
document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());
document.addEventListener("htmx:sendError", () => toast("The server cannot be reached. What you typed is kept here.", "error"));

// A part that asks for itself again and again is not replaced while something in it is pressed: the click would be lost.
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (target.matches("[hx-trigger^=every]") && target.querySelector(":active")) detail.shouldSwap = false;
});

// A table that is being replaced keeps its rows, dimmed, beneath a thin bar.
const busy = ({ target, type }) => target.closest?.(".table-scroll, [data-busy]")?.setAttribute("aria-busy", type === "htmx:beforeRequest");
document.addEventListener("htmx:beforeRequest", ({ detail, type }) => busy({ target: detail.target, type }));
document.addEventListener("htmx:afterRequest", ({ detail, type }) => busy({ target: detail.target, type }));

// A closed dialog returns the focus to what opened it; for a menu entry, whose menu has closed, to the menu's button.
function show(dialog) {
  const from = document.activeElement;
  const menu = from?.closest("[popover]");
  const opener = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : from;
  dialog.addEventListener("close", () => {
    const now = document.activeElement;
    if (!now || now === document.body || !now.checkVisibility()) (document.getElementById(opener?.id) ?? opener)?.focus();
  }, { once: true });
  dialog.showModal();
  // The first field, else the way back: the browser would choose the button that closes it.
  const first = ":is(input:not([type=hidden], [type=radio]:not(:checked)), select, textarea):not(:disabled)";
  (dialog.querySelector(`.dialog-body ${first}`) ?? dialog.querySelector(".dialog-foot [data-dialog-close]"))?.focus();
}

// The dialog opens when htmx fills it; HX-Trigger "dialog-close" or an empty answer closes it.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "dialog") return;
  if (!target.firstElementChild) target.close();
  else if (!target.open) show(target);
  else target.querySelector("[aria-invalid=true]")?.focus(); // what was sent is refused
});
document.addEventListener("dialog-close", () => document.getElementById("dialog")?.close());

document.addEventListener("click", ({ target }) => {
  const on = (selector) => target.closest(selector);
  if (on("[data-toast-close]")) on("[data-toast]").remove();
  else if (on("[data-dialog-close]")) on("dialog").close();
  else if (on("[data-opens]")) show(document.getElementById(on("[data-opens]").dataset.opens));
  else if (on("[data-print]")) print();
  else if (on("[data-nav-toggle]")) {
    const { width } = document.getElementById("nav").getBoundingClientRect();
    document.body.dataset.nav = width > 100 ? "icons" : "words";
    remember("nav", document.body.dataset.nav);
  }
});

// A second click while the first is being sent is ignored. htmx forms are not handled here: they use hx-sync.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, 5000); // an answer may be a file, which leaves the page where it is
});
// Answers say no-store. A browser that still caches the page must not show it after log-out.
addEventListener("pagehide", ({ persisted }) => (document.documentElement.hidden = persisted));
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-theme-choice]")) return;
  if (target.value) document.documentElement.dataset.theme = target.value;
  else delete document.documentElement.dataset.theme;
  remember("theme", target.value);
});

document.addEventListener("keydown", (event) => {
  const shown = document.querySelector("dialog:modal") ?? document.querySelector("dialog[open]") ?? document;
  const save = (event.metaKey || event.ctrlKey) && event.key === "s" && shown.querySelector("[data-save]");
  if (save) event.preventDefault(), save.click();
});
