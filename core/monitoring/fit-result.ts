import type { MonitorResult, WindowRecord } from "../../schemas/monitoring.ts";

/** Below what the App unpacks of a result: core/attested/. */
const MOST_BYTES = 24 * 1024 * 1024;

/**
 * As much of a result as a run may hand on: the oldest windows first, so that what is left out is looked at by the next run as if
 * it had just ended. Pins that moved come first: there is one of a model, and no second chance to be small.
 */
export function fitResult(result: MonitorResult, mostBytes = MOST_BYTES): MonitorResult {
  let room = mostBytes;
  const takes = (value: unknown) => {
    const size = Buffer.byteLength(JSON.stringify(value)) + 1;
    if (size > room) return false;
    room -= size;
    return true;
  };
  const moved = result.moved.filter(takes);
  const windows: WindowRecord[] = [];
  const inOrder = [...result.windows].sort((a, b) => a.window.from.localeCompare(b.window.from));
  for (const window of inOrder) {
    if (!takes(window)) break;
    windows.push(window);
  }
  const left = (result.left ?? 0) + result.windows.length - windows.length;
  return { ...result, windows, moved, left };
}
