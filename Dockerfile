# syntax=docker/dockerfile:1
# One image for gateways (`serve`) and nodes (`node`); the command says which. Nothing secret is in it.

# The version that the tests run on; any from 20.19 on works (docs/adr/0001).
ARG NODE_VERSION=20.20.2

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.client.json ./
COPY scripts/build.mjs scripts/
COPY src src
RUN node scripts/build.mjs

FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The libraries of other systems are more than the rest of the runtime together.
RUN npm ci --ignore-scripts --omit=dev \
  && npm cache clean --force \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

FROM node:${NODE_VERSION}-bookworm-slim AS fovea
# HOST is the deployment's to set: what listens on more than loopback needs API_KEY, and a node listens on nothing.
# Every thread that decodes has an arena of its own in glibc, which never shrinks.
ENV NODE_ENV=production DATA_DIR=/data MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY models models
COPY deploy/health.mjs deploy/
# What is not there yet is made with its owner, so that a new volume has it too.
RUN install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=90s --retries=3 CMD ["node", "/app/deploy/health.mjs", "gateway"]
ENTRYPOINT ["node", "/app/dist/cli/fovea.js"]
CMD ["serve"]
