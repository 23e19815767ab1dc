import type { NamedStore } from "./name-store.ts";

export interface Begun {
  bot: boolean;
  branch: string;
  /** The files are in a commit already. */
  committed: boolean;
  store: NamedStore["outcome"];
  /** A spec has labels that stand apart. */
  sealed: boolean;
}

const POST = "gh api --method POST repos/{owner}/{repo}/rulesets --input -";
const EACH = "for file in .github/rulesets/slipway-*.json; do";

/** What to type next, in this order. Lines with # are for reading. */
export function gitHubSteps({ bot, branch, committed, store, sealed }: Begun): string[] {
  const push = pushStep(committed, branch, store);
  const labels = sealed ? labelSteps(branch) : [];
  return [
    ...storeSteps(store),
    ...(committed && store === "placeholder"
      ? ["gh repo create --source . --private # where it is not on GitHub yet"]
      : []),
    // The bot's first run needs its key; the App's required check would keep the first push out.
    ...(bot ? [...botSteps(branch), ...labels, push] : [push, ...appSteps(), ...labels]),
  ];
}

/** What a person should know of the store, in sentences. */
export function storeNotes(store: NamedStore["outcome"]): string[] {
  switch (store) {
    case "named":
      return ["slipway.yaml names the repository's own container registry as its store: docs/stores.md has others"];
    case "unreadable":
      return ["slipway.yaml cannot be read, so no store was named: name one under artifacts.store"];
    default:
      return [];
  }
}

function storeSteps(store: NamedStore["outcome"]): string[] {
  if (store === "placeholder")
    return [
      "# in slipway.yaml, take the # from `artifacts:` and put in the repository's name on GitHub, in lower case",
    ];
  return store === "named"
    ? ["# a package of that name that exists already has to let this repository write it: docs/github.md"]
    : [];
}

function pushStep(committed: boolean, branch: string, store: NamedStore["outcome"]): string {
  if (!committed)
    return 'git add .github slipway.yaml && git commit -m "Run Slipway on GitHub" && git push -u origin HEAD';
  const again = store === "placeholder" ? 'git commit -am "Name the store" && ' : "";
  return `${again}git push -u origin ${branch}`;
}

function appSteps(): string[] {
  return [
    "# make the App and install it on this repository: docs/app.md",
    "APP=123456 # put in the App's id, which its settings page shows",
    `${EACH} sed -E "s/(actor_id|integration_id)\\": 0/\\1\\": $APP/" "$file" | ${POST}; done`,
  ];
}

/** An environment that the default branch alone gets into. */
function environmentSteps(name: string, branch: string): string[] {
  return [
    `gh api --method PUT repos/{owner}/{repo}/environments/${name} -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'`,
    `gh api --method POST repos/{owner}/{repo}/environments/${name}/deployment-branch-policies -f name='${branch}'`,
  ];
}

function labelSteps(branch: string): string[] {
  return [
    "# sealed labels: an environment for what opens them in slipway-register.yml, slipway-score.yml and slipway-compare.yml, a JSON object as docs/data.md shows it",
    ...environmentSteps("slipway-labels", branch),
    "gh secret set LABELS --env slipway-labels",
  ];
}

function botSteps(branch: string): string[] {
  return [
    ...environmentSteps("slipway", branch),
    'ssh-keygen -q -t ed25519 -N "" -C slipway-bot -f slipway-bot.key',
    "gh repo deploy-key add slipway-bot.key.pub --allow-write --title slipway-bot",
    "gh secret set SLIPWAY_DEPLOY_KEY --env slipway < slipway-bot.key",
    "rm slipway-bot.key slipway-bot.key.pub",
    "gh api --method PUT repos/{owner}/{repo}/actions/permissions/workflow -F can_approve_pull_request_reviews=true # lets the bot open retrain pull requests",
    `${EACH} ${POST} < "$file"; done`,
  ];
}
