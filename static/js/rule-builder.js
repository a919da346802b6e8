// <rule-builder>: rows of variable, operator and values, which stay plain form fields, or one text of all rules. It leaves each variable
// the operators of its type, shows how many values an operator takes, and adds and removes rows. Its lists are combo-boxes:
// <rule-variable> finds among what the builder offers, <rule-values> asks the server for what was received, <rule-text> completes either.
const ComboBox = customElements.get("combo-box");
const HINTS = { two: "Both ends count." };
const DATE_HINTS = { two: "From the first day until the second, which does not count.", many: "A day, such as 2026-11-01." };
const LISTED = ["text", "currency", "country", "status", "bool", "list", "tags"];
const PLACES = ["ship", "click", "order"];
const RECENT = "rule-variables";
const FEW = 3; // of fields that are numbered, before all are asked for

const capital = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;
const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const made = (name, values, ...children) => {
  const element = Object.assign(document.createElement(name), values);
  element.append(...children.filter(Boolean));
  return element;
};

// Where the last value of a list begins: after a comma that no quotes keep.
function lastValue(text) {
  let start = 0;
  for (let place = 0, quoted = false; place < text.length; place += 1) {
    if (text[place] === '"' && (quoted || !text.slice(start, place).trim())) quoted = !quoted;
    else if (text[place] === "," && !quoted) start = place + 1;
  }
  return start;
}

function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

class RuleBuilder extends HTMLElement {
  connectedCallback() {
    this.variables = [...this.querySelector("[data-variables]").content.children];
    this.rows = this.querySelector(".rule-rows");
    this.addEventListener("click", this.onClick);
    if (!this.rows) return;
    this.addEventListener("change", this.onChange);
    this.addEventListener("input", this.onInput);
    customElements.whenDefined("rule-values").then(() => {
      for (const row of this.rows.children) this.adapt(row);
    });
    this.count();
  }

  variable(name) {
    const form = plain(name);
    return this.variables.find((each) => each.value === name) ?? this.variables.find((each) => plain(each.textContent) === form);
  }

  onChange({ target }) {
    const row = target.closest("[data-rule]");
    if (row && target.closest("rule-variable, select")) this.adapt(row);
  }

  onInput({ target }) {
    const range = target.closest("[data-range]");
    if (!range) return;
    const typed = [...range.querySelectorAll("input")].map(({ value }) => value.trim());
    target.closest("[data-rule]").querySelector("[name=values]").value = typed.join(", ").replace(/^, $/, "");
  }

