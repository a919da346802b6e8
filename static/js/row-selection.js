// <row-selection>: a table's check boxes named "row". Counts them, ticks all, and shows the bulk bar while any is ticked.
// A check box with data-every stands for all rows that the list has, on whatever page; the server knows which they are.
// With data-keep the ticks stay while its pages, filters and order change, until the form is sent or they are cleared:
// this tab remembers them, and rows on other pages are sent as hidden fields.
// Without this script the bulk bar is always shown above the table.
class RowSelection extends HTMLElement {
  connectedCallback() {
    this.all = this.querySelector("[data-all]");
    this.bar = this.querySelector("[data-bulk]");
    this.clear = this.querySelector("[data-clear]");
    this.every = this.querySelector("[data-every]");
    this.elsewhere = new Set();
    if (this.keeps) this.recall();
    this.addEventListener("change", this.onChange);
    this.addEventListener("keydown", this.onKeydown);
    this.addEventListener("click", this.onClick);
    this.addEventListener("input", this.onInput);
    this.addEventListener("htmx:afterSettle", this.onAnswer);
    this.onSubmit = ({ target }) => target.method === "post" && target.querySelector('[name="row"]') && this.forget();
    if (this.keeps) document.addEventListener("submit", this.onSubmit);
    // The dialog has changed the rows ([data-rows-changed] in it): none is ticked any more, and closed, it shows them as they are.
    this.onSwap = ({ target }) => target.id === "dialog" && target.querySelector("[data-rows-changed]") && this.onChanged(target);
    document.addEventListener("htmx:afterSwap", this.onSwap);
    this.show();
  }
  disconnectedCallback() {
    this.removeEventListener("change", this.onChange);
    this.removeEventListener("keydown", this.onKeydown);
    this.removeEventListener("click", this.onClick);
    this.removeEventListener("input", this.onInput);
    this.removeEventListener("htmx:afterSettle", this.onAnswer);
    document.removeEventListener("submit", this.onSubmit);
    document.removeEventListener("htmx:afterSwap", this.onSwap);
  }
  get rows() {
    return [...this.querySelectorAll('input[type="checkbox"][name="row"]')];
  }
  get keeps() {
    return "keep" in this.dataset && this.rows.length > 0;
  }
  get key() {
    return `rows ${location.pathname} ${this.dataset.keep}`;
  }
  recall() {
    const kept = new Set(JSON.parse(sessionStorage.getItem(this.key) ?? "[]"));
    for (const row of this.rows) {
      row.checked ||= kept.has(row.value);
      kept.delete(row.value);
    }
    this.elsewhere = kept;
    this.send();
  }
  // The rows of other pages, as fields of the form.
  send() {
    this.querySelectorAll('input[type="hidden"][name="row"]').forEach((field) => field.remove());
    for (const value of this.elsewhere) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "row", value });
      (this.querySelector("form") ?? this).append(field);
    }
  }
  remember() {
    const ticked = this.rows.filter((row) => row.checked).map((row) => row.value);
    sessionStorage.setItem(this.key, JSON.stringify([...this.elsewhere, ...ticked]));
  }
  forget() {
    sessionStorage.removeItem(this.key);
  }
  // Fields of the bulk bar that say what is done with the rows leave the ticks as they are.
  onChange({ target }) {
    if (!(target === this.all || target === this.every || target.matches('[type="checkbox"][name="row"]'))) return;
    if (target === this.all || target === this.every) for (const row of this.rows) row.checked = target.checked;
    if (this.every && target !== this.every) this.every.checked = false;
    if (this.keeps) this.remember();
    this.show();
  }
  onClick({ target }) {
    if (!this.clear?.contains(target)) return;
    for (const row of this.rows) row.checked = false;
    if (this.every) this.every.checked = false;
    this.elsewhere.clear();
    this.send();
    this.forget();
    this.show();
    this.all?.focus();
  }
  // What was refused stays in the bar, with the reason, until something else is typed or ticked.
  onAnswer({ target, detail }) {
    if (!target.closest("[data-refused]") || detail.requestConfig.elt.value !== "pay") return;
    const field = this.bar.querySelector("[data-value]");
    field.setAttribute("aria-invalid", "true");
    field.select();
  }
  onInput() {
    this.bar?.querySelector("[data-refused]")?.replaceChildren();
    this.bar?.querySelector("[data-value]")?.removeAttribute("aria-invalid");
  }
  onChanged(dialog) {
    this.forget();
    dialog.onclose = () => location.reload();
  }
  // Enter on a check box would press the form's first button, which may delete the rows.
  onKeydown(event) {
    if (event.key === "Enter" && event.target.matches("[type=checkbox]")) event.preventDefault();
  }
  show() {
    if (!this.bar) return;
    const here = this.rows.filter((row) => row.checked).length;
    const others = this.elsewhere.size;
    this.bar.hidden = here + others === 0;
    this.bar.querySelector("[data-count]").textContent = this.every?.checked ? `All ${this.every.dataset.every} selected` : `${here + others} selected${others ? `, ${others} of them on other pages` : ""}`;
    if (this.clear) this.clear.disabled = false; // the button does nothing without this script
    this.all.checked = here > 0 && here === this.rows.length;
    this.all.indeterminate = here > 0 && here < this.rows.length;
  }
}
customElements.define("row-selection", RowSelection);
