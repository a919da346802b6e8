// <filter-bar>: a form of filters that is sent as soon as one of them changes, or a moment after one types in its search.
// htmx then replaces the bar with the rest: what was open stays open, focus stays, and so does what was typed meanwhile.
// [data-later]: fields that wait for their own button, which closes what they are in. [data-stays]: what is open when a
// field in it has changed.
const WAIT = 300; // ms
let before = null;
// Where the focus is, in what comes, too: by id, or as one of several boxes by its value.
const placeOf = (part) => part && (part.id ? `#${CSS.escape(part.id)}` : part.name && `[name="${part.name}"][value="${CSS.escape(part.value)}"]`);

class FilterBar extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("change", this.onChange);
    this.addEventListener("input", this.onInput);
    this.addEventListener("htmx:configRequest", this.onRequest);
    this.addEventListener("submit", this.onSubmit);
    this.restore();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  onChange({ target }) {
    if (target.closest("[data-later], [role=combobox]") || target.type === "search") return;
    this.send();
  }

  onInput({ target }) {
    if (target.type !== "search") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), WAIT);
  }

  send() {
    clearTimeout(this.timer);
    this.form.requestSubmit();
  }

  onSubmit({ submitter }) {
    this.applied = submitter?.closest(":popover-open");
  }

  // The address holds what is filtered by, and columns once they were chosen.
  onRequest({ target, detail }) {
    if (target !== this.form) return;
    const asked = new URLSearchParams(location.search);
    for (const { name } of this.querySelectorAll("fieldset input")) {
      const boxes = [...this.querySelectorAll(`fieldset input[name="${name}"]`)];
      if (!asked.has(name) && boxes.every((box) => box.checked === box.defaultChecked)) detail.formData.delete(name);
    }
    for (const [name, value] of [...detail.formData]) {
      if (value !== "") continue;
      const others = detail.formData.getAll(name).filter((each) => each !== "");
      detail.formData.delete(name);
      for (const each of others) detail.formData.append(name, each);
    }
  }

  remember(by) {
    const { activeElement } = document;
    const here = this.contains(activeElement) ? activeElement : null;
    const opener = this.applied && this.querySelector(`[popovertarget="${this.applied.id}"]`);
    const stays = by === this.form && !opener ? [...this.querySelectorAll("[data-stays]:is(:popover-open, [open])")] : [...this.querySelectorAll("details[data-stays][open]")];
    before = { open: stays.map(({ id }) => id), focus: placeOf(opener ?? here), typed: here?.type === "search" ? here.value : null };
  }

  restore() {
    if (!before) return;
    const { open, focus, typed } = before;
    before = null;
    for (const id of open) {
      const part = document.getElementById(id);
      const source = document.querySelector(`[popovertarget="${id}"]`);
      if (part?.popover) source?.focus({ preventScroll: true }), part.showPopover({ source }); // closed, it returns the focus there
      else if (part) part.open = true;
    }
    const field = focus && this.querySelector(focus);
    if (!field) return;
    const asked = field.value;
    if (typed !== null) field.value = typed;
    field.focus({ preventScroll: true });
    if (typed !== null && typed !== asked) this.onInput({ target: field });
  }
}
customElements.define("filter-bar", FilterBar);

const barIn = (part) => part?.querySelector?.("filter-bar");
document.addEventListener("htmx:beforeRequest", ({ detail }) => barIn(detail.target) && detail.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => barIn(detail.target) && detail.target.removeAttribute("aria-busy"));
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.shouldSwap && barIn(detail.target)?.remember(detail.requestConfig?.elt));