  onClick({ target }) {
    const on = (selector) => target.closest(selector);
    const row = on("[data-rule]");
    if (on("[data-remove-rule]")) {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (next?.querySelector("rule-variable input") ?? this.querySelector("[data-add-rule]")).focus();
    } else if (on("[data-add-rule]")) {
      const added = this.querySelector("[data-row]").content.querySelector("[data-rule]").cloneNode(true);
      this.rows.append(added);
      this.adapt(added);
      added.querySelector("rule-variable input").focus();
      added.querySelector("rule-variable").open();
    } else if (on("[data-place]")) {
      row.querySelector("rule-variable").set(on("[data-place]").value);
      this.adapt(row);
    } else if (on("[data-at]")) {
      const place = Number(on("[data-at]").dataset.at) - 1;
      const field = this.querySelector("textarea");
      field.focus();
      field.setSelectionRange(place, place + 1);
      return;
    } else return;
    this.count();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  adapt(row) {
    const option = this.variable(row.querySelector("[name=variable]").value);
    const operators = row.querySelector("[data-operators]");
    const operator = operators.querySelector("select");
    operators.hidden = row.querySelector(".rule-values").hidden = !option;
    this.warn(row, option);
    this.offerPlaces(row, option);
    if (!option) return;
    const { type, meaning } = option.dataset;
    for (const each of operator.options) {
      // Disabled as well: Safari shows hidden options.
      each.hidden = each.disabled = !each.dataset.types.split(" ").includes(type);
    }
    const offered = [...operator.options].filter((each) => !each.disabled);
    if (!offered.includes(operator.selectedOptions[0])) {
      // The same operator of another type is another option.
      const same = offered.find(({ value }) => value === operator.value) ?? offered.find(({ dataset }) => dataset.first.split(" ").includes(type));
      (same ?? offered[0]).selected = true;
    }
    const takes = operator.selectedOptions[0].dataset.values;
    this.adaptValues(row, type, takes);
    const counts = takes === "none" ? "" : (type === "date" ? DATE_HINTS : HINTS)[takes];
    row.querySelector("[data-hint]").textContent = [capital(meaning), counts].filter(Boolean).join(" ");
  }

  adaptValues(row, type, takes) {
    const values = row.querySelector(".rule-values");
    const [field, range] = [values.querySelector("[name=values]"), values.querySelector("[data-range]")];
    const isNumber = ["number", "money"].includes(type);
    values.hidden = takes === "none";
    if (values.hidden) field.value = "";
    values.querySelector("rule-values").hidden = takes === "two";
    range.hidden = takes !== "two";
    const parts = [...range.querySelectorAll("input")];
    if (takes === "two") {
      const typed = field.value.split(",").map((text) => text.trim());
      for (const [place, part] of parts.entries()) part.value = typed[place] ?? "";
    }
    values.toggleAttribute("data-sign", type === "money");
    if (type === "money") values.dataset.sign = this.dataset.sign;
    for (const each of [field, ...parts]) {
      each.type = type === "date" && takes !== "many" ? "date" : "text";
      each.inputMode = isNumber ? "decimal" : "text";
    }
    field.placeholder = { list: "A list", bool: "yes or no" }[type] ?? "";
    values.querySelector("rule-values").toggleAttribute("data-plain", !LISTED.includes(type));
  }

  warn(row, option) {
    const warning = row.querySelector("[data-missing-warning]");
    const missing = option?.dataset.missing;
    warning.hidden = missing === undefined;
    warning.lastElementChild.textContent = missing ? `No order has a value for this: ${missing}.` : "";
    if (!option) row.querySelector("[data-hint]").textContent = "";
  }

  // Which of the places of an order a rule goes by: the shipping address, the click or the order.
  offerPlaces(row, option) {
    const places = option?.dataset.places?.split(" ");
    const offered = row.querySelector("p[data-places]");
    offered.hidden = !places;
    for (const button of places ? offered.querySelectorAll("button") : []) {
      button.value = places[PLACES.indexOf(button.dataset.place)];
      button.ariaPressed = String(button.value === option.value);
    }
  }

  count() {
    if (this.rows) this.querySelector("[data-none]").hidden = this.rows.childElementCount > 0;
  }

  // The options of what is typed, the best first; without a text by groups: those in use, those chosen lately, those received, and by family.
  found(text, all) {
    const wanted = plain(text);
    if (wanted) {
      const ranked = this.variables.map((each) => [this.rank(each, wanted), each]).filter(([rank]) => rank >= 0);
      const listed = ranked.sort(([one], [other]) => one - other).map(([, each]) => this.option(each));
      return listed.length ? listed : [made("li", { className: "combo-none", textContent: `Nothing is called “${text.slice(0, 40)}”.` })];
    }
    const lately = recent();
    const groups = new Map();
    for (const each of this.variables) {
      const { used, received, family, missing } = each.dataset;
      const number = Number(/\d+$/.exec(each.textContent)?.[0] ?? 0);
      const chosen = lately.includes(each.value);
      if (!all && used === undefined && !chosen && received === undefined && (number > FEW || missing)) continue;
      const group = used !== undefined ? "In these terms" : chosen ? "Chosen lately" : received !== undefined ? "Received in the last 30 days" : family;
      groups.set(group, [...(groups.get(group) ?? []), each]);
    }
    const order = ["In these terms", "Chosen lately", "Received in the last 30 days"];
    const first = order.filter((name) => groups.has(name));
    const names = [...first, ...[...groups.keys()].filter((name) => !order.includes(name))];
    const items = names.flatMap((name) => [made("li", { className: "combo-head", role: "presentation", textContent: name }), ...groups.get(name).map((each) => this.option(each))]);
    const shown = names.reduce((sum, name) => sum + groups.get(name).length, 0);
    if (shown === this.variables.length) return items;
    const rest = made("li", { role: "option", textContent: `Show all ${this.variables.length} fields` });
    Object.assign(rest.dataset, { all: "", value: "*", words: "*" });
    return [...items, rest];
  }

  rank({ textContent, dataset }, wanted) {
    const label = plain(textContent);
    if (label === wanted) return 0;
    if (label.startsWith(wanted)) return 1;
    if (` ${label}`.includes(` ${wanted}`)) return 2;
    if (label.includes(wanted)) return 3;
    if (plain(dataset.parameter).includes(wanted)) return 4;
    const words = wanted.split(" ");
    return words.every((word) => plain(`${label} ${dataset.meaning} ${dataset.family}`).includes(word)) ? 5 : -1;
  }

  option({ value, textContent, dataset }) {
    const detail = dataset.missing ? "missing here" : dataset.parameter;
    const item = made("li", { role: "option" }, made("span", { textContent }, made("small", { textContent: dataset.meaning })), made("small", { textContent: detail }));
    Object.assign(item.dataset, { value, words: textContent });
    return item;
  }
}

const html = (items) => items.map((each) => each.outerHTML).join("");

class RuleVariable extends ComboBox {
  ask(text) {
    this.show(html(this.closest("rule-builder").found(text, this.isAll)), 0);
  }

