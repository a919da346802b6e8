// <draft-form> around a form of a draft: it is saved by itself, soon after typing and at once when a field is left. What
// is refused stays in its field, with the reason beneath. <draft-bar> says how they stand, and why one is refused; it lets
// ⌘S save them at once.
// A link with data-after-saving waits until all are saved; it stays on the page where one is refused.
const WAIT = 800;

class DraftForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.stored = this.written;
    this.kept = this.fields;
    this.state = "saved";
    this.addEventListener("input", () => this.saveAfter(WAIT));
    this.addEventListener("change", () => this.saveAfter(0));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.saveAnyway()));
    this.form.addEventListener("htmx:beforeRequest", () => this.show("saving"));
    this.form.addEventListener("htmx:afterRequest", ({ detail }) => this.onAnswer(detail));
    addEventListener("beforeunload", (this.onLeave = (event) => this.state !== "saved" && event.preventDefault()));
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.onLeave);
    clearTimeout(this.timer);
  }

  // What was typed, as it would be sent.
  get written() {
    const data = new FormData(this.form);
    for (const name of ["csrfmiddlewaretoken", "opened_with"]) data.delete(name);
    return new URLSearchParams(data).toString();
  }

  // Every field with what it holds.
  get fields() {
    const typed = [...this.form.elements].filter((each) => each.name && each.type !== "hidden");
    return typed.map((each) => [each, each.matches("[type=checkbox], [type=radio]") ? "checked" : "value"]).map(([each, key]) => [each, key, each[key]]);
  }

  // Why it is not saved: the first reason, and what was typed in that field.
  get refusal() {
    if (this.isContradicted) return "Someone else changed it meanwhile.";
    const [reason, ...others] = this.querySelectorAll("[id$='-errors'] .notice, .problems li");
    if (!reason) return "";
    const field = reason.dataset.field && this.form.elements[reason.dataset.field];
    const typed = field?.inputMode ? field.value.trim() : "";
    const words = [reason.textContent.trim(), typed && `You typed “${typed.length > 40 ? `${typed.slice(0, 40)}…` : typed}”.`, others.length && `And ${others.length} more.`];
    return words.filter(Boolean).join(" ");
  }

  // What was stored before the last save is typed again, and saved.
  undo() {
    const before = new Set(this.previous.map(([field]) => field));
    for (const [field] of this.fields) if (!before.has(field) && field.closest("[data-row]")) (field.value = ""), (field.closest("[data-row]").hidden = true);
    for (const [field, key, value] of this.previous) {
      field[key] = value;
      if (value) field.closest("[data-row]")?.removeAttribute("hidden");
    }
    this.previous = null;
    this.saveAfter(0);
  }

  // What somebody else has changed meanwhile is replaced only where that is asked for, and what an account rule locks is
  // taken over, though nothing was typed.
  saveAnyway() {
    this.stored = null;
    this.isContradicted = false;
    this.refused = null;
    this.saveAfter(0);
  }

  saveAfter(wait) {
    clearTimeout(this.timer);
    if (this.state === "saving") return; // its answer looks again
    if (this.isContradicted || this.written === this.refused) return this.show("refused");
    if (this.written === this.stored) return this.show("saved");
    this.show("typing");
    this.timer = setTimeout(() => this.save(), wait);
  }

  save() {
    clearTimeout(this.timer);
    [this.sent, this.sending] = [this.written, this.fields];
    htmx.trigger(this.form, "save");
  }

  onAnswer({ xhr }) {
    // htmx takes a refusal, whose answer it shows, for a success; after log-out it is led away.
    const successful = xhr.status === 200 && !xhr.getResponseHeader("HX-Redirect");
    this.isContradicted = xhr.status === 409;
    if (successful) [this.stored, this.refused, this.previous, this.kept] = [this.sent, null, this.kept, this.sending];
    else if (xhr.status === 422) this.refused = this.sent;
    this.state = "typing";
    if (this.written !== this.sent && !this.isContradicted) return this.saveAfter(WAIT);
    this.show(successful ? "saved" : "refused");
    this.dispatchEvent(new CustomEvent("draft-answered", { bubbles: true }));
  }

  show(state) {
    this.state = state;
    const problems = new Set([...this.querySelectorAll("[data-field]")].map((each) => each.dataset.field));
    for (const field of this.form.elements) {
      if (!field.name || field.type === "hidden") continue;
      if (state === "refused" && problems.has(field.name)) field.setAttribute("aria-invalid", "true");
      else if (state !== "typing") field.removeAttribute("aria-invalid");
    }
    this.classList.toggle("is-refused", state === "refused");
    if (state === "refused") this.querySelector("details").open = true;
    document.dispatchEvent(new CustomEvent("draft-state"));
  }
}
customElements.define("draft-form", DraftForm);

class DraftBar extends HTMLElement {
  connectedCallback() {
    document.addEventListener("draft-state", (this.onState = () => this.show()));
    this.querySelector("[data-save]").addEventListener("click", () => this.saveNow());
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("draft-state", this.onState);
  }

  get forms() {
    return [...document.querySelectorAll("draft-form")].filter((each) => each.form);
  }

  show() {
    const states = this.forms.map((each) => each.state);
    const refused = this.forms.filter((each) => each.state === "refused");
    const place = this.querySelector("[data-state]");
    this.classList.toggle("is-refused", refused.length > 0);
    if (refused.length) {
      const link = Object.assign(document.createElement("a"), { href: `#${refused[0].querySelector("details").id}`, textContent: "Go" });
      const name = refused.map((each) => each.dataset.name).join(", ");
      const said = [`${refused.length === 1 ? "1 part is" : `${refused.length} parts are`} not saved: ${name}.`, refused[0].refusal];
      place.replaceChildren(`${said.filter(Boolean).join(" ")} `, link);
    } else if (states.includes("saving") || states.includes("typing")) {
      this.wasBusy = true;
      place.textContent = "Saving…";
    } else if (this.wasBusy) {
      this.wasBusy = false;
      const last = this.forms.find((each) => each.previous);
      place.replaceChildren(`Saved ${new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`);
      if (last) this.offerUndo(place, last);
    }
  }

  // For 10 seconds the last save can be taken back.
  offerUndo(place, form) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Undo" });
    button.addEventListener("click", () => form.undo());
    place.append(" · ", button);
    for (const each of this.forms) if (each !== form) each.previous = null;
    setTimeout(() => button.isConnected && (button.previousSibling.remove(), button.remove(), (form.previous = null)), 10000);
  }

  // Resolves to whether everything is saved.
  async saveNow() {
    const open = this.forms.filter((each) => each.state !== "saved");
    const answers = open.filter((each) => each.state !== "refused").map((each) => new Promise((done) => each.addEventListener("draft-answered", done, { once: true })));
    for (const each of open) if (each.state === "typing") each.save();
    await Promise.all(answers);
    const saved = this.forms.every((each) => each.state === "saved");
    if (saved) document.dispatchEvent(new CustomEvent("undoable", { detail: { words: "Saved.", ms: 2000 } }));
    return saved;
  }
}
customElements.define("draft-bar", DraftBar);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-after-saving]");
  const bar = document.querySelector("draft-bar");
  if (!link || !bar || bar.forms.every((each) => each.state === "saved") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  bar.saveNow().then((saved) => (saved ? location.assign(link.href) : bar.querySelector("[data-state] a")?.click()));
});
