/**
 * Rows as RFC 4180 has them: cells in quotes where they need it, lines that end with CRLF, the header first. What a
 * spreadsheet would take for a formula gets an apostrophe before it, and control characters become U+FFFD.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const shown = text.replace(/[^\P{Cc}\n]|[\u2028\u2029]|\p{Cs}/gu, "\ufffd");
  // A spreadsheet looks past spaces, and knows the wide forms too.
  const safe = /^\s*[=+\-@＝＋－＠]/.test(shown) ? `'${shown}` : shown;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
