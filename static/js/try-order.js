// <try-order>: an order that is being tried. The group that wins is marked in the draft's list, too, also after either was replaced.
const WON = "is-won";

class TryOrder extends HTMLElement {
  connectedCallback() {
    this.abort = new AbortController();
    document.addEventListener("htmx:afterSettle", () => this.mark(), { signal: this.abort.signal });
    this.mark();
  }

  disconnectedCallback() {
    this.abort.abort();
  }

  mark() {
    const rank = this.querySelector("[data-rank]")?.dataset.rank;
    for (const row of document.querySelectorAll("#payout-groups .ranked-row")) {
      row.classList.toggle(WON, rank !== undefined && row.querySelector(".ranked-rank")?.textContent.replace(/\D/g, "") === rank);
    }
  }
}
customElements.define("try-order", TryOrder);
