/** The workflow of a models repository that runs the pipeline; what other workflows of it upload is nobody's result. */
export const WORKFLOW_PATH = ".github/workflows/slipway.yml";
