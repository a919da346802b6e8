// <rule-builder>: rows of variable, operator and values, which stay plain form fields. It leaves each variable the
// operators of its type, shows how many values an operator takes and which variables no order has yet, and adds and removes rows.
const HINTS = {
  many: "A comma means or. Quotes keep a comma: \"ACME,Anvils\".",
  one: "One value.",
  two: "Two values, a comma between them: 10, 20.",
};
const DATE_HINTS = { one: "A day: 2026-11-01.", two: "From, and until but not on: 2026-11-01, 2026-12-26." };

const capital = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;

class RuleBuilder extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector(".rule-rows");
    this.addEventListener("change", this.onChange);
    this.addEventListener("click", this.onClick);
    for (const row of this.rows.children) this.adapt(row);
    this.count();
  }

  onChange({ target }) {
    const row = target.closest("[data-rule]");
    if (row && target.matches("select")) this.adapt(row);
  }

  onClick({ target }) {
    const gone = target.closest("[data-remove-rule]")?.closest("[data-rule]");
    if (gone) {
      const next = gone.nextElementSibling ?? gone.previousElementSibling;
      gone.remove();
      (next?.querySelector("select") ?? this.querySelector("[data-add-rule]")).focus();
    } else if (target.closest("[data-add-rule]")) {
      const row = this.querySelector("template").content.querySelector("[data-rule]").cloneNode(true);
      this.rows.append(row);
      this.adapt(row);
      row.querySelector("select").focus();
    } else return;
    this.count();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  adapt(row) {
    const [variable, operator] = row.querySelectorAll("select");
    const { type, meaning, missing } = variable.selectedOptions[0].dataset;
    const warning = row.querySelector("[data-missing-warning]");
    warning.hidden = missing === undefined;
    warning.lastElementChild.textContent = missing ? `No order has a value for this: ${missing}.` : "";
    for (const option of operator.options) {
      // Disabled as well: Safari shows hidden options.
      option.hidden = option.disabled = !option.dataset.types.split(" ").includes(type);
    }
    if (operator.selectedOptions[0]?.disabled ?? true) operator.value = [...operator.options].find((option) => !option.disabled).value;
    const takes = operator.selectedOptions[0].dataset.values;
    const values = row.querySelector(".rule-values");
    const input = values.querySelector("input");
    values.hidden = takes === "none";
    if (values.hidden) input.value = "";
    input.inputMode = ["number", "money"].includes(type) ? "decimal" : "text";
    values.querySelector("[data-hint]").textContent = [capital(meaning), (type === "date" && DATE_HINTS[takes]) || HINTS[takes]].filter(Boolean).join(" ");
  }

  count() {
    this.querySelector("[data-none]").hidden = this.rows.childElementCount > 0;
  }
}
customElements.define("rule-builder", RuleBuilder);
