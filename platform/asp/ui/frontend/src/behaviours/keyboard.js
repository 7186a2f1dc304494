// j and k walk through a list ([data-tb-list], its rows are [data-tb-item], table rows or list items);
// Enter opens (it is the focused link), x selects, / goes to the search.
import { typing } from "../dom.js";

const ITEMS = ":scope [data-tb-item]";

function itemsOf(list) {
  const marked = [...list.querySelectorAll(ITEMS)];
  const items = marked.length ? marked : [...list.querySelectorAll("tbody > tr, :scope > li")];
  return items.filter((item) => item.offsetParent !== null || item.getClientRects().length);
}

const linkOf = (item) => item.querySelector("a[data-tb-main]") ?? item.querySelector("a[href]") ?? item.querySelector("button, input");

function currentIn(list) {
  const focused = document.activeElement?.closest?.("[data-tb-item], tbody > tr, li");
  const items = itemsOf(list);
  const at = items.indexOf(focused);
  return { items, at: at >= 0 ? at : items.findIndex((item) => item.classList.contains("is-current")) };
}

function listNow() {
  const lists = [...document.querySelectorAll("[data-tb-list]")].filter((each) => each.getClientRects().length);
  return lists.find((each) => each.contains(document.activeElement)) ?? lists[0];
}

function move(step) {
  const list = listNow();
  if (!list) return false;
  const { items, at } = currentIn(list);
  const next = items[Math.max(0, Math.min(items.length - 1, at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step))];
  if (!next) return false;
  for (const item of items) item.classList.toggle("is-current", item === next);
  linkOf(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function select() {
  const list = listNow();
  const { items, at } = list ? currentIn(list) : { items: [], at: -1 };
  const box = items[at]?.querySelector("input[data-tb-row]");
  if (!box) return false;
  box.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event) || document.querySelector("dialog[open]")) return;
  let done = false;
  if (event.key === "j") done = move(1);
  else if (event.key === "k") done = move(-1);
  else if (event.key === "x") done = select();
  else if (event.key === "/") {
    const box = [...document.querySelectorAll("[data-tb-search]")].find((each) => each.offsetParent);
    box?.focus();
    box?.select?.();
    done = Boolean(box);
  }
  if (done) event.preventDefault();
});
