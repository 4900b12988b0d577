// Buttons that only work with scripts: copy a text, print the page. Without scripts they are not shown.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const label = button.querySelector("span");
  label.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      label.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(text); // no permission: it is selected, ready to be copied by hand
    }
  });
}
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
