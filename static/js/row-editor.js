// <row-editor> around the form of a row: Ctrl or ⌘ with Enter saves it, Esc leaves it, and asks first where something was typed.
// In a dialog leaving closes it; elsewhere "row-left" is fired for what stands around it. data-typed: it opens with what was typed.
class RowEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.dialog = this.closest("dialog");
    this.isTyped = "typed" in this.dataset;
    this.addEventListener("input", () => (this.isTyped = true));
    this.addEventListener("keydown", this.onKeydown);
    this.addEventListener("click", this.onClick);
    this.dialog?.addEventListener("cancel", (this.onCancel = (event) => this.isTyped && (event.preventDefault(), this.ask(true))));
  }

  disconnectedCallback() {
    this.dialog?.removeEventListener("cancel", this.onCancel);
  }

  // A list that Esc closes has taken the key already.
  onKeydown(event) {
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit(this.querySelector("[data-save]"));
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  onClick(event) {
    const button = event.target.closest("[data-dialog-close], [data-stay]");
    if (!button || "discard" in button.dataset) return;
    if ("stay" in button.dataset) return this.ask(false);
    if (!this.isTyped) return;
    event.stopPropagation();
    this.ask(true);
  }

  leave() {
    const asking = this.querySelector("[data-leaving]");
    if (asking && !asking.hidden) this.ask(false);
    else if (this.isTyped && asking) this.ask(true);
    else if (this.dialog) this.dialog.close();
    else this.dispatchEvent(new Event("row-left", { bubbles: true }));
  }

  ask(leaving) {
    this.querySelector("[data-leaving]").hidden = !leaving;
    this.querySelector("[data-verbs]").hidden = leaving;
    if (leaving) this.from = document.activeElement;
    (leaving ? this.querySelector("[data-stay]") : this.from)?.focus();
  }
}
customElements.define("row-editor", RowEditor);
