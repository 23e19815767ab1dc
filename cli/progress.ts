import type { Transfer } from "../core/data/remote/place.ts";
import { size } from "../core/report/size-words.ts";
import type { Colors } from "./colors.ts";
import type { OutputStream } from "./host.ts";
import { onlyColors, plainLine, plainText } from "./plain-text.ts";

export interface ProgressStep {
  /** It is over: `train 3.2 s`, and the detail. */
  done(detail?: string): void;
  /** It failed; the error itself is told by whoever catches it. */
  fail(detail?: string): void;
}

/**
 * Progress on stderr. `model` is named if several run side by side: their lines carry it.
 * All texts may come from users' files: they are made plain here.
 */
export interface Progress {
  start(label: string, model?: string): ProgressStep;
  /**
   * Bytes on their way, shown from the first one to the end beside the steps that wait for them: `fetching 312 MB of 2 GB`.
   * In a log only those that last have a line.
   */
  transfer(label: string): Transfer;
  /** A line of our own, or several. */
  note(text: string, model?: string): void;
  /** From now on lines are dropped, and counted, while MOST_UNREAD bytes wait for whoever reads: they fill no memory. */
  dropUnread(): void;
  /** What user code prints, as it comes: whole lines are shown, a rest at `close`. */
  output(chunk: string, model?: string): void;
  /** Ends the spinner and shows what is left; idempotent. */
  close(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
/** Where no spinner turns: how long nothing may be said while a step goes on. */
const SILENCE_MS = 5_000;
const LINE_CHARACTERS = 2_000;
const MOST_UNREAD = 1024 * 1024;
const CLEAR = "\r\u001b[2K";

interface ProgressOptions {
  stream: OutputStream;
  colors: Colors;
  quiet: boolean;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

export function createProgress({ stream, colors, quiet, now = () => performance.now() }: ProgressOptions): Progress {
  if (quiet) return SILENT;
  const animated = stream.isTTY === true;
  const active = new Set<{ title: string; since: number; amount?: string }>();
  const rests = new Map<string | undefined, string>();
  let timer: NodeJS.Timeout | undefined;
  let pulse: NodeJS.Timeout | undefined;
  let frame = 0;
  let said = now();
  let mayDrop = false;
  let dropped = 0;

  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    // One row only: a wrapped line could not be taken back.
    stream.write(`${CLEAR}${FRAMES[frame]} ${[...steps()].slice(0, (stream.columns ?? 80) - 3).join("")}`);
  };
  const steps = () =>
    [...active].map(({ title, amount = "", since }) => `${title}${amount} ${seconds(now() - since)}`).join(" · ");
  /** A log has no spinner: an installer that is quiet for minutes must not look as if it hung. */
  const beat = () => {
    if (active.size === 0 || now() - said < SILENCE_MS) return;
    print(`${colors.dim("…")} ${steps()}`, undefined);
  };
  const animate = () => {
    if (!animated) {
      if (active.size > 0) pulse ??= setInterval(beat, 1_000).unref();
      else {
        clearInterval(pulse);
        pulse = undefined;
      }
      return;
    }
    if (active.size > 0) {
      timer ??= setInterval(draw, FRAME_MS).unref();
      draw();
    } else {
      clearInterval(timer);
      timer = undefined;
    }
  };
  const print = (text: string, model: string | undefined) => {
    said = now();
    const lines = text.split("\n");
    if (mayDrop && (stream.writableLength ?? 0) > MOST_UNREAD) {
      dropped += lines.length;
      return;
    }
    if (dropped > 0) lines.unshift(`${dropped} lines were dropped here: nobody read them in time`);
    dropped = 0;
    const prefix = model === undefined ? "" : `${colors.cyan(plainLine(model))} ${colors.dim("│")} `;
    stream.write(`${timer ? CLEAR : ""}${onlyColors(lines.map((line) => `${prefix}${line}\n`).join(""))}`);
    if (timer) draw();
  };
  const leave = (step: Parameters<typeof active.add>[0]) => {
    active.delete(step);
    animate();
    if (animated && active.size === 0) stream.write(CLEAR);
  };
  const shorten = (line: string) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line);

  return {
    start(label, model) {
      const text = plainLine(label);
      const step = { title: model === undefined ? text : `${plainLine(model)} ${text}`, since: now() };
      if (!animated) print(`${colors.dim("…")} ${text}`, model);
      active.add(step);
      animate();
      const finish = (mark: string, detail: string | undefined) => {
        if (!active.has(step)) return;
        const took = colors.dim(seconds(now() - step.since));
        const rest = detail === undefined ? "" : ` ${colors.dim(`· ${plainLine(detail)}`)}`;
        active.delete(step);
        print(`${mark} ${text} ${took}${rest}`, model);
        leave(step);
      };
      return {
        done: (detail) => finish(colors.green("✓"), detail),
        fail: (detail) => finish(colors.red("✗"), detail),
      };
    },
    transfer(label) {
      const step = { title: plainLine(label), since: now(), amount: "" };
      let isOver = false;
      return {
        moved({ done, total }) {
          if (isOver) return;
          step.amount = ` ${size(done)}${total === undefined ? "" : ` of ${size(total)}`}`;
          if (active.has(step)) return;
          active.add(step);
          animate();
        },
        end() {
          isOver = true;
          if (active.has(step)) leave(step);
        },
      };
    },
    note(text, model) {
      print(plainText(text), model);
    },
    dropUnread() {
      mayDrop = true;
    },
    output(chunk, model) {
      const lines = `${rests.get(model) ?? ""}${chunk}`.split(/\r\n|\n|\r(?!$)/);
      rests.set(model, shorten(lines.pop() ?? ""));
      for (const line of lines) print(colors.dim(plainLine(shorten(line))), model);
    },
    close() {
      active.clear();
      if (timer) stream.write(CLEAR);
      animate();
      for (const [model, rest] of rests) if (rest !== "") print(colors.dim(plainLine(rest)), model);
      rests.clear();
    },
  };
}

const SILENT: Progress = {
  start: () => ({ done: () => {}, fail: () => {} }),
  transfer: () => ({ moved: () => {}, end: () => {} }),
  note: () => {},
  dropUnread: () => {},
  output: () => {},
  close: () => {},
};

/** 0.4 s, 12.3 s, 3 min 5 s. */
function seconds(milliseconds: number): string {
  const whole = milliseconds / 1_000;
  return whole < 60 ? `${whole.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${Math.floor(whole % 60)} s`;
}
