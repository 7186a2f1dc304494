import { defineConfig } from "vite";

import { compress } from "./build/compress.js";
import { sprite } from "./build/sprite.js";

// htmx evaluates expressions in attributes unless it is told not to; we tell it not to, and the policy of our
// pages forbids it, so the code goes too (a direct eval would also keep the whole bundle from being minified).
const withoutEval = {
  name: "tongban-without-eval",
  transform(code, id) {
    if (!id.includes("htmx.org")) return null;
    const changed = code.replace("return eval(str)", "throw new Error('eval is off')");
    if (changed === code) throw new Error("htmx has changed: look for its eval again");
    return { code: changed, map: null };
  },
};

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [withoutEval, sprite(), compress()],
  build: {
    outDir: "../static/ui/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "",
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: false,
    target: ["chrome111", "firefox121", "safari17"],
    reportCompressedSize: false,
    rollupOptions: {
      input: { main: "src/main.js", theme: "src/theme.js", live: "src/live/worker.js", designer: "src/designer.js" },
    },
  },
});
