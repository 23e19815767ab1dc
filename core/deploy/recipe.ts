import type { Manifest } from "../../schemas/manifest.ts";
import type { PackagedVersion } from "../../schemas/packaged-version.ts";
import { PORT } from "./container.ts";
import { versionName } from "./names.ts";

/** Who a container runs as: nobody that a system knows, and not root. */
const USER = 10_001;

/** What the image starts from, unless whoever builds it says otherwise: the programs that user code ran with. */
export function baseImage({ environment }: Pick<Manifest, "environment">): string {
  const { programs } = environment.runtime;
  const image = environment.spec?.image;
  if (image !== undefined) return image;
  const python = Object.entries(programs).find(([name]) => /^python/.test(name))?.[1];
  const [, version] = /(\d+\.\d+)/.exec(python ?? "") ?? [];
  if (version !== undefined) return `python:${version}-slim-bookworm`;
  return "node:22-bookworm-slim";
}

/**
 * A Dockerfile that any builder can build. Its context is the folder that it is in. It names the model as the registry's folder
 * does: what people call it may be any text.
 */
export function dockerfile({ model, manifest }: Pick<PackagedVersion, "model" | "manifest">): string {
  const name = versionName(model, manifest.version);
  return `# ${name}, as \`slipway serve\` answers by it. To pin what it starts from: --build-arg BASE=name@sha256:…
ARG NODE=node:22-bookworm-slim
ARG BASE=${baseImage(manifest)}

FROM \${NODE} AS slipway
WORKDIR /opt/slipway
COPY slipway/ ./
RUN npm install --omit=dev --no-audit --no-fund --no-package-lock

FROM \${BASE}
COPY --from=slipway /usr/local/bin/node /opt/node/bin/node
COPY --from=slipway /opt/slipway /opt/slipway
COPY --chown=${USER}:${USER} package/ /opt/package/
RUN mkdir -p /opt/package/cache && chown ${USER}:${USER} /opt/package /opt/package/cache
ENV SLIPWAY_PACKAGE=/opt/package PATH=/opt/node/bin:$PATH HOME=/tmp
USER ${USER}:${USER}
# The environment is set up here, so that a container writes to nothing but /tmp.
RUN node /opt/slipway/dist/slipway.js serve --prepare
LABEL dev.slipway.version="${name}" dev.slipway.artifact="sha256:${manifest.artifact.sha256}"
EXPOSE ${PORT}
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:${PORT}/v2/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/slipway/dist/slipway.js"]
CMD ["serve"]
`;
}

/** What a person does with the context. */
export function recipe({
  called,
  model,
  manifest,
  store,
  secrets,
}: Pick<PackagedVersion, "called" | "model" | "manifest" | "store" | "secrets">): string {
  const { version } = manifest;
  const tag = `${model.toLowerCase()}:${version}`;
  const where =
    store === undefined
      ? "The artifact's files are in `package/files/`."
      : `The artifact's files are not in the image. A container fetches them when it starts, by their digest, from ${typeof store === "string" ? store : store.uri}: give it the credentials of the store as variables.`;
  return `# ${versionName(called, version)}

A build context: the version's code, its lock files, the record of the registry, and \`slipway\` itself. ${where}

\`\`\`
docker build -t ${tag} .
docker run --rm --read-only --tmpfs /tmp -e SLIPWAY_SERVE_TOKEN="$TOKEN" ${secrets.map((name) => `-e ${name} `).join("")}-p ${PORT}:${PORT} ${tag}
curl -H "authorization: Bearer $TOKEN" http://127.0.0.1:${PORT}/v2/models/${encodeURIComponent(called)}
\`\`\`

It runs as user ${USER}, writes to \`/tmp\` alone, listens on ${PORT}, and ends within its time-out after SIGTERM. Ask
\`/v2/health/live\` and \`/v2/health/ready\` whether it is alive and ready.

- **KServe, Kubernetes:** push the image, and name its digest in \`slipway.yaml\`, in the pull request that the version comes with
  or before it is promoted: \`deploy.<stage>.image: { ${versionName(model, version)}: REPOSITORY@sha256:… }\`. The branch \`deploy\` then says the rest.
- **SageMaker:** it starts the container with the argument \`serve\`, asks \`/ping\`, and posts to \`/invocations\` on ${PORT}. It sends no
  token and lets in whom IAM allows: set the variable \`SLIPWAY_SERVE_OPEN=1\` in the model's environment.
- **Vertex AI:** it says in \`AIP_HTTP_PORT\`, \`AIP_HEALTH_ROUTE\` and \`AIP_PREDICT_ROUTE\` where it asks. The same holds of the token.
`;
}
