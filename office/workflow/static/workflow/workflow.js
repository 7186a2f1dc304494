// The pages of work: dialogs of acts, lists that wait while something is ticked. Without this script every
// link and form still works as a page of its own.

const dialog = document.getElementById("workflow-dialog");

document.addEventListener("htmx:afterSwap", (event) => {
  if (!dialog || event.detail.target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  const field = dialog.querySelector("input[type=search], textarea, select, input:not([type=hidden])");
  (field ?? dialog.querySelector("h2"))?.focus();
});

// While something is ticked the list does not renew itself.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("[data-workflow-list]") && event.target.querySelector("input[data-tb-row]:checked")) event.preventDefault();
});

// In a search for people, Enter looks them up; it does not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-workflow-picker]")) event.preventDefault();
});
