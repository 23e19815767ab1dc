import { expect, it } from "vitest";
import { openWorld, refusal } from "./world.ts";

it("creates a deployment and its statuses, and tells of both", async () => {
  const { sandbox, asInstallation, at, received } = await openWorld();
  const { data } = await asInstallation.rest.repos.createDeployment({
    ...at,
    ref: "main",
    environment: "production",
    payload: { version: 2 },
    required_contexts: [],
    auto_merge: false,
    description: "Version 2",
  });
  if (!("id" in data)) throw new Error("no deployment");
  const id = { ...at, deployment_id: data.id };
  await asInstallation.rest.repos.createDeploymentStatus({ ...id, state: "in_progress" });
  await asInstallation.rest.repos.createDeploymentStatus({
    ...id,
    state: "success",
    log_url: "https://example.org/log",
    environment_url: "https://example.org/",
  });
  const { data: statuses } = await asInstallation.rest.repos.listDeploymentStatuses(id);
  expect(statuses.map(({ state }) => state)).toEqual(["success", "in_progress"]);
  expect((await asInstallation.rest.repos.getDeployment(id)).data.payload).toEqual({ version: 2 });
  await sandbox.idle();
  const told = received.filter(({ event }) => event.startsWith("deployment"));
  expect(told.map(({ event, payload }) => [event, payload.deployment_status?.state ?? payload.deployment.sha])).toEqual(
    [
      ["deployment", data.sha],
      ["deployment_status", "in_progress"],
      ["deployment_status", "success"],
    ],
  );
});

it("lists by environment, and retires what a success replaces, but for production", async () => {
  const { asInstallation, at } = await openWorld();
  const deploy = async (environment: string) => {
    const { data } = await asInstallation.rest.repos.createDeployment({
      ...at,
      ref: "main",
      environment,
      required_contexts: [],
    });
    const id = { ...at, deployment_id: "id" in data ? data.id : 0 };
    await asInstallation.rest.repos.createDeploymentStatus({ ...id, state: "success" });
    return id;
  };
  const state = async (id: Awaited<ReturnType<typeof deploy>>) =>
    (await asInstallation.rest.repos.listDeploymentStatuses(id)).data[0]?.state;
  const [staging, production] = [await deploy("staging"), await deploy("production")];
  await deploy("staging");
  await deploy("production");
  expect([await state(staging), await state(production)]).toEqual(["inactive", "success"]);
  expect((await asInstallation.rest.repos.listDeployments({ ...at, environment: "staging" })).data).toHaveLength(2);
});

it("refuses a ref that is not there, and a required check that did not pass", async () => {
  const { asInstallation, at } = await openWorld();
  const deploy = (more: object) => asInstallation.rest.repos.createDeployment({ ...at, ref: "main", ...more });
  expect(await refusal(deploy({ ref: "nowhere" }))).toMatchObject({ status: 422 });
  expect(await refusal(deploy({ required_contexts: ["robot"] }))).toMatchObject({ status: 409 });
});
