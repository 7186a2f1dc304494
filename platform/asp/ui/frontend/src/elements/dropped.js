// Files out of a drop or a picker, folders included, in the order of their names.

const LIMIT = 2000; // files of one drop; more is a task for an import

function entriesOf(directory) {
  const reader = directory.createReader();
  return new Promise((resolve, reject) => {
    const found = [];
    // readEntries gives at most 100 at a time.
    const more = () =>
      reader.readEntries((batch) => {
        if (!batch.length) return resolve(found);
        found.push(...batch);
        more();
      }, reject);
    more();
  });
}

async function walk(entry, path, found) {
  if (found.length >= LIMIT) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: path ? `${path}/${file.name}` : "" });
    return;
  }
  const inside = await entriesOf(entry);
  for (const each of inside.sort((a, b) => a.name.localeCompare(b.name))) {
    await walk(each, path ? `${path}/${entry.name}` : entry.name, found);
  }
}

/** The files of a drop as {file, path}; `path` is empty unless they lay in a folder. */
export async function filesOf(transfer) {
  // The list must be read before the first await: afterwards the browser has emptied it.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry.isDirectory)) return plain.map((file) => ({ file, path: "" }));
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

/** The files of a picker as {file, path}. */
export function picked(input) {
  return [...input.files].map((file) => ({ file, path: file.webkitRelativePath ?? "" }));
}
