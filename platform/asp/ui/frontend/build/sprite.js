// The icon sprite: the outlines of @tabler/icons (MIT) that icons.json names, as one file of symbols.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const outline = join(root, "node_modules/@tabler/icons/icons/outline");

function symbol(name) {
  let source;
  try {
    source = readFileSync(join(outline, `${name}.svg`), "utf8");
  } catch {
    throw new Error(`icons.json names "${name}", which @tabler/icons does not have`);
  }
  const shapes = source
    .slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.includes('stroke="none"'))
    .join("");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

export function spriteOf(names) {
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join("\n")}\n</svg>\n`;
}

// Vite plugin: writes the sprite and the favicon with hashed names and enters both in the manifest.
export function sprite() {
  return {
    name: "tongban-sprite",
    apply: "build",
    buildStart() {
      this.addWatchFile(join(root, "icons.json"));
    },
    generateBundle() {
      const names = JSON.parse(readFileSync(join(root, "icons.json"), "utf8"));
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "icons.svg", source: spriteOf(names) });
      const favicon = readFileSync(join(root, "src/favicon.svg"), "utf8");
      this.emitFile({ type: "asset", name: "favicon.svg", originalFileName: "favicon.svg", source: favicon });
    },
  };
}
