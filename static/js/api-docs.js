// Labels the controls that Swagger UI leaves unlabelled and removes its duplicate ids, each time it renders.
const root = document.querySelector("#swagger-ui");

function amend() {
  for (const close of root.querySelectorAll(".close-modal:not([aria-label])")) close.setAttribute("aria-label", "Close");
  for (const field of root.querySelectorAll("tr select:not([aria-label])")) {
    const row = field.closest("tr").dataset;
    field.setAttribute("aria-label", row.propertyName ?? row.paramName ?? "Value");
  }
  for (const label of root.querySelectorAll("label[id]")) label.removeAttribute("id");
  for (const box of root.querySelectorAll("#include_empty_value")) {
    box.removeAttribute("id"); // its label wraps it
    box.closest("label").removeAttribute("for");
  }
}

new MutationObserver(amend).observe(root, { childList: true, subtree: true });
amend();
