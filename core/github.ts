/** The workflow of a models repository that runs the pipeline; what other workflows of it upload is nobody's result. */
export const WORKFLOW_PATH = ".github/workflows/slipway.yml";

/** The workflow that brings a promoted version to where it serves: started by a GitHub Deployment. */
export const DEPLOY_WORKFLOW_PATH = ".github/workflows/slipway-deploy.yml";

/** The workflow that does the App's work where there is no server. */
export const BOT_WORKFLOW_PATH = ".github/workflows/slipway-bot.yml";
