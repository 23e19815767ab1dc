import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { gitEnvironment } from "./run.ts";

/** How a transaction ended: `words` are Git's where it refused, `killed` where a signal ended Git. */
export type RefOutcome =
  | { outcome: "moved" }
  | { outcome: "refused"; words: string }
  | { outcome: "killed"; words: string };

/** An idle process is ended after this many milliseconds: who writes again soon finds it running. */
const IDLE = 3_000;

/*
 * References are synced as Git's own batch mode syncs objects: each is written out, and the one who waits for all of them
 * syncs once, last (`core.fsyncMethod` in git-config(1)).
 */
const SETTINGS = [
  ...["core.filesRefLockTimeout=1000", "core.fsync=reference", "core.fsyncMethod=writeout-only"],
  // An id is an id: Git need not look in six places whether a ref has that name.
  "core.warnAmbiguousRefs=false",
];

/**
 * One running `git update-ref --stdin`, for transactions one after another. It holds no lock between them, gives up one
 * that it was not told to commit when this process is gone, and keeps nobody from ending.
 */
export class RefProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<string | undefined>;
  #said = "";
  #words = "";
  #told: (() => void) | undefined;
  #idle: NodeJS.Timeout | undefined;
  alive = true;

  /** `gitFolder` is absolute. */
  constructor(gitFolder: string) {
    const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
    // By its path, not from within: whatever is moved away or made anew, what is written is what is there by that name.
    const child = spawn("git", [`--git-dir=${gitFolder}`, ...settings, "update-ref", "--stdin"], {
      env: gitEnvironment(),
    });
    this.#child = child;
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#words = (this.#words + chunk).slice(0, 10_000);
    });
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.#said += chunk;
      if (this.#said.includes("commit: ok\n")) this.#told?.();
    });
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => {
        this.alive = false;
        this.#words ||= error.message;
        resolve(undefined);
      });
      child.once("close", (_code, signal) => {
        this.alive = false;
        resolve(signal ?? undefined);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Lines of `git update-ref --stdin`, as one transaction: all or none. */
  async transact(lines: readonly string[]): Promise<RefOutcome> {
    this.#said = "";
    const told = new Promise<"told">((resolve) => {
      this.#told = () => resolve("told");
    });
    this.#child.stdin.write(["start", ...lines, "prepare", "commit", ""].join("\n"));
    const signal = await Promise.race([told, this.#ended]);
    if (signal === "told") return { outcome: "moved" };
    const words = this.#words.trim() || `git update-ref ended early${signal === undefined ? "" : ` by ${signal}`}`;
    return { outcome: signal === undefined ? "refused" : "killed", words };
  }

  end(): void {
    clearTimeout(this.#idle);
    this.alive = false;
    this.#child.stdin.end();
  }

  /** It is going to be used. */
  wake(): void {
    clearTimeout(this.#idle);
    for (const each of this.#handles()) each.ref();
  }

  /** It may not be used again. */
  rest(): void {
    for (const each of this.#handles()) each.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end(), IDLE).unref();
  }

  /** Pipes of a child are sockets, which keep a process from ending as the child itself does. */
  #handles(): { ref(): unknown; unref(): unknown }[] {
    const { stdin, stdout, stderr } = this.#child;
    return [this.#child, ...([stdin, stdout, stderr] as unknown as { ref(): unknown; unref(): unknown }[])];
  }
}
