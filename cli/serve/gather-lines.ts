/** Milliseconds that a line waits at most for others. */
const WAIT = 50;

export interface GatheredLines {
  add(line: string): void;
  /** Hands over what waits. */
  flush(): void;
}

/** Hands lines over together: where each has a write of its own, that is a tenth of the work of an answer. */
export function gatherLines(tell: (lines: string) => void): GatheredLines {
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0) return;
    const taken = lines.join("\n");
    lines = [];
    tell(taken);
  };
  return {
    add(line) {
      lines.push(line);
      timer ??= setTimeout(flush, WAIT);
    },
    flush,
  };
}
