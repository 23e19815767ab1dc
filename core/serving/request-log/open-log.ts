import { createHash } from "node:crypto";
import type { NamedStore } from "../../stores/named.ts";
import type { DroppedRows } from "./log-state.ts";
import type { RequestEntry, RequestLog } from "./request-log.ts";
import { Sender } from "./sender.ts";
import { makeSpoolFolder, removeEmpty, touchOwner } from "./spool-folder.ts";
import { SpoolWriter } from "./spool-writer.ts";

/** What is in memory at most, in about so many bytes, and what waits on the disk. */
const MOST_PENDING = 32 * 1024 * 1024;
const MOST_SPOOLED = 512 * 1024 * 1024;
/** What a value takes in memory beside its text. */
const VALUE = 16;

export interface RequestLogOptions {
  store: NamedStore;
  /** A folder of this repository's own, which all of its servers share. */
  spool: string;
  /** This process's id: hexadecimal, random. */
  replica: string;
  /** The share of requests that is kept. */
  sample?: number | undefined;
  /** Milliseconds; undefined keeps for good. */
  keep?: number | undefined;
  /** Milliseconds since 1970. */
  clock?: (() => number) | undefined;
  /** Milliseconds between the disk's turns, and after which rows that decide on a rollout are sent. */
  every?: number | undefined;
  urgentWithin?: number | undefined;
  mostPending?: number | undefined;
  mostSpooled?: number | undefined;
}

/**
 * Opens the log of a process that serves, and sends what others left that were killed. The store need not answer: rows wait on
 * the disk, and beyond a bound they are dropped and counted.
 */
export async function openRequestLog(options: RequestLogOptions): Promise<RequestLog> {
  const { store, spool, replica, sample = 1, keep, clock = Date.now, every = 250, urgentWithin = 30_000 } = options;
  const { mostPending = MOST_PENDING, mostSpooled = MOST_SPOOLED } = options;
  const short = replica.slice(0, 8);
  const folder = await makeSpoolFolder(spool, short);
  const dropped: DroppedRows = { memory: 0, spool: 0, large: 0, failed: 0 };
  const writer = new SpoolWriter({
    ...{ folder, replica, short, sample, clock, mostSpooled, urgentWithin, dropped },
  });
  const onGone = (bytes: number) => {
    writer.spooled -= bytes;
  };
  const sender = new Sender({ store, spool, folder, keep, clock, dropped, onGone });
  const stop = new AbortController();
  let pending: RequestEntry[] = [];
  let rows = 0;
  let bytes = 0;
  let isClosed = false;

  const record = (entry: RequestEntry): void => {
    if (isClosed || !isKept(entry.id, sample)) return;
    const size = sizeOf(entry);
    if (bytes + size > mostPending) {
      dropped.memory += entry.rows.length;
      return;
    }
    pending.push(entry);
    rows += entry.rows.length;
    bytes += size;
  };

  /** What is done with the files of rows, one after another. */
  let disk: Promise<unknown> = Promise.resolve();
  const onDisk = <T>(act: () => Promise<T>): Promise<T> => {
    const done = disk.then(act);
    disk = done.catch(() => {});
    return done;
  };
  const write = async () => {
    if (pending.length === 0) return;
    const [taken, takenRows, takenBytes] = [pending, rows, bytes];
    pending = [];
    await writer.write(taken);
    // They count while they are being written: a disk that hangs fills no memory.
    rows -= takenRows;
    bytes -= takenBytes;
  };
  const takeDue = async (all: boolean) => sender.add(await onDisk(() => writer.takeDue(all)));
  const send = async () => {
    await takeDue(false);
    await sender.adopt();
    await sender.send(stop.signal);
    await sender.removeOld(stop.signal);
  };

  /** The disk's turn and the store's, side by side: either may take for ever. */
  const busy = new Set<unknown>();
  const oneByOne = (act: () => Promise<void>) => {
    if (busy.has(act)) return;
    busy.add(act);
    void act()
      .catch(() => {})
      .finally(() => busy.delete(act));
  };
  let sending = Promise.resolve();
  const writeTurn = () => onDisk(write);
  const sendTurn = () => {
    sending = send();
    return sending;
  };
  const timer = setInterval(() => [writeTurn, sendTurn].forEach(oneByOne), every).unref();
  const heartbeat = setInterval(() => void touchOwner(folder), 30_000).unref();

  return {
    record(entry) {
      try {
        record(entry);
      } catch {
        dropped.failed += 1;
      }
    },
    now: clock,
    state: () => ({
      pending: rows,
      spooled: writer.spooled,
      dropped: { ...dropped },
      sent: sender.sent,
      ...(sender.problem === undefined ? {} : { problem: sender.problem }),
    }),
    async close(ms) {
      isClosed = true;
      clearInterval(timer);
      clearInterval(heartbeat);
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
      const last = async () => {
        await onDisk(write);
        await takeDue(true);
        await sending.catch(() => {});
        await sender.send(stop.signal);
        await removeEmpty(folder);
      };
      await Promise.race([last(), deadline]);
      stop.abort();
    },
  };
}

/** A share of requests by the first 52 bits of their id's SHA-256, so that every replica keeps the same ones. */
function isKept(id: string, share: number): boolean {
  if (share >= 1) return true;
  return Number.parseInt(createHash("sha256").update(id).digest("hex").slice(0, 13), 16) < share * 2 ** 52;
}

/** About so many bytes of memory. */
function sizeOf({ rows, predictions = [] }: RequestEntry): number {
  let size = 200;
  for (const row of [...rows, ...predictions]) {
    for (const value of Object.values(row)) size += VALUE + (typeof value === "string" ? value.length : 0);
  }
  return size;
}
