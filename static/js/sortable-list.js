// <sortable-list>: a drag, Alt+arrow on a row, or a move button reorders its <li>s; then "reorder" fires for htmx.
// The order of the hidden inputs is the payload, so sending it twice changes nothing and the page shows the server's answer.
// What is moved while an order is being sent is moved in the answer, too, and sent after it.
import Sortable from "../vendor/sortable-1.15.7.esm.min.js";

const UNDO_MS = 10_000;
const later = new Map(); // by the id of the list: the order to send next, and the one that it was made from

class SortableList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.section = this.closest("[id]");
    this.sent = this.keys();
    const next = later.get(this.section.id);
    if (next?.from === String(this.sent)) this.arrange(next.to);
    else later.delete(this.section.id); // somebody else has changed the list
    this.section.addEventListener("htmx:load", () => this.sendNext());
    this.section.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful || detail.elt.id !== this.formId || later.delete(this.section.id));
    this.sortable = Sortable.create(this.list, {
      handle: "[data-handle]",
      draggable: "li:not([data-fixed])",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 100,
      ghostClass: "is-gap",
      dragClass: "is-dragged",
      onStart: () => (this.edited?.ask(), (this.before = this.keys())),
      onMove: () => !this.edited,
      onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && this.changed(item),
    });
    this.addEventListener("keydown", this.onKeydown);
    this.addEventListener("click", this.onClick);
    this.addEventListener("change", this.onChange);
  }

  disconnectedCallback() {
    this.sortable.destroy();
  }

  get items() {
    return [...this.list.children].filter((item) => !("fixed" in item.dataset));
  }

  // The row in which something was typed: the answer to a move would replace it.
  get edited() {
    return [...this.querySelectorAll("row-editor")].find(({ isTyped }) => isTyped);
  }

  // htmx sends one order at a time, and hears of the next when it has settled the answer.
  get isBusy() {
    return Boolean(this.closest(".htmx-added") || document.getElementById(this.formId)?.matches(".htmx-request"));
  }

  get formId() {
    return `${this.section.id}-form`;
  }

  keys() {
    return this.items.map((item) => item.querySelector("input[type=hidden]").value);
  }

  onKeydown(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    const isTyping = event.target.matches("select, textarea, input:not([type=checkbox])");
    if (!event.altKey || !(event.key in steps) || isTyping) return;
    const item = this.items.find((each) => each.contains(event.target) && each.querySelector("[data-handle]"));
    if (!item) return;
    event.preventDefault();
    this.move(item, this.items.indexOf(item) + steps[event.key]);
  }

  onClick(event) {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    const index = this.items.indexOf(item);
    this.move(item, { up: index - 1, down: index + 1, first: 0, last: Infinity }[button.dataset.move]);
    button.closest("[popover]")?.hidePopover();
  }

  onChange(event) {
    if (!event.target.matches("[data-move-to]")) return;
    event.stopPropagation();
    const position = event.target.valueAsNumber;
    if (position) this.move(event.target.closest("li"), position - 1);
  }

  move(item, to) {
    const others = this.items.filter((other) => other !== item);
    const index = Math.max(0, Math.min(to, others.length));
    if (index === this.items.indexOf(item)) return;
    if (this.edited) return this.edited.ask(() => this.move(item, to));
    this.before = this.keys();
    if (index === 0) this.list.prepend(item);
    else others[index - 1].after(item);
    // A moved node loses the focus; htmx keeps it on the same id once the answer is in.
    item.querySelector("[data-handle]").focus();
    this.changed(item);
  }

  changed(item) {
    const position = this.items.indexOf(item) + 1;
    const words = `${item.dataset.name} moved to ${position} of ${this.items.length}.`;
    document.getElementById("announcer").textContent = words;
    const { id } = this.section;
    const before = this.before;
    const handle = item.querySelector("[data-handle]").id;
    document.dispatchEvent(
      new CustomEvent("undoable", {
        detail: { words, ms: UNDO_MS, undo: () => document.querySelector(`#${CSS.escape(id)} sortable-list`)?.restore(before, handle) },
      }),
    );
    this.send();
  }

  send() {
    if (this.isBusy) return later.set(this.section.id, { from: String(this.sent), to: this.keys() });
    this.sent = this.keys();
    this.dispatchEvent(new CustomEvent("reorder", { bubbles: true }));
  }

  sendNext() {
    if (!this.isBusy && later.delete(this.section.id)) this.send();
  }

  arrange(keys) {
    const place = (item) => keys.indexOf(item.querySelector("input[type=hidden]").value);
    this.list.prepend(...this.items.sort((one, other) => place(one) - place(other)));
  }

  // After the answer this is another element than the one that was moved in: it is found again by the form's id.
  restore(keys, handle) {
    this.arrange(keys);
    document.getElementById(handle)?.focus();
    document.getElementById("announcer").textContent = "Move undone.";
    this.send();
  }
}
customElements.define("sortable-list", SortableList);
