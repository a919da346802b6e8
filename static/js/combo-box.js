// <combo-box>: a text field whose choices the server finds as one types (data-kind), 25 at a time.
// A form sends the value of what was chosen, and what was typed where nothing was. data-words: of the value it opens with.
// data-adds: a choice is added to the form as one more value, and the field is empty again; with a list's id, as a ticked box there. data-many: words with commas
// between, of which the last is completed. data-other: the list says that what it does not have is taken as it is. data-from: an address of
// its own in place of that of its kind, which is asked with `asks`, too. Arrows, Home and End choose, Enter takes, Esc closes. Enter before
// the list has answered waits for it and takes what it would have taken then; with Ctrl or ⌘ it is the form's.
const WAIT = 120; // ms
const NEAR = 48; // px from the end of the list
let lists = 0;

class ComboBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input, textarea");
    if (this.list || this.input.disabled) return this.list || this.showWords();
    this.list = Object.assign(document.createElement("ul"), { id: `choices-${(lists += 1)}`, className: "combo-list", role: "listbox", popover: "manual" });
    this.list.ariaLabel = "Choices";
    this.append(this.list);
    this.showWords();
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocapitalize: "off" }))
      this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKeydown(event));
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("blur", () => this.leave());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // focus stays in the field
    this.list.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
    this.list.addEventListener("scroll", () => this.onScroll());
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  get adds() {
    return "adds" in this.dataset;
  }
  get many() {
    return "many" in this.dataset;
  }
  get completes() {
    return true;
  }
  get isOpen() {
    return this.input.ariaExpanded === "true";
  }
  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }
  // The option that is called just as what was typed.
  get named() {
    const typed = this.text.toLowerCase();
    return this.options.find(({ dataset }) => [dataset.value, dataset.words].some((each) => each?.toLowerCase() === typed));
  }
  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }
  get text() {
    const { value } = this.input;
    return (this.many ? value.slice(value.lastIndexOf(",") + 1) : value).trim();
  }

  // The field shows words; a hidden one with its name holds the value.
  showWords() {
    this.name ??= this.input.name;
    if (this.many) return;
    this.value = this.input.value;
    this.input.value = this.dataset.words || this.value;
    this.input.defaultValue = this.input.value;
    this.input.removeAttribute("name");
    if (this.adds) return;
    this.sent = Object.assign(document.createElement("input"), { type: "hidden", name: this.name, value: this.value, disabled: this.input.disabled });
    this.append(this.sent);
  }

  onInput() {
    if (this.sent) this.sent.value = this.input.value.trim();
    this.isTyped = true;
    this.isAwaited = this.completes && this.text !== "";
    this.takesNext = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(true), WAIT);
  }

  onKeydown(event) {
    const { key } = event;
    const { options, active } = this;
    const now = options.indexOf(active);
    const enters = key === "Enter" && !event.ctrlKey && !event.metaKey;
    if (enters && this.isAwaited) this.takesNext = true;
    else if (enters && this.isOpen && active) this.take(active);
    else if (enters && this.adds) this.open();
    else if (key === "Escape" && this.isOpen) this.close();
    else if (key === "ArrowDown" && !this.isOpen) this.open();
    else if (key === "ArrowDown") this.choose(options[now + 1] ?? options[now === options.length - 1 ? 0 : now]);
    else if (key === "ArrowUp" && this.isOpen) this.choose(options.at(now <= 0 ? -1 : now - 1));
    else if (key === "Home" && active) this.choose(options[0]);
    else if (key === "End" && active) this.choose(options.at(-1));
    else return;
    event.preventDefault();
  }

  // What was chosen before does not narrow the list: only what was typed since.
  async open(again = false) {
    if (this.isOpen && !again) return;
    const text = this.isTyped || this.adds || this.many ? this.text : "";
    await this.ask(text, 0);
  }

  async ask(text, start) {
    this.asked?.abort();
    this.asked = new AbortController();
    const place = this.dataset.from ?? document.body.dataset.choices.replace("/kind/", `/${this.dataset.kind}/`);
    const address = `${place}${place.includes("?") ? "&" : "?"}${new URLSearchParams({ ...this.asks, q: text, ...(start && { start }), ...("other" in this.dataset && { other: 1 }) })}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: this.asked.signal });
      if (answer.redirected) return location.reload(); // to the log-in page
      if (!answer.ok) throw new Error(answer.status);
      this.show(await answer.text(), start);
    } catch (error) {
      if (error.name !== "AbortError") this.show('<li class="combo-none">The choices cannot be loaded. Try again.</li>', 0);
    }
  }

  show(html, start) {
    this.isAwaited = false;
    if (document.activeElement !== this.input) return;
    if (start) {
      this.list.querySelector("[data-next]")?.remove();
      this.list.insertAdjacentHTML("beforeend", html);
    } else this.list.innerHTML = html;
    for (const [place, option] of this.options.entries()) {
      option.id = `${this.list.id}-${place}`;
      option.ariaSelected = String(option === this.active);
    }
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    this.input.ariaExpanded = "true";
    if (start) return;
    this.list.scrollTop = 0;
    this.choose(this.isTyped && this.text ? (this.named ?? this.options[0]) : this.options.find(({ dataset }) => dataset.value === this.sent?.value));
    if (this.takesNext) this.take(this.active);
  }

  onScroll() {
    const next = this.list.querySelector("[data-next]");
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    if (!next || this.more === next || scrollTop + clientHeight < scrollHeight - NEAR) return;
    this.more = next;
    this.ask(this.isTyped || this.adds || this.many ? this.text : "", Number(next.dataset.next));
  }

  choose(option) {
    if (this.active) this.active.ariaSelected = "false";
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.ariaSelected = "true";
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  take(option) {
    if (!option) return;
    const { value, words } = option.dataset;
    if (this.adds) {
      this.input.value = "";
      if (this.dataset.adds) this.tick(value, words);
      else this.append(Object.assign(document.createElement("input"), { type: "hidden", name: this.name, value }));
    } else if (this.many) {
      const kept = this.input.value.slice(0, this.input.value.lastIndexOf(",") + 1).trim();
      this.input.value = `${kept}${kept && " "}${words}, `;
    } else {
      this.input.value = words;
      this.sent.value = value;
    }
    this.isTyped = false;
    this.close();
    this.dispatchEvent(new Event("input", { bubbles: true }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // One more ticked box in the list that data-adds names, made from the template; one that is there already is ticked.
  tick(value, words) {
    const list = document.getElementById(this.dataset.adds);
    const there = [...list.querySelectorAll("input")].find((box) => box.value === value);
    if (there) return (there.checked = true);
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    row.querySelector("input").value = value;
    row.querySelector("span").textContent = words;
    list.append(row);
  }

  close() {
    this.isAwaited = this.takesNext = false;
    clearTimeout(this.timer);
    this.asked?.abort();
    if (this.list.matches(":popover-open")) this.list.hidePopover();
    this.input.ariaExpanded = "false";
    this.choose(null);
  }

  // What is called just as it was typed is chosen, as if it had been taken from the list.
  leave() {
    const named = this.isTyped && !this.many && !this.adds && this.named;
    if (named) this.take(named);
    else this.close();
  }
}
customElements.define("combo-box", ComboBox);
