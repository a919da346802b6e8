// The combo-boxes of a rule builder: <rule-variable> finds among what the builder offers, <rule-values> asks the server for what was
// received, <rule-text> completes either in a text of all rules.
const ComboBox = customElements.get("combo-box");
export const LISTED = ["text", "currency", "country", "status", "bool", "list", "tags"]; // types of variables whose values are completed
const RECENT = "rule-variables";

export const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
export const made = (name, values, ...children) => {
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

export function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
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

  get completes() {
    return "from" in this.dataset && !("plain" in this.dataset);
  }

  async ask(text, start) {
    if (this.completes) await super.ask(text, start);
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

customElements.define("rule-variable", RuleVariable);
customElements.define("rule-values", RuleValues);
customElements.define("rule-text", RuleText);
