/** As many of the lines, in order, as fit into so many characters; a last line says how many more there are. */
export function fitLines(lines: readonly string[], most: number, more: (left: number) => string): string[] {
  const shown: string[] = [];
  let size = 0;
  for (const line of lines) {
    size += line.length + 2;
    if (size > most) return [...shown, more(lines.length - shown.length)];
    shown.push(line);
  }
  return shown;
}
