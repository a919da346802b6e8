// <step-keys>: J and K open the links in it to the next and the previous page of the same kind.
class StepKeys extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    document.addEventListener("keydown", (event) => this.onKeydown(event), { signal: this.listening.signal });
  }
  disconnectedCallback() {
    this.listening.abort();
  }
  onKeydown(event) {
    const rel = { j: "next", k: "prev" }[event.key];
    if (!rel || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    this.querySelector(`a[rel=${rel}]`)?.click();
  }
}
customElements.define("step-keys", StepKeys);
