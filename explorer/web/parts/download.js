// Downloads: the names of files, and the download itself.

// blob: what the file holds.
export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers start reading late
}

// Joins parts to a file name that every file system accepts.
export function fileName(parts, ending) {
  return `${parts.join("-").replaceAll(/[^\p{L}\p{N}.-]+/gu, "-")}.${ending}`;
}

// The local date, as 2025-01-31.
export function today(now = new Date()) {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
