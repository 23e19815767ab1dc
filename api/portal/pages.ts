import { compareRunsPage } from "./experiments/compare.ts";
import { experimentsPage } from "./experiments/page.ts";
import { runPage } from "./experiments/run.ts";
import { inboxPage } from "./inbox/inbox.ts";
import { lineagePage } from "./lineage/page.ts";
import { livePage } from "./live/page.ts";
import { cardPage } from "./models/card.ts";
import { modelsPage } from "./models/list.ts";
import { modelPage } from "./models/model.ts";
import { newPage } from "./new/page.ts";
import { takeUpload } from "./new/take-upload.ts";
import { policyPage } from "./policy/page.ts";
import { previewPage } from "./policy/preview.ts";
import type { FormRequest, SentForm } from "./request/form.ts";
import type { Answer, PageHandler } from "./request/page.ts";
import { timelineFile } from "./timeline/export.ts";
import { timelinePage } from "./timeline/page.ts";
import { comparePage } from "./versions/compare/page.ts";
import { downloadFile } from "./versions/download.ts";
import { versionPage } from "./versions/page.ts";

/** Every page, by its address below the base. */
export const PAGES: Readonly<Record<string, PageHandler>> = {
  "GET /": modelsPage,
  "GET /m/:model": modelPage,
  "GET /m/:model/card": cardPage,
  "GET /m/:model/compare": comparePage,
  "GET /m/:model/v/:version": versionPage,
  "GET /m/:model/v/:version/files/:path{.+}": downloadFile,
  "GET /m/:model/live": livePage,
  "GET /experiments": experimentsPage,
  "GET /experiments/compare": compareRunsPage,
  "GET /experiments/runs/:run": runPage,
  "GET /lineage": lineagePage,
  "GET /timeline": timelinePage,
  "GET /timeline.csv": timelineFile("csv"),
  "GET /timeline.jsonl": timelineFile("jsonl"),
  "GET /inbox": inboxPage,
  "GET /new": newPage,
  "GET /policy": policyPage,
};

/** Pages that answer a form with another page, and change nothing. */
export const FORM_PAGES: Readonly<Record<string, (request: FormRequest, form: SentForm) => Promise<Answer>>> = {
  "POST /new": takeUpload,
  "POST /policy": previewPage,
};
