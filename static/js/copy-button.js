// <copy-button>: its button copies the text of [data-copy] and says so.
class CopyButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this.onClick);
  }
  async onClick(event) {
    if (!event.target.closest("button")) return;
    const word = this.querySelector("[data-copy-word]");
    const text = this.querySelector("[data-copy]").textContent;
    try {
      await navigator.clipboard.writeText(text);
      word.textContent = "Copied";
    } catch {
      // No permission, or no https: select it, so that the reader's own keys can copy.
      getSelection().selectAllChildren(this.querySelector("[data-copy]"));
      word.textContent = "Selected";
    }
    setTimeout(() => (word.textContent = "Copy"), 2000);
  }
}
customElements.define("copy-button", CopyButton);
