import { expect, it } from "vitest";
import { stringify } from "yaml";
import { run } from "../../../actions/plan/run.ts";
import { git } from "../../../core/git/run.ts";
import { FILES, SPEC } from "../../e2e/tiny-model.ts";
import { arrangeModels } from "../../stages/models.ts";
import { arrangeRunner, commitId, EVENTS, type EventFacts } from "../ports.ts";

const model = (name: string, spec: object = SPEC) => ({
  [`models/${name}/model.yaml`]: stringify(spec),
  ...Object.fromEntries(Object.entries(FILES).map(([path, content]) => [`models/${name}/${path}`, content])),
});

async function arrange(policy: Record<string, unknown> = {}) {
  const models = await arrangeModels({ policy, files: model("other") });
  const runner = await arrangeRunner(models.repository);
  const plan = async (event: EventFacts, inputs: Record<string, string> = {}) => {
    const { ports, told } = await runner.job(event, inputs);
    expect(await run(ports)).toEqual({ outcome: "succeeded" });
    const { include } = JSON.parse(told.outputs["matrix"] ?? "");
    return { told, include, names: include.map((leg: { model: string }) => leg.model) };
  };
  const branch = (name: string, from: string) => git(models.repository.folder, ["switch", "-q", "-C", name, from]);
  return { ...models, runner, plan, branch };
}

it("plans a pull request from where its branch left the base, not from where the base is by now", async () => {
  const { repository, commit, plan, branch, spec } = await arrange();
  await branch("change", commit);
  await spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
  const head = await repository.commit("threshold 45");
  await branch("main", commit);
  await repository.write(model("other", { ...SPEC, train: { ...SPEC.train, seed: 8 } }));
  const base = await repository.commit("another seed of the other");
  const { told, names } = await plan(EVENTS.pullRequest(head, base));
  expect(names).toEqual(["tiny"]);
  expect(told.outputs).toMatchObject({ count: "1", head, problems: "0" });
  expect(told.summary).toMatch(/tiny/);
});

it("plans a push from what was there before, a merge group from its base", async () => {
  const { repository, commit, plan, spec } = await arrange();
  await spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
  const head = await repository.commit("threshold 45");
  expect((await plan(EVENTS.push(head, commit))).names).toEqual(["tiny"]);
  expect((await plan(EVENTS.mergeGroup(head, commit))).names).toEqual(["tiny"]);
});

it.each([
  ["the first push of a branch", "0".repeat(40)],
  ["a push over a commit that is gone", "1".repeat(40)],
])("plans every model for %s", async (_, before) => {
  const { commit, plan } = await arrange();
  expect((await plan(EVENTS.push(commit, before))).names).toEqual(["other", "tiny"]);
});

it("plans every model when it is started by hand", async () => {
  const { commit, plan } = await arrange();
  expect((await plan(EVENTS.dispatch(commit))).names).toEqual(["other", "tiny"]);
});

it("says that there is nothing to run", async () => {
  const { commit, plan } = await arrange();
  const { told, include } = await plan(EVENTS.push(commit, commit));
  expect(include).toEqual([]);
  expect(told.outputs).toMatchObject({ count: "0", problems: "0" });
});

it("annotates a spec where it is wrong, and runs the other models", async () => {
  const { repository, plan } = await arrange();
  const text = stringify(SPEC).replace("accuracy_score", "accuracy_scor");
  await repository.write({
    "models/tiny/model.yaml": text,
    ...model("other", { ...SPEC, description: "x", slices: ["x"] }),
  });
  const head = await repository.commit("a slip of the pen");
  const { told, names } = await plan(EVENTS.push(head, await commitId(repository.folder, "HEAD~1")));
  expect(names).toEqual(["other"]);
  expect(told.outputs["problems"]).toBe("1");
  const line = text.split("\n").findIndex((each) => each.includes("accuracy_scor")) + 1;
  expect(told.annotations).toMatchObject([
    {
      level: "error",
      title: "UNKNOWN_METRIC",
      file: "models/tiny/model.yaml",
      line,
      message: expect.stringContaining("accuracy_score"),
    },
  ]);
});

it("refuses runners that are not JSON", async () => {
  const { commit, runner } = await arrange();
  const { ports } = await runner.job(EVENTS.push(commit), { "runs-on": "ubuntu-latest" });
  await expect(run(ports)).rejects.toMatchObject({ code: "USAGE" });
});
