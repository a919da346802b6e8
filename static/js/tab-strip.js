// <tab-strip>: where its tabs, or its table, are wider than the page, the current one is in sight, and they fade where more follow.
class TabStrip extends HTMLElement {
  connectedCallback() {
    this.tabs = this.firstElementChild;
    this.widths = new ResizeObserver(() => this.mark());
    this.widths.observe(this.tabs);
    this.tabs.addEventListener("scroll", () => this.mark(), { passive: true });
    const current = this.tabs.querySelector("[aria-current]")?.getBoundingClientRect();
    if (current) this.tabs.scrollLeft += current.left + current.width / 2 - this.tabs.getBoundingClientRect().left - this.tabs.clientWidth / 2;
  }
  disconnectedCallback() {
    this.widths.disconnect();
  }
  mark() {
    const { scrollLeft, clientWidth, scrollWidth } = this.tabs;
    this.tabs.classList.toggle("more-before", scrollLeft > 1);
    this.tabs.classList.toggle("more-after", scrollLeft + clientWidth < scrollWidth - 1);
  }
}
customElements.define("tab-strip", TabStrip);
