// <fold-rows>: a button in the first row of a <tbody> shows and hides the other rows; one button does it for all.
class FoldRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.onClick);
  }

  onClick({ target }) {
    const one = target.closest("[data-fold]");
    const all = target.closest("[data-fold-all]");
    if (one) this.unfold(one, one.ariaExpanded !== "true");
    else if (all) this.each().forEach((button) => this.unfold(button, all.ariaExpanded !== "true"));
    else return;
    this.tellAll();
  }

  each() {
    return [...this.querySelectorAll("[data-fold]")];
  }

  unfold(button, isOpen) {
    button.ariaExpanded = isOpen;
    const rows = button.closest("tbody").querySelectorAll("tr:not(:first-child)");
    for (const row of rows) row.hidden = !isOpen;
  }

  tellAll() {
    const all = this.querySelector("[data-fold-all]");
    all.ariaExpanded = this.each().every((button) => button.ariaExpanded === "true");
    all.textContent = all.ariaExpanded === "true" ? "Collapse all" : "Expand all";
  }
}
customElements.define("fold-rows", FoldRows);
