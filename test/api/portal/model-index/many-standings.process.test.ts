import { expect, it, vi } from "vitest";
import { openMonitoring } from "../../../../core/monitoring/open-branch.ts";
import { formatMonitoringPath } from "../../../../core/monitoring/paths.ts";
import { day, drifted, look } from "../../../drift/builders.ts";
import { ADA, promote, register } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

const MANY = 12;

it("of many models that were looked at, a page is answered before all are counted, and says so", async () => {
  const portal = await testPortal({}, { ports: { clock: () => new Date(day(9)) } });
  const { ports, get } = portal;
  const names = Array.from({ length: MANY }, (_, at) => `m${at}`);
  for (const model of names) {
    await register(ports.registry, model);
    await promote(ports.registry, 1, { model });
  }
  const files = names.map((model) => ({
    path: formatMonitoringPath({ kind: "window", model, version: 1, from: day(0) }),
    content: JSON.stringify(look(0, { model, tests: [drifted()] })),
  }));
  const about = { act: "monitor", subject: "Look at windows", by: ADA, at: day(8), host: "cli" } as const;
  await openMonitoring(ports.objects, undefined).write(async () => ({ ...about, files }));

  const first = await get("/");
  expect(first.text).toContain(`Monitoring of ${MANY} models is being counted.`);
  expect(first.text).toContain('data-refresh="2"');
  await vi.waitFor(async () => expect((await get("/")).text).not.toContain("being counted"), { timeout: 20_000 });
  expect((await get("/?q=state%20%3D%20'quiet'")).text).toContain(`${MANY} models<`);
});
