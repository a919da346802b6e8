// <row-editor> around the form of a row. Its <dialog> opens where it stands, and on a narrow screen as a sheet over the whole
// height. Ctrl or ⌘ with Enter saves, Esc leaves. Where something was typed (data-typed: it opens with that), leaving it is
// asked about first: by Esc or Cancel, by another row that opens, by whatever else would replace the list.
const WIDE = matchMedia("(width >= 1024px)");
const FIELD = ":is(input:not([type=hidden], [type=radio]:not(:checked)), select, textarea):not(:disabled)";
let opener; // the link that opened the row

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => elt.matches("[data-opens-row]") && (opener = elt));

class RowEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.dialog = this.querySelector("dialog");
    this.isTyped = "typed" in this.dataset;
    this.addEventListener("input", () => (this.isTyped = true));
    this.addEventListener("keydown", this.onKeydown);
    this.addEventListener("click", this.onClick);
    this.addEventListener("submit", (event) => event.defaultPrevented || (this.isTyped = false)); // the page itself is left
    if (this.dialog) this.open();
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:confirm", this.onConfirm);
    removeEventListener("beforeunload", this.onUnload);
    WIDE.removeEventListener("change", this.onWidth);
  }

  // One row is open at a time. The one that this was asked for from, htmx takes away itself.
  open() {
    for (const other of document.querySelectorAll("row-editor")) {
      if (other === this.nextElementSibling) other.hidden = true;
      else if (other !== this) other.remove();
    }
    this.show();
    if (!this.dialog.matches(":modal")) this.dialog.scrollIntoView({ block: "nearest" });
    this.querySelector(`[data-fields] ${FIELD}`)?.focus();
    this.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.leave()));
    this.dialog.addEventListener("close", () => this.dialog.open || this.close());
    document.addEventListener("htmx:confirm", (this.onConfirm = (event) => this.beforeRequest(event)));
    addEventListener("beforeunload", (this.onUnload = (event) => this.isTyped && event.preventDefault()));
    WIDE.addEventListener("change", (this.onWidth = () => this.show()));
  }

  show() {
    const focused = this.contains(document.activeElement) && document.activeElement;
    if (this.dialog.open) this.dialog.close();
    if (WIDE.matches) this.dialog.show();
    else this.dialog.showModal();
    if (focused) focused.focus();
  }

  close() {
    this.remove();
    const menu = opener?.closest("[popover]");
    const back = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : opener;
    back?.focus();
  }

  // A list that Esc closes has taken the key already.
  onKeydown(event) {
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit(this.querySelector("[data-save]"));
    else if (event.key === "Escape" && this.dialog) this.leave();
    else return;
    event.preventDefault();
  }

  onClick({ target }) {
    if (target.closest("[data-leave]")) this.leave();
    else if (target.closest("[data-stay]")) this.stay();
    else if (target.closest("[data-discard]")) {
      this.close();
      this.next?.();
    }
  }

  // What would replace the list waits until the row is left; the link that opened the row closes it, too.
  beforeRequest(event) {
    const { elt, issueRequest } = event.detail;
    const opens = elt.matches("[data-opens-row]");
    if (this.contains(elt) || !(opens || this.closest("section").contains(elt))) return;
    if (elt === opener) {
      event.preventDefault();
      this.leave();
    } else if (this.isTyped) {
      event.preventDefault();
      this.ask(() => issueRequest());
    } else if (opens) this.remove();
  }

  leave() {
    if (!this.querySelector("[data-leaving]").hidden) this.stay();
    else if (this.isTyped) this.ask();
    else this.close();
  }

  // next: what is done after what was typed is discarded.
  ask(next) {
    this.next = next;
    this.from = this.contains(document.activeElement) ? document.activeElement : this.querySelector(`[data-fields] ${FIELD}`);
    this.querySelector("[data-leaving]").hidden = false;
    this.querySelector("[data-verbs]").hidden = true;
    this.querySelector("[data-stay]").focus();
  }

  stay() {
    this.querySelector("[data-leaving]").hidden = true;
    this.querySelector("[data-verbs]").hidden = false;
    this.from?.focus();
  }
}
customElements.define("row-editor", RowEditor);
