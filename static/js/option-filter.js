// <option-filter>: options to tick, of which those are shown that contain what is typed, and those that are ticked.
// Without this script there is no field, and all are shown.
class OptionFilter extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=search]");
    if (!this.field) return;
    this.field.closest("label").hidden = false;
    this.addEventListener("input", this.onInput);
    this.addEventListener("keydown", this.onKeydown);
  }
  disconnectedCallback() {
    this.removeEventListener("input", this.onInput);
    this.removeEventListener("keydown", this.onKeydown);
  }
  onInput({ target }) {
    if (target !== this.field) return;
    const typed = target.value.trim().toLowerCase();
    const options = [...this.querySelectorAll("label:has([type=checkbox])")];
    for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(typed) && !option.control.checked;
    this.querySelector("[data-none]").hidden = options.some((option) => !option.hidden);
  }
  // Enter in the field would send the form.
  onKeydown(event) {
    if (event.key === "Enter" && event.target === this.field) event.preventDefault();
  }
}
customElements.define("option-filter", OptionFilter);
