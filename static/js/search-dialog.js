// <search-dialog>: "/" and ⌘K or Ctrl+K open the dialog in it; arrows choose among the links that htmx puts there, Enter opens one.
class SearchDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.found = this.querySelector("[role=listbox]");
    this.openings = new AbortController();
    const { signal } = this.openings;
    document.addEventListener("keydown", (event) => this.onShortcut(event), { signal });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-search]") || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      this.open();
    }, { signal });
    this.addEventListener("keydown", (event) => this.onKeydown(event));
    this.addEventListener("htmx:afterSettle", ({ detail }) => this.mark(new URL(detail.xhr.responseURL).searchParams.get("q")));
    // A click beside the dialog lands on its backdrop, which is the dialog itself.
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
  }

  disconnectedCallback() {
    this.openings.abort();
  }

  get hits() {
    return [...this.found.querySelectorAll("a[id]")];
  }

  onShortcut(event) {
    const isCommand = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !event.target.closest?.("input, textarea, select, [contenteditable]");
    if (!isCommand && !isSlash) return;
    event.preventDefault();
    if (this.dialog.open) this.input.select();
    else if (!document.querySelector("dialog:modal")) this.open();
  }

  open() {
    const from = document.activeElement;
    this.dialog.addEventListener("close", () => from?.focus(), { once: true });
    this.dialog.showModal();
    this.input.focus();
    this.input.select();
    if (!this.hits.length) this.input.dispatchEvent(new CustomEvent("open"));
  }

  onKeydown(event) {
    if (event.target !== this.input) return;
    const { hits } = this;
    const now = hits.findIndex((hit) => hit.ariaSelected === "true");
    if (event.key === "ArrowDown") this.choose(hits[(now + 1) % hits.length]);
    else if (event.key === "ArrowUp") this.choose(hits.at(now <= 0 ? -1 : now - 1));
    // While an answer is on its way the links are of other words: the form asks the server, which opens an exact id.
    else if (event.key === "Enter" && now >= 0 && this.shown === this.input.value) hits[now].click();
    else return;
    event.preventDefault();
  }

  // What is named exactly is chosen at once, else nothing, so that Enter asks for the page of all that was found.
  mark(text) {
    this.shown = text;
    for (const hit of this.hits) {
      hit.role = "option";
      hit.tabIndex = -1;
      hit.ariaSelected = "false";
    }
    const exact = this.hits.filter((hit) => "exact" in hit.dataset);
    this.choose(exact.length === 1 ? exact[0] : null);
  }

  choose(hit) {
    for (const each of this.hits) each.ariaSelected = String(each === hit);
    hit?.scrollIntoView({ block: "nearest" });
    if (hit) this.input.setAttribute("aria-activedescendant", hit.id);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
customElements.define("search-dialog", SearchDialog);
