// <sortable-list>: a drag, Alt+arrow on a row, or a move button reorders its <li>s; then "reorder" fires for htmx.
// The order of the hidden inputs is the payload, so sending it twice changes nothing and the page shows the server's answer.
import Sortable from "../vendor/sortable-1.15.7.esm.min.js";

const UNDO_MS = 10_000;

class SortableList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
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
    const { id } = this.closest("[id]");
    const before = this.before;
    const handle = item.querySelector("[data-handle]").id;
    document.dispatchEvent(
      new CustomEvent("undoable", {
        detail: { words, ms: UNDO_MS, undo: () => document.querySelector(`#${CSS.escape(id)} sortable-list`)?.restore(before, handle) },
      }),
    );
    this.dispatchEvent(new CustomEvent("reorder", { bubbles: true }));
  }

  // After the answer this is another element than the one that was moved in: it is found again by the form's id.
  restore(keys, handle) {
    const place = (item) => keys.indexOf(item.querySelector("input[type=hidden]").value);
    this.list.prepend(...this.items.sort((one, other) => place(one) - place(other)));
    document.getElementById(handle)?.focus();
    document.getElementById("announcer").textContent = "Move undone.";
    this.dispatchEvent(new CustomEvent("reorder", { bubbles: true }));
  }
}
customElements.define("sortable-list", SortableList);
