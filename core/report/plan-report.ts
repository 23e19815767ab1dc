import type { Plan } from "../../schemas/plan.ts";
import { changeNotices } from "./change-notices.ts";
import { type Cell, left, type Report } from "./report.ts";
import { counted } from "./verdict-words.ts";

const PATHS = 5;
const MOST = 20;

/** Which models changed, why, and what would run: `slipway plan`. */
export function planReport(plan: Plan): Report {
  const { base, head, models, unchanged } = plan;
  const from = base === undefined ? "nothing" : base.slice(0, 10);
  const to = head === undefined ? "the work tree" : head.slice(0, 10);
  const rows = models.map(({ model, reasons, steps, problem }): Cell[] => {
    const why = reasons.map(
      ({ kind, paths }) => `${kind}: ${paths.slice(0, PATHS).join(", ")}${paths.length > PATHS ? " …" : ""}`,
    );
    const does: Cell =
      problem === undefined
        ? steps.join(" → ") || "nothing to run"
        : { mark: "fail", text: `cannot run: ${problem.message}` };
    return [model, why.join("; "), does];
  });
  const notices = models
    .filter(({ reasons }) => reasons.every(({ kind }) => kind !== "new"))
    .flatMap((each) => changeNotices(each));
  const table = { columns: [left("Model"), left("Changed"), left("Would run")], rows };
  return {
    title: `Plan from ${from} to ${to}`,
    verdict: {
      mark: models.length === 0 ? "pass" : "note",
      text:
        models.length === 0
          ? `nothing to do: ${counted(unchanged, "model")} unchanged`
          : `${counted(models.length, "changed model")}, ${unchanged} unchanged`,
    },
    notices: notices.length > MOST ? [...notices.slice(0, MOST), `${notices.length - MOST} more left out.`] : notices,
    sections: models.length === 0 ? [] : [{ title: "Changed models", folded: false, text: [], table }],
    footer: [],
  };
}
