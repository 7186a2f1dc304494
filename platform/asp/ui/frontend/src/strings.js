// The words of the page, in the reader's language (written into it by ui/base.html).
let words = null;

function load() {
  const element = document.getElementById("tb-strings");
  return element ? JSON.parse(element.textContent) : {};
}

/** The text for `key`, with {places} filled from `params`. */
export function t(key, params = {}) {
  words ??= load();
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];

/** A size as the server writes it: 84 KB, 1.8 GB. */
export function bytes(size) {
  let amount = size;
  let unit = 0;
  while (Math.round(amount) >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const whole = unit === 0 || amount >= 100 || Math.abs(amount - Math.round(amount)) < 0.05;
  return `${whole ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** A duration left, in rough words. */
export function left(seconds) {
  if (seconds < 60) return t("upload-seconds", { n: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 3600) return t("upload-minutes", { n: Math.ceil(seconds / 60) });
  return t("upload-hours", { n: Math.ceil(seconds / 3600) });
}

/** The time of day, for notes such as "kept at 10:04". */
export function clock(when = new Date()) {
  return `${String(when.getHours()).padStart(2, "0")}:${String(when.getMinutes()).padStart(2, "0")}`;
}
