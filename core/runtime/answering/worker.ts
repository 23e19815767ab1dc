import { setTimeout as sleep } from "node:timers/promises";
import { LONGEST_TIMER } from "../../duration.ts";
import { SlipwayError } from "../../errors.ts";
import { type Exit, exitHint, exitWords, logTail } from "../failure.ts";
import type { Program } from "../program.ts";
import type { Ask, Prediction } from "./answering.ts";
import { splitLines } from "./lines.ts";
import { ANSWER_BYTES, badAnswer, isReady, readAnswer, requestLine, tooLarge } from "./wire.ts";

/** How long an answer may be on its way once its program has ended, in milliseconds. */
const LAST_WORDS = 1_000;

/** One process that answers, a request at a time. */
export interface Worker {
  /** Resolves once its model is loaded. Rejects with SERVE_FAILED. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, to the reason. */
  readonly ended: Promise<string>;
  /** It waits for a request. */
  readonly isIdle: boolean;
  /**
   * Hands over a request, to an idle worker alone. Rejects with SERVE_TIMEOUT `timeoutMs` later, with SERVE_CRASHED and
   * SERVE_ANSWER, which all end the worker, and with SERVE_ERROR, which does not.
   */
  ask(ask: Pick<Ask, "id" | "rows" | "traceparent">, timeoutMs: number): Promise<Prediction[]>;
  residentBytes(): Promise<number | undefined>;
  /**
   * Ends it: one that waits has `graceMs` for that, and again after SIGTERM; one that answers gets SIGTERM at once; one that
   * starts is killed.
   */
  end(graceMs: number): Promise<void>;
}

interface Pending {
  id: string;
  rows: number;
  timer: NodeJS.Timeout;
  resolve(predictions: Prediction[]): void;
  reject(error: SlipwayError): void;
}

export interface WorkerStart {
  /** How long the program may take to load its model, in milliseconds. */
  startMs: number;
  /** Reads the last lines of a program that did not start for a hint. */
  explain?: ((lines: readonly string[]) => string | undefined) | undefined;
}

/** Speaks with a program that was just started. */
export function openWorker(program: Program, { startMs, explain }: WorkerStart): Worker {
  let state: "starting" | "idle" | "busy" | "ended" = "starting";
  let isLeaving = false;
  let pending: Pending | undefined;
  let settleStart: { resolve(): void; reject(error: SlipwayError): void };
  let tellEnd: (reason: string) => void;
  const ready = new Promise<void>((resolve, reject) => {
    settleStart = { resolve, reject };
  });
  const ended = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  ready.catch(() => {});

  /** Ends the worker for good. What is pending learns why. */
  const fail = (error: SlipwayError) => {
    if (state === "ended") return;
    const wasStarting = state === "starting";
    state = "ended";
    clearTimeout(startTimer);
    if (wasStarting) settleStart.reject(startFailed(error, program, explain));
    take()?.reject(error);
    const tell = () => tellEnd(error.message);
    void program.kill().then(tell, tell);
  };
  const take = () => {
    const taken = pending;
    pending = undefined;
    clearTimeout(taken?.timer);
    return taken;
  };
  const startTimer = setTimeout(
    () => fail(timedOut(`did not say {"ready":true} on descriptor 4 within ${startMs / 1_000} s`)),
    Math.min(startMs, LONGEST_TIMER),
  );

  const onLine = (line: Buffer | undefined) => {
    if (state === "ended") return;
    if (line === undefined) return fail(tooLarge(ANSWER_BYTES));
    if (state === "starting") {
      if (!isReady(line)) return fail(badAnswer('something else than {"ready":true} as the first line'));
      clearTimeout(startTimer);
      state = "idle";
      return settleStart.resolve();
    }
    if (pending === undefined) return fail(badAnswer("a line that nobody asked for"));
    let answer: Prediction[] | { error: string };
    try {
      answer = readAnswer(line, pending);
    } catch (error) {
      return fail(error as SlipwayError);
    }
    state = "idle";
    const asked = take();
    if (Array.isArray(answer)) asked?.resolve(answer);
    else asked?.reject(new SlipwayError("SERVE_ERROR", answer.error));
  };
  program.answers.on("data", splitLines(ANSWER_BYTES, onLine));
  const isRead = new Promise<void>((resolve) => program.answers.once("end", resolve).once("close", resolve));
  void program.exited.then(async (exit) => {
    isLeaving = true;
    // Its last answer may still be on its way.
    await Promise.race([isRead, sleep(LAST_WORDS, undefined, { ref: false })]);
    fail(crashed(`ended with ${exitWords(exit)}`, exit));
  });

  return {
    ready,
    ended,
    get isIdle() {
      return state === "idle" && !isLeaving;
    },
    residentBytes: () => program.residentBytes(),
    ask: ({ id, rows, traceparent }, timeoutMs) =>
      new Promise((resolve, reject) => {
        const expire = () => fail(timedOut("did not answer in time"));
        pending = {
          id,
          rows: rows.length,
          timer: setTimeout(expire, timeoutMs),
          resolve,
          reject,
        };
        state = "busy";
        program.requests.write(requestLine({ id, rows, ...(traceparent === undefined ? {} : { traceparent }) }));
      }),
    end: async (graceMs) => {
      if (state !== "ended") {
        const was = state;
        state = "ended";
        clearTimeout(startTimer);
        settleStart.reject(startFailed(crashed("was ended while it started"), program));
        await (was === "starting" ? program.kill() : program.end(was === "idle" ? graceMs : 0, graceMs));
        take()?.reject(crashed("was ended while it answered"));
        tellEnd("was ended");
      }
      await ended;
    },
  };
}

function crashed(what: string, exit?: Exit): SlipwayError {
  const hint = exit && exitHint(exit);
  return new SlipwayError("SERVE_CRASHED", `The program that answers ${what}`, hint === undefined ? {} : { hint });
}

function timedOut(what: string): SlipwayError {
  return new SlipwayError("SERVE_TIMEOUT", `The program that answers ${what}, and was ended`, {
    hint: "Does it flush what it writes to descriptor 4 after each line?",
  });
}

function startFailed(why: SlipwayError, program: Program, explain?: WorkerStart["explain"]): SlipwayError {
  const lines = logTail(program.tail());
  const hint = explain?.(lines) ?? why.problems[0]?.hint;
  return new SlipwayError("SERVE_FAILED", why.message, {
    expected: 'the line {"ready":true} on descriptor 4, once the model is loaded',
    found: lines.length === 0 ? "no output" : `its last lines:\n${lines.join("\n")}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
