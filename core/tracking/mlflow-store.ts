import { join } from "node:path";
import { Curve } from "./curve.ts";
import { filesBelow, foldersIn } from "./files-below.ts";
import type { FoundRun, Reading } from "./found-run.ts";
import { GrowingFile, readStart } from "./growing-file.ts";
import { type LeftOut, LIMITS } from "./limits.ts";
import { takeLines } from "./metric-lines.ts";
import { metaFacts, readMeta } from "./mlflow-meta.ts";

const RUN = /^[0-9a-f]{32}$/;
const ID = /^[\w-]{1,64}$/;
/** What MLflow lets a value have, in bytes. */
const VALUE_BYTES = 24_000;

type Word = FoundRun["params"][number];
type Listed = Pick<FoundRun, "experiment"> & { id: string; folder: string; meta: Readonly<Record<string, string>> };

/**
 * MLflow's file store, as its client writes it: `<experiment>/<run>/` with a file for each param, tag and metric. Whoever
 * writes it is not to be trusted. Each look reads what came since the one before.
 */
export class MlflowStore {
  readonly #folder: string;
  readonly #leftOut: LeftOut;
  readonly #metrics = new Map<string, { file: GrowingFile; curve: Curve }>();

  constructor(folder: string, leftOut: LeftOut) {
    this.#folder = folder;
    this.#leftOut = leftOut;
  }

  /** The runs in the store, by their start. */
  async look(reading: Reading): Promise<FoundRun[]> {
    const listed: Listed[] = [];
    const models = new Map<string, FoundRun["logged"]>();
    const experiments = (await foldersIn(this.#folder)).filter((name) => ID.test(name) && name !== "models");
    if (experiments.length > LIMITS.experiments)
      this.#leftOut.say(`Of ${experiments.length} experiments ${LIMITS.experiments} were read.`);
    for (const experiment of experiments.slice(0, LIMITS.experiments)) {
      listed.push(...(await this.#runsIn(join(this.#folder, experiment), LIMITS.runsSeen - listed.length)));
      for (const { run, ...logged } of await loggedModels(join(this.#folder, experiment, "models")))
        models.set(run, [...(models.get(run) ?? []), logged]);
    }
    const byStart = listed.sort((a, b) => started(a) - started(b) || (a.id < b.id ? -1 : 1));
    if (byStart.length > LIMITS.runs)
      this.#leftOut.say(`Of more than ${LIMITS.runs} runs the first ${LIMITS.runs} were kept.`);
    const found: FoundRun[] = [];
    for (const each of byStart.slice(0, LIMITS.runs))
      found.push(await this.#read(each, models.get(each.id) ?? [], reading));
    return found;
  }

  async #runsIn(folder: string, most: number): Promise<Listed[]> {
    const name = (await readMeta(folder))?.["name"];
    const experiment = name === undefined || name === "Default" ? {} : { experiment: cut(name, LIMITS.name) };
    const ids = (await foldersIn(folder)).filter((id) => RUN.test(id));
    if (ids.length > most) this.#leftOut.say(`Of more than ${LIMITS.runsSeen} runs no others were looked at.`);
    const listed: Listed[] = [];
    for (const id of ids.slice(0, most)) {
      const meta = await readMeta(join(folder, id));
      if (meta !== undefined && meta["lifecycle_stage"] !== "deleted")
        listed.push({ id, folder: join(folder, id), meta, ...experiment });
    }
    return listed;
  }

  async #read(
    { id, folder, meta, experiment }: Listed,
    models: FoundRun["logged"],
    reading: Reading,
  ): Promise<FoundRun> {
    const tags = await this.#words(join(folder, "tags"), "tags", LIMITS.tags);
    const own = new Map(tags.map(({ name, value }) => [name, value]));
    const parent = own.get("mlflow.parentRunId");
    return {
      id,
      tool: "mlflow",
      name: cut(own.get("mlflow.runName") ?? meta["run_name"] ?? id, LIMITS.name),
      ...(parent !== undefined && RUN.test(parent) ? { parent } : {}),
      ...(experiment === undefined ? {} : { experiment }),
      ...metaFacts(meta),
      params: await this.#words(join(folder, "params"), "params", LIMITS.params),
      tags: tags.filter(({ name }) => !name.startsWith("mlflow.")),
      curves: await this.#curvesIn(join(folder, "metrics"), reading),
      logged: [{ folder: join(folder, "artifacts"), as: "" }, ...models],
    };
  }

  /** A file for each, named as it is: `a/b` lies in the folder `a`. */
  async #words(folder: string, what: string, most: number): Promise<Word[]> {
    const names = await this.#names(folder, what);
    if (names.length > most) this.#leftOut.say(`Of ${names.length} ${what} of a run ${most} were kept.`);
    const words: Word[] = [];
    for (const name of names.slice(0, most)) {
      const content = await readStart(join(folder, name), VALUE_BYTES);
      if (content !== undefined) words.push({ name, value: cut(content.toString("utf8"), LIMITS.word) });
    }
    return words;
  }

  async #curvesIn(folder: string, reading: Reading): Promise<Map<string, Curve>> {
    const curves = new Map<string, Curve>();
    for (const name of await this.#names(folder, "metrics")) {
      const path = join(folder, name);
      const known = this.#metrics.get(path);
      if (known === undefined && this.#metrics.size >= LIMITS.curves) {
        this.#leftOut.say(`More than ${LIMITS.curves} metrics were logged; the others were left out.`);
        break;
      }
      const { file, curve } = known ?? { file: new GrowingFile(path), curve: new Curve() };
      this.#metrics.set(path, { file, curve });
      const take = takeLines(
        () => reading.isLast,
        (point) => {
          if (point === undefined || !curve.add(point))
            this.#leftOut.say(`Values of ${name} that are no finite number were left out.`);
        },
      );
      const { bytes, isCut } = await file.look(take, reading.bytesLeft > 0 ? LIMITS.fileBytes : 0);
      reading.bytesLeft -= bytes;
      if (isCut) this.#leftOut.say(`The metric ${name} was not read to its end: there is too much of it.`);
      curves.set(name, curve);
    }
    return curves;
  }

  async #names(folder: string, what: string): Promise<string[]> {
    const names = await filesBelow(folder, {
      onTooMany: () => this.#leftOut.say(`Of more than ${LIMITS.entries} ${what} of a run the others were left out.`),
    });
    const fit = names.filter((name) => name.length <= LIMITS.name);
    if (fit.length < names.length)
      this.#leftOut.say(`Names of ${what} with more than ${LIMITS.name} characters were left out.`);
    return fit;
  }
}

/** Since MLflow 3 a logged model has a folder of its own, and names the run that it comes from. */
async function loggedModels(folder: string): Promise<{ run: string; folder: string; as: string }[]> {
  const models = [];
  for (const id of (await foldersIn(folder)).slice(0, LIMITS.runs)) {
    const meta = await readMeta(join(folder, id));
    const [run, name] = [meta?.["source_run_id"], meta?.["name"]];
    if (
      run !== undefined &&
      RUN.test(run) &&
      name !== undefined &&
      /^[\w .-]{1,100}$/.test(name) &&
      !/^\.+$/.test(name)
    )
      models.push({ run, folder: join(folder, id, "artifacts"), as: name });
  }
  return models;
}

function started({ meta }: Listed): number {
  return Number(meta["start_time"]) || 0;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
