const WINDOW_MS = 1_000;
const WINDOW_CHARACTERS = 64 * 1_024;

/** Hands on at most 64 KiB of text a second, and says how much was left out: what user code prints is nobody's flood. */
export function cappedOutput(onOutput: (text: string) => void, now = Date.now): (text: string) => void {
  let since = now();
  let taken = 0;
  let leftOut = 0;
  return (text) => {
    if (now() - since >= WINDOW_MS) {
      if (leftOut > 0) onOutput(`\n[slipway: ${leftOut} characters of output are left out here]\n`);
      [since, taken, leftOut] = [now(), 0, 0];
    }
    const part = text.slice(0, WINDOW_CHARACTERS - taken);
    taken += part.length;
    leftOut += text.length - part.length;
    if (part !== "") onOutput(part);
  };
}
