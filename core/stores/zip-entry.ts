/** Whether an entry of a zip is a plain file. A Unix zip keeps the mode in the upper half of the attributes; one without a type is a file. */
export function isRegularEntry(entry: { versionMadeBy: number; externalFileAttributes: number }): boolean {
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  return entry.versionMadeBy >>> 8 !== 3 || type === 0 || type === 0o100000;
}
