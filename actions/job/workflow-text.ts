/*
 * A runner reads the job's log for commands: a line that starts with ::name and ends with ::, or holds ##[name] anywhere.
 * What user code, a spec or a branch wrote is made harmless before it gets there.
 */

/** The text on one line that starts no workflow command, without the characters that move a terminal's cursor. */
export function annotationLine(text: string): string {
  return text
    .replace(/\r$/, "")
    .replace(/[\r\n\u2028\u2029\u0085\v\f]/g, " ")
    .replace(/^(\s*):(?=:)/, "$1:\u200b")
    .replaceAll("##[", "#\u200b#[");
}

/** Passes pieces of output on line by line, each behind a bar and made plain; `end` gives the last one. */
export function lineWriter(write: (line: string) => void): { take(text: string): void; end(): void } {
  let rest = "";
  // A line that never ends must not fill the memory.
  const longest = 64 * 1024;
  return {
    take(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) write(annotationLine(`│ ${line}`));
      if (rest.length > longest) {
        write(annotationLine(`│ ${rest}`));
        rest = "";
      }
    },
    end() {
      if (rest !== "") write(annotationLine(`│ ${rest}`));
      rest = "";
    },
  };
}