  set(key) {
    this.input.value = this.closest("rule-builder").variable(key).textContent;
    this.sent.value = key;
  }

  take(option) {
    if (option && "all" in option.dataset) {
      this.isAll = true;
      this.isTyped = false;
      this.close();
      this.ask("");
      return;
    }
    if (option) localStorage.setItem(RECENT, JSON.stringify([option.dataset.value, ...recent().filter((key) => key !== option.dataset.value)].slice(0, 6)));
    super.take(option);
  }
}

// A list without options is not worth covering what is beneath.
class ValueBox extends ComboBox {
  show(found, start) {
    if (start || found.includes('role="option"')) super.show(found, start);
    else this.close();
  }
}

class RuleValues extends ValueBox {
  get row() {
    return this.closest("[data-rule]");
  }
  get start() {
    return this.row.querySelector("select").selectedOptions[0].dataset.values === "one" ? 0 : lastValue(this.input.value);
  }
  get text() {
    return this.input.value.slice(this.start).trim().replace(/^"/, "");
  }
  get asks() {
    return { variable: this.row.querySelector("[name=variable]").value };
  }

  async ask(text, start) {
    if (this.dataset.from && !("plain" in this.dataset)) await super.ask(text, start);
  }

  take(option) {
    if (!option) return;
    const kept = this.input.value.slice(0, this.start).trim();
    this.input.value = `${kept}${kept && " "}${option.dataset.value}, `;
    this.isTyped = false;
    this.close();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  leave() {
    this.input.value = this.input.value.replace(/,\s*$/, "");
    this.close();
  }
}

// At the caret of a text: what the rule there may go on with, and the stretch of the text that it takes the place of.
class RuleText extends ValueBox {
  get text() {
    return this.place().typed;
  }
  get asks() {
    return { variable: this.place().variable?.value ?? "" };
  }

  connectedCallback() {
    super.connectedCallback();
    this.operators = [...this.closest("rule-builder").querySelector("template[data-operators]").content.children];
  }

  place() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const opened = before.lastIndexOf("[");
    if (opened <= before.lastIndexOf("]")) {
      const from = before.lastIndexOf("]") + 1;
      const typed = before.slice(from).trim();
      return { kind: from && !/\sand$/i.test(` ${typed}`) ? "and" : "open", typed, from };
    }
    const inside = before.slice(opened + 1);
    const variable = this.longest(this.builder.variables, inside);
    if (!variable) return { kind: "variable", typed: inside.trim(), from: opened + 1 };
    const rest = inside.slice(variable.textContent.length);
    const named = this.operators.filter(({ dataset }) => dataset.types.split(" ").includes(variable.dataset.type));
    const operator = this.longest(named, rest.trimStart());
    const after = opened + 1 + variable.textContent.length;
    if (!operator) return { kind: "operator", typed: rest.trim(), from: after, variable, named, inside };
    const begins = after + (rest.length - rest.trimStart().length) + operator.textContent.length;
    const values = before.slice(begins);
    const last = lastValue(values);
    return { kind: "value", typed: values.slice(last).trim().replace(/^"/, ""), from: begins + last, variable, takes: operator.dataset.values };
  }

  get builder() {
    return this.closest("rule-builder");
  }

  // The longest name that the text begins with and that has ended.
  longest(options, text) {
    const fits = ({ textContent }) => text.toLowerCase().startsWith(`${textContent.toLowerCase()} `);
    return options.filter(fits).sort((one, other) => other.textContent.length - one.textContent.length)[0];
  }

  async open(again = false) {
    if (again) await this.ask(this.text, 0);
  }

  async ask(text, start) {
    const place = this.place();
    const words = (items) => items.map((textContent) => {
      const item = made("li", { role: "option", textContent });
      Object.assign(item.dataset, { value: textContent, words: textContent });
      return item;
    });
    if (place.kind === "value") {
      if (!LISTED.includes(place.variable.dataset.type) || place.takes === "none") return this.close();
      return super.ask(text, start);
    }
    const wanted = text.toLowerCase();
    let found = [];
    if (place.kind === "variable" && text) found = this.builder.found(text);
    else if (place.kind === "operator") {
      const longer = text ? this.builder.variables.filter(({ textContent }) => textContent.toLowerCase().startsWith(place.inside.trim().toLowerCase())) : [];
      const names = place.named.map(({ textContent }) => textContent).filter((name) => name.startsWith(wanted));
      found = [...words(names), ...longer.map((each) => this.builder.option(each))];
    } else if (place.kind === "and" && text && "and".startsWith(wanted)) found = words(["AND ["]);
    const exact = found.length === 1 && found[0].dataset.words?.toLowerCase() === wanted;
    if (!found.length || exact) return this.close();
    this.show(html(found), 0);
  }

  onKeydown(event) {
    if (event.key === "Tab" && this.isOpen && this.active) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.ask(this.text, 0);
    } else if (this.isOpen && !event.ctrlKey && !event.metaKey && !["Home", "End"].includes(event.key)) super.onKeydown(event);
  }

  take(option) {
    if (!option) return;
    const { kind, from, takes } = this.place();
    const caret = this.input.selectionStart;
    const isLonger = kind === "operator" && this.builder.variable(option.dataset.value)?.textContent === option.dataset.words;
    const isLast = this.operators.some(({ textContent, dataset }) => textContent === option.dataset.words && dataset.values === "none");
    const start = isLonger ? this.input.value.lastIndexOf("[", caret - 1) + 1 : from;
    const space = start && !/[\s[]$/.test(this.input.value.slice(0, start)) ? " " : "";
    const text = kind === "value" ? option.dataset.value : option.dataset.words;
    const end = kind === "and" || (kind === "value" && takes !== "none") ? "" : kind === "operator" && isLast && !isLonger ? "]" : " ";
    this.input.setRangeText(`${space}${text}${end}`, start, caret, "end");
    this.close();
    this.dispatchEvent(new Event("input", { bubbles: true }));
    if (kind !== "value") this.open(true);
  }

  leave() {
    this.close();
  }
}

customElements.define("rule-builder", RuleBuilder);
customElements.define("rule-variable", RuleVariable);
customElements.define("rule-values", RuleValues);
customElements.define("rule-text", RuleText);
