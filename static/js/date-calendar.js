// <date-calendar>: a month beside two date fields (data-start and data-end, their ids), or one for both. The first day that is chosen is both
// start and end; the next one, if it is later, the end. Arrows move by days and weeks, Home and End within a week, Page Up and
// Page Down by months, Enter chooses. Dates are days without a time, counted in UTC. Without this script there are the fields.
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" });
const WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const read = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) && !isNaN(new Date(text)) ? new Date(text) : null);
const written = (day) => day.toISOString().slice(0, 10);
const plus = (day, days) => new Date(day.getTime() + days * 86_400_000);
const weekday = (day) => (day.getUTCDay() + 6) % 7;
const inMonth = (day, months) => {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return plus(first, Math.min(day.getUTCDate(), last) - 1);
};
const made = (name, values = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

class DateCalendar extends HTMLElement {
  connectedCallback() {
    this.start = document.getElementById(this.dataset.start);
    this.end = document.getElementById(this.dataset.end);
    this.day = read(this.end.value) ?? read(this.dataset.today);
    if (!this.childElementCount) {
      this.addEventListener("click", ({ target }) => this.onClick(target));
      this.addEventListener("keydown", (event) => this.onKeydown(event));
    }
    this.onTyped = ({ target }) => {
      this.day = read(target.value) ?? this.day;
      this.isOpen = false;
      this.draw();
    };
    for (const field of [this.start, this.end]) field.addEventListener("change", this.onTyped);
    this.draw();
  }

  disconnectedCallback() {
    for (const field of [this.start, this.end]) field.removeEventListener("change", this.onTyped);
  }

  draw() {
    const first = inMonth(plus(this.day, 1 - this.day.getUTCDate()), 0);
    const from = plus(first, -weekday(first));
    const weeks = Array.from({ length: 6 }, (_, week) => made("div", { role: "row" }, ...WEEK.map((_, place) => this.cell(plus(from, week * 7 + place), first))));
    this.replaceChildren(
      made("div", { class: "calendar-head" },
        this.step(-1, "Previous month"), made("b", { "aria-live": "polite" }, MONTH.format(this.day)), this.step(1, "Next month")),
      made("div", { role: "grid", "aria-label": MONTH.format(this.day) },
        made("div", { role: "row" }, ...WEEK.map((name) => made("span", { role: "columnheader" }, name))), ...weeks),
    );
  }

  step(months, words) {
    return made("button", { type: "button", class: `calendar-step calendar-${months < 0 ? "back" : "on"}`, "data-months": months, "aria-label": words });
  }

  cell(day, first) {
    if (day.getUTCMonth() !== first.getUTCMonth()) return made("span", { role: "gridcell" });
    const text = written(day);
    const { value: start } = this.start;
    const { value: end } = this.end;
    const isIn = start && end ? start <= text && text <= end : text === start || text === end;
    return made("span", {
      role: "gridcell", "data-day": text, "aria-label": `${WEEKDAY.format(day)} ${day.getUTCDate()} ${MONTH.format(day)}`, "aria-selected": isIn, tabindex: text === written(this.day) ? 0 : -1,
      ...(text === this.dataset.today && { "aria-current": "date" }), ...(text === start && { "data-first": "" }), ...(text === end && { "data-last": "" }),
    }, String(day.getUTCDate()));
  }

  onClick(target) {
    const months = target.closest("[data-months]")?.dataset.months;
    const text = target.closest("[data-day]")?.dataset.day;
    if (months) this.go(inMonth(this.day, Number(months)), `[data-months="${months}"]`);
    else if (text) this.choose(read(text));
  }

  onKeydown(event) {
    if (!event.target.matches("[data-day]")) return;
    const moves = {
      ArrowLeft: () => plus(this.day, -1), ArrowRight: () => plus(this.day, 1), ArrowUp: () => plus(this.day, -7), ArrowDown: () => plus(this.day, 7),
      Home: () => plus(this.day, -weekday(this.day)), End: () => plus(this.day, 6 - weekday(this.day)),
      PageUp: () => inMonth(this.day, -1), PageDown: () => inMonth(this.day, 1),
    };
    if (moves[event.key]) this.go(moves[event.key]());
    else if (event.key === "Enter" || event.key === " ") this.choose(this.day);
    else return;
    event.preventDefault();
  }

  go(day, place = "[tabindex='0']") {
    this.day = day;
    this.draw();
    this.querySelector(place).focus();
  }

  choose(day) {
    const text = written(day);
    const ends = this.isOpen && text >= this.start.value;
    if (!ends) this.start.value = text;
    this.end.value = text;
    this.isOpen = !ends;
    if (this.start !== this.end) return this.go(day);
    this.start.dispatchEvent(new Event("input", { bubbles: true }));
    this.start.dispatchEvent(new Event("change", { bubbles: true }));
    this.closest("[popover]").hidePopover();
    this.start.focus();
  }
}
customElements.define("date-calendar", DateCalendar);
