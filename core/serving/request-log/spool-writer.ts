import { type FileHandle, open } from "node:fs/promises";
import { setImmediate as yieldTurn } from "node:timers/promises";
import type { SpoolHead } from "../../../schemas/request-log.ts";
import type { DroppedRows } from "./log-state.ts";
import { answeredNames, type RowForm, rowForm } from "./logged-rows.ts";
import { endOf, hourOf, type LoggedFile } from "./object-name.ts";
import type { RequestEntry } from "./request-log.ts";
import { type Spooled, spoolPath } from "./spool-folder.ts";

/** Bytes of a file of rows, and of a row. */
const MOST_FILE = 32 * 1024 * 1024;
const MOST_ROW = 1024 * 1024;
/** Kinds of answers that a version gives within an hour, each in a file of its own: a program may invent others with each. */
const MOST_FORMS = 8;
/** Milliseconds of work at most before others have their turn. */
const TURN = 2;

interface Writing {
  form: RowForm;
  spooled: Spooled;
  handle: FileHandle;
  /** When it was begun, by the clock. */
  since: number;
  /** Its rows decide on a rollout. */
  isUrgent: boolean;
}

interface SpoolWriterOptions {
  folder: string;
  replica: string;
  /** What files are named by. */
  short: string;
  sample: number;
  clock: () => number;
  /** Bytes that may wait on the disk, of this process. */
  mostSpooled: number;
  /** Milliseconds after which rows that decide on a rollout are to be sent. */
  urgentWithin: number;
  dropped: DroppedRows;
}

/** Puts entries into files of rows, a file for each model, hour, version and kind of answer. */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #writing = new Map<string, Writing>();
  #parts = 0;
  /** Bytes in files that are being written, and in those that wait to be sent. */
  spooled = 0;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
  }

  /** Writes entries in their order. What cannot be written is counted as dropped. */
  async write(entries: readonly RequestEntry[]): Promise<void> {
    const lines = new Map<Writing, string[]>();
    const linesOf = (writing: Writing) => {
      const known = lines.get(writing) ?? [];
      lines.set(writing, known);
      return known;
    };
    let began = performance.now();
    for (const entry of entries) {
      const writing = await this.#writingOf(entry).catch(() => undefined);
      if (writing === undefined) {
        this.#options.dropped.failed += entry.rows.length;
        continue;
      }
      if (entry.rollout !== undefined) writing.isUrgent = true;
      const { replica, sample, dropped } = this.#options;
      for (let row = 0; row < entry.rows.length; row += 1) {
        const line = writing.form.line({ entry, row, replica, sample });
        if (line.length > MOST_ROW) dropped.large += 1;
        else linesOf(writing).push(line);
        if (performance.now() - began < TURN) continue;
        await yieldTurn();
        began = performance.now();
      }
    }
    for (const [writing, each] of lines) await this.#append(writing, each);
  }

  /** Ends files that are full, whose hour is over, or that decide on a rollout; or all. */
  async takeDue(all = false): Promise<Spooled[]> {
    const now = this.#options.clock();
    const due: Spooled[] = [];
    for (const [key, { spooled, handle, since, isUrgent }] of this.#writing) {
      const isOver = now >= endOf(spooled.file.hour) || spooled.bytes >= MOST_FILE;
      if (!all && !isOver && !(isUrgent && now - since >= this.#options.urgentWithin)) continue;
      this.#writing.delete(key);
      await handle.close();
      due.push(spooled);
    }
    return due;
  }

  async #writingOf(entry: RequestEntry): Promise<Writing> {
    const { version, at, predictions } = entry;
    const hour = hourOf(at);
    const base = JSON.stringify([version.folder, version.version, version.stage, hour]);
    const own = `${base} `;
    const names = predictions?.[0] && answeredNames(predictions[0]).join("\n");
    const known = names === undefined ? undefined : this.#writing.get(own + names);
    if (known !== undefined) return known;
    const others = [...this.#writing].filter(([key]) => key.startsWith(own)).map(([, each]) => each);
    const other = others.at(-1);
    if (other !== undefined && (names === undefined || others.length >= MOST_FORMS)) return other;
    const writing = await this.#begin({ model: version.folder, hour }, rowForm(version, predictions?.[0]));
    this.#writing.set(own + (names ?? ""), writing);
    return writing;
  }

  async #begin({ model, hour }: Omit<LoggedFile, "part">, form: RowForm): Promise<Writing> {
    const { folder, short, clock } = this.#options;
    this.#parts += 1;
    const file = { model, hour, part: `${short}-${this.#parts}` };
    const path = spoolPath(folder, file, "jsonl");
    const handle = await open(path, "ax", 0o600);
    const head = `${JSON.stringify({ slipway: 1, columns: form.columns } satisfies SpoolHead)}\n`;
    try {
      await handle.appendFile(head);
    } catch (error) {
      await handle.close();
      throw error;
    }
    const spooled = { path, file, bytes: Buffer.byteLength(head) };
    this.spooled += spooled.bytes;
    return { form, spooled, handle, since: clock(), isUrgent: false };
  }

  async #append({ spooled, handle }: Writing, lines: readonly string[]): Promise<void> {
    const { dropped, mostSpooled } = this.#options;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    if (this.spooled + bytes.length > mostSpooled) {
      dropped.spool += lines.length;
      return;
    }
    try {
      await handle.appendFile(bytes);
      spooled.bytes += bytes.length;
      this.spooled += bytes.length;
    } catch {
      dropped.failed += lines.length;
      // The disk may have taken a part: a line that is half would spoil those behind it.
      await handle.truncate(spooled.bytes).catch(() => {});
    }
  }
}
