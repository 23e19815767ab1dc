import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import { Curve } from "./curve.ts";
import { takeRecords } from "./event-records.ts";
import { eventScalars } from "./event-scalars.ts";
import { filesBelow } from "./files-below.ts";
import type { FoundRun, Reading } from "./found-run.ts";
import { GrowingFile } from "./growing-file.ts";
import { type LeftOut, LIMITS } from "./limits.ts";

/** TensorBoard's event files anywhere below a folder: those of one folder are a run, as TensorBoard has it. */
export class EventFiles {
  readonly #places: { folder: string; skip: readonly string[]; base: string };
  readonly #leftOut: LeftOut;
  readonly #files = new Map<string, GrowingFile>();
  readonly #runs = new Map<string, Map<string, Curve>>();
  #curves = 0;

  /** `skip` names folders that are not looked into; names of runs are told without `base`, where they begin with it. */
  constructor(places: { folder: string; skip: readonly string[]; base: string }, leftOut: LeftOut) {
    this.#places = places;
    this.#leftOut = leftOut;
  }

  async look(reading: Reading): Promise<FoundRun[]> {
    const { folder, skip } = this.#places;
    const onTooMany = () => this.#leftOut.say("There were too many files to look for all event files of TensorBoard.");
    const paths = (await filesBelow(folder, { skip, onTooMany })).filter((path) =>
      posix.basename(path).includes("tfevents"),
    );
    for (const path of paths) await this.#read(path, reading);
    return [...this.#runs].map(([path, curves]) => ({
      id: `tb-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`,
      tool: "tensorboard",
      name: this.#name(path),
      params: [],
      tags: [],
      curves,
      logged: [],
    }));
  }

  async #read(path: string, reading: Reading): Promise<void> {
    const place = posix.dirname(path);
    if (!this.#runs.has(place) && this.#runs.size >= LIMITS.runs) {
      this.#leftOut.say(`Event files of more than ${LIMITS.runs} folders: the others were left out.`);
      return;
    }
    const file = this.#files.get(path) ?? new GrowingFile(join(this.#places.folder, path));
    this.#files.set(path, file);
    const curves = this.#runs.get(place) ?? new Map<string, Curve>();
    const take = takeRecords((data) => this.#take(data, curves));
    const { bytes, isCut } = await file.look(take, reading.bytesLeft > 0 ? LIMITS.fileBytes : 0);
    reading.bytesLeft -= bytes;
    if (curves.size > 0) this.#runs.set(place, curves);
    if (isCut)
      this.#leftOut.say(`The event file ${this.#name(path)} was not read to its end: there is too much of it.`);
    if (file.isBroken)
      this.#leftOut.say(`The event file ${this.#name(path)} is damaged: what follows the damage was left out.`);
  }

  #take(data: Buffer, curves: Map<string, Curve>): void {
    for (const { tag, step, value, at } of scalarsOf(data)) {
      if (tag.length > LIMITS.name) {
        this.#leftOut.say(`Tags with more than ${LIMITS.name} characters were left out.`);
        continue;
      }
      const known = curves.get(tag);
      if (known === undefined && this.#curves >= LIMITS.curves) {
        this.#leftOut.say(`More than ${LIMITS.curves} metrics were logged; the others were left out.`);
        continue;
      }
      const curve = known ?? new Curve();
      if (!curve.add([step, value, at])) this.#leftOut.say(`Values of ${tag} that are no finite number were left out.`);
      else if (known === undefined) {
        curves.set(tag, curve);
        this.#curves += 1;
      }
    }
  }

  #name(path: string): string {
    const { base } = this.#places;
    const name = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path === base ? "." : path;
    return name.slice(0, LIMITS.name);
  }
}

/** A record that is no event of TensorBoard's says nothing. */
function scalarsOf(data: Buffer): ReturnType<typeof eventScalars> {
  try {
    return eventScalars(data);
  } catch {
    return [];
  }
}
