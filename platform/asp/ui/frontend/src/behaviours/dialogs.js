// <button data-tb-open="id"> opens <dialog id="id">; data-tb-close and a click beside it close it.
// Dangerous ones ask for a name: the button stays off until <input data-tb-name="…"> says it.
import { eachPart, on } from "../dom.js";

const same = (a, b) => a.normalize("NFC").trim() === b.normalize("NFC").trim();

function check(dialog) {
  for (const input of dialog.querySelectorAll("[data-tb-name]")) {
    const right = same(input.value, input.dataset.tbName);
    for (const button of input.form.querySelectorAll("[data-tb-named]")) button.disabled = !right;
  }
}

on("click", "[data-tb-open]", (event, button) => {
  const dialog = document.getElementById(button.dataset.tbOpen);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  check(dialog);
  if (!dialog.open) dialog.showModal();
});

on("click", "dialog [data-tb-close]", (event, button) => {
  event.preventDefault();
  button.closest("dialog").close();
});

on("click", "dialog", (event, dialog) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

on("input", "[data-tb-name]", (event, input) => check(input.closest("dialog") ?? input.form));

// A dialog that came back from the server with errors opens again by itself.
eachPart((root) => {
  for (const dialog of root.querySelectorAll("dialog[data-tb-open-now]")) {
    dialog.removeAttribute("data-tb-open-now");
    check(dialog);
    if (!dialog.open) dialog.showModal();
  }
  for (const form of root.querySelectorAll("form[data-tb-confirm]")) check(form);
});
