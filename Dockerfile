# The Slipway App: one bundle, Node and Git. docs/app.md says how to run it read-only.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# What is bundled needs no install script.
RUN npm ci --ignore-scripts
COPY . .
RUN node tools/build/build.mjs

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /src/dist/app.js /src/dist/LICENSES.txt dist/
COPY --from=build /src/api/portal/assets api/portal/assets
# What new models start from, and what counts the tables that people bring.
COPY --from=build /src/examples examples
COPY --from=build /src/core/new-model/program core/new-model/program
COPY --from=build /src/schemas/json schemas/json
COPY --from=build /src/node_modules/@duckdb node_modules/@duckdb
COPY --from=build /src/node_modules/detect-libc node_modules/detect-libc
COPY --from=build /src/app.yml /src/package.json /src/LICENSE ./
# The only folder that is written to; a volume, so that mirrors outlive the container. It may be emptied at any time.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/slipway
VOLUME /var/lib/slipway
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SLIPWAY_STATE=/var/lib/slipway
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/app.js"]
