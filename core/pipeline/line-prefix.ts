const LONGEST = 16_384;

/**
 * Passes text on in whole lines with a prefix before each, so that several writers can share a terminal. A line that
 * does not end is passed on in pieces of 16,384 characters; `end` passes on what is left.
 */
export function linePrefixer(
  prefix: string,
  write: (text: string) => void,
): { write(text: string): void; end(): void } {
  let rest = "";
  const pass = (lines: string[]) => {
    if (lines.length > 0) write(lines.map((line) => `${prefix}${line}\n`).join(""));
  };
  return {
    write: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      while (rest.length > LONGEST) {
        lines.push(rest.slice(0, LONGEST));
        rest = rest.slice(LONGEST);
      }
      pass(lines);
    },
    end: () => {
      pass(rest === "" ? [] : [rest]);
      rest = "";
    },
  };
}
