import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import { newRows, writePredictions } from "../data/new-rows.ts";
import { SlipwayError } from "../errors.ts";
import { rowsNameFiles } from "../plan/inputs.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import { fileFormatOf } from "../spec/file-format.ts";
import { predictWith } from "../stages/predict-with.ts";
import { copied, dataFile } from "../stages/user-code/user-code.ts";
import { checkedVersion } from "./checked-version.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";
import type { Reference } from "./reference.ts";
import { runDependencies } from "./run.ts";

export interface NewPredictions {
  manifest: Manifest;
  rows: number;
  dropped: string[];
}

/**
 * Predicts rows without labels by a version's own program, at its own commit, with its own environment and artifact, and puts
 * the predictions at `out`, whole or not at all. Nothing is recorded. Rejects as checkedVersion, newRows and the predict step
 * do, with NOT_EVALUATED for what was imported, and with UNSUPPORTED where rows name files.
 */
export async function predictNew(
  ports: Ports,
  request: { reference: Reference; file: string; out: string; onOutput: (text: string) => void },
): Promise<NewPredictions> {
  const { reference, file, out, onOutput } = request;
  fileFormatOf(out);
  const { manifest } = await checkedVersion(ports, reference);
  const called = `${manifest.model} version ${manifest.version}`;
  const { signature } = manifest;
  if (signature === undefined)
    throw new SlipwayError("NOT_EVALUATED", `${called} was imported: nobody knows what program predicts with it`, {
      expected: "a version that a run made, or that was evaluated since",
      hint: `slipway evaluate ${manifest.model}@${manifest.version}; slipway pull brings its files`,
    });
  const model = await modelOf(ports, manifest);
  if (rowsNameFiles(model.spec))
    throw new SlipwayError("UNSUPPORTED", `Rows of ${called} name further files, which predict does not bring along`, {
      expected: "columns without the type file",
    });
  const { signal } = ports;
  const extension = testExtension(manifest);
  const work = await makeWorkFolder(randomUUID());
  try {
    const folder = work.private;
    const given = await newRows({ file, spec: model.spec, inputs: signature.inputs, extension, work: folder, signal });
    const deps = await runDependencies(ports);
    const output = await predictWith(deps, {
      ...{ model, artifact: manifest.artifact, features: copied(dataFile(folder, given.features)) },
      ...{ output: join(folder, "predictions.csv"), log: join(folder, "predict.log"), signal, onOutput },
      secrets: deps.predictSecrets,
    });
    const written = join(folder, `written${fileFormatOf(out).extension}`);
    const type = signature.outputs[0]?.type;
    await writePredictions({ predictions: output, rows: given.rows, out: written, type, work: folder, signal });
    await mkdir(dirname(out), { recursive: true });
    const partial = `${out}.${randomUUID()}.partial`;
    await copyFile(written, partial);
    await rename(partial, out);
    return { manifest, rows: given.rows.count, dropped: given.dropped };
  } finally {
    await work.remove();
  }
}

/** The format of the rows that a version's predict program was judged on: it reads others in that format too. */
export function testExtension({ data }: Manifest): string {
  return fileFormatOf(data.test.files[0]?.path.replace(/[?#].*$/, "") ?? "rows.csv").extension;
}
