// Small state for pages, as Alpine components (the CSP build: markup names properties and methods only).

export function register(Alpine) {
  // <div x-data="tbToggle"> <button x-on:click="toggle" x-bind:aria-expanded="open"> <div x-show="open">
  Alpine.data("tbToggle", () => ({
    open: false,
    init() {
      this.open = this.$root.hasAttribute("data-open");
    },
    toggle() {
      this.open = !this.open;
    },
    show() {
      this.open = true;
    },
    hide() {
      this.open = false;
    },
  }));

  // Parts of a form that depend on a field: <form x-data="tbChoice"> … <div data-tb-if="kind=party,street">
  Alpine.data("tbChoice", () => ({
    init() {
      this.update();
      this.$root.addEventListener("change", () => this.update());
    },
    update() {
      for (const part of this.$root.querySelectorAll("[data-tb-if]")) {
        const [name, wanted] = part.dataset.tbIf.split("=");
        const chosen = new FormData(this.$root).getAll(name).map(String);
        part.hidden = !wanted.split(",").some((value) => chosen.includes(value));
      }
    },
  }));

  // Narrow a list that is already on the page: <div x-data="tbFilter"><input x-model="query"> <li data-tb-text="…">
  Alpine.data("tbFilter", () => ({
    query: "",
    init() {
      this.$watch("query", (value) => {
        const wanted = value.trim().toLowerCase();
        for (const row of this.$root.querySelectorAll("[data-tb-text]")) {
          row.hidden = wanted !== "" && !row.dataset.tbText.toLowerCase().includes(wanted);
        }
      });
    },
  }));
}
