# syntax=docker/dockerfile:1
# The sidecar, and (target "sandbox") the simulator of the SaaS systems for demonstrations.

# The full image has a compiler: better-sqlite3 is built here when no ready-made binary fits.
FROM node:20 AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM node:20 AS all-dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund && npm cache clean --force

FROM node:20-slim AS sandbox
WORKDIR /app
ENV NODE_ENV=production
COPY --from=all-dependencies /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY sidecar ./sidecar
COPY test ./test
USER node
EXPOSE 12111
CMD ["node", "--import", "tsx", "test/sandbox/main.ts", "--host", "0.0.0.0"]

FROM node:20-slim AS sidecar
WORKDIR /app
ENV NODE_ENV=production \
    SAAS_SYNC_HOME=/var/lib/saas-sync \
    SAAS_SYNC_PORT=8070
# A named volume takes over the owner of the folder it covers.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/saas-sync
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY bin ./bin
COPY sidecar ./sidecar
COPY sync-rules ./sync-rules
# Compiled here, while node_modules may still be written to.
RUN node bin/saas-sync.mjs --version
USER node
EXPOSE 8070
VOLUME /var/lib/saas-sync
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SAAS_SYNC_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/saas-sync.mjs", "serve"]
