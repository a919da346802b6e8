// <row-list>: adds a row of fields from its template and removes one; the form hears a change either way. In the
// template __n__ stands for the row's number.
class RowList extends HTMLElement {
  connectedCallback() {
    this.next = Number(this.dataset.next);
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-add]")) this.add();
      const removed = event.target.closest("[data-remove]");
      if (removed) this.remove_(removed.closest("[data-row]"));
    });
  }

  add() {
    const holder = document.createElement("template");
    holder.innerHTML = this.querySelector("template").innerHTML.replaceAll("__n__", this.next++);
    const row = holder.content.querySelector("[data-row]");
    this.querySelector("[data-rows]").append(row);
    this.querySelector("[data-none]")?.toggleAttribute("hidden", true);
    row.querySelector("input").focus();
  }

  remove_(row) {
    const { nextElementSibling, previousElementSibling } = row;
    const value = row.querySelector("input"); // the server leaves out rows without a value
    value.value = "";
    value.dispatchEvent(new Event("input", { bubbles: true }));
    value.dispatchEvent(new Event("change", { bubbles: true }));
    row.hidden = true;
    (nextElementSibling ?? previousElementSibling ?? this).querySelector("button:not([hidden])")?.focus();
  }
}
customElements.define("row-list", RowList);
