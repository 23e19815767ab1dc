import { expect, it } from "vitest";
import { modelsRepository } from "./models-repository.ts";
import { SPEC } from "./tiny-model.ts";

it("tries other params and another seed without an edit, says so, and leaves nothing for a registration to take", async () => {
  const place = await modelsRepository();
  const settings = ["--set", "params.threshold=50.0", "--set", "seed=8"];
  const tried = await place.json("run", ...settings, "tiny", "--no-gate");
  const [run] = tried.result.runs;
  expect(tried.code).toBe(0);
  expect(run).toMatchObject({
    ...{ outcome: "succeeded", binding: false, seed: 8, params: '{"threshold":50.0}' },
    tried: ["params.threshold=50.0", "seed=8"],
  });
  expect(run?.evaluation?.metrics["accuracy"]?.value).toBe(0.9);
  expect(await place.read(tried.result.reports[0]?.replace(`${place.folder}/`, "") ?? "")).toContain(
    "It can never be registered",
  );

  await place.spec({ train: { ...SPEC.train, params: { threshold: 50 }, seed: 8 } });
  await place.commit();
  const registered = await place.json("register", "tiny");
  expect(registered).toMatchObject({ code: 0 });
  const manifest = JSON.parse(await place.git("show", "registry:models/f2/tiny/versions/1.json"));
  expect(manifest).toMatchObject({ artifact_from: "trained", params: '{"threshold":50}', seed: 8 });
});

it("takes no artifact of a try even where its fingerprint is the version's own", async () => {
  const place = await modelsRepository();
  expect(await place.json("run", "tiny", "--set", "params.threshold=40", "--no-gate")).toMatchObject({ code: 0 });
  expect(await place.json("register", "tiny")).toMatchObject({ code: 0 });
  const manifest = JSON.parse(await place.git("show", "registry:models/f2/tiny/versions/1.json"));
  expect(manifest).toMatchObject({ artifact_from: "trained", params: '{"threshold":40}' });
});

it.each(["data.label=x", "gates.register=[]", "metrics.accuracy=1"])("sets nothing else: %s", async (setting) => {
  const place = await modelsRepository();
  const { code, error } = await place.json("run", "tiny", "--set", setting);
  expect(code).toBe(2);
  expect(error).toMatchObject({ code: "USAGE", message: expect.stringContaining("cannot be set") });
});
