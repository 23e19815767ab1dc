import type { Logger } from "probot";
import type { GitHub } from "../github/connect.ts";
import type { Delivery, Intake } from "../intake/intake.ts";
import { findComments } from "./find-comments.ts";
import { findRuns } from "./find-runs.ts";
import { findUncheckedPulls } from "./find-unchecked-pulls.ts";
import { openPulls, type Search } from "./finding.ts";
import { Listings } from "./listings.ts";
import { redeliver } from "./redeliver.ts";
import { registryEvent } from "./registry-event.ts";
import { type Installed, installedRepositories } from "./repositories.ts";
import { missingRules } from "./rulesets.ts";
import { scheduleEvent } from "./schedule-event.ts";

const DAY = 86_400_000;
/** How far back: as far as GitHub keeps deliveries. */
const DAYS = 3;

export interface CatchUpParts {
  github: GitHub;
  intake: Pick<Intake, "take" | "knows">;
  log: Logger;
  /** GitHub's own address. */
  server: string;
  /** Milliseconds from the end of one to the next. */
  every: number;
  clock(): Date;
}

/**
 * Compares what GitHub holds with what was handled, and takes in what was lost: while the App was down, when it was
 * killed, or on the way. Handlers are idempotent, so what is found twice is done once.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #listings = new Listings();
  readonly #asked = new Map<string, number>();
  /** The rules that each repository lacks, by its full name. */
  readonly #lacking = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();
  /** By installation. */
  readonly #waiting = new Map<number | undefined, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #checked = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /** How many repositories lack rulesets; undefined before that was asked. */
  get unprotected(): number | undefined {
    return this.#checked ? this.#lacking.size : undefined;
  }

  /** Runs now, and again and again. Never rejects: what went wrong is logged, and tried again the next time. */
  start(): void {
    void this.run().then(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#parts.every).unref();
    });
  }

  /**
   * One run, after the one that runs; of one installation alone if it is named. Who asks while it waits to begin is
   * answered by it: a hundred repositories that are added one by one ask a hundred times.
   */
  run(installation?: number): Promise<void> {
    const waiting = this.#waiting.get(installation);
    if (waiting !== undefined) return waiting;
    const run = this.#running.then(() => {
      this.#waiting.delete(installation);
      return this.#run(installation);
    });
    this.#waiting.set(installation, run);
    this.#running = run;
    return run;
  }

  /** Resolves when none runs. */
  settled(): Promise<void> {
    return this.#running;
  }

  /** Starts nothing more, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(installation: number | undefined): Promise<void> {
    const { github, intake, log, server, clock } = this.#parts;
    if (this.#stopped) return;
    try {
      if (installation === undefined) {
        const about = { asked: this.#asked, knows: (id: string) => intake.knows(id), now: clock() };
        const again = await redeliver(await github.asApp(), about);
        if (again > 0) log.info({ deliveries: again }, "asked GitHub to deliver again");
      }
      let found = 0;
      for await (const installed of installedRepositories(github, server, installation)) {
        if (this.#stopped) return;
        found += await this.#reconcile(installed);
      }
      this.#checked = true;
      log.info({ found, installation }, "caught up with GitHub");
    } catch (error) {
      log.warn({ err: error }, "catching up with GitHub failed, and is tried again");
    }
  }

  /** Resolves to how many events were taken in. One repository that cannot be read does not keep the others waiting. */
  async #reconcile(installed: Installed): Promise<number> {
    const { github, intake, log, clock } = this.#parts;
    const since = new Date(Math.floor(clock().getTime() / DAY - DAYS) * DAY);
    const knows = (key: string) => intake.knows(key);
    let found = 0;
    const take = (delivery: Delivery) => {
      if (intake.take(delivery) === "caught-up") found += 1;
    };
    try {
      const lists = { installed, listings: this.#listings };
      const search: Search = { ...lists, app: await github.identity(), knows, since, pulls: await openPulls(lists) };
      const runs = await findRuns(search);
      if (runs === undefined) return 0;
      for await (const delivery of findUncheckedPulls(search)) take(delivery);
      for (const delivery of runs) take(delivery);
      for await (const delivery of findComments(search)) take(delivery);
      const registry = registryEvent(search);
      if (registry !== undefined) take(registry);
      const schedule = scheduleEvent(search, clock());
      if (schedule !== undefined) take(schedule);
      await this.#checkRules(search);
    } catch (error) {
      log.warn({ err: error, repository: installed.repository.fullName }, "a repository cannot be caught up with");
    }
    return found;
  }

  async #checkRules(search: Search): Promise<void> {
    const { fullName } = search.installed.repository;
    const lacks = (await missingRules(search)).join(", ");
    if (lacks === "") this.#lacking.delete(fullName);
    else if (this.#lacking.get(fullName) !== lacks) {
      this.#lacking.set(fullName, lacks);
      const hint = "slipway init --github writes the rulesets, and docs/github.md says how to import them";
      this.#parts.log.warn({ repository: fullName, lacks, hint }, "the branch registry is not the App's alone");
    }
  }
}
