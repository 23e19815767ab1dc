import type { Person } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import type { LogEntry } from "./log-entry.ts";
import { newestActs } from "./newest-acts.ts";
import { type LogFilter, matches, type SearchedAct } from "./search-log.ts";

/** So many acts are read at once. */
const STEP = 1_000;
/** One question reads no more acts than that which nobody asked for before: about two seconds. */
const MOST_READ = 50_000;
/** More are not kept, of some 170 bytes each. */
const MOST_KEPT = 300_000;

export interface FoundActs {
  /** Newest first. */
  commits: string[];
  /** How many acts were looked at. */
  looked: number;
  /** The last one that was looked at, where the search ended before the oldest: asked for acts before it, it goes on. */
  stopped: string | undefined;
}

/** What a filter looks at, of the acts of a branch, in memory. It reads as far back as somebody asks. */
export interface ActIndex {
  /** The newest acts up to the commit `tip` that a filter finds; with `before`, of those before that one. */
  search(
    tip: string,
    filter: LogFilter,
    asked: { before?: string | undefined; limit: number; most?: number },
  ): Promise<FoundActs>;
}

type IndexedAct = SearchedAct & { commit: string };

export function openActIndex(objects: GitObjects): ActIndex {
  const shared = sharedValues();
  let acts: IndexedAct[] = [];
  let isWhole = false;
  let reading: Promise<unknown> = Promise.resolve();

  /** Reads what came since. A branch that was written anew is read anew. */
  async function follow(tip: string): Promise<void> {
    const [newest] = acts;
    if (newest?.commit === tip) return;
    const fresh: IndexedAct[] = [];
    for (let from: string | undefined = tip; from !== undefined && fresh.length < MOST_READ; ) {
      const read: LogEntry[] = await newestActs(objects, from, STEP + 1);
      const known = newest === undefined ? -1 : read.findIndex(({ commit }) => commit === newest.commit);
      fresh.push(...read.slice(0, known < 0 ? STEP : known).map(shared));
      if (known >= 0) {
        acts = [...fresh, ...acts];
        return;
      }
      from = newest === undefined ? undefined : read[STEP]?.commit;
    }
    acts = fresh;
    isWhole = fresh.length < STEP;
  }

  /** Reads on behind the oldest act that is known; false where there is none, or no room. */
  async function readOn(): Promise<boolean> {
    const oldest = acts.at(-1);
    if (isWhole || oldest === undefined || acts.length >= MOST_KEPT) return false;
    const read = (await newestActs(objects, oldest.commit, STEP + 1)).slice(1);
    for (const entry of read) acts.push(shared(entry));
    isWhole = read.length < STEP;
    return read.length > 0;
  }

  const search: ActIndex["search"] = async (tip, filter, { before, limit, most = MOST_READ }) => {
    await follow(tip);
    const commits: string[] = [];
    let [isBehind, looked, mayRead] = [before === undefined, 0, most];
    for (let at = 0; ; at += 1) {
      if (at === acts.length) {
        const isDone = mayRead <= 0 || !(await readOn());
        if (isDone) return { commits, looked, stopped: isWhole ? undefined : acts.at(-1)?.commit };
        mayRead -= STEP;
      }
      const act = acts[at] as IndexedAct;
      if (!isBehind) {
        isBehind = act.commit === before;
        continue;
      }
      looked += 1;
      if (matches(act, filter)) commits.push(act.commit);
      if (commits.length === limit) return { commits, looked, stopped: act.commit };
    }
  };

  return {
    search(...asked) {
      // One after another: two that read on at once would keep the same acts twice.
      const found = reading.then(() => search(...asked));
      reading = found.catch(() => {});
      return found;
    },
  };
}

/** A text that was cut from a longer one keeps all of that in memory. */
function alone(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

/** The same few names, people and stages are in all acts: each is kept once. */
function sharedValues(): (entry: LogEntry) => IndexedAct {
  const texts = new Map<string, string>();
  const people = new Map<string, Person>();
  const text = (value: string | undefined) => {
    if (value === undefined) return undefined;
    const known = texts.get(value);
    if (known === undefined) texts.set(value, value);
    return known ?? value;
  };
  const person = (actor: Person) => {
    const key = JSON.stringify(actor);
    const known = people.get(key) ?? actor;
    people.set(key, known);
    return known;
  };
  // One shape for all: objects that are put together differ in theirs, and take three times the memory.
  return ({ commit, at, actor, act, model, version, stage }) => ({
    commit: alone(commit),
    at: alone(at),
    actor: person(actor),
    act: text(act),
    model: text(model),
    version,
    stage: text(stage),
  });
}
