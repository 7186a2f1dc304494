// Vite plugin: a .br and a .gz beside each text file, which the web process serves to browsers that take them.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(css|js|svg)$/;
const SMALL = 1024;

export function compress() {
  return {
    name: "tongban-compress",
    apply: "build",
    writeBundle({ dir }) {
      for (const name of readdirSync(dir).filter((each) => TEXT.test(each))) {
        const path = join(dir, name);
        const source = readFileSync(path);
        if (source.length < SMALL) continue;
        writeFileSync(`${path}.gz`, gzipSync(source, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: source.length };
        writeFileSync(`${path}.br`, brotliCompressSync(source, { params }));
      }
    },
  };
}
