import type { TrackedPoint } from "../../schemas/tracked.ts";
import type { TakeBlock } from "./growing-file.ts";

/** No line of a number, a time and a step is longer. */
const LINE = 1_024;

/**
 * Reads the lines of a metric's file in MLflow's file store: time in milliseconds, value, step, and maybe a data set. `isLast`
 * says whether more may come: a line without its end is not read before. What is no such line is told as undefined.
 */
export function takeLines(isLast: () => boolean, onPoint: (point: TrackedPoint | undefined) => void): TakeBlock {
  return (block) => {
    let at = 0;
    for (let end = block.indexOf(10); end !== -1; end = block.indexOf(10, at)) {
      onLine(block.subarray(at, end));
      at = end + 1;
    }
    const left = block.length - at;
    if (at > 0 || left === 0) return at;
    if (left > LINE) {
      onPoint(undefined);
      return left;
    }
    if (!isLast()) return 0;
    onLine(block);
    return left;
  };

  function onLine(line: Buffer): void {
    if (line.length > 0) onPoint(line.length > LINE ? undefined : pointOf(line.toString("latin1")));
  }
}

function pointOf(line: string): TrackedPoint | undefined {
  const [at, value, step = "0"] = line.trim().split(" ");
  if (!at || !value) return undefined;
  return [Number(step), Number(value), Number(at)];
}
