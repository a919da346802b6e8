// <draft-form> around a form: says that what was typed is not saved yet, asks before it is lost, and lets ⌘S save it.
// A link with data-after-saving saves all of them first; it stays on the page where one is refused, and shows why.
class DraftForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("input", this.onInput);
    this.form.addEventListener("submit", (this.onSubmit = () => this.mark(false)));
    addEventListener("beforeunload", (this.onLeave = (event) => this.isUnsaved && event.preventDefault()));
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.onLeave);
  }

  onInput() {
    this.mark([...this.form.elements].some((field) => this.differs(field)));
  }

  differs(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) {
      const chosen = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(0, chosen);
    }
    return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
  }

  mark(unsaved) {
    this.isUnsaved = unsaved;
    const [button, note] = [this.querySelector("[data-save-draft]"), this.querySelector("[data-unsaved]")];
    if (!button) return;
    note.hidden = !unsaved;
    button.toggleAttribute("data-save", unsaved);
  }
}
customElements.define("draft-form", DraftForm);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-after-saving]");
  const unsaved = [...document.querySelectorAll("draft-form")].filter((each) => each.isUnsaved);
  if (!link || !unsaved.length || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  saveAll(unsaved).then((saved) => saved && location.assign(link.href));
});

async function saveAll(unsaved) {
  for (const each of unsaved) {
    const { form } = each;
    if (!form.reportValidity()) return false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type !== "opaqueredirect") return form.requestSubmit(), false; // sent once more, the page shows what is wrong
    } catch {
      return document.dispatchEvent(new Event("htmx:sendError")), false;
    }
    each.mark(false);
  }
  return true;
}
