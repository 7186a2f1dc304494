// The file centre: details beside the list, dialogs, the question before names meet. Without this script
// every link and form still works as a page of its own.

const pane = document.getElementById("library-pane");
const dialog = document.getElementById("library-dialog");

// Details open beside the list; the address follows, so that it can be sent and reloaded.
document.addEventListener("htmx:afterSwap", (event) => {
  const source = event.detail.requestConfig?.elt;
  if (event.detail.target === pane && source?.matches?.("[data-library-item]")) {
    history.pushState({ library: true }, "", source.getAttribute("href"));
    for (const row of document.querySelectorAll("#library-list tr.is-current")) row.classList.remove("is-current");
    source.closest("tr")?.classList.add("is-current");
    document.getElementById("library-details-title")?.focus({ preventScroll: true });
  }
  if (event.detail.target === dialog) {
    if (!dialog.open) dialog.showModal();
    const field = dialog.querySelector("[autofocus]");
    field?.focus();
    // The ending of a file's name is rarely what one wants to change.
    const end = field?.value.lastIndexOf(".") ?? 0;
    if (field) field.setSelectionRange(0, end > 0 ? end : field.value.length);
  }
});

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-library-close]");
  if (!close || !pane.contains(close)) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  pane.replaceChildren();
  history.pushState({ library: true }, "", close.getAttribute("href"));
  document.querySelector("#library-list tr.is-current a[data-tb-main]")?.focus();
});

// While something is ticked the list does not renew itself.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("[data-library-poll]") && document.querySelector("#library-list input[data-tb-row]:checked")) {
    event.preventDefault();
  }
});

window.addEventListener("popstate", () => location.reload());

// An act in a dialog or in the details has worked: close, and read anew what is shown.
document.body.addEventListener("library-changed", () => {
  if (dialog?.open) dialog.close();
  const open = pane?.querySelector("[data-library-reload]");
  if (open) window.htmx?.trigger(open, "uploaded");
});

// Before an upload: which names are here already, and what shall become of them?
const upload = document.getElementById("library-upload");
const question = document.getElementById("library-same");

async function presentNames(names) {
  const body = new URLSearchParams(names.map((name) => ["name", name]));
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  const answer = await fetch(question.dataset.names, { method: "POST", body, headers: { "X-CSRFToken": token } });
  return answer.ok ? new Set((await answer.json()).present) : new Set();
}

function ask(names) {
  const list = question.querySelector("[data-library-same-names]");
  list.replaceChildren(
    ...names.slice(0, 10).map((name) => Object.assign(document.createElement("li"), { textContent: name })),
  );
  if (names.length > 10) list.append(Object.assign(document.createElement("li"), { textContent: `… ${names.length}` }));
  question.returnValue = "";
  question.showModal();
  return new Promise((resolve) => question.addEventListener("close", () => resolve(question.returnValue), { once: true }));
}

const same = (name) => name.normalize("NFC").toLowerCase();

if (upload && question) {
  customElements.whenDefined("tb-upload").then(() => {
    const add = upload.add.bind(upload);
    const target = upload.dataset.target;
    upload.add = async (files) => {
      // What lies in a dropped folder keeps its place there, and becomes a next version of what is in it.
      const loose = files.filter((each) => !each.path.includes("/"));
      let meeting = [];
      if (loose.length) {
        try {
          const present = new Set([...(await presentNames(loose.map((each) => each.file.name)))].map(same));
          meeting = loose.filter((each) => present.has(same(each.file.name)));
        } catch {
          meeting = []; // the upload itself will say that the server does not answer
        }
      }
      const answer = meeting.length ? await ask(meeting.map((each) => each.file.name)) : "version";
      if (!answer) return;
      add(files.filter((each) => !meeting.includes(each) || answer === "version"));
      if (answer === "both") {
        upload.dataset.target = `${target}/both`;
        add(meeting);
        upload.dataset.target = target;
      }
    };
  });
}
