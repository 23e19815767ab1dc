import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { readTemplate } from "../../core/new-model/read-template.ts";
import { TEMPLATES } from "../../core/new-model/templates.ts";
import { ModelFile } from "../../schemas/model-spec.ts";
import { Policy } from "../../schemas/policy.ts";
import { PACKAGE_ROOT, temporaryFolder } from "./memory-host.ts";

const exec = promisify(execFile);

it.each(TEMPLATES)("has a valid spec and policy in %s, with the schema that editors use", async (template) => {
  const { model, files } = await readTemplate(PACKAGE_ROOT, template);
  const spec = files.get(`models/${model}/model.yaml`)?.toString() ?? "";
  const policy = files.get("slipway.yaml")?.toString() ?? "";
  expect(() => ModelFile.parse(parse(spec))).not.toThrow();
  expect(() => Policy.parse(parse(policy))).not.toThrow();
  for (const [text, folder] of [
    [spec, `models/${model}`],
    [policy, "."],
  ] as const) {
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? "none";
    expect([...files.keys()]).toContain(path.posix.join(folder, schema));
  }
});

it.each(["penguins", "diabetes"] as const)("has every file that %s's spec names", async (template) => {
  const { model, files } = await readTemplate(PACKAGE_ROOT, template);
  const spec = ModelFile.parse(parse(files.get(`models/${model}/model.yaml`)?.toString() ?? ""));
  const named = [spec.data.train, spec.data.test, ...(spec.environment?.lock ?? [])];
  for (const file of named) expect([...files.keys()]).toContain(`models/${model}/${file}`);
});

it.each([
  ["penguins", 241, 103],
  ["diabetes", 309, 133],
] as const)("splits %s's rows: %i train, %i test, none in both", async (template, train, test) => {
  const { files } = await readTemplate(PACKAGE_ROOT, template);
  const ids = (name: string) => {
    const lines = files.get(`models/${template}/data/${name}.csv`)?.toString().trimEnd().split("\n").slice(1) ?? [];
    return lines.map((line) => line.split(",")[0]);
  };
  expect(ids("train")).toHaveLength(train);
  expect(ids("test")).toHaveLength(test);
  expect(new Set([...ids("train"), ...ids("test")]).size).toBe(train + test);
});

it("names no registry's host in a template's lock file", async () => {
  const { files } = await readTemplate(PACKAGE_ROOT, "penguins");
  const lock = files.get("models/penguins/package-lock.json")?.toString() ?? "";
  expect(lock).toContain('"integrity"');
  expect(lock).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
});

// Needs the npm registry: what it installs is what a user's first `slipway run` installs.
it("trains penguins the same twice, and predicts a probability per class for every row", async () => {
  const folder = await temporaryFolder();
  const code = path.join(folder, "code");
  await cp(path.join(PACKAGE_ROOT, "examples/penguins/models/penguins"), code, { recursive: true });
  await exec("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: code });
  const spec = ModelFile.parse(parse(await readFile(path.join(code, "model.yaml"), "utf8")));
  const [header = "", ...rows] = (await readFile(path.join(code, "data/test.csv"), "utf8")).trimEnd().split("\n");
  const features = rows.map((row) => [row.split(",")[0], ...row.split(",").slice(2)].join(","));
  await writeFile(path.join(folder, "params.json"), JSON.stringify(spec.train?.params));
  await writeFile(
    path.join(folder, "features.csv"),
    `${["slipway_id", ...header.split(",").slice(2)].join(",")}\n${features.join("\n")}\n`,
  );
  const attempt = async (name: string) => {
    const model = path.join(folder, name);
    await mkdir(model);
    const env = {
      PATH: process.env.PATH,
      SLIPWAY_TRAIN_DATA: path.join(code, "data/train.csv"),
      SLIPWAY_PARAMS: path.join(folder, "params.json"),
      SLIPWAY_SEED: String(spec.train?.seed),
      SLIPWAY_MODEL: model,
      SLIPWAY_CURVES: path.join(folder, `${name}.jsonl`),
      SLIPWAY_FEATURES: path.join(folder, "features.csv"),
      SLIPWAY_PREDICTIONS: path.join(folder, `${name}.csv`),
    };
    for (const script of ["train.mjs", "predict.mjs"]) await exec(process.execPath, [script], { cwd: code, env });
    return (await readFile(path.join(folder, `${name}.csv`), "utf8")).trimEnd().split("\n");
  };

  const [first, again] = [await attempt("first"), await attempt("again")];

  expect(again).toEqual(first);
  expect(first[0]).toBe("slipway_id,prediction,proba_Adelie,proba_Chinstrap,proba_Gentoo");
  expect(first.slice(1).map((line) => line.split(",")[0])).toEqual(rows.map((row) => row.split(",")[0]));
  for (const line of first.slice(1)) {
    const shares = line.split(",").slice(2).map(Number);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
  }
  const right = first.slice(1).filter((line, index) => line.split(",")[1] === rows[index]?.split(",")[1]);
  expect(right.length / rows.length).toBeGreaterThan(0.9);
});

it("has no day of rain's twice, and none that came before its winters were over", async () => {
  const { files } = await readTemplate(PACKAGE_ROOT, "rain");
  const days = (name: string) => {
    const lines = files.get(name)?.toString().trimEnd().split("\n").slice(1) ?? [];
    return lines.map((line) => line.split(",")[0] ?? "");
  };
  const winters = days("models/rain/data/winters.csv");
  const later = [...files.keys()].filter((name) => name.startsWith("later/")).flatMap(days);
  expect(winters).toHaveLength(243);
  expect(later).toHaveLength(455);
  expect(new Set([...winters, ...later]).size).toBe(243 + 455);
  expect(later.filter((day) => day < "2014-01-01")).toEqual([]);
});

it("trains rain the same twice, and wrong on most days of a summer that it has not seen", async () => {
  const folder = await temporaryFolder();
  const code = path.join(PACKAGE_ROOT, "examples/rain/models/rain");
  const spec = ModelFile.parse(parse(await readFile(path.join(code, "model.yaml"), "utf8")));
  await writeFile(path.join(folder, "params.json"), JSON.stringify(spec.train?.params));
  const july = (await readFile(path.join(PACKAGE_ROOT, "examples/rain/later/2014-07.csv"), "utf8")).trimEnd();
  await writeFile(path.join(folder, "features.csv"), july.replace(/^day/, "slipway_id"));
  const attempt = async (name: string) => {
    await mkdir(path.join(folder, name));
    const env = {
      PATH: process.env.PATH,
      SLIPWAY_TRAIN_DATA: path.join(code, "data/winters.csv"),
      SLIPWAY_PARAMS: path.join(folder, "params.json"),
      SLIPWAY_MODEL: path.join(folder, name),
      SLIPWAY_CURVES: path.join(folder, `${name}.jsonl`),
      SLIPWAY_FEATURES: path.join(folder, "features.csv"),
      SLIPWAY_PREDICTIONS: path.join(folder, `${name}.csv`),
    };
    for (const script of ["train.mjs", "predict.mjs"]) await exec(process.execPath, [script], { cwd: code, env });
    return (await readFile(path.join(folder, `${name}.csv`), "utf8")).trimEnd().split("\n");
  };

  const [first, again] = [await attempt("first"), await attempt("again")];

  expect(again).toEqual(first);
  expect(first[0]).toBe("slipway_id,prediction,proba_dry,proba_rain");
  const truth = july.split("\n").map((line) => line.split(",").at(-1));
  const right = first.filter((line, at) => line.split(",")[1] === truth[at]);
  expect(right.length / 31).toBeLessThan(0.3);
});
