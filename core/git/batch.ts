import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { SlipwayError } from "../errors.ts";
import { gitEnvironment, lastLines } from "./run.ts";

/** One answer of `git cat-file`: the header, and the bytes, unless there are more of them than were wanted. */
export interface BatchAnswer {
  id: string;
  type: string;
  size: number;
  content: Buffer | undefined;
}

/** Git takes what there is: for each process up to 96 MiB of old versions, and packs mapped without a limit. */
const MEMORY = ["core.deltaBaseCacheLimit=16m", "core.packedGitWindowSize=4m", "core.packedGitLimit=32m"].flatMap(
  (setting) => ["-c", setting],
);

interface Question {
  expression: string;
  maxBytes: number;
  resolve(answer: BatchAnswer | undefined): void;
  reject(error: Error): void;
}

/**
 * One running `git cat-file --batch-command` (Git 2.36). Questions are pipelined and answered in order.
 * The process starts with the first question, and again with the next one after it died.
 */
export class CatFile {
  readonly #folder: string;
  #child: ChildProcessWithoutNullStreams | undefined;
  #closed = false;
  #waiting: Question[] = [];
  #answered = 0;
  #header: Buffer = Buffer.alloc(0);
  #body: { answer: BatchAnswer; content: Buffer | undefined; left: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Objects in the order asked; undefined where there is none. Of one that is larger than `maxBytes` not a byte is held. */
  ask(expressions: readonly string[], maxBytes: number): Promise<(BatchAnswer | undefined)[]> {
    // A process that starts now would never be ended.
    if (this.#closed) return Promise.reject(new Error("Git's objects were closed before this question"));
    const child = this.#child ?? this.#start();
    const answers = expressions.map(
      (expression) =>
        new Promise<BatchAnswer | undefined>((resolve, reject) => {
          this.#waiting.push({ expression, maxBytes, resolve, reject });
        }),
    );
    if (expressions.length > 0) child.stdin.write(expressions.map((each) => `contents ${each}\n`).join(""));
    return Promise.all(answers);
  }

  /** Ends the process after the questions already asked. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    await ended;
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = spawn("git", ["-C", this.#folder, ...MEMORY, "cat-file", "--batch-command"], {
      env: gitEnvironment(),
    });
    let said = "";
    const end = (cause?: Error) => {
      if (this.#child !== child) return;
      const left = this.#waiting.slice(this.#answered);
      this.#child = undefined;
      this.#waiting = [];
      this.#answered = 0;
      this.#header = Buffer.alloc(0);
      this.#body = undefined;
      const hint = /corrupt|inflate|unpack/.test(said)
        ? {
            hint: "An object is damaged: `slipway verify` says where, `slipway verify --repair` brings it back from a copy.",
          }
        : {};
      const error = new SlipwayError("GIT_FAILED", `git cat-file ended early: ${lastLines(said)}`, { ...hint, cause });
      for (const question of left) question.reject(error);
    };
    child.stdout.on("data", (chunk: Buffer) => {
      try {
        this.#take(chunk);
      } catch (error) {
        end(error as Error);
        child.kill();
      }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
    child.stdin.on("error", () => {});
    child.on("error", end).on("close", () => end());
    this.#child = child;
    return child;
  }

  #take(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#body !== undefined) {
        const { answer, content, left } = this.#body;
        const taken = Math.min(left, chunk.length - offset);
        content?.set(chunk.subarray(offset, offset + taken), answer.size + 1 - left);
        offset += taken;
        this.#body.left -= taken;
        if (this.#body.left > 0) return;
        this.#body = undefined;
        // Git ends the bytes with one newline of its own.
        this.#settle({ ...answer, content: content?.subarray(0, answer.size) });
        continue;
      }
      const end = chunk.indexOf(10, offset);
      const part = chunk.subarray(offset, end === -1 ? undefined : end);
      this.#header = this.#header.length === 0 ? part : Buffer.concat([this.#header, part]);
      if (end === -1) return;
      offset = end + 1;
      const line = this.#header.toString("utf8");
      this.#header = Buffer.alloc(0);
      this.#read(line);
    }
  }

  #read(line: string): void {
    const asked = this.#waiting[this.#answered];
    if (line === `${asked?.expression} missing` || line === `${asked?.expression} ambiguous`) {
      this.#settle(undefined);
      return;
    }
    const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(line);
    if (match === null || asked === undefined) throw new Error(`git cat-file said: ${line.slice(0, 200)}`);
    const answer = { id: match[1] as string, type: match[2] as string, size: Number(match[3]), content: undefined };
    const content = answer.size > asked.maxBytes ? undefined : Buffer.allocUnsafeSlow(answer.size + 1);
    this.#body = { answer, content, left: answer.size + 1 };
  }

  #settle(answer: BatchAnswer | undefined): void {
    this.#waiting[this.#answered++]?.resolve(answer);
    if (this.#answered < this.#waiting.length) return;
    this.#waiting = [];
    this.#answered = 0;
  }
}
