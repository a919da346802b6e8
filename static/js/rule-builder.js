// <rule-builder>: rows of variable, operator and values, which stay plain form fields, or one text of all rules. It leaves each variable
// the operators of its type, shows how many values an operator takes, and adds and removes rows. What completes while one types is
// in rule-boxes.js.
import { LISTED, made, plain, recent } from "./rule-boxes.js";

const HINTS = { two: "Both ends count." };
const DATE_HINTS = { two: "From the first day until the second, which does not count.", many: "A day, such as 2026-11-01." };
const PLACES = ["ship", "click", "order"];
const FEW = 3; // of fields that are numbered, before all are asked for

const capital = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;

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
customElements.define("rule-builder", RuleBuilder);
