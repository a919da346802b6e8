// <setting-list>: the parts of a page, each a row that opens in place. Alt+click opens or closes all of them. Which ones
// are open is remembered; an address that names a part opens it.
const KEY = "open-settings";

class SettingList extends HTMLElement {
  connectedCallback() {
    this.remembered = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    for (const each of this.parts) if (this.nameOf(each) in this.remembered) each.open ||= this.remembered[this.nameOf(each)];
    this.addEventListener("click", this.onClick);
    this.addEventListener("change", this.onSwitch);
    this.addEventListener("toggle", (event) => this.remember(event.target), true);
    addEventListener("hashchange", (this.onHash = () => this.openNamed()));
    this.openNamed();
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.onHash);
  }

  get parts() {
    return this.querySelectorAll("details[data-setting]");
  }

  nameOf(part) {
    return (part.closest("[id].setting") ?? part).id;
  }

  onClick(event) {
    const part = event.target.closest("summary")?.parentElement;
    if (!event.altKey || !part?.matches("[data-setting]")) return;
    event.preventDefault();
    const open = !part.open;
    for (const each of this.parts) each.open = open;
  }

  // What is switched on is shown: its values begin to count.
  onSwitch(event) {
    if (event.target.matches(".setting-switch [role=switch]:checked")) event.target.closest(".setting").querySelector("details").open = true;
  }

  openNamed() {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = named && (named.closest("details[data-setting]") ?? named.querySelector("details[data-setting]"));
    if (!part || !this.contains(part)) return;
    for (let each = part; each; each = each.parentElement.closest("details")) each.open = true;
    part.scrollIntoView();
  }

  remember(part) {
    if (!part.matches("[data-setting]")) return;
    this.remembered[this.nameOf(part)] = part.open;
    localStorage.setItem(KEY, JSON.stringify(this.remembered));
  }
}
customElements.define("setting-list", SettingList);
