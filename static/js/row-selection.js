// <row-selection>: a table's check boxes named "row". Counts them, ticks all, and shows the bulk bar while any is ticked.
// Without this script the bulk bar simply stands above the table.
class RowSelection extends HTMLElement {
  connectedCallback() {
    this.all = this.querySelector("[data-all]");
    this.bar = this.querySelector("[data-bulk]");
    this.addEventListener("change", this.onChange);
    this.addEventListener("keydown", this.onKeydown);
    this.show();
  }
  disconnectedCallback() {
    this.removeEventListener("change", this.onChange);
    this.removeEventListener("keydown", this.onKeydown);
  }
  get rows() {
    return [...this.querySelectorAll('input[name="row"]')];
  }
  onChange({ target }) {
    if (target === this.all) for (const row of this.rows) row.checked = target.checked;
    this.show();
  }
  // Enter on a check box would press the form's first button, whatever that does to the rows.
  onKeydown(event) {
    if (event.key === "Enter" && event.target.matches("[type=checkbox]")) event.preventDefault();
  }
  show() {
    if (!this.bar) return;
    const ticked = this.rows.filter((row) => row.checked).length;
    this.bar.hidden = ticked === 0;
    this.bar.querySelector("[data-count]").textContent = `${ticked} selected`;
    this.all.checked = ticked > 0 && ticked === this.rows.length;
    this.all.indeterminate = ticked > 0 && ticked < this.rows.length;
  }
}
customElements.define("row-selection", RowSelection);
